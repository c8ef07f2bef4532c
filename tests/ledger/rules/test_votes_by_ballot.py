"""Who may vote, and what the ballots of all of them say together (VOTE-02 to VOTE-11, VOTE-18 to VOTE-20)."""

import hashlib

import pytest

from ledger.actions.community import UnitAreaCorrected
from ledger.actions.decision import Decision
from ledger.actions.vote_result import CloseVote
from ledger.fields import Scope
from ledger.rules.counting import Tally, Voter, by_building
from tests.ledger.asked import open_vote
from tests.ledger.story import (
    Fact,
    Story,
    given,
    state_of,
    story,
    then_recorded,
    then_refused,
    when,
)
from tests.ledger.vote_words import (
    ballots,
    delivered,
    irregularities,
    many,
    register_of,
    rules_adopted,
    unit,
)

BUILDING_3 = Scope(kind="building", id="3")
DOOR_12 = Scope(kind="door", id="12")


@pytest.fixture(autouse=True)
def _telling(a_story: Story) -> None:
    """Every spec here tells a story."""


# -- the roster (VOTE-07, VOTE-08) -----------------------------------------------------------------


def frozen_roster(*units, **question):
    given(*register_of(*units))
    when(open_vote("lift-3", **question))
    then_recorded()
    return state_of(Decision, "lift-3").vote.roster


def heads_and_area(roster):
    return roster.units, roster.heads, roster.area


def test_the_roster_is_frozen_with_units_heads_and_area():
    roster = frozen_roster(unit("3-101", area="91.20"), unit("3-102", area="64.08"))
    assert heads_and_area(roster) == (2, 2, "155.28")
    listed = b'[["3-101",9120,"3"],["3-102",6408,"3"]]'
    assert roster.sha256 == hashlib.sha256(listed).hexdigest()


def test_an_owner_of_several_units_is_one_head():
    roster = frozen_roster(unit("3-101", owner="0417"), unit("3-102", owner="0417"), unit("3-103", owner="9"))
    assert heads_and_area(roster) == (3, 2, "300.00")


def test_what_the_developer_has_not_sold_is_one_head_together():
    roster = frozen_roster(*many(3, held_by="developer"), unit("3-101", owner="0417"), unit("3-102"))
    assert heads_and_area(roster) == (5, 3, "500.00")


def test_the_assemblys_own_rules_may_make_every_unit_a_head():
    given(rules_adopted(("VOTE-08", "several_units", "one-head-each")))
    roster = frozen_roster(
        unit("3-101", owner="0417"), unit("3-102", owner="0417"), *many(2, held_by="developer")
    )
    assert heads_and_area(roster) == (4, 3, "400.00")


def test_only_the_units_of_the_building_or_door_are_on_its_roster():
    units = unit("3-101", door="12"), unit("3-201", door="13"), unit("5-101", building="5")
    given(*register_of(*units))
    found = {}
    for name, scope in [("whole", None), ("building", BUILDING_3), ("door", DOOR_12)]:
        when(open_vote(name, scope=scope))
        then_recorded()
        found[name] = state_of(Decision, name).vote.roster.units
    assert found == {"whole": 3, "building": 2, "door": 1}


def test_a_roster_of_many_units_is_withheld_in_pages():
    roster = frozen_roster(*many(601))
    assert (roster.units, len(roster.pages)) == (601, 3)


@pytest.mark.parametrize("question", [{"roster": "on-paper"}, {"scope": Scope(kind="building", id="5")}])
def test_without_a_complete_register_there_is_no_roster(question):
    assert frozen_roster(unit("3-101"), **question) is None


def test_a_petition_has_a_fifth_of_the_owners_behind_it():
    given(*register_of(*many(11)))
    when(open_vote("lift-3", petition_heads=2))
    assert irregularities() == ("VOTE-15",)
    when(open_vote("lift-4", petition_heads=3))
    assert irregularities() == ()


def test_areas_beyond_all_measure_are_refused_before_they_spoil_the_books():
    given(*register_of(unit("u-1", area="999999999.99"), unit("u-2", area="0.01")))
    when(open_vote("lift-3"))
    then_refused("vote.areas-too-large", area_max="999999999.99")


# -- closing by ballots ----------------------------------------------------------------------------


