"""The vault beside the books: every value must be the one a record commits to, and none may be missing.

A value that is gone was either erased, which the books say, or taken away. What was recorded after the last
erasure of a ledger can only have been taken away.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.actions.erasure import PersonalDataErased, PersonalDataRestricted
from ledger.actors import commit, digest_of, person_in
from ledger.envelope import parse
from ledger.errors import StoreDamaged
from ledger.store.keyring import Person
from ledger.store.port import Row, Store
from ledger.store.vault import Vault

ROWS_AT_ONCE = 500


class Committed(NamedTuple):
    """A digest, and where it stands in a record."""

    digest: str
    ledger: str
    number: int
    event_id: str
    path: str

    @property
    def place(self) -> dict[str, Any]:
        """Where it stands, for people."""
        return {"ledger": self.ledger, "number": self.number, "field": self.path}


def check_vault(store: Store, vault: Vault) -> int:
    """Open every value the books commit to; how many there are.

    Errors: `StoreDamaged` naming the record that commits to what is no longer there, or is another value.
    """
    return _Check(store, vault).run()


class _Check:
    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault
        self._persons = deque(vault.persons())
        self._missing: dict[str, Committed] = {}  # the last one of each ledger
        self._erased: dict[str, int] = {}  # the number of the last erasure of each ledger

    def run(self) -> int:
        position, values, restricted = 0, 0, set[str]()
        while rows := self._store.rows(position, ROWS_AT_ONCE):
            position = rows[-1].position
            found = [one for row in rows if row.ledger for one in _commitments(row)]
            values += self._open(found)
            for row in rows:
                restricted |= self._said(row)
        for ledger, missing in self._missing.items():
            if missing.number > self._erased.get(ledger, -1):
                raise StoreDamaged("vault.value-missing", **missing.place)
        self._check_restricted(restricted)
        return values

    def _open(self, committed: list[Committed]) -> int:
        try:
            kept = self._vault.kept(one.digest for one in committed)
        except StoreDamaged:
            kept = {}
            for one in committed:  # once more one by one, to say which it is
                try:
                    kept |= self._vault.kept([one.digest])
                except StoreDamaged as damaged:
                    raise StoreDamaged("vault.altered", **one.place) from damaged
        for one in committed:
            value = kept.get(one.digest)
            if value is None:
                if self._person_in(one) is None:
                    self._missing[one.ledger] = one
            elif digest_of(value.disclosure) != one.digest or value.name != one.path:
                raise StoreDamaged("vault.altered", **one.place)
        return len(kept)

    def _person_in(self, one: Committed) -> Person | None:
        """Whom a record names: only their own key makes its digest. Who was named last often is again."""
        for at, person in enumerate(self._persons):
            subject = person.name.removeprefix(f"{one.ledger}/")
            named = person_in(one.ledger, subject) == person.name
            if named and commit(person.key, one.event_id, one.path, subject) == one.digest:
                del self._persons[at]
                self._persons.appendleft(person)
                return person
        return None

    def _said(self, row: Row) -> set[str]:
        """Whose data this record restricts. Errors: `StoreDamaged` if whom it erased is still known."""
        if row.kind not in (PersonalDataErased.kind, PersonalDataRestricted.kind):
            return set()
        entry = parse(row.entry)
        subject = Committed(entry["data"]["subject"]["_sd"], row.ledger, row.number, entry["id"], "subject")
        person = self._person_in(subject)
        if row.kind == PersonalDataRestricted.kind:
            return {person.name} if person else set()
        self._erased[row.ledger] = row.number
        if person is not None:
            raise StoreDamaged("vault.not-erased", **subject.place)
        return set()

    def _check_restricted(self, restricted: set[str]) -> None:
        for name in sorted(restricted):
            if not self._vault.is_restricted(name):
                raise StoreDamaged("vault.restriction-differs")


def _commitments(row: Row) -> Iterator[Committed]:
    entry = parse(row.entry)
    for begin, member in (("who", entry["by"]["who"]), ("", entry["data"])):
        yield from _below(row, entry["id"], begin, member)
    yield from _below(row, entry["id"], "attachments", entry.get("attachments", []))


def _below(row: Row, event_id: str, path: str, value: Any) -> Iterator[Committed]:
    match value:
        case {"_sd": str() as digest}:
            yield Committed(digest, row.ledger, row.number, event_id, path)
        case Mapping():
            for name, member in value.items():
                yield from _below(row, event_id, f"{path}/{name}".lstrip("/"), member)
        case list():
            for index, member in enumerate(value):
                yield from _below(row, event_id, f"{path}/{index}", member)
