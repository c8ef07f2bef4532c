"""The owners' answer: counted, judged, closed. Exactly two thirds is enough, 0.01 m² less is not."""

from datetime import date

import pytest

from ledger.actions.decision import Decision
from ledger.actions.vote import OpenVote
from ledger.actions.vote_result import CloseVote
from tests.ledger.asked import count_vote, open_vote
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    committee_decided,
    money,
    needed,
    units_registered,
    vote_closed,
    vote_counted,
    vote_opened,
    vote_passed,
)
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when
from tests.ledger.vote_words import (
    ballot,
    ballots,
    cast,
    deliver,
    delivered,
    many,
    register_of,
    rules_adopted,
    unit,
)

EX2_ROSTER = ("90000.00", 900)
TWO_THIRDS = ("60000.00", 600)


# -- the count -------------------------------------------------------------------------------------


def test_a_count_is_recorded_from_the_closing_day_on():
    given(vote_opened("lift-3", closes_on=SPRING))
    when(count_vote("lift-3"), on=date(2026, 3, 19))
    then_refused("vote.not-over", closes_on=SPRING)
    when(count_vote("lift-3"), on=SPRING)
    then(vote_counted("lift-3"))


def test_only_a_vote_is_counted():
    given(committee_decided("printer"))
    when(count_vote("printer"))
    then_refused("vote.unknown", decision="printer")
    when(count_vote("never-opened"))
    then_refused("vote.unknown", decision="never-opened")


def test_a_recount_replaces_the_count_until_the_vote_is_closed():
    given(vote_opened("lift-3"), vote_counted("lift-3", agree=("20500.00", 230)))
    when(count_vote("lift-3", agree=("22000.00", 230)))
    then(vote_counted("lift-3", agree=("22000.00", 230)))
    when(CloseVote(decision="lift-3"))
    then(vote_closed("lift-3", approved=True))
    when(count_vote("lift-3"))
    then_refused("vote.already-closed", decision="lift-3")


@pytest.mark.parametrize(
    "count",
    [
        {"participating": ("60000.01", 600), "agree": ("1.00", 1)},
        {"participating": ("60000.00", 601), "agree": ("1.00", 1)},
        {"agree": ("42000.01", 1)},
        {"agree": ("1.00", 421)},
        {"agree": ("40000.00", 400), "disagree": ("2000.01", 20)},
        {"agree": ("40000.00", 400), "disagree": ("2000.00", 21)},
    ],
)
def test_a_count_that_cannot_be_is_refused(count):
    given(vote_opened("lift-3"))
    when(count_vote("lift-3", **count))
    then_refused("vote-result.counts")


def test_who_agrees_and_who_disagrees_may_make_all_who_took_part():
    given(vote_opened("lift-3"))
    when(count_vote("lift-3", agree=("40000.00", 400), disagree=("2000.00", 20)))
    then(vote_counted("lift-3", agree=("40000.00", 400), disagree=("2000.00", 20)))


@pytest.mark.parametrize("roster", [("0.00", 600), ("60000.00", 0), ("0.00", 0)])
def test_a_vote_without_owners_has_no_result(roster):
    given(vote_opened("lift-3"))
    nobody = ("0.00", 0)
    when(count_vote("lift-3", roster=roster, participating=nobody, agree=nobody))
    then_refused("vote-result.empty-roster")


# -- what the count means (VOTE-02 to VOTE-05) -----------------------------------------------------


def closing(matter, **count):
    given(vote_opened("base-station", matter=matter), vote_counted("base-station", **count))
    when(CloseVote(decision="base-station"))


def test_ex1_passes_by_heads_and_fails_by_area():
    given(
        vote_opened("lift-3", matter=5, authorises=8_000_00),
        vote_counted(
            "lift-3", roster=("60000.00", 600), participating=("42000.00", 420), agree=("20500.00", 230)
        ),
    )
    when(CloseVote(decision="lift-3"))
    then(
        vote_closed(
            "lift-3", approved=False, failed_dimensions=("area",), authorises=money("maintenance", 8_000_00)
        )
    )
    assert state_of(Decision, "lift-3").remaining_fen == 0


def test_ex2a_exactly_two_thirds_taking_part_and_exactly_three_quarters_agreeing_is_enough():
    closing(8, roster=EX2_ROSTER, participating=TWO_THIRDS, agree=("45000.00", 450))
    then(vote_closed("base-station", threshold="special", approved=True))