def closed(units, *facts, said=None, **question):
    """Open on these units, take the ballots, close; what the closing says."""
    given(*register_of(*units))
    when(open_vote("lift-3", **question))
    then_recorded()
    given(*ballots(said or {}), *facts)
    when(CloseVote(decision="lift-3"))
    (recorded,) = story().recorded(story().told())
    return recorded.data


def tally(heads, area):
    return Tally(heads=heads, area=area)


def test_exactly_two_thirds_of_the_ballots_make_a_quorum():
    result = closed(many(9), said={"agree": 4, "disagree": 2})
    assert (result.quorum_met, result.approved) == (True, True)
    assert result.totals.participating == tally(6, "600.00")
    assert (result.totals.agree, result.totals.disagree) == (tally(4, "400.00"), tally(2, "200.00"))


def test_a_hundredth_of_a_square_metre_is_missing_for_the_quorum():
    units = *many(5), unit("u-6", area="99.99"), *(unit(f"u-{n}") for n in (7, 8)), unit("u-9", area="100.01")
    result = closed(units, said={"agree": 6})
    assert (result.quorum_met, result.approved, result.failed_dimensions) == (False, False, ("area",))
    assert result.totals.participating == tally(6, "599.99")


def test_abstentions_and_invalid_ballots_count_as_taking_part_and_never_as_agreeing():
    result = closed(many(6), said={"agree": 3, "abstain": 2, "invalid": 1})
    assert (result.quorum_met, result.approved) == (True, False)
    assert result.failed_dimensions == ("area", "heads")
    assert (result.totals.abstain, result.totals.invalid) == (tally(2, "200.00"), tally(1, "100.00"))


@pytest.mark.parametrize(("agree", "approved"), [(3, True), (2, False)])
def test_the_owners_of_one_building_raise_money_with_three_quarters(agree, approved):
    elsewhere = tuple(unit(f"5-{n}", building="5") for n in range(20))
    result = closed(
        (*many(6), *elsewhere), said={"agree": agree, "disagree": 4 - agree}, matter=6, scope=BUILDING_3
    )
    assert (result.threshold, result.quorum_met, result.approved) == ("partial-special", True, approved)


@pytest.mark.parametrize(("own", "threshold"), [(None, "partial-special"), ("ordinary", "partial-ordinary")])
def test_business_on_a_shared_part_is_special_unless_the_community_says_otherwise(own, threshold):
    if own:
        given(rules_adopted(("VOTE-20", "business_use", own)))
    result = closed(many(3), said={"agree": 2, "disagree": 1}, matter=8, scope=BUILDING_3)
    assert (result.threshold, result.approved) == (threshold, own == "ordinary")


def test_a_head_whose_units_disagree_is_on_neither_side():
    units = unit("u-1", owner="0417"), unit("u-2", owner="0417", area="50.00"), unit("u-3")
    result = closed(units, said={"agree": 1, "disagree": 1})
    assert result.totals.invalid.heads == 1
    assert (result.totals.agree, result.totals.disagree) == (tally(0, "100.00"), tally(0, "50.00"))
    assert result.totals.participating == tally(1, "150.00")


def test_the_developer_has_one_head_whatever_its_units():
    result = closed(
        (*many(4, held_by="developer"), unit("u-5"), unit("u-6")), said={"agree": 4, "disagree": 2}
    )
    assert (result.totals.agree, result.totals.disagree) == (tally(1, "400.00"), tally(2, "200.00"))
    assert result.failed_dimensions == ("heads",)


@pytest.mark.parametrize(
    ("said", "quorum_met", "approved"),
    [({"agree": 5}, True, True), ({"agree": 4}, False, False), ({"agree": 4, "disagree": 1}, True, False)],
)
def test_one_interested_owner_who_does_not_agree_keeps_a_home_a_home(said, quorum_met, approved):
    result = closed(many(5), said=said, matter=9, topic="home-to-business", scope=BUILDING_3)
    assert (result.threshold, result.quorum_met, result.approved) == ("unanimous", quorum_met, approved)


def test_pudongs_consultation_counts_heads_alone():
    given(rules_adopted(packs=("cn-31-pd",)))
    units = unit("u-1"), unit("u-2"), unit("u-3", area="9000.00")
    result = closed(units, said={"agree": 2}, matter=9, topic="substitute-committee")
    assert (result.threshold, result.approved) == ("consultation", True)


