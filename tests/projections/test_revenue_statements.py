"""The sums of a quarter as published, by whose revenue it is."""

from datetime import date

from projections import revenue_statements
from tests.ledger.happened import entry_reversed, fund_opened, interest_recorded
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    PARKING,
    income,
    net_moved,
    second_quarter_of_2026,
    spent_as_cost,
    transferred,
)
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books

JUNE = date(2026, 6, 30)


def test_ex5_the_statement_of_the_second_quarter_of_2026(both_books: Books) -> None:
    both_books.tell(second_quarter_of_2026(), transferred(127_481_32))
    both_books.tell(net_moved(182_116_17, on=date(2026, 7, 31)))
    found = revenue_statements.of(both_books.shown(), WUTONGLI, "2026-q2")
    whole = found.by_scope["whole"]
    assert (whole.gross_fen, whole.cost_fen, whole.net_fen) == (236_212_47, 54_096_30, 182_116_17)
    assert whole.gross == {"1": 186_400_00, "2": 25_500_00, "3": 24_000_00, "7": 312_47}
    assert (whole.to_fund_fen, whole.remaining_fen) == (127_481_32, 54_634_85)
    assert [(share.fen, share.paid_on) for share in found.moved] == [(182_116_17, date(2026, 7, 31))]
    third = revenue_statements.of(both_books.shown(), WUTONGLI, "2026-q3").by_scope["whole"]
    assert (third.net_fen, third.to_fund_fen) == (0, 0)


def test_interest_the_bank_paid_stands_under_the_last_head(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0), interest_recorded("public-revenue", fen=312_47, on=JUNE))
    found = revenue_statements.of(books.shown(), WUTONGLI, "2026-q2").by_scope
    assert found["whole"].gross == {"7": 312_47}


def test_a_door_with_revenue_of_its_own_has_a_statement_of_its_own(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0), income(90_00, ADVERTS, scope=DOOR_12))
    books.tell(spent_as_cost(2_70, "tax", scope=DOOR_12), income(5_00, PARKING))
    books.tell(transferred(60_00, scope=DOOR_12))
    found = revenue_statements.of(books.shown(), WUTONGLI, "2026-q2").by_scope
    assert (found["door-12"].net_fen, found["door-12"].remaining_fen, found["whole"].net_fen) == (
        87_30,
        27_30,
        5_00,
    )


def test_a_share_paid_in_and_taken_back_counts_no_more(books: Books) -> None:
    share = transferred(60_00)
    known = books.tell(fund_opened("public-revenue", fen=90_00), fund_opened("maintenance", fen=0), share)
    books.tell(entry_reversed(known, share, reason="记错"))
    assert revenue_statements.of(books.shown(), WUTONGLI, "2026-q2").by_scope["whole"].to_fund_fen == 0
    then = revenue_statements.of(books.shown(), WUTONGLI, "2026-q2", known_at=known)
    assert then.by_scope["whole"].to_fund_fen == 60_00
