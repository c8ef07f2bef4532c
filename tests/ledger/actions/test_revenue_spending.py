"""Public revenue spent: what for, on whose word, and never what the maintenance fund has to pay."""

from datetime import date

import msgspec
import pytest

from ledger.actions.decision import Decision
from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import FundBook
from ledger.actions.fund_payment import RequestFundPayment
from ledger.actions.revenue_authority import Authority
from ledger.fields import Scope
from tests.ledger.asked import approve_payment, record_payment, request_payment
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    fund_opened,
    payment_reserved,
    vote_passed,
    vote_rejected,
)
from tests.ledger.revenue_words import DOOR_12, JULY, authorised, case, irregularities, revenue_spent, spend
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when

SHED, LIFT, AUDIT = "new-facility", "maintenance-scope", "bookkeeping-and-audit"
REVIEWED = ("price-review", "procedure-review")


def given_a_decision(decision: str = "d-1", *, frees: int = 60_000_00, fund_fen: int = 200_000_00):
    given(fund_opened("public-revenue", fen=fund_fen))
    given(committee_decided(decision, authorises=frees, fund="public-revenue"))


def given_an_authority(fen: int = 30_000_00):
    given(fund_opened("public-revenue", fen=200_000_00), vote_passed("covenant-2026"))
    given(authorised("standing", case(AUDIT, fen)))


# -- on whose word ---------------------------------------------------------------------------------


def test_what_a_decision_set_free_is_spent():
    given_a_decision()
    when(spend(12_000_00, decision="d-1"))
    spent = revenue_spent(12_000_00, decision="d-1")
    then(spent)
    assert spent.event.postings() == (
        ("bank/public-revenue", -12_000_00),
        ("use/public-revenue/other-management", 12_000_00),
    )
    assert state_of(Decision, "d-1").remaining_fen == 48_000_00
    assert state_of(FundBook, "public-revenue").available_fen == 188_000_00


def test_all_that_was_set_free_may_be_spent_and_not_one_fen_more():
    given_a_decision(frees=12_000_00)
    when(spend(12_000_01, decision="d-1"))
    then_refused("revenue-spending.exceeds-authorisation", rules=["FUND-09"], remaining_fen=12_000_00)
    when(spend(12_000_00, decision="d-1"))
    then_recorded()


def test_what_is_promised_to_an_approved_payment_is_not_free_any_more():
    given_a_decision(frees=12_000_00)
    given(payment_reserved("d-1", fen=10_000_00, payment="p-1", fund="public-revenue"))
    when(spend(2_000_01, decision="d-1"))
    then_refused("revenue-spending.exceeds-authorisation", rules=["FUND-09"], remaining_fen=2_000_00)


def test_more_than_was_set_free_and_spent_all_the_same_is_recorded_as_what_it_is():
    given_a_decision(frees=12_000_00)
    when(spend(12_500_00, decision="d-1", acknowledge=("FUND-09",)))
    then(revenue_spent(12_500_00, decision="d-1", beyond_fen=500_00))
    assert irregularities() == ("FUND-09",)
    assert state_of(Decision, "d-1").remaining_fen == 0


def test_what_was_spent_the_day_before_the_decision_had_no_basis_although_it_is_taken_from_it():
    given_a_decision(frees=12_000_00)  # signed on 20 March
    when(spend(12_000_00, decision="d-1", paid_on=date(2026, 3, 19)))
    then_refused("fund-payment.before-its-decision", rules=["FUND-09"], decision="d-1")
    when(spend(12_000_00, decision="d-1", paid_on=date(2026, 3, 19), acknowledge=("FUND-09",)))
    then_recorded()
    assert irregularities() == ("FUND-09",)
    assert state_of(Decision, "d-1").remaining_fen == 0


def test_what_is_spent_on_the_day_of_the_decision_stands_on_it():
    given_a_decision()
    when(spend(12_000_00, decision="d-1", paid_on=date(2026, 3, 20)))
    then_recorded()
    assert irregularities() == ()


def test_a_decision_that_did_not_pass_sets_nothing_free():
    given(fund_opened("public-revenue", fen=200_000_00))
    given(vote_rejected("d-1", authorises=5_000_00, fund="public-revenue"))
    when(spend(1, decision="d-1"))
    then_refused("revenue-spending.nothing-freed", rules=["FUND-09"], decision="d-1")


def test_a_decision_about_another_fund_sets_nothing_free_here():
    given(
        fund_opened("public-revenue", fen=200_000_00),
        committee_decided("d-1", authorises=9_00, fund="working"),
    )
    when(spend(1, decision="d-1"))
    then_refused("revenue-spending.nothing-freed", rules=["FUND-09"], decision="d-1")


