"""The three funds, never mixed (FUND-05): opened, fed by deposits and by interest."""

from datetime import date

import msgspec
import pytest

from ledger.actions.fund import FundBook, RecordFundDeposit, RecordFundInterest
from ledger.events import decode
from ledger.fields import Scope
from tests.ledger.asked import open_fund
from tests.ledger.fund_words import (
    BUILDING_3,
    DOOR_12,
    DOOR_13,
    books_opened,
    door_12_of_two,
    open_books,
    opening,
    paid_in,
    pay_in,
    units_of,
)
from tests.ledger.happened import (
    SPRING,
    SUMMER,
    building_registered,
    deposit_recorded,
    fund_opened,
    interest_recorded,
)
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when

TWO_DOORS = building_registered("3", doors=("12", "13"))


def test_a_fund_is_opened_with_what_the_bank_holds():
    when(open_fund("maintenance", fen=9_000_00))
    then(fund_opened("maintenance", fen=9_000_00))
    book = state_of(FundBook, "maintenance")
    assert (book.is_open, book.balance_fen, book.available_fen) == (True, 9_000_00, 9_000_00)


def test_an_opening_balance_is_owed_to_all_owners():
    assert fund_opened("maintenance", fen=9_000_00).event.postings() == (
        ("fund/maintenance/whole", -9_000_00),
        ("bank/maintenance", 9_000_00),
    )


def test_a_fund_may_be_opened_empty():
    when(open_fund("working", fen=0))
    then(fund_opened("working", fen=0))
    assert state_of(FundBook, "working").is_open


def test_a_fund_is_opened_once():
    given(fund_opened("maintenance", fen=9_000_00))
    when(open_fund("maintenance", fen=1))
    then_refused("fund.already-open", fund="maintenance")


def test_the_three_funds_are_three_books():
    given(fund_opened("maintenance", fen=9_000_00))
    when(open_fund("public-revenue", fen=70_00))
    then(fund_opened("public-revenue", fen=70_00))
    assert state_of(FundBook, "maintenance").balance_fen == 9_000_00


@pytest.mark.parametrize("tail", ["44170", "44a7", "４４１７", "٤٤١٧", "4.17"])
def test_no_more_than_the_last_four_digits_of_an_account_are_entered(tail):
    when(open_fund("maintenance", fen=9_000_00, tail=tail))
    then_refused("fund.account-tail")


def test_a_deposit_adds_to_the_fund():
    given(fund_opened("maintenance", fen=9_000_00))
    when(RecordFundDeposit(fund="maintenance", amount_fen=1_250_00, received_on=SPRING))
    then(deposit_recorded("maintenance", fen=1_250_00))
    assert state_of(FundBook, "maintenance").balance_fen == 10_250_00


def test_a_deposit_for_one_door_is_owed_to_that_door():
    given(fund_opened("maintenance", fen=0), building_registered("3", doors=("12",)))
    when(RecordFundDeposit(fund="maintenance", amount_fen=1_250_00, received_on=SPRING, scope=DOOR_12))
    then(deposit_recorded("maintenance", fen=1_250_00, scope=DOOR_12))
    assert deposit_recorded("maintenance", fen=1_250_00, scope=DOOR_12).event.postings() == (
        ("fund/maintenance/door-12", -1_250_00),
        ("bank/maintenance", 1_250_00),
    )


def test_interest_belongs_to_the_fund():
    given(fund_opened("maintenance", fen=9_000_00))
    when(RecordFundInterest(fund="maintenance", amount_fen=3_12, received_on=SUMMER))
    then(interest_recorded("maintenance", fen=3_12))
    assert state_of(FundBook, "maintenance").available_fen == 9_003_12


MONEY_IN = [
    RecordFundDeposit(fund="maintenance", amount_fen=1, received_on=SPRING),
    RecordFundInterest(fund="maintenance", amount_fen=1, received_on=SPRING),
]


