"""A log of 70,000 records as the publisher leaves it, signed by it and two witnesses, with proofs."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from ledger.store.port import Draft, Row
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import consistency_proof
from ledger.transparency.note import COSIGNATURE, Note, SigningKey, VerifierKey, encoded, parsed
from ledger.transparency.proving import prove
from ledger.transparency.tiles import hashes_from
from ledger.transparency.witness import Witness
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import Office
from tests.ledger.transparency.watched import InMind, Next

RECORDS = 70_000
OLDER = (12, 255, 256, 257, 4_096, 65_535, 65_536, 65_537, 69_999)  # sizes published on the way
PROVEN = (0, 1, 254, 255, 256, 257, 4_095, 65_535, 65_536, 69_887, 69_888, 69_998, 69_999)
STAMP = b'"recorded_at":"'


class BigLog(NamedTuple):
    """What referees are given: a folder, and keys they were told elsewhere."""

    folder: Path
    key: VerifierKey
    witnesses: tuple[VerifierKey, ...]
    entries: list[bytes]

    @property
    def log(self) -> LogFolder:
        """The log in it."""
        return LogFolder(self.folder / "log")

    @property
    def keys(self) -> list[str]:
        """As they are written for outside tools, the log's first."""
        return [str(key) for key in (self.key, *self.witnesses)]

    @property
    def note(self) -> Note:
        """The checkpoint readers see."""
        raw = self.log.checkpoint()
        assert raw is not None
        return parsed(raw)

    def altered(self, name: str, content: bytes, folder: Path) -> "BigLog":
        """The same with other bytes in one file; all else is the same files."""
        shutil.copytree(self.folder, folder, copy_function=os.link)
        (folder / name).unlink()
        (folder / name).write_bytes(content)
        return self._replace(folder=folder)


def publish(folder: Path) -> BigLog:
    """Record, publish size after size, and prove."""
    office = Office(f"sqlite:///{folder / 'books'}", folder)
    try:
        witnesses = _witnessed(office)
        publisher = office.publisher()
        office.record(1)
        (row,) = office.story.store.ledger_rows(WUTONGLI, office.begun - 1, 1)
        for size in (*OLDER, RECORDS):
            _record(office, row, size)
            assert publisher.publish(WUTONGLI).shown == size
        rows = office.story.store.ledger_rows(WUTONGLI, -1, RECORDS)
        (folder / "judged").mkdir()
        (office.logs / WUTONGLI).rename(folder / "judged" / "log")
        log = BigLog(folder / "judged", office.key, witnesses, [row.entry for row in rows])
    finally:
        office.close()
    _prove(log)
    return log


def _witnessed(office: Office) -> tuple[VerifierKey, ...]:
    """Both witnesses must have signed what readers see."""
    names = ("street.example", "audit.example")
    keys = [SigningKey(name, name.encode().ljust(32, b"."), COSIGNATURE) for name in names]
    logs = {office.key.name: (office.key,)}
    lines = [f"witness {key.vkey.name} {key.vkey}" for key in keys]
    lines += [f"group both all {' '.join(names)}", "quorum both"]
    office.signing = office.signing._replace(
        policy="".join(f"{line}\n" for line in lines).encode(),
        clients={key.vkey.name: Next(Witness(key, logs, InMind(), lambda: office.now)) for key in keys},
    )
    return tuple(key.vkey for key in keys)


def _record(office: Office, like: Row, size: int) -> None:
    """Records like one that was decided and spelled by the ledger, up to a size: 70,000 in two seconds."""
    before, _, after = like.entry.partition(STAMP)
    name, after = f"b{like.number}".encode(), after[after.index(b'"') :]
    given = before[before.index(b'"id":"') + 6 :][:36]
    drafts = []
    for number in range(office.length, size):
        event_id = f"019a9f5e-7c1e-7000-8000-{number:012x}"
        new = before.replace(name, b"b%d" % number).replace(given, event_id.encode())
        building = f"building:b{number}"
        rest = after.replace(f"building:b{like.number}".encode(), building.encode())
        drafts.append(Draft(WUTONGLI, like.kind, (building, "register"), new + STAMP, rest, event_id))
    if drafts:
        office.story.store.append_drafts(drafts, None, None)


def _prove(log: BigLog) -> None:
    """Every kind of proof we hand out, as files."""
    (log.folder / "proofs").mkdir()
    for number in PROVEN:
        proof = prove(log.log, number)
        (log.folder / "proofs" / f"{number}.tlog-proof").write_text(str(proof), encoding="utf-8")
    (log.folder / "consistency").mkdir()
    hashes = hashes_from(log.log.read, RECORDS)
    for note in log.log.notes():
        old = checkpoint_of(note.text).size
        if note.signed_by(log.witnesses) and old < RECORDS:
            lines = map(encoded, consistency_proof(old, RECORDS, hashes))
            text = "\n".join([*lines, "", str(note)])
            (log.folder / "consistency" / str(old)).write_text(text, encoding="utf-8")
