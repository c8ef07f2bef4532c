"""Tiles: where they are, what is in them, and the tree that comes out of them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.envelope import leaf_hash
from ledger.transparency import merkle
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.note import VerifierKey, parsed
from ledger.transparency.tiles import (
    Tile,
    TileInvalid,
    bundle,
    entries_of,
    hashes_from,
    hashes_of,
    index_path,
    new_tiles,
    tile_bytes,
    tile_of,
    tiles_of,
)
from tests.ledger.transparency import vectors
from tests.ledger.transparency.test_merkle import leaves


class Folder(dict[Tile, bytes]):
    """The tiles of a log of some leaves, as they would lie on disk."""

    def __init__(self, found: list[bytes]) -> None:
        super().__init__()
        for tile in tiles_of(len(found)):
            if tile.level == 0:
                first = tile.index * 256
                self[tile] = b"".join(found[first : first + tile.width])
            elif tile.level is not None:
                self[tile] = tile_bytes(tile, self.__getitem__)


def test_a_path_has_groups_of_three_digits():
    assert index_path(1234067) == "x001/x234/067"
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(None, 5, 112).path == "tile/entries/005.p/112"


@pytest.mark.parametrize("tile", [Tile(0, 0), Tile(3, 999, 1), Tile(None, 1000, 255), Tile(7, 12345678)])
def test_a_path_is_read_back(tile):
    assert tile_of(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/8/001",
        "tile/-1/001",
        "tile/0/001/",
        "../tile/0/001",
        "tile/0/x1/001",
        "tile/entries/001.p",
    ],
)
def test_a_path_that_is_not_written_so_leads_nowhere(path):
    with pytest.raises(TileInvalid):
        tile_of(path)


def test_a_log_of_70_000_has_the_tiles_of_the_specification():
    found = [tile for tile in tiles_of(70_000) if tile.level is not None]
    assert sum(tile.level == 0 and tile.width == 256 for tile in found) == 273
    assert [(tile.level, tile.width) for tile in found if tile.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert sum(tile.level == 1 and tile.width == 256 for tile in found) == 1


def test_a_log_of_256_has_one_full_tile_and_its_hash_one_level_up():
    assert list(tiles_of(256)) == [Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)]


@pytest.mark.parametrize("sizes", list(pairwise([0, 1, 2, 255, 256, 257, 600, 66_000])))
def test_only_what_is_new_must_be_written(sizes):
    old, size = sizes
    assert {*tiles_of(old), *new_tiles(old, size)} >= set(tiles_of(size))
    assert not set(tiles_of(old)) & set(new_tiles(old, size))


@pytest.mark.parametrize("size", [1, 2, 7, 255, 256, 257, 511, 513, 1_000])
def test_the_tree_from_tiles_is_the_tree_of_the_leaves(size):
    found = leaves(size)
    hashes = hashes_from(Folder(found).__getitem__, size)
    assert merkle.range_root(0, size, hashes) == merkle.root_of(found)
    assert merkle.Frontier.of(size, hashes).root() == merkle.root_of(found)
    for index in {0, size // 2, size - 1}:
        proof = merkle.inclusion_proof(index, size, hashes)
        merkle.check_inclusion(index, size, found[index], proof, merkle.root_of(found))
    for old in {0, 1, size // 2, size}:
        proof = merkle.consistency_proof(old, size, hashes)
        merkle.check_consistency(old, size, proof, merkle.root_of(found[:old]), merkle.root_of(found))


def test_a_tile_of_another_width_is_refused():
    with pytest.raises(TileInvalid):
        hashes_of(b"0" * 31, 1)
    with pytest.raises(TileInvalid):
        hashes_from(lambda tile: b"0" * 32, 2)(0, 1)
    with pytest.raises(TileInvalid):
        hashes_from(lambda tile: b"0" * 32 * tile.width, 2)(0, 2)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_entries_go_into_a_bundle_and_come_out(entries):
    assert entries_of(bundle(entries), len(entries)) == entries


@pytest.mark.parametrize("entries", [[], [b"x"] * 257, [b"x" * 65_536]])
def test_what_no_bundle_holds_is_refused(entries):
    with pytest.raises(TileInvalid):
        bundle(entries)


@given(st.binary(max_size=600), st.integers(1, 256))
def test_whatever_comes_is_a_bundle_or_is_refused(raw, width):
    try:
        assert bundle(entries_of(raw, width)) == raw
    except TileInvalid:
        return


@vectors.needed
def test_a_log_of_tessera_reads_as_ours_would():
    folder = vectors.FOLDER / "tessera-log"
    key = VerifierKey.of((folder / "vkey.txt").read_text().strip())
    roots = {}
    for size in range(16):
        note = parsed((folder / f"checkpoint.{size}").read_bytes())
        note.must_be_signed_by(key)
        roots[size] = checkpoint_of(note.text).root
    entries = entries_of((folder / "tile/entries/000.p/15").read_bytes(), 15)
    found = [leaf_hash(entry) for entry in entries]
    for size in range(1, 16):
        raw = (folder / f"tile/0/000.p/{size}").read_bytes()
        assert hashes_of(raw, size) == found[:size]
        hashes = hashes_from(lambda tile, raw=raw: raw, size)
        assert merkle.range_root(0, size, hashes) == roots[size]
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, hashes)
            merkle.check_inclusion(index, size, found[index], proof, roots[size])
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, size, hashes)
            merkle.check_consistency(old, size, proof, roots[old], roots[size])
