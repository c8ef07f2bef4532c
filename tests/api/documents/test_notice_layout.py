"""How sections stand on the paper: titles that read well, long names that break, sums that stay in sight."""

import pytest

from api.documents.notice_layout import (
    BREAK,
    LYING_PT,
    SMALLEST,
    UPRIGHT_PT,
    breakable,
    evenly,
    groups,
    laid_out,
)
from api.documents.statement_words import Shown, ShownColumn, ShownSection


def section(columns: int, rows: int, fen: int = 1_234_567_00) -> ShownSection:
    """So many columns of amounts, so many rows of them, and their sums."""
    row = tuple(Shown(f"{fen // 100:,}.00", fen) for _ in range(columns))
    titles = tuple(ShownColumn(f"c{number}", "fen", f"第{number}次付款") for number in range(columns))
    return ShownSection("payments", "付款", titles, (row,) * rows, row)


@pytest.mark.parametrize(
    ("title", "room", "lines"),
    [
        ("上期结余", 4.5, "上期结余"),
        ("上期结余", 3.5, "上期\n结余"),
        ("补充维修资金", 3.0, "补充维\n修资金"),
        ("合同价（元）", 4.0, "合同价\n（元）"),
        ("业主应承担费用（元）", 4.0, "业主应承\n担费用\n（元）"),
        ("Gross income", 4.0, "Gross income"),
    ],
)
def test_a_title_breaks_into_lines_of_like_length(title, room, lines):
    assert evenly(title, room) == lines


def test_a_long_name_without_spaces_may_break_after_its_signs():
    assert breakable("budget-2026-12") == BREAK.join(("budget-", "2026-", "12"))
    assert breakable("ABCDEFGHIJKLMNOP") == BREAK.join(("ABCDEFGHI", "JKLMNOP"))
    assert breakable("2026-041") == "2026-041"
    assert breakable("3号楼电梯曳引机维修") == "3号楼电梯曳引机维修"


@pytest.mark.parametrize(("columns", "lies"), [(5, False), (7, False), (8, True), (10, True)])
def test_the_paper_is_laid_on_its_side_only_when_that_makes_a_table_fit(columns, lies):
    lying, (laid,) = laid_out([section(columns, 20)])
    assert lying == lies
    assert round(sum(laid.widths)) == (LYING_PT if lies else UPRIGHT_PT)
    assert laid.size >= SMALLEST


def test_columns_become_rows_where_no_paper_is_wide_enough():
    lying, (laid,) = laid_out([section(18, 20)])
    assert not lying
    assert laid.widths == ()


def test_few_rows_of_many_columns_are_read_downwards():
    assert laid_out([section(12, 3)]) == (False, [laid_out([section(18, 20)])[1][0]._replace(size=10)])


def test_sums_stand_beside_the_last_rows_and_not_on_a_sheet_of_their_own():
    wide = section(18, 7)
    assert [len(group) for group in groups(wide)] == [3, 3, 2]
    assert groups(wide)[-1][-1] == wide.sums
    assert [len(group) for group in groups(section(18, 3))] == [4]


def test_the_sum_of_one_row_is_not_said_twice():
    assert [len(group) for group in groups(section(18, 1))] == [1]
