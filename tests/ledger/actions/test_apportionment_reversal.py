"""A wrong division of the fund is taken back, once; every unit has again what it had, to the fen."""

from datetime import date

import pytest

from ledger.actions.apportionment_reversal import ReverseApportionment
from ledger.actions.community import Register
from ledger.actions.project_apportionment import ApportionProject
from ledger.actions.repair_project import Project
from ledger.actions.unit_account import UnitAccounts
from ledger.fields import Scope
from ledger.money.unit_accounts import Held, unit_accounts
from tests.ledger.fund_words import (
    DOOR_12,
    apportion_fund,
    area_corrected,
    books_opened,
    door_12_of_two,
    fund_apportioned,
    opening,
    paid_in,
    works_apportioned,
)
from tests.ledger.happened import SUMMER, fund_opened
from tests.ledger.project_words import a_repair, apportionment_reversed, price_reviewed, seven_units
from tests.ledger.story import TODAY, Fact, given, state_of, story, then, then_recorded, then_refused, when

DAY_BEFORE = date(2026, 6, 29)
WHY = "分摊范围选错了。"


def take_back(number: int, **of) -> ReverseApportionment:
    return ReverseApportionment(number=number, reason=WHY, **of)


def newest() -> int:
    return story().store.length("wutongli") - 1


def undivided(scope: Scope = DOOR_12, way: str = "in") -> int:
    return state_of(UnitAccounts, "maintenance").undivided(scope, way)


def held() -> dict[str, Held]:
    """The account of every unit, as commands know it."""
    movements = state_of(UnitAccounts, "maintenance").movements({}, until=TODAY)
    return unit_accounts(state_of(Register).roster(), movements)


def given_a_deposit_divided(fen: int = 5_00) -> Fact:
    given(*door_12_of_two(), fund_opened("maintenance", fen=0), paid_in(fen, scope=DOOR_12))
    divided = fund_apportioned("deposit", fen)
    given(divided)
    return divided


def test_what_was_divided_wrongly_is_taken_back_and_both_records_stay():
    divided = given_a_deposit_divided()
    number = newest()
    when(take_back(number))
    then(apportionment_reversed(number, divided))
    (reversal,) = story().store.tagged("wutongli", f"apportionment:{number}", 0)
    assert (reversal.data.number, "fund:maintenance" in reversal.envelope.tags) == (number, True)
    assert story().store.numbered("wutongli", number).data == divided.event


def test_it_can_be_divided_again_and_no_more_than_before():
    given_a_deposit_divided()
    assert undivided() == 0
    when(take_back(newest()))
    then_recorded()
    assert undivided() == 5_00
    when(apportion_fund("deposit", 5_01))
    then_refused("unit-account.more-than-undivided", undivided_fen=5_00)
    when(apportion_fund("deposit", 5_00))
    then_recorded()
    assert undivided() == 0


def test_costs_and_first_deposits_taken_back_are_there_to_be_divided_again():
    given(*door_12_of_two(), books_opened(opening(DOOR_12, 7_00, first=10_00)))
    given(fund_apportioned("opening", 7_00, first_deposit_fen=10_00), fund_apportioned("cost", 2_51))
    cost = newest()
    for number in (cost, cost - 1):
        when(take_back(number))
        then_recorded()
    assert (undivided(), undivided(way="first"), undivided(way="out")) == (7_00, 10_00, 0)
    assert held() == {"101": Held(0, 0), "102": Held(0, 0)}


def test_units_give_back_the_shares_they_were_given_whatever_their_areas_are_now():
    given_a_deposit_divided(2_999_99)
    assert held() == {"101": Held(1_200_00, 0), "102": Held(1_799_99, 0)}
    divided = newest()
    given(area_corrected("101", "120.00"))
    when(take_back(divided))
    then_recorded()
    assert held() == {"101": Held(0, 0), "102": Held(0, 0)}


def test_so_do_units_that_had_borne_a_repair():
    given(*door_12_of_two(), books_opened(opening(DOOR_12, 5_00)))
    given(fund_apportioned("opening", 5_00), works_apportioned(2_51))
    assert held() == {"101": Held(1_00, 0), "102": Held(1_49, 0)}
    when(take_back(newest()))
    then_recorded()
    assert held() == {"101": Held(2_00, 0), "102": Held(3_00, 0)}


def test_a_repair_whose_division_was_taken_back_is_divided_again():
    given(seven_units(), a_repair(), price_reviewed(100_00))
    when(ApportionProject(project="lift"))
    (line,) = then_recorded()
    when(take_back(line.number))
    (undone,) = then_recorded()
    assert story().store.numbered("wutongli", undone.number).data.project == "lift"
    assert not state_of(Project, "lift").is_apportioned
    when(ApportionProject(project="lift"))
    then_recorded()
    when(ApportionProject(project="lift"))
    then_refused("project.already-apportioned", project="lift")


def test_it_is_taken_back_once():
    given_a_deposit_divided()
    number = newest()
    when(take_back(number))
    then_recorded()
    when(take_back(number))
    then_refused("apportionment.already-reversed", number=number, reversed_by=number + 1)


@pytest.mark.parametrize("ahead", [1, 0, -2], ids=["nothing", "a-reversal", "a-deposit"])
def test_only_what_was_divided_is_taken_back_like_this(ahead):
    given_a_deposit_divided()
    when(take_back(newest()))
    then_recorded()
    number = newest() + ahead
    when(take_back(number))
    then_refused("apportionment.unknown", number=number)


def test_it_is_taken_back_on_its_own_day_or_later():
    given_a_deposit_divided()
    when(take_back(newest(), occurred_on=DAY_BEFORE))
    then_refused("apportionment.reversed-before-it-happened", occurred_on=SUMMER)
    when(take_back(newest(), occurred_on=SUMMER))
    then_recorded()
