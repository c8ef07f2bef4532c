"""Events for specs of the store: it does not care what they say, only where they go."""

import hashlib
import json
import subprocess
from collections.abc import Mapping

from ledger.store.port import Draft, Key, Row

RECORDED_AT = '"recorded_at":"'


def draft(
    text: str = "a leaking tap",
    *tags: str,
    ledger: str = "wutongli",
    kind: str = "note.taken",
    limits: Mapping[str, int] | None = None,
) -> Draft:
    """A draft whose entry carries what the store reads: id, instant and tags."""
    entry = {"id": f"id-of-{text}", "recorded_at": "", "tags": list(tags), "text": text}
    before, after = json.dumps(entry, sort_keys=True, separators=(",", ":")).split(RECORDED_AT)
    return Draft(
        ledger, kind, tags, (before + RECORDED_AT).encode(), after.encode(), entry["id"], limits or {}
    )


def key(name: str, asked: str = "the same") -> Key:
    """A key, and a fingerprint of what was asked under it."""
    return Key(name, hashlib.sha256(asked.encode()).digest())


def start_together(processes: list[subprocess.Popen[bytes]]) -> list[int]:
    """Let processes go that say they are loaded and wait for a byte; their exit codes."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loaded\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"!")
        process.stdin.close()
    codes = [process.wait(60) for process in processes]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    return codes


def text_of(row: Row) -> str:
    """What a drafted event said."""
    return json.loads(row.entry)["text"]
