"""What the law asks before the owners are asked (VOTE-13 to VOTE-19, VOTE-23, VOTE-27)."""

from datetime import date

import pytest

from ledger.actions.decision import Decision
from ledger.fields import Scope
from tests.ledger.asked import open_vote
from tests.ledger.happened import (
    NEW_YEAR,
    building_registered,
    committee_seated,
)
from tests.ledger.story import TODAY, Story, given, state_of, then_recorded, then_refused, when
from tests.ledger.vote_words import (
    irregularities,
    reelection_started,
    rules_adopted,
)

BUILDING_3 = Scope(kind="building", id="3")
DOOR_12 = Scope(kind="door", id="12")


@pytest.fixture(autouse=True)
def _telling(a_story: Story) -> None:
    """Every spec here tells a story."""


# -- what the law asks beforehand (VOTE-13 to VOTE-19, VOTE-23, VOTE-27) ---------------------------


@pytest.mark.parametrize(("opens_on", "broken"), [(date(2026, 1, 16), ()), (date(2026, 1, 15), ("VOTE-13",))])
def test_owners_are_told_fifteen_days_before(opens_on, broken):
    when(open_vote("lift-3", notice_on=NEW_YEAR, opens_on=opens_on))
    assert irregularities() == broken


def test_a_vote_without_notice_and_without_telling_the_offices_is_marked_irregular():
    when(open_vote("lift-3", notice_on=None, notified=("housing-office",)))
    assert irregularities() == ("VOTE-13", "VOTE-14")


@pytest.mark.parametrize(
    "question",
    [
        {"matter": 1},
        {"matter": 2},
        {"matter": 4},
        {"matter": 9, "topic": "fee-adjustment"},
        {"matter": 8, "topic": "facility-conversion"},
        {"matter": 5, "authorises": 1},
        {"matter": 9, "authorises": 1, "fund": "public-revenue"},
    ],
)
def test_the_party_organisation_hears_of_weighty_matters_before_the_owners_are_asked(question):
    for reported in (None, date(2026, 11, 21)):
        when(open_vote("lift-3", **question, reported_to_party_on=reported))
        then_refused("vote.not-reported-to-party", rules=["VOTE-17"])
    when(open_vote("lift-3", **question, reported_to_party_on=TODAY))
    then_recorded()


@pytest.mark.parametrize(
    "question", [{"matter": 3}, {"matter": 6}, {"matter": 9, "authorises": 6_000_00, "fund": "working"}]
)
def test_other_matters_need_no_report(question):
    when(open_vote("stipend", **question, reported_to_party_on=None))
    then_recorded()


def test_no_report_was_due_before_the_rule_was_made():
    when(open_vote("lift-3", matter=4, reported_to_party_on=None, occurred_on=date(2026, 3, 29)))
    then_recorded()
    when(open_vote("lift-4", matter=4, reported_to_party_on=None, occurred_on=date(2026, 3, 30)))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])


def test_the_communitys_own_rules_say_what_sum_is_large():
    given(rules_adopted(("VOTE-17", "large_fen_min", 50_000_00)))
    when(open_vote("bulbs", authorises=49_999_99, reported_to_party_on=None))
    then_recorded()
    when(open_vote("lift-3", authorises=50_000_00, reported_to_party_on=None))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])


def test_before_the_civil_code_there_is_no_threshold_to_judge_by():
    when(open_vote("lift-3", occurred_on=date(2020, 12, 31)))
    then_refused("rules.not-in-force", rules=["VOTE-02"], day=date(2020, 12, 31))
    when(open_vote("lift-3", occurred_on=date(2021, 1, 1)))
    then_recorded()


def test_a_topic_belongs_to_its_matter():
    when(open_vote("fee-2027", matter=8, topic="fee-adjustment"))
    then_refused("vote.matter-does-not-fit-topic", rules=["VOTE-01"], matter=9)


@pytest.mark.parametrize("matter", [1, 2, 3, 4])
def test_what_concerns_all_owners_is_not_for_one_building(matter):
    given(building_registered("3"))
    when(open_vote("firm", matter=matter, scope=BUILDING_3))
    then_refused("vote.matter-of-all-owners", rules=["VOTE-19"], matter=matter)


def test_a_home_becomes_a_business_by_the_voices_of_its_own_building():
    given(building_registered("3", doors=("12",)))
    for scope in (None, DOOR_12):
        when(open_vote("clinic", matter=9, topic="home-to-business", scope=scope))
        then_refused("vote.interested-owners-are-the-building", rules=["VOTE-18"])
    when(open_vote("clinic", matter=9, topic="home-to-business", scope=BUILDING_3))
    then_recorded()
    assert state_of(Decision, "clinic").vote.needs.threshold == "unanimous"


def test_a_substitute_committee_is_asked_for_by_heads_where_pudongs_rules_were_adopted():
    when(open_vote("substitute", matter=9, topic="substitute-committee"))
    then_refused("rules.not-in-force", rules=["VOTE-27"])
    given(rules_adopted(packs=("cn-31-pd",)))
    when(open_vote("substitute", matter=9, topic="substitute-committee"))
    then_recorded()
    assert state_of(Decision, "substitute").vote.needs.participation_area_share is None


MARCH_1, MAY_1 = date(2026, 3, 1), date(2026, 5, 1)


@pytest.mark.parametrize("day", [MARCH_1, date(2026, 4, 30)])
@pytest.mark.parametrize("question", [{"matter": 4}, {"matter": 5}, {"matter": 7}, {"matter": 9}])
def test_while_a_reelection_is_under_way_the_committee_asks_nothing_weighty(day, question):
    given(reelection_started("group-4", on=MARCH_1), committee_seated(term="term-4", starts_on=MAY_1))
    when(open_vote("firm", **question, occurred_on=day))
    then_refused("vote.frozen-by-reelection", rules=["VOTE-23"], group="group-4", created_on=MARCH_1)


@pytest.mark.parametrize("day", [date(2026, 2, 28), MAY_1])
def test_before_the_group_and_from_the_new_committees_first_day_on_it_may_ask(day):
    given(reelection_started("group-4", on=MARCH_1), committee_seated(term="term-4", starts_on=MAY_1))
    when(open_vote("firm", matter=4, occurred_on=day))
    then_recorded()


def test_a_vote_announced_into_the_reelection_is_frozen_too():
    given(reelection_started("group-4", on=MARCH_1))
    when(open_vote("firm", matter=4, occurred_on=date(2026, 2, 28), opens_on=MARCH_1))
    then_refused("vote.frozen-by-reelection", rules=["VOTE-23"], group="group-4")


@pytest.mark.parametrize(
    "question", [{"matter": 1}, {"matter": 3}, {"matter": 5, "covenant_clause": "第十二条"}]
)
def test_the_election_itself_and_what_the_covenant_provides_for_go_on(question):
    given(reelection_started("group-4", on=MARCH_1))
    when(open_vote("election", **question))
    then_recorded()


def test_the_neighbourhood_may_ask_while_the_committee_may_not():
    given(reelection_started("group-4", on=MARCH_1))
    when(open_vote("firm", matter=4), by="the-neighbourhood")
    then_recorded()
