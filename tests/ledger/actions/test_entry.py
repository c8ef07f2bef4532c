"""A mistake in the books is corrected by a reversal that names it: once, with a reason, never by an edit."""

from datetime import date

import pytest

from ledger.actions.decision import Decision
from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import FundBook
from tests.ledger.asked import request_payment
from tests.ledger.correction_words import bank_reconciled, entry_classified, reverse, suspense_seen
from tests.ledger.happened import (
    SPRING,
    SUMMER,
    committee_decided,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_paid,
    payment_recorded,
    payment_requested,
    payment_reserved,
    revenue_cost_recorded,
    revenue_recorded,
    vote_passed,
)
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when

TYPO = "金额录入错误。"


def last_number():
    """The record number of what was given last."""
    return story().store.length("wutongli") - 1


MISTAKES = [
    deposit_recorded("maintenance", fen=1_250_00),
    interest_recorded("maintenance", fen=3_12),
    revenue_recorded(fen=24_000_00, head=3),
    revenue_cost_recorded(fen=68_80),
    suspense_seen("maintenance", fen=317_40),
    suspense_seen("public-revenue", fen=317_40, direction="out"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda fact: fact.event.kind)
def test_money_entered_by_mistake_is_taken_back_by_its_opposite(mistake):
    given(fund_opened("maintenance", fen=9_000_00), fund_opened("public-revenue", fen=9_000_00), mistake)
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then(entry_reversed(last_number() - 1, mistake, reason=TYPO))
    for fund in ("maintenance", "public-revenue"):
        book = state_of(FundBook, fund)
        assert (book.balance_fen, book.available_fen) == (9_000_00, 9_000_00)


def test_a_payment_taken_back_may_be_spent_again():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(payment_recorded("lift-3", fen=8_000_00))
    paid = last_number()
    when(ReverseEntry(number=paid, reason=TYPO))
    then(entry_reversed(paid, payment_paid("lift-3-first", fen=8_000_00), reason=TYPO))
    assert state_of(FundBook, "maintenance").available_fen == 9_000_00
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00
    when(request_payment("lift-3", fen=8_000_00))
    then(payment_requested("lift-3-next", fen=8_000_00))


def test_a_reversal_is_found_by_everything_it_is_about():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(payment_recorded("lift-3", fen=8_000_00))
    paid = last_number()
    when(ReverseEntry(number=paid, reason=TYPO))
    then_recorded()
    reversal = story().store.numbered("wutongli", paid + 1)
    assert reversal.envelope.tags == (
        "decision:lift-3",
        f"entry:{paid}",
        "fund:maintenance",
        "payment:lift-3-first",
    )


def test_an_entry_is_reversed_once_and_the_refusal_names_the_first_reversal():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00))
    deposit = last_number()
    when(ReverseEntry(number=deposit, reason=TYPO))
    then(entry_reversed(deposit, deposit_recorded("maintenance", fen=1_250_00), reason=TYPO))
    first_reversal = last_number()
    when(ReverseEntry(number=deposit, reason=TYPO), by="the-chair")
    then_refused("entry.already-reversed", number=deposit, reversed_by=first_reversal)


def test_a_reversal_is_not_reversed():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00))
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then(entry_reversed(last_number() - 1, deposit_recorded("maintenance", fen=1_250_00), reason=TYPO))
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then_refused("entry.not-reversible", number=last_number())


def test_what_moved_no_money_cannot_be_reversed():
    given(committee_decided("printer"))
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then_refused("entry.not-reversible", number=last_number())


def test_an_opening_balance_is_not_reversed():
    given(fund_opened("maintenance", fen=9_000_00))
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then_refused("entry.not-reversible", number=last_number())


def test_an_entry_that_is_not_there_cannot_be_reversed():
    beyond = last_number() + 1
    when(ReverseEntry(number=beyond, reason=TYPO))
    then_refused("entry.unknown", number=beyond)


def test_a_deposit_already_promised_cannot_be_taken_back():
    given(fund_opened("maintenance", fen=1_000_00), deposit_recorded("maintenance", fen=500_00))
    deposit = last_number()
    given(vote_passed("lift-3", authorises=1_200_00))
    given(payment_reserved("lift-3", fen=1_200_00, payment="lift-3-first"))
    when(ReverseEntry(number=deposit, reason=TYPO))
    then_refused("fund.insufficient", fund="maintenance", available_fen=300_00, amount_fen=500_00)


def test_a_deposit_just_covered_can_be_taken_back():
    given(fund_opened("maintenance", fen=1_000_00), deposit_recorded("maintenance", fen=500_00))
    deposit = last_number()
    given(vote_passed("lift-3", authorises=1_000_00))
    given(payment_reserved("lift-3", fen=1_000_00, payment="lift-3-first"))
    when(ReverseEntry(number=deposit, reason=TYPO))
    then(entry_reversed(deposit, deposit_recorded("maintenance", fen=500_00), reason=TYPO))
    assert state_of(FundBook, "maintenance").available_fen == 0


