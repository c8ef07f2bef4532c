"""Every movement of a fund, with the running balance in every row."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, func, select

from ledger.fields import Fund
from projections.balances import FUNDS
from projections.database import reading
from projections.entry_rows import Entries
from projections.snapshot import Snapshot
from projections.view import day_of, instant_of


class EntryRow(msgspec.Struct, frozen=True):
    """`fen` is positive when money came in; `balance_fen`: what the fund held after this record.

    `category`: opening, deposit, interest, payment, `income/1` to `income/7`, `cost/tax` ..; a reversal keeps
    that of what it reverses. `reverses`, `reversed_by`: record numbers.
    """

    number: int
    position: int
    fund: Fund
    occurred_on: date
    recorded_at: str
    kind: str
    fen: int
    balance_fen: int
    text: str
    category: str
    decision: str | None
    payment: str | None
    reverses: int | None
    reversed_by: int | None


class Totals(msgspec.Struct, frozen=True):
    """A period by legal date: opening + in - out = closing. A reversal is taken from the side it reverses."""

    opening_fen: int
    in_fen: int
    out_fen: int
    closing_fen: int


class CategoryTotal(msgspec.Struct, frozen=True):
    """Net fen of one category in a period, positive when money came in."""

    category: str
    fen: int


@reading
def page(  # noqa: PLR0913  every filter of the page, by name
    snapshot: Snapshot,
    ledger: str,
    *,
    fund: str | None = None,
    start: date | None = None,
    end: date | None = None,
    q: str | None = None,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
) -> list[EntryRow]:
    """Entries in order of record number; `start` to `end` by legal date, both included; `q` in the text.

    `after`: number of the last row of the page before. A record that moved two funds is never cut in two: it
    may take the page over its limit.
    """
    entry = snapshot.table("entries", "entry")
    found: list[Any] = []
    for one_fund in FUNDS if fund is None else (fund,):
        matches = _matches(snapshot, ledger, one_fund, start, end, q)
        if after is not None and after >= 0:
            matches.append(entry.c.number < after if newest_first else entry.c.number > after)
        # with dates the numbers come from the index by date: `+ 0` keeps it from walking the whole history
        number = entry.c.number + 0 if start or end else entry.c.number
        numbers = (
            select(entry.c.number)
            .where(*matches)
            .order_by(number.desc() if newest_first else number)
            .limit(limit + 1)
        )
        found += snapshot.rows(
            select(entry).where(*matches[:2], entry.c.number.in_(numbers.scalar_subquery()))
        )
    found.sort(key=lambda row: row.number, reverse=newest_first)
    while len(found) > limit and found[-1].number != found[limit - 1].number:
        found.pop()
    return [_entry(snapshot, row) for row in found]


@reading
def one(snapshot: Snapshot, ledger: str, number: int) -> EntryRow | None:
    """The entry a record made; of a record that moved two funds the first, none if it moved none."""
    entry = snapshot.table("entries", "entry")
    query = select(entry).where(
        entry.c.ledger == snapshot.number("entries", ledger),
        entry.c.fund.in_([snapshot.number("entries", fund) for fund in FUNDS]),
        entry.c.number == number,
    )
    found = snapshot.rows(query.order_by(entry.c.fund).limit(1))
    return _entry(snapshot, found[0]) if found else None


@reading
def count(
    snapshot: Snapshot,
    ledger: str,
    *,
    fund: str | None = None,
    start: date | None = None,
    end: date | None = None,
    q: str | None = None,
) -> int:
    """How many entries there are on all pages together."""
    entry = snapshot.table("entries", "entry")
    entries = 0
    for one_fund in FUNDS if fund is None else (fund,):
        if q:
            matches = _matches(snapshot, ledger, one_fund, start, end, q)
            entries += snapshot.rows(select(func.count()).select_from(entry).where(*matches))[0][0]
        else:
            entries += sum(row.entries for row in _sums(snapshot, ledger, one_fund, start, end))
    return entries


@reading
def totals(snapshot: Snapshot, ledger: str, fund: str, start: date, end: date) -> Totals:
    """Opening, in, out and closing of a fund from one day to another, both included."""
    opening = sum(
        row.in_fen - row.out_fen
        for row in _sums(snapshot, ledger, fund, None, date.fromordinal(start.toordinal() - 1))
    )
    during = _sums(snapshot, ledger, fund, start, end)
    came, went = sum(row.in_fen for row in during), sum(row.out_fen for row in during)
    return Totals(opening, came, went, opening + came - went)


@reading
def by_category(snapshot: Snapshot, ledger: str, fund: str, start: date, end: date) -> list[CategoryTotal]:
    """Net fen of every category that moved from one day to another, both included; by name."""
    fen: dict[int, int] = {}
    for row in _sums(snapshot, ledger, fund, start, end):
        fen[row.category] = fen.get(row.category, 0) + row.in_fen - row.out_fen
    named = {snapshot.word("entries", category): net for category, net in fen.items()}
    return [CategoryTotal(category, named[category]) for category in sorted(named)]


def _matches(
    snapshot: Snapshot, ledger: str, fund: str, start: date | None, end: date | None, q: str | None
) -> list[ColumnElement[bool]]:
    entry = snapshot.table("entries", "entry")
    matches = [
        entry.c.ledger == snapshot.number("entries", ledger),
        entry.c.fund == snapshot.number("entries", fund),
    ]
    if start is not None:
        matches.append(entry.c.occurred_on >= start.toordinal())
    if end is not None:
        matches.append(entry.c.occurred_on <= end.toordinal())
    if q:
        matches.append(entry.c.text.icontains(q, autoescape=True))
    return matches


def _entry(snapshot: Snapshot, row: Any) -> EntryRow:
    return EntryRow(
        row.number,
        row.position,
        snapshot.word("entries", row.fund),  # type: ignore[arg-type]
        day_of(row.occurred_on),
        instant_of(row.recorded_at),
        snapshot.word("entries", row.kind),
        row.fen,
        row.balance_fen,
        row.text,
        snapshot.word("entries", row.category),
        row.decision,
        row.payment,
        row.reverses,
        row.reversed_by,
    )


# -- sums of a period: whole months are kept, only the days around them are added up -------------------------


class _Sum(msgspec.Struct, frozen=True):
    category: int
    in_fen: int
    out_fen: int
    entries: int


def _sums(snapshot: Snapshot, ledger: str, fund: str, start: date | None, end: date | None) -> list[_Sum]:
    """In, out and number of entries by category; a category may come more than once."""
    month = snapshot.table("entries", "month")
    first = 0 if start is None else _month(start) + (start.day > 1)
    last = 1_000_000 if end is None else _month(date.fromordinal(end.toordinal() + 1)) - 1
    if first > last:  # no whole month in it
        return _added_up(snapshot, _matches(snapshot, ledger, fund, start, end, None))
    added = [func.sum(column) for column in (month.c.in_fen, month.c.out_fen, month.c.entries)]
    months = select(month.c.category, *added).where(
        month.c.ledger == snapshot.number("entries", ledger),
        month.c.fund == snapshot.number("entries", fund),
        month.c.month.between(first, last),
    )
    sums = [_Sum(*map(int, row)) for row in snapshot.rows(months.group_by(month.c.category))]
    if start is not None and start.day > 1:
        before = date.fromordinal(_first_day(first).toordinal() - 1)
        sums += _added_up(snapshot, _matches(snapshot, ledger, fund, start, before, None))
    if end is not None and _month(end) > last:
        sums += _added_up(snapshot, _matches(snapshot, ledger, fund, _first_day(last + 1), end, None))
    return sums


def _added_up(snapshot: Snapshot, matches: list[ColumnElement[bool]]) -> list[_Sum]:
    entry: Table = snapshot.table("entries", "entry")
    came = (entry.c.fen > 0) == entry.c.reverses.is_(None)
    query = (
        select(
            entry.c.category,
            func.coalesce(func.sum(entry.c.fen).filter(came), 0),
            func.coalesce(func.sum(-entry.c.fen).filter(~came), 0),
            func.count(),
        )
        .where(*matches)
        .group_by(entry.c.category)
    )
    return [
        _Sum(category, int(came), int(went), entries)
        for category, came, went, entries in snapshot.rows(query)
    ]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


VIEW = Entries()
