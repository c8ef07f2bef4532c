"""What is wrong and known to be: broken rules, money nobody can explain, findings not yet put right."""

from datetime import date, timedelta

import msgspec

from ledger.asked import Asked
from projections import exceptions
from projections.exceptions import ExceptionRow
from tests.ledger.correction_words import (
    HOW,
    SEEN,
    bank_reconciled,
    classify,
    entry_classified,
    irregularity_resolved,
    reconcile,
    record_irregularity,
    suspense_seen,
)
from tests.ledger.happened import (
    AUTUMN,
    SPRING,
    SUMMER,
    committee_seated,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    rectification_accepted,
    rectification_opened,
    rectification_rejected,
    rectification_reported,
    revenue_recorded,
)
from tests.ledger.story import TODAY, WUTONGLI, account_of
from tests.projections.books import Books

MAY_END, JULY_END = date(2026, 5, 31), date(2026, 7, 31)


def record(books: Books, command, *, by: str = "treasurer") -> int:
    """Ask for something for real, so that its record carries what the law says of it."""
    receipt = books.story.ledger.record(Asked(WUTONGLI, command, account_of(by), TODAY))
    return receipt.events[-1].number


def rows(books: Books, **of) -> list[ExceptionRow]:
    return exceptions.page(books.shown(), WUTONGLI, **of)


def one(books: Books, **of) -> ExceptionRow:
    (row,) = rows(books, **of)
    return row


def test_books_in_order_show_nothing(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00), revenue_recorded(fen=50_00))
    both_books.tell(bank_reconciled(bank=9_000_00, book=9_000_00))
    assert rows(both_books) == []
    assert exceptions.open_counts(both_books.views, WUTONGLI) == {}


def test_a_broken_rule_stands_there_with_how_late_it_was_recorded(both_books: Books) -> None:
    number = record(both_books, record_irregularity("COM-16", "COM-18"), by="auditor")
    row = one(both_books)
    assert (row.what, row.number, row.kind, row.role) == (
        "irregularity",
        number,
        "irregularity.recorded",
        "auditor",
    )
    assert (row.rules, row.state, row.text) == (("COM-16", "COM-18"), "open", "公章没有决定")
    assert row.occurred_on == SPRING
    recorded_on = date.fromisoformat(row.recorded_at[:10])
    assert abs(row.late_days - (recorded_on - SPRING).days) <= 1  # the store's own clock, in UTC


def test_whatever_its_kind_a_record_that_breaks_a_rule_is_there(both_books: Books) -> None:
    both_books.tell(committee_seated(), fund_opened("maintenance", fen=9_000_00))
    seen = both_books.tell(suspense_seen(fen=50_00, direction="out"))
    number = record(both_books, classify(seen, "payment", acknowledge=("FUND-09",)))
    row = one(both_books, state="open")
    assert (row.what, row.number, row.kind, row.rules) == (
        "irregularity",
        number,
        "entry.classified",
        ("FUND-09",),
    )


def test_it_is_closed_by_whoever_says_how_it_was_put_right(both_books: Books) -> None:
    number = record(both_books, record_irregularity("COM-16"), by="auditor")
    resolved = both_books.tell(irregularity_resolved(number))
    row = one(both_books)
    assert (row.state, row.resolved_by, row.resolved_on, row.how) == ("resolved", resolved, TODAY, HOW)
    assert rows(both_books, state="open") == []
    assert one(both_books, state="resolved") == row


# -- suspense ----------------------------------------------------------------------------------------------


def test_money_nobody_can_explain_stays_visible_until_it_is_recognised(both_books: Books) -> None:
    number = both_books.tell(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=317_40))
    row = one(both_books, state="open")
    assert (row.what, row.number, row.fund, row.fen, row.text, row.occurred_on) == (
        "suspense",
        number,
        "maintenance",
        317_40,
        SEEN,
        SPRING,
    )
    recognised = both_books.tell(
        entry_classified(number, fen=317_40, became="interest", account="fund/maintenance/whole")
    )
    assert one(both_books) == msgspec.structs.replace(
        row, state="resolved", resolved_by=recognised, resolved_on=TODAY
    )


def test_money_gone_is_below_zero(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00), suspense_seen("working", fen=7_00, direction="out"))
    assert one(both_books).fen == -7_00


def test_recognised_wrongly_it_is_visible_again(both_books: Books) -> None:
    number = both_books.tell(fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=317_40))
    recognised = entry_classified(number, fen=317_40, became="interest", account="fund/maintenance/whole")
    both_books.tell(recognised)
    both_books.tell(entry_reversed(number + 1, recognised, reason="认错了"))
    row = one(both_books)
    assert (row.number, row.state, row.resolved_by, row.resolved_on) == (number, "open", None, None)


def test_what_was_never_at_the_bank_is_closed_by_its_reversal(both_books: Books) -> None:
    seen = suspense_seen(fen=317_40)
    number = both_books.tell(fund_opened("maintenance", fen=9_000_00), seen)
    reversal = both_books.tell(entry_reversed(number, seen, reason="看错了"))
    assert (one(both_books).state, one(both_books).resolved_by) == ("resolved", reversal)


# -- what the bank says ------------------------------------------------------------------------------------


