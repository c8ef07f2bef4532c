"""Carries out in the vault what the books say was erased: after the record is durable, again after a crash.

The books are the list of what is to be done. A vault restored from a copy is older than some erasures in
them: those are carried out anew before anything else is.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ledger.actions.erasure import PersonalDataErased, PersonalDataRestricted
from ledger.actors import commit, person_in
from ledger.envelope import parse
from ledger.events import decode
from ledger.store.files import Files, erase, subject_of
from ledger.store.port import Row, Store
from ledger.store.vault import Vault

ROWS_AT_ONCE = 2_000
NOTED_AFTER = 10_000  # events without an erasure, until it is noted that there was none
KINDS = frozenset((PersonalDataErased.kind, PersonalDataRestricted.kind))
_WITH_FILES = b'"attachments"'


class Erasing:
    """Erasures of one store, its vault and its files. May be cut short at any moment and asked again."""

    def __init__(self, store: Store, vault: Vault, files: Files) -> None:
        self._store = store
        self._vault = vault
        self._files = files
        self._finished_in = 0

    def finish_once(self) -> None:
        """Finish what a process before this one may have left."""
        if self._finished_in != os.getpid():
            self.finish()
            self._finished_in = os.getpid()

    def finish(self) -> None:
        """Carry out every erasure and restriction recorded since the last one that was."""
        head, swept = self._store.head(), self._vault.swept
        swept = min(swept, head) if swept <= head else 0  # the books were restored to an earlier state
        found = False
        for row in self._rows_after(swept, head):
            if row.kind in KINDS:
                self._carry_out(row)
                found = True
        if found or head - swept > NOTED_AFTER:
            self._vault.swept = head

    def _rows_after(self, position: int, head: int) -> Iterator[Row]:
        while position < head and (rows := self._store.rows(position, ROWS_AT_ONCE)):
            yield from rows
            position = rows[-1].position

    def _carry_out(self, row: Row) -> None:
        envelope = decode(row.kind, row.entry)
        event = envelope.data
        assert isinstance(event, PersonalDataErased | PersonalDataRestricted)  # noqa: S101
        person = self._behind(row.ledger, envelope.id, event.subject.digest)
        if person is None:
            return  # gone already
        own_files = self._files_of(row.ledger, person)
        if isinstance(event, PersonalDataRestricted):
            for sha256 in own_files:
                self._vault.restrict(f"{row.ledger}/{subject_of(sha256)}")
            self._vault.restrict(person)
            return
        for sha256 in own_files:
            erase(self._files, self._vault, row.ledger, sha256)
        self._vault.forget(person)  # last: by what is kept their files are found

    def _behind(self, ledger: str, event_id: str, digest: str) -> str | None:
        """Whom a record is about: only their own key makes its digest."""
        for person in self._vault.persons():
            subject = person.name.removeprefix(f"{ledger}/")
            named = person_in(ledger, subject) == person.name
            if named and commit(person.key, event_id, "subject", subject) == digest:
                return person.name
        return None

    # -- private files ---------------------------------------------------------------------------------------

    def _files_of(self, ledger: str, person: str) -> list[str]:
        """The private files that belong to records about this person and nobody else."""
        prefix = f"{ledger}/{subject_of('')}"
        if person.startswith(prefix):
            return [person.removeprefix(prefix)]
        own, found = self._vault.commitments(person), defaultdict[str, int](int)
        for row in self._store.history(ledger) if own else ():
            if _WITH_FILES in row.entry:
                for sha256 in self._attached(parse(row.entry), own):
                    found[sha256] += 1
        return [sha256 for sha256, times in found.items() if times == self._uses(ledger, sha256)]

    def _attached(self, entry: dict[str, Any], own: frozenset[str]) -> list[str]:
        named = set(_digests(entry["data"]))
        if not named & own or self._vault.kept(named - own):
            return []
        withheld = [one["sha256"]["_sd"] for one in entry.get("attachments", ()) if one["tier"] != "public"]
        return list(self._vault.values(withheld).values())

    def _uses(self, ledger: str, sha256: str) -> int:
        kept = self._vault.kept(self._vault.commitments(f"{ledger}/{subject_of(sha256)}"))
        return sum(one.name.endswith("/sha256") for one in kept.values())


def _digests(value: Any) -> Iterator[str]:
    """Every commitment in a parsed entry, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _digests(item)
    elif isinstance(value, dict):
        if set(value) == {"_sd"}:
            yield value["_sd"]
        else:
            for member in value.values():
                yield from _digests(member)
