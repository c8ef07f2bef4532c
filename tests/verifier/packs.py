"""Packs with a log to check and to tamper with: the demonstration's, with files of every tier, in memory."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api import demo
from api.documents.audit_pack import Source, write_pack
from api.schemas import command_of
from api.services import Services
from ledger.asked import Asked
from ledger.commands import ACTIONS
from ledger.envelope import canonical, leaf_hash
from ledger.events import public_profile
from ledger.fields import Tier
from ledger.store.vault import Upload
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.merkle import root_of
from ledger.transparency.note import COSIGNATURE, Note, SigningKey, signed
from ledger.transparency.tiles import Tile, bundle, tile_bytes, tiles_of

NOW, TODAY = datetime(2026, 11, 20, 1, 46, 18, tzinfo=UTC), date(2026, 11, 20)
LEDGER = demo.INVENTED
ORIGIN = f"ming.example/t/{LEDGER}"
LOG_KEY = SigningKey(ORIGIN, b"L" * 32)
OTHER_KEY = SigningKey(ORIGIN, b"X" * 32)
WITNESSES = [SigningKey(f"witness-{name}", name.encode() * 32, COSIGNATURE) for name in "abc"]
SEEN_AT = int(NOW.timestamp()) + 60
FILES: dict[Tier, bytes] = {
    "public": b"%PDF-invoice\n%%EOF",
    "owners": b"%PDF-roster\n%%EOF",
    "audit": b"%PDF-receipt\n%%EOF",
}


def policy(witnesses: Sequence[SigningKey] = (), needed: int = 0, log: SigningKey = LOG_KEY) -> bytes:
    """A tlog-policy."""
    lines = [f"log {log.vkey}", *(f"witness {one.vkey.name} {one.vkey}" for one in witnesses)]
    if needed:
        lines += [f"group enough {needed} {' '.join(one.vkey.name for one in witnesses)}", "quorum enough"]
    else:
        lines += ["quorum none"]
    return "\n".join(lines).encode() + b"\n"


class PackToTest:
    """The files of a pack. `entries`: its records; `sealed` makes everything that follows from them anew."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def copy(self) -> "PackToTest":
        return PackToTest(self.files)

    @property
    def entries(self) -> list[bytes]:
        return self.files["events.jsonl"].split(b"\n")[:-1]

    @entries.setter
    def entries(self, entries: Sequence[bytes]) -> None:
        self.files["events.jsonl"] = b"".join(one + b"\n" for one in entries)

    def record(self, number: int) -> Any:
        return json.loads(self.entries[number])

    def number(self, kind: str, **members: object) -> int:
        """The last record of a kind with these members in its data."""
        found = [
            number
            for number, entry in enumerate(self.entries)
            if (one := json.loads(entry))["kind"] == kind and members.items() <= one["data"].items()
        ]
        return found[-1]

    def change(self, number: int, changed: Callable[[Any], None]) -> None:
        """Change a record, and write it canonically."""
        entries, record = self.entries, self.record(number)
        changed(record)
        entries[number] = canonical(record)
        self.entries = entries

    def checkpoint(
        self,
        size: int | None = None,
        key: SigningKey = LOG_KEY,
        witnesses: Sequence[SigningKey] = (),
        at: int = SEEN_AT,
    ) -> Note:
        """The signed checkpoint of the first so many records."""
        leaves = [leaf_hash(entry) for entry in self.entries[:size]]
        text = Checkpoint(key.vkey.name, len(leaves), root_of(leaves)).text
        return signed(text, [key, *witnesses], at)

    def listed(self) -> "PackToTest":
        """With a manifest and leaves of what is in it now."""
        leaves = [leaf_hash(entry).hex() for entry in self.entries]
        self.files["leaves.txt"] = "".join(f"{leaf}\n" for leaf in leaves).encode()
        return self.relisted()

    def relisted(self) -> "PackToTest":
        """With a manifest of what is in it now."""
        manifest = json.loads(self.files.pop("manifest.json"))
        leaves = [leaf_hash(entry).hex() for entry in self.entries]
        manifest |= {
            "records": len(leaves),
            "head": {"number": len(leaves) - 1, "leaf_hash": leaves[-1]},
            "files": [
                {"path": name, "sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}
                for name, raw in sorted(self.files.items())
            ],
        }
        self.files["manifest.json"] = canonical(manifest, 2**31)
        return self

    def sealed(
        self,
        key: SigningKey = LOG_KEY,
        witnesses: Sequence[SigningKey] = (),
        needed: int = 0,
        past: Sequence[int] = (100, 250),
    ) -> "PackToTest":
        """With the log an operator makes of its records, who keeps the key and does everything right."""
        self.files = {name: raw for name, raw in self.files.items() if not name.startswith("log/")}
        entries = self.entries
        leaves = [leaf_hash(entry) for entry in entries]
        made: dict[Tile, bytes] = {}
        for tile in tiles_of(len(entries)):
            first = tile.index * 256
            if tile.level is None:
                made[tile] = bundle(entries[first : first + tile.width])
            elif tile.level == 0:
                made[tile] = b"".join(leaves[first : first + tile.width])
            else:
                made[tile] = tile_bytes(tile, made.__getitem__)
        self.files |= {f"log/{tile.path}": raw for tile, raw in made.items()}
        newest = self.checkpoint(None, key, witnesses)
        notes = [*(self.checkpoint(size, key) for size in past if size < len(entries)), newest]
        self.files |= {
            "log/checkpoint": str(newest).encode(),
            "log/vkey": f"{key.vkey}\n".encode(),
            "log/policy.txt": policy(witnesses, needed, key),
            "log/checkpoints.log": b"".join(str(note).encode() + b"\n" for note in notes),
        }
        return self.listed()

    def zipped(self, to: Path) -> Path:
        to.write_bytes(self.as_zip())
        return to

    def as_zip(self) -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, raw in self.files.items():
                packed.writestr(name, raw)
        return held.getvalue()

    def unpacked(self, to: Path) -> Path:
        for name, raw in self.files.items():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        return to


def demonstration_pack(folder: Path) -> PackToTest:
    """The demonstration with a file of each tier, for auditors, sealed by the log's own key."""
    services = Services(f"sqlite:///{folder / 'books'}")
    try:
        demo.build(services.ledger, TODAY)
        services.store.clock = lambda: NOW
        _attach(services)
        services.follower.catch_up()
        source = Source(services.store, services.vault, services.files, services.composer)
        write_pack(source, LEDGER, "audit", folder / "pack.zip")
    finally:
        services.close()
    with zipfile.ZipFile(folder / "pack.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    pack = PackToTest({name: raw for name, raw in files.items() if not name.startswith("log/")})
    pack.files["profile.json"] = public_profile()
    return declared(pack, LOG_KEY).sealed()


def declared(pack: PackToTest, key: SigningKey) -> PackToTest:
    """With a record at its end that says which log it is, as the publisher writes it."""
    said = {
        "origin": ORIGIN,
        "log_key": str(key.vkey),
        "witnesses": ["quorum none"],
        "profile_sha256": hashlib.sha256(pack.files["profile.json"]).hexdigest(),
        "time_zone": "Asia/Shanghai",
    }
    return _recorded(pack, "log.declared", said)


def rotated(pack: PackToTest, *, by_both: bool = True) -> PackToTest:
    """With another key in the place of the first, as the publisher does it, which then signs alone.

    `by_both`: else the first key signs nothing that says so.
    """
    notes = [pack.checkpoint(100), pack.checkpoint(witnesses=[OTHER_KEY])]
    said = {"old_key": str(LOG_KEY.vkey), "new_key": str(OTHER_KEY.vkey)}
    _recorded(pack, "log-key.rotated", said)
    notes.append(pack.checkpoint(key=OTHER_KEY, witnesses=[LOG_KEY] if by_both else []))
    declared(pack, OTHER_KEY).sealed(OTHER_KEY)
    notes.append(pack.checkpoint(key=OTHER_KEY))
    pack.files["log/checkpoints.log"] = b"".join(str(note).encode() + b"\n" for note in notes)
    return pack.relisted()


def _recorded(pack: PackToTest, kind: str, said: dict[str, Any]) -> PackToTest:
    """With one more record, about its log."""
    record = pack.record(0) | {
        "data": said,
        "id": f"019902e5-35c0-73f4-ba20-{len(pack.entries):012}",
        "kind": kind,
        "occurred_on": "2026-11-20",
        "recorded_at": pack.record(-1)["recorded_at"],
        "tags": ["log"],
    }
    pack.entries = [*pack.entries, canonical(record)]
    return pack


def _attach(services: Services) -> None:
    """A building registered with three files, one of each tier."""
    digests = []
    for tier, content in FILES.items():
        digests.append(services.files.of(LEDGER, tier).put(content))
        services.vault.keep_upload(
            LEDGER, Upload(digests[-1], f"{tier}.pdf", "application/pdf", len(content), tier)
        )
    body = {"building": "99", "name": "99号楼", "attachments": digests}
    command = command_of(ACTIONS["register-building"], body)
    services.ledger.record(Asked(LEDGER, command, demo.accounts(LEDGER)["secretary"], TODAY))
