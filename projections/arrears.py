"""Due against received: every schedule line as it stood on a day, as known then, by contract and place."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Select, Table, select

from ledger.money.schedule import Due, Received, cover, overpaid
from projections.database import reading
from projections.snapshot import Snapshot, paged
from projections.then import Then, then_of
from projections.view import day_of

Status = Literal["upcoming", "received", "late", "short", "missing", "lapsed"]


class LineRow(msgspec.Struct, frozen=True):
    """One line of a schedule, and what covers it.

    Received: in full, in time; late: in full, `days` after the day; short, missing: overdue for `days`, part
    or nothing of it came; upcoming: not overdue yet; lapsed: the contract ended before.
    """

    due_on: date
    amount_fen: int
    received_fen: int
    open_fen: int
    status: Status
    days: int
    settled_on: date | None = None


class ContractRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that put it on file. Receipts cover the lines in order, the oldest due first.

    `due_fen`: fallen due by the day, the day included; `received_fen`: all that came under it; `overdue_fen`:
    what should have come before the day and has not; `overpaid_fen`: what came beyond the whole schedule.
    `scope`: `whole`, `building-3`, `door-12`. `ended_on`: when it ended before its time.
    """

    contract: str
    number: int
    head: int
    location: str
    counterparty: str
    starts_on: date = msgspec.field(name="from")
    ends_on: date = msgspec.field(name="to")
    scope: str
    signed_on: date | None = None
    ended_on: date | None = None
    part: str | None = None
    consents: tuple[str, ...] = ()
    standard: str | None = None
    management_cost: str | None = None
    distribution: str | None = None
    filed_with: str | None = None
    due_fen: int = 0
    received_fen: int = 0
    overdue_fen: int = 0
    overpaid_fen: int = 0
    lines: tuple[LineRow, ...] = ()

    @property
    def overdue(self) -> tuple[LineRow, ...]:
        """The lines that should have been paid in full and are not."""
        return tuple(line for line in self.lines if line.status in ("short", "missing"))

    @property
    def oldest_days(self) -> int:
        """For how long the oldest of them has been overdue."""
        return max((line.days for line in self.overdue), default=0)


class PlaceRow(msgspec.Struct, frozen=True):
    """One place: the contracts on it, added up."""

    location: str
    contracts: tuple[str, ...]
    due_fen: int
    received_fen: int
    overdue_fen: int
    oldest_days: int


class NotOnFile(msgspec.Struct, frozen=True):
    """Money came under a contract nobody has put on file (REV-08)."""

    contract: str
    received_fen: int


class Arrears(msgspec.Struct, frozen=True):
    """`position`: how far the view has been followed."""

    position: int
    contracts: tuple[ContractRow, ...]
    places: tuple[PlaceRow, ...]
    not_on_file: tuple[NotOnFile, ...]


# -- reading -----------------------------------------------------------------------------------------------


@reading
def of(snapshot: Snapshot, ledger: str, day: date, known_at: int | str | None = None) -> Arrears:
    """All contracts of a ledger as they stood at the end of a day: what had happened, by legal date, by then.

    `known_at`: counting what had been recorded by a record number or an instant (RFC 3339).
    """
    then = _then(snapshot, ledger, day, known_at)
    happened = _happened(snapshot, ledger, then)
    contract = snapshot.table("revenue_contracts", "contract")
    found = snapshot.rows(_on_file(snapshot, ledger, then).order_by(contract.c.number))
    rows = tuple(_standing(row, happened[row.contract], day) for row in found)
    on_file = {row.contract for row in rows}
    return Arrears(
        snapshot.position("revenue_contracts"),
        rows,
        places_of(rows),
        tuple(
            NotOnFile(name, sum(one.fen for one in known.receipts))
            for name, known in sorted(happened.items())
            if name not in on_file and known.receipts
        ),
    )


