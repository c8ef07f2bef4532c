"""What of the maintenance fund is whose: per unit and per book, computed again from what was recorded.

An event that splits money says how much over which scope; who got what follows from the register as it stood
at that record (FUND-04, FUND-21). So five thousand shares need not be written down, and all find the same.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ledger.fields import Scope
from ledger.money.apportionment import apportion


class Place(NamedTuple):
    """A unit where it stands; `areas`: floor areas in hundredths of m², each from a record number on."""

    unit: str
    building: str
    door: str | None
    areas: tuple[tuple[int, int], ...]

    @property
    def book(self) -> Scope:
        """The book a unit stands in: its door number's, else its building's (FUND-04)."""
        if self.door is None:
            return Scope(kind="building", id=self.building)
        return Scope(kind="door", id=self.door)

    def is_in(self, scope: Scope) -> bool:
        """Whether the unit is part of a scope."""
        return scope.kind == "whole" or scope.id == (self.building if scope.kind == "building" else self.door)


class Movement(NamedTuple):
    """Fen that came (or, negative, went), and what of it is first deposit, the base of the 30 % (FUND-28).

    `unit`: whose alone it is. `divides`: it only says to whom belongs what a wider book held already.
    """

    number: int
    on: date
    scope: Scope
    fen: int
    first_deposit_fen: int = 0
    unit: str | None = None
    divides: bool = False


class Held(NamedTuple):
    """What a unit or a book holds, and the first deposit it is measured by."""

    balance_fen: int = 0
    first_deposit_fen: int = 0

    def plus(self, fen: int, first_deposit_fen: int) -> "Held":
        """With more of both."""
        return Held(self.balance_fen + fen, self.first_deposit_fen + first_deposit_fen)


class Change(NamedTuple):
    """What changed in one book on one day."""

    on: date
    fen: int
    first_deposit_fen: int


class Roster:
    """The units of a community as they stood at any record."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = {place.unit: place for place in places}
        self._changes = sorted({since for place in self.places.values() for since, _ in place.areas})
        self._known: dict[tuple[str, int], dict[str, int]] = {}

    def floor_areas(self, scope: Scope, number: int) -> dict[str, int]:
        """Floor areas by unit in a scope, as registered before a record."""
        version = bisect_right(self._changes, number)
        key = scope.name, version
        if key not in self._known:
            areas = {
                place.unit: [area for since, area in place.areas if since <= number]
                for place in self.places.values()
                if place.is_in(scope)
            }
            self._known[key] = {unit: known[-1] for unit, known in areas.items() if known}
        return self._known[key]

    def shares(self, movement: Movement) -> Iterator[tuple[str, int, int]]:
        """Who has a part in a movement: unit, fen and first deposit. Nobody, as long as it is not divided."""
        if movement.unit is not None:
            yield movement.unit, movement.fen, movement.first_deposit_fen
        elif movement.divides and (areas := self.floor_areas(movement.scope, movement.number)):
            fen, first = _split(movement.fen, areas), _split(movement.first_deposit_fen, areas)
            for unit in areas:
                yield unit, fen.get(unit, 0), first.get(unit, 0)


def _split(fen: int, areas: Mapping[str, int]) -> Mapping[str, int]:
    if fen == 0:
        return {}
    shares = apportion(abs(fen), areas).shares
    return shares if fen > 0 else {unit: -share for unit, share in shares.items()}


def unit_accounts(roster: Roster, movements: Iterable[Movement]) -> dict[str, Held]:
    """The account of every registered unit (按户核算)."""
    held = {unit: [0, 0] for unit in roster.places}
    for movement in movements:
        for unit, fen, first_deposit_fen in roster.shares(movement):
            if (account := held.get(unit)) is not None:
                account[0] += fen
                account[1] += first_deposit_fen
    return {unit: Held(*account) for unit, account in held.items()}


def book_changes(roster: Roster, movements: Iterable[Movement]) -> dict[str, list[Change]]:
    """What changed in every book, by its name, day by day; "whole" keeps what no narrower book has yet."""
    days: defaultdict[str, dict[date, Held]] = defaultdict(dict)

    def add(book: str, on: date, fen: int, first: int) -> None:
        days[book][on] = days[book].get(on, Held()).plus(fen, first)

    for movement in movements:
        if not movement.divides:
            add(movement.scope.name, movement.on, movement.fen, movement.first_deposit_fen)
            continue
        for unit, fen, first in roster.shares(movement):
            book = roster.places[unit].book.name
            if book != movement.scope.name:
                add(book, movement.on, fen, first)
                add(movement.scope.name, movement.on, -fen, -first)
    return {
        book: [Change(on, *changed[on]) for on in sorted(changed)] for book, changed in sorted(days.items())
    }


def fund_changes(movements: Iterable[Movement]) -> list[Change]:
    """What changed in the fund as a whole, day by day: dividing changes nothing."""
    days: dict[date, Held] = {}
    for movement in movements:
        if not movement.divides:
            days[movement.on] = days.get(movement.on, Held()).plus(movement.fen, movement.first_deposit_fen)
    return [Change(on, *days[on]) for on in sorted(days)]


def held_after(changes: Sequence[Change]) -> Held:
    """What is held after all changes."""
    return Held(sum(of.fen for of in changes), sum(of.first_deposit_fen for of in changes))
