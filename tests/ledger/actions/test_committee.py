"""The committee takes office for a term (COM-01, COM-02)."""

from datetime import date

from ledger.actions.committee import Committee, CommitteeSeated, Member
from tests.ledger.asked import seat_committee
from tests.ledger.happened import NEW_YEAR, committee_seated
from tests.ledger.story import Fact, given, state_of, then, then_refused, when

SUN, ZHOU = Member(name="孙敏", post="chair"), Member(name="周宁")


def test_a_committee_takes_office():
    when(seat_committee(SUN, ZHOU))
    then(
        Fact(
            CommitteeSeated(
                term="term-3", starts_on=NEW_YEAR, ends_on=date(2030, 12, 31), members=(SUN, ZHOU)
            )
        )
    )


def test_a_term_is_entered_once():
    given(committee_seated(term="term-3"))
    when(seat_committee(SUN, term="term-3"))
    then_refused("committee.term-taken", term="term-3")


def test_two_terms_do_not_overlap_by_a_day():
    given(committee_seated(term="term-3", ends_on=date(2028, 12, 31)))
    when(seat_committee(SUN, term="term-4", starts_on=date(2028, 12, 31)))
    then_refused("committee.terms-overlap", term="term-3", ends_on=date(2028, 12, 31))
    when(seat_committee(SUN, term="term-4", starts_on=date(2029, 1, 1)))
    then(
        Fact(
            CommitteeSeated(
                term="term-4", starts_on=date(2029, 1, 1), ends_on=date(2030, 12, 31), members=(SUN,)
            )
        )
    )


def test_a_committee_has_one_chair():
    when(seat_committee(SUN, Member(name="周宁", post="chair")))
    then_refused("committee.one-chair")


def test_a_term_ends_no_earlier_than_it_begins():
    when(seat_committee(SUN, starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1)))
    then_refused("period.ends-before-it-starts", starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1))
    when(seat_committee(SUN, starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 2)))
    then(
        Fact(
            CommitteeSeated(
                term="term-3", starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 2), members=(SUN,)
            )
        )
    )


def test_the_committee_in_office_is_the_one_whose_term_holds_the_day():
    given(
        committee_seated(term="term-2", starts_on=date(2021, 3, 1), ends_on=date(2026, 2, 28)),
        committee_seated(term="term-3", starts_on=date(2026, 3, 1), ends_on=date(2031, 2, 28)),
    )
    committee = state_of(Committee)
    assert committee.in_office(date(2021, 2, 28)) is None
    assert committee.in_office(date(2026, 2, 28)).term == "term-2"
    assert committee.in_office(date(2026, 3, 1)).term == "term-3"
    assert committee.in_office(date(2031, 3, 1)) is None


def test_of_two_committees_whose_terms_meet_the_later_is_in_office():
    given(committee_seated(term="term-2"), committee_seated(term="term-3"))
    assert state_of(Committee).in_office(NEW_YEAR).term == "term-3"


def test_alternates_have_no_seat():
    assert committee_seated(seats=5, alternates=2).event.seats == 5
