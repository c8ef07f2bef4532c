"""Sums of entries over a period: kept by month, year and for all time, so that a long past costs no more.

Only the days around whole months are added up. What came up to a day is everything less what came since: the
present is asked more often than the past, and few months lie after it.
"""

from datetime import date
from typing import NamedTuple

import msgspec
from sqlalchemy import Case, ColumnElement, Select, Table, and_, case, func, not_, or_, select, union_all

from ledger.fields import FIRST_DAY, LAST_DAY
from projections.entry_categories import SUSPENSE
from projections.snapshot import Snapshot
from projections.then import NOW, Then

MONTHS_END = 12 * 10_000  # after the last month of the last year a date can have


class Period(msgspec.Struct, frozen=True):
    """The entries of one fund from one legal date to another, both included, in the books of `then`."""

    ledger: str
    fund: str
    start: date | None = None
    end: date | None = None
    then: Then = NOW

    def of_fund(self, snapshot: Snapshot, table: Table) -> list[ColumnElement[bool]]:
        """The rows of the ledger and the fund in a table of this view."""
        return [
            table.c.ledger == snapshot.number("entries", self.ledger),
            table.c.fund == snapshot.number("entries", self.fund),
        ]

    def matches(self, snapshot: Snapshot) -> list[ColumnElement[bool]]:
        """Ledger and fund first, then what narrows them."""
        entry = snapshot.table("entries", "entry")
        matches = self.of_fund(snapshot, entry)
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
    """In, out and number of entries by category; a category may come more than once, or with no entry."""
    if not period.then.is_now:  # sums that are kept hold too much
        return _added_up(snapshot, period) + _recognised(snapshot, period)
    if period.end is not None and period.end < FIRST_DAY:
        return []
    start = None if period.start is None or period.start <= FIRST_DAY else period.start
    end = None if period.end is None or period.end >= LAST_DAY else period.end
    first = None if start is None else _month(start) + (start.day > 1)
    last = None if end is None else _month(date.fromordinal(end.toordinal() + 1)) - 1
    if first is not None and last is not None and first > last:  # no whole month in it
        return _added_up(snapshot, period)
    queries = [_of_kept(snapshot, period, part) for part in _parts(first, last)]
    found = [CategorySum(*map(int, row)) for row in snapshot.rows(union_all(*queries))]
    if start is not None and first is not None and start.day > 1:
        before = date.fromordinal(_first_day(first).toordinal() - 1)
        found += _added_up(snapshot, Period(period.ledger, period.fund, start, before))
    if end is not None and last is not None and _month(end) > last:
        found += _added_up(snapshot, Period(period.ledger, period.fund, _first_day(last + 1), end))
    return found


# -- sums that are kept ------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """Some lines of a table of sums, to be added (`sign` 1) or taken away (-1)."""

    table: str
    first: int
    last: int
    sign: int = 1


def _parts(first: int | None, last: int | None) -> list[_Part]:
    """The lines that make up the months from one to another, both included; none for without end."""
    if first is None:
        ever = [_Part("ever", 0, 0)]
        return ever if last is None else ever + [part._replace(sign=-1) for part in _parts(last + 1, None)]
    after = MONTHS_END if last is None else last + 1
    first_year, after_year = -(-first // 12), after // 12
    if first_year >= after_year:
        return [_Part("month", first, after - 1)]
    parts = [
        _Part("month", first, first_year * 12 - 1),
        _Part("year", first_year, after_year - 1),
        _Part("month", after_year * 12, after - 1),
    ]
    return [part for part in parts if part.first <= part.last]


def _of_kept(snapshot: Snapshot, period: Period, part: _Part) -> Select[tuple[int, int, int, int]]:
    kept = snapshot.table("entries", part.table)
    added = [part.sign * func.sum(column) for column in (kept.c.in_fen, kept.c.out_fen, kept.c.entries)]
    return (
        select(kept.c.category, *added)
        .where(*period.of_fund(snapshot, kept), kept.c.span.between(part.first, part.last))
        .group_by(kept.c.category)
    )


# -- sums of entries themselves ----------------------------------------------------------------------------


def _added_up(snapshot: Snapshot, period: Period) -> list[CategorySum]:
    entry = snapshot.table("entries", "entry")
    category: ColumnElement[int] | Case[int] = entry.c.category
    if not period.then.is_now:  # whatever was recognised is in suspense until that counts
        suspense = snapshot.number("entries", SUSPENSE)
        category = case((entry.c.classified_by.is_not(None), suspense), else_=entry.c.category)
    came = (entry.c.fen > 0) == entry.c.reverses.is_(None)
    query = (
        select(
            category,
            func.coalesce(func.sum(entry.c.fen).filter(came), 0),
            func.coalesce(func.sum(-entry.c.fen).filter(~came), 0),
            func.count(),
        )
        .where(*period.matches(snapshot))
        .group_by(category)
    )
    return [CategorySum(*map(int, row)) for row in snapshot.rows(query)]


def _recognised(snapshot: Snapshot, period: Period) -> list[CategorySum]:
    """What books as they once were had taken out of suspense, and what they called it."""
    entry, classified = (snapshot.table("entries", name) for name in ("entry", "classified"))
    of_entry = and_(
        classified.c.ledger == entry.c.ledger,
        classified.c.fund == entry.c.fund,
        classified.c.entry == entry.c.number,
    )
    query = (
        select(classified.c.category, entry.c.fen)
        .join(entry, of_entry)
        .where(*period.matches(snapshot), *standing(classified, period.then))
    )
    suspense, found = snapshot.number("entries", SUSPENSE), []
    for category, fen in snapshot.rows(query):
        came, went = max(fen, 0), max(-fen, 0)
        found += [CategorySum(category, came, went, 1), CategorySum(suspense, -came, -went, -1)]
    return found


def standing(classified: Table, then: Then) -> list[ColumnElement[bool]]:
    """The classifications that count and have not been undone by a reversal that counts."""
    undone = then.counted(classified.c.undone_by, classified.c.undone_on)
    return [
        *then.counted(classified.c.number, classified.c.occurred_on),
        or_(classified.c.undone_by.is_(None), not_(and_(*undone))),
    ]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
