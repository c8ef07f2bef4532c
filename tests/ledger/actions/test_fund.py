"""The three funds, never mixed (FUND-05): opened, fed by deposits and by interest."""

from datetime import date

import pytest

from ledger.actions.fund import FundBook, RecordFundDeposit, RecordFundInterest
from ledger.fields import Scope
from tests.ledger.asked import open_fund
from tests.ledger.happened import (
    SPRING,
    SUMMER,
    building_registered,
    deposit_recorded,
    fund_opened,
    interest_recorded,
)
from tests.ledger.story import given, state_of, then, then_refused, when

DOOR_12 = Scope(kind="door", id="12")


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
