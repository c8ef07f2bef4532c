"""What was decided, and what became of the money it set free."""

from ledger.actions.decision import Decision
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
    vote_counted,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.story import TODAY, WUTONGLI
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
        fund="maintenance",
        purpose="三号楼电梯大修",
        asked_fen=8_000_00,
    )


def test_a_passed_vote_shows_its_count_and_frees_the_money(both_books: Books) -> None:
    both_books.tell(vote_passed("lift-3", authorises=8_000_00))
    row = decisions.one(both_books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    assert (row.status, row.decided_on, row.threshold, row.quorum_met) == ("passed", TODAY, "ordinary", True)
    assert (row.roster_heads, row.roster_area) == (600, "60000.00")
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
