"""The committee takes office for a term (COM-01, COM-02), and a group prepares the next (VOTE-26)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.committee import Committee, CommitteeSeated, Member, SeatEnded, StartReelection
from ledger.actions.community import LedgerOpened
from tests.ledger.asked import seat_committee
from tests.ledger.happened import NEW_YEAR, committee_seated
from tests.ledger.story import Fact, given, state_of, then, then_recorded, then_refused, when
from tests.ledger.vote_words import irregularities, reelection_started

SUN, ZHOU = Member(name="孙敏", post="chair"), Member(name="周宁")
FIVE = SUN, ZHOU, *(Member(name=name) for name in ("钱立", "吴越", "郑重"))


def test_a_committee_takes_office():
    when(seat_committee(*FIVE))
    then(Fact(CommitteeSeated(term="term-3", starts_on=NEW_YEAR, ends_on=date(2030, 12, 31), members=FIVE)))


def test_a_term_is_entered_once():
    given(committee_seated(term="term-3"))
    when(seat_committee(*FIVE, term="term-3"))
    then_refused("committee.term-taken", term="term-3")


def test_two_terms_do_not_overlap_by_a_day():
    given(committee_seated(term="term-3", ends_on=date(2028, 12, 31)))
    when(seat_committee(*FIVE, term="term-4", starts_on=date(2028, 12, 31)))
    then_refused("committee.terms-overlap", term="term-3", ends_on=date(2028, 12, 31))
    when(seat_committee(*FIVE, term="term-4", starts_on=date(2029, 1, 1), ends_on=date(2033, 12, 31)))
    then(
        Fact(
            CommitteeSeated(
                term="term-4", starts_on=date(2029, 1, 1), ends_on=date(2033, 12, 31), members=FIVE
            )
        )
    )


def test_a_reelection_ends_a_term_early():
    given(committee_seated(term="term-3"), reelection_started("group-4", on=date(2026, 5, 1)))
    early = {"term": "term-4", "ends_on": date(2031, 4, 30)}
    when(seat_committee(*FIVE, **early, starts_on=date(2026, 5, 1)))
    then_refused("committee.terms-overlap", term="term-3", ends_on=date(2030, 12, 31))
    when(seat_committee(*FIVE, **early, starts_on=date(2026, 5, 2)))
    then_recorded()
    committee = state_of(Committee)
    in_office = [committee.in_office(date(2026, 5, day)).term for day in (1, 2)]
    assert in_office == ["term-3", "term-4"]


def test_a_reelection_replaces_no_committee_that_came_after_it():
    given(
        committee_seated(term="term-3", ends_on=date(2028, 12, 31)),
        committee_seated(term="term-4", starts_on=date(2029, 1, 1), ends_on=date(2033, 12, 31)),
        reelection_started("group-5", on=MARCH_1),
    )
    when(seat_committee(*FIVE, term="term-5", starts_on=date(2026, 6, 1), ends_on=date(2030, 6, 1)))
    then_refused("committee.terms-overlap", term="term-4", ends_on=date(2033, 12, 31))


def test_a_committee_has_one_chair():
    when(seat_committee(*FIVE, Member(name="何秀", post="chair")))
    then_refused("committee.one-chair")


def test_a_term_ends_no_earlier_than_it_begins():
    when(seat_committee(*FIVE, starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1)))
    then_refused("period.ends-before-it-starts", starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1))


JUNE_2 = date(2026, 6, 2)


@pytest.mark.parametrize("ends_on", [date(2029, 6, 1), date(2029, 6, 2), date(2031, 6, 1), date(2031, 6, 2)])
def test_a_term_of_three_to_five_years_is_lawful(ends_on):
    when(seat_committee(*FIVE, starts_on=JUNE_2, ends_on=ends_on))
    assert irregularities() == ()


@pytest.mark.parametrize("ends_on", [date(2029, 5, 31), date(2031, 6, 3)])
def test_a_term_a_day_shorter_or_longer_is_recorded_only_as_irregular(ends_on):
    asked = seat_committee(*FIVE, starts_on=JUNE_2, ends_on=ends_on)
    when(asked)
    then_refused("committee.term-length", rules=["COM-02"], fewest=3, most=5)
    when(msgspec.structs.replace(asked, acknowledge=("COM-02",)))
    assert irregularities() == ("COM-02",)


def members(number: int) -> tuple[Member, ...]:
    return tuple(Member(name=f"委员{index}") for index in range(number))


@pytest.mark.parametrize("seats", [5, 7, 11])
def test_five_or_more_seats_in_odd_number_are_lawful(seats):
    when(seat_committee(*members(seats)))
    assert irregularities() == ()


@pytest.mark.parametrize("seats", [4, 6])
def test_an_even_number_of_seats_is_not(seats):
    when(seat_committee(*members(seats)))
    then_refused("committee.seats-even", rules=["COM-01"], seats=seats)


def test_three_seats_are_too_few_where_the_floor_area_is_not_known():
    when(seat_committee(*members(3)))
    then_refused("committee.too-small", rules=["COM-01"], seats=3, fewest=5)


@pytest.mark.parametrize(("area", "lawful"), [("10000.00", True), ("10000.01", False)])
def test_three_seats_are_enough_up_to_ten_thousand_square_metres(area, lawful):
    given(Fact(LedgerOpened(of="community", name="梧桐里", total_floor_area=area)))
    when(seat_committee(*members(3)))
    if lawful:
        then_recorded()
    else:
        then_refused("committee.too-small", rules=["COM-01"], fewest=5)


def test_alternates_do_not_make_a_committee_larger():
    when(seat_committee(*members(4), Member(name="候补", post="alternate")))
    then_refused("committee.seats-even", rules=["COM-01"], seats=4)


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


def test_a_seat_that_ended_is_no_longer_filled_from_that_day_on():
    given(committee_seated(5, alternates=1), *(ended(name, date(2026, 5, 1)) for name in ("委员2", "委员6")))
    committee = state_of(Committee)
    term = committee.in_office(NEW_YEAR)
    assert [committee.filled(term, date(2026, *day)) for day in [(4, 30), (5, 1)]] == [5, 4]


def ended(member: str, day: date) -> Fact:
    return Fact(SeatEnded(term="term-3", member=member, reason="resigned", ended_on=day))


# -- re-election (VOTE-26) -------------------------------------------------------------------------

MARCH_1 = date(2026, 3, 1)


def start(group: str = "group-4", *, on: date = MARCH_1, **of) -> StartReelection:
    return StartReelection(group=group, created_on=on, **{"members": 7, "owners": 4, **of})


def test_the_group_that_prepares_the_next_committee_is_formed():
    when(start())
    then(reelection_started("group-4", on=MARCH_1))


@pytest.mark.parametrize(
    ("of", "code"),
    [
        ({"members": 8, "owners": 4}, "reelection.members-even"),
        ({"members": 7, "owners": 3}, "reelection.too-few-owners"),
        ({"chaired_by": "neighbourhood"}, "reelection.not-chaired-by-the-street"),
    ],
)
def test_a_group_that_is_not_as_the_law_says_is_recorded_only_as_irregular(of, code):
    when(start(**of))
    then_refused(code, rules=["VOTE-26"])
    when(start(**of, acknowledge=("VOTE-26",)))
    assert irregularities() == ("VOTE-26",)


def test_a_group_has_no_more_owners_than_members():
    when(start(members=7, owners=8))
    then_refused("reelection.counts", members=7, owners=8)


def test_one_reelection_is_under_way_at_a_time():
    given(reelection_started("group-4", on=MARCH_1))
    when(start("group-4"))
    then_refused("reelection.group-taken", group="group-4")
    when(start("group-5", on=date(2026, 4, 1)))
    then_refused("reelection.under-way", group="group-4", created_on=MARCH_1)
    given(committee_seated(term="term-4", starts_on=date(2026, 5, 1)))
    when(start("group-5", on=date(2026, 6, 1)))
    then_recorded()


def test_a_reelection_is_under_way_until_the_next_committee_sits():
    given(
        committee_seated(term="term-3", ends_on=date(2026, 4, 30)),
        reelection_started("group-4", on=MARCH_1),
        committee_seated(term="term-4", starts_on=date(2026, 5, 1)),
    )
    committee = state_of(Committee)
    days = date(2026, 2, 28), MARCH_1, date(2026, 4, 30), date(2026, 5, 1)
    assert [committee.reelection_on(day) is not None for day in days] == [False, True, True, False]
