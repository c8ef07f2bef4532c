"""A contract stays within what was decided; three sign it, its price is reviewed (FUND-09, -12, -19)."""

from datetime import date

import pytest

from ledger.actions.repair_contract import SignRepairContract
from ledger.actions.repair_project import PlanPosting
from ledger.actions.rules import RulesAdopted
from ledger.rules.law import OwnParameter
from tests.ledger.happened import (
    SPRING,
    SUMMER,
    entry_reversed,
    payment_recorded,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import (
    BUDGET,
    PRICE,
    a_plan,
    a_repair,
    contract_signed,
    drawn,
    plan_published,
    price_reviewed,
    sign_contract,
)
from tests.ledger.story import FOR_EVER, Fact, given, story, then, then_recorded, then_refused, when


def irregularities() -> tuple[str, ...]:
    (newest,) = story().store.tagged("wutongli", "project:lift", story().store.head() - 1)
    return newest.envelope.irregularities


def test_a_contract_is_signed_for_a_planned_project():
    given(a_plan())
    when(sign_contract())
    then(contract_signed())


def test_a_price_of_all_that_was_planned_is_possible():
    given(a_plan())
    when(sign_contract(price_fen=BUDGET))
    then(contract_signed(price=BUDGET))


def test_a_price_beyond_the_plan_is_refused():
    given(a_plan())
    when(sign_contract(price_fen=BUDGET + 1))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=BUDGET)


def test_a_price_beyond_what_the_decision_has_left_is_refused():
    given(a_plan(), payment_recorded("lift-3", fen=20_000_00))
    when(sign_contract(price_fen=260_000_01))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=260_000_00)
    when(sign_contract(price_fen=260_000_00))
    then(contract_signed(price=260_000_00))


def test_a_contract_signed_beyond_what_was_decided_is_recorded_as_that():
    given(a_plan())
    when(sign_contract(price_fen=BUDGET + 1, acknowledge=("FUND-09",)))
    then(contract_signed(price=BUDGET + 1))
    assert irregularities() == ("FUND-09",)


@pytest.mark.parametrize("absent", ["assembly", "firm", "contractor"])
def test_three_sign_it(absent):
    given(a_plan())
    parties = tuple(party for party in ("assembly", "firm", "contractor") if party != absent)
    when(sign_contract(parties=parties))
    then_refused("repair-contract.not-signed-by-all", rules=["FUND-12"], missing=(absent,))
    when(sign_contract(parties=parties, acknowledge=("FUND-12",)))
    then_recorded()
    assert irregularities() == ("FUND-12",)


def test_who_signed_is_kept_in_one_order():
    given(a_plan())
    when(sign_contract(parties=("contractor", "firm", "assembly", "firm")))
    then(contract_signed())


def test_without_a_rule_of_its_own_a_community_reviews_every_price():
    given(a_plan())
    when(sign_contract(price_fen=1, review_required=False))
    then_refused("repair-contract.without-review", rules=["FUND-19"])


def reviewed(**of) -> Fact:
    own = tuple(OwnParameter(rule="FUND-19", name=name, value=value) for name, value in of.items())
    return Fact(RulesAdopted(starts_on=FOR_EVER, parameters=own))


def test_a_community_settles_from_which_amount_prices_are_reviewed():
    given(reviewed(review="from-amount", review_fen_min=50_000_00), a_plan())
    when(sign_contract(price_fen=50_000_00, review_required=False))
    then_refused("repair-contract.without-review", rules=["FUND-19"])
    when(sign_contract(price_fen=49_999_99, review_required=False))
    then(contract_signed(price=49_999_99, review=False))


def test_a_community_that_settles_no_amount_still_reviews_every_price():
    given(reviewed(review="from-amount"), a_plan())
    when(sign_contract(price_fen=1, review_required=False))
    then_refused("repair-contract.without-review", rules=["FUND-19"])


def test_a_community_may_settle_that_every_price_is_reviewed():
    given(reviewed(review="always", review_fen_min=50_000_00), a_plan())
    when(sign_contract(price_fen=1, review_required=False))
    then_refused("repair-contract.without-review", rules=["FUND-19"])


def test_a_review_nobody_had_to_ask_for_may_be_agreed():
    given(reviewed(review="from-amount", review_fen_min=50_000_00), a_plan())
    when(sign_contract(price_fen=1))
    then(contract_signed(price=1))