def test_ex2b_a_hundredth_of_a_square_metre_below_three_quarters_is_not_enough():
    closing(8, roster=EX2_ROSTER, participating=TWO_THIRDS, agree=("44999.99", 450))
    then(vote_closed("base-station", threshold="special", approved=False, failed_dimensions=("area",)))


def test_ex2c_a_hundredth_of_a_square_metre_below_two_thirds_is_no_result_even_when_all_agree():
    closing(8, roster=EX2_ROSTER, participating=("59999.99", 600), agree=("59999.99", 600))
    then(
        vote_closed(
            "base-station",
            threshold="special",
            quorum_met=False,
            approved=False,
            failed_dimensions=("area",),
        )
    )


def test_ex2d_exactly_half_is_not_more_than_half():
    closing(9, roster=EX2_ROSTER, participating=TWO_THIRDS, agree=("30000.00", 300))
    then(vote_closed("base-station", approved=False, failed_dimensions=("area", "heads")))


def test_ex2e_one_head_and_a_hundredth_of_a_square_metre_above_half_is_enough():
    closing(9, roster=EX2_ROSTER, participating=TWO_THIRDS, agree=("30000.01", 301))
    then(vote_closed("base-station", approved=True))


def test_one_head_below_two_thirds_is_no_result():
    closing(9, roster=EX2_ROSTER, participating=("90000.00", 599), agree=("90000.00", 599))
    then(vote_closed("base-station", quorum_met=False, approved=False, failed_dimensions=("heads",)))


@pytest.mark.parametrize("matter", [1, 2, 3, 4, 5, 9])
def test_ordinary_matters_need_more_than_half(matter):
    closing(matter, participating=TWO_THIRDS, agree=("30000.01", 301))
    then(vote_closed("base-station", threshold="ordinary", approved=True))


@pytest.mark.parametrize("matter", [6, 7, 8])
def test_special_matters_need_three_quarters(matter):
    closing(matter, participating=TWO_THIRDS, agree=("44999.99", 449))
    then(
        vote_closed("base-station", threshold="special", approved=False, failed_dimensions=("area", "heads"))
    )


@pytest.mark.parametrize("topic", ["self-management", "management-area"])
@pytest.mark.parametrize(
    ("participating", "agree", "quorum_met", "approved", "failed"),
    [
        (TWO_THIRDS, ("30000.01", 301), True, True, ()),
        (TWO_THIRDS, ("30000.00", 301), True, False, ("area",)),
        (TWO_THIRDS, ("30000.01", 300), True, False, ("heads",)),
        (("59999.99", 600), ("59999.99", 600), False, False, ("area",)),
    ],
)
def test_vote_22_self_management_and_another_area_need_over_half_of_two_thirds(
    topic, participating, agree, quorum_met, approved, failed
):
    given(
        vote_opened("base-station", matter=9, topic=topic),
        vote_counted("base-station", roster=EX2_ROSTER, participating=participating, agree=agree),
    )
    assert needed(9, topic=topic).rules == ("VOTE-22",)
    when(CloseVote(decision="base-station"))
    found = {"quorum_met": quorum_met, "approved": approved, "failed_dimensions": failed, "topic": topic}
    then(vote_closed("base-station", **found))


def test_a_vote_is_closed_only_once_it_was_counted():
    given(vote_opened("lift-3"))
    when(CloseVote(decision="lift-3"))
    then_refused("vote.not-counted")


def test_a_vote_is_not_closed_before_its_last_day():
    given(vote_opened("lift-3", closes_on=SPRING), vote_counted("lift-3"))
    when(CloseVote(decision="lift-3", occurred_on=date(2026, 3, 19)))
    then_refused("vote.not-over", closes_on=SPRING)
    when(CloseVote(decision="lift-3", occurred_on=SPRING))
    then(vote_closed("lift-3"))


def test_a_vote_is_closed_once():
    given(*vote_passed("lift-3"))
    when(CloseVote(decision="lift-3"))
    then_refused("vote.already-closed", decision="lift-3")


def test_a_vote_nobody_opened_cannot_be_closed():
    when(CloseVote(decision="lift-3"))
    then_refused("vote.unknown", decision="lift-3")


def test_money_is_free_once_the_vote_has_passed():
    given(vote_opened("lift-3", authorises=8_000_00), vote_counted("lift-3"))
    when(CloseVote(decision="lift-3"))
    then(vote_closed("lift-3", authorises=money("maintenance", 8_000_00)))
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00


