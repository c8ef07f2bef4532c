"""A member leaves before the term is over (COM-19)."""

from datetime import date

import pytest

from ledger.actions.committee import Committee, SeatEnded
from ledger.actions.seat import EndSeat
from tests.ledger.happened import SPRING, committee_decided, committee_seated, vote_closed, vote_opened
from tests.ledger.story import Fact, given, state_of, then, then_recorded, then_refused, when
from tests.ledger.vote_words import irregularities


def end(member: str = "委员2", **of) -> EndSeat:
    fields = {"term": "term-3", "reason": "resigned", "ended_on": SPRING, **of}
    return EndSeat(member=member, **fields)


def test_a_seat_ends_with_a_resignation():
    given(committee_seated(5))
    when(end())
    then(Fact(SeatEnded(term="term-3", member="委员2", reason="resigned", ended_on=SPRING)))


def test_a_seat_ends_once():
    given(committee_seated(5))
    when(end())
    then_recorded()
    when(end())
    then_refused("seat.not-filled", term="term-3")


def test_only_a_member_of_the_term_leaves():
    given(committee_seated(5))
    when(end("王小二"))
    then_refused("seat.not-filled", term="term-3")
    when(end(term="term-9"))
    then_refused("seat.term-unknown", term="term-9")


def test_a_seat_ends_within_its_term():
    given(committee_seated(5))
    when(end(ended_on=date(2025, 12, 31)))
    then_refused("seat.ends-outside-its-term", starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31))


DISMISSED = vote_opened("dismissal", matter=3), vote_closed("dismissal")


@pytest.mark.parametrize("reason", ["dismissed", "unable"])
def test_the_assembly_dismisses(reason):
    given(committee_seated(5), *DISMISSED)
    when(end(reason=reason, decision="dismissal"))
    assert irregularities() == ()
    assert filled() == 4


@pytest.mark.parametrize(
    ("past", "decision"),
    [
        ((), None),
        ((vote_opened("dismissal", matter=3),), "dismissal"),
        ((vote_opened("lift-3"), vote_closed("lift-3")), "lift-3"),
        ((committee_decided("dismissal"),), "dismissal"),
    ],
)
def test_nobody_else_dismisses_and_who_was_dismissed_by_others_is_still_a_member(past, decision):
    given(committee_seated(5), *past)
    when(end(reason="dismissed", decision=decision))
    then_refused("seat.needs-a-decision", rules=["COM-19"])
    when(end(reason="dismissed", decision=decision, acknowledge=("COM-19",)))
    assert irregularities() == ("COM-19",)
    assert filled() == 5


def test_who_was_dismissed_by_others_can_still_leave():
    given(committee_seated(5))
    when(end(reason="dismissed", acknowledge=("COM-19",)))
    then_recorded()
    when(end(reason="resigned"))
    then_recorded()
    assert filled() == 4


def filled() -> int:
    committee = state_of(Committee)
    return committee.filled(committee.in_office(SPRING), SPRING)
