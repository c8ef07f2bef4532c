"""Which decisions let a business onto a roof or an outer wall: two consents are needed (VOTE-21)."""

from ledger.actions.consent import lacking_consents
from ledger.actions.decision import Decision
from ledger.fields import Scope
from tests.ledger.happened import committee_decided, vote_closed, vote_opened
from tests.ledger.story import given, state_of

WHOLE, BUILDING_3, BUILDING_5 = Scope(), Scope(kind="building", id="3"), Scope(kind="building", id="5")


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


def test_one_building_does_not_authorise_the_committee_for_all():
    given(*passed("roof", scope=BUILDING_3), committee_decided("lease"))
    given(*passed("authorised", topic="committee-authorisation", scope=BUILDING_3))
    assert lacking_consents(BUILDING_3, consents("roof", "lease", "authorised")) == ("assembly",)
