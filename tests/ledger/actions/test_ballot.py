"""Ballots: one counts for each unit, on paper or online; nobody can read off the books how anybody voted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from ledger.actions.ballot import Ballots, ConflictingBallotKept, ProxyGiven, RecordBallotDelivery, voter
from ledger.asked import Asked
from ledger.fields import Basis, Personal, Scope
from tests.ledger.asked import open_vote
from tests.ledger.happened import SPRING, committee_decided, units_registered, vote_closed, vote_counted
from tests.ledger.story import (
    TODAY,
    WUTONGLI,
    Fact,
    given,
    state_of,
    story,
    then,
    then_malformed,
    then_recorded,
    then_refused,
    when,
)
from tests.ledger.vote_words import FEBRUARY, ballot, cast, deliver, delivered, many, register_of, unit


def asking(*units, **question):
    """A vote on these units is open."""
    given(*register_of(*units))
    when(open_vote("lift-3", **question))
    then_recorded()


def test_a_ballot_is_cast():
    asking(*many(3))
    when(cast("u-1"))
    then(ballot("u-1"))


def test_neither_unit_nor_choice_nor_any_name_stands_in_the_books():
    asking(unit("3-1204"))
    proxy = ProxyGiven(person="孙敏", authorised_on=FEBRUARY, opinion="disagree")
    when(cast("3-1204", "disagree", channel="online", proxy=proxy, co_owner_representative="周宁"))
    (line,) = then_recorded()
    (row,) = story().store.rows(line.position - 1, 1)
    for secret in ("3-1204", "disagree", "孙敏", "周宁"):
        assert secret not in row.entry.decode()
    assert '"channel":"online"' in row.entry.decode()


@pytest.mark.parametrize("choice", ["agree", "disagree"])
def test_a_second_ballot_for_a_unit_is_kept_as_a_conflict_and_does_not_count(choice):
    asking(*many(3))
    when(cast("u-1", "agree", channel="paper"))
    then_recorded()
    when(cast("u-1", choice, channel="online"))
    kept = ConflictingBallotKept(
        decision="lift-3",
        unit=Personal.of(voter("u-1"), "u-1"),
        choice=Personal.of(voter("u-1"), choice),
        channel="online",
        cast_on=FEBRUARY,
    )
    then(Fact(kept))
    assert len(state_of(Ballots, "lift-3").cast) == 1


def test_a_unit_votes_on_every_matter_of_its_own():
    asking(*many(2))
    when(open_vote("roof-1"))
    then_recorded()
    for decision in ("lift-3", "roof-1"):
        when(cast("u-1", decision=decision))
        then(ballot("u-1", decision=decision))


@pytest.mark.parametrize("day", [date(2026, 1, 1), SPRING])
def test_a_ballot_is_cast_from_the_first_to_the_last_day(day):
    asking(*many(1))
    when(cast("u-1", on=day))
    then_recorded()


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 3, 21)])
def test_a_ballot_cast_before_or_after_is_refused(day):
    asking(*many(1))
    when(cast("u-1", on=day))
    then_refused("ballot.outside-the-vote", opens_on=date(2026, 1, 1), closes_on=SPRING)


def test_only_units_on_the_frozen_roster_vote():
    asking(unit("3-101", door="12"), unit("3-201", door="13"), scope=Scope(kind="door", id="12"))
    given(units_registered(unit("3-102", door="12")))
    for stranger in ("3-201", "3-102", "9-999"):
        when(cast(stranger))
        then_refused("ballot.unit-not-on-roster", unit=stranger)
    when(cast("3-101"))
    then_recorded()


def test_a_vote_without_a_roster_takes_no_ballots():
    asking(*many(1), roster="on-paper")
    when(cast("u-1"))
    then_refused("ballot.no-roster", decision="lift-3")


def test_a_vote_that_was_counted_by_hand_takes_no_ballots():
    asking(*many(1))
    given(vote_counted("lift-3", roster=("100.00", 1)))
    when(cast("u-1"))
    then_refused("ballot.counted-by-hand")


def test_only_an_open_vote_takes_ballots():
    asking(*many(1))
    given(committee_decided("printer"))
    when(cast("u-1", decision="printer"))
    then_refused("vote.unknown", decision="printer")
    given(vote_closed("lift-3"))
    when(cast("u-1"))
    then_refused("vote.already-closed", decision="lift-3")


@pytest.mark.parametrize("authorised_on", [None, date(2026, 2, 11)])
def test_a_proxy_is_authorised_in_writing_before(authorised_on):
    asking(*many(1))
    when(cast("u-1", proxy=ProxyGiven(person="孙敏", authorised_on=authorised_on, opinion="agree")))
    then_refused("ballot.proxy-not-authorised", rules=["VOTE-10"])


@pytest.mark.parametrize("opinion", [None, "disagree", "abstain"])
def test_a_proxy_votes_as_the_owner_said(opinion):
    asking(*many(1))
    when(cast("u-1", "agree", proxy=ProxyGiven(person="孙敏", authorised_on=FEBRUARY, opinion=opinion)))
    then_refused("ballot.proxy-without-the-owners-opinion", rules=["VOTE-10"])


@pytest.mark.parametrize("said", [{"note": "301室，女儿代投"}, {"basis": (Basis(kind="unit", ref="301室"),)}])
def test_nothing_is_written_beside_a_ballot_for_everybody_to_read(said):
    asking(*many(1))
    when(cast("u-1", **said))
    then_refused("ballot.note-is-public")


def test_a_choice_is_one_of_four():
    asking(*many(1))
    when(cast("u-1", "perhaps"))
    then_malformed("/choice", "field.malformed")


def test_of_all_ballots_for_a_unit_one_counts_however_many_hands_enter_them():
    asking(*many(2))
    asked = [Asked(WUTONGLI, cast("u-1"), "the-secretary", TODAY) for _ in range(8)]
    with ThreadPoolExecutor() as hands:
        receipts = list(hands.map(story().ledger.record, asked, (f"hand-{hand}" for hand in range(8))))
    kinds = [line.kind for receipt in receipts for line in receipt.events]
    assert (kinds.count("ballot.cast"), kinds.count("conflicting-ballot.kept")) == (1, 7)


def test_ballots_entered_together_know_of_each_other():
    asking(*many(2))
    said = cast("u-1", "agree"), cast("u-2", "disagree"), cast("u-1", "disagree")
    receipt = story().ledger.record_all([Asked(WUTONGLI, one, "the-secretary", TODAY) for one in said])
    kinds = [line.kind for line in receipt.events]
    assert kinds == ["ballot.cast", "ballot.cast", "conflicting-ballot.kept"]


def test_a_ballot_sent_again_is_the_same_ballot_and_no_conflict():
    asking(*many(1))
    when(cast("u-1"), key="ballot-1")
    first = then(ballot("u-1"))
    when(cast("u-1"), key="ballot-1")
    again = story().told()
    assert (again.replayed, again.events) == (True, first.events)


# -- deliveries (VOTE-11) --------------------------------------------------------------------------


def test_the_delivery_of_ballot_papers_is_recorded_with_its_proof():
    asking(*many(3))
    when(deliver("u-1", "u-2"))
    then(delivered("u-1", "u-2"))


def test_a_paper_is_delivered_once_to_a_unit_on_the_roster_before_the_vote_ends():
    asking(*many(3))
    given(delivered("u-1"))
    when(deliver("u-2", "u-2"))
    then_refused("ballot-delivery.unit-twice")
    when(deliver("u-1"))
    then_refused("ballot-delivery.unit-twice")
    when(deliver("u-9"))
    then_refused("ballot.unit-not-on-roster", unit="u-9")
    when(deliver("u-2", on=date(2026, 3, 21)))
    then_refused("ballot-delivery.too-late", closes_on=SPRING)
    when(deliver("u-2", on=SPRING))
    then_recorded()


def test_a_delivery_names_at_least_one_unit():
    asking(*many(1))
    when(RecordBallotDelivery(decision="lift-3", units=(), delivered_on=FEBRUARY, proof="签收单"))
    then_malformed("/units", "field.malformed")
