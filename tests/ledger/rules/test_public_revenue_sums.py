"""The sums of a quarter: gross, costs, net, what is left; its days; EX5 to the fen."""

from datetime import date

import pytest

from ledger.rules.public_revenue import (
    Statement,
    first_day_of,
    last_day_of,
    least_above,
    net_due_on,
    quarter_of,
    statements,
)
from ledger.rules.semantics import Ratio, share_of

EX5 = {
    "income/1": 186_400_00,
    "income/2": 25_500_00,
    "income/3": 24_000_00,
    "interest": 312_47,
    "cost/tax": -6_880_00,
    "cost/energy": -9_216_30,
    "cost/labour": -38_000_00,
}


def test_ex5_gross_less_costs_is_net_and_net_less_the_share_is_left():
    found = statements(EX5, {"whole": 127_481_32})["whole"]
    assert (found.gross_fen, found.cost_fen, found.net_fen) == (236_212_47, 54_096_30, 182_116_17)
    assert share_of(found.net_fen, Ratio(70, 100)) == 127_481_32
    assert (found.to_fund_fen, found.remaining_fen) == (127_481_32, 54_634_85)
    assert found.gross["7"] == 312_47


def test_ex5_before_an_assembly_exists_only_tax_is_taken_off():
    only_tax = {name: fen for name, fen in EX5.items() if name not in ("cost/energy", "cost/labour")}
    assert statements(only_tax, {})["whole"].net_fen == 229_332_47


def test_ex5_the_least_lawful_amount_is_above_half_by_less_than_a_fen():
    assert least_above(182_116_17, Ratio(50, 100)) == 91_058_09


def test_above_half_of_an_even_net_is_one_fen_more():
    assert least_above(100_00, Ratio(1, 2)) == 50_01


def test_revenue_of_a_door_has_a_statement_of_its_own():
    found = statements(EX5 | {"income/3/door-12": 900_00, "cost/tax/door-12": -27_00}, {"door-12": 500_00})
    assert list(found) == ["whole", "door-12"]
    assert found["door-12"] == Statement({"3": 900_00}, {"tax": 27_00}, 500_00)
    assert (found["door-12"].remaining_fen, found["whole"].net_fen) == (373_00, 182_116_17)


def test_what_was_spent_or_deposited_is_neither_income_nor_cost():
    found = statements(
        {"payment": -5_00, "transfer": -6_00, "use/public-revenue/upkeep": -7_00, "deposit": 8_00}, {}
    )
    assert found == {"whole": Statement({}, {}, 0)}


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "2026-q1"),
        (date(2026, 3, 31), "2026-q1"),
        (date(2026, 4, 1), "2026-q2"),
        (date(2026, 6, 30), "2026-q2"),
        (date(2026, 12, 31), "2026-q4"),
    ],
)
def test_a_quarter_has_three_months(day, quarter):
    assert quarter_of(day) == quarter
    assert first_day_of(quarter) <= day <= last_day_of(quarter)


@pytest.mark.parametrize(
    ("quarter", "due_on"),
    [
        ("2026-q1", date(2026, 4, 30)),
        ("2026-q2", date(2026, 7, 31)),
        ("2026-q3", date(2026, 10, 31)),
        ("2026-q4", date(2027, 1, 31)),
    ],
)
def test_the_net_of_a_quarter_is_moved_within_the_first_month_of_the_next(quarter, due_on):
    assert net_due_on(quarter, 1) == due_on


def test_what_names_no_quarter_has_no_days():
    with pytest.raises(ValueError, match="2026-q5"):
        last_day_of("2026-q5")
