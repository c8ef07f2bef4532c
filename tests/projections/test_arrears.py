"""Due against received: what every contract makes due, what came, what is late, short or missing."""

from datetime import date, timedelta
from typing import Any

from projections import arrears
from projections.arrears import ContractRow, LineRow, NotOnFile, PlaceRow
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import NEW_YEAR, SPRING, entry_reversed, fund_opened, revenue_recorded
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    YEAR_END,
    contract_amended,
    contract_ended,
    contract_registered,
)
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

MARCH, JUNE, SEPTEMBER = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)
DAY = timedelta(days=1)
QUARTERS = ((MARCH, 6_000_00), (JUNE, 6_000_00), (SEPTEMBER, 6_000_00))
LOCKERS = {"head": ADVERTS, "location": "东门快递柜场地", "counterparty": "丰巢公司"}


def paid(contract: str, fen: int, on: date) -> Fact:
    return revenue_recorded(fen=fen, contract=contract, on=on)


def shown(books: Books, contract: str, on: date, known_at: int | str | None = None) -> ContractRow:
    row = arrears.one(books.shown(), WUTONGLI, contract, on, known_at)
    assert row is not None
    return row


def states(row: ContractRow) -> list[str]:
    return [line.status for line in row.lines]


# -- one contract ----------------------------------------------------------------------------------


def test_every_line_is_received_late_short_or_missing(both_books: Books) -> None:
    number = both_books.tell(contract_registered("lockers", *QUARTERS, **LOCKERS))
    both_books.tell(
        fund_opened("public-revenue", fen=0),
        paid("lockers", 6_000_00, MARCH),
        paid("lockers", 5_999_99, JUNE + 10 * DAY),
    )
    row = shown(both_books, "lockers", SEPTEMBER + DAY)
    assert row.lines == (
        LineRow(MARCH, 6_000_00, 6_000_00, 0, "received", 0, MARCH),
        LineRow(JUNE, 6_000_00, 5_999_99, 1, "short", 93),
        LineRow(SEPTEMBER, 6_000_00, 0, 6_000_00, "missing", 1),
    )
    assert (row.due_fen, row.received_fen, row.overdue_fen) == (18_000_00, 11_999_99, 6_000_01)
    assert (row.number, row.head, row.location, row.counterparty) == (
        number,
        ADVERTS,
        "东门快递柜场地",
        "丰巢公司",
    )
    assert (row.starts_on, row.ends_on, row.scope, row.oldest_days) == (NEW_YEAR, YEAR_END, "whole", 93)


def test_a_fen_that_comes_later_makes_a_short_line_a_late_one(books: Books) -> None:
    books.tell(contract_registered("lockers", (JUNE, 6_000_00)), paid("lockers", 5_999_99, JUNE))
    books.tell(paid("lockers", 1, JUNE + 40 * DAY))
    assert shown(books, "lockers", JUNE + 39 * DAY).lines[0].status == "short"
    (line,) = shown(books, "lockers", JUNE + 40 * DAY).lines
    assert (line.status, line.days, line.settled_on) == ("late", 40, JUNE + 40 * DAY)


def test_what_is_due_today_is_not_overdue_before_tomorrow(books: Books) -> None:
    books.tell(contract_registered("lockers", (JUNE, 6_000_00)))
    today, tomorrow = shown(books, "lockers", JUNE), shown(books, "lockers", JUNE + DAY)
    assert (today.due_fen, today.overdue_fen, states(today)) == (6_000_00, 0, ["upcoming"])
    assert (tomorrow.due_fen, tomorrow.overdue_fen, states(tomorrow)) == (6_000_00, 6_000_00, ["missing"])


def test_what_came_beyond_the_schedule_is_shown_as_overpaid(books: Books) -> None:
    books.tell(contract_registered("lockers", (JUNE, 6_000_00)), paid("lockers", 6_000_01, JUNE))
    row = shown(books, "lockers", JUNE)
    assert (row.overpaid_fen, row.overdue_fen, row.lines[0].received_fen) == (1, 0, 6_000_00)


def test_a_receipt_undone_opens_its_line_again(both_books: Books) -> None:
    receipt = paid("lockers", 6_000_00, JUNE)
    number = both_books.tell(contract_registered("lockers", (JUNE, 6_000_00)), receipt)
    assert states(shown(both_books, "lockers", JUNE + 5 * DAY)) == ["received"]
    both_books.tell(entry_reversed(number, receipt, reason="退票")._replace(on=JUNE + 5 * DAY))
    assert states(shown(both_books, "lockers", JUNE + 4 * DAY)) == ["received"]
    reopened = shown(both_books, "lockers", JUNE + 5 * DAY)
    assert (states(reopened), reopened.received_fen, reopened.overdue_fen) == (["missing"], 0, 6_000_00)
    assert states(shown(both_books, "lockers", JUNE + 5 * DAY, known_at=number)) == ["received"]


def test_what_was_recognised_late_came_in_time_and_was_not_known_before(both_books: Books) -> None:
    number = both_books.tell(
        contract_registered("lockers", (MARCH, 6_000_00), head=ADVERTS),
        suspense_seen("public-revenue", fen=6_000_00, on=SPRING),
    )
    of = {"became": "revenue", "account": "income/3", "head": ADVERTS, "contract": "lockers"}
    both_books.tell(entry_classified(number, "public-revenue", fen=6_000_00, on=JUNE, **of))
    recognised = shown(both_books, "lockers", JUNE)
    assert (states(recognised), recognised.lines[0].settled_on) == (["received"], SPRING)
    assert states(shown(both_books, "lockers", JUNE - DAY)) == ["missing"]
    assert states(shown(both_books, "lockers", JUNE, known_at=number)) == ["missing"]