def test_a_fund_takes_no_money_dated_before_it_was_opened_for_that_is_in_its_opening_balance():
    given(fund_opened("working", fen=9_00))
    when(RecordFundInterest(fund="working", amount_fen=1, received_on=date(2025, 12, 31)))
    then_refused("fund.not-yet-open", fund="working", opened_on=date(2026, 1, 1))
    when(RecordFundInterest(fund="working", amount_fen=1, received_on=date(2026, 1, 1)))
    then(interest_recorded("working", fen=1, on=date(2026, 1, 1)))


@pytest.mark.parametrize("command", MONEY_IN)
def test_a_fund_without_an_account_takes_no_money(command):
    given(fund_opened("working", fen=0))
    when(command)
    then_refused("fund.not-open", fund="maintenance")


@pytest.mark.parametrize("of", [RecordFundDeposit, RecordFundInterest])
def test_money_of_a_part_names_a_registered_part(of):
    given(fund_opened("maintenance", fen=0))
    when(of(fund="maintenance", amount_fen=1, received_on=SPRING, scope=DOOR_12))
    then_refused("door.unknown", door="12")


def test_money_is_dated_by_the_day_it_came():
    given(fund_opened("maintenance", fen=0))
    when(RecordFundDeposit(fund="maintenance", amount_fen=1, received_on=date(2026, 9, 30)))
    receipt = then(deposit_recorded("maintenance", fen=1, on=date(2026, 9, 30)))
    assert receipt.events[0].kind == "fund-deposit.recorded"


# -- a book per building or door number (FUND-04) ------------------------------------------------------


def test_a_fund_is_opened_with_the_balance_of_every_book():
    given(TWO_DOORS)
    books = opening(DOOR_12, 5_000_00, first=8_000_00), opening(DOOR_13, 4_000_00, first=9_000_00)
    when(open_books(*books, fen=9_000_00))
    then(books_opened(*books))
    assert books_opened(*books).event.postings() == (
        ("fund/maintenance/door-12", -5_000_00),
        ("fund/maintenance/door-13", -4_000_00),
        ("bank/maintenance", 9_000_00),
    )
    assert books_opened(*books).event.first_deposit_fen == 17_000_00
    assert state_of(FundBook, "maintenance").balance_fen == 9_000_00


def test_an_empty_book_is_opened_with_its_first_deposit_alone():
    given(TWO_DOORS)
    when(open_books(opening(DOOR_12, 0, first=8_000_00), opening(DOOR_13, 1), fen=1))
    then(books_opened(opening(DOOR_12, 0, first=8_000_00), opening(DOOR_13, 1)))


@pytest.mark.parametrize("fen", [8_999_99, 9_000_01])
def test_the_books_add_up_to_what_the_bank_holds_to_the_fen(fen):
    given(TWO_DOORS)
    when(open_books(opening(DOOR_12, 5_000_00), opening(DOOR_13, 4_000_00), fen=fen))
    then_refused("fund.openings-differ", field="opening_fen", total_fen=fen, parts_fen=9_000_00)


def test_first_deposits_of_the_books_add_up_to_that_of_the_fund():
    given(TWO_DOORS)
    when(open_books(opening(DOOR_12, 5_00, first=8_00), fen=5_00, first=8_01))
    then_refused("fund.openings-differ", field="first_deposit_fen", total_fen=8_01, parts_fen=8_00)


def test_each_book_is_opened_once():
    given(TWO_DOORS)
    when(open_books(opening(DOOR_12, 5_00), opening(DOOR_12, 4_00), fen=9_00))
    then_refused("fund.opening-twice")


def test_where_a_building_has_two_door_numbers_the_building_has_no_book():
    given(TWO_DOORS)
    when(open_books(opening(BUILDING_3, 9_00), fen=9_00))
    then_refused("fund.book-per-door", rules=["FUND-04"], building="3")


def test_a_building_with_one_door_number_has_a_book_of_its_own():
    given(building_registered("3", doors=("12",)))
    when(open_books(opening(BUILDING_3, 9_00), fen=9_00))
    then(books_opened(opening(BUILDING_3, 9_00)))


