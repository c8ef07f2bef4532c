"""Whose the maintenance fund is: every movement of its books, and the units they are divided among (FUND-04).

For which unit something was paid is withheld from the record: whoever may know brings the names of units by
commitment, from the vault; without them money of a unit is money of its book.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

import msgspec
from sqlalchemy import func, or_, select

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.community import UnitAreaCorrected, UnitsRegistered
from ledger.actions.entry import EntryReversed
from ledger.actions.fund import FundDepositRecorded
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.unit_account import FundApportioned, NamesOf, Noted, moved, named, scope_of_book
from ledger.events import Event, Recorded
from ledger.fields import area_text, centi_m2
from ledger.money.unit_accounts import Held, Movement, Place, Roster, unit_accounts
from projections.database import reading
from projections.snapshot import Snapshot
from projections.then import NOW, Then, then_of
from projections.view import COUNT, DAY, FEN, FLAG, NAME, PLACE, TEXT, Fields, Key, Shape, View, Write, day_of

DIVIDING = (FundApportioned, ProjectApportioned, ApportionmentReversed)
OF_FUND = "fund/maintenance/"


class UnitAccount(msgspec.Struct, frozen=True):
    """The account of one unit; `floor_area` in m² with two decimals."""

    unit: str
    building: str
    door: str | None
    floor_area: str
    first_deposit_fen: int
    balance_fen: int


def nobody(_: Iterable[str]) -> Mapping[str, str]:
    """The names of units for those who may not know them."""
    return {}


@reading
def of(
    snapshot: Snapshot,
    ledger: str,
    names_of: NamesOf,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> list[UnitAccount]:
    """The account of every unit, by unit id. For those who keep or check the books alone."""
    then = then_of(snapshot, "unit_accounts", ledger, as_of, known_at)
    places, movements = known(snapshot, ledger, names_of, then)
    held = _accounts(places, movements)
    return [
        UnitAccount(
            unit=place.unit,
            building=place.building,
            door=place.door,
            floor_area=area_text(place.areas[-1][1]),
            first_deposit_fen=held[place.unit].first_deposit_fen,
            balance_fen=held[place.unit].balance_fen,
        )
        for place in places
    ]


def accounts_of(places: tuple[Place, ...], movements: tuple[Movement, ...]) -> Mapping[str, Held]:
    """The account of every unit; what was asked a moment ago is not computed again."""
    return _accounts(places, movements)


@lru_cache(maxsize=16)
def _accounts(places: tuple[Place, ...], movements: tuple[Movement, ...]) -> Mapping[str, Held]:
    return unit_accounts(Roster(places), movements)


def known(
    snapshot: Snapshot, ledger: str, names_of: NamesOf = nobody, then: Then = NOW
) -> tuple[tuple[Place, ...], tuple[Movement, ...]]:
    """The units of a ledger by id, and all movements of its maintenance fund, those of one day added up."""
    return _places(snapshot, ledger, then), (
        *_sums(snapshot, ledger, then),
        *named(_apart(snapshot, ledger, then), names_of),
    )


def _places(snapshot: Snapshot, ledger: str, then: Then) -> tuple[Place, ...]:
    unit, area = snapshot.table("unit_accounts", "unit"), snapshot.table("unit_accounts", "area")
    of_ledger = snapshot.number("unit_accounts", ledger)
    areas: dict[str, list[tuple[int, int]]] = {}
    query = select(area).where(area.c.ledger == of_ledger, *then.counted(area.c.number, area.c.occurred_on))
    for row in snapshot.rows(query.order_by(area.c.unit, area.c.number)):
        areas.setdefault(row.unit, []).append((row.number, row.centi_m2))
    found = snapshot.rows(select(unit).where(unit.c.ledger == of_ledger).order_by(unit.c.unit))
    return tuple(
        Place(row.unit, row.building, row.door, tuple(areas[row.unit])) for row in found if row.unit in areas
    )


def _sums(snapshot: Snapshot, ledger: str, then: Then) -> list[Movement]:
    """What belongs to whole books, added up by day: most of it, and nobody's own."""
    moved = snapshot.table("unit_accounts", "movement")
    query = (
        select(moved.c.book, moved.c.occurred_on, func.sum(moved.c.fen), func.sum(moved.c.first_deposit_fen))
        .where(
            moved.c.ledger == snapshot.number("unit_accounts", ledger),
            moved.c.divides.is_(False),
            moved.c.sealed.is_(None),
            *then.counted(moved.c.number, moved.c.occurred_on),
        )
        .group_by(moved.c.book, moved.c.occurred_on)
        .order_by(moved.c.occurred_on, moved.c.book)
    )
    return [
        Movement(0, day_of(day), scope_of_book(snapshot.word("unit_accounts", book)), int(fen), int(first))
        for book, day, fen, first in snapshot.rows(query)
    ]


