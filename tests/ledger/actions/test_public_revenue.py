"""Public revenue: gross income by seven heads, and the costs taken from it (REV-02, REV-03)."""

import pytest

from ledger.actions.fund import FundBook
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from tests.ledger.happened import (
    SPRING,
    committee_decided,
    fund_opened,
    payment_reserved,
    revenue_cost_recorded,
    revenue_recorded,
)
from tests.ledger.story import TODAY, given, state_of, then, then_malformed, then_refused, when

PARKING = 1


@pytest.mark.parametrize("head", range(1, 8))
def test_income_is_entered_gross_under_one_of_the_seven_heads(head):
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=head, gross_fen=186_400_00, received_on=SPRING))
    income = revenue_recorded(fen=186_400_00, head=head)
    then(income)
    assert income.event.postings() == ((f"income/{head}", -186_400_00), ("bank/public-revenue", 186_400_00))


@pytest.mark.parametrize("head", [0, 8])
def test_there_is_no_eighth_head(head):
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=head, gross_fen=1, received_on=SPRING))
    then_malformed("/head", "field.malformed")


def test_income_may_name_its_contract():
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=3, gross_fen=24_000_00, received_on=SPRING, contract="lift-adverts"))
    then(revenue_recorded(fen=24_000_00, head=3, contract="lift-adverts"))


def test_the_firm_enters_what_it_took_in():
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=PARKING, gross_fen=1, received_on=SPRING), by="the-firm")
    then(revenue_recorded(fen=1))


def test_income_needs_an_account():
    when(RecordPublicRevenue(head=PARKING, gross_fen=1, received_on=SPRING))
    then_refused("fund.not-open", fund="public-revenue")


def test_a_cost_is_taken_from_gross_income():
    given(fund_opened("public-revenue", fen=0), revenue_recorded(fen=186_400_00))
    when(RecordRevenueCost(cost="energy", amount_fen=9_216_30, paid_on=SPRING))
    cost = revenue_cost_recorded(fen=9_216_30, cost="energy")
    then(cost)
    assert cost.event.postings() == (("bank/public-revenue", -9_216_30), ("cost/energy", 9_216_30))
    assert state_of(FundBook, "public-revenue").balance_fen == 177_183_70


def test_a_cost_without_a_day_was_paid_today():
    given(fund_opened("public-revenue", fen=0), revenue_recorded(fen=186_400_00))
    when(RecordRevenueCost(cost="tax", amount_fen=6_880_00))
    then(revenue_cost_recorded(fen=6_880_00, on=TODAY))


def test_a_cost_never_exceeds_what_is_there():
    given(fund_opened("public-revenue", fen=500_00))
    when(RecordRevenueCost(cost="tax", amount_fen=500_01))
    then_refused("fund.insufficient", fund="public-revenue", available_fen=500_00, amount_fen=500_01)
    when(RecordRevenueCost(cost="tax", amount_fen=500_00, paid_on=SPRING))
    then(revenue_cost_recorded(fen=500_00))


def test_a_cost_does_not_touch_what_is_promised():
    given(
        fund_opened("public-revenue", fen=500_00),
        committee_decided("shed", authorises=400_00, fund="public-revenue"),
        payment_reserved("shed", fen=400_00, payment="shed-first", fund="public-revenue"),
    )
    when(RecordRevenueCost(cost="tax", amount_fen=100_01))
    then_refused("fund.insufficient", fund="public-revenue", available_fen=100_00, amount_fen=100_01)


def test_a_cost_needs_an_account():
    when(RecordRevenueCost(cost="tax", amount_fen=1))
    then_refused("fund.not-open", fund="public-revenue")