def test_an_unexplained_difference_is_shown_from_the_day_of_the_statement(both_books: Books) -> None:
    number = both_books.tell(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_317_40, book=9_000_00, on=MAY_END)
    )
    row = one(both_books, state="open")
    assert (row.what, row.number, row.fund, row.fen, row.occurred_on) == (
        "bank-difference",
        number,
        "maintenance",
        317_40,
        MAY_END,
    )


def test_it_shrinks_with_every_entry_found_and_ends_with_the_last(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_317_40, book=9_000_00, on=MAY_END)
    )
    both_books.tell(suspense_seen(fen=300_00, on=MAY_END))
    assert [(row.what, row.fen) for row in rows(both_books, state="open")] == [
        ("bank-difference", 17_40),
        ("suspense", 300_00),
    ]
    explained = both_books.tell(deposit_recorded("maintenance", fen=17_40, on=SPRING))
    (row,) = (row for row in rows(both_books) if row.what == "bank-difference")
    assert (row.fen, row.state, row.resolved_by) == (0, "resolved", explained)


def test_what_happened_after_the_statement_explains_nothing_of_it(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_317_40, book=9_000_00, on=MAY_END)
    )
    both_books.tell(deposit_recorded("maintenance", fen=317_40, on=date(2026, 6, 1)))
    assert one(both_books, state="open").fen == 317_40


def test_a_later_statement_takes_the_difference_over(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_317_40, book=9_000_00, on=MAY_END)
    )
    later = both_books.tell(bank_reconciled(bank=9_300_00, book=9_000_00, on=SUMMER))
    first, second = rows(both_books)
    assert (first.state, first.fen, first.resolved_by) == ("resolved", 317_40, later)
    assert (second.state, second.fen, second.number) == ("open", 300_00, later)
    settled = both_books.tell(bank_reconciled(bank=9_000_00, book=9_000_00, on=JULY_END))
    assert [(row.state, row.resolved_by) for row in rows(both_books)] == [
        ("resolved", later),
        ("resolved", settled),
    ]


def test_what_is_slipped_into_a_settled_month_shows_at_once(both_books: Books) -> None:
    number = both_books.tell(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_000_00, book=9_000_00, on=SUMMER)
    )
    both_books.tell(deposit_recorded("maintenance", fen=500_00, on=SPRING))
    row = one(both_books, state="open")
    assert (row.what, row.number, row.fen) == ("bank-difference", number, -500_00)


def test_one_fund_does_not_explain_another(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00), fund_opened("public-revenue", fen=10_00))
    both_books.tell(bank_reconciled(bank=9_050_00, book=9_000_00, on=SUMMER))
    both_books.tell(revenue_recorded(fen=50_00, on=SPRING))
    assert one(both_books, state="open").fen == 50_00


# -- findings and pages ------------------------------------------------------------------------------------


def test_a_finding_is_there_until_somebody_else_accepts_it(both_books: Books) -> None:
    number = both_books.tell(rectification_opened("stairs"))
    row = one(both_books, state="open")
    assert (row.what, row.number, row.text, row.due_on) == ("finding", number, "楼道堆物。", AUTUMN)
    both_books.tell(rectification_reported("stairs"))
    assert one(both_books).state == "open"
    accepted = both_books.tell(rectification_accepted("stairs", remark="已复核。"))
    assert (one(both_books).state, one(both_books).resolved_by, one(both_books).how) == (
        "resolved",
        accepted,
        "已复核。",
    )


def test_whoever_waits_for_the_judge_is_not_late_until_sent_back(both_books: Books) -> None:
    late = AUTUMN + timedelta(days=3)
    both_books.tell(rectification_opened("stairs"))
    assert [one(both_books).is_overdue(day) for day in (AUTUMN, late)] == [False, True]
    both_books.tell(rectification_reported("stairs")._replace(on=AUTUMN))
    assert (one(both_books).done_on, one(both_books).is_overdue(late)) == (AUTUMN, False)
    both_books.tell(rectification_rejected("stairs"))
    assert (one(both_books).done_on, one(both_books).is_overdue(late)) == (None, True)


def test_they_are_counted_by_what_they_are(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00), suspense_seen(fen=1_00), suspense_seen(fen=2_00)
    )
    both_books.tell(rectification_opened("stairs"), bank_reconciled(bank=9_000_00, book=9_003_00))
    assert exceptions.open_counts(both_books.shown(), WUTONGLI) == {
        "suspense": 2,
        "finding": 1,
        "bank-difference": 1,
    }


def test_they_come_in_pages_from_either_end(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00))
    seen = [both_books.tell(suspense_seen(fen=fen)) for fen in (1_00, 2_00, 3_00)]
    first, second = rows(both_books, limit=2)
    (third,) = rows(both_books, after=second.place)
    assert [first.number, second.number, third.number] == seen
    newest, *_ = rows(both_books, newest_first=True, limit=1)
    assert newest.number == seen[2]
    assert [row.number for row in rows(both_books, newest_first=True, after=newest.place)] == [
        seen[1],
        seen[0],
    ]


def test_a_record_may_be_wrong_in_two_ways(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00))
    number = record(both_books, reconcile(bank=8_999_99, on=SUMMER))
    assert [(row.what, row.number, row.rules, row.fen) for row in rows(both_books)] == [
        ("irregularity", number, ("FUND-34",), None),
        ("bank-difference", number, (), -1),
    ]
