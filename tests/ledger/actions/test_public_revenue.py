"""Public revenue: gross income by seven heads, and the costs taken from it (REV-02, REV-03)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.fund import FundBook
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.actions.revenue_to_fund import RevenueBook
from ledger.fields import Personal, Scope
from tests.ledger.happened import (
    SPRING,
    building_registered,
    committee_decided,
    committee_seated,
    fund_opened,
    payment_reserved,
    revenue_cost_recorded,
    revenue_recorded,
)
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    JUNE_20,
    PARKING,
    Q2,
    assembly_established,
    contract_registered,
    irregularities,
    second_quarter_of_2026,
)
from tests.ledger.story import (
    TODAY,
    given,
    state_of,
    then,
    then_malformed,
    then_recorded,
    then_refused,
    when,
)


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
    given(fund_opened("public-revenue", fen=0), contract_registered("lift-adverts", head=3))
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


# -- contracts, parts, the right account -----------------------------------------------------------


def test_income_under_a_contract_nobody_put_on_file_is_recorded_as_what_it_is():
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=3, gross_fen=24_000_00, received_on=JUNE_20, contract="lift-adverts"))
    then_recorded()
    assert irregularities() == ("REV-08",)


def test_income_under_a_contract_belongs_to_its_head():
    given(fund_opened("public-revenue", fen=0), contract_registered("parking-2026", head=PARKING))
    when(RecordPublicRevenue(head=ADVERTS, gross_fen=1, received_on=SPRING, contract="parking-2026"))
    then_refused("public-revenue.other-head", contract="parking-2026", head=PARKING)


def test_income_of_one_door_is_kept_apart():
    given(fund_opened("public-revenue", fen=0), building_registered("3", doors=("12",)))
    when(RecordPublicRevenue(head=ADVERTS, gross_fen=1_200_00, received_on=SPRING, scope=DOOR_12))
    recorded = revenue_recorded(fen=1_200_00, head=ADVERTS)
    own = msgspec.structs.replace(recorded.event, scope=DOOR_12)
    then(recorded._replace(event=own))
    assert own.postings() == (("income/3/door-12", -1_200_00), ("bank/public-revenue", 1_200_00))


def test_what_belongs_to_all_owners_needs_no_further_name():
    event = msgspec.structs.replace(revenue_recorded(fen=5_00).event, scope=Scope())
    assert event.postings()[0] == ("income/1", -5_00)


def test_income_under_a_contract_is_whose_the_contract_says():
    given(
        fund_opened("public-revenue", fen=0),
        building_registered("3", doors=("12",)),
        contract_registered("lobby", head=ADVERTS, scope=DOOR_12),
    )
    asked = RecordPublicRevenue(head=ADVERTS, gross_fen=1_00, received_on=SPRING, contract="lobby")
    when(asked)
    recorded = revenue_recorded(fen=1_00, head=ADVERTS, contract="lobby")
    then(recorded._replace(event=msgspec.structs.replace(recorded.event, scope=DOOR_12)))
    when(msgspec.structs.replace(asked, scope=Scope()))
    then_refused("public-revenue.other-scope", contract="lobby", scope="door-12")


def test_income_belongs_to_a_part_that_is_registered():
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=ADVERTS, gross_fen=1, received_on=SPRING, scope=DOOR_12))
    then_refused("door.unknown", door="12")


@pytest.mark.parametrize(("paid_into", "breaks"), [("supervised-account", ()), ("elsewhere", ("REV-04",))])
def test_gross_income_goes_straight_into_the_supervised_account(paid_into, breaks):
    given(fund_opened("public-revenue", fen=0))
    when(RecordPublicRevenue(head=PARKING, gross_fen=1, received_on=JUNE_20, paid_into=paid_into))
    then_recorded()
    assert irregularities() == breaks


def test_before_the_rule_was_in_force_it_might_go_elsewhere():
    given(fund_opened("public-revenue", fen=0))
    before = date(2026, 3, 31)
    when(RecordPublicRevenue(head=PARKING, gross_fen=1, received_on=before, paid_into="elsewhere"))
    then_recorded()
    assert irregularities() == ()


def test_a_private_person_who_paid_stands_there_by_surname_only():
    given(fund_opened("public-revenue", fen=0))
    who = {"counterparty": "王建国", "counterparty_kind": "individual"}
    when(RecordPublicRevenue(head=PARKING, gross_fen=150_00, received_on=SPRING, **who))
    recorded = revenue_recorded(fen=150_00)
    name = Personal.of("counterparty/王建国", "王建国")
    masked = msgspec.structs.replace(recorded.event, counterparty="个人(王**)", counterparty_name=name)
    then(recorded._replace(event=masked))


# -- costs before there is an assembly (REV-16) ----------------------------------------------------


@pytest.mark.parametrize("cost", ["energy", "labour", "other"])
def test_before_an_assembly_exists_only_tax_is_deducted(cost):
    given(fund_opened("public-revenue", fen=500_00))
    when(RecordRevenueCost(cost=cost, amount_fen=1, paid_on=JUNE_20))
    then_refused("revenue-cost.only-tax-before-an-assembly", rules=["REV-16"], cost=cost)
    when(RecordRevenueCost(cost="tax", amount_fen=1, paid_on=JUNE_20))
    then_recorded()


def test_on_the_day_the_assembly_is_established_other_costs_may_be_deducted():
    given(fund_opened("public-revenue", fen=500_00), assembly_established(JUNE_20))
    when(RecordRevenueCost(cost="labour", amount_fen=1, paid_on=date(2026, 6, 19)))
    then_refused("revenue-cost.only-tax-before-an-assembly", rules=["REV-16"])
    when(RecordRevenueCost(cost="labour", amount_fen=1, paid_on=JUNE_20))
    then_recorded()


def test_a_committee_in_office_shows_that_there_is_an_assembly():
    given(fund_opened("public-revenue", fen=500_00), committee_seated())
    when(RecordRevenueCost(cost="labour", amount_fen=1, paid_on=JUNE_20))
    then_recorded()


def test_labour_that_was_taken_without_an_assembly_is_recorded_as_what_it_is():
    given(fund_opened("public-revenue", fen=500_00))
    when(RecordRevenueCost(cost="labour", amount_fen=1, paid_on=JUNE_20, acknowledge=("REV-16",)))
    then_recorded()
    assert irregularities() == ("REV-16",)


def test_a_cost_of_one_door_is_taken_from_its_own():
    given(fund_opened("public-revenue", fen=500_00), building_registered("3", doors=("12",)))
    when(RecordRevenueCost(cost="tax", amount_fen=7_00, paid_on=SPRING, scope=DOOR_12))
    cost = revenue_cost_recorded(fen=7_00)
    then(cost._replace(event=msgspec.structs.replace(cost.event, scope=DOOR_12)))


# -- EX5: one quarter ------------------------------------------------------------------------------


def test_ex5_gross_costs_and_net_of_the_second_quarter_of_2026():
    given(second_quarter_of_2026())
    assert state_of(FundBook, "public-revenue").balance_fen == 182_116_17
    assert state_of(RevenueBook, "public-revenue").net_fen(Q2, None) == 182_116_17


def test_ex5_before_an_assembly_exists_only_tax_is_deductible():
    """Net 229,332.47: gross 236,212.47 less tax 6,880.00."""
    given(*second_quarter_of_2026()[1:9])
    when(RecordRevenueCost(cost="energy", amount_fen=9_216_30, paid_on=JUNE_20))
    then_refused("revenue-cost.only-tax-before-an-assembly", rules=["REV-16"], cost="energy")
    when(RecordRevenueCost(cost="labour", amount_fen=38_000_00, paid_on=JUNE_20))
    then_refused("revenue-cost.only-tax-before-an-assembly", rules=["REV-16"], cost="labour")
    when(RecordRevenueCost(cost="tax", amount_fen=6_880_00, paid_on=JUNE_20))
    then_recorded()
    assert state_of(RevenueBook, "public-revenue").net_fen(Q2, None) == 229_332_47
