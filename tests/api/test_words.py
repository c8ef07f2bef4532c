"""What figures and dates read like on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.words import (
    area,
    capital_yuan,
    chinese_day,
    chinese_instant,
    count,
    fingerprint,
    machine_day,
    machine_instant,
    month_words,
    percent,
    signed_yuan,
    wan,
    yuan,
)

LARGEST_FEN = 2**53 - 1


def test_an_amount_has_thousands_commas_and_always_two_decimals():
    assert yuan(31_415_93) == "31,415.93"
    assert yuan(5_000_00) == "5,000.00"
    assert yuan(7) == "0.07"
    assert yuan(0) == "0.00"


def test_an_amount_below_zero_has_a_true_minus_and_not_a_hyphen():
    assert yuan(-11_050_40) == "\u221211,050.40"
    assert yuan(-5) == "\u22120.05"


def test_the_largest_amount_the_ledger_holds_is_written_to_the_fen():
    assert yuan(LARGEST_FEN) == "90,071,992,547,409.91"


def test_a_difference_carries_its_sign_and_nothing_carries_none():
    assert signed_yuan(31_415_93) == "+31,415.93"
    assert signed_yuan(-3_668_07) == "\u22123,668.07"
    assert signed_yuan(0) == "0.00"


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_a_written_amount_reads_back_as_the_same_fen(fen):
    assert int(Decimal(yuan(fen).replace(",", "").replace("\u2212", "-")) * 100) == fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (31_415_93, "人民币叁万壹仟肆佰壹拾伍元玖角叁分"),
        (1_409_50, "人民币壹仟肆佰零玖元伍角"),
        (6_007_14, "人民币陆仟零柒元壹角肆分"),
        (16_409_02, "人民币壹万陆仟肆佰零玖元零贰分"),
        (325_04, "人民币叁佰贰拾伍元零肆分"),
        (107_000_53, "人民币壹拾万柒仟元伍角叁分"),
        (1_000_300_00, "人民币壹佰万零叁佰元整"),
        (100_100_000_00, "人民币壹亿零壹拾万元整"),
        (10_00, "人民币壹拾元整"),
        (50, "人民币伍角"),
        (5, "人民币伍分"),
        (100_001_000_00, "人民币壹亿零壹仟元整"),
        (100_010_001_10, "人民币壹亿零壹万零壹元壹角"),
        (0, "人民币零元整"),
    ],
)
def test_capitals_follow_the_rules_for_cheques(fen, words):
    assert capital_yuan(fen) == words


def test_capitals_of_an_amount_below_zero_begin_with_a_word_for_minus():
    assert capital_yuan(-8_05) == "人民币负捌元零伍分"


@given(st.integers(1, LARGEST_FEN // 100))
def test_capitals_of_whole_yuan_read_back_as_the_same_figure(whole_yuan):
    words = capital_yuan(whole_yuan * 100).removeprefix("人民币").removesuffix("元整")
    assert cn2an.cn2an(words, "smart") == whole_yuan


def test_a_large_amount_is_said_in_ten_thousands_and_in_english_in_full():
    assert wan(118_642_50) == "11.86 万元"
    assert wan(118_642_50, "en") == "118,600 yuan"
    assert wan(-87_226_57) == "\u22128.72 万元"


def test_a_small_amount_is_said_exactly():
    assert wan(24_78) == "24.78 元"
    assert wan(24_78, "en") == "24.78 yuan"
    assert wan(9_999_99) == "9,999.99 元"
    assert wan(10_000_00) == "1.00 万元"
    assert wan(0) == "0.00 元"


def test_ten_thousands_are_rounded_half_up_at_the_second_decimal():
    assert wan(118_649_99) == "11.86 万元"
    assert wan(118_650_00) == "11.87 万元"
    assert wan(118_650_00, "en") == "118,700 yuan"


def test_an_amount_that_rounds_up_to_a_hundred_million_changes_its_unit():
    assert wan(99_999_949_99) == "9,999.99 万元"
    assert wan(99_999_950_00) == "1.00 亿元"
    assert wan(99_999_950_00, "en") == "100 million yuan"
    assert wan(118_642_500_00) == "1.19 亿元"


def test_a_share_has_one_decimal_and_rounds_half_up():
    assert percent(28_600_00, 87_226_57) == "32.8%"
    assert percent(1, 16) == "6.3%"
    assert percent(1, 2000) == "0.1%"
    assert percent(1, 2001) == "0.0%"
    assert percent(5, 5) == "100.0%"


def test_a_share_below_zero_has_a_true_minus_and_zero_has_none():
    assert percent(-1, 16) == "\u22126.3%"
    assert percent(-1, 5000) == "0.0%"


def test_a_share_of_nothing_is_a_dash():
    assert percent(0, 0) == "—"


def test_a_month_is_named_as_people_say_it():
    assert month_words(2026, 7) == "2026年7月"
    assert month_words(2026, 7, "en") == "Jul 2026"


def test_a_day_is_written_in_words_of_each_language():
    assert chinese_day(date(2026, 7, 22)) == "2026年7月22日"
    assert chinese_day(date(2026, 7, 22), "en") == "22 Jul 2026"
    assert chinese_day("2026-07-22") == "2026年7月22日"
    assert machine_day(date(2026, 7, 22)) == "2026-07-22"


def test_a_short_day_leaves_the_year_out():
    assert chinese_day(date(2026, 7, 22), short=True) == "7月22日"
    assert chinese_day(date(2026, 7, 22), "en", short=True) == "22 Jul"


def test_an_instant_belongs_to_the_day_it_had_in_shanghai():
    last_minutes_of_september_in_greenwich = datetime(2026, 9, 30, 16, 5, tzinfo=UTC)
    assert chinese_day(last_minutes_of_september_in_greenwich) == "2026年10月1日"
    assert chinese_instant(last_minutes_of_september_in_greenwich) == "2026年10月1日 00:05"


def test_an_instant_is_shown_on_the_clock_of_shanghai():
    assert chinese_instant("2026-10-24T01:30:00.437Z") == "2026年10月24日 09:30"
    assert chinese_instant("2026-10-24T01:30:00.437Z", "en") == "24 Oct 2026, 09:30"
    assert machine_instant("2026-10-24T01:30:00.437Z") == "2026-10-24T09:30:00+08:00"


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="needs an offset"):
        chinese_instant("2026-10-24T01:30:00")


def test_an_area_is_written_to_the_hundredth_of_a_square_metre():
    assert area(91_20) == "91.20 m²"
    assert area(152_255_45) == "152,255.45 m²"


def test_a_count_has_thousands_commas():
    assert count(1268) == "1,268"
    assert count(-3) == "\u22123"


def test_a_fingerprint_is_read_out_in_fours():
    assert fingerprint("9f2c41ab07d3e650ffff") == "9f2c 41ab 07d3 e650"
