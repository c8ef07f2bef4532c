"""The money of a committee's year: every pot by itself, and the working funds against what was granted."""

from collections.abc import Iterator
from typing import get_args

from ledger.actions.working_fund import BudgetPeriod, WorkingFund, WorkingHead
from ledger.composing import Wanted
from projections import balances, entries
from projections.statements.books import Books
from projections.statements.statement import Line, cells


def funds(books: Books, wanted: Wanted) -> Iterator[Line]:
    """One row for each pot there is; what it held when its books began is brought forward, not income."""
    held = balances.of(books.views, books.ledger, as_of=wanted.ends_on)
    for fund in (one.fund for one in held.funds):
        between = (books.views, books.ledger, fund, wanted.starts_on, wanted.ends_on)
        total = entries.totals(*between)
        began = sum(one.fen for one in entries.by_category(*between) if one.category == "opening")
        found = cells(
            fund=fund,
            opening=total.opening_fen + began,
            income=total.in_fen - began,
            outgoing=total.out_fen,
            closing=total.closing_fen,
        )
        yield Line(key=fund, cells=found)


def working_funds(working: WorkingFund, wanted: Wanted) -> Iterator[Line]:
    """What the owners granted by heads, stipends among them, and what was used of it (COM-18).

    `working`: a fold of its own, up to the period's last day. Used: paid, or approved for payment. What was
    used in a year without a budget was granted by nobody.
    """
    year = BudgetPeriod(starts_on=wanted.starts_on, ends_on=wanted.ends_on)
    periods = [
        period
        for period in working.budgets
        if period.starts_on <= year.ends_on and year.starts_on <= period.ends_on
    ]
    if not periods:
        working.budgets[year] = {}
    for period in sorted(periods or [year], key=lambda one: one.starts_on):
        for head in get_args(WorkingHead):
            granted = working.budgets[period].get(head, 0)
            remaining = working.remaining_fen(head, period.starts_on)
            if granted or remaining:
                found = cells(
                    starts_on=period.starts_on,
                    ends_on=period.ends_on,
                    head=head,
                    granted=granted,
                    used=granted - remaining,
                    remaining=remaining,
                )
                yield Line(key=f"{period.starts_on}-{head}", cells=found)
