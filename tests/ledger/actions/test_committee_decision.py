"""The committee decides by the signatures of more than half of all members (COM-08, COM-09)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.committee import SeatEnded
from ledger.actions.decision import Decision
from ledger.fields import Scope
from tests.ledger.asked import decide_in_committee
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    committee_decided,
    committee_seated,
    vote_opened,
)
from tests.ledger.story import Fact, given, state_of, then, then_recorded, then_refused, when
from tests.ledger.vote_words import irregularities, rules_adopted

BUILDING_3 = Scope(kind="building", id="3")


# -- the committee decides (COM-08, COM-09) --------------------------------------------------------


@pytest.mark.parametrize(("seats", "present", "signed"), [(7, 4, 4), (5, 3, 3)])
def test_ex13_more_than_half_of_all_members_signing_is_enough(seats, present, signed):
    when(decide_in_committee("printer", seats=seats, present=present, signed=signed))
    (line,) = then_recorded()
    assert line.kind == "committee-decision.recorded"
    assert state_of(Decision, "printer").passed is True


@pytest.mark.parametrize(("seats", "present", "signed"), [(7, 4, 3), (9, 5, 4)])
def test_ex13_half_of_all_members_signing_or_less_is_too_few(seats, present, signed):
    when(decide_in_committee("printer", seats=seats, present=present, signed=signed))
    then_refused("committee-decision.too-few-signatures", rules=["COM-09"], signed=signed, seats=seats)


def test_ex13_two_of_five_present_are_no_meeting():
    when(decide_in_committee("printer", seats=5, present=2, signed=2))
    then_refused("committee-decision.no-quorum", rules=["COM-08"], present=2, seats=5)


def acknowledging(*rules: str, **of):
    return msgspec.structs.replace(
        decide_in_committee("printer", authorises=2_400_00, **of), acknowledge=rules
    )


@pytest.mark.parametrize(
    ("of", "rules"),
    [
        ({"seats": 7, "present": 4, "signed": 3}, ("COM-09",)),
        ({"seats": 9, "present": 5, "signed": 4}, ("COM-09",)),
        ({"seats": 5, "present": 2, "signed": 2}, ("COM-08", "COM-09")),
        ({"fund": "maintenance"}, ("FUND-09", "VOTE-01")),
    ],
)
def test_ex13_a_decision_that_is_not_valid_is_recorded_as_irregular_and_sets_no_money_free(of, rules):
    when(acknowledging(*rules, **of))
    assert irregularities() == rules
    decision = state_of(Decision, "printer")
    assert (decision.passed, decision.remaining_fen) == (False, 0)


def test_every_rule_that_is_broken_must_be_acknowledged():
    when(acknowledging("COM-08", seats=5, present=2, signed=2))
    then_refused("committee-decision.too-few-signatures", rules=["COM-09"])


def test_nobody_acknowledges_what_is_not_so():
    when(acknowledging("COM-09"))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=["COM-09"])


def test_a_decision_of_a_committee_out_of_office_is_recorded_only_as_irregular():
    given(committee_seated(5, starts_on=SUMMER))
    when(acknowledging("COM-09"))
    assert irregularities() == ("COM-09",)
    assert state_of(Decision, "printer").remaining_fen == 0


@pytest.mark.parametrize(("base", "seats"), [(None, 5), ("elected", 5), ("in-office", 4)])
def test_after_a_vacancy_the_base_is_the_seats_elected_unless_the_community_says_those_in_office(base, seats):
    resigned = SeatEnded(term="term-3", member="委员2", reason="resigned", ended_on=NEW_YEAR)
    given(committee_seated(5), Fact(resigned))
    if base:
        given(rules_adopted(("COM-09", "base", base)))
    when(decide_in_committee("printer", seats=9 - seats, present=4, signed=3))
    then_refused("committee-decision.seats-differ", seats=9 - seats, seated=seats)
    when(decide_in_committee("printer", seats=seats, present=4, signed=3))
    then_recorded()


def left(*members: int, on: date = NEW_YEAR) -> tuple[Fact, ...]:
    return tuple(
        Fact(SeatEnded(term="term-3", member=f"委员{member}", reason="resigned", ended_on=on))
        for member in members
    )


def test_no_more_members_meet_than_have_not_left():
    given(committee_seated(7), *left(2, 3, 4))
    when(decide_in_committee("printer", seats=7, present=5, signed=5))
    then_refused("committee-decision.more-than-in-office", present=5, most=4)
    when(decide_in_committee("printer", seats=7, present=4, signed=4))
    then_recorded()


def test_who_leaves_on_the_day_may_have_met_and_an_alternate_may_have_moved_up():
    given(committee_seated(5, alternates=1), *left(2), *left(3, on=SPRING))
    when(decide_in_committee("printer", present=5, signed=5))
    then_recorded()
    given(*left(4))
    when(decide_in_committee("chairs", present=5, signed=5))
    then_refused("committee-decision.more-than-in-office", present=5, most=4)


def test_exactly_half_present_is_no_meeting():
    when(decide_in_committee("printer", seats=6, present=3, signed=3))
    then_refused("committee-decision.no-quorum", rules=["COM-08"], present=3, seats=6)


def test_exactly_half_of_all_members_signing_is_too_few():
    when(decide_in_committee("printer", seats=6, present=6, signed=3))
    then_refused("committee-decision.too-few-signatures", rules=["COM-09"], signed=3, seats=6)


@pytest.mark.parametrize(("present", "signed"), [(6, 5), (4, 5)])
def test_who_signs_was_present_and_who_is_present_has_a_seat(present, signed):
    when(decide_in_committee("printer", seats=5, present=present, signed=signed))
    then_refused("committee-decision.counts", seats=5, present=present, signed=signed)


def test_the_base_is_the_seats_of_the_committee_in_office():
    given(committee_seated(7))
    when(decide_in_committee("printer", seats=5, present=4, signed=4))
    then_refused("committee-decision.seats-differ", seats=5, seated=7)
    when(decide_in_committee("printer", seats=7, present=4, signed=4))
    then_recorded()


def test_a_day_without_a_committee_in_office_has_no_committee_decision():
    given(committee_seated(5, starts_on=SUMMER))
    when(decide_in_committee("printer", seats=1, present=1, signed=1))
    then_refused("committee.none-in-office", rules=["COM-09"], day=SPRING)


def test_alternates_do_not_count_among_the_seats():
    given(committee_seated(5, alternates=2))
    when(decide_in_committee("printer", seats=5, present=3, signed=3))
    then(committee_decided("printer"))


def test_a_decision_has_its_own_name():
    given(committee_decided("printer"))
    when(decide_in_committee("printer"))
    then_refused("decision.already-exists", decision="printer")


def test_a_vote_and_a_committee_decision_do_not_share_a_name():
    given(vote_opened("printer"))
    when(decide_in_committee("printer"))
    then_refused("decision.already-exists", decision="printer")


def test_the_committee_sets_working_funds_free():
    when(decide_in_committee("printer", authorises=2_400_00))
    then(committee_decided("printer", authorises=2_400_00))
    assert state_of(Decision, "printer").remaining_fen == 2_400_00


def test_the_committee_alone_cannot_touch_the_maintenance_fund():
    when(decide_in_committee("lift-3", authorises=8_000_00, fund="maintenance"))
    then_refused("committee-decision.maintenance-fund-needs-a-vote", rules=["FUND-09", "VOTE-01"])


def test_money_is_set_free_only_for_a_registered_part_of_the_community():
    when(decide_in_committee("printer", authorises=2_400_00, scope=BUILDING_3))
    then_refused("building.unknown", building="3")


def test_a_decision_from_before_the_rules_is_not_judged_by_them():
    asked = decide_in_committee("printer", seats=5, present=2, signed=1)
    when(msgspec.structs.replace(asked, decided_on=date(2011, 3, 31)))
    then_recorded()
    assert state_of(Decision, "printer").passed is True
    when(msgspec.structs.replace(asked, decision="printer-2", decided_on=date(2011, 4, 1)))
    then_refused("committee-decision.no-quorum", rules=["COM-08"])