# -- by hand or by ballots -------------------------------------------------------------------------


def test_a_count_by_hand_agrees_with_the_roster():
    given(*register_of(*many(3)))
    when(open_vote("lift-3", roster="register"))
    then_recorded()
    for roster in [("300.01", 3), ("300.00", 4)]:
        when(count_vote("lift-3", roster=roster, participating=("300.00", 3), agree=("300.00", 3)))
        then_refused("vote-result.roster-differs", heads=3, area="300.00")
    when(count_vote("lift-3", roster=("300.00", 3), participating=("300.00", 3), agree=("300.00", 3)))
    then_recorded()


def test_ex1_is_counted_through_the_fixed_interface_whether_few_units_or_none_are_registered():
    for past in ((), register_of(*many(3))):
        given(*past)
        name = f"ex1-{len(past)}"
        when(OpenVote(decision=name, title="路灯", matter=5, opens_on=NEW_YEAR, closes_on=SPRING))
        then_recorded()
        when(count_vote(name, agree=("20500.00", 230)))
        then_recorded()
        when(CloseVote(decision=name))
        then(vote_closed(name, approved=False, failed_dimensions=("area",)))


@pytest.mark.parametrize("roster", [("299.99", 3), ("300.00", 2)])
def test_a_count_by_hand_leaves_out_nobody_who_is_registered(roster):
    given(*register_of(*many(3)))
    when(open_vote("lift-3"))
    then_recorded()
    when(count_vote("lift-3", roster=roster, participating=("1.00", 1), agree=("1.00", 1)))
    then_refused("vote-result.roster-below-register", heads=3, area="300.00")
    when(count_vote("lift-3", roster=("300.00", 3), participating=("1.00", 1), agree=("1.00", 1)))
    then_recorded()


def test_a_roster_on_paper_has_at_least_the_area_that_is_registered():
    given(*register_of(*many(3)))
    when(open_vote("lift-3", roster="on-paper"))
    then_recorded()
    given(units_registered(unit("u-4")))
    when(count_vote("lift-3", roster=("299.99", 1), participating=("1.00", 1), agree=("1.00", 1)))
    then_refused("vote-result.roster-below-register", heads=0, area="300.00")
    when(count_vote("lift-3", roster=("300.00", 1), participating=("1.00", 1), agree=("1.00", 1)))
    then_recorded()


def test_a_vote_is_counted_by_hand_or_by_ballots_and_never_both():
    given(*register_of(*many(3)))
    when(open_vote("lift-3"))
    then_recorded()
    given(ballot("u-1"))
    when(count_vote("lift-3", roster=("300.00", 3)))
    then_refused("vote-result.ballots-were-cast", ballots=1)


def test_who_counted_by_hand_does_not_close():
    given(vote_opened("lift-3"), vote_counted("lift-3"))
    when(CloseVote(decision="lift-3"), by="the-secretary")
    then_refused("vote.same-person")
    when(CloseVote(decision="lift-3"), by="the-neighbourhood")
    then(vote_closed("lift-3"))


@pytest.mark.parametrize("entered", [cast("u-1"), deliver("u-2")])
def test_who_entered_a_ballot_or_a_delivery_does_not_close(entered):
    given(*register_of(*many(2)))
    when(open_vote("lift-3"))
    then_recorded()
    given(ballot("u-2"))
    when(entered, by="the-neighbourhood")
    then_recorded()
    for counting in ("the-neighbourhood", "the-secretary"):
        when(CloseVote(decision="lift-3"), by=counting)
        then_refused("vote.same-person")
    when(CloseVote(decision="lift-3"), by="the-chair")
    then_recorded()


def erase(name: str) -> None:
    """What erasing a person leaves in the vault: nothing."""
    story().vault.forget(f"wutongli/{name}")


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("unit/u-1", "vote.ballot-erased"),
        ("roster/lift-3", "vote.roster-erased"),
        ("unit/u-4", "vote.delivery-erased"),
    ],
)
def test_a_vote_that_can_no_longer_be_counted_is_not_closed_with_wrong_totals(gone, code):
    given(rules_adopted(("VOTE-11", "unreturned", "with-the-majority")))
    given(*register_of(*many(4)))
    when(open_vote("lift-3"))
    then_recorded()
    given(*ballots({"agree": 3}), delivered("u-4"))
    erase(gone)
    when(CloseVote(decision="lift-3"))
    then_refused(code)