def test_a_decision_nobody_took_is_refused():
    given_a_decision()
    when(spend(1, decision="no-decision"))
    then_refused("decision.unknown", decision="no-decision")


def test_money_nobody_decided_about_is_not_spent():
    given_a_decision()
    when(spend(1))
    then_refused("revenue-spending.without-decision", rules=["FUND-09"])


def test_money_that_left_without_a_decision_is_recorded_as_what_it_is():
    given_a_decision()
    when(spend(800_00, acknowledge=("FUND-09",)))
    then(revenue_spent(800_00, beyond_fen=800_00))
    assert irregularities() == ("FUND-09",)
    assert state_of(Decision, "d-1").remaining_fen == 60_000_00


def test_spending_stands_on_one_thing():
    given_an_authority()
    when(spend(1, AUDIT, decision="covenant-2026", authority="standing"))
    then_refused("revenue-spending.two-bases")


def test_who_entered_the_decision_does_not_enter_what_was_spent_on_it():
    given_a_decision()
    when(spend(1, decision="d-1"), by="the-secretary")
    then_refused("revenue-spending.own-decision", decision="d-1")
    when(spend(1, decision="d-1"), by="the-bookkeeper")
    then_recorded()


# -- the money -------------------------------------------------------------------------------------


def test_a_spending_is_entered_once():
    given_a_decision()
    given(revenue_spent(1_00, decision="d-1"))
    when(spend(1_00, decision="d-1"))
    then_refused("revenue-spending.already-recorded", spending="s-1")


def test_never_more_is_spent_than_is_there_and_not_promised():
    given_a_decision(fund_fen=50_00)
    given(payment_reserved("d-1", fen=20_00, payment="p-1", fund="public-revenue"))
    when(spend(30_01, decision="d-1"))
    then_refused("fund.insufficient", fund="public-revenue", available_fen=30_00)


def test_spending_needs_an_account():
    when(spend(1))
    then_refused("fund.not-open", fund="public-revenue")


def test_a_part_spends_what_is_its_own():
    given_a_decision()
    given(building_registered("3", doors=("12",)))
    when(spend(5_00, decision="d-1", scope=DOOR_12))
    then(revenue_spent(5_00, decision="d-1", scope=DOOR_12))
    assert revenue_spent(5_00, scope=DOOR_12).event.postings()[1] == (
        "use/public-revenue/other-management/door-12",
        5_00,
    )


def test_what_a_door_decided_about_its_own_is_spent_from_its_own():
    given(fund_opened("public-revenue", fen=9_000_00), building_registered("3", doors=("12", "13")))
    given(vote_passed("d-1", authorises=8_000_00, fund="public-revenue", scope=DOOR_12))
    when(spend(5_00, decision="d-1", scope=Scope(kind="door", id="13")))
    then_refused("revenue-spending.nothing-freed", rules=["FUND-09"], decision="d-1")
    when(spend(5_00, decision="d-1"))
    then(revenue_spent(5_00, decision="d-1", scope=DOOR_12))
    when(request(5_00, AUDIT))
    then_recorded()
    when(approve_payment("p-1"))
    then_recorded()
    when(record_payment("p-1"), by="the-treasurer")
    (line,) = then_recorded()
    paid = story().store.numbered("wutongli", line.number)
    assert dict(paid.envelope.postings)[f"use/public-revenue/{AUDIT}/door-12"] == 5_00


def test_spending_undone_may_be_spent_again_as_far_as_it_was_covered():
    given_a_decision(frees=12_000_00)
    spent = revenue_spent(12_500_00, decision="d-1", beyond_fen=500_00)
    given(spent)
    number = story().store.length("wutongli") - 1
    when(ReverseEntry(number=number, reason="记错"))
    then_recorded()
    assert state_of(Decision, "d-1").remaining_fen == 12_000_00
    assert state_of(FundBook, "public-revenue").available_fen == 200_000_00


# -- what for: REV-11, REV-12, REV-13 --------------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    [
        "working-funds",
        AUDIT,
        "upkeep",
        "house-safety-insurance",
        "committee-secretary",
        "litigation",
        "distribution",
    ],
)
def test_what_the_law_lists_may_be_paid(use):
    given_a_decision()
    when(spend(1_00, use, decision="d-1"))
    then_recorded()
    assert irregularities() == ()


