"""The books beside the bank's own statement, every month: what differs is shown until it is explained."""

from datetime import date

import pytest

from ledger.actions.bank_reconciliation import BankBook
from tests.ledger.correction_words import bank_reconciled, reconcile, suspense_seen
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    deposit_recorded,
    fund_opened,
    payment_paid,
    vote_passed,
)
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when

APRIL_END, MAY_END = date(2026, 4, 30), date(2026, 5, 31)


def irregularities() -> tuple[str, ...]:
    """Of what was just recorded."""
    (line,) = then_recorded()
    return story().store.numbered("wutongli", line.number).envelope.irregularities


def test_books_that_agree_with_the_bank_differ_by_nothing():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00, on=SPRING))
    when(reconcile(bank=10_250_00, on=SUMMER, statement="2026-06"))
    then(bank_reconciled(bank=10_250_00, book=10_250_00, statement="2026-06"))


@pytest.mark.parametrize("bank", [10_249_99, 10_250_01])
def test_a_fen_too_little_or_too_much_is_shown(bank):
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00, on=SPRING))
    when(reconcile(bank=bank))
    then(bank_reconciled(bank=bank, book=10_250_00))


def test_the_book_balance_is_that_of_the_day_and_not_of_today():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=100_00, on=SPRING))
    given(deposit_recorded("maintenance", fen=20_00, on=SUMMER), vote_passed("lift-3", authorises=5_000_00))
    given(payment_paid("lift-3-first", fen=3_00, on=date(2026, 7, 1)))
    book = state_of(BankBook, "maintenance")
    assert book.balance_on(date(2025, 12, 31)) == 0
    assert book.balance_on(NEW_YEAR) == 9_000_00
    assert book.balance_on(date(2026, 3, 19)) == 9_000_00
    assert book.balance_on(SPRING) == 9_100_00
    assert book.balance_on(date(2026, 6, 29)) == 9_100_00
    assert book.balance_on(SUMMER) == 9_120_00
    assert book.balance_on(date(2026, 7, 1)) == 9_117_00
    when(reconcile(bank=9_120_00, on=SUMMER))
    then(bank_reconciled(bank=9_120_00, book=9_120_00, on=SUMMER))


def test_what_is_entered_late_belongs_to_the_day_it_happened():
    given(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_050_00, book=9_000_00, on=APRIL_END)
    )
    given(suspense_seen(fen=50_00, on=SPRING))
    when(reconcile(bank=9_050_00, on=APRIL_END))
    then(bank_reconciled(bank=9_050_00, book=9_050_00, on=APRIL_END))


def test_every_fund_is_reconciled_with_its_own_account():
    given(fund_opened("maintenance", fen=9_000_00), fund_opened("public-revenue", fen=77_00))
    when(reconcile("public-revenue", bank=77_00, on=NEW_YEAR))
    then(bank_reconciled("public-revenue", bank=77_00, book=77_00, on=NEW_YEAR))


def test_a_fund_without_an_account_has_nothing_to_reconcile():
    when(reconcile("working", bank=1_00))
    then_refused("fund.not-open", fund="working")


def test_before_its_account_was_opened_there_is_nothing_to_reconcile():
    given(fund_opened("working", fen=100_00))
    when(reconcile("working", bank=100_00, on=date(2025, 12, 31)))
    then_refused("fund.not-yet-open", fund="working", opened_on=NEW_YEAR)


def test_statements_come_in_their_order():
    given(fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_000_00, book=9_000_00, on=MAY_END))
    when(reconcile(bank=9_000_00, on=APRIL_END))
    then_refused("bank-reconciliation.before-the-last", fund="maintenance", reconciled_on=MAY_END)


def test_reconciled_in_the_next_month_is_monthly():
    given(
        fund_opened("maintenance", fen=9_000_00),
        bank_reconciled(bank=9_000_00, book=9_000_00, on=date(2026, 4, 1)),
    )
    when(reconcile(bank=9_000_00, on=MAY_END))
    assert irregularities() == ()


def test_a_month_left_out_is_recorded_as_what_it_is():
    given(
        fund_opened("maintenance", fen=9_000_00), bank_reconciled(bank=9_000_00, book=9_000_00, on=APRIL_END)
    )
    when(reconcile(bank=9_000_00, on=date(2026, 6, 1)))
    assert irregularities() == ("FUND-34",)


def test_the_months_count_from_the_opening_of_the_account():
    given(fund_opened("maintenance", fen=9_000_00))
    when(reconcile(bank=9_000_00, on=date(2026, 3, 1)))
    assert irregularities() == ("FUND-34",)


def test_december_and_january_are_neighbours():
    given(
        fund_opened("maintenance", fen=9_000_00),
        *(
            bank_reconciled(bank=9_000_00, book=9_000_00, on=day)
            for day in (date(2025, 12, 31), date(2026, 1, 31))
        ),
    )
    when(reconcile(bank=9_000_00, on=date(2026, 2, 1)))
    assert irregularities() == ()


def test_monthly_reconciliation_cannot_be_confessed_as_missed():
    given(fund_opened("maintenance", fen=9_000_00))
    when(reconcile(bank=9_000_00, on=NEW_YEAR, acknowledge=("FUND-34",)))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=["FUND-34"])
