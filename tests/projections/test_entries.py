"""Every movement of a fund: running balance in every row, reversals, text to look for, sums of a period."""

from datetime import UTC, date, datetime

import pytest

from ledger.actions.fund import FundDepositRecorded
from projections import entries
from projections.entries import CategoryTotal, EntryRow, Totals
from tests.ledger.happened import (
    NEW_YEAR,
    PAYEE,
    SUMMER,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_recorded,
    revenue_cost_recorded,
    revenue_recorded,
    vote_passed,
)
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

SPRING = date(2026, 3, 20)
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def from_origin(text: str, *, fen: int = 1_00, on: date = SPRING) -> Fact:
    return Fact(
        FundDepositRecorded(fund="working", amount_fen=fen, received_on=on, origin=text), "treasurer", on
    )


def test_every_row_shows_what_the_fund_held_after_it(both_books: Books) -> None:
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        interest_recorded("maintenance", fen=1_23),
        payment_recorded("lift-3", fen=5_000_00),
    )
    rows = entries.page(both_books.shown(), WUTONGLI)
    assert [(row.category, row.fen, row.balance_fen) for row in rows] == [
        ("opening", 9_000_00, 9_000_00),
        ("interest", 1_23, 9_001_23),
        ("payment", -5_000_00, 4_001_23),
    ]


def test_the_balance_runs_in_order_of_record_not_of_date(books: Books) -> None:
    books.tell(
        fund_opened("working", fen=100_00),
        deposit_recorded("working", fen=30_00, on=SUMMER),
        deposit_recorded("working", fen=5_00, on=SPRING),
    )
    rows = entries.page(books.shown(), WUTONGLI)
    assert [(row.occurred_on, row.balance_fen) for row in rows] == [
        (NEW_YEAR, 100_00),
        (SUMMER, 130_00),
        (SPRING, 135_00),
    ]


def test_the_balance_runs_on_from_batch_to_batch(books: Books) -> None:
    books.tell(fund_opened("working", fen=100_00))
    for fen in (1, 20, 300):
        books.tell(deposit_recorded("working", fen=fen))
        books.shown()
    assert [row.balance_fen for row in entries.page(books.views, WUTONGLI)] == [10000, 10001, 10021, 10321]


def test_every_fund_runs_for_itself(books: Books) -> None:
    books.tell(
        fund_opened("working", fen=100_00),
        fund_opened("public-revenue", fen=7_00),
        deposit_recorded("working", fen=1_00),
        revenue_recorded(fen=2_00),
    )
    shown = books.shown()
    assert [row.balance_fen for row in entries.page(shown, WUTONGLI)] == [100_00, 7_00, 101_00, 9_00]
    assert [row.balance_fen for row in entries.page(shown, WUTONGLI, fund="public-revenue")] == [7_00, 9_00]


def test_a_payment_shows_its_decision_payee_and_purpose(both_books: Books) -> None:
    both_books.story.store.clock = lambda: datetime(2099, 12, 31, 9, 30, tzinfo=UTC)
    both_books.tell(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_recorded("lift-3", fen=5_000_00, payment="all"),
    )
    shown = both_books.shown()
    (row,) = entries.page(shown, WUTONGLI, after=both_books.number - 1)
    assert row == EntryRow(
        number=both_books.number,
        position=both_books.story.store.head(),
        fund="maintenance",
        occurred_on=SUMMER,
        recorded_at=row.recorded_at,
        kind="fund-payment.recorded",
        fen=-5_000_00,
        balance_fen=4_000_00,
        text=f"{PAYEE} · 三号楼电梯大修",
        category="payment",
        decision="lift-3",
        payment="all",
        reverses=None,
        reversed_by=None,
        classified_by=None,
        recorded_late_days=(date(2099, 12, 31) - SUMMER).days,
    )
    assert entries.one(shown, WUTONGLI, both_books.number) == row


def test_the_instant_of_a_row_is_the_one_in_the_event(books: Books) -> None:
    books.tell(fund_opened("working", fen=100_00))
    stored = books.story.store.rows(books.story.store.head() - 1, 1)[0].entry
    assert f'"recorded_at":"{entries.page(books.shown(), WUTONGLI)[0].recorded_at}"'.encode() in stored


def test_a_reversal_and_what_it_reverses_point_at_each_other(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=100_00))
    wrong = deposit_recorded("working", fen=30_00)
    number = both_books.tell(wrong)
    both_books.shown()
    reversal = both_books.tell(entry_reversed(number, wrong, reason="重复入账"))
    shown = both_books.shown()
    before, after = entries.one(shown, WUTONGLI, number), entries.one(shown, WUTONGLI, reversal)
    assert before is not None
    assert after is not None
    assert (before.reverses, before.reversed_by) == (None, reversal)
    assert (after.reverses, after.reversed_by) == (number, None)
    assert (after.fen, after.balance_fen, after.category, after.text) == (
        -30_00,
        100_00,
        "deposit",
        "重复入账",
    )


def test_a_reversal_in_the_same_batch_points_too(books: Books) -> None:
    wrong = deposit_recorded("working", fen=30_00)
    number = books.number + 2
    books.tell(fund_opened("working", fen=100_00), wrong, entry_reversed(number, wrong, reason="重复入账"))
    found = entries.one(books.shown(), WUTONGLI, number)
    assert found is not None
    assert found.reversed_by == number + 1


