"""A record's way to the checkpoint readers see, and the way there from an older one, from the files alone."""

from typing import NamedTuple

from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import consistency_proof, inclusion_proof
from ledger.transparency.note import parsed
from ledger.transparency.proof import Proof
from ledger.transparency.tiles import hashes_from


def prove(files: LogFolder, number: int) -> Proof | None:
    """That a record is in the log; none if the checkpoint readers see does not have it yet."""
    raw = files.checkpoint()
    if raw is None:
        return None
    size = checkpoint_of(parsed(raw).text).size
    if not 0 <= number < size:
        return None
    hashes = inclusion_proof(number, size, hashes_from(files.read, size))
    return Proof(number, tuple(hashes), raw.decode())


class Growth(NamedTuple):
    """The checkpoint readers see, and the hashes that show it extends an older size."""

    checkpoint: str
    hashes: tuple[bytes, ...]


def prove_growth(files: LogFolder, old: int) -> Growth | None:
    """That the log still begins with what it was; without hashes if it is smaller now; none if unsigned."""
    raw = files.checkpoint()
    if raw is None:
        return None
    size = checkpoint_of(parsed(raw).text).size
    hashes = consistency_proof(old, size, hashes_from(files.read, size)) if old <= size else []
    return Growth(raw.decode(), tuple(hashes))