def test_only_the_maintenance_fund_has_books_of_parts():
    given(TWO_DOORS)
    command = open_books(opening(DOOR_12, 9_00), fen=9_00)
    when(msgspec.structs.replace(command, fund="working"))
    then_refused("fund.books-only-of-maintenance", fund="working")


def test_a_book_is_that_of_a_registered_part():
    when(open_books(opening(DOOR_12, 9_00), fen=9_00))
    then_refused("door.unknown", door="12")


# -- what an owner pays for a unit (FUND-02, FUND-29) ----------------------------------------------------


def test_what_is_paid_for_a_unit_stands_in_the_book_of_its_door():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0))
    when(pay_in(4_000_00, unit="101", nature="first-deposit"))
    then(paid_in(4_000_00, unit="101", scope=DOOR_12, nature="first-deposit"))


def test_a_unit_without_a_door_number_stands_in_the_book_of_its_building():
    given(building_registered("garage"), units_of(None, {"g-1": "12.50"}, building="garage"))
    given(fund_opened("maintenance", fen=0))
    when(pay_in(500_00, unit="g-1", nature="first-deposit"))  # FUND-07: garages pay too, in a book apart
    garage = Scope(kind="building", id="garage")
    then(paid_in(500_00, unit="g-1", scope=garage, nature="first-deposit"))


def test_the_record_does_not_say_for_which_unit_it_was():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0))
    when(pay_in(4_000_00, unit="101", nature="top-up"))
    (line,) = then_recorded()
    (row,) = story().store.rows(line.position - 1, 1)
    assert b'"101"' not in row.entry
    sealed = decode(row.kind, row.entry).data.unit.digest
    assert story().vault.values([sealed]) == {sealed: "101"}


@pytest.mark.parametrize("nature", ["interest", "revenue", "scrap", "other"])
def test_what_else_rolls_into_the_fund_may_belong_to_a_whole_building(nature):
    given(TWO_DOORS, fund_opened("maintenance", fen=0))
    when(pay_in(70_00, scope=BUILDING_3, nature=nature))
    then(paid_in(70_00, scope=BUILDING_3, nature=nature))


@pytest.mark.parametrize("nature", ["first-deposit", "top-up"])
def test_what_owners_pay_goes_to_the_book_of_a_door_where_there_are_two(nature):
    given(TWO_DOORS, fund_opened("maintenance", fen=0))
    when(pay_in(70_00, scope=BUILDING_3, nature=nature))
    then_refused("fund.book-per-door", rules=["FUND-04"], building="3")


def test_what_went_to_the_wrong_book_is_recorded_as_what_it_is():
    given(TWO_DOORS, fund_opened("maintenance", fen=0))
    when(pay_in(70_00, scope=BUILDING_3, nature="top-up", acknowledge=("FUND-04",)))
    (line,) = then_recorded()
    (row,) = story().store.rows(line.position - 1, 1)
    assert decode(row.kind, row.entry).irregularities == ("FUND-04",)


def test_a_deposit_is_for_a_unit_or_for_a_part_not_for_both():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0))
    when(pay_in(1, unit="101", scope=DOOR_12))
    then_refused("fund-deposit.unit-and-scope")


def test_a_deposit_for_a_unit_names_a_registered_one():
    given(fund_opened("maintenance", fen=0))
    when(pay_in(1, unit="909"))
    then_refused("unit.unknown", unit="909")


@pytest.mark.parametrize("nature", ["first-deposit", "top-up"])
def test_owners_pay_first_deposits_and_top_ups_into_the_maintenance_fund_alone(nature):
    given(fund_opened("working", fen=0))
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=SPRING, nature=nature))
    then_refused("fund-deposit.only-into-maintenance", fund="working", nature=nature)


def test_no_unit_has_an_account_in_another_fund():
    given(*door_12_of_two(), fund_opened("working", fen=0))
    when(RecordFundDeposit(fund="working", amount_fen=1, received_on=SPRING, unit="101"))
    then_refused("fund.books-only-of-maintenance", fund="working")
