"""Every movement of a fund, with the running balance in every row."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import func, select

from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.fields import Fund
from ledger.rules.semantics import days_late
from projections.balances import FUNDS
from projections.database import reading
from projections.entries_then import balances_as_of, recognised_then, reversals_counted
from projections.entry_rows import Entries
from projections.entry_sums import Period, sums
from projections.snapshot import Snapshot
from projections.then import Then, then_of
from projections.view import day_of, instant_of


class EntryRow(msgspec.Struct, frozen=True):
    """`fen` is positive when money came in; `balance_fen`: what the fund held after this record.

    Balances run in order of record, whatever the legal dates. `recorded_late_days`: from the legal date to
    the day of the record. `category`: opening, deposit, interest, payment, `income/1` to `income/7`,
    `cost/tax` ..; a reversal keeps that of what it reverses. `reverses`, `reversed_by`: record numbers.
    What was in suspense has the category it was recognised as by record `classified_by`.
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
    classified_by: int | None
    recorded_late_days: int


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
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> list[EntryRow]:
    """Entries in order of record number; `start` to `end` by legal date, both included; `q` in the text.

    `as_of`, `known_at`: in the books as they were, with only what had happened by that day, been recorded by
    that record or instant; reversals and balances in the rows too. `after`: number of the last row of the
    page before. A record that moved two funds is never cut in two: it may take the page over its limit.
    """
    then = then_of(snapshot, "entries", ledger, as_of, known_at)
    entry = snapshot.table("entries", "entry")
    found: list[Any] = []
    for one_fund in FUNDS if fund is None else (fund,):
        matches = Period(ledger, one_fund, start, end, then).matches(snapshot)
        of_fund = matches[:2]
        if q:
            matches.append(entry.c.text.icontains(q, autoescape=True))
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
        found += snapshot.rows(select(entry).where(*of_fund, entry.c.number.in_(numbers.scalar_subquery())))
    found.sort(key=lambda row: row.number, reverse=newest_first)
    while len(found) > limit and found[-1].number != found[limit - 1].number:
        found.pop()
    rows = [_entry(snapshot, row) for row in found]
    return rows if then.is_now else _as_they_stood(snapshot, ledger, rows, then)


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
def count(  # noqa: PLR0913  the filters of the page
    snapshot: Snapshot,
    ledger: str,
    *,
    fund: str | None = None,
    start: date | None = None,
    end: date | None = None,
    q: str | None = None,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> int:
    """How many entries there are on all pages together."""
    then = then_of(snapshot, "entries", ledger, as_of, known_at)
    entry = snapshot.table("entries", "entry")
    entries = 0
    for one_fund in FUNDS if fund is None else (fund,):
        period = Period(ledger, one_fund, start, end, then)
        if q:
            matches = [*period.matches(snapshot), entry.c.text.icontains(q, autoescape=True)]
            entries += snapshot.rows(select(func.count()).select_from(entry).where(*matches))[0][0]
        else:
            entries += sum(row.entries for row in sums(snapshot, period))
    return entries


@reading
def totals(  # noqa: PLR0913  a period and the books it is looked up in
    snapshot: Snapshot,
    ledger: str,
    fund: str,
    start: date,
    end: date,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> Totals:
    """Opening, in, out and closing of a fund from one day to another, both included."""
    then = then_of(snapshot, "entries", ledger, as_of, known_at)
    before = date.fromordinal(start.toordinal() - 1)
    opening = sum(
        row.in_fen - row.out_fen for row in sums(snapshot, Period(ledger, fund, None, before, then))
    )
    during = sums(snapshot, Period(ledger, fund, start, end, then))
    came, went = sum(row.in_fen for row in during), sum(row.out_fen for row in during)
    return Totals(opening, came, went, opening + came - went)


@reading
def by_category(  # noqa: PLR0913  a period and the books it is looked up in
    snapshot: Snapshot,
    ledger: str,
    fund: str,
    start: date,
    end: date,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> list[CategoryTotal]:
    """Net fen of every category that moved from one day to another, both included; by name."""
    then = then_of(snapshot, "entries", ledger, as_of, known_at)
    fen, entries = Counter[int](), Counter[int]()
    for row in sums(snapshot, Period(ledger, fund, start, end, then)):
        fen[row.category] += row.in_fen - row.out_fen
        entries[row.category] += row.entries
    named = {snapshot.word("entries", category): fen[category] for category in entries if entries[category]}
    return [CategoryTotal(category, named[category]) for category in sorted(named)]


def _as_they_stood(snapshot: Snapshot, ledger: str, rows: Sequence[EntryRow], then: Then) -> list[EntryRow]:
    """The rows without what came later: reversals, recognitions, what other days did to the balance."""
    stood: dict[tuple[str, int], EntryRow] = {}
    for fund in {row.fund for row in rows}:
        of_fund = [row for row in rows if row.fund == fund]
        known = [row.reversed_by for row in of_fund if row.reversed_by is not None]
        reversals = reversals_counted(snapshot, ledger, fund, known, then)
        unexplained = [row.number for row in of_fund if row.kind == SuspenseEntryRecorded.kind]
        recognised = recognised_then(snapshot, ledger, fund, unexplained, then)
        numbers = [row.number for row in of_fund]
        held = {} if then.as_of is None else balances_as_of(snapshot, ledger, fund, numbers, then.as_of)
        for row in of_fund:
            changes: dict[str, Any] = dict(recognised.get(row.number, {}))
            if row.reversed_by not in reversals:
                changes["reversed_by"] = None
            changes["balance_fen"] = held.get(row.number, row.balance_fen)
            stood[fund, row.number] = msgspec.structs.replace(row, **changes)
    return [stood[row.fund, row.number] for row in rows]


def _entry(snapshot: Snapshot, row: Any) -> EntryRow:
    recorded_at, occurred_on = instant_of(row.recorded_at), day_of(row.occurred_on)
    return EntryRow(
        row.number,
        row.position,
        snapshot.word("entries", row.fund),  # type: ignore[arg-type]
        occurred_on,
        recorded_at,
        snapshot.word("entries", row.kind),
        row.fen,
        row.balance_fen,
        row.text,
        snapshot.word("entries", row.category),
        row.decision,
        row.payment,
        row.reverses,
        row.reversed_by,
        row.classified_by,
        max(0, days_late(recorded_at, occurred_on)),
    )


VIEW = Entries()
