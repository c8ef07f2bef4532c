"""The maintenance fund per unit: what a book holds is divided among its units by area (EX4, FUND-21)."""

from datetime import date

import pytest

from ledger.actions.unit_account import BookShare, UnitAccounts
from ledger.fields import Scope
from ledger.money.apportionment import digest_of
from tests.ledger.correction_words import entry_classified, last_number, suspense_seen
from tests.ledger.fund_words import (
    BUILDING_3,
    DOOR_12,
    DOOR_13,
    WHOLE,
    apportion_fund,
    books_opened,
    door_12_of_ex4,
    door_12_of_two,
    fund_apportioned,
    opening,
    paid_in,
    units_of,
    works_apportioned,
)
from tests.ledger.happened import (
    SPRING,
    building_registered,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_approved,
    payment_paid,
    payment_requested,
    vote_passed,
)
from tests.ledger.project_words import apportionment_reversed, drawn, plan_published
from tests.ledger.story import TODAY, Facts, given, state_of, story, then, then_refused, when

QUARTER = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30)}
EX4_SHARES = {
    "101": 4_685_65,
    "102": 3_292_29,
    "201": 4_685_65,
    "202": 3_292_28,
    "301": 7_055_70,
    "302": 3_859_49,
    "401": 4_544_87,
}


def undivided(scope: Scope, way: str = "in") -> int:
    return state_of(UnitAccounts, "maintenance").undivided(scope, way)


def lamps_paid(fen: int) -> tuple[Facts, ...]:
    spent = {"payment": "lamps", "decision": "lamps", "fen": fen}
    steps = payment_requested(**spent), payment_approved(**spent), payment_paid(**spent)
    return (vote_passed("lamps", authorises=fen), *steps)


def test_ex4_31415_93_is_divided_over_seven_units_and_the_record_carries_the_digest_of_the_shares():
    given(*door_12_of_ex4(), fund_opened("maintenance", fen=0), paid_in(31_415_93, scope=DOOR_12))
    when(apportion_fund("deposit", 31_415_93))
    then(
        fund_apportioned(
            "deposit",
            31_415_93,
            area="611.47",
            units=7,
            fen_per_m2=51_38,  # 3,141,593 fen over 611.47 m² are 51.3777... yuan per m²
            remainder_units=3,
            shares_digest=digest_of(EX4_SHARES),
            books=(BookShare(book="door-12", fen=31_415_93, units=7),),
            on=TODAY,
        )
    )


def test_ex4_100_yuan_over_three_equal_units():
    areas = {"101": "80.00", "102": "80.00", "103": "80.00"}
    given(
        building_registered("3", doors=("12",)), units_of("12", areas), fund_opened("maintenance", fen=100_00)
    )
    when(apportion_fund("opening", 100_00, scope=None))
    then(
        fund_apportioned(
            "opening",
            100_00,
            scope=WHOLE,
            area="240.00",
            units=3,
            fen_per_m2=42,  # 41.67 fen
            remainder_units=1,
            shares_digest=digest_of({"101": 33_34, "102": 33_33, "103": 33_33}),
            books=(BookShare(book="door-12", fen=100_00, units=3),),
            on=TODAY,
        )
    )


def test_money_of_all_is_shown_by_door_number_and_building():
    given(
        building_registered("3", doors=("12", "13")),
        building_registered("garage"),
        units_of("12", {"101": "80.00", "102": "120.00"}),
        units_of("13", {"103": "100.00"}),
        units_of(None, {"g-1": "200.00"}, building="garage"),
        fund_opened("maintenance", fen=0),
        interest_recorded("maintenance", fen=1_000_03),
    )
    when(apportion_fund("interest", 1_000_03, scope=None, **QUARTER))
    # 200/500, 100/500 and 200/500 of 100,003 fen; 16000.48, 24000.72, 20000.6, 40001.2: 2 are left
    shares = {"101": 160_00, "102": 240_01, "103": 200_01, "g-1": 400_01}
    books = (
        BookShare(book="building-garage", fen=400_01, units=1),
        BookShare(book="door-12", fen=400_01, units=2),
        BookShare(book="door-13", fen=200_01, units=1),
    )
    then(
        fund_apportioned(
            "interest",
            1_000_03,
            scope=WHOLE,
            area="500.00",
            units=4,
            fen_per_m2=2_00,
            remainder_units=2,
            shares_digest=digest_of(shares),
            books=books,
            on=TODAY,
            **QUARTER,
        )
    )