def test_unreturned_ballots_are_not_counted_by_default():
    result = closed(many(6), delivered("u-4", "u-5", "u-6"), said={"agree": 2, "disagree": 1})
    assert (result.quorum_met, result.totals.unreturned) == (False, None)


def with_the_majority():
    given(rules_adopted(("VOTE-11", "unreturned", "with-the-majority")))


def test_unreturned_ballots_go_with_the_majority_only_where_delivery_is_proved():
    with_the_majority()
    result = closed(many(6), delivered("u-4"), said={"agree": 2, "disagree": 1})
    assert (result.quorum_met, result.approved) == (True, True)
    assert result.totals.unreturned == tally(1, "100.00")
    assert (result.totals.agree, result.totals.participating) == (tally(3, "300.00"), tally(4, "400.00"))


def test_without_a_majority_in_both_dimensions_unreturned_ballots_are_not_counted():
    with_the_majority()
    result = closed(many(6), delivered("u-3", "u-4", "u-5", "u-6"), said={"agree": 1, "disagree": 1})
    assert (result.quorum_met, result.totals.unreturned) == (False, None)


def test_silence_makes_nobody_agree_to_a_business_in_a_home():
    with_the_majority()
    question = {"matter": 9, "topic": "home-to-business", "scope": BUILDING_3}
    result = closed(many(5), delivered("u-4", "u-5"), said={"agree": 3}, **question)
    assert (result.quorum_met, result.approved, result.totals.unreturned) == (False, False, None)


def test_silence_is_no_answer_to_a_consultation():
    given(rules_adopted(("VOTE-11", "unreturned", "with-the-majority"), packs=("cn-31-pd",)))
    question = {"matter": 9, "topic": "substitute-committee"}
    result = closed(many(3), delivered("u-2", "u-3"), said={"agree": 1}, **question)
    assert (result.quorum_met, result.totals.unreturned) == (False, None)


def test_a_rule_adopted_after_the_vote_opened_changes_nothing():
    given(*register_of(*many(6)))
    when(open_vote("lift-3"))
    then_recorded()
    with_the_majority()
    given(*ballots({"agree": 3}), delivered("u-4", "u-5", "u-6"))
    when(CloseVote(decision="lift-3"))
    (recorded,) = story().recorded(story().told())
    assert (recorded.data.quorum_met, recorded.data.totals.unreturned) == (False, None)


def test_a_unit_that_changes_hands_or_is_measured_anew_stays_on_the_roster_as_it_was():
    given(*register_of(unit("u-1", owner="0417"), unit("u-2", owner="0418"), unit("u-3", owner="0419")))
    when(open_vote("lift-3"))
    then_recorded()
    given(
        Fact(
            UnitAreaCorrected(
                unit="u-1", floor_area="1.00", exclusive_area="1.00", area_basis="surveyed", reason="重测"
            )
        ),
        *ballots({"agree": 2}),
    )
    when(CloseVote(decision="lift-3"))
    (recorded,) = story().recorded(story().told())
    assert recorded.data.totals.agree == tally(2, "200.00")


def test_a_building_is_shown_by_itself_only_with_five_units_taking_part():
    fives = [unit(f"u-{n}", building="3" if n <= 5 else "5") for n in range(1, 11)]
    result = closed(fives, said={"agree": 7, "disagree": 3})
    assert [(one.building, one.units, one.agree, one.disagree) for one in result.by_building] == [
        ("3", 5, 5, 0),
        ("5", 5, 2, 3),
    ]


def test_a_small_building_is_not_given_away_by_subtraction():
    units = [unit(f"u-{n}", building="3" if n <= 5 else "5") for n in range(1, 10)]
    assert closed(units, said={"agree": 9}).by_building == ()


def test_of_more_buildings_than_an_event_holds_none_stands_by_itself():
    voters = [Voter(f"u-{n}", 100, f"{n // 5:064d}", n) for n in range(5 * 301)]
    everybody = {voter.unit: "agree" for voter in voters}
    assert len(by_building(voters[5:], everybody)) == 300
    assert by_building(voters, everybody) == ()
