"""Sums of entries over a period: whole months are kept, only the days around them are added up."""

from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Table, func, select

from projections.snapshot import Snapshot
from projections.then import NOW, Then


class Period(msgspec.Struct, frozen=True):
    """The entries of one fund from one legal date to another, both included, in the books of `then`."""

    ledger: str
    fund: str
    start: date | None = None
    end: date | None = None
    then: Then = NOW

    def matches(self, snapshot: Snapshot) -> list[ColumnElement[bool]]:
        """Ledger and fund first, then what narrows them."""
        entry = snapshot.table("entries", "entry")
        matches = [
            entry.c.ledger == snapshot.number("entries", self.ledger),
            entry.c.fund == snapshot.number("entries", self.fund),
        ]
        if self.start is not None:
            matches.append(entry.c.occurred_on >= self.start.toordinal())
        if self.end is not None:
            matches.append(entry.c.occurred_on <= self.end.toordinal())
        return matches + self.then.counted(entry.c.number, entry.c.occurred_on)


class CategorySum(msgspec.Struct, frozen=True):
    """What entries of one category moved; a reversal is taken from the side it reverses."""

    category: int
    in_fen: int
    out_fen: int
    entries: int


def sums(snapshot: Snapshot, period: Period) -> list[CategorySum]:
    """In, out and number of entries by category; a category may come more than once."""
    start, end = period.start, period.end
    first = 0 if start is None else _month(start) + (start.day > 1)
    last = 1_000_000 if end is None else _month(date.fromordinal(end.toordinal() + 1)) - 1
    if first > last or not period.then.is_now:  # no whole month in it, or months that hold too much
        return _added_up(snapshot, period)
    month = snapshot.table("entries", "month")
    added = [func.sum(column) for column in (month.c.in_fen, month.c.out_fen, month.c.entries)]
    months = select(month.c.category, *added).where(
        month.c.ledger == snapshot.number("entries", period.ledger),
        month.c.fund == snapshot.number("entries", period.fund),
        month.c.month.between(first, last),
    )
    found = [CategorySum(*map(int, row)) for row in snapshot.rows(months.group_by(month.c.category))]
    if start is not None and start.day > 1:
        before = date.fromordinal(_first_day(first).toordinal() - 1)
        found += _added_up(snapshot, Period(period.ledger, period.fund, start, before))
    if end is not None and _month(end) > last:
        found += _added_up(snapshot, Period(period.ledger, period.fund, _first_day(last + 1), end))
    return found


def _added_up(snapshot: Snapshot, period: Period) -> list[CategorySum]:
    entry: Table = snapshot.table("entries", "entry")
    came = (entry.c.fen > 0) == entry.c.reverses.is_(None)
    query = (
        select(
            entry.c.category,
            func.coalesce(func.sum(entry.c.fen).filter(came), 0),
            func.coalesce(func.sum(-entry.c.fen).filter(~came), 0),
            func.count(),
        )
        .where(*period.matches(snapshot))
        .group_by(entry.c.category)
    )
    return [
        CategorySum(category, int(came), int(went), entries)
        for category, came, went, entries in snapshot.rows(query)
    ]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