def test_what_the_law_does_not_list_the_committee_may_not_pay():
    given_a_decision()
    when(spend(1_00, "not-listed", decision="d-1"))
    then_refused("public-revenue.use-not-listed", rules=["REV-11"], use="not-listed")


def test_what_the_law_does_not_list_the_owners_may_decide():
    given(
        fund_opened("public-revenue", fen=9_00), vote_passed("party", authorises=5_00, fund="public-revenue")
    )
    when(spend(1_00, "not-listed", decision="party"))
    then_recorded()


def test_ex5_a_lift_overhaul_of_12_000_may_not_be_paid_from_public_revenue():
    given_a_decision()
    when(spend(12_000_00, LIFT, purpose="电梯大修", decision="d-1"))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])


def test_not_even_when_all_owners_decided_it():
    given(fund_opened("public-revenue", fen=20_000_00))
    given(vote_passed("lift", authorises=12_000_00, fund="public-revenue"))
    when(spend(12_000_00, LIFT, purpose="电梯大修", decision="lift"))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])


def test_a_lift_paid_from_public_revenue_all_the_same_is_recorded_as_what_it_is():
    given_a_decision()
    when(spend(12_000_00, LIFT, purpose="电梯大修", decision="d-1", acknowledge=("REV-12",)))
    then_recorded()
    assert irregularities() == ("REV-12",)


def test_before_the_rule_was_in_force_a_lift_might_be_paid_from_public_revenue():
    given_a_decision()
    when(spend(12_000_00, LIFT, decision="d-1", paid_on=date(2026, 3, 31)))
    then_recorded()
    assert irregularities() == ()


def test_ex5_a_new_charging_shed_of_50_000_needs_both_reviews():
    given_a_decision()
    when(spend(50_000_00, SHED, purpose="新建充电车棚", decision="d-1"))
    then_refused(
        "public-revenue.review-missing", rules=["REV-13"], price_fen=50_000_00, missing=list(REVIEWED)
    )


def test_ex5_for_49_999_99_they_are_not_mandatory():
    given_a_decision()
    when(spend(49_999_99, SHED, purpose="新建充电车棚", decision="d-1"))
    then_recorded()
    assert irregularities() == ()


def test_a_shed_that_was_reviewed_is_paid():
    given_a_decision()
    when(spend(50_000_00, SHED, decision="d-1", documents=REVIEWED))
    then_recorded()


@pytest.mark.parametrize(
    ("shown", "missing"), [("price-review", "procedure-review"), ("procedure-review", "price-review")]
)
def test_one_review_is_not_the_other(shown, missing):
    given_a_decision()
    when(spend(50_000_00, SHED, decision="d-1", documents=(shown,)))
    then_refused("public-revenue.review-missing", rules=["REV-13"], missing=[missing])


def test_a_price_is_not_split_to_escape_its_review():
    given_a_decision()
    given(revenue_spent(30_000_00, SHED, spending="s-first", decision="d-1"))
    when(spend(20_000_00, SHED, decision="d-1"))
    then_refused("public-revenue.review-missing", rules=["REV-13"], price_fen=50_000_00)
    when(spend(19_999_99, SHED, decision="d-1"))
    then_recorded()


# -- under a standing authorisation (REV-15) -------------------------------------------------------


def test_under_an_authorisation_its_cases_are_paid_until_their_amount_is_used_up():
    given_an_authority()
    when(spend(20_000_00, AUDIT, authority="standing"))
    then(revenue_spent(20_000_00, AUDIT, authority="standing"))
    assert state_of(Authority, "standing").remaining_fen == {AUDIT: 10_000_00}
    when(spend(10_000_01, AUDIT, spending="s-2", authority="standing"))
    then_refused("revenue-spending.outside-the-authority", rules=["REV-15"], remaining_fen=10_000_00)
    when(spend(10_000_00, AUDIT, spending="s-2", authority="standing"))
    then_recorded()


def test_a_case_that_was_not_authorised_is_not_paid():
    given_an_authority()
    when(spend(1, "litigation", authority="standing"))
    then_refused("revenue-spending.outside-the-authority", rules=["REV-15"], remaining_fen=0)


def test_a_price_is_not_split_under_an_authorisation_either():
    given_an_authority()
    given(authorised("sheds", case(SHED, 90_000_00), decision="covenant-2027"))
    when(spend(30_000_00, SHED, authority="sheds"))
    then_recorded()
    when(spend(20_000_00, SHED, spending="s-2", authority="sheds"))
    then_refused("public-revenue.review-missing", rules=["REV-13"], price_fen=50_000_00)
    when(spend(19_999_99, SHED, spending="s-2", authority="sheds"))
    then_recorded()


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 11, 20)])
def test_an_authorisation_holds_on_its_own_days(day):
    given_an_authority()
    when(spend(1, AUDIT, authority="standing", paid_on=day))
    then_recorded()


