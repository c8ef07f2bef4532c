"""By which rule packs and own parameters a community lives, from a day on (rules.md 0.3)."""

from datetime import date
from typing import Any

import msgspec
import pytest

from ledger.actions.rules import AdoptRules, Rules, RulesAdopted
from ledger.errors import NotPermitted
from ledger.rules.law import OwnParameter
from ledger.rules.semantics import Ratio
from tests.ledger.story import TODAY, Fact, given, story, then, then_refused, when

NEW_YEAR, SUMMER, AUTUMN = date(2026, 1, 1), date(2026, 7, 1), date(2026, 10, 1)
SEVENTY_OF_A_HUNDRED = OwnParameter(rule="REV-10", name="to_fund_share", value="70/100")
A_FIFTH_AT_FIRST = OwnParameter(rule="FUND-13", name="share_max", value="20/100")


def adopt(*parameters: OwnParameter, packs: tuple[str, ...] = (), starts_on: date = SUMMER) -> AdoptRules:
    return AdoptRules(starts_on=starts_on, packs=packs, parameters=parameters)


def adopted(*parameters: OwnParameter, packs: tuple[str, ...] = (), starts_on: date = SUMMER) -> Fact:
    return Fact(RulesAdopted(starts_on=starts_on, packs=packs, parameters=parameters))


def own(rule: str, name: str, value: int | str) -> OwnParameter:
    return OwnParameter(rule=rule, name=name, value=value)


def law(day: date) -> Any:
    state = story().state(Rules.of())
    assert isinstance(state, Rules)
    return state.law(day)


def test_a_community_adopts_packs_and_its_own_parameters():
    when(adopt(SEVENTY_OF_A_HUNDRED, packs=("cn-31-pd", "dongming")))
    then(adopted(SEVENTY_OF_A_HUNDRED, packs=("cn-31-pd", "dongming")))


@pytest.mark.parametrize("role", ["chair", "secretary", "neighbourhood"])
def test_chair_secretary_and_neighbourhood_may_adopt_rules(role):
    when(adopt(SEVENTY_OF_A_HUNDRED), by=f"the-{role}")
    then(adopted(SEVENTY_OF_A_HUNDRED))


def test_a_property_firm_may_not_change_the_rules_it_is_judged_by():
    when(adopt(SEVENTY_OF_A_HUNDRED), by="the-firm")
    assert isinstance(story().told(), NotPermitted)


# -- what a community may not adopt --------------------------------------------------------------------------


def test_a_pack_that_does_not_exist_cannot_be_adopted():
    when(adopt(packs=("cn-31", "beijing")))
    then_refused(
        "rules.pack-unknown",
        pack="beijing",
        known=["cn", "cn-31", "cn-31-pd", "dongming", "hongkou", "xinzhuang"],
    )


def test_packs_of_two_districts_cannot_be_adopted_together():
    when(adopt(packs=("cn-31-pd", "hongkou")))
    then_refused("rules.packs-of-two-places", one="cn-31-pd", other="hongkou")


def test_one_number_cannot_be_settled_twice():
    when(adopt(A_FIFTH_AT_FIRST, A_FIFTH_AT_FIRST))
    then_refused("rules.parameter-twice", rules=["FUND-13"], parameter="share_max")


def test_a_rule_that_does_not_hold_on_the_first_day_has_no_own_number():
    when(adopt(own("AUD-06", "months_max", 1)))
    then_refused("rules.not-in-force", rules=["AUD-06"], day=SUMMER)


def test_the_same_number_may_be_settled_while_its_rule_holds():
    when(adopt(own("AUD-06", "months_max", 1), starts_on=date(2026, 6, 30)))
    then(adopted(own("AUD-06", "months_max", 1), starts_on=date(2026, 6, 30)))


def test_a_rule_of_a_district_can_be_settled_only_with_its_pack():
    months = own("VOTE-27", "months_max", 6)
    when(adopt(months))
    then_refused("rules.not-in-force", rules=["VOTE-27"])
    when(adopt(months, packs=("cn-31-pd",)))
    then(adopted(months, packs=("cn-31-pd",)))


