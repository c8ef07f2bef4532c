"""A member leaves before the term is over (COM-19)."""

from datetime import date

import pytest

from ledger.actions.committee import SeatEnded
from ledger.actions.seat import EndSeat
from tests.ledger.happened import SPRING, committee_decided, committee_seated, vote_closed, vote_opened
from tests.ledger.story import Fact, given, then, then_recorded, then_refused, when
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


@pytest.mark.parametrize(
    ("past", "decision", "broken"),
    [
        (DISMISSED, "dismissal", ()),
        ((), None, ("COM-19",)),
        ((vote_opened("dismissal", matter=3),), "dismissal", ("COM-19",)),
        ((vote_opened("lift-3"), vote_closed("lift-3")), "lift-3", ("COM-19",)),
        ((committee_decided("dismissal"),), "dismissal", ("COM-19",)),
    ],
)
def test_the_assembly_alone_dismisses(past, decision, broken):
    given(committee_seated(5), *past)
    when(end(reason="dismissed", decision=decision))
    assert irregularities() == broken