def test_before_there_is_an_assembly_every_price_is_reviewed():
    posting = PlanPosting(posted_on=date(2025, 12, 25), removed_on=date(2026, 1, 1), opinions="42户赞成。")
    given(reviewed(review="from-amount", review_fen_min=50_000_00))
    given(vote_passed("lift-3", authorises=BUDGET), plan_published(posting=posting))
    when(sign_contract(price_fen=1, review_required=False))
    then_refused("repair-contract.without-review", rules=["FUND-11"])
    when(sign_contract(price_fen=1))
    then(contract_signed(price=1))


def test_before_article_67_nothing_asked_for_a_review():
    given(a_plan())
    when(sign_contract(review_required=False, signed_on=date(2011, 3, 31)))
    then_recorded()


def test_a_contract_waits_for_the_vote():
    given(vote_opened("lift-3", authorises=BUDGET), plan_published())
    when(sign_contract())
    then_refused("decision.not-passed", rules=["FUND-09"], decision="lift-3")


def test_a_vote_rejected_after_the_plan_is_no_ground_for_a_contract():
    given(vote_rejected("lift-3", authorises=BUDGET), plan_published())
    when(sign_contract())
    then_refused("decision.not-passed", rules=["FUND-09"], decision="lift-3")


def test_a_project_nobody_planned_has_no_contract():
    when(sign_contract())
    then_refused("project.unknown", project="lift")


def test_a_project_has_one_contract():
    given(a_repair())
    when(sign_contract())
    then_refused("repair-contract.already-signed", project="lift")


def test_a_contract_is_dated_by_its_signatures():
    given(a_plan())
    when(sign_contract(price_fen=PRICE))
    (line,) = then_recorded()
    (recorded,) = story().store.tagged("wutongli", "project:lift", line.position - 1)
    assert recorded.occurred_on == SPRING


def test_signing_is_something_that_happened():
    assert SignRepairContract.already_happened


# -- several projects under one decision (FUND-09) -------------------------------------------------


def two_plans() -> tuple[Fact, ...]:
    """280,000.00 for the lift and the roof together; the lift's contract takes 268,000.00 of it."""
    return (*a_repair(), plan_published("roof"))


def test_what_other_contracts_under_the_decision_take_is_not_there_for_a_second_one():
    given(two_plans())
    when(sign_contract("roof", price_fen=12_000_01))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=12_000_00)
    when(sign_contract("roof", price_fen=12_000_00))
    then(contract_signed("roof", price=12_000_00))


def test_a_second_contract_beyond_the_decision_that_was_signed_all_the_same_is_recorded_as_that():
    given(two_plans())
    when(sign_contract("roof", price_fen=BUDGET, acknowledge=("FUND-09",)))
    (line,) = then_recorded()
    recorded = story().store.numbered("wutongli", line.number)
    assert recorded.envelope.irregularities == ("FUND-09",)


def test_what_is_drawn_for_the_first_contract_is_not_taken_from_the_second_as_well():
    given(two_plans(), drawn(80_400_00))
    when(sign_contract("roof", price_fen=12_000_01))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=12_000_00)
    when(sign_contract("roof", price_fen=12_000_00))
    then_recorded()


def test_what_a_review_takes_off_the_first_price_is_there_for_the_second():
    given(two_plans(), price_reviewed(251_340_50))
    when(sign_contract("roof", price_fen=28_659_51))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=28_659_50)
    when(sign_contract("roof", price_fen=28_659_50))
    then_recorded()


def test_a_payment_taken_back_is_still_owed_by_the_first_contract():
    payment = drawn(80_400_00)
    given(two_plans(), *payment)
    number = story().store.length("wutongli") - 1
    given(entry_reversed(number, payment[-1], reason="转错账户。"))
    when(sign_contract("roof", price_fen=12_000_01))
    then_refused("repair-contract.exceeds-authorisation", rules=["FUND-09"], authorised_fen=12_000_00)


def test_what_was_drawn_for_a_project_before_its_contract_is_part_of_its_price():
    given(a_plan(), drawn(80_400_00))
    when(sign_contract(price_fen=BUDGET))
    then(contract_signed(price=BUDGET))


def test_contracts_under_another_decision_take_nothing():
    given(a_repair(), vote_passed("roof-5", authorises=BUDGET))
    given(plan_published("roof", decision="roof-5"))
    when(sign_contract("roof", price_fen=BUDGET, signed_on=SUMMER))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).data.decision == "roof-5"
