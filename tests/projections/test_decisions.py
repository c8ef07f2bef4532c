"""What was decided, and what became of the money it set free."""

from datetime import date

from ledger.actions.ballot import ConflictingBallotKept, voter
from ledger.actions.decision import Decision, Roster
from ledger.fields import Personal
from ledger.rules.counting import BuildingCount, Tally, Totals
from projections import decisions
from projections.decisions import DecisionRow
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    committee_decided,
    entry_reversed,
    fund_opened,
    payment_paid,
    payment_requested,
    payment_reserved,
    vote_closed,
    vote_counted,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.ledger.vote_words import ballot, ballots, delivered
from tests.projections.books import Books


def money_of(books: Books, decision: str) -> tuple[int, int, int, int]:
    """Authorised, reserved, paid, remaining."""
    row = decisions.one(books.shown(), WUTONGLI, decision)
    assert row is not None
    return row.authorised_fen, row.reserved_fen, row.paid_fen, row.remaining_fen


def known_remaining(books: Books, decision: str) -> int:
    """What the ledger itself would still let go."""
    state = books.story.state(Decision.of(decision))
    assert isinstance(state, Decision)
    return state.remaining_fen


def test_a_decision_of_the_committee_shows_its_signatures_and_its_money(both_books: Books) -> None:
    number = both_books.tell(committee_decided("printer", authorises=800_00))
    assert decisions.one(both_books.shown(), WUTONGLI, "printer") == DecisionRow(
        decision="printer",
        number=number,
        made_by="committee",
        title="采购打印机",
        status="passed",
        matter="为业委会办公室购置打印机一台。",
        decided_on=SPRING,
        seats=5,
        present=3,
        signed=3,
        fund="working",
        purpose="三号楼电梯大修",
        asked_fen=800_00,
        authorised_fen=800_00,
        remaining_fen=800_00,
    )


def test_an_open_vote_asks_for_money_and_authorises_none(both_books: Books) -> None:
    number = both_books.tell(vote_opened("lift-3", authorises=8_000_00))
    assert decisions.one(both_books.shown(), WUTONGLI, "lift-3") == DecisionRow(
        decision="lift-3",
        number=number,
        made_by="owners",
        title="三号楼电梯大修",
        status="open",
        matter_number=5,
        opens_on=NEW_YEAR,
        closes_on=SPRING,
        scope="whole",
        notice_on=date(2025, 12, 17),
        reported_to_party_on=date(2025, 12, 10),
        threshold="ordinary",
        participation_heads_share="2/3",
        participation_area_share="2/3",
        approval_heads_share="1/2",
        approval_area_share="1/2",
        approval_inclusive=False,
        rules=("VOTE-02", "VOTE-03"),
        unreturned="not-participating",
        fund="maintenance",
        purpose="三号楼电梯大修",
        asked_fen=8_000_00,
    )


def test_a_passed_vote_shows_its_count_and_frees_the_money(both_books: Books) -> None:
    both_books.tell(vote_passed("lift-3", authorises=8_000_00))
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.status, row.decided_on, row.threshold, row.quorum_met) == ("passed", TODAY, "ordinary", True)
    assert (row.counted_by, row.roster_heads, row.roster_area) == ("hand", 600, "60000.00")
    assert (row.participating_heads, row.participating_area) == (420, "42000.00")
    assert (row.agree_heads, row.agree_area) == (400, "40000.00")
    assert (row.asked_fen, row.authorised_fen, row.remaining_fen) == (8_000_00, 8_000_00, 8_000_00)


def test_a_rejected_vote_says_where_it_fell_short_and_frees_nothing(both_books: Books) -> None:
    both_books.tell(vote_rejected("lift-3", authorises=8_000_00))
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.status, row.failed_dimensions) == ("rejected", ("area",))
    assert (row.authorised_fen, row.remaining_fen) == (0, 0)


def test_a_recount_takes_the_place_of_the_count(books: Books) -> None:
    books.tell(vote_opened("lift-3"), vote_counted("lift-3", disagree=("1000.00", 10)))
    books.shown()
    books.tell(vote_counted("lift-3", agree=("39999.99", 399)))
    row = decisions.one(books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.agree_heads, row.agree_area, row.disagree_heads) == (399, "39999.99", None)


