"""Policies and `.tlog-proof` files: what a reader keeps, and whom a reader trusts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.merkle import ProofInvalid, inclusion_proof, root_of
from ledger.transparency.note import COSIGNATURE, NoteInvalid, SigningKey, signed
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.proof import Proof, check, proof_of
from tests.ledger.transparency import vectors
from tests.ledger.transparency.test_merkle import hashes_of

ORIGIN = "ledger.example.cn/t/wutongli"
LOG = SigningKey(ORIGIN, bytes(range(32)))
WITNESSES = [SigningKey(f"w{one}.example.cn", bytes([one]) * 32, COSIGNATURE) for one in range(1, 5)]
NAMED = "".join(f"witness w{at} {key.vkey}\n" for at, key in enumerate(WITNESSES, 1))
TWO_OF_THREE = policy_of(f"log {LOG.vkey}\n{NAMED}group g 2 w1 w2 w3\nquorum g\n".encode())
ENTRIES = [f'{{"n":{number}}}'.encode() for number in range(7)]


def a_proof(index: int = 3, cosigners: int = 2) -> Proof:
    found = [leaf_hash(entry) for entry in ENTRIES]
    text = Checkpoint(ORIGIN, len(ENTRIES), root_of(found)).text
    note = signed(text, [LOG, *WITNESSES[:cosigners]], time=1_795_000_000)
    return Proof(index, tuple(inclusion_proof(index, len(found), hashes_of(found))), str(note))


def test_a_proof_shows_an_entry_in_the_log_and_who_had_seen_it():
    proven = check(proof_of(str(a_proof()).encode()), ENTRIES[3], ORIGIN, LOG.vkey, TWO_OF_THREE)
    assert (proven.checkpoint.size, len(proven.witnessed)) == (7, 2)


def test_another_entry_another_log_another_key_are_refused():
    proof = a_proof()
    with pytest.raises(ProofInvalid, match="root"):
        check(proof, ENTRIES[2], ORIGIN, LOG.vkey)
    with pytest.raises(ProofInvalid, match="origin"):
        check(proof, ENTRIES[3], "ledger.example.cn/t/another", LOG.vkey)
    with pytest.raises(NoteInvalid):
        check(proof, ENTRIES[3], ORIGIN, SigningKey(ORIGIN, bytes(32)).vkey)


def test_too_few_witnesses_are_refused():
    with pytest.raises(ProofInvalid, match="quorum"):
        check(a_proof(cosigners=1), ENTRIES[3], ORIGIN, LOG.vkey, TWO_OF_THREE)


def test_a_witness_outside_the_quorum_counts_for_nothing():
    fourth = str(a_proof(cosigners=1)).replace("\n\n—", "\n\n—")
    note_with = Proof(3, a_proof().hashes, fourth + WITNESSES[3].sign(fourth.split("\n\n")[0] + "\n").line)
    with pytest.raises((ProofInvalid, NoteInvalid)):
        check(note_with, ENTRIES[3], ORIGIN, LOG.vkey, TWO_OF_THREE)


def test_what_nobody_signed_may_stand_in_the_file_and_is_no_fact():
    proof = Proof(3, a_proof().hashes, a_proof().checkpoint, b"anything")
    assert proof_of(str(proof).encode()) == proof
    check(proof, ENTRIES[3], ORIGIN, LOG.vkey)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_proof_or_is_refused(found):
    try:
        proof = proof_of(found)
    except ProofInvalid:
        return
    assert str(proof).encode() == found


# -- policies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cosigners", "enough"), [(0, False), (1, False), (2, True), (3, True)])
def test_two_of_three_are_enough(cosigners, enough):
    assert TWO_OF_THREE.is_met_by({key.vkey for key in WITNESSES[:cosigners]}) is enough


def test_nobody_is_needed_where_the_policy_says_none():
    policy = policy_of(f"log {LOG.vkey} https://ledger.example.cn/t/wutongli\nquorum none\n".encode())
    assert policy.is_met_by(())


def test_groups_stand_in_groups():
    text = f"{NAMED}group street any w1 w2\ngroup both all street w3\nquorum both\n"
    policy = policy_of(text.encode())
    assert policy.is_met_by({WITNESSES[1].vkey, WITNESSES[2].vkey})
    assert not policy.is_met_by({WITNESSES[0].vkey, WITNESSES[1].vkey})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no-quorum"),
        ("quorum none\nquorum none\n", "quorum-twice"),
        ("quorum nobody\n", "unknown nobody"),
        (f"{NAMED}{NAMED}quorum none\n", "name-twice"),
        (f"{NAMED}witness other {WITNESSES[0].vkey}\nquorum none\n", "key-twice"),
        (f"{NAMED}group g 4 w1 w2 w3\nquorum g\n", "threshold"),
        (f"{NAMED}group g 0 w1 w2 w3\nquorum g\n", "threshold"),
        (f"{NAMED}group g any w1 w1\nquorum g\n", "member-twice"),
        (f"{NAMED}group g any w1\ngroup h any w1\nquorum g\n", "member-twice"),
        (f"{NAMED}group g any w9\nquorum g\n", "unknown w9"),
        (f"{NAMED}group all any w1\nquorum all\n", "name"),
        ("witness w1 not-a-key\nquorum none\n", "vkey"),
        ("something else\nquorum none\n", "line"),
        ("quorum none # really\n", "line"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_reason(text, reason):
    with pytest.raises(PolicyInvalid, match=reason):
        policy_of(text.encode())


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_policy_or_is_refused(found):
    try:
        policy_of(found)
    except PolicyInvalid:
        return


# -- vectors of others -------------------------------------------------------------------------------


@vectors.needed
@pytest.mark.parametrize("case", vectors.table("formats/tlog-proofs.json", "good"))
def test_good_proof_files(case):
    proof = proof_of(case["text"].encode())
    assert (proof.index, proof.checkpoint, len(proof.hashes)) == (
        case["index"],
        case["checkpoint"],
        len(case["hashes"]),
    )
    assert str(proof) == case["text"]


@vectors.needed
@pytest.mark.parametrize("case", vectors.table("formats/tlog-proofs.json", "bad"))
def test_bad_proof_files(case):
    with pytest.raises(ProofInvalid):
        proof_of(case["text"].encode())


@vectors.needed
@pytest.mark.parametrize("case", vectors.table("formats/policies.json", "cases"))
def test_policies(case):
    # that parser is older than tlog-policy, which refuses one key twice and comments behind a line
    older = {"whitespace and comments", "group numerical", "group all", "group any"}
    if case["ok"] and case["desc"] not in older:
        assert policy_of(case["policy"].encode()).quorum == "g1"
    else:
        with pytest.raises(PolicyInvalid):
            policy_of(case["policy"].encode())
