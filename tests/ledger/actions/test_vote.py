"""The owners vote: opened, counted, closed by the law. Exactly two thirds is enough, 0.01 m² less is not."""

from datetime import date

import pytest

from ledger.actions.decision import Decision
from ledger.fields import Scope
from tests.ledger.asked import open_vote
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    vote_opened,
)
from tests.ledger.story import given, state_of, then, then_recorded, then_refused, when

BUILDING_3 = Scope(kind="building", id="3")
DOOR_12 = Scope(kind="door", id="12")
EX2_ROSTER = ("90000.00", 900)
TWO_THIRDS = ("60000.00", 600)


# -- the owners are asked --------------------------------------------------------------------------


def test_a_vote_on_the_maintenance_fund_is_opened():
    when(open_vote("lift-3", authorises=8_000_00))
    then(vote_opened("lift-3", authorises=8_000_00))
    assert state_of(Decision, "lift-3").passed is None
    assert state_of(Decision, "lift-3").remaining_fen == 0


def test_a_vote_has_its_own_name():
    given(committee_decided("lift-3"))
    when(open_vote("lift-3"))
    then_refused("decision.already-exists", decision="lift-3")


def test_a_vote_ends_no_earlier_than_it_begins():
    when(open_vote("lift-3", opens_on=date(2026, 3, 2), closes_on=date(2026, 3, 1)))
    then_refused("period.ends-before-it-starts", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1))
    when(open_vote("lift-3", opens_on=date(2026, 3, 2), closes_on=date(2026, 3, 2)))
    then_recorded()


@pytest.mark.parametrize(
    ("matter", "fund"), [(6, "maintenance"), (9, "maintenance"), (5, "working"), (5, "public-revenue")]
)
def test_use_of_the_fund_is_matter_5_and_nothing_else(matter, fund):
    when(open_vote("lift-3", matter=matter, authorises=8_000_00, fund=fund))
    then_refused("vote.matter-does-not-fit-fund", rules=["FUND-09", "VOTE-01"], fund=fund)


def test_a_vote_may_set_working_funds_free():
    when(open_vote("stipend", matter=9, authorises=6_000_00, fund="working"))
    then(vote_opened("stipend", matter=9, authorises=6_000_00, fund="working"))


def test_the_owners_of_one_building_vote_on_the_money_of_their_building():
    given(building_registered("3", doors=("12",)))
    when(open_vote("lift-3", authorises=8_000_00, scope=BUILDING_3, frees=BUILDING_3))
    then(vote_opened("lift-3", authorises=8_000_00, scope=BUILDING_3))


@pytest.mark.parametrize("frees", [None, Scope(), DOOR_12])
def test_the_owners_of_one_building_cannot_set_other_money_free(frees):
    given(building_registered("3", doors=("12",)))
    when(open_vote("lift-3", authorises=8_000_00, scope=BUILDING_3, frees=frees))
    then_refused("vote.scope-differs", rules=["VOTE-19", "FUND-21"], voting="building-3")


def test_money_is_set_free_only_for_a_registered_part_of_the_community():
    when(open_vote("lift-3", authorises=8_000_00, frees=DOOR_12))
    then_refused("door.unknown", door="12")


def test_all_owners_may_set_the_money_of_one_door_free():
    given(building_registered("3", doors=("12",)))
    when(open_vote("lift-3", authorises=8_000_00, frees=DOOR_12))
    then_recorded()


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(kind="building"), "scope.id-missing"),
        (Scope(kind="whole", id="3"), "scope.id-without-part"),
        (Scope(kind="building", id="12"), "building.unknown"),
        (Scope(kind="door", id="3"), "door.unknown"),
    ],
)
def test_a_scope_names_a_registered_building_or_door(scope, code):
    given(building_registered("3", doors=("12",)))
    when(open_vote("lift-3", scope=scope))
    then_refused(code)
