"""P13, checking a pack: a hundred thousand records with their tree, by both verifiers that lie in it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from ledger.envelope import canonical, leaf_hash
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.merkle import root_of
from ledger.transparency.note import SigningKey, signed
from ledger.transparency.tiles import Tile, bundle, tile_bytes, tiles_of
from ledger.verifier import verify
from tests.benchmarks.measuring import Figure, Sample, Size, timed

SECONDS_MAX = 5.0
SECONDS_IN_BROWSER_MAX = 10.0
ORIGIN = "ming.example/t/wutongli"
KEY = SigningKey(ORIGIN, b"B" * 32)
WHO = {"_sd": "IJ8wCSeia8JuHQKVl7QWgTOAvAitTap5KlwQcerelpc"}


def pack(size: Size) -> Figure:
    """The whole check, every level that needs no paper, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        made = written(Path(folder), size.rows)
        samples = [_checked(made, size.rows) for _ in range(size.rounds)]
        floor = [timed(size.rows, lambda: _hashed(made)) for _ in range(size.rounds)]
    seconds, least = (median(sample.seconds for sample in some) for some in (samples, floor))
    return Figure(
        name="P13-verify",
        title=f"verify.py over {size.rows:,} records",
        unit="s",
        ours=seconds,
        floor=least,
        ratio=seconds / least,
        target=f"≤ {SECONDS_MAX:.0f} s",
        met=seconds <= SECONDS_MAX,
        more={"records_per_s": size.rows / seconds},
    )


def pack_in_browser(size: Size) -> Figure:
    """The same of `verify.html` in Chromium, from the click to the words."""
    with ThreadPoolExecutor(1) as apart:  # another browser may be open in this thread
        return apart.submit(_in_browser, size).result()


def _in_browser(size: Size) -> Figure:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        packed = _zipped(written(Path(folder) / "pack", size.rows), Path(folder) / "pack.zip")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(Path(verify.__file__).with_name("verify.html").as_uri())
        page.set_input_files("#pack", str(packed))
        samples = [timed(size.rows, lambda: _clicked(page)) for _ in range(size.rounds)]
        browser.close()
    seconds = median(sample.seconds for sample in samples)
    return Figure(
        name="P13-verify-html",
        title=f"verify.html over {size.rows:,} records",
        unit="s",
        ours=seconds,
        floor=None,
        ratio=None,
        target=f"≤ {SECONDS_IN_BROWSER_MAX:.0f} s",
        met=seconds <= SECONDS_IN_BROWSER_MAX,
        more={"records_per_s": size.rows / seconds},
    )


def _clicked(page: Page) -> None:
    page.click("#go")
    page.wait_for_selector(".verdict:not(.fail)", timeout=300_000)


def _zipped(folder: Path, to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    return to


def written(folder: Path, rows: int) -> Path:
    """A pack of so many records with its log; nothing of it needs a store."""
    entries = [canonical(_record(number)) for number in range(rows)]
    leaves = [leaf_hash(entry) for entry in entries]
    made: dict[Tile, bytes] = {}
    for tile in tiles_of(rows):
        first = tile.index * 256
        if tile.level is None:
            made[tile] = bundle(entries[first : first + tile.width])
        elif tile.level == 0:
            made[tile] = b"".join(leaves[first : first + tile.width])
        else:
            made[tile] = tile_bytes(tile, made.__getitem__)
        path = folder / "log" / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[tile])
    checkpoint = signed(Checkpoint(ORIGIN, rows, root_of(leaves)).text, [KEY])
    (folder / "log/checkpoint").write_text(str(checkpoint), encoding="utf-8")
    (folder / "events.jsonl").write_bytes(b"".join(entry + b"\n" for entry in entries))
    (folder / "leaves.txt").write_text("".join(f"{leaf.hex()}\n" for leaf in leaves))
    return folder


def _record(number: int) -> dict[str, object]:
    fen = 1_285_000 + number
    common = {
        "by": {"role": "treasurer", "who": WHO},
        "id": f"019a9f5e-7c1e-7b3a-9f0e-{number:012x}",
        "ledger": "wutongli",
        "occurred_on": "2026-11-19",
        "recorded_at": "2026-11-20T09:46:18.437Z",
        "rules": ["cn-31/2026-04-01"],
        "schema": 1,
        "source": {"via": "api"},
        "v": 1,
    }
    if number == 0:
        return common | {"data": {"kind": "community", "name": "梧桐里"}, "kind": "ledger.opened"}
    return common | {
        "data": {
            "amount_fen": fen,
            "fund": "maintenance",
            "origin": f"补交第{number}笔",
            "received_on": "2026-11-19",
        },
        "kind": "fund-deposit.recorded",
        "postings": [["fund/maintenance/door-3", -fen], ["bank/maintenance", fen]],
        "tags": ["fund:maintenance"],
    }


def _checked(folder: Path, rows: int) -> Sample:
    command = [sys.executable, "-I", "-S", str(Path(verify.__file__)), str(folder), "--vkey", str(KEY.vkey)]
    done: list[subprocess.CompletedProcess[bytes]] = []
    sample = timed(rows, lambda: done.append(subprocess.run(command, capture_output=True, check=False)))
    if done[0].returncode:
        raise RuntimeError(done[0].stdout.decode() + done[0].stderr.decode())
    return sample


def _hashed(folder: Path) -> None:
    """The floor: every record hashed, and nothing else."""
    with (folder / "events.jsonl").open("rb") as file:
        for line in file:
            hashlib.sha256(b"\0" + line[:-1]).digest()
