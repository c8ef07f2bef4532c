"""What a reader must know first: differences with the bank, suspense, missing vouchers, broken rules."""

from datetime import date

import msgspec
import pytest

from ledger.actions.payment_record import RecordUnauthorisedPayment
from ledger.actions.public_revenue import FUND
from ledger.asked import Asked
from projections.statements import books as opened_books
from projections.statements import cautions
from projections.statements.statement import Caution
from tests.ledger.correction_words import (
    bank_reconciled,
    entry_classified,
    suspense_seen,
)
from tests.ledger.happened import (
    NEW_YEAR,
    committee_decided,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    revenue_cost_recorded,
)
from tests.ledger.story import WUTONGLI, account_of
from tests.projections.books import Books
from tests.projections.statement_words import cautions as cautions_of
from tests.projections.statement_words import composed

JUNE_1, JUNE_29, JUNE_30 = date(2026, 6, 1), date(2026, 6, 29), date(2026, 6, 30)
MAY_31, JULY_10 = date(2026, 5, 31), date(2026, 7, 10)
WHOLE = "fund/maintenance/whole"


def found(books: Books, name: str, *of: object) -> Caution | None:
    """What one caution says of the books as they are now."""
    with opened_books.opened(books.story.store, WUTONGLI, books.number) as now:
        caution: Caution | None = getattr(cautions, name)(now, *of)
        return caution


def codes(books: Books, fund: str = "maintenance", *, explained_on: date | None = None) -> list[str]:
    with opened_books.opened(books.story.store, WUTONGLI, books.number) as now:
        return [one.code for one in cautions.of_fund(now, fund, NEW_YEAR, JUNE_30, explained_on)]  # type: ignore[arg-type]


def said_of(books: Books, table: str, ends_on: date) -> list[str]:
    """The cautions of a statement of a quarter or half-year that ends on a day."""
    months = 6 if table == "T3" else 3
    starts_on = date(ends_on.year, ends_on.month - months + 1, 1)
    return list(cautions_of(composed(books, table, period=(starts_on, ends_on))))


def test_a_period_that_was_over_before_the_ledger_began_says_so(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=100_00))
    assert "before-the-books" in said_of(books, "T1", date(2019, 12, 31))  # opened on 1 January 2020
    assert "before-the-books" not in said_of(books, "T1", date(2020, 3, 31))


def test_a_fund_that_is_older_than_its_ledger_has_its_earlier_periods(books: Books) -> None:
    older = fund_opened("maintenance", fen=100_00)
    event = msgspec.structs.replace(older.event, opened_on=date(2018, 6, 30))
    books.tell(older._replace(event=event, on=date(2018, 6, 30)))
    assert "before-the-books" in said_of(books, "T3", date(2017, 12, 31))
    assert "before-the-books" not in said_of(books, "T3", date(2018, 6, 30))


def test_what_was_recorded_later_of_a_time_before_the_ledger_can_be_published(books: Books) -> None:
    earlier = date(2019, 12, 15)
    books.tell(committee_decided("camera-1")._replace(on=earlier))
    assert "before-the-books" not in said_of(books, "T13", date(2019, 12, 31))
    assert "before-the-books" in said_of(books, "T13", date(2019, 9, 30))
    assert "before-the-books" in said_of(books, "T1", date(2019, 12, 31))  # of a fund it says nothing


def test_a_fund_that_agrees_with_its_bank_needs_no_word(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=100_00, book=100_00))
    assert codes(books) == []


def test_what_the_bank_lacks_is_shown_with_its_sign_and_record(books: Books) -> None:
    met = books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=98_00, book=100_00))
    assert found(books, "bank_difference", "maintenance", JUNE_30) == Caution(
        code="bank-difference", fen=-2_00, records=(met,)
    )


def test_a_difference_that_was_found_is_no_difference_any_more(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=160_00, book=100_00))
    books.tell(interest_recorded("maintenance", fen=60_00, on=JUNE_29))
    assert codes(books) == []


def test_what_happened_after_the_bank_was_asked_explains_nothing(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=160_00, book=100_00))
    books.tell(interest_recorded("maintenance", fen=60_00, on=JULY_10))
    assert codes(books) == ["bank-difference"]


def test_a_later_reconciliation_says_nothing_about_the_day(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=99_00, book=100_00, on=JULY_10))
    assert codes(books) == ["bank-not-reconciled"]


@pytest.mark.parametrize(("on", "said"), [(MAY_31, ["bank-not-reconciled"]), (JUNE_1, [])])
def test_fund_34_the_bank_is_asked_in_the_last_month(books: Books, on: date, said: list[str]) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), bank_reconciled(bank=100_00, book=100_00, on=on))
    assert codes(books) == said


def test_a_fund_without_an_account_has_no_bank_to_ask(books: Books) -> None:
    books.tell(fund_opened("working", fen=5_00))
    assert codes(books) == []


