"""The maintenance fund against its first deposit on three levels (FUND-28), and rounds of top-ups."""

from datetime import date

import pytest

from ledger.actions.top_up import TopUpNoticesDelivered, TopUpStarted
from ledger.fields import Personal
from ledger.rules.law import Adoption, law_on
from projections import fund_levels
from projections.fund_levels import FundLevel, FundLevels
from projections.top_ups import TopUpRow
from tests.ledger.fund_words import (
    DOOR_12,
    DOOR_13,
    WHOLE,
    books_opened,
    door_12_of_two,
    fund_apportioned,
    opening,
    paid_in,
    short_door,
    units_of,
)
from tests.ledger.happened import NEW_YEAR, building_registered, fund_opened, interest_recorded
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books

FIVE = {"101": "80.00", "102": "80.00", "201": "80.00", "202": "80.00", "301": "80.00"}


def levels(books: Books, on: date = TODAY, *, as_of: date | None = None) -> FundLevels:
    law = law_on(on, Adoption())
    return fund_levels.of(books.shown(), WUTONGLI, law, as_of=as_of, names_of=books.story.vault.values)


def level(books: Books, name: str, on: date = TODAY, *, as_of: date | None = None) -> FundLevel:
    return {row.level: row for row in levels(books, on, as_of=as_of).levels}[name]


def test_before_a_fund_is_opened_there_is_nothing_to_show(both_books: Books) -> None:
    both_books.tell(*door_12_of_two())
    assert levels(both_books) == FundLevels((), ())


@pytest.mark.parametrize(("fen", "since"), [(2_999_99, NEW_YEAR), (3_000_00, None), (3_000_01, None)])
def test_exactly_thirty_percent_is_not_below(books: Books, fen: int, since: date | None) -> None:
    books.tell(books_opened(opening(DOOR_12, fen, first=10_000_00)))
    found = level(books, "fund")
    assert (found.is_below, found.below_since) == (since is not None, since)
    assert level(books, "door-12").below_since == since


def test_the_owners_have_ninety_days_then_notices_are_due(both_books: Books) -> None:
    both_books.tell(*short_door(2_999_99, on=date(2026, 7, 5)))
    last_day = level(both_books, "fund", date(2026, 10, 3))
    assert last_day == FundLevel(
        level="fund",
        first_deposit_fen=10_000_00,
        balance_fen=2_999_99,
        is_below=True,
        below_since=date(2026, 7, 5),
        decide_by=date(2026, 10, 3),
        decide_by_rolled=date(2026, 10, 8),  # after the holidays of National Day
        notices_due=False,
        units=2,
        units_below=None,
    )
    assert level(both_books, "fund", date(2026, 10, 4)).notices_due


def test_each_door_is_measured_by_its_own_first_deposit(both_books: Books) -> None:
    both_books.tell(
        building_registered("3", doors=("12", "13")),
        books_opened(opening(DOOR_12, 2_000_00, first=8_000_00), opening(DOOR_13, 8_000_00, first=8_000_00)),
    )
    found = levels(both_books).levels
    assert [(row.level, row.balance_fen, row.is_below) for row in found] == [
        ("fund", 10_000_00, False),
        ("door-12", 2_000_00, True),
        ("door-13", 8_000_00, False),
    ]


def test_what_belongs_to_all_stands_with_the_doors_once_it_is_divided(both_books: Books) -> None:
    both_books.tell(
        building_registered("3", doors=("12", "13")),
        units_of("12", {"101": "80.00", "102": "120.00"}),
        units_of("13", {"103": "300.00"}),
        fund_opened("maintenance", fen=0),
        interest_recorded("maintenance", fen=1_000_00),
    )
    assert [(row.level, row.balance_fen) for row in levels(both_books).levels] == [
        ("fund", 1_000_00), ("whole", 1_000_00),
    ]  # fmt: skip
    both_books.tell(fund_apportioned("interest", 600_00, scope=WHOLE))
    assert [(row.level, row.balance_fen) for row in levels(both_books).levels] == [
        ("fund", 1_000_00), ("door-12", 240_00), ("door-13", 360_00), ("whole", 400_00),
    ]  # fmt: skip


