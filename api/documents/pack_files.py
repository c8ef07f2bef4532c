"""The attachments of a pack: which are there, which are withheld from its readers, which are gone."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from api.documents.packing import Packing
from api.file_types import CSV, PDF, XLSX
from api.formulas import guarded
from ledger.envelope import canonical
from ledger.errors import StoreDamaged
from ledger.events import Attachment
from ledger.fields import Commitment, Tier
from ledger.store.files import Files
from ledger.store.vault import Vault, value_of

COLUMNS = ("record", "place", "name", "type", "size", "tier", "sha256", "file", "state")
SEEN_BY: dict[Tier, tuple[Tier, ...]] = {
    "public": ("public",),
    "owners": ("public", "owners"),
    "audit": ("public", "owners", "audit"),
}
ENDINGS = {
    PDF: ".pdf", CSV: ".csv", XLSX: ".xlsx",
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp",
}  # fmt: skip


class Opened(NamedTuple):
    """A value, and what proves it if the record withholds it."""

    value: str
    disclosure: str = ""


class Shown(NamedTuple):
    """One attachment as the pack's readers may know it; `disclosures`: what shows them a withheld value."""

    record: int
    place: int
    one: Attachment
    name: str = ""
    sha256: str = ""
    state: str = "here"
    disclosures: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> str:
        """Where it is in the pack."""
        return f"attachments/{self.sha256}{ENDINGS.get(self.one.type, '')}"

    @property
    def named(self) -> str:
        """How people and programs find it."""
        return f"{self.sha256} {self.name}"


class FilesOfRecords:
    """The attachments of all records of a ledger, for readers of one tier."""

    def __init__(self, vault: Vault, files: Files, ledger: str, tier: Tier) -> None:
        self._vault, self._files, self._ledger, self._tier = vault, files, ledger, tier
        self._shown: list[Shown] = []
        self.counts = dict.fromkeys(("here", "withheld", "erased", "missing"), 0)
        self.missing: list[Shown] = []

    def take(self, record: int, attachments: tuple[Attachment, ...]) -> None:
        """Take in the attachments of one record."""
        for place, one in enumerate(attachments):
            self._shown.append(self._seen(record, place, one))

    def write(self, into: Packing) -> None:
        """Write the files, one at a time, then the list of all, then what opens what is withheld."""
        states = [one._replace(state=self._written(one, into)) for one in self._shown]
        self.missing = [one for one in states if one.state == "missing"]
        for one in states:
            self.counts[one.state] += 1
        into.add("attachments.csv", _rows(states))
        into.add("disclosures.jsonl", _disclosures(states))

    def _seen(self, record: int, place: int, one: Attachment) -> Shown:
        if one.tier not in SEEN_BY[self._tier]:
            return Shown(record, place, one, state="withheld")
        name, sha256 = self._opened(one.name), self._opened(one.sha256)
        if name is None or sha256 is None:
            return Shown(record, place, one, state="erased")
        disclosures = tuple(
            (f"attachments/{place}/{field}", value.digest, opened.disclosure)
            for field, value, opened in (("name", one.name, name), ("sha256", one.sha256, sha256))
            if isinstance(value, Commitment)
        )
        return Shown(record, place, one, name.value, sha256.value, disclosures=disclosures)

    def _opened(self, value: str | Commitment) -> Opened | None:
        """A value and what shows it, if it is withheld; none once it was erased."""
        if isinstance(value, str):
            return Opened(value)
        # what was restricted is for the auditor alone (PIPL 47(2))
        kept = self._vault.kept([value.digest], restricted=self._tier == "audit").get(value.digest)
        return None if kept is None else Opened(value_of(kept.disclosure), kept.disclosure)

    def _written(self, one: Shown, into: Packing) -> str:
        if one.state != "here" or one.path in into.members:
            return one.state
        with suppress(StoreDamaged):
            into.add(one.path, (self._files.of(self._ledger, one.one.tier).get(one.sha256),))
            return "here"
        return "missing"


def _rows(states: list[Shown]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for one in states:
        attachment = one.one
        where = one.path if one.state == "here" else ""
        facts = (attachment.type, attachment.size, attachment.tier, one.sha256, where, one.state)
        yield _line((one.record, one.place, guarded(one.name), *facts))


def _line(cells: tuple[object, ...]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()


def _disclosures(states: list[Shown]) -> Iterator[bytes]:
    for one in states:
        for path, digest, shown in one.disclosures:
            line = {"record": one.record, "path": path, "digest": digest, "disclosure": shown}
            yield canonical(line) + b"\n"