def test_a_reversal_is_no_older_than_what_it_reverses():
    given(fund_opened("maintenance", fen=9_000_00), interest_recorded("maintenance", fen=3_12, on=SUMMER))
    when(ReverseEntry(number=last_number(), reason=TYPO, occurred_on=date(2026, 6, 29)))
    then_refused("entry.reversed-before-it-happened", occurred_on=SUMMER)
    when(ReverseEntry(number=last_number(), reason=TYPO, occurred_on=SUMMER))
    then(entry_reversed(last_number() - 1, interest_recorded("maintenance", fen=3_12), reason=TYPO))


def test_both_the_entry_and_its_reversal_stay_in_the_books():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00, on=SPRING))
    deposit = story().store.numbered("wutongli", last_number())
    when(ReverseEntry(number=last_number(), reason=TYPO))
    then(entry_reversed(deposit.number, deposit_recorded("maintenance", fen=1_250_00), reason=TYPO))
    assert story().store.numbered("wutongli", deposit.number) == deposit


def test_a_payment_is_found_to_have_been_for_another_decision_and_both_are_right_again():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(vote_passed("roof-5", authorises=8_000_00), payment_recorded("lift-3", fen=5_000_00))
    paid = last_number()
    when(reverse(paid))
    then_recorded()
    given(payment_recorded("roof-5", fen=5_000_00))
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00
    assert state_of(Decision, "roof-5").remaining_fen == 3_000_00
    assert state_of(FundBook, "maintenance").available_fen == 4_000_00


def test_what_else_was_promised_stays_promised():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(payment_recorded("lift-3", fen=5_000_00))
    paid = last_number()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-final"))
    when(reverse(paid))
    then_recorded()
    assert state_of(Decision, "lift-3").remaining_fen == 5_000_00
    assert state_of(FundBook, "maintenance").available_fen == 6_000_00


def test_what_a_reversal_restores_stands_in_its_own_record():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    given(payment_recorded("lift-3", fen=5_000_00))
    when(reverse(last_number()))
    then_recorded()
    reversal = story().store.numbered("wutongli", last_number()).data
    assert reversal.limits() == {
        "bank/maintenance": 5_000_00,
        "available/maintenance": 5_000_00,
        "remaining/lift-3": 5_000_00,
    }


def test_recognising_an_entry_is_undone_without_touching_the_bank():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen("maintenance", fen=50_00))
    suspended = last_number()
    recognised = entry_classified(suspended, fen=50_00, became="interest", account="fund/maintenance/whole")
    given(recognised)
    when(reverse(last_number()))
    then(entry_reversed(last_number() - 1, recognised, reason=TYPO))
    assert state_of(FundBook, "maintenance").balance_fen == 9_050_00
    reversal = story().store.numbered("wutongli", last_number())
    assert f"entry:{suspended}" in reversal.envelope.tags


# -- what was settled with the bank stays settled ----------------------------------------------------------


def test_a_reversal_is_dated_after_the_day_on_which_the_fund_was_reconciled():
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=1_250_00, on=SPRING))
    deposit = last_number()
    given(bank_reconciled(bank=10_250_00, book=10_250_00, on=SUMMER))
    when(reverse(deposit, occurred_on=SUMMER))
    then_refused("entry.day-reconciled", fund="maintenance", reconciled_on=SUMMER)
    when(reverse(deposit, occurred_on=date(2026, 7, 1)))
    then(entry_reversed(deposit, deposit_recorded("maintenance", fen=1_250_00), reason=TYPO))


def test_the_day_of_another_fund_does_not_matter():
    given(fund_opened("maintenance", fen=9_000_00), fund_opened("working", fen=10_00))
    given(deposit_recorded("maintenance", fen=1_250_00, on=SPRING))
    deposit = last_number()
    given(bank_reconciled("working", bank=10_00, book=10_00, on=SUMMER))
    when(reverse(deposit, occurred_on=SPRING))
    then(entry_reversed(deposit, deposit_recorded("maintenance", fen=1_250_00), reason=TYPO))


def test_what_did_not_move_the_bank_is_undone_on_any_day_after_it():
    given(fund_opened("maintenance", fen=9_000_00), suspense_seen("maintenance", fen=50_00, on=SPRING))
    recognised = entry_classified(
        last_number(), fen=50_00, became="interest", account="fund/maintenance/whole", on=SPRING
    )
    given(recognised, bank_reconciled(bank=9_050_00, book=9_050_00, on=SUMMER))
    when(reverse(last_number() - 1, occurred_on=SUMMER))
    then(entry_reversed(last_number() - 2, recognised, reason=TYPO))
