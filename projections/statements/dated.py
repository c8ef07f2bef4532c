"""What of the books had happened by a day or in a period, and what of it was taken back by then."""

import re
from collections.abc import Iterator
from datetime import date

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.entry import EntryReversed
from ledger.events import Event, Recorded
from projections.displays import Fact
from projections.statements.books import Books

PLACES = ("whole", "building", "door")


def until(books: Books, on: date) -> Iterator[Recorded[Event]]:
    """Every event up to a day, by legal date, in order of record."""
    return (recorded for recorded in books.events if recorded.occurred_on <= on)


def facts_until(books: Books, on: date) -> Iterator[Fact[Event]]:
    """The same, as displays read them."""
    return (Fact(recorded.number, recorded.occurred_on, recorded.data) for recorded in until(books, on))


def between(books: Books, starts_on: date, ends_on: date) -> Iterator[Recorded[Event]]:
    """Every event of a period, both days included, in order of record."""
    return (recorded for recorded in until(books, ends_on) if recorded.occurred_on >= starts_on)


def taken_back(books: Books, on: date) -> frozenset[int]:
    """The records that others had taken back by a day."""
    return frozenset(
        recorded.data.number
        for recorded in until(books, on)
        if isinstance(recorded.data, EntryReversed | ApportionmentReversed)
    )


def by_place(scope: str) -> tuple[int, list[str | int]]:
    """Sorts scopes as people list them: all owners, buildings, doors, 2 before 10; all else last."""
    kind, _, identity = scope.partition("-")
    parts = [int(part) if part.isdecimal() else part for part in re.split("([0-9]+)", identity)]
    return PLACES.index(kind) if kind in PLACES else len(PLACES), parts
