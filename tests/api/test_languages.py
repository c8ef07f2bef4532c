"""Codes become words: in the language asked for, with figures and dates as people write them."""

from datetime import date

import pytest

from api.languages import accepted, has_words, phrase
from ledger.rules.tables import MONTHS


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("en;q=0.8,zh;q=0.9", "zh"),
        ("fr,de;q=0.9", "zh"),
        ("fr,en;q=0.5", "en"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=abc", "zh"),
        ("EN", "en"),
        (";;;,,,", "zh"),
        ("en," * 10_000, "en"),
    ],
)
def test_the_language_is_the_best_of_those_accepted(header, language):
    assert accepted(header) == language


def test_an_amount_is_written_in_yuan_and_a_fund_by_its_name():
    details = {"fund": "maintenance", "available_fen": 3_000_00, "amount_fen": 1_234_567_89}
    assert phrase("zh", "refusal.fund.insufficient", details) == (
        "专项维修资金可用 3,000.00 元，不够支付 1,234,567.89 元。请减少金额，或等资金到账。"
        "如果银行已经付出了这笔钱：请先撤回一笔已批准、但钱已不够付的付款，再来记这一笔。"
    )
    in_english = phrase("en", "refusal.fund.insufficient", details)
    assert in_english.startswith("Available in the maintenance fund: 3,000.00 yuan")
    assert in_english.endswith(
        "withdraw an approved payment that can no longer be honoured, then record this one."
    )


def test_a_day_and_a_list_are_written_as_each_language_does():
    days = {"starts_on": date(2026, 7, 22), "ends_on": date(2026, 7, 1)}
    assert "2026年7月1日" in phrase("zh", "refusal.period.ends-before-it-starts", days)
    assert "1 Jul 2026" in phrase("en", "refusal.period.ends-before-it-starts", days)
    roles = {"action": "open-fund", "roles": ["treasurer", "secretary"]}
    assert "财务委员、秘书" in phrase("zh", "refusal.role.missing", roles)
    assert "treasurer, secretary" in phrase("en", "refusal.role.missing", roles)


def test_how_often_a_table_is_made_is_said_in_words():
    key = "refusal.disclosure.period-does-not-fit"
    details = {"table": "T1", "period": "quarter"}
    assert phrase("zh", key, details).startswith("公共收益收支公示表按季度编制，")
    assert phrase("en", key, details).startswith("Table Public revenue, quarter is made by the quarter, ")
    for period in MONTHS:
        for lang in ("zh", "en"):
            assert has_words(lang, f"period.{period}")


def test_a_detail_nobody_gave_is_a_dash_and_breaks_nothing():
    assert (
        phrase("zh", "refusal.debrief.unknown", {})
        == "没有述职 —，或者还没有开会。请先安排述职，开过会再记录。"
    )


def test_a_key_without_words_is_given_back():
    assert phrase("en", "refusal.no.such", {}) == "refusal.no.such"
    assert not has_words("en", "refusal.no.such")