def test_money_goes_from_remaining_to_reserved_to_paid(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    both_books.tell(payment_requested("half", fen=5_000_00))
    assert money_of(both_books, "lift-3") == (8_000_00, 0, 0, 8_000_00)
    both_books.tell(payment_reserved("lift-3", fen=5_000_00, payment="half")[1])
    assert money_of(both_books, "lift-3") == (8_000_00, 5_000_00, 0, 3_000_00)
    both_books.tell(payment_paid("half", fen=5_000_00))
    assert money_of(both_books, "lift-3") == (8_000_00, 0, 5_000_00, 3_000_00)
    assert known_remaining(both_books, "lift-3") == 3_000_00


def test_the_reversal_of_a_payment_gives_the_money_back(both_books: Books) -> None:
    paid = payment_paid("half", fen=5_000_00)
    both_books.tell(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    number = both_books.tell(payment_reserved("lift-3", fen=5_000_00, payment="half"), paid)
    both_books.tell(entry_reversed(number, paid, reason="付错账户"))
    assert money_of(both_books, "lift-3") == (8_000_00, 0, 0, 8_000_00)
    assert known_remaining(both_books, "lift-3") == 8_000_00


def test_decisions_come_in_pages_by_record(both_books: Books) -> None:
    both_books.tell(*(committee_decided(name) for name in ("printer", "bench", "lamp")))
    shown = both_books.shown()
    first = decisions.page(shown, WUTONGLI, limit=2)
    assert [row.decision for row in first] == ["printer", "bench"]
    assert [row.decision for row in decisions.page(shown, WUTONGLI, after=first[-1].number)] == ["lamp"]
    newest = decisions.page(shown, WUTONGLI, limit=1, newest_first=True)
    assert [row.decision for row in newest] == ["lamp"]


def test_an_unknown_decision_is_none(books: Books) -> None:
    assert decisions.one(books.shown(), WUTONGLI, "never-made") is None


# -- votes by ballot -------------------------------------------------------------------------------

ROSTER = Roster(
    units=9, heads=8, area="900.00", sha256="5e" * 32, pages=(Personal.of("roster/lift-3", "[]"),)
)
SIX, FIVE, ONE = (Tally(heads=heads, area=f"{heads}00.00") for heads in (6, 5, 1))
NOBODY = Tally(heads=0, area="0.00")
TOTALS = Totals(participating=SIX, agree=FIVE, disagree=ONE, abstain=NOBODY, invalid=NOBODY)


def conflict(unit: str) -> Fact:
    person = voter(unit)
    event = ConflictingBallotKept(
        decision="lift-3",
        unit=Personal.of(person, unit),
        choice=Personal.of(person, "disagree"),
        channel="online",
        cast_on=SPRING,
    )
    return Fact(event)


def test_while_a_vote_is_open_only_the_number_of_ballots_is_known(both_books: Books) -> None:
    both_books.tell(vote_opened("lift-3", roster=ROSTER), *ballots({"agree": 2, "disagree": 1}))
    both_books.tell(conflict("u-1"), delivered("u-1", "u-2"), delivered("u-3"))
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.roster_units, row.roster_heads, row.roster_area) == (9, 8, "900.00")
    assert (row.ballots, row.ballots_online, row.ballots_in_conflict, row.delivered_units) == (3, 0, 1, 3)
    assert (row.counted_by, row.participating_heads, row.agree_heads, row.disagree_heads) == (None,) * 4


def test_ballots_that_come_later_are_added(books: Books) -> None:
    books.tell(vote_opened("lift-3", roster=ROSTER), ballot("u-1"))
    books.shown()
    books.tell(ballot("u-2"), ballot("u-3", decision="roof-1"))
    row = decisions.one(books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert row.ballots == 2


def test_a_closed_vote_shows_its_totals_by_choice_and_the_buildings_large_enough(both_books: Books) -> None:
    building = BuildingCount(building="3", units=6, agree=5, disagree=1, abstain=0, invalid=0)
    closed = vote_closed("lift-3", totals=TOTALS, by_building=(building,))
    both_books.tell(vote_opened("lift-3", roster=ROSTER), closed)
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.counted_by, row.status) == ("ballots", "passed")
    assert (row.participating_heads, row.participating_area) == (6, "600.00")
    assert (row.agree_heads, row.disagree_heads, row.abstain_heads, row.invalid_heads) == (5, 1, 0, 0)
    assert (row.unreturned_heads, row.unreturned_area) == (None, None)
    (shown,) = row.by_building
    assert (shown.building, shown.units, shown.agree, shown.disagree) == ("3", 6, 5, 1)


def test_a_vote_as_it_was_known_before_it_closed_tells_no_choice(both_books: Books) -> None:
    both_books.tell(vote_opened("lift-3", roster=ROSTER))
    number = both_books.tell(*ballots({"agree": 3}))
    both_books.tell(vote_closed("lift-3", totals=TOTALS))
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3", known_at=number)
    assert row is not None
    assert (row.status, row.ballots, row.agree_heads) == ("open", 3, None)


def test_a_decision_the_law_does_not_let_stand_is_shown_as_invalid_and_frees_nothing(books: Books) -> None:
    books.tell(committee_decided("printer", authorises=800_00, signed=2, valid=False))
    row = decisions.one(books.shown(), WUTONGLI, "printer")
    assert row is not None
    assert (row.status, row.asked_fen, row.authorised_fen) == ("invalid", 800_00, 0)
    assert known_remaining(books, "printer") == 0
