"""A statement in words: what people read in both languages, and never a name of ours."""

from datetime import date

import msgspec
import pytest

from api.documents.cell_words import cell_words, scope_words, share_words
from api.documents.statement_words import (
    caution_words,
    in_words,
    period_words,
)
from projections.statements.statement import Caution, Changed, Restated, statement_of
from tests.api.documents.papers import restated, revenue


def titles(said, section):
    found = next(one for one in said.sections if one.name == section)
    return [column.title for column in found.columns]


def test_a_row_reads_as_people_speak():
    said = in_words(revenue(2))
    use = next(section for section in said.sections if section.name == "use")
    assert [cell.text for cell in use.rows[1]] == [
        "2", "2026年8月2日", "养护", "全体业主", "3号楼电梯曳引机维修", "1,700.57", "lift-3", "2026-042",
        "1201",
    ]  # fmt: skip
    assert [cell.text for cell in use.sums] == ["合计", "", "", "", "", "3,301.14", "", "", ""]


def test_the_same_row_in_english():
    use = next(section for section in in_words(revenue(2), "en").sections if section.name == "use")
    assert [cell.text for cell in use.rows[1]][:4] == ["2", "2 Aug 2026", "Upkeep", "The whole community"]
    assert use.sums[0].text == "Total"


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        ("2026-07-01", "2026-09-30", "2026年第三季度", "third quarter of 2026"),
        ("2026-01-01", "2026-06-30", "2026年上半年", "first half of 2026"),
        ("2026-01-01", "2026-12-31", "2026年度", "year 2026"),
        ("2026-07-02", "2026-09-30", "2026年7月2日至2026年9月30日", "2 Jul 2026 to 30 Sep 2026"),
        ("2026-07-01", "2026-09-29", "2026年7月1日至2026年9月29日", "1 Jul 2026 to 29 Sep 2026"),
        ("2026-09-30", "2026-09-30", "2026年9月30日", "30 Sep 2026"),
    ],
)
def test_a_period_is_called_what_people_call_it(first, last, chinese, english):
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert (period_words(*days, "zh"), period_words(*days, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("cell", "kind", "chinese", "english"),
    [
        (-8_05, "fen", "−8.05", "−8.05"),
        (1268, "number", "1,268", "1,268"),
        ("91.20", "area", "91.20", "91.20"),
        ("812345.60", "area", "812,345.60", "812,345.60"),
        (True, "flag", "是", "yes"),
        (False, "flag", "否", "no"),
        ("2026-09-11", "date", "2026年9月11日", "11 Sep 2026"),
        ("=1+1", "text", "=1+1", "=1+1"),
    ],
)
def test_a_cell_is_read_by_its_type(cell, kind, chinese, english):
    assert cell_words(cell, kind, "of_a_table", "zh") == chinese
    assert cell_words(cell, kind, "of_a_table", "en") == english


@pytest.mark.parametrize(
    ("share", "said"), [("70/100", "70%"), ("2/3", "2/3"), ("812/1268", "64.0%"), ("30", "30")]
)
def test_a_share_is_said_so_that_it_means_something(share, said):
    assert share_words(share) == said


def test_whose_it_is():
    assert scope_words("whole", "zh") == "全体业主"
    assert scope_words("building-b", "zh") == "B幢"
    assert scope_words("door-12", "en") == "door 12"


def test_a_record_number_has_no_commas():
    assert cell_words(12345, "number", "record", "zh") == "12345"


def test_the_figures_add_up_to_the_one_that_counts_in_the_order_of_the_sum():
    said = in_words(revenue(7))
    sum_fen = sum((-1 if one.sign == "−" else 1) * one.shown.value for one in said.sum[:-1])
    assert sum_fen == said.key.shown.value == 300_337_94
    assert said.key.capital == "人民币叁拾万零叁佰叁拾柒元玖角肆分"
    assert [one.sign for one in said.sum] == ["", "+", "−", "−", "−", "−", "+", "="]


def test_words_do_not_depend_on_how_the_statement_was_kept():
    composed = revenue(7)
    assert in_words(statement_of(composed.entry)) == in_words(composed)


def test_the_header_says_of_what_it_is_made():
    header = dict(in_words(revenue(1)).header)
    assert header["小区"] == "梧桐里小区"
    assert header["管理区域编号"] == "wutongli"
    assert header["起止日期"] == "2026年7月1日至2026年9月30日"
    assert header["金额单位"] == "元"
    assert header["依据的记录"] == "第0号至第1842号记录"
    assert header["最后一条记录的指纹"].replace(" ", "") == "4be1" * 16
    assert header["适用的规则版本"] == "national-2、shanghai-5"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_a_reader_sees_is_a_key_of_ours(language):
    cautions = tuple(
        Caution(code=code, fen=1_00, records=(7,))
        for code in ("bank-difference", "bank-not-reconciled", "suspense", "without-voucher", "irregular")
    )
    said = in_words(
        msgspec.structs.replace(restated(), cautions=cautions, template="minhang-1", subject="lift-3"),
        language,
    )
    for text in _texts(said):
        assert "notice." not in text
        assert "statement." not in text
        assert "%(" not in text


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)


def test_a_column_has_the_title_its_district_gave_it():
    statement = revenue(1)
    columns = tuple(
        msgspec.structs.replace(one, zh="票号", en="Slip") if one.name == "voucher_ref" else one
        for one in statement.section("use").columns[::-1]
    )
    sections = tuple(
        msgspec.structs.replace(one, columns=columns) if one.name == "use" else one
        for one in statement.sections
    )
    own = msgspec.structs.replace(statement, sections=sections)
    assert titles(in_words(own), "use")[1] == "票号"
    assert titles(in_words(own, "en"), "use")[1] == "Slip"
    assert titles(in_words(own), "use")[0] == titles(in_words(statement), "use")[-1]


def test_a_caution_names_its_amount_and_its_records():
    said = caution_words(Caution(code="bank-difference", fen=-1_250_00, records=(1803,)), "zh")
    assert "−1,250.00 元" in said
    assert "1803" in said


def test_a_caution_about_very_many_records_names_ten_and_counts_them():
    said = caution_words(Caution(code="without-voucher", fen=1, records=tuple(range(400, 450))), "zh")
    assert "409 等 50 条" in said
    assert "410" not in said


def test_a_restated_statement_says_what_changed_from_what_to_what_and_why():
    said = in_words(restated())
    assert said.restated[0] == "这是第 2 版，代替第 1 版。原因："
    assert said.restated[1] == "9月11日单元门禁维修的发票看错了两个数字。"
    row, total, figure = said.changes
    assert (row.where.split(" · ")[1], row.old, row.new) == ("第 5 行 审计", "16,230.57", "16,320.57")
    assert total.where.split(" · ")[1] == "合计"
    assert (figure.old, figure.new) == ("231,505.36", "231,415.36")


def test_what_was_not_there_and_what_is_gone_are_said_in_words():
    changes = (
        Changed(section="use", row="9999", column="amount", old=5_00),
        Changed(section="", row="", column="share_due", new=30_000_00),
    )
    again = msgspec.structs.replace(revenue(1), restates=Restated(version=2, reason="补记", changes=changes))
    gone, new = in_words(again).changes
    assert ("已去掉的一行（9999）" in gone.where, gone.old, gone.new) == (True, "5.00", "没有")
    assert (new.old, new.new) == ("没有", "30,000.00")