@reading
def page(
    snapshot: Snapshot,
    ledger: str,
    day: date,
    *,
    known_at: int | str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[ContractRow]:
    """Contracts of a ledger by record number; `after`: that of the last row of the page before."""
    then = _then(snapshot, ledger, day, known_at)
    number = snapshot.table("revenue_contracts", "contract").c.number
    query = _on_file(snapshot, ledger, then)
    found = snapshot.rows(paged(query, number, after=after, limit=limit, newest_first=False))
    happened = _happened(snapshot, ledger, then, [row.contract for row in found])
    return [_standing(row, happened[row.contract], day) for row in found]


@reading
def one(
    snapshot: Snapshot, ledger: str, contract: str, day: date, known_at: int | str | None = None
) -> ContractRow | None:
    """One contract, none if it was not on file."""
    then = _then(snapshot, ledger, day, known_at)
    name = snapshot.table("revenue_contracts", "contract").c.contract
    found = snapshot.rows(_on_file(snapshot, ledger, then).where(name == contract))
    happened = _happened(snapshot, ledger, then, [contract])
    return _standing(found[0], happened[contract], day) if found else None


def _on_file(snapshot: Snapshot, ledger: str, then: Then) -> Select[Any]:
    contract = snapshot.table("revenue_contracts", "contract")
    counted = then.counted(contract.c.number, contract.c.registered_on)
    return select(contract).where(contract.c.ledger == ledger, *counted)


def places_of(rows: Iterable[ContractRow]) -> tuple[PlaceRow, ...]:
    """The contracts by place, those with most overdue first."""
    at: defaultdict[str, list[ContractRow]] = defaultdict(list)
    for row in rows:
        at[row.location].append(row)
    places = [
        PlaceRow(
            location,
            tuple(row.contract for row in here),
            sum(row.due_fen for row in here),
            sum(row.received_fen for row in here),
            sum(row.overdue_fen for row in here),
            max(row.oldest_days for row in here),
        )
        for location, here in at.items()
    ]
    return tuple(sorted(places, key=lambda place: (-place.overdue_fen, place.location)))


# -- what counts -------------------------------------------------------------------------------------------


class _Step(NamedTuple):
    number: int
    kind: str
    occurred_on: date
    ends_on: date | None


class _Happened:
    """What counts of one contract, in order of record."""

    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self.lines: defaultdict[int, list[Due]] = defaultdict(list)
        self.receipts: list[Received] = []


def _then(snapshot: Snapshot, ledger: str, day: date, known_at: int | str | None) -> Then:
    return then_of(snapshot, "revenue_contracts", ledger, day, known_at)


def _happened(
    snapshot: Snapshot, ledger: str, then: Then, contracts: Sequence[str] | None = None
) -> defaultdict[str, _Happened]:
    found: defaultdict[str, _Happened] = defaultdict(_Happened)
    step, line, receipt, reversal = (
        snapshot.table("revenue_contracts", name) for name in ("step", "line", "receipt", "reversal")
    )

    def counted(table: Table) -> list[Any]:
        of_these = [] if contracts is None else [table.c.contract.in_(contracts)]
        return [table.c.ledger == ledger, *then.counted(table.c.number, table.c.occurred_on), *of_these]

    for row in snapshot.rows(select(step).where(*counted(step)).order_by(step.c.number)):
        day, ends_on = day_of(row.occurred_on), day_of(row.ends_on)
        found[row.contract].steps.append(_Step(row.number, row.kind, day, ends_on))
    lines = [line.c.ledger == ledger] + ([] if contracts is None else [line.c.contract.in_(contracts)])
    for row in snapshot.rows(select(line).where(*lines)):
        found[row.contract].lines[row.number].append(Due(day_of(row.due_on), row.fen))
    undone = select(reversal.c.reverses).where(
        reversal.c.ledger == ledger, *then.counted(reversal.c.number, reversal.c.occurred_on)
    )
    standing = select(receipt).where(*counted(receipt), receipt.c.number.not_in(undone))
    for row in snapshot.rows(standing.order_by(receipt.c.number)):
        found[row.contract].receipts.append(Received(day_of(row.received_on), row.fen))
    return found


class _Terms(NamedTuple):
    """What a contract makes due, and how long it runs."""

    due: list[Due]
    ends_on: date
    ended_on: date | None


def _terms(happened: _Happened) -> _Terms:
    terms = _Terms([], date.max, None)
    for step in happened.steps:
        if step.kind == "ended":
            terms = terms._replace(ended_on=step.ends_on)
        else:
            # what an amendment sets replaces what was to come; what was due before it stays due
            before = [one for one in terms.due if one.due_on < step.occurred_on]
            due = before + happened.lines[step.number]
            terms = terms._replace(due=due, ends_on=step.ends_on or terms.ends_on)
    return terms


def _standing(row: Any, happened: _Happened, day: date) -> ContractRow:
    """The contract as it stood."""
    terms = _terms(happened)
    last = terms.ended_on or date.max
    running = [one for one in terms.due if one.due_on <= last]
    covered = cover(running, happened.receipts, day)
    lines = [
        LineRow(*line.due, line.received_fen, line.open_fen, line.status, line.days, line.settled_on)
        for line in covered
    ]
    lines += [LineRow(*one, 0, 0, "lapsed", 0) for one in sorted(terms.due) if one.due_on > last]
    fields = {**row._mapping, "consents": tuple(row.consents.split())}
    del fields["ledger"], fields["registered_on"]
    return ContractRow(
        **fields | {name: day_of(fields[name]) for name in ("signed_on", "starts_on")},
        ends_on=terms.ends_on,
        ended_on=terms.ended_on,
        due_fen=sum(one.amount_fen for one in running if one.due_on <= day),
        received_fen=sum(one.fen for one in happened.receipts),
        overdue_fen=sum(line.overdue_fen for line in covered),
        overpaid_fen=overpaid(running, happened.receipts),
        lines=tuple(lines),
    )
