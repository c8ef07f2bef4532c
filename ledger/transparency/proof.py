"""`.tlog-proof` files (C2SP tlog-proof): one entry's way to a signed root, to be kept and checked offline."""

import re
from typing import NamedTuple

import msgspec

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.merkle import HASH_BYTES, ProofInvalid, check_inclusion
from ledger.transparency.note import NoteInvalid, VerifierKey, decoded, encoded, parsed
from ledger.transparency.policy import Policy

HEADER = "c2sp.org/tlog-proof@v1"
HASHES_MAX = 63
PROOF_BYTES_MAX = 200_000
_INDEX = re.compile("index (0|[1-9][0-9]{0,15})")


class Proof(msgspec.Struct, frozen=True):
    """`extra` is signed by nobody: never show it as fact."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [f"extra {encoded(self.extra)}"] if self.extra is not None else []
        lines = [HEADER, *extra, f"index {self.index}", *map(encoded, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint


class Proven(NamedTuple):
    """What a proof shows: in which log, among how many, and which witnesses had seen it when."""

    checkpoint: Checkpoint
    witnessed: dict[VerifierKey, int | None]


def proof_of(raw: bytes) -> Proof:
    """The proof of a file. Errors: `ProofInvalid`."""
    if len(raw) > PROOF_BYTES_MAX:
        raise ProofInvalid(reason="too-long")
    try:
        head, blank, checkpoint = raw.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise ProofInvalid(reason="utf-8") from None
    first, *lines = head.split("\n")
    if first != HEADER or not blank or not checkpoint:
        raise ProofInvalid(reason="form")
    try:
        extra = decoded(lines.pop(0)[6:], "extra") if lines and lines[0].startswith("extra ") else None
        index = _INDEX.fullmatch(lines.pop(0) if lines else "")
        hashes = tuple(decoded(line, "hash") for line in lines)
    except NoteInvalid as invalid:
        raise ProofInvalid(reason=str(invalid.details["reason"])) from None
    if index is None:
        raise ProofInvalid(reason="index")
    if len(hashes) > HASHES_MAX or any(len(one) != HASH_BYTES for one in hashes):
        raise ProofInvalid(reason="hash-length")
    return Proof(int(index[1]), hashes, checkpoint, extra)


def check(proof: Proof, entry: bytes, origin: str, key: VerifierKey, policy: Policy | None = None) -> Proven:
    """Refuse a proof unless it shows an entry in the log of an origin, signed by its key.

    `policy`: with witnesses enough by it. Errors: `ProofInvalid`, `NoteInvalid`.
    """
    note = parsed(proof.checkpoint.encode())
    note.must_be_signed_by(key)
    checkpoint = checkpoint_of(note.text)
    if checkpoint.origin != origin:
        raise ProofInvalid(reason="origin")
    witnessed = note.signed_by(policy.witness_keys) if policy else {}
    if policy is not None and not policy.is_met_by(witnessed):
        raise ProofInvalid(reason="quorum")
    check_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root)
    return Proven(checkpoint, witnessed)
