"""A quarter's net: its share for the maintenance fund, and the day by which it is moved (REV-05, REV-10)."""

from datetime import date

import pytest

from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import FundBook
from ledger.actions.revenue_to_fund import RecordNetRevenueMoved, RevenueBook
from ledger.rules.public_revenue import least_above
from ledger.rules.semantics import Ratio, more_than, share_of
from tests.ledger.correction_words import classify, suspense_seen
from tests.ledger.happened import (
    building_registered,
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
)
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    JULY,
    JUNE_20,
    PARKING,
    Q2,
    income,
    irregularities,
    net_moved,
    second_quarter_of_2026,
    share_agreed,
    spent_as_cost,
    to_fund,
    transferred,
)
from tests.ledger.story import given, state_of, story, then, then_malformed, then_recorded, then_refused, when

NET, HALF_UP_70, REST = 182_116_17, 127_481_32, 54_634_85


def net(quarter: str = Q2, scope=None) -> int:
    return state_of(RevenueBook, "public-revenue").net_fen(quarter, scope)


def moved(fen: int, *, on: date, quarter: str = Q2) -> RecordNetRevenueMoved:
    return RecordNetRevenueMoved(quarter=quarter, amount_fen=fen, moved_on=on)


# -- EX5: the share for the fund -------------------------------------------------------------------


def test_ex5_seventy_percent_of_the_net_go_to_the_fund_half_a_fen_rounded_up():
    given(second_quarter_of_2026(), share_agreed("70/100"))
    assert share_of(NET, Ratio(70, 100)) == HALF_UP_70
    when(to_fund(HALF_UP_70))
    then(transferred(HALF_UP_70))
    assert irregularities() == ()
    assert state_of(FundBook, "public-revenue").balance_fen == REST
    assert state_of(FundBook, "maintenance").balance_fen == HALF_UP_70
    assert HALF_UP_70 + REST == NET


def test_ex5_one_fen_less_than_agreed_is_a_violation():
    given(second_quarter_of_2026(), share_agreed("70/100"))
    when(to_fund(HALF_UP_70 - 1))
    then_recorded()
    assert irregularities() == ("REV-10",)


def test_ex5_half_is_not_enough_even_when_it_was_agreed():
    """Half of 182,116.17 is 91,058.085: 91,058.08 is below, and a share of 50% is itself unlawful."""
    given(second_quarter_of_2026(), share_agreed("50/100"))
    when(to_fund(91_058_08))
    then_recorded()
    assert irregularities() == ("REV-10",)


def test_ex5_a_share_of_half_is_a_violation_whatever_is_paid():
    given(second_quarter_of_2026(), share_agreed("50/100"))
    when(to_fund(120_000_00))
    then_recorded()
    assert irregularities() == ("REV-10",)


def test_ex5_the_least_lawful_amount_is_91_058_09():
    half = Ratio(50, 100)
    assert least_above(NET, half) == 91_058_09
    assert more_than(91_058_09, NET, half)
    assert not more_than(91_058_08, NET, half)


def test_half_of_an_even_net_is_one_fen_too_little():
    given(fund_opened("public-revenue", fen=0), fund_opened("maintenance", fen=0))
    given(income(100_00, PARKING), share_agreed("501/1000"))
    when(to_fund(50_00))
    then_recorded()
    assert irregularities() == ("REV-10",)
    when(to_fund(10))  # 50.10 in all: more than half, and what was agreed
    then_recorded()
    assert irregularities() == ()


def test_ex5_a_covenant_that_does_not_replenish_the_fund_knows_no_share():
    given(second_quarter_of_2026())
    when(to_fund(1_00))
    then_recorded()
    assert irregularities() == ()


# -- the money -------------------------------------------------------------------------------------


def test_one_event_takes_from_one_bank_account_and_brings_to_the_other():
    event = transferred(7_00).event
    assert event.postings() == (
        ("bank/maintenance", 7_00),
        ("fund/maintenance/whole", -7_00),
        ("bank/public-revenue", -7_00),
        ("use/public-revenue/to-fund", 7_00),
    )


def test_a_door_replenishes_its_own_part_of_the_fund():
    event = transferred(7_00, scope=DOOR_12).event
    assert event.postings()[1::2] == (
        ("fund/maintenance/door-12", -7_00),
        ("use/public-revenue/to-fund/door-12", 7_00),
    )


def test_never_more_is_transferred_than_is_there():
    given(second_quarter_of_2026())
    when(to_fund(NET + 1))
    then_refused("fund.insufficient", fund="public-revenue", available_fen=NET)
    when(to_fund(NET))
    then_recorded()


def test_both_funds_must_be_open():
    given(fund_opened("maintenance", fen=0))
    when(to_fund(1))
    then_refused("fund.not-open", fund="public-revenue")


def test_a_maintenance_fund_without_an_account_receives_nothing():
    given(fund_opened("public-revenue", fen=500_00))
    when(to_fund(1))
    then_refused("fund.not-open", fund="maintenance")


def test_a_part_that_is_not_registered_has_no_fund():
    given(second_quarter_of_2026())
    when(to_fund(1, scope=DOOR_12))
    then_refused("door.unknown", door="12")


def test_a_transfer_can_be_undone_and_then_counts_no_more():
    given(second_quarter_of_2026(), share_agreed("70/100"), transferred(HALF_UP_70))
    number = story().store.length("wutongli") - 1
    given(entry_reversed(number, transferred(HALF_UP_70), reason="记错"))
    assert state_of(RevenueBook, "public-revenue").transferred_fen(Q2, None) == 0
    assert state_of(FundBook, "maintenance").balance_fen == 0
    when(to_fund(HALF_UP_70))
    then_recorded()
    assert irregularities() == ()


