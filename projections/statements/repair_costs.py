"""T4, repairs and who bears their cost, per building or door number (FUND-22, FUND-24, FUND-33).

In public a door number is the finest line: what a square metre bears, and of how many units; a unit's own
share is its owner's business (privacy.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ledger.actions.community import Register
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.unit_account import FundApportioned, scope_of_book
from ledger.composing import Wanted
from ledger.errors import StoreDamaged
from ledger.events import Event, Recorded
from ledger.fields import Scope, area_text
from ledger.money.accounts import drawn_fen
from ledger.money.apportionment import apportion
from ledger.money.unit_accounts import Roster
from projections import repair_projects
from projections.repair_project_rows import RepairProjectRow
from projections.statements import cautions
from projections.statements.books import Books
from projections.statements.dated import between, by_place, taken_back, until
from projections.statements.statement import Caution, Composition, Line, cells

METHOD = "largest-remainder"  # FUND-22: what becomes of the last fen


class Division(NamedTuple):
    """A cost divided by a record, of a project or (routine costs) of none."""

    number: int
    event: ProjectApportioned | FundApportioned

    @property
    def project(self) -> str | None:
        """The repair it was for."""
        return getattr(self.event, "project", None)


class Repair(NamedTuple):
    """A project something happened to in the period, as it stood at its end."""

    row: RepairProjectRow
    events: tuple[Recorded[Event], ...]
    paid_in_period_fen: int
    divided: Division | None

    def on(self, step: str) -> object:
        """When a step was taken, if it was."""
        return next(one.on for one in self.row.steps if one.step == step)


def compose(books: Books, wanted: Wanted) -> Composition:
    """The repairs something happened to in the period, and routine costs divided in it; of a part its own."""
    register = Register()
    for recorded in books.events:
        register.evolve(recorded)
    roster = register.roster()
    repairs = [one for one in _repairs(books, wanted) if _concerns(register, wanted, one.row.scope)]
    routine = [one for one in _routine(books, wanted) if _concerns(register, wanted, one.event.scope.name)]
    divided = [*(one.divided for one in repairs if one.divided is not None), *routine]
    doors = [line for one in divided for line in _doors(roster, wanted, one)]
    total = sum(one.event.total_fen for one in divided)
    paid = {
        "paid": sum(one.row.paid_fen for one in repairs),
        "paid_in_period": sum(one.paid_in_period_fen for one in repairs),
    }
    return Composition(
        figures={**paid, "divided_fen": total},
        rows={
            "projects": [_project(one) for one in repairs],
            "works": [_works(one) for one in repairs],
            "shares": [_shares(one) for one in divided],
            "doors": doors,
        },
        sums={
            "projects": paid,
            "shares": {"total": total},
            "doors": {name: sum(int(line.cells[name]) for line in doors) for name in ("units", "amount")},
        },
        cautions=tuple(_cautions(repairs)),
        rules=books.law(wanted.ends_on).editions,
    )


# -- what belongs in it ------------------------------------------------------------------------------


def _repairs(books: Books, wanted: Wanted) -> Iterator[Repair]:
    """Projects in the order of their plans."""
    found: defaultdict[str, list[Recorded[Event]]] = defaultdict(list)
    for recorded in until(books, wanted.ends_on):
        for tag in recorded.envelope.tags:
            if tag.startswith("project:"):
                found[tag.removeprefix("project:")].append(recorded)
    undone = taken_back(books, wanted.ends_on)
    rows = repair_projects.page(books.views, books.ledger, limit=books.until + 1, as_of=wanted.ends_on)
    for row in rows:
        events = found[row.project]
        in_period = [one for one in events if one.occurred_on >= wanted.starts_on]
        divided = [
            Division(one.number, one.data)
            for one in events
            if isinstance(one.data, ProjectApportioned) and one.number not in undone
        ]
        if in_period:
            yield Repair(row, tuple(events), _paid(in_period), divided[-1] if divided else None)


def _paid(events: Iterable[Recorded[Event]]) -> int:
    """What left the fund for it, less what came back."""
    return sum(drawn_fen(one.envelope.postings) for one in events)


def _routine(books: Books, wanted: Wanted) -> Iterator[Division]:
    """Routine costs that were divided among the units (FUND-24)."""
    undone = taken_back(books, wanted.ends_on)
    for one in between(books, wanted.starts_on, wanted.ends_on):
        if isinstance(one.data, FundApportioned) and one.data.what == "cost" and one.number not in undone:
            yield Division(one.number, one.data)


def _concerns(register: Register, wanted: Wanted, scope: str) -> bool:
    """Whether units of the part the statement is about bear this cost."""
    if wanted.scope in (None, scope) or scope == Scope().name:
        return True
    parts = (scope_of_book(name) for name in (wanted.scope or "", scope))
    mine, theirs = ({unit.unit for unit in register.in_scope(part)} for part in parts)
    return not mine.isdisjoint(theirs)


# -- rows --------------------------------------------------------------------------------------------


def _project(repair: Repair) -> Line:
    row = repair.row
    return Line(
        key=row.project,
        cells=cells(
            project=row.project,
            name=row.name,
            scope=row.scope,
            authority=row.authority,
            decision=row.decision,
            decided_on=repair.on("vote"),
            budget=row.budget_fen,
            price=row.price_fen,
            reviewed=row.reviewed_fen,
            paid_in_period=repair.paid_in_period_fen,
            paid=row.paid_fen,
            retention_held=row.retention_held_fen,
            stage=row.stage,
        ),
    )


def _works(repair: Repair) -> Line:
    row = repair.row
    return Line(
        key=row.project,
        cells=cells(
            project=row.project,
            name=row.name,
            works=row.works,
            contractor=row.contractor,
            agency=row.agency,
            started_on=row.started_on,
            completed_on=row.completed_on,
            accepted_on=repair.on("acceptance"),
            warranty_until=row.warranty_until,
        ),
    )


def _shares(divided: Division) -> Line:
    """How a cost was divided; `rate`: what a square metre bears, rounded to a fen for reading only."""
    event = divided.event
    return Line(
        key=str(divided.number),
        cells=cells(
            project=divided.project,
            starts_on=getattr(event, "starts_on", None),
            ends_on=getattr(event, "ends_on", None),
            scope=event.scope.name,
            total=event.total_fen,
            area=event.area,
            rate=event.fen_per_m2,
            units=event.units,
            method=METHOD,
            remainder_units=event.remainder_units,
            record=divided.number,
        ),
    )


def _doors(roster: Roster, wanted: Wanted, divided: Division) -> Iterator[Line]:
    """What falls to every door number or building, added up from the shares of its units.

    Errors: `StoreDamaged` if those are not the shares whose digest was recorded.
    """
    event = divided.event
    areas = roster.floor_areas(event.scope, divided.number)
    split = apportion(event.total_fen, areas)
    if split.digest != event.shares_digest:
        raise StoreDamaged(number=divided.number)
    for book, units in _units_by_book(roster, wanted, areas):
        yield Line(
            key=f"{divided.number}/{book}",
            cells=cells(
                project=divided.project,
                record=divided.number,
                scope=book,
                units=len(units),
                area=area_text(sum(areas[unit] for unit in units)),
                amount=sum(split.shares[unit] for unit in units),
            ),
        )


def _units_by_book(roster: Roster, wanted: Wanted, units: Iterable[str]) -> Sequence[tuple[str, list[str]]]:
    part = scope_of_book(wanted.scope) if wanted.scope else Scope()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for unit in units:
        if (place := roster.places[unit]).is_in(part):
            found[place.book.name].append(unit)
    return sorted(found.items(), key=lambda item: by_place(item[0]))


def _cautions(repairs: Sequence[Repair]) -> Iterator[Caution]:
    """What was paid of a retention too early, what is done and not divided, rules that were broken."""
    early = [one.row for one in repairs if one.row.retention_shortfall_fen]
    if early:
        yield Caution(
            code="retention-paid-early",
            fen=sum(row.retention_shortfall_fen for row in early),
            records=tuple(row.number for row in early),
        )
    undivided = [one.row for one in repairs if one.row.stage in ("accepted", "closed") and not one.divided]
    if undivided:
        yield Caution(code="cost-not-divided", records=tuple(row.number for row in undivided))
    broken = cautions.irregular(event for one in repairs for event in one.events)
    if broken is not None:
        yield broken
