"""Before anything is signed: the store must still hold all that was signed, shown or seen by a witness.

Every entry is hashed again, compared with the tiles that were published of it, and the roots of all sizes
anybody may remember are computed again. What does not fit is named: the record, or the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.errors import StoreDamaged
from ledger.store.entries import checked
from ledger.store.port import Row, Store
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder, PublishingStopped
from ledger.transparency.merkle import HASH_BYTES, Frontier
from ledger.transparency.tiles import (
    WIDTH,
    Tile,
    TileInvalid,
    bundle,
    covering,
    hashes_of,
    tile_bytes,
    tiles_of,
)

BUNDLES_AT_ONCE = 16


class Remembered(NamedTuple):
    """A root somebody holds; `witness`: who, none for ourselves."""

    size: int
    root: bytes
    witness: str | None = None


class Guarded(NamedTuple):
    """A log that is what it was. `missing`: whether a tile is gone and must be written again."""

    frontier: Frontier
    missing: bool


def bundles(store: Store, ledger: str, begin: int, end: int) -> Iterator[list[Row]]:
    """The rows of a ledger, 256 at a time from a multiple of that on, each looked at.

    Errors: `StoreDamaged` naming the first record that is not what was recorded, or not there.
    """
    number, position = begin, 0
    while number < end:
        rows = store.ledger_rows(ledger, number - 1, min(BUNDLES_AT_ONCE * WIDTH, end - number))
        for row in rows:
            _check(row, ledger, number, position)
            number, position = row.number + 1, row.position
        if not rows:
            raise StoreDamaged("store.gap", position=position, ledger=ledger, number=number)
        for at in range(0, len(rows), WIDTH):
            yield rows[at : at + WIDTH]


def _check(row: Row, ledger: str, number: int, after: int) -> None:
    if row.number != number or row.position <= after:
        raise StoreDamaged("store.gap", position=row.position, ledger=ledger, number=number)
    checked(row)


def guard(store: Store, ledger: str, log: LogFolder, size: int, remembered: Sequence[Remembered]) -> Guarded:
    """The log at the size signed last, if the store still extends all that anybody remembers.

    Errors: `PublishingStopped`, `StoreDamaged`; both say what is wrong.
    """
    end = max((one.size for one in remembered), default=0)
    found = _Comparing(log, size)
    if end > (length := store.length(ledger)):
        for rows in bundles(store, ledger, 0, length):
            found.compare(rows)
        number = length if found.record is None else found.record
        raise PublishingStopped("publisher.records-gone", ledger=ledger, number=number, size=end)
    frontier, kept = Frontier(), Frontier()
    roots = {one.size: b"" for one in remembered} | {0: frontier.root()}
    for rows in bundles(store, ledger, 0, end):
        found.compare(rows)
        for row in rows:
            frontier.append(row.leaf_hash)
            if frontier.size in roots:
                roots[frontier.size] = frontier.root()
            if frontier.size == size:
                kept = frontier.copy()
    for one in remembered:
        if roots[one.size] != one.root:
            raise _differs(store, ledger, log, one, found.record)
    found.compare_upper()
    if found.path is not None:
        raise PublishingStopped("publisher.tile-differs", path=found.path)
    return Guarded(kept, found.missing)


class _Comparing:
    """The tiles of a size beside the store: the first record and the first file that differ."""

    def __init__(self, log: LogFolder, size: int) -> None:
        self._log, self._size = log, size
        self.record: int | None = None
        self.path: str | None = None
        self.missing = False

    def compare(self, rows: Sequence[Row]) -> None:
        """Both tiles over these rows."""
        begin = rows[0].number
        if begin >= self._size:
            return
        leaves = covering(self._size, 0, begin // WIDTH)
        rows = rows[: leaves.width]
        self._compare(Tile(None, leaves.index, leaves.width), bundle([row.entry for row in rows]))
        was = self._compare(leaves, b"".join(row.leaf_hash for row in rows))
        if was is not None and self.record is None:
            hashes = hashes_of(was, leaves.width) if len(was) == leaves.width * HASH_BYTES else []
            differing = (row.number for row, leaf in zip(rows, hashes, strict=False) if row.leaf_hash != leaf)
            self.record = next(differing, begin + len(rows) if hashes else begin)

    def compare_upper(self) -> None:
        """The tiles above the leaves, each with those under it."""
        for tile in tiles_of(self._size):
            if tile.level and not self.missing and self.path is None:
                self._compare(tile, tile_bytes(tile, self._log.read))

    def _compare(self, tile: Tile, content: bytes) -> bytes | None:
        """What is there instead, if it differs."""
        try:
            was = self._log.read(tile)
        except TileInvalid:
            self.missing = True
            return None
        if was == content:
            return None
        self.path = self.path or tile.path
        return was


def _differs(
    store: Store, ledger: str, log: LogFolder, one: Remembered, record: int | None
) -> PublishingStopped:
    """Which record is not what was published; if the tiles were changed with it, between which two."""
    if record is not None:
        return PublishingStopped("publisher.record-differs", ledger=ledger, number=record)
    if one.witness is not None:
        return PublishingStopped("publisher.witness-differs", witness=one.witness, size=one.size)
    signed = {point.size: point.root for note in log.notes() for point in [checkpoint_of(note.text)]}
    first, last = _between(store, ledger, signed, one.size)
    return PublishingStopped("publisher.records-differ", ledger=ledger, first=first, last=last)


def _between(store: Store, ledger: str, signed: Mapping[int, bytes], end: int) -> tuple[int, int]:
    frontier, sound = Frontier(), 0
    for rows in bundles(store, ledger, 0, end):
        for row in rows:
            frontier.append(row.leaf_hash)
            root = signed.get(frontier.size)
            if root == frontier.root():
                sound = frontier.size
            elif root is not None:
                return sound, frontier.size - 1
    return sound, end - 1
