"""The auditor's programme: money that did not come, was cut up, counted twice, explained by nobody."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from ledger.actions.entry import ReverseEntry
from ledger.asked import Asked
from projections.audit_queries import near_each_other, spelled
from tests.ledger.audit_words import explained
from tests.ledger.correction_words import SEEN, TYPO, entry_classified, suspense_seen
from tests.ledger.happened import (
    PAYEE,
    SPRING,
    SUMMER,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    payment_paid,
    revenue_cost_recorded,
    revenue_recorded,
)
from tests.ledger.project_words import contract_signed
from tests.ledger.revenue_words import MAY, contract_registered, revenue_spent
from tests.ledger.story import TODAY, WUTONGLI, Fact, account_of
from tests.projections.auditing import found, records
from tests.projections.books import Books

MISSING, SPLIT, TWICE = "contract-money-missing", "possible-split", "same-invoice-twice"
UNCLASSIFIED, BY_AUTHOR = "cash-or-unclassified", "reversal-by-author"
FUND = fund_opened("maintenance", fen=900_000_00)
BUILDING_3 = "fund/maintenance/whole"


def paid(
    payment: str, *, fen: int, on: date = SUMMER, payee: str = PAYEE, voucher: str | None = None
) -> Fact:
    fact = payment_paid(payment, fen=fen, on=on)
    event = msgspec.structs.replace(
        fact.event, payee=payee, voucher=voucher or payment, decision=None, charged_fen=0
    )
    return fact._replace(event=event)


# -- money that should have come -----------------------------------------------------------------------------


def test_a_line_is_not_missing_on_its_day_and_is_the_day_after(both_books: Books) -> None:
    number = both_books.tell(contract_registered("kiosk", (MAY, 6_000_00)))
    assert found(both_books, MISSING, as_of=MAY) == []
    (row,) = found(both_books, MISSING, as_of=MAY + timedelta(days=1))
    assert (row.records, row.item, row.days) == ((number,), "kiosk 2026-05-20", 1)
    assert (row.amount_fen, row.limit_fen, row.due_on) == (6_000_00, 6_000_00, MAY)
    assert row.text == "小区道路车位 · 安达停车公司"


def test_of_a_line_paid_in_part_the_rest_is_missing(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0), contract_registered("kiosk", (MAY, 6_000_00)))
    books.tell(revenue_recorded(fen=5_999_99, on=MAY, contract="kiosk"))
    assert [row.amount_fen for row in found(books, MISSING)] == [1]
    books.tell(revenue_recorded(fen=1, on=TODAY, contract="kiosk"))
    assert found(books, MISSING) == []


def test_an_auditor_may_look_at_what_is_long_overdue_only(books: Books) -> None:
    books.tell(contract_registered("kiosk", (MAY, 6_000_00)))
    day = MAY + timedelta(days=30)
    assert len(found(books, MISSING, as_of=day, days=29)) == 1
    assert found(books, MISSING, as_of=day, days=30) == []


# -- pieces --------------------------------------------------------------------------------------------------


def test_two_payments_just_below_the_amount_and_together_above_it_are_a_possible_split(
    both_books: Books,
) -> None:
    second = both_books.tell(FUND, paid("a", fen=30_000_00), paid("b", fen=20_000_00, on=TODAY))
    (row,) = found(both_books, SPLIT, days=200)
    assert (row.records, row.why, row.text) == ((second - 1, second), "payments", PAYEE)
    assert (row.amount_fen, row.limit_fen, row.count) == (50_000_00, 50_000_00, 2)


def test_together_one_fen_below_the_amount_they_are_not(books: Books) -> None:
    books.tell(FUND, paid("a", fen=30_000_00), paid("b", fen=19_999_99))
    assert found(books, SPLIT) == []


def test_a_payment_of_the_amount_itself_hid_from_nobody(books: Books) -> None:
    books.tell(FUND, paid("a", fen=50_000_00), paid("b", fen=49_999_99))
    assert found(books, SPLIT) == []


@pytest.mark.parametrize(("apart", "rows"), [(30, 1), (31, 0)])
def test_thirty_days_apart_is_near_and_thirty_one_is_not(books: Books, apart: int, rows: int) -> None:
    later = SUMMER + timedelta(days=apart)
    books.tell(FUND, paid("a", fen=40_000_00), paid("b", fen=40_000_00, on=later))
    assert [row.days for row in found(books, SPLIT)] == [30] * rows


def test_payments_to_two_firms_are_no_pieces_of_one(books: Books) -> None:
    books.tell(FUND, paid("a", fen=40_000_00), paid("b", fen=40_000_00, payee="另一家公司"))
    assert found(books, SPLIT) == []


def test_the_days_are_counted_by_when_the_bank_paid_whatever_the_order_of_records(books: Books) -> None:
    third = books.tell(
        FUND, paid("a", fen=30_000_00, on=SUMMER), paid("b", fen=1_00, on=SPRING), paid("c", fen=30_000_00)
    )
    assert records(found(books, SPLIT)) == [(third - 2, third)]


def pieces(books: Books, *after: int, fen: int = 30_000_00) -> int:
    """Payments of one amount, each so many days after the first; the number of the last."""
    days = [SPRING + timedelta(days=step) for step in after]
    return books.tell(*(paid(f"p-{day}", fen=fen, on=day) for day in days))


@pytest.mark.parametrize(("steps", "days"), [((0, 20, 40), 40), ((0, 30, 60), 60), ((0, 20, 40, 60), 60)])
def test_pieces_that_overlap_are_one_row_and_none_of_them_is_left_out(
    books: Books, steps: tuple[int, ...], days: int
) -> None:
    books.tell(FUND)
    last = pieces(books, *steps)
    (row,) = found(books, SPLIT)
    assert row.records == tuple(range(last - len(steps) + 1, last + 1))
    assert (row.amount_fen, row.days, row.count) == (30_000_00 * len(steps), days, len(steps))


def test_pieces_too_far_from_the_others_are_a_row_of_their_own(books: Books) -> None:
    books.tell(FUND)
    last = pieces(books, 0, 20, 51, 60)
    assert records(found(books, SPLIT)) == [(last - 3, last - 2), (last - 1, last)]


def test_once_a_pair_is_explained_a_third_piece_asks_again(books: Books) -> None:
    books.tell(FUND)
    second = pieces(books, 0, 20)
    books.tell(explained(SPLIT, second - 1, second))
    assert [row.state for row in found(books, SPLIT)] == ["explained"]
    third = pieces(books, 40)
    assert [(row.records, row.state) for row in found(books, SPLIT)] == [
        ((second - 1, second, third), "open")
    ]


def test_small_pieces_make_it_together_and_what_lies_apart_is_not_counted(books: Books) -> None:
    books.tell(FUND)
    last = pieces(books, 0, 1, 2, 3, 40, fen=12_500_00)
    (row,) = found(books, SPLIT)
    assert (row.records, row.amount_fen) == (tuple(range(last - 4, last)), 50_000_00)


def test_ten_thousand_pieces_of_ten_years_are_looked_through_once() -> None:
    days = [SPRING + timedelta(days=step // 2) for step in range(10_000)]
    assert list(near_each_other(days, [1_00] * 10_000, 3650, 7_302_00)) == [range(10_000)]
    assert list(near_each_other(days, [1_00] * 10_000, 3650, 7_303_00)) == []
    assert list(near_each_other([], [], 30, 1)) == []


@pytest.mark.parametrize(
    ("payee", "rows"), [("安泰（上海） 公司", 1), ("安泰(上海)公司。", 1), ("安泰苏州公司", 0)]
)
def test_a_payee_is_the_same_however_it_is_written(books: Books, payee: str, rows: int) -> None:
    books.tell(FUND, paid("a", fen=30_000_00, payee="安泰(上海)公司"), paid("b", fen=30_000_00, payee=payee))
    assert [row.text for row in found(books, SPLIT)] == ["安泰(上海)公司"] * rows


def test_contracts_with_one_contractor_can_be_pieces_as_well(books: Books) -> None:
    last = books.tell(contract_signed("lift", price=40_000_00), contract_signed("roof", price=40_000_00))
    assert [(row.records, row.why) for row in found(books, SPLIT)] == [((last - 1, last), "contracts")]


def test_the_amount_is_the_community_s_to_choose(books: Books) -> None:
    books.tell(FUND, paid("a", fen=4_000_00), paid("b", fen=4_000_00))
    assert found(books, SPLIT) == []
    assert len(found(books, SPLIT, fen=8_000_00)) == 1


def recognised(books: Books, *, fen: int, on: date = SUMMER, **of) -> int:
    """Money first seen to leave the account, then recognised as a payment; the number of that record."""
    seen = books.tell(suspense_seen(fen=fen, direction="out", on=on))
    fields = {"became": "payment", "account": BUILDING_3, "direction": "out", "payee": PAYEE, **of}
    classified = entry_classified(seen, fen=fen, **fields)
    return books.tell(classified._replace(event=msgspec.structs.replace(classified.event, seen_on=on)))


def test_a_piece_that_went_by_way_of_suspense_is_a_piece(both_books: Books) -> None:
    first = both_books.tell(FUND, paid("a", fen=30_000_00))
    second = recognised(both_books, fen=20_000_00)
    (row,) = found(both_books, SPLIT)
    assert (row.records, row.amount_fen, row.text) == ((first, second), 50_000_00, PAYEE)


def test_of_a_piece_in_suspense_nobody_knows_yet_whose_it_is(books: Books) -> None:
    books.tell(FUND, paid("a", fen=30_000_00), suspense_seen(fen=20_000_00, direction="out", on=SUMMER))
    assert found(books, SPLIT) == []


# -- the same invoice ----------------------------------------------------------------------------------------


def test_the_same_invoice_paid_twice_is_found_with_both_payments(both_books: Books) -> None:
    second = both_books.tell(FUND, paid("a", fen=5_00, voucher="F-77"), paid("b", fen=5_00, voucher="F-77"))
    (row,) = found(both_books, TWICE)
    assert (row.records, row.amount_fen, row.count) == ((second - 1, second), 5_00, 2)
    assert row.text == f"{PAYEE} · F-77"


@pytest.mark.parametrize("of", [{"voucher": "F-78"}, {"fen": 5_01}, {"payee": "另一家公司"}], ids=str)
def test_another_number_amount_or_payee_is_another_invoice(books: Books, of: dict) -> None:
    books.tell(FUND, paid("a", fen=5_00, voucher="F-77"), paid("b", **{"fen": 5_00, "voucher": "F-77"} | of))
    assert found(books, TWICE) == []


@pytest.mark.parametrize("voucher", ["发票00123", "发票００１２３", "「发票」-00123"])
@pytest.mark.parametrize("payee", ["安泰(上海)公司", "安泰（上海）公司", "安泰 上海 公司"])
def test_an_invoice_is_the_same_however_it_is_written(books: Books, voucher: str, payee: str) -> None:
    first = paid("a", fen=5_00, voucher="发票 00123", payee="安泰(上海)公司")
    books.tell(FUND, first, paid("b", fen=5_00, voucher=voucher, payee=payee))
    assert [row.text for row in found(books, TWICE)] == ["安泰(上海)公司 · 发票 00123"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Fapiao A-12", "ＦＡＰＩＡＯ　a12", True),
        ("安泰\u200b公司", "安泰公司", True),
        ("00123", "0123", False),
        ("发票00123", "收据00123", False),
        ("——", "—", False),  # nothing but signs stays as it is
    ],
)
def test_letters_and_digits_make_a_spelling(one: str, other: str, same: bool) -> None:
    assert (spelled(one) == spelled(other)) is same


def test_paid_from_two_pots_it_is_the_same_invoice_all_the_same(books: Books) -> None:
    books.tell(FUND, fund_opened("public-revenue", fen=9_000_00), paid("a", fen=5_00, voucher="F-77"))
    books.tell(revenue_spent(5_00, payee=PAYEE, voucher="F-77"))
    assert len(found(books, TWICE)) == 1


@pytest.mark.parametrize(("voucher", "rows"), [("F-77", 1), ("F-78", 0)])
def test_paid_again_by_way_of_suspense_it_is_the_same_invoice(books: Books, voucher: str, rows: int) -> None:
    first = books.tell(FUND, paid("a", fen=5_00, voucher="F-77"))
    second = recognised(books, fen=5_00, voucher=voucher)
    assert records(found(books, TWICE)) == [(first, second)] * rows


def test_once_one_of_them_is_reversed_it_was_paid_once(books: Books) -> None:
    again = paid("b", fen=5_00, voucher="F-77")
    second = books.tell(FUND, paid("a", fen=5_00, voucher="F-77"), again)
    books.tell(entry_reversed(second, again, reason="重复付款。"))
    assert found(books, TWICE) == []
    assert len(found(books, TWICE, known_at=second)) == 1


# -- money nobody can explain --------------------------------------------------------------------------------


def test_money_in_suspense_is_found_until_somebody_says_what_it_was(both_books: Books) -> None:
    seen = both_books.tell(FUND, suspense_seen(fen=50_00))
    (row,) = found(both_books, UNCLASSIFIED)
    assert (row.records, row.why, row.text) == ((seen,), "suspense-in", SEEN)
    assert (row.amount_fen, row.days) == (50_00, (TODAY - SPRING).days)
    both_books.tell(entry_classified(seen, fen=50_00, became="deposit", account=BUILDING_3))
    assert found(both_books, UNCLASSIFIED) == []


def test_recognised_wrongly_it_is_unexplained_again(books: Books) -> None:
    seen = books.tell(FUND, suspense_seen(fen=50_00))
    recognised = entry_classified(seen, fen=50_00, became="deposit", account=BUILDING_3)
    number = books.tell(recognised)
    books.tell(entry_reversed(number, recognised, reason=TYPO))
    assert records(found(books, UNCLASSIFIED)) == [(seen,)]


def with_field(fact: Fact, **field: Any) -> Fact:
    return fact._replace(event=msgspec.structs.replace(fact.event, **field))


IN_OR_OUT = [
    (paid("a", fen=8_00), "cash-out"),
    (revenue_spent(8_00, payee=PAYEE), "cash-out"),
    (revenue_cost_recorded(fen=8_00), "cash-out"),
    (deposit_recorded("maintenance", fen=8_00), "cash-in"),
    (revenue_recorded(fen=8_00), "cash-in"),
]


@pytest.mark.parametrize(("entry", "why"), IN_OR_OUT, ids=lambda one: getattr(one, "kind", None))
def test_an_entry_of_cash_is_found_and_one_the_bank_knows_is_not(books: Books, entry: Fact, why: str) -> None:
    last = books.tell(
        FUND, fund_opened("public-revenue", fen=90_00), entry, with_field(entry, method="transfer")
    )
    assert found(books, UNCLASSIFIED) == []
    cash = books.tell(with_field(entry, method="cash"))
    (row,) = found(books, UNCLASSIFIED)
    assert (row.records, row.why, row.amount_fen, cash) == ((cash,), why, 8_00, last + 1)


def test_revenue_that_did_not_go_into_its_account_is_found_as_that(both_books: Books) -> None:
    fair = revenue_recorded(fen=3_00)
    last = both_books.tell(
        fund_opened("public-revenue", fen=0),
        with_field(fair, paid_into="supervised-account"),
        with_field(fair, paid_into="elsewhere", location="东门快递柜"),
    )
    (row,) = found(both_books, UNCLASSIFIED)
    assert (row.records, row.why, row.text) == ((last,), "past-the-account", "东门快递柜")


def test_cash_that_was_taken_back_is_found_no_longer(books: Books) -> None:
    entry = with_field(deposit_recorded("maintenance", fen=8_00), method="cash")
    number = books.tell(FUND, entry)
    books.tell(entry_reversed(number, entry, reason=TYPO))
    assert found(books, UNCLASSIFIED) == []
    assert records(found(books, UNCLASSIFIED, known_at=number)) == [(number,)]


@pytest.mark.parametrize(("days", "rows"), [(10, 1), (11, 0)])
def test_money_of_the_last_few_days_may_be_left_out(books: Books, days: int, rows: int) -> None:
    books.tell(FUND, suspense_seen(fen=50_00, direction="out"))
    books.tell(with_field(deposit_recorded("maintenance", fen=8_00), method="cash"))
    assert len(found(books, UNCLASSIFIED, as_of=SPRING + timedelta(days=10), days=days)) == 2 * rows


# -- reversals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "rows"), [("treasurer", 1), ("chair", 0)])
def test_only_a_reversal_by_whoever_wrote_the_entry_is_found(books: Books, by: str, rows: int) -> None:
    deposit = books.tell(FUND, deposit_recorded("maintenance", fen=1_250_00))
    command = ReverseEntry(number=deposit, reason=TYPO)
    receipt = books.story.ledger.record(Asked(WUTONGLI, command, account_of(by), TODAY))
    reversal = receipt.events[-1].number
    assert records(found(books, BY_AUTHOR)) == [(deposit, reversal)] * rows
    assert [(row.amount_fen, row.text, row.on) for row in found(books, BY_AUTHOR)] == [
        (1_250_00, TYPO, TODAY)
    ] * rows