def test_of_units_it_shows_how_many_are_below(both_books: Books) -> None:
    both_books.tell(
        building_registered("3", doors=("12",)),
        units_of("12", FIVE),
        books_opened(opening(DOOR_12, 1_500_00, first=5_000_00)),
        fund_apportioned("opening", 1_500_00, first_deposit_fen=5_000_00),
    )
    assert level(both_books, "fund").units_below == 0  # each holds 300.00 of 1,000.00
    both_books.tell(paid_in(1, unit="101", scope=DOOR_12, nature="first-deposit"))
    # 300.01 of 1,000.01 is 30.0007 %; a fen more of first deposit keeps it above
    assert level(both_books, "fund").units_below == 0
    both_books.tell(fund_apportioned("cost", 5))
    # one fen each: 299.99 of 1,000.00 four times, and 300.00 of 1,000.01, of which 30 % are 300.003
    assert level(both_books, "fund").units_below == 5
    assert level(both_books, "door-12").units_below == 5


def test_of_fewer_than_five_units_nothing_is_said(both_books: Books) -> None:
    both_books.tell(
        building_registered("3", doors=("12", "13")),
        units_of("12", FIVE),
        units_of("13", {"103": "80.00"}),
        books_opened(opening(DOOR_12, 1, first=5_000_00), opening(DOOR_13, 1, first=1_000_00)),
    )
    assert level(both_books, "fund").units_below == 0
    assert level(both_books, "door-13").units_below is None
    # six less the five of door 12 would tell of the one behind door 13
    assert level(both_books, "door-12").units_below is None


def test_a_day_is_shown_with_what_had_happened_by_then(both_books: Books) -> None:
    both_books.tell(*short_door(2_000_00), paid_in(5_000_00, scope=DOOR_12, on=date(2026, 6, 1)))
    assert not level(both_books, "door-12").is_below
    before = level(both_books, "door-12", date(2026, 5, 31), as_of=date(2026, 5, 31))
    assert (before.balance_fen, before.below_since) == (2_000_00, NEW_YEAR)


def test_before_the_rule_was_in_force_nothing_was_below(both_books: Books) -> None:
    both_books.tell(books_opened(opening(DOOR_12, 1, first=10_000_00), on=date(2010, 1, 1)))
    found = level(both_books, "fund", date(2010, 12, 31))
    assert (found.is_below, found.decide_by, found.notices_due) == (False, None, False)


def started(asked_fen: int, on: date) -> Fact:
    event = TopUpStarted(
        top_up="2026", scope=DOOR_12, to_share="50/100", total_fen=asked_fen, units=2, books=(),
        asked_digest=Personal.of("top-up/2026", "0" * 64), pay_days=90, triggered_on=NEW_YEAR,
    )  # fmt: skip
    return Fact(event, on=on)


def notices_delivered(count: int, on: date, pay_by: date) -> Fact:
    event = TopUpNoticesDelivered(
        top_up="2026", delivered_on=on, notices=count, pay_by=pay_by, pay_by_rolled=pay_by
    )
    return Fact(event, on=on)


def test_a_round_of_top_ups_shows_what_was_asked_and_what_came(both_books: Books) -> None:
    both_books.tell(*short_door(2_999_99), paid_in(9_00, scope=DOOR_12, nature="top-up"))
    number = both_books.tell(started(2_000_01, date(2026, 4, 2)))
    both_books.tell(
        notices_delivered(1, date(2026, 4, 3), date(2026, 7, 2)),
        notices_delivered(1, date(2026, 4, 7), date(2026, 7, 6)),
        paid_in(800_00, unit="101", scope=DOOR_12, nature="top-up", on=date(2026, 5, 6)),
        paid_in(70_00, scope=DOOR_12, nature="scrap", on=date(2026, 5, 6)),
    )
    assert levels(both_books).top_ups == (
        TopUpRow(
            top_up="2026",
            number=number,
            scope="door-12",
            started_on=date(2026, 4, 2),
            to_share="50/100",
            asked_fen=2_000_01,
            units=2,
            paid_fen=800_00,
            notices=2,
            triggered_on=NEW_YEAR,
            pay_by=date(2026, 7, 6),
            pay_by_rolled=date(2026, 7, 6),
        ),
    )
    (before,) = levels(both_books, as_of=date(2026, 4, 5)).top_ups
    assert (before.notices, before.pay_by, before.paid_fen) == (1, date(2026, 7, 2), 0)
    assert levels(both_books, as_of=date(2026, 4, 1)).top_ups == ()