def test_a_contract_that_ended_early_makes_nothing_due_any_more(books: Books) -> None:
    books.tell(contract_registered("lockers", *QUARTERS), contract_ended("lockers", on=JUNE))
    row = shown(books, "lockers", SEPTEMBER + DAY)
    assert states(row) == ["missing", "missing", "lapsed"]
    assert (row.due_fen, row.overdue_fen, row.ended_on, row.ends_on) == (12_000_00, 12_000_00, JUNE, YEAR_END)
    assert states(shown(books, "lockers", JUNE - DAY)) == ["missing", "upcoming", "upcoming"]


def test_what_was_paid_ahead_for_a_line_that_lapsed_is_overpaid(books: Books) -> None:
    books.tell(contract_registered("lockers", *QUARTERS), paid("lockers", 18_000_00, MARCH))
    books.tell(contract_ended("lockers", on=SEPTEMBER - DAY))
    assert shown(books, "lockers", SEPTEMBER).overpaid_fen == 6_000_00


def test_an_amendment_sets_what_is_to_come_and_leaves_what_was_due(books: Books) -> None:
    books.tell(contract_registered("lockers", *QUARTERS))
    books.tell(contract_amended("lockers", (SEPTEMBER, 4_000_00), on=JUNE + DAY, ends_on=date(2027, 6, 30)))
    row = shown(books, "lockers", SEPTEMBER)
    assert [(line.due_on, line.amount_fen) for line in row.lines] == [*QUARTERS[:2], (SEPTEMBER, 4_000_00)]
    assert row.ends_on == date(2027, 6, 30)
    assert shown(books, "lockers", JUNE).lines[2].amount_fen == 6_000_00


def test_a_contract_is_not_there_before_it_was_put_on_file(books: Books) -> None:
    before = books.tell(fund_opened("public-revenue", fen=0))
    books.tell(contract_registered("lockers", on=MARCH, signed_on=MARCH))
    views = books.shown()
    assert arrears.one(views, WUTONGLI, "lockers", MARCH - DAY) is None
    assert arrears.one(views, WUTONGLI, "lockers", MARCH, before) is None
    assert arrears.one(views, WUTONGLI, "no-contract", MARCH) is None
    assert shown(books, "lockers", MARCH).signed_on == MARCH


def test_what_an_agreement_must_show_is_shown(books: Books) -> None:
    told: dict[str, Any] = {
        "scope": DOOR_12,
        "part": "roof",
        "consents": ("door-vote", "all-vote"),
        "standard": "每年6,000元",
        "management_cost": "无",
        "distribution": "门牌幢业主",
        "filed_with": "物业服务处",
    }
    books.tell(contract_registered("mast", **told))
    row = shown(books, "mast", JUNE)
    assert {name: getattr(row, name) for name in told} == told | {"scope": "door-12"}


# -- a ledger --------------------------------------------------------------------------------------


def test_arrears_are_added_up_by_place_the_largest_first(both_books: Books) -> None:
    both_books.tell(
        contract_registered("lane", (JUNE, 1_000_00)),
        contract_registered("lockers", (JUNE, 6_000_00), **LOCKERS),
        contract_registered("lockers-2", (MARCH, 500_00), **LOCKERS),
        paid("lockers", 2_000_00, JUNE),
    )
    found = arrears.of(both_books.shown(), WUTONGLI, JUNE + 3 * DAY)
    assert [row.contract for row in found.contracts] == ["lane", "lockers", "lockers-2"]
    assert found.places == (
        PlaceRow("东门快递柜场地", ("lockers", "lockers-2"), 6_500_00, 2_000_00, 4_500_00, 94),
        PlaceRow("小区道路车位", ("lane",), 1_000_00, 0, 1_000_00, 3),
    )
    assert found.not_on_file == ()
    assert found.position == both_books.story.store.head()


def test_money_under_a_contract_nobody_put_on_file_is_named(books: Books) -> None:
    books.tell(paid("ghost", 700_00, MARCH), paid("ghost", 42_00, JUNE), revenue_recorded(fen=1_00))
    assert arrears.of(books.shown(), WUTONGLI, JUNE).not_on_file == (NotOnFile("ghost", 742_00),)
    assert arrears.of(books.shown(), WUTONGLI, MARCH).not_on_file == (NotOnFile("ghost", 700_00),)


def test_contracts_come_in_pages(books: Books) -> None:
    books.tell(*(contract_registered(f"c-{number}", (JUNE, number)) for number in (1, 2, 3)))
    first = arrears.page(books.shown(), WUTONGLI, JUNE, limit=2)
    rest = arrears.page(books.shown(), WUTONGLI, JUNE, after=first[-1].number)
    assert [row.contract for row in first + rest] == ["c-1", "c-2", "c-3"]


def test_another_ledger_knows_nothing_of_them(books: Books) -> None:
    books.tell(contract_registered("lockers"), paid("ghost", 1, MARCH))
    found = arrears.of(books.shown(), "nowhere", YEAR_END)
    assert (found.contracts, found.places, found.not_on_file) == ((), (), ())