# -- which quarter, whose net ----------------------------------------------------------------------


def test_what_is_paid_in_several_times_is_added_up():
    given(second_quarter_of_2026(), share_agreed("70/100"), transferred(100_000_00))
    when(to_fund(HALF_UP_70 - 100_000_00))
    then_recorded()
    assert irregularities() == ()


def test_a_quarter_is_shared_out_once_it_is_over():
    given(second_quarter_of_2026())
    when(to_fund(1, on=date(2026, 6, 30)))
    then_refused("revenue-to-fund.quarter-not-over", quarter=Q2, ends_on=date(2026, 6, 30))
    when(to_fund(1, on=date(2026, 7, 1)))
    then_recorded()


@pytest.mark.parametrize("quarter", ["2026-q5", "2026-q0", "2026Q2", "26-q2"])
def test_a_quarter_is_one_of_four(quarter):
    when(to_fund(1, quarter=quarter))
    then_malformed("/quarter", "field.malformed")


def test_the_last_day_of_a_quarter_belongs_to_it():
    given(fund_opened("public-revenue", fen=0))
    given(income(1_00, PARKING, on=date(2026, 6, 30)), income(20_00, PARKING, on=date(2026, 7, 1)))
    assert (net("2026-q2"), net("2026-q3")) == (1_00, 20_00)


def test_interest_the_bank_paid_on_public_revenue_is_part_of_its_gross():
    given(fund_opened("public-revenue", fen=0), interest_recorded("public-revenue", fen=312_47, on=JUNE_20))
    assert net() == 312_47
    number = story().store.length("wutongli") - 1
    undone = entry_reversed(number, interest_recorded("public-revenue", fen=312_47), reason="记错")
    given(undone._replace(on=JUNE_20))
    assert net() == 0


def test_interest_nobody_recognised_at_first_is_part_of_its_gross():
    given(fund_opened("public-revenue", fen=0), suspense_seen("public-revenue", fen=312_47, on=JUNE_20))
    number = story().store.length("wutongli") - 1
    when(classify(number, "interest", scope=None))
    then_recorded()
    assert net() == 312_47
    when(ReverseEntry(number=number + 1, reason="记错"))
    then_recorded()
    assert net() == 0


def test_rent_recognised_after_its_quarter_is_part_of_the_net_of_the_quarter_it_came_in():
    given(fund_opened("public-revenue", fen=0), suspense_seen("public-revenue", fen=6_000_00, on=JUNE_20))
    number = story().store.length("wutongli") - 1
    when(classify(number, "revenue", head=PARKING))
    then_recorded()
    assert (net("2026-q2"), net("2026-q4")) == (6_000_00, 0)
    when(ReverseEntry(number=number + 1, reason="认错了"))
    then_recorded()
    assert (net("2026-q2"), net("2026-q4")) == (0, 0)


def test_a_deposit_is_no_income():
    given(fund_opened("public-revenue", fen=0), deposit_recorded("public-revenue", fen=9_00, on=JUNE_20))
    assert net() == 0


def test_the_net_of_a_door_is_its_own():
    given(fund_opened("public-revenue", fen=0), building_registered("3", doors=("12",)))
    given(
        income(90_00, ADVERTS, scope=DOOR_12),
        spent_as_cost(10_00, "tax", scope=DOOR_12),
        income(5_00, PARKING),
    )
    assert (net(scope=DOOR_12), net()) == (80_00, 5_00)


def test_income_undone_leaves_the_net_of_the_quarter_in_which_it_was_undone():
    given(fund_opened("public-revenue", fen=0), income(90_00, PARKING))
    number = story().store.length("wutongli") - 1
    given(entry_reversed(number, income(90_00, PARKING), reason="记错")._replace(on=JULY))
    assert (net("2026-q2"), net("2026-q3")) == (90_00, -90_00)


def test_a_quarter_without_net_asks_for_no_share():
    given(
        fund_opened("public-revenue", fen=500_00), fund_opened("maintenance", fen=0), share_agreed("70/100")
    )
    when(to_fund(1_00))
    then_recorded()
    assert irregularities() == ()


# -- when the net is moved (REV-05) ----------------------------------------------------------------


@pytest.mark.parametrize(("on", "breaks"), [(date(2026, 7, 31), ()), (date(2026, 8, 1), ("REV-05",))])
def test_ex5_the_net_of_the_second_quarter_is_moved_by_31_july(on, breaks):
    given(second_quarter_of_2026())
    when(moved(NET, on=on))
    then(net_moved(NET, on=on))
    assert irregularities() == breaks


@pytest.mark.parametrize(
    ("quarter", "last_day"),
    [("2026-q1", date(2026, 4, 30)), ("2026-q3", date(2026, 10, 31))],
)
def test_each_quarter_has_the_first_month_of_the_next(quarter, last_day):
    given(fund_opened("public-revenue", fen=0))
    when(moved(1, on=last_day, quarter=quarter))
    then_recorded()
    assert irregularities() == ()


def test_moving_the_net_moves_no_money_in_the_books():
    """The firm's supervised account and the assembly's are one account in the books."""
    assert net_moved(NET, on=JULY).event.postings() == ()


def test_the_net_of_a_running_quarter_is_not_moved_yet():
    given(second_quarter_of_2026())
    when(moved(1, on=JUNE_20))
    then_refused("revenue-to-fund.quarter-not-over", quarter=Q2)


def test_moving_net_needs_an_account():
    when(moved(1, on=JULY))
    then_refused("fund.not-open", fund="public-revenue")
