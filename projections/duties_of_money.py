"""What the rules expect of the community's money, and by when: statements, transfers, the bank.

Section 2 of rules.md, one pure function a duty. A duty is there only if its rule is in force here and there
is something it is about.
"""

from collections.abc import Iterator
from datetime import date

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.entry import EntryReversed
from ledger.actions.fund import FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.posting import Paper
from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.actions.repair_project import CompletionNoticePosted, WorksAccepted
from ledger.actions.revenue_to_fund import NetRevenueMoved, RevenueToFundTransferred
from ledger.actions.unit_account import FundApportioned
from ledger.rules.public_revenue import first_day_of, last_day_of, net_due_on, quarter_of
from ledger.rules.semantics import Deadline, days_after, month_end, months_after
from projections.displays import KIND_OF, Display, Done, Fact, shown
from projections.duty_book import (
    DutyBook,
    Expected,
    Expecting,
    Span,
    earliest,
    number_of,
    periods,
    years,
)

QUARTER, HALF_YEAR, MONTH = 3, 6, 1


# -- public revenue --------------------------------------------------------------------------------


def revenue_statement(book: DutyBook) -> Iterator[Expected]:
    """The previous quarter's statement, at desk, board and every door, until the next one is (REV-06)."""
    quarters = list(_quarters(book))
    for index, quarter in enumerate(quarters):
        law = book.law(_first_month_end(quarter))
        if (day := number_of(law, "REV-06", "day_of_month_max")) is None:
            continue
        due_on = days_after(quarter.ends_on, day)
        following = quarters[index + 1] if index + 1 < len(quarters) else None
        later = shown(_statement(book, "T1", following), date.max) if following else None
        listed = law.term("REV-06", "places")
        yield Expected(
            "revenue-statement",
            "REV-06",
            due_on,
            Deadline.before(due_on),
            period=quarter,
            paper=_statement(book, "T1", quarter),
            kinds=[KIND_OF[str(place)] for place in listed] if isinstance(listed, tuple) else (),
            keep_until_next=True,
            next_on=later.first.on if later else None,
            begins_on=days_after(quarter.ends_on, 1),
        )


def net_moved(book: DutyBook) -> Iterator[Expected]:
    """A quarter's net in the assembly's own account by the end of the next month (REV-05)."""
    for quarter in _earned(book):
        law, name = book.law(_first_month_end(quarter)), quarter_of(quarter.ends_on)
        if (months := number_of(law, "REV-05", "months_max")) is not None:
            due_on = net_due_on(name, months)
            moved = [
                Done(one.on, one.number) for one in book.all(NetRevenueMoved) if one.event.quarter == name
            ]
            yield Expected(
                "net-moved", "REV-05", due_on, Deadline.by(due_on), earliest(moved), period=quarter
            )


def share_to_fund(book: DutyBook) -> Iterator[Expected]:
    """The covenant's share of a quarter's net in the fund, before the next quarter ends (REV-10)."""
    undone = {one.event.number for one in book.all(EntryReversed)}
    for quarter in _earned(book):
        due_on = months_after(quarter.ends_on.replace(day=1), QUARTER)
        due_on = month_end(due_on.year, due_on.month)
        if book.law(due_on).term("REV-10", "to_fund_share") is None:
            continue
        name = quarter_of(quarter.ends_on)
        came = [
            Done(one.on, one.number)
            for one in book.all(RevenueToFundTransferred)
            if one.event.quarter == name and one.number not in undone
        ]
        yield Expected(
            "share-to-fund",
            "REV-10",
            due_on,
            Deadline.by(due_on),
            earliest(came),
            period=quarter,
            begins_on=days_after(quarter.ends_on, 1),
        )


def revenue_plan(book: DutyBook) -> Iterator[Expected]:
    """Next year's plan for the public revenue, published in the fourth quarter (REV-14)."""
    since = _fund_since(book, "public-revenue")
    if since is None:
        return
    for year in years(since, book.until):
        due_on = date(year, 12, 31)
        first = number_of(book.law(due_on), "REV-14", "first_month")
        if first is not None:
            paper = book.display(Paper("revenue_plan", str(year + 1)))
            plan = Span(date(year + 1, 1, 1), date(year + 1, 12, 31))
            yield Expected(
                "revenue-plan",
                "REV-14",
                due_on,
                Deadline.by(due_on),
                period=plan,
                paper=paper,
                begins_on=date(year, first, 1),
            )


# -- the maintenance fund --------------------------------------------------------------------------


def fund_statement(book: DutyBook) -> Iterator[Expected]:
    """The half-year's accounts of the fund, in January and July (FUND-32)."""
    since = _fund_since(book, "maintenance")
    if since is None:
        return
    for half in periods(since, book.until, HALF_YEAR):
        begins_on = days_after(half.ends_on, 1)
        name = "first_month" if begins_on.month == 1 else "second_month"
        month = number_of(book.law(_first_month_end(half)), "FUND-32", name)
        if month is not None:
            due_on = month_end(begins_on.year, month)
            paper = _statement(book, "T3", half)
            yield Expected(
                "fund-statement",
                "FUND-32",
                due_on,
                Deadline.by(due_on),
                period=half,
                paper=paper,
                begins_on=begins_on,
            )