def test_dividing_moves_no_money():
    assert fund_apportioned("interest", 5).event.postings() == ()
    assert fund_apportioned("interest", 5).event.limits() == {}


# -- no more than there is to divide --------------------------------------------------------------------


@pytest.mark.parametrize(("fen", "refused"), [(5_00, False), (5_01, True)])
def test_no_more_is_divided_than_the_book_took_in(fen, refused):
    given(*door_12_of_two(), fund_opened("maintenance", fen=0), paid_in(5_00, scope=DOOR_12))
    when(apportion_fund("deposit", fen))
    if refused:
        then_refused("unit-account.more-than-undivided", scope="door-12", undivided_fen=5_00, amount_fen=5_01)
    else:
        story().told()
        assert undivided(DOOR_12) == 0


def test_what_was_divided_once_is_not_divided_again():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0), paid_in(5_00, scope=DOOR_12))
    given(fund_apportioned("deposit", 3_00))
    when(apportion_fund("deposit", 2_01))
    then_refused("unit-account.more-than-undivided", undivided_fen=2_00)


def test_what_was_paid_for_one_unit_is_that_units_and_not_divided():
    given(*door_12_of_two(), fund_opened("maintenance", fen=0), paid_in(5_00, scope=DOOR_12, unit="101"))
    when(apportion_fund("deposit", 1))
    then_refused("unit-account.more-than-undivided", undivided_fen=0)


def test_each_book_divides_its_own_money():
    given(*door_12_of_two(), books_opened(opening(DOOR_12, 7_00), opening(BUILDING_3, 9_00)))
    assert (undivided(DOOR_12), undivided(BUILDING_3), undivided(WHOLE)) == (7_00, 9_00, 0)


def test_a_reversed_deposit_is_not_there_to_be_divided():
    paid = paid_in(5_00, scope=DOOR_12)
    given(*door_12_of_two(), fund_opened("maintenance", fen=9_00), paid)
    number = story().store.length("wutongli") - 1
    given(entry_reversed(number, paid, reason="记错"))
    assert undivided(DOOR_12) == 0
    assert undivided(WHOLE) == 9_00


def test_interest_that_was_reversed_is_not_there_either():
    interest = interest_recorded("maintenance", fen=5_00)
    given(fund_opened("maintenance", fen=0), interest)
    given(entry_reversed(story().store.length("wutongli") - 1, interest, reason="记错"))
    assert (undivided(WHOLE), undivided(WHOLE, "out")) == (0, 0)


def test_what_was_spent_is_divided_apart_from_what_came_in():
    given(*door_12_of_two(), fund_opened("maintenance", fen=9_00))
    given(*lamps_paid(3_00))
    assert (undivided(WHOLE), undivided(WHOLE, "out")) == (9_00, 3_00)
    when(apportion_fund("cost", 3_01, scope=None))
    then_refused("unit-account.more-than-undivided", undivided_fen=3_00)
    when(apportion_fund("cost", 3_00, scope=None, **QUARTER))
    story().told()
    assert (undivided(WHOLE), undivided(WHOLE, "out")) == (9_00, 0)


LIFT_PAID = drawn(3_00)


def given_a_lift_was_paid():
    given(*door_12_of_two(), fund_opened("maintenance", fen=9_00))
    given(vote_passed("lift-3", authorises=5_00), plan_published(), *LIFT_PAID)


def test_what_a_repair_cost_is_divided_with_its_project_and_never_as_a_routine_cost():
    given_a_lift_was_paid()
    for division in ((), (works_apportioned(3_00, project="lift", scope=WHOLE),)):
        given(*division)
        assert undivided(WHOLE, "out") == 0
        when(apportion_fund("cost", 1, scope=None))
        then_refused("unit-account.more-than-undivided", undivided_fen=0)


