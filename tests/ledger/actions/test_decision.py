"""What holds for every decision, and which decisions let a business onto a roof (VOTE-21)."""

import pytest

from ledger.actions.decision import Decision, lacking_consents
from ledger.fields import Scope
from tests.ledger.asked import decide_in_committee, open_vote
from tests.ledger.happened import building_registered, committee_decided, vote_closed, vote_opened
from tests.ledger.story import given, state_of, then_refused, when

WHOLE, BUILDING_3, BUILDING_5 = Scope(), Scope(kind="building", id="3"), Scope(kind="building", id="5")


def test_a_decision_has_its_own_name_whoever_takes_it():
    given(committee_decided("printer"), vote_opened("lift-3"))
    for name in ("printer", "lift-3"):
        when(decide_in_committee(name))
        then_refused("decision.already-exists", decision=name)
        when(open_vote(name))
        then_refused("decision.already-exists", decision=name)


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


# -- two consents to a business on an outer wall or roof (VOTE-21) ---------------------------------


def consents(*names):
    return [state_of(Decision, name) for name in names]


def passed(name, *, matter=8, scope=None, **of):
    return vote_opened(name, matter=matter, scope=scope, **of), vote_closed(name)


def test_the_sharing_owners_consent_and_then_the_assembly():
    given(*passed("roof", scope=BUILDING_3), *passed("everybody"))
    assert lacking_consents(BUILDING_3, consents()) == ("sharing-owners", "assembly")
    assert lacking_consents(BUILDING_3, consents("roof")) == ("assembly",)
    assert lacking_consents(BUILDING_3, consents("everybody")) == ("sharing-owners",)
    assert lacking_consents(BUILDING_3, consents("roof", "everybody")) == ()


def test_the_consent_of_another_building_is_none():
    given(*passed("roof", scope=BUILDING_5), *passed("everybody"))
    assert lacking_consents(BUILDING_3, consents("roof", "everybody")) == ("sharing-owners",)


def test_a_vote_on_another_matter_or_one_that_failed_or_runs_is_no_consent():
    given(*passed("repair", matter=5, scope=BUILDING_3), vote_opened("runs", matter=8, scope=BUILDING_3))
    given(vote_opened("failed", matter=8, scope=BUILDING_3), vote_closed("failed", approved=False))
    found = lacking_consents(BUILDING_3, consents("repair", "runs", "failed"))
    assert found == ("sharing-owners", "assembly")


def test_the_committee_consents_where_the_assembly_authorised_it():
    given(*passed("roof", scope=BUILDING_3), committee_decided("lease"))
    assert lacking_consents(BUILDING_3, consents("roof", "lease")) == ("assembly",)
    given(*passed("authorised", topic="committee-authorisation"))
    assert lacking_consents(BUILDING_3, consents("roof", "lease", "authorised")) == ()
    assert lacking_consents(BUILDING_3, consents("roof", "authorised")) == ("assembly",)


def test_the_roof_of_all_needs_the_assembly_once():
    given(*passed("everybody"))
    assert lacking_consents(WHOLE, consents("everybody")) == ()
    assert lacking_consents(WHOLE, consents()) == ("assembly",)
