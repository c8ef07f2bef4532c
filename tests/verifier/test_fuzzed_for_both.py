"""Ten thousand spoilt notes, proofs and policies each: `verify.py` reads what the ledger reads, and alike.

A second implementation finds what one alone would never tell of itself.
"""

from hypothesis import given

from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.merkle import ProofInvalid
from ledger.transparency.note import NoteInvalid, parsed
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.proof import proof_of
from ledger.verifier import verify
from tests.ledger.transparency.test_fuzzed_formats import (
    NOTES,
    POLICIES_OF_OTHERS,
    POLICY,
    PROOFS,
    many,
    seeds,
    spoilt,
)


def note_here(raw: bytes) -> object:
    try:
        note = parsed(raw)
        checkpoint = checkpoint_of(note.text)
    except NoteInvalid:
        return None
    return checkpoint.origin, checkpoint.size, checkpoint.root, len(note.signatures)


def note_there(raw: bytes) -> object:
    try:
        checkpoint = verify.checkpoint_of(raw)
    except verify.Bad:
        return None
    return checkpoint.origin, checkpoint.size, checkpoint.root, len(checkpoint.signatures)


@many
@given(seeds)
def test_both_read_a_spoilt_note_alike(seed):
    for raw in spoilt(NOTES, seed):
        assert note_here(raw) == note_there(raw), raw


def proof_here(raw: bytes) -> object:
    try:
        proof = proof_of(raw)
    except ProofInvalid:
        return None
    note = note_here(proof.checkpoint.encode())
    return note and (proof.index, proof.hashes, note)


def proof_there(raw: bytes) -> object:
    try:
        proof = verify.proof_of(raw)
    except verify.Bad:
        return None
    return proof.number, proof.hashes, note_there(proof.checkpoint.raw)


@many
@given(seeds)
def test_both_read_a_spoilt_proof_alike(seed):
    for raw in spoilt(PROOFS, seed):
        assert proof_here(raw) == proof_there(raw), raw


def policy_here(raw: bytes) -> object:
    try:
        policy = policy_of(raw)
    except PolicyInvalid:
        return None
    witnesses = {name: str(party.key) for name, party in policy.witnesses.items()}
    return policy.quorum, witnesses, {name: tuple(one.members) for name, one in policy.groups.items()}


def policy_there(raw: bytes) -> object:
    try:
        policy = verify.Policy(raw)
    except verify.Bad:
        return None
    witnesses = {name: str(key) for name, key in policy.witnesses.items()}
    return policy.quorum, witnesses, {name: tuple(members) for name, (_, members) in policy.groups.items()}


@many
@given(seeds)
def test_both_read_a_spoilt_policy_alike(seed):
    for raw in spoilt([POLICY, POLICIES_OF_OTHERS], seed):
        assert policy_here(raw) == policy_there(raw), raw