def test_money_in_suspense_is_what_came_less_what_went(books: Books) -> None:
    came = books.tell(fund_opened("maintenance", fen=100_00), suspense_seen(fen=70_00))
    went = books.tell(suspense_seen(fen=20_00, direction="out"))
    books.tell(suspense_seen(fen=5_00, on=JULY_10), suspense_seen("working", fen=9_00))
    assert found(books, "suspense", "maintenance", JUNE_30) == Caution(
        code="suspense", fen=50_00, records=(came, went)
    )


def test_what_was_recognised_later_counts_only_where_that_is_asked_for(books: Books) -> None:
    seen = books.tell(fund_opened("maintenance", fen=100_00), suspense_seen(fen=70_00))
    books.tell(entry_classified(seen, fen=70_00, became="interest", account=WHOLE, on=JULY_10))
    assert "suspense" not in codes(books)
    assert "suspense" in codes(books, explained_on=JUNE_30)
    assert "suspense" not in codes(books, explained_on=JULY_10)


def test_what_was_recognised_wrongly_is_in_suspense_again(books: Books) -> None:
    seen = books.tell(fund_opened("maintenance", fen=100_00), suspense_seen(fen=70_00))
    taken = entry_classified(seen, fen=70_00, became="interest", account=WHOLE, on=JUNE_29)
    number = books.tell(taken)
    assert "suspense" not in codes(books)
    books.tell(entry_reversed(number, taken, reason="不是利息。")._replace(on=JUNE_30))
    assert "suspense" in codes(books)


def test_what_was_entered_by_mistake_is_in_suspense_no_more(books: Books) -> None:
    seen = suspense_seen(fen=70_00)
    number = books.tell(fund_opened("maintenance", fen=100_00), seen)
    books.tell(entry_reversed(number, seen, reason="重复录入。")._replace(on=JUNE_30))
    assert "suspense" not in codes(books)


def test_money_that_left_without_a_voucher_is_shown(books: Books) -> None:
    books.tell(fund_opened(FUND, fen=100_00))
    bare = books.tell(revenue_cost_recorded(fen=30_00))
    proven = revenue_cost_recorded(fen=20_00)
    books.tell(proven._replace(event=msgspec.structs.replace(proven.event, voucher="2026-77")))
    assert found(books, "without_voucher", FUND, NEW_YEAR, JUNE_30) == Caution(
        code="without-voucher", fen=30_00, records=(bare,)
    )
    assert found(books, "without_voucher", FUND, JULY_10, JULY_10) is None


def test_what_was_undone_owes_no_voucher(books: Books) -> None:
    cost = revenue_cost_recorded(fen=30_00)
    number = books.tell(fund_opened(FUND, fen=100_00), cost)
    books.tell(entry_reversed(number, cost, reason="记错")._replace(on=JUNE_30))
    assert "without-voucher" not in codes(books, FUND)


def test_money_that_came_in_owes_no_voucher(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00), deposit_recorded("maintenance", fen=5_00))
    assert found(books, "without_voucher", "maintenance", NEW_YEAR, JUNE_30) is None


def test_an_outgoing_entry_owes_its_voucher_once_it_is_recognised(books: Books) -> None:
    seen = books.tell(fund_opened("maintenance", fen=100_00), suspense_seen(fen=7_00, direction="out"))
    assert found(books, "without_voucher", "maintenance", NEW_YEAR, JUNE_30) is None
    books.tell(
        entry_classified(
            seen, fen=7_00, became="payment", account=WHOLE, direction="out", on=JUNE_29, decision="lift-3"
        )
    )
    assert found(books, "without_voucher", "maintenance", NEW_YEAR, JUNE_30) == Caution(
        code="without-voucher", fen=7_00, records=(seen,)
    )


def test_records_that_break_a_rule_are_named_as_long_as_they_are_of_the_period(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00))
    gone = RecordUnauthorisedPayment(
        payment="gone",
        fund="maintenance",
        amount_fen=9_00,
        payee="恒升电梯有限公司",
        purpose="没有决定的付款",
        paid_on=JUNE_29,
        voucher="2026-9",
        acknowledge=("FUND-08", "FUND-09"),
    )
    receipt = books.story.ledger.record(Asked(WUTONGLI, gone, account_of("treasurer"), JULY_10))
    (line,) = receipt.events
    assert codes(books) == ["bank-not-reconciled", "irregular"]
    with opened_books.opened(books.story.store, WUTONGLI, books.number) as now:
        of_june = cautions.irregular(cautions.about(now, "maintenance", NEW_YEAR, JUNE_30))
        of_july = cautions.irregular(cautions.about(now, "maintenance", JULY_10, JULY_10))
        of_another = cautions.irregular(cautions.about(now, "working", NEW_YEAR, JUNE_30))
    assert of_june == Caution(code="irregular", records=(line.number,))
    assert of_july is of_another is None