def test_an_authorisation_that_is_over_covers_nothing():
    given_an_authority()
    over = authorised("last-summer", case(AUDIT, 9_00))
    given(over._replace(event=msgspec.structs.replace(over.event, ends_on=date(2026, 7, 19))))
    when(spend(1, AUDIT, authority="last-summer", paid_on=JULY))
    then_refused("revenue-authority.not-in-force", rules=["REV-15"], ends_on=date(2026, 7, 19))


def test_an_authorisation_nobody_recorded_covers_nothing():
    given_an_authority()
    when(spend(1, AUDIT, authority="unheard-of"))
    then_refused("revenue-authority.unknown", authority="unheard-of")


def test_beyond_an_authorisation_is_recorded_as_what_it_is():
    given_an_authority(fen=9_00)
    when(spend(10_00, AUDIT, authority="standing", acknowledge=("REV-15",)))
    then(revenue_spent(10_00, AUDIT, authority="standing", beyond_fen=1_00))
    assert irregularities() == ("REV-15",)


def test_who_entered_the_authorisation_does_not_enter_what_was_spent_under_it():
    given_an_authority()
    when(spend(1, AUDIT, authority="standing"), by="the-secretary")
    then_refused("revenue-spending.own-authority", authority="standing")


# -- the usual way: requested, approved, paid ------------------------------------------------------


def request(fen: int, use: str, *documents: str, fund: str = "public-revenue") -> RequestFundPayment:
    asked = request_payment("d-1", fen=fen, payment="p-1", fund=fund)
    return msgspec.structs.replace(asked, use=use, documents=documents)


def test_a_payment_that_is_asked_for_goes_through_the_same_gates():
    given_a_decision()
    when(request(12_000_00, LIFT))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])
    when(request(50_000_00, SHED))
    then_refused("public-revenue.review-missing", rules=["REV-13"], missing=list(REVIEWED))
    when(request(1_00, "not-listed"))
    then_refused("public-revenue.use-not-listed", rules=["REV-11"])


def test_a_payment_that_does_not_say_what_for_is_marked():
    given_a_decision()
    when(msgspec.structs.replace(request(12_000_00, LIFT), use=None))
    then_recorded()
    assert irregularities() == ("REV-11",)


def test_a_payment_is_judged_by_the_law_of_the_day_the_bank_paid():
    given_a_decision()
    before = date(2026, 3, 31)  # REV-12 is of 2026-04-01
    when(msgspec.structs.replace(request(12_000_00, LIFT), occurred_on=before))
    then_recorded()
    when(msgspec.structs.replace(approve_payment("p-1"), occurred_on=before))
    then_recorded()
    when(record_payment("p-1"), by="the-treasurer")
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])
    when(record_payment("p-1", paid_on=before), by="the-treasurer")
    then_recorded()


def test_what_is_still_to_come_cannot_be_acknowledged():
    given_a_decision()
    when(msgspec.structs.replace(request(12_000_00, LIFT), acknowledge=("REV-12",)))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])


def test_an_approved_payment_is_booked_under_its_use():
    given_a_decision()
    when(request(50_000_00, SHED, *REVIEWED))
    then_recorded()
    when(approve_payment("p-1"))
    then_recorded()
    when(record_payment("p-1"), by="the-treasurer")
    (line,) = then_recorded()
    paid = story().store.numbered("wutongli", line.number)
    assert paid.envelope.postings == (
        ("bank/public-revenue", -50_000_00),
        ("use/public-revenue/new-facility", 50_000_00),
    )


def test_a_use_of_public_revenue_is_none_of_another_fund():
    given(fund_opened("working", fen=9_00), committee_decided("d-1", authorises=9_00))
    when(request(1_00, AUDIT, fund="working"))
    then_refused("public-revenue.use-of-another-fund", fund="working")


def test_a_private_person_public_revenue_was_paid_to_stands_there_by_surname_only():
    given(fund_opened("public-revenue", fen=900_00))
    given(committee_decided("lamps", authorises=500_00, fund="public-revenue"))
    when(spend(50_00, decision="lamps", payee="王建国", payee_kind="individual"))
    (line,) = then_recorded()
    spent = story().store.numbered("wutongli", line.number).data
    assert spent.payee == "个人(王**)"
    assert story().vault.values([spent.payee_name.digest]) == {spent.payee_name.digest: "王建国"}
