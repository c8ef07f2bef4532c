"""The column chart: coordinates that keep proportions, from a zero line, with words that do not collide."""

from hypothesis import given
from hypothesis import strategies as st

from api.pages.charts import BROAD, NARROW, NARROW_LARGE, Month, axis_label, column_chart


def year_from(month, fen=(0, 0)):
    return [Month(2025 + (month - 1 + i) // 12, (month - 1 + i) % 12 + 1, *fen) for i in range(12)]


def test_columns_stand_on_the_ground_and_keep_their_proportions():
    months = year_from(1)
    months[3] = Month(2025, 4, 40_000_00, 20_000_00)
    chart = column_chart(months, BROAD, "zh-CN")
    came, went = chart.columns
    ground = chart.lines[0][2]
    assert (came.part, went.part) == ("in", "out")
    assert round(came.height / went.height, 2) == 2
    assert [round(one.y + one.height, 1) for one in chart.columns] == [ground, ground]


def test_the_axis_goes_in_round_steps_above_the_highest_column():
    months = year_from(1, (52_310_40, 7_000_00))
    words = [text.words for text in column_chart(months, NARROW, "zh-CN").texts if text.anchor == "end"]
    assert words == ["0", "2万", "4万", "6万"]


def test_an_empty_year_is_a_chart_without_columns():
    chart = column_chart(year_from(1), NARROW, "zh-CN")
    assert chart.columns == ()
    assert len(chart.lines) == 2


def test_the_years_stand_under_their_first_months_and_never_on_each_other():
    def years(month):
        return [
            text.words
            for text in column_chart(year_from(month), NARROW_LARGE, "zh-CN").texts
            if "年" in text.words
        ]

    assert years(1) == ["2025年"]
    assert years(12) == ["2026年"]  # December has no room for its own year before January's
    assert years(6) == ["2025年", "2026年"]


def test_large_text_names_every_third_month():
    words = [text.words for text in column_chart(year_from(1), NARROW_LARGE, "zh-CN").texts]
    assert [one for one in words if one.endswith("月")] == ["1月", "4月", "7月", "10月"]


def test_round_amounts_are_written_in_few_characters():
    assert [axis_label(fen, "zh-CN") for fen in (0, 500_00, 5_000_00, 20_000_00, 1_5000_0000_00)] == [
        "0", "500", "0.5万", "2万", "1.5亿",
    ]  # fmt: skip
    assert [axis_label(fen, "en") for fen in (500_00, 20_000_00, 1_500_000_00)] == ["0.5k", "20k", "1.5m"]


@given(st.lists(st.tuples(st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1)), min_size=12, max_size=12))
def test_nothing_is_drawn_outside_the_picture(amounts):
    months = [Month(2026, number, *pair) for number, pair in enumerate(amounts, start=1)]
    for size in (NARROW, NARROW_LARGE, BROAD):
        for column in column_chart(months, size, "zh-CN").columns:
            assert 0 <= column.y <= column.y + column.height <= size.height
            assert 0 <= column.x <= column.x + column.width <= size.width
