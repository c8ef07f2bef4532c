"""The one-off authorisation of a covenant: cases, conditions, amounts, procedure (REV-15)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.revenue_authority import Authority
from tests.ledger.happened import committee_decided, vote_passed, vote_rejected
from tests.ledger.revenue_words import DOOR_12, authorise, authorised, case, irregularities
from tests.ledger.story import given, state_of, then, then_malformed, then_recorded, then_refused, when

AUDIT, INSURANCE = case("bookkeeping-and-audit", 30_000_00), case("house-safety-insurance", 8_000_00)


def test_a_covenant_the_owners_passed_authorises_the_committee_case_by_case():
    given(vote_passed("covenant-2026"))
    when(authorise("standing", AUDIT, INSURANCE))
    then(authorised("standing", AUDIT, INSURANCE))
    assert state_of(Authority, "standing").remaining_fen == {
        "bookkeeping-and-audit": 30_000_00,
        "house-safety-insurance": 8_000_00,
    }


@pytest.mark.parametrize(
    "given_by", [committee_decided("covenant-2026"), vote_rejected("covenant-2026", authorises=1)]
)
def test_only_a_vote_of_the_owners_that_passed_can_authorise(given_by):
    given(given_by)
    when(authorise("standing", AUDIT))
    then_refused("revenue-authority.needs-a-vote", rules=["REV-15"], decision="covenant-2026")


def test_an_authority_the_committee_gave_itself_is_recorded_as_what_it_is():
    given(committee_decided("covenant-2026"))
    when(msgspec.structs.replace(authorise("standing", AUDIT), acknowledge=("REV-15",)))
    then_recorded()
    assert irregularities() == ("REV-15",)


def test_a_decision_nobody_took_authorises_nothing():
    when(authorise("standing", AUDIT))
    then_refused("decision.unknown", decision="covenant-2026")


def test_an_authority_is_recorded_once():
    given(vote_passed("covenant-2026"), authorised("standing", AUDIT))
    when(authorise("standing", AUDIT))
    then_refused("revenue-authority.already-recorded", authority="standing")


def test_a_covenant_authorises_once_and_not_again_under_another_name():
    given(vote_passed("covenant-2026"), authorised("standing", AUDIT))
    when(authorise("standing-2", AUDIT))
    then_refused("revenue-authority.given-already", authority="standing")


def test_the_owners_of_one_door_authorise_nothing_for_all():
    given(vote_passed("covenant-2026", scope=DOOR_12))
    when(authorise("standing", AUDIT))
    then_refused("revenue-authority.needs-a-vote", rules=["REV-15"], decision="covenant-2026")


def test_one_case_has_one_amount():
    given(vote_passed("covenant-2026"))
    when(authorise("standing", AUDIT, case("bookkeeping-and-audit", 1)))
    then_refused("revenue-authority.case-twice")


def test_an_authority_names_its_cases():
    when(authorise("standing"))
    then_malformed("/cases", "field.malformed")


def test_an_authority_does_not_end_before_it_starts():
    given(vote_passed("covenant-2026"))
    when(msgspec.structs.replace(authorise("standing", AUDIT), ends_on=date(2025, 12, 31)))
    then_refused("period.ends-before-it-starts", ends_on=date(2025, 12, 31))
