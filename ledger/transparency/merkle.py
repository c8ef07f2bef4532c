"""The tree over a ledger's entries: RFC 6962 hashes, roots and proofs, and both checks of RFC 9162.

Making a proof and checking one share nothing but the two hashes: a mistake in one does not hide in the other.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from ledger.errors import LedgerError

HASH_BYTES = 32
SIZE_MAX = 2**53 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
# the root of the 2**level leaves from index * 2**level on
Hashes = Callable[[int, int], bytes]


class ProofInvalid(LedgerError):
    """A proof does not prove what it says; `reason` says why."""

    code = "proof.invalid"


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 2.1: SHA-256 of 0x01 and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below a size above 1: where a tree is divided."""
    return 1 << ((size - 1).bit_length() - 1)


class Frontier:
    """The roots of the complete subtrees a log is made of: all that appending, and the root, need."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)  # the largest first, as many as the size has ones

    @classmethod
    def of(cls, size: int, hashes: Hashes) -> "Frontier":
        """The frontier of a log of which the subtrees are known."""
        peaks, begin = [], 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                peaks.append(hashes(level, begin >> level))
                begin += 1 << level
        return cls(size, peaks)

    def copy(self) -> "Frontier":
        """One that grows apart."""
        return Frontier(self.size, self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree; of an empty one SHA-256 of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order: level by level, where an odd one out goes up as it is."""
    level = list(leaves)
    while len(level) > 1:
        pairs = iter(level)
        above = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=False)]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0] if level else EMPTY_ROOT


# -- making proofs -----------------------------------------------------------------------------------


def range_root(begin: int, end: int, hashes: Hashes) -> bytes:
    """The root of the leaves from one index to before another, which must be a subtree of some log."""
    size = end - begin
    if size == 1 << (size.bit_length() - 1) and begin % size == 0:
        level = size.bit_length() - 1
        return hashes(level, begin >> level)
    middle = begin + split(size)
    return node_hash(range_root(begin, middle, hashes), range_root(middle, end, hashes))


def inclusion_proof(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """That a leaf is in the log of a size: hashes from beside the leaf to the root (RFC 6962 2.1.1).

    Errors: `ProofInvalid` for an index beyond the size.
    """
    if not 0 <= index < size:
        raise ProofInvalid(reason="index")
    return _path(index, 0, size, hashes)


def _path(index: int, begin: int, end: int, hashes: Hashes) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + split(end - begin)
    if index < middle:
        return [*_path(index, begin, middle, hashes), range_root(middle, end, hashes)]
    return [*_path(index, middle, end, hashes), range_root(begin, middle, hashes)]


def consistency_proof(old: int, size: int, hashes: Hashes) -> list[bytes]:
    """That the log of a size begins with the whole log of an older size (RFC 6962 2.1.2).

    Errors: `ProofInvalid` if it cannot.
    """
    if not 0 <= old <= size:
        raise ProofInvalid(reason="size")
    return [] if old in (0, size) else _subproof(old, 0, size, hashes, is_whole=True)


def _subproof(old: int, begin: int, end: int, hashes: Hashes, *, is_whole: bool) -> list[bytes]:
    """`is_whole`: whether these leaves, of which all are old, are the whole old tree, whose root is known."""
    if old == end - begin:
        return [] if is_whole else [range_root(begin, end, hashes)]
    half = split(end - begin)
    middle = begin + half
    if old <= half:
        older = _subproof(old, begin, middle, hashes, is_whole=is_whole)
        return [*older, range_root(middle, end, hashes)]
    return [
        *_subproof(old - half, middle, end, hashes, is_whole=False),
        range_root(begin, middle, hashes),
    ]


# -- checking proofs ---------------------------------------------------------------------------------


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse a proof that a leaf hash is at an index of the log with this root (RFC 9162 2.1.3.2).

    Errors: `ProofInvalid`.
    """
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size <= SIZE_MAX:
        raise ProofInvalid(reason="index")
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise ProofInvalid(reason="too-long")
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid(reason="too-short")
    if found != root:
        raise ProofInvalid(reason="root")


def check_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Refuse a proof that a log begins with the whole log an older root is of (RFC 9162 2.1.4.2).

    Errors: `ProofInvalid`. From size 0 the proof must be empty and the older root that of nothing.
    """
    _check_hashes(old_root, root, *proof)
    if not 0 <= old <= size <= SIZE_MAX:
        raise ProofInvalid(reason="size")
    if old in (0, size):
        if proof:
            raise ProofInvalid(reason="too-long")
        if old_root != (root if old == size else EMPTY_ROOT) or (size == 0 and root != EMPTY_ROOT):
            raise ProofInvalid(reason="root")
        return
    _check_growth(old, size, proof, old_root, root)


def _check_growth(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    if not proof:
        raise ProofInvalid(reason="too-short")
    # an older tree that is one complete subtree stands in no proof: its root is known
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = found = path[0]
    for beside in path[1:]:
        if last == 0:
            raise ProofInvalid(reason="too-long")
        if place & 1 or place == last:
            was, found = node_hash(beside, was), node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid(reason="too-short")
    if was != old_root or found != root:
        raise ProofInvalid(reason="root")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(found) != HASH_BYTES for found in hashes):
        raise ProofInvalid(reason="hash-length")