def test_a_number_the_rule_does_not_have_cannot_be_settled():
    when(adopt(own("FUND-13", "days_max", 3)))
    then_refused("rules.parameter-unknown", rules=["FUND-13"], parameter="days_max")


def test_a_number_must_have_the_form_of_its_rule():
    when(adopt(own("FUND-13", "share_max", "20%")))
    then_refused(
        "rules.parameter-malformed",
        rules=["FUND-13"],
        parameter="share_max",
        reason='must be a share such as "2/3"',
    )


def test_the_thresholds_of_the_civil_code_are_nobodys_to_change():
    when(adopt(own("VOTE-04", "area_share_min", "4/5")))
    then_refused("rules.not-overridable", rules=["VOTE-04"], parameter="area_share_min")


def test_a_covenant_may_be_as_strict_as_the_law_but_not_looser_by_a_hundredth():
    when(adopt(own("FUND-13", "share_max", "30/100")))
    then(adopted(own("FUND-13", "share_max", "30/100")))
    when(adopt(own("FUND-13", "share_max", "31/100"), starts_on=TODAY))
    then_refused("rules.looser-than-the-law", rules=["FUND-13"], parameter="share_max")


def test_what_was_lived_by_until_today_is_not_replaced_for_the_past():
    given(adopted(A_FIFTH_AT_FIRST, starts_on=SUMMER))
    when(adopt(starts_on=date(2026, 11, 19)))
    then_refused("rules.adopted-for-the-past", today=TODAY)
    when(msgspec.structs.replace(adopt(starts_on=date(2026, 11, 19)), occurred_on=date(2026, 11, 18)))
    then_refused("rules.adopted-for-the-past", today=TODAY)
    when(adopt(starts_on=TODAY))
    then(adopted(starts_on=TODAY))


# -- from when on --------------------------------------------------------------------------------------------


def test_what_is_adopted_holds_from_its_day():
    given(adopted(A_FIFTH_AT_FIRST, starts_on=SUMMER))
    assert law(date(2026, 6, 30)).share("FUND-13", "share_max") == Ratio(30, 100)
    assert law(SUMMER).share("FUND-13", "share_max") == Ratio(20, 100)


def test_a_later_adoption_takes_the_place_of_the_whole_earlier_one():
    given(
        adopted(A_FIFTH_AT_FIRST, packs=("dongming",), starts_on=SUMMER),
        adopted(SEVENTY_OF_A_HUNDRED, starts_on=AUTUMN),
    )
    in_summer, in_autumn = law(date(2026, 9, 30)), law(AUTUMN)
    assert (in_summer.is_in_force("FIRM-15"), in_autumn.is_in_force("FIRM-15")) == (True, False)
    assert in_autumn.share("FUND-13", "share_max") == Ratio(30, 100)
    assert in_summer.term("REV-10", "to_fund_share") is None
    assert in_autumn.term("REV-10", "to_fund_share") == Ratio(70, 100)


def test_the_day_decides_and_not_the_order_in_which_adoptions_were_recorded():
    given(
        adopted(SEVENTY_OF_A_HUNDRED, starts_on=AUTUMN),
        adopted(A_FIFTH_AT_FIRST, starts_on=SUMMER),
    )
    assert law(AUTUMN).term("REV-10", "to_fund_share") == Ratio(70, 100)
    assert law(SUMMER).term("REV-10", "to_fund_share") is None


def test_of_two_adoptions_from_one_day_the_one_recorded_later_stands():
    given(adopted(SEVENTY_OF_A_HUNDRED), adopted(A_FIFTH_AT_FIRST))
    assert law(SUMMER).term("REV-10", "to_fund_share") is None
    assert law(SUMMER).share("FUND-13", "share_max") == Ratio(20, 100)


def test_a_community_that_adopted_nothing_lives_by_the_law_of_land_and_city():
    assert {edition.partition("/")[0] for edition in law(NEW_YEAR).editions} == {"cn", "cn-31"}
