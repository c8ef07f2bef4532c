"""A fund over a period: the sum to follow, where money came from, where it went, month by month."""

from collections import Counter
from datetime import date

from flask_babel import gettext as _
from msgspec import Struct

from api.pages import periods
from api.pages.charts import BROAD, BROAD_LARGE, NARROW, NARROW_LARGE, Chart, Month, column_chart
from api.pages.periods import Period
from api.pages.wording import category_word, kind_word
from api.services import current
from projections import decisions, entries
from projections.entries import EntryRow, Totals

PAYMENT, OPENING = "payment", "opening"
ENTRIES_SORTED_MAX = 3_000  # payments of a longer period are shown as one bar, not by what they were for
BARS_MAX = 10
BATCH = 500


class Flow(Struct, frozen=True):
    """What one fund took in and gave out."""

    totals: Totals
    came_in: list[tuple[str, int]]
    went_out: list[tuple[str, int]]


class Year(Struct, frozen=True):
    """Twelve months of one fund as columns, and the month that spent most."""

    months: list[Month]
    charts: list[Chart]
    highest: Month | None


def flow(ledger: str, fund: str, period: Period) -> Flow:
    """The period's sum and its bars; opening balances are no income of a period."""
    views = current().views
    totals = totals_of(ledger, fund, period.start, period.end)
    sums = {
        total.category: total.fen
        for total in entries.by_category(views, ledger, fund, period.start, period.end)
    }
    came_in = Counter({category_word(name): fen for name, fen in sums.items() if fen > 0 and name != OPENING})
    went_out = Counter(
        {category_word(name): -fen for name, fen in sums.items() if fen < 0 and name != PAYMENT}
    )
    if sums.get(PAYMENT, 0) < 0:
        went_out.update(_by_purpose(ledger, fund, period, -sums[PAYMENT]))
    return Flow(totals, _largest(came_in), _largest(went_out))


def totals_of(ledger: str, fund: str, start: date, end: date, *, known_at: int | str | None = None) -> Totals:
    """The sum of a period. What a fund held when its books were opened is its opening, not its income."""
    views = current().views
    totals = entries.totals(views, ledger, fund, start, end, known_at=known_at)
    if totals.opening_fen == 0 and totals.in_fen > 0:
        sums = entries.by_category(views, ledger, fund, start, end, known_at=known_at)
        opening = sum(one.fen for one in sums if one.category == OPENING)
        return Totals(opening, totals.in_fen - opening, totals.out_fen, totals.closing_fen)
    return totals


def _by_purpose(ledger: str, fund: str, period: Period, paid_fen: int) -> dict[str, int]:
    """What payments were for, as the decisions behind them say; a reversed payment takes its own away.

    What was paid without a decision stands under its own name.
    """
    views = current().views
    if entries.count(views, ledger, fund=fund, start=period.start, end=period.end) > ENTRIES_SORTED_MAX:
        return {category_word(PAYMENT): paid_fen}
    by_decision: Counter[str] = Counter()
    purposes: Counter[str] = Counter()
    for row in all_entries(ledger, fund=fund, start=period.start, end=period.end):
        if row.category == PAYMENT and row.decision is not None:
            by_decision[row.decision] -= row.fen
        elif row.category == PAYMENT:
            undone = None if row.reverses is None else entries.one(views, ledger, row.reverses)
            purposes[title_of(undone or row)] -= row.fen
    for decision, fen in by_decision.items():
        if fen > 0:
            known = decisions.one(views, ledger, decision)
            purposes[(known.purpose or known.title) if known else decision] += fen
    return {purpose: fen for purpose, fen in purposes.items() if fen > 0}


def _largest(sums: Counter[str]) -> list[tuple[str, int]]:
    """The largest sums, and the rest as one."""
    ordered = sums.most_common()
    rest = sum(fen for _name, fen in ordered[BARS_MAX:])
    return [*ordered[:BARS_MAX], (_("其他"), rest)] if rest else ordered


def all_entries(
    ledger: str,
    *,
    fund: str | None = None,
    start: date | None = None,
    end: date | None = None,
    q: str | None = None,
    known_at: int | str | None = None,
) -> list[EntryRow]:
    """Every entry of a filter, as far as pages go."""
    found: list[EntryRow] = []
    after: int | None = None
    while len(found) < ENTRIES_SORTED_MAX:
        batch = entries.page(
            current().views,
            ledger,
            fund=fund,
            start=start,
            end=end,
            q=q,
            after=after,
            limit=BATCH,
            known_at=known_at,
        )
        found += batch
        if len(batch) < BATCH:
            break
        after = batch[-1].number
    return found


def in_and_out(rows: list[EntryRow]) -> tuple[int, int]:
    """What came in and went out; a reversal takes away from the side of what it reverses."""
    came_in = sum(row.fen for row in rows if (row.fen > 0) == (row.reverses is None))
    return came_in, came_in - sum(row.fen for row in rows)


def year(ledger: str, fund: str, today: date, *, lang: str, large: bool) -> Year:
    """The last twelve months."""
    found = []
    for first, last in periods.months(today):
        totals = totals_of(ledger, fund, first, last)
        found.append(Month(first.year, first.month, totals.in_fen, totals.out_fen))
    sizes = (NARROW_LARGE, BROAD_LARGE) if large else (NARROW, BROAD)
    highest = max(found, key=lambda month: month.out_fen)
    return Year(
        found, [column_chart(found, size, lang) for size in sizes], highest if highest.out_fen > 0 else None
    )


def title_of(row: EntryRow) -> str:
    """What an entry is called: its own words, else its kind."""
    return row.text or kind_word(row.kind)
