"""What holds for every decision, whoever takes it."""

import pytest

from ledger.fields import Scope
from tests.ledger.asked import decide_in_committee, open_vote
from tests.ledger.happened import building_registered, committee_decided, vote_opened
from tests.ledger.project_words import emergency_declared
from tests.ledger.story import given, then_refused, when


def test_a_decision_has_its_own_name_whoever_takes_it():
    given(committee_decided("printer"), vote_opened("lift-3"))
    for name in ("printer", "lift-3"):
        when(decide_in_committee(name))
        then_refused("decision.already-exists", decision=name)
        when(open_vote(name))
        then_refused("decision.already-exists", decision=name)


def test_a_declared_emergency_has_its_name_before_anybody_authorised_it():
    given(emergency_declared())
    when(decide_in_committee("leak-5"))
    then_refused("decision.already-exists", decision="leak-5")
    when(open_vote("leak-5"))
    then_refused("decision.already-exists", decision="leak-5")


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(kind="building"), "scope.id-missing"),
        (Scope(kind="whole", id="3"), "scope.id-without-part"),
        (Scope(kind="building", id="12"), "building.unknown"),
        (Scope(kind="door", id="3"), "door.unknown"),
    ],
)
def test_money_is_set_free_for_a_registered_part_only(scope, code):
    given(building_registered("3", doors=("12",)))
    when(decide_in_committee("printer", authorises=1, scope=scope))
    then_refused(code)