def test_nor_is_it_once_its_division_or_its_payment_is_taken_back():
    given_a_lift_was_paid()
    paid, division = last_number(), works_apportioned(3_00, project="lift", scope=WHOLE)
    given(division)
    given(apportionment_reversed(last_number(), division))
    given(entry_reversed(paid, LIFT_PAID[-1], reason="转错账户。"))
    when(apportion_fund("cost", 1, scope=None))
    then_refused("unit-account.more-than-undivided", undivided_fen=0)


def test_a_repair_divided_before_all_of_it_is_paid_hides_no_routine_cost():
    given_a_lift_was_paid()
    given(works_apportioned(5_00, project="lift", scope=WHOLE), *lamps_paid(2_00))
    assert undivided(WHOLE, "out") == 2_00


def test_a_repair_recognised_from_suspense_is_no_routine_cost_either():
    given_a_lift_was_paid()
    given(suspense_seen(fen=2_00, direction="out"))
    of = {"became": "payment", "account": "fund/maintenance/whole", "decision": "lift-3", "project": "lift"}
    given(entry_classified(last_number(), fen=2_00, direction="out", charged_fen=2_00, **of))
    assert undivided(WHOLE, "out") == 0


def test_first_deposits_are_divided_along_with_the_balance():
    given(*door_12_of_two(), books_opened(opening(DOOR_12, 7_00, first=10_00)))
    when(apportion_fund("opening", 7_00, first_deposit_fen=10_01))
    then_refused("unit-account.more-first-deposit-than-undivided", undivided_fen=10_00, amount_fen=10_01)
    when(apportion_fund("opening", 7_00, first_deposit_fen=10_00))
    story().told()
    assert undivided(DOOR_12, "first") == 0


# -- where, when, by whom -------------------------------------------------------------------------------


def test_where_nobody_is_registered_nothing_is_divided():
    given(building_registered("3", doors=("12", "13")), units_of("12", {"101": "80.00"}))
    given(books_opened(opening(DOOR_13, 5_00)))
    when(apportion_fund("opening", 5_00, scope=DOOR_13))
    then_refused("unit-account.no-units", scope="door-13")


def test_a_book_of_no_registered_door_has_nothing_to_divide():
    given(fund_opened("maintenance", fen=5_00))
    when(apportion_fund("opening", 5_00))
    then_refused("door.unknown", door="12")


def test_a_fund_without_an_account_has_nothing_to_divide():
    when(apportion_fund("opening", 5_00, scope=None))
    then_refused("fund.not-open", fund="maintenance")


def test_a_period_ends_after_it_starts():
    given(*door_12_of_two(), fund_opened("maintenance", fen=5_00))
    when(apportion_fund("opening", 1, scope=None, starts_on=date(2026, 7, 1), ends_on=date(2026, 6, 30)))
    then_refused("unit-account.period")


@pytest.mark.parametrize(("ends_on", "broken"), [(date(2026, 6, 30), ()), (date(2026, 7, 1), ("FUND-24",))])
def test_routine_costs_of_more_than_a_quarter_are_divided_too_late(ends_on, broken):
    given(*door_12_of_two(), fund_opened("maintenance", fen=9_00))
    given(*lamps_paid(3_00))
    when(apportion_fund("cost", 3_00, scope=None, starts_on=date(2026, 4, 1), ends_on=ends_on))
    (line,) = story().told().events
    (row,) = story().store.rows(line.position - 1, 1)
    recorded = story().ledger.store.numbered("wutongli", row.number)
    assert recorded is not None
    assert recorded.envelope.irregularities == broken


def test_deposits_of_other_funds_are_nobodys_unit_account():
    given(fund_opened("maintenance", fen=0), fund_opened("working", fen=0))
    given(deposit_recorded("working", fen=5_00, on=SPRING))
    assert undivided(WHOLE) == 0