def test_a_record_that_moved_no_money_has_no_entry(books: Books) -> None:
    assert entries.one(books.shown(), WUTONGLI, 0) is None


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("电梯", ["电梯维修款"]),
        ("%", ["税率 6% 部分"]),
        ("_", ["代码 A_7"]),
        ("a_7", ["代码 A_7"]),
        ("/", ["1/2 首付"]),
        ("水泵", []),
    ],
)
def test_text_is_looked_for_as_it_is_written(both_books: Books, q: str, found: list[str]) -> None:
    texts = ["电梯维修款", "税率 6% 部分", "代码 A_7", "代码 AB7", "1/2 首付"]
    both_books.tell(fund_opened("working", fen=100_00), *map(from_origin, texts))
    shown = both_books.shown()
    assert [row.text for row in entries.page(shown, WUTONGLI, q=q)] == found
    assert entries.count(shown, WUTONGLI, q=q) == len(found)


def test_a_period_takes_its_first_and_last_day(both_books: Books) -> None:
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)]
    both_books.tell(fund_opened("working", fen=0), *(from_origin(day.isoformat(), on=day) for day in days))
    shown = both_books.shown()
    quarter = {"start": date(2026, 4, 1), "end": date(2026, 6, 30)}
    assert [row.text for row in entries.page(shown, WUTONGLI, **quarter)] == ["2026-04-01", "2026-06-30"]
    assert entries.count(shown, WUTONGLI, fund="working", **quarter) == 2
    assert entries.count(shown, WUTONGLI, start=date(2026, 4, 1)) == 3
    assert entries.count(shown, WUTONGLI, end=date(2026, 3, 31)) == 1
    assert entries.count(shown, WUTONGLI) == 4


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("dates", [{}, {"start": YEAR[0], "end": YEAR[1]}])
def test_pages_follow_each_other_without_gap(
    both_books: Books, newest_first: bool, dates: dict[str, date]
) -> None:
    both_books.tell(
        fund_opened("working", fen=1_00),
        fund_opened("public-revenue", fen=1_00),
        *(fact for _ in range(4) for fact in (deposit_recorded("working", fen=1), revenue_recorded(fen=1))),
    )
    shown = both_books.shown()
    everything = [row.number for row in entries.page(shown, WUTONGLI, limit=100)]
    pages, after = [], None
    while page := entries.page(shown, WUTONGLI, after=after, limit=3, newest_first=newest_first, **dates):
        assert len(page) <= 3
        pages += [row.number for row in page]
        after = page[-1].number
    assert pages == sorted(everything, reverse=newest_first)


def test_a_period_opens_and_closes_with_what_was_there(both_books: Books) -> None:
    both_books.tell(
        fund_opened("public-revenue", fen=50_00),
        revenue_recorded(fen=700_00, head=3, on=date(2026, 3, 31)),
        revenue_recorded(fen=30_00, head=1, on=date(2026, 4, 1)),
        revenue_cost_recorded(fen=12_00, cost="tax", on=date(2026, 6, 30)),
        revenue_recorded(fen=9_00, head=1, on=date(2026, 7, 1)),
    )
    shown = both_books.shown()
    quarter = date(2026, 4, 1), date(2026, 6, 30)
    assert entries.totals(shown, WUTONGLI, "public-revenue", *quarter) == Totals(750_00, 30_00, 12_00, 768_00)
    assert entries.by_category(shown, WUTONGLI, "public-revenue", *quarter) == [
        CategoryTotal("cost/tax", -12_00),
        CategoryTotal("income/1", 30_00),
    ]


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 31), date(2026, 2, 15)])
@pytest.mark.parametrize("end", [date(2026, 2, 15), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31)])
def test_any_period_adds_up_to_the_entries_in_it(books: Books, start: date, end: date) -> None:
    days = [date(2026, month, day) for month in (1, 2, 3, 4) for day in (1, 2, 15, 28)]
    books.tell(
        fund_opened("working", fen=0),
        *(deposit_recorded("working", fen=3**index, on=day) for index, day in enumerate(days)),
    )
    shown = books.shown()
    rows = entries.page(shown, WUTONGLI, limit=100)
    before = sum(row.fen for row in rows if row.occurred_on < start)
    during = [row.fen for row in rows if start <= row.occurred_on <= end]
    assert entries.totals(shown, WUTONGLI, "working", start, end) == Totals(
        before, sum(during), 0, before + sum(during)
    )
    assert entries.count(shown, WUTONGLI, start=start, end=end) == len(during)


def test_a_reversal_takes_away_from_its_own_side(both_books: Books) -> None:
    wrong = deposit_recorded("working", fen=30_00)
    both_books.tell(fund_opened("working", fen=100_00))
    number = both_books.tell(wrong)
    both_books.tell(entry_reversed(number, wrong, reason="重复入账"))
    shown = both_books.shown()
    assert entries.totals(shown, WUTONGLI, "working", date(2026, 1, 2), YEAR[1]) == Totals(
        100_00, 0, 0, 100_00
    )
    assert entries.totals(shown, WUTONGLI, "working", *YEAR) == Totals(0, 100_00, 0, 100_00)