def _apart(snapshot: Snapshot, ledger: str, then: Then) -> list[Noted]:
    """What is of one unit, or divides."""
    moved = snapshot.table("unit_accounts", "movement")
    query = select(moved).where(
        moved.c.ledger == snapshot.number("unit_accounts", ledger),
        or_(moved.c.divides.is_(True), moved.c.sealed.is_not(None)),
        *then.counted(moved.c.number, moved.c.occurred_on),
    )
    return [
        _noted(row._mapping, day_of(row.occurred_on), snapshot.word("unit_accounts", row.book))
        for row in snapshot.rows(query.order_by(moved.c.number, moved.c.leg))
    ]


def _noted(row: Mapping[str, Any], on: date, book: str) -> Noted:
    fen, first, divides = row["fen"], row["first_deposit_fen"], bool(row["divides"])
    movement = Movement(row["register"], on, scope_of_book(book), fen, first, divides=divides)
    return Noted(movement, row["sealed"])


class UnitAccountsView(View):
    """Units with their areas over time, and what moved in the books of the fund."""

    name: ClassVar[str] = "unit_accounts"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "unit": Shape({"ledger": NAME, "unit": TEXT}, {"building": TEXT, "door": TEXT}),
        "area": Shape({"ledger": NAME, "unit": TEXT, "number": PLACE}, {"occurred_on": DAY, "centi_m2": FEN}),
        # `register`: as of which record the units shared it; what is taken back, as it was shared
        "movement": Shape(
            {"ledger": NAME, "number": PLACE, "leg": COUNT},
            {
                "occurred_on": DAY,
                "register": PLACE,
                "book": NAME,
                "fen": FEN,
                "first_deposit_fen": FEN,
                "divides": FLAG,
                "top_up": FLAG,
                "sealed": TEXT,
            },
        ),
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows: dict[Key, Fields] = {}
        for recorded in batch:
            event = recorded.data
            if isinstance(event, UnitsRegistered | UnitAreaCorrected):
                _take_units(recorded, write)
            elif isinstance(event, DIVIDING) or any(
                account.startswith(OF_FUND) for account, _ in recorded.envelope.postings
            ):
                rows |= _rows(recorded, rows, write)
        columns = self.shapes["movement"].columns
        write.insert("movement", [(*key, *(rows[key][name] for name in columns)) for key in sorted(rows)])


def _take_units(recorded: Recorded[Event], write: Write) -> None:
    ledger, number, day = write.numbers[recorded.ledger], recorded.number, recorded.occurred_on.toordinal()
    match recorded.data:
        case UnitsRegistered(units=units):
            write.put("unit", {(ledger, of.unit): {"building": of.building, "door": of.door} for of in units})
            write.insert("area", [(ledger, of.unit, number, day, centi_m2(of.floor_area)) for of in units])
        case UnitAreaCorrected(unit=unit, floor_area=area):
            write.insert("area", [(ledger, unit, number, day, centi_m2(area))])


def _rows(recorded: Recorded[Event], before: Mapping[Key, Fields], write: Write) -> dict[Key, Fields]:
    """The movements of one event; what is reversed is looked up, for its record alone knows the units."""
    ledger = write.numbers[recorded.ledger]
    day = recorded.occurred_on.toordinal()
    match recorded.data:
        case (
            EntryReversed(number=number, reversed_kind=FundDepositRecorded.kind)
            | ApportionmentReversed(number=number)
        ):
            undone = (ledger, number, 0)
            row = before.get(undone) or write.known("movement", [undone]).get(undone)
            if row is not None:
                opposite = {"fen": -row["fen"], "first_deposit_fen": -row["first_deposit_fen"]}
                return {(ledger, recorded.number, 0): {**row, **opposite, "occurred_on": day}}
    top_up = getattr(recorded.data, "nature", None) == "top-up"
    return {
        (ledger, recorded.number, leg): {
            "occurred_on": day,
            "register": recorded.number,
            "book": write.numbers[noted.movement.scope.name],
            "fen": noted.movement.fen,
            "first_deposit_fen": noted.movement.first_deposit_fen,
            "divides": noted.movement.divides,
            "top_up": top_up,
            "sealed": noted.sealed,
        }
        for leg, noted in enumerate(moved(recorded))
    }


VIEW = UnitAccountsView()