def bank_reconciliation(book: DutyBook) -> Iterator[Expected]:
    """The fund beside the bank's statement, once in every whole month (FUND-34)."""
    since = _fund_since(book, "maintenance")
    if since is None:
        return
    for month in periods(since, book.until, MONTH):
        known = number_of(book.law(month.ends_on), "FUND-34", "yearly_count_min")
        if known is None or month.starts_on < since:
            continue
        met = [
            Done(one.on, one.number)
            for one in book.all(BankReconciled)
            if one.event.fund == "maintenance" and month.starts_on <= one.on <= month.ends_on
        ]
        deadline = Deadline.by(month.ends_on)
        yield Expected(
            "bank-reconciliation",
            "FUND-34",
            month.ends_on,
            deadline,
            earliest(met),
            period=month,
            begins_on=month.starts_on,
        )


def costs_divided(book: DutyBook) -> Iterator[Expected]:
    """A quarter's routine costs divided among the units, before the next quarter ends (FUND-24).

    Asked of those who divide at all: the accounts of units may be kept at the bank, and not in these books.
    """
    undone = {one.event.number for one in book.all(ApportionmentReversed)}
    known = [one for one in book.all(FundApportioned) if one.number not in undone]
    divided = [one for one in known if one.event.what == "cost"]
    if not known:
        return
    taken_back = {one.event.number for one in book.all(EntryReversed)}
    paid = (one for one in book.all(FundPaymentRecorded) if one.number not in taken_back)
    for name in sorted({quarter_of(one.on) for one in paid}):
        quarter = Span(first_day_of(name), last_day_of(name))
        if (months := number_of(book.law(quarter.ends_on), "FUND-24", "months_max")) is None:
            continue
        due_on = net_due_on(name, months)
        shares = [Done(one.on, one.number) for one in divided if _is_of(one, quarter, due_on)]
        yield Expected(
            "costs-divided",
            "FUND-24",
            due_on,
            Deadline.by(due_on),
            earliest(shares),
            period=quarter,
            begins_on=days_after(quarter.ends_on, 1),
        )


def _is_of(division: Fact[FundApportioned], quarter: Span, due_on: date) -> bool:
    """Whether costs of this quarter were divided: those it names, else those of its day."""
    if (named := division.event.ends_on) is not None:
        return quarter.starts_on <= named <= quarter.ends_on
    return quarter.starts_on <= division.on <= due_on


def completion_notice(book: DutyBook) -> Iterator[Expected]:
    """A notice on the spot once works are accepted; the rule names no day (FUND-39)."""
    for accepted in book.all(WorksAccepted):
        if accepted.on < book.opened_on or not book.law(accepted.on).is_in_force("FUND-39"):
            continue
        project = accepted.event.project
        told = [one for one in book.all(CompletionNoticePosted) if one.event.project == project]
        done = earliest(Done(one.event.posted_on, one.number) for one in told)
        paper = None if done else book.display(Paper("project", project))
        yield Expected("completion-notice", "FUND-39", accepted.on, None, done, project, paper=paper)


OF_MONEY: tuple[Expecting, ...] = (
    revenue_statement, net_moved, share_to_fund, revenue_plan,
    fund_statement, bank_reconciliation, costs_divided, completion_notice,
)  # fmt: skip


# -- what several of them ask ----------------------------------------------------------------------


def _fund_since(book: DutyBook, fund: str) -> date | None:
    """Since when a fund is kept in these books."""
    opened = [one.event.opened_on for one in book.all(FundOpened) if one.event.fund == fund]
    return max(min(opened), book.opened_on) if opened else None


def _quarters(book: DutyBook) -> Iterator[Span]:
    since = _fund_since(book, "public-revenue")
    return periods(since, book.until, QUARTER) if since else iter(())


def _earned(book: DutyBook) -> Iterator[Span]:
    """The quarters in which revenue came: of nothing there is nothing to move."""
    earned = {quarter_of(one.on) for one in book.all(PublicRevenueRecorded)}
    return (quarter for quarter in _quarters(book) if quarter_of(quarter.ends_on) in earned)


def _first_month_end(period: Span) -> date:
    """The last day of the month after a period, in which its statement is due."""
    begins_on = days_after(period.ends_on, 1)
    return month_end(begins_on.year, begins_on.month)


def _statement(book: DutyBook, table: str, period: Span) -> Display:
    """The paper of a statement of the whole community over a period."""
    for one in book.all(DisclosurePublished):
        of = one.event
        whole = of.scope is None or of.scope.kind == "whole"
        if whole and (of.table, of.starts_on, of.ends_on) == (table, period.starts_on, period.ends_on):
            return book.display(Paper("disclosure", of.disclosure))
    return Display()
