"""Public revenue is shared out as the owners decide, by exclusive area, to the fen (REV-18)."""

import pytest

from ledger.actions.apportionment_reversal import ReverseApportionment
from ledger.actions.community import RegisteredUnit
from ledger.actions.revenue_distribution import ApportionPublicRevenue, Distributed, PublicRevenueApportioned
from ledger.actions.rules import RulesAdopted
from ledger.fields import Scope
from ledger.money.apportionment import digest_of
from ledger.rules.law import OwnParameter
from tests.ledger.correction_words import last_number
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    fund_opened,
    units_registered,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.revenue_words import DOOR_12, irregularities, spend
from tests.ledger.story import FOR_EVER, Fact, given, state_of, then, then_recorded, then_refused, when

# exclusive areas 1 : 1 : 1, floor areas 2 : 1 : 1
FLAT, LOFT, SHOP = "101", "201", "301"
AREAS = {FLAT: ("120.00", "50.00", "12"), LOFT: ("60.00", "50.00", "12"), SHOP: ("60.00", "50.00", "13")}


def three_units() -> tuple[Fact, ...]:
    units = [
        RegisteredUnit(
            unit=unit, building="3", door=door, floor_area=floor, exclusive_area=own, area_basis="registered"
        )
        for unit, (floor, own, door) in AREAS.items()
    ]
    return building_registered("3", doors=("12", "13")), units_registered(*units)


def agreed_to_share(fen: int, **of) -> tuple[Fact, ...]:
    return vote_passed("share-2026", authorises=fen, fund="public-revenue", **of)


def divide(fen: int, decision: str = "share-2026") -> ApportionPublicRevenue:
    return ApportionPublicRevenue(decision=decision, amount_fen=fen)


def divided(shares: dict[str, int], **of) -> Fact:
    fields = {"scope": Scope(), "base": "exclusive-area", "area": "150.00", "remainder_units": 1, **of}
    event = PublicRevenueApportioned(
        decision="share-2026",
        total_fen=sum(shares.values()),
        units=len(shares),
        shares_digest=digest_of(shares),
        **fields,
    )
    return Fact(event, "treasurer")


def given_a_vote_to_share(fen: int = 1_000_00) -> None:
    given(fund_opened("public-revenue", fen=9_000_00), three_units(), agreed_to_share(fen))


def test_three_equal_exclusive_areas_get_a_third_each_and_the_first_the_odd_fen():
    given_a_vote_to_share()
    when(divide(1_000_00))
    then(divided({FLAT: 333_34, LOFT: 333_33, SHOP: 333_33}, fen_per_m2=6_67))
    assert irregularities() == ()


def test_what_the_owners_agreed_goes_before_the_exclusive_area():
    given_a_vote_to_share()
    own = OwnParameter(rule="REV-18", name="base", value="floor-area")
    given(Fact(RulesAdopted(starts_on=FOR_EVER, packs=("cn-31",), parameters=(own,)), "chair", FOR_EVER))
    when(divide(1_000_00))
    shares = {FLAT: 500_00, LOFT: 250_00, SHOP: 250_00}
    then(divided(shares, base="floor-area", area="240.00", fen_per_m2=4_17, remainder_units=0))


def test_the_revenue_of_one_door_is_shared_behind_that_door_alone():
    given(fund_opened("public-revenue", fen=9_000_00), three_units())
    given(agreed_to_share(1_000_00, scope=DOOR_12))
    when(divide(1_000_00))
    shares = {FLAT: 500_00, LOFT: 500_00}
    then(divided(shares, scope=DOOR_12, area="100.00", fen_per_m2=10_00, remainder_units=0))


NO_VOTE = {
    "the committee decided": (committee_decided("share-2026", authorises=1_000_00, fund="public-revenue"),),
    "the owners said no": vote_rejected("share-2026", authorises=1_000_00, fund="public-revenue"),
    "the vote is open": (vote_opened("share-2026", authorises=1_000_00, fund="public-revenue"),),
}


@pytest.mark.parametrize("facts", NO_VOTE.values(), ids=NO_VOTE)
def test_nothing_is_shared_out_without_a_vote_of_the_owners(facts):
    given(fund_opened("public-revenue", fen=9_000_00), three_units(), *facts)
    when(divide(1_000_00))
    then_refused("revenue-distribution.needs-a-vote", rules=["REV-18"], decision="share-2026")


def test_an_unknown_decision_shares_nothing_out():
    given(three_units())
    when(divide(1_000_00, "share-2027"))
    then_refused("decision.unknown", decision="share-2027")


def test_all_that_was_set_free_can_be_shared_out_and_not_a_fen_more():
    given_a_vote_to_share()
    when(divide(1_000_01))
    then_refused("revenue-distribution.exceeds-authorisation", rules=["FUND-09"], remaining_fen=1_000_00)
    when(divide(400_00))
    then_recorded()
    when(divide(600_01))
    then_refused("revenue-distribution.exceeds-authorisation", rules=["FUND-09"], remaining_fen=600_00)
    when(divide(600_00))
    then_recorded()


def test_a_vote_on_another_fund_sets_no_revenue_free():
    given(fund_opened("public-revenue", fen=9_000_00), three_units())
    given(vote_passed("share-2026", authorises=1_000_00, fund="maintenance"))
    when(divide(1))
    then_refused("revenue-distribution.exceeds-authorisation", rules=["FUND-09"], remaining_fen=0)


def test_there_must_be_somebody_to_share_it():
    given(fund_opened("public-revenue", fen=9_000_00), agreed_to_share(1_000_00))
    when(divide(1_000_00))
    then_refused("revenue-distribution.no-units-in-scope", scope="whole")


def test_a_wrong_list_is_taken_back_and_drawn_up_again():
    given_a_vote_to_share()
    when(divide(1_000_00))
    then_recorded()
    when(ReverseApportionment(number=last_number(), reason="登记面积有误。"))
    then_recorded()
    assert state_of(Distributed, "share-2026").fen == 0
    when(divide(1_000_00))
    then_recorded()


def test_drawing_up_the_list_moves_no_money_and_paying_it_out_takes_what_the_vote_frees():
    given_a_vote_to_share()
    when(divide(1_000_00))
    then_recorded()
    when(spend(1_000_00, "distribution", decision="share-2026", payee="全体业主"))
    then_recorded()
    assert irregularities() == ()
    when(spend(1, "distribution", decision="share-2026", payee="全体业主", spending="s-2"))
    then_refused("revenue-spending.exceeds-authorisation", rules=["FUND-09"], remaining_fen=0)
