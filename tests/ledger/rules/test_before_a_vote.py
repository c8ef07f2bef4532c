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
    vote_closed,
    vote_opened,
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

FROM_TODAY = {"opens_on": TODAY, "closes_on": date(2026, 12, 20), "notice_on": date(2026, 11, 5)}


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
    ],
)
def test_the_party_organisation_hears_of_weighty_matters_before_the_owners_are_asked(question):
    for reported in (None, date(2026, 11, 21)):
        when(open_vote("lift-3", **question, **FROM_TODAY, reported_to_party_on=reported))
        then_refused("vote.not-reported-to-party", rules=["VOTE-17"])
    when(open_vote("lift-3", **question, **FROM_TODAY, reported_to_party_on=TODAY))
    then_recorded()


def test_a_report_after_the_owners_were_asked_is_none():
    opened = {"matter": 4, "opens_on": date(2026, 4, 1), "closes_on": date(2026, 5, 1)}
    when(open_vote("firm", **opened, reported_to_party_on=date(2026, 4, 2)))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])
    when(open_vote("firm", **opened, reported_to_party_on=date(2026, 4, 1)))
    then_recorded()


def test_a_report_that_is_still_to_come_is_none():
    opened = {"matter": 4, "opens_on": date(2026, 12, 20), "closes_on": date(2026, 12, 31)}
    when(open_vote("firm", **opened, reported_to_party_on=date(2026, 11, 21)))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])


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


def test_a_vote_dated_back_is_judged_by_the_day_on_which_it_opens():
    asked = open_vote(
        "firm", matter=4, **FROM_TODAY, occurred_on=date(2026, 3, 29), reported_to_party_on=None
    )
    when(asked)
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])


def test_the_communitys_own_rules_say_what_sum_is_large():
    given(rules_adopted(("VOTE-17", "large_fen_min", 50_000_00)))
    when(open_vote("bulbs", authorises=49_999_99, reported_to_party_on=None))
    then_recorded()
    when(open_vote("lift-3", authorises=50_000_00, reported_to_party_on=None))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])
    when(open_vote("green", matter=9, fund="public-revenue", authorises=50_000_00, reported_to_party_on=None))
    then_refused("vote.not-reported-to-party", rules=["VOTE-17"])


@pytest.mark.parametrize("question", [{}, {"matter": 9, "fund": "public-revenue"}])
def test_while_nobody_said_what_sum_is_large_money_without_a_report_is_marked(question):
    when(open_vote("lift-3", **question, authorises=1, reported_to_party_on=None))
    assert irregularities() == ("VOTE-17",)
    when(open_vote("lift-4", **question, authorises=1))
    assert irregularities() == ()


def test_before_the_civil_code_there_is_no_threshold_to_judge_by():
    last_day, first_day = date(2020, 12, 31), date(2021, 1, 1)
    when(open_vote("lift-3", opens_on=last_day, occurred_on=last_day))
    then_refused("rules.not-in-force", rules=["VOTE-02"], day=last_day)
    when(open_vote("lift-3", opens_on=first_day, occurred_on=last_day))
    then_recorded()


def test_a_topic_belongs_to_its_matter():
    when(open_vote("fee-2027", matter=8, topic="fee-adjustment"))
    then_refused("vote.matter-does-not-fit-topic", rules=["VOTE-01"], matter=9)


@pytest.mark.parametrize("matter", [1, 2, 3, 4])
def test_what_concerns_all_owners_is_not_for_one_building(matter):
    given(building_registered("3"))
    when(open_vote("firm", matter=matter, scope=BUILDING_3))
    then_refused("vote.matter-of-all-owners", rules=["VOTE-19"], matter=matter)


@pytest.mark.parametrize(
    ("topic", "matter"),
    [
        ("self-management", 9),
        ("management-area", 9),
        ("substitute-committee", 9),
        ("committee-authorisation", 8),
        ("parking-charges", 8),
    ],
)
def test_some_topics_concern_all_owners_whatever_their_matter(topic, matter):
    given(building_registered("3"), rules_adopted(packs=("cn-31-pd",)))
    when(open_vote("firm", matter=matter, topic=topic, scope=BUILDING_3))
    then_refused("vote.topic-of-all-owners", rules=["VOTE-19"])


def test_a_consultation_by_heads_alone_frees_no_money():
    given(rules_adopted(packs=("cn-31-pd",)))
    asked = {"matter": 9, "topic": "substitute-committee", "fund": "public-revenue", "authorises": 1}
    when(open_vote("substitute", **asked))
    then_refused("vote.consultation-frees-no-money", rules=["VOTE-27"])


@pytest.mark.parametrize("fund", ["public-revenue", "working"])
def test_other_funds_are_not_freed_in_passing(fund):
    for matter in (1, 2, 3, 4, 6):
        when(open_vote("election", matter=matter, fund=fund, authorises=1))
        then_refused("vote.matter-does-not-fit-fund", rules=["FUND-09", "VOTE-01"], fund=fund)
    for matter in (7, 8, 9):
        when(open_vote(f"works-{matter}", matter=matter, fund=fund, authorises=1))
        then_recorded()


# -- parking on common land (VOTE-28) --------------------------------------------------------------


def asks_about_charges(name, matter):
    when(open_vote(name, matter=matter, topic="parking-charges"))


def test_charges_for_parking_are_introduced_by_three_quarters_and_changed_by_half():
    asks_about_charges("parking", 9)
    then_refused("vote.matter-does-not-fit-topic", rules=["VOTE-01"], matter=8)
    asks_about_charges("parking", 8)
    then_recorded()
    needs = state_of(Decision, "parking").vote.needs
    assert (needs.threshold, needs.rules) == ("special", ("VOTE-02", "VOTE-04", "VOTE-28"))
    given(vote_closed("parking", topic="parking-charges"))
    asks_about_charges("parking-2027", 8)
    then_refused("vote.matter-does-not-fit-topic", rules=["VOTE-01"], matter=9)
    asks_about_charges("parking-2027", 9)
    then_recorded()
    assert state_of(Decision, "parking-2027").vote.needs.threshold == "ordinary"


@pytest.mark.parametrize("closed", [{"approved": False, "topic": "parking-charges"}, {"approved": True}])
def test_a_vote_that_failed_or_was_about_something_else_introduces_no_charges(closed):
    given(vote_opened("parking", matter=8), vote_closed("parking", **closed))
    asks_about_charges("parking-2027", 9)
    then_refused("vote.matter-does-not-fit-topic", rules=["VOTE-01"], matter=8)


@pytest.mark.parametrize(
    ("name", "past", "matter"),
    [
        ("threshold_class", (), 9),
        ("later_threshold_class", (vote_closed("parking", topic="parking-charges"),), 8),
    ],
)
def test_a_community_may_settle_the_class_itself(name, past, matter):
    given(rules_adopted(("VOTE-28", name, "special" if matter == 8 else "ordinary")), *past)
    asks_about_charges("parking-2027", matter)
    then_recorded()


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
