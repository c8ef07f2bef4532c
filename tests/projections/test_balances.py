"""What every fund and account holds: now, as of a day, as known at a record."""

from datetime import date

from ledger.events import decode
from projections import balances
from projections.balances import AccountBalance, FundBalance
from tests.ledger.happened import (
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_paid,
    payment_recorded,
    payment_reserved,
    revenue_cost_recorded,
    revenue_recorded,
    vote_passed,
)
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books

SPRING, SUMMER, AUTUMN = date(2026, 3, 20), date(2026, 6, 30), date(2026, 9, 10)


def test_a_fund_shows_its_balance_and_what_is_promised(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_reserved("lift-3", fen=5_000_00, payment="first-half"),
    )
    shown = balances.of(both_books.shown(), WUTONGLI)
    assert shown.funds == (FundBalance("maintenance", 9_000_00, 5_000_00, 4_000_00),)
    assert shown.position == both_books.story.store.head()


def test_a_payment_takes_the_money_and_the_promise_away(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_recorded("lift-3", fen=5_000_00),
    )
    shown = balances.of(both_books.shown(), WUTONGLI)
    assert shown.funds == (FundBalance("maintenance", 4_000_00, 0, 4_000_00),)
    assert shown.accounts == (
        AccountBalance("bank/maintenance", 4_000_00),
        AccountBalance("fund/maintenance/whole", -4_000_00),
    )


def test_the_accounts_of_all_three_funds_sum_to_nothing(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        fund_opened("public-revenue", fen=0),
        revenue_recorded(fen=700_00, head=3),
        revenue_cost_recorded(fen=42_00, cost="tax"),
        interest_recorded("maintenance", fen=1_23),
    )
    shown = balances.of(both_books.shown(), WUTONGLI)
    assert {account.account: account.fen for account in shown.accounts} == {
        "bank/maintenance": 9_001_23,
        "bank/public-revenue": 658_00,
        "cost/tax": 42_00,
        "fund/maintenance/whole": -9_001_23,
        "income/3": -700_00,
    }
    assert sum(account.fen for account in shown.accounts) == 0


def test_a_fund_opened_with_nothing_is_there(books: Books) -> None:
    books.tell(fund_opened("working", fen=0))
    assert balances.of(books.shown(), WUTONGLI).funds == (FundBalance("working", 0, 0, 0),)


def test_a_ledger_without_money_has_no_funds(books: Books) -> None:
    assert balances.of(books.shown(), WUTONGLI) == balances.Balances(books.story.store.head(), (), ())


def test_a_ledger_nobody_opened_has_no_funds(books: Books) -> None:
    books.tell(fund_opened("working", fen=100_00))
    assert balances.of(books.shown(), "nowhere").funds == ()


def test_as_of_a_day_only_what_happened_by_then_counts(both_books: Books) -> None:
    both_books.tell(
        fund_opened("working", fen=100_00),
        deposit_recorded("working", fen=30_00, on=SUMMER),
        deposit_recorded("working", fen=5_00, on=SPRING),  # entered late
    )
    shown = both_books.shown()
    balance = {
        day: balances.of(shown, WUTONGLI, as_of=day).funds[0].balance_fen
        for day in (date(2026, 3, 19), SPRING, date(2026, 6, 29), SUMMER)
    }
    assert balance == {date(2026, 3, 19): 100_00, SPRING: 105_00, date(2026, 6, 29): 105_00, SUMMER: 135_00}


def test_before_a_fund_was_opened_it_is_not_there(books: Books) -> None:
    books.tell(fund_opened("working", fen=100_00))
    assert balances.of(books.shown(), WUTONGLI, as_of=date(2025, 12, 31)).funds == ()


def test_promises_count_as_of_a_day_too(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_reserved("lift-3", fen=5_000_00, payment="all"),
        payment_paid("all", fen=5_000_00, on=AUTUMN),
    )
    shown = both_books.shown()
    assert balances.of(shown, WUTONGLI, as_of=SUMMER).funds[0].committed_fen == 5_000_00
    assert balances.of(shown, WUTONGLI, as_of=AUTUMN).funds[0] == FundBalance(
        "maintenance", 4_000_00, 0, 4_000_00
    )


def test_as_known_at_a_record_later_records_do_not_count(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    known = both_books.tell(deposit_recorded("working", fen=30_00, on=SUMMER))
    both_books.tell(deposit_recorded("working", fen=5_00, on=SPRING))
    shown = both_books.shown()
    assert balances.of(shown, WUTONGLI, known_at=known).funds[0].balance_fen == 130_00
    assert balances.of(shown, WUTONGLI, as_of=SPRING, known_at=known).funds[0].balance_fen == 100_00
    assert balances.of(shown, WUTONGLI, as_of=SPRING).funds[0].balance_fen == 105_00


def test_as_known_at_an_instant_later_records_do_not_count(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    opened_at = _recorded_at(both_books)
    while _recorded_at(both_books) == opened_at:
        both_books.tell(deposit_recorded("working", fen=1))
    shown = both_books.shown()
    assert balances.of(shown, WUTONGLI, known_at=opened_at).funds[0].balance_fen < _held(both_books)
    assert balances.of(shown, WUTONGLI, known_at=_recorded_at(both_books)).funds[0].balance_fen == _held(
        both_books
    )
    assert balances.of(shown, WUTONGLI, known_at="1999-12-31T23:59:59+08:00").funds == ()


def test_a_reversal_puts_every_account_back(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    wrong = deposit_recorded("working", fen=30_00)
    number = both_books.tell(wrong)
    both_books.tell(entry_reversed(number, wrong, reason="重复入账"))
    shown = balances.of(both_books.shown(), WUTONGLI)
    assert {account.account: account.fen for account in shown.accounts} == {
        "bank/working": 100_00,
        "fund/working/whole": -100_00,
    }


def _recorded_at(books: Books) -> str:
    """The instant of the last record."""
    (row,) = books.story.store.rows(books.story.store.head() - 1, 1)
    return decode(row.kind, row.entry).recorded_at


def _held(books: Books) -> int:
    return balances.of(books.views, WUTONGLI).funds[0].balance_fen
