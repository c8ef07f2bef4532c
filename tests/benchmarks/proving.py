"""The tree of a log: how fast it is hashed, cut into tiles and proven, and how fast a proof is checked."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import check_inclusion, inclusion_proof, root_of
from ledger.transparency.note import SigningKey, signed
from ledger.transparency.tiles import WIDTH, Tile, hashes_from, tile_bytes, tiles_of
from tests.benchmarks.measuring import Figure, Sample, Size, alternating, rate_ratio, timed, timed_each

MILLION = 1_000_000
ENTRY_BYTES = 400
TREE_SECONDS_MAX = 1.2  # a million leaves hashed and rooted: verification.md, Measured
PROOF_MS_MAX = 0.29  # from tiles nobody has read yet


def tree(size: Size) -> Figure:
    """A log of `size.large` entries hashed and rooted, beside the same hashes and no tree."""
    entries = [b"%0*d" % (ENTRY_BYTES, number) for number in range(size.large)]
    leaves = list(map(leaf_hash, entries))
    samples = alternating(
        size.rounds,
        ours=lambda: timed(size.large, lambda: root_of(map(leaf_hash, entries))),
        floor=lambda: timed(size.large, lambda: _hashed(entries)),
        leaves=lambda: timed(size.large, lambda: list(map(leaf_hash, entries))),
        tiles=lambda: timed(size.large, lambda: _tiles(leaves)),
    )
    seconds = _seconds_per_million(samples["ours"])
    return Figure(
        name="log-tree",
        title=f"{size.large:,} leaves of {ENTRY_BYTES} bytes hashed and rooted, per million",
        unit="s",
        ours=seconds,
        floor=_seconds_per_million(samples["floor"]),
        ratio=rate_ratio(samples["ours"], samples["floor"]),
        target=f"≤ {TREE_SECONDS_MAX} s",
        met=seconds <= TREE_SECONDS_MAX,
        more={
            "leaves_per_s": median(sample.rate for sample in samples["leaves"]),
            "tiles_s_per_million": _seconds_per_million(samples["tiles"]),
        },
    )


def proof(size: Size) -> Figure:
    """One record proven from the files of a log, cold and warm; a proof checked; a checkpoint signed."""
    leaves = [leaf_hash(b"%d" % number) for number in range(size.large)]
    numbers = [number * 7_919 % size.large for number in range(10 * size.times)]
    root = root_of(leaves)
    with tempfile.TemporaryDirectory() as folder:
        _write(leaves, Path(folder))
        fetch = LogFolder(Path(folder)).read
        warm = hashes_from(fetch, size.large)
        proofs = {number: inclusion_proof(number, size.large, warm) for number in numbers}
        text = Checkpoint("ledger.example.cn/t/wutongli", size.large, root).text
        key = SigningKey("ledger.example.cn/t/wutongli", b"k" * 32)
        work: dict[str, Callable[[int], object]] = {
            "cold": lambda number: inclusion_proof(number, size.large, hashes_from(fetch, size.large)),
            "warm": lambda number: inclusion_proof(number, size.large, warm),
            "check": lambda number: check_inclusion(number, size.large, leaves[number], proofs[number], root),
            "sign": lambda _: signed(text, [key]),
        }
        seconds = {
            name: median(median(timed_each(do, numbers).latencies) for _ in range(size.rounds))
            for name, do in work.items()
        }
    cold_ms = seconds["cold"] * 1_000
    return Figure(
        name="log-proof",
        title=f"a record proven from the tiles of {size.large:,}",
        unit="ms",
        ours=cold_ms,
        floor=None,
        ratio=None,
        target=f"≤ {PROOF_MS_MAX} ms",
        met=cold_ms <= PROOF_MS_MAX,
        more={f"{name}_µs": seconds[name] * MILLION for name in ("warm", "check", "sign")},
    )


def _seconds_per_million(samples: list[Sample]) -> float:
    return median(sample.seconds / sample.count for sample in samples) * MILLION


def _hashed(entries: list[bytes]) -> None:
    """As many hashes of the same lengths as the tree has."""
    node = b"\x01" * 65
    for entry in entries:
        hashlib.sha256(entry).digest()
        hashlib.sha256(node).digest()


def _tiles(leaves: list[bytes]) -> dict[Tile, bytes]:
    made: dict[Tile, bytes] = {}
    for tile in tiles_of(len(leaves)):
        if tile.level == 0:
            begin = tile.index * WIDTH
            made[tile] = b"".join(leaves[begin : begin + tile.width])
        elif tile.level:
            made[tile] = tile_bytes(tile, made.__getitem__)
    return made


def _write(leaves: list[bytes], folder: Path) -> None:
    """Without waiting for the disk: it is the reading that is measured."""
    for tile, content in _tiles(leaves).items():
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
