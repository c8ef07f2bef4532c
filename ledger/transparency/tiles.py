"""Tiles (C2SP tlog-tiles): a log as files that never change, 256 hashes each, and bundles of its entries."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from ledger.envelope import ENTRY_BYTES_MAX
from ledger.errors import LedgerError
from ledger.transparency.merkle import HASH_BYTES, Hashes, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVEL_MAX = 7  # 2**56 leaves and more
LENGTH_BYTES = 2
_INDEX = r"(?:x[0-9]{3}/)*[0-9]{3}"
_TILE = re.compile(rf"tile/([0-7]|entries)/({_INDEX})(?:\.p/([1-9][0-9]{{0,2}}))?")


class TileInvalid(LedgerError):
    """Not a tile, or not of a log; `reason` says why."""

    code = "tile.invalid"


class Tile(msgspec.Struct, frozen=True):
    """Which tile: `level` none for a bundle of entries; `width` below 256 for one that is not full yet."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is found under a log's prefix: `tile/0/x001/x234/067.p/112`."""
        kind = "entries" if self.level is None else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{kind}/{index_path(self.index)}{partial}"


Fetch = Callable[[Tile], bytes]


def index_path(index: int) -> str:
    """1234067 -> `x001/x234/067`."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def tile_of(path: str) -> Tile:
    """The tile of a path, written in the one way it can be. Errors: `TileInvalid`."""
    found = _TILE.fullmatch(path)
    if found is None:
        raise TileInvalid(reason="path")
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(None if found[1] == "entries" else int(found[1]), index, int(found[3] or WIDTH))
    if tile.path != path:
        raise TileInvalid(reason="path")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a log of a size, the bundles of entries too: the full ones and the last of each level."""
    yield from _level(None, size)
    level = 0
    while size:
        yield from _level(level, size)
        level, size = level + 1, size >> HEIGHT


def new_tiles(old: int, size: int) -> Iterator[Tile]:
    """The tiles of a size that were not there at an older one."""
    before = set(tiles_of(old))
    return (tile for tile in tiles_of(size) if tile not in before)


def _level(level: int | None, size: int) -> Iterator[Tile]:
    full, width = divmod(size, WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if width:
        yield Tile(level, full, width)


def covering(size: int, level: int | None, index: int) -> Tile:
    """The tile of a log of this size that has this index. Errors: `TileInvalid` if it has none."""
    width = min(WIDTH, (size >> HEIGHT * (level or 0)) - index * WIDTH)
    if width <= 0:
        raise TileInvalid(reason="beyond")
    return Tile(level, index, width)


# -- entries -----------------------------------------------------------------------------------------


def bundle(entries: Sequence[bytes]) -> bytes:
    """Up to 256 entries, each after its length in two bytes. Errors: `TileInvalid`."""
    if not 1 <= len(entries) <= WIDTH or any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise TileInvalid(reason="bundle")
    return b"".join(len(entry).to_bytes(LENGTH_BYTES) + entry for entry in entries)


def entries_of(raw: bytes, width: int) -> list[bytes]:
    """The entries of a bundle of this width. Errors: `TileInvalid`."""
    entries, at = [], 0
    while at < len(raw):
        end = at + LENGTH_BYTES + int.from_bytes(raw[at : at + LENGTH_BYTES])
        if at + LENGTH_BYTES > len(raw) or end > len(raw):
            raise TileInvalid(reason="bundle")
        entries.append(raw[at + LENGTH_BYTES : end])
        at = end
    if len(entries) != width:
        raise TileInvalid(reason="width")
    return entries


def hashes_of(raw: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of this width. Errors: `TileInvalid`."""
    if len(raw) != width * HASH_BYTES:
        raise TileInvalid(reason="width")
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


# -- the tree from tiles -----------------------------------------------------------------------------


def hashes_from(fetch: Fetch, size: int) -> Hashes:
    """The roots of complete subtrees of a log of a size, from its tiles. Errors: `TileInvalid`."""
    fetched: dict[Tile, list[bytes]] = {}

    @cache
    def subtree(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        tile = covering(size, tile_level, first >> HEIGHT)
        if tile not in fetched:
            fetched[tile] = hashes_of(fetch(tile), tile.width)
        at = first & (WIDTH - 1)
        found = fetched[tile][at : at + (1 << height)]
        if len(found) != 1 << height:
            raise TileInvalid(reason="beyond")
        return root_of(found)

    return subtree


def tile_bytes(tile: Tile, fetch: Fetch) -> bytes:
    """The bytes of a tile above the lowest level: the roots of the full tiles under it.

    Errors: `TileInvalid`, and what `fetch` raises.
    """
    if not tile.level:
        raise TileInvalid(reason="level")
    below = (Tile(tile.level - 1, tile.index * WIDTH + at) for at in range(tile.width))
    return b"".join(root_of(hashes_of(fetch(full), WIDTH)) for full in below)
