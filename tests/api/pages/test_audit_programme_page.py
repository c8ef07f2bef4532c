"""The auditor's programme in plain words: each check with its count and rows, a form, what was explained."""

import re
from datetime import date

import pytest

from api.languages import has_words
from ledger.actions.exception_explanation import ExplainException
from ledger.actions.suspense_entry import RecordSuspenseEntry
from projections.audit_programme import programme
from projections.audit_queries.decisions import STATEMENTS
from tests.api.pages.books import fund_opened
from tests.api.pages.resident import Installation

PAGE = "/c/wutongli/exceptions"
UNEXPLAINED = f"{PAGE}/cash-or-unclassified"


def seen(here: Installation, fen: int) -> int:
    command = RecordSuspenseEntry(
        fund="working", direction="in", amount_fen=fen, seen_on=date(2026, 11, 18), text="手续费"
    )
    return here.record("treasurer", command)


def explained(here: Installation, number: int, by: str = "chair") -> int:
    command = ExplainException(
        found_by="cash-or-unclassified", records=(number,), explanation="银行退回的手续费。"
    )
    return here.record(by, command)


@pytest.fixture
def books(here: Installation) -> Installation:
    fund_opened(here, "working", 9_000_00, date(2026, 11, 1))
    return here


def test_every_check_stands_there_with_what_it_means_and_what_it_found(books):
    seen(books, 3_00)
    page = books.read(PAGE)
    assert "审计员的检查清单" in page.text
    assert "✗ 1 处要看 现金和说不清的钱 用现金收付的、没有进监管账户的，" in page.text
    assert "✓ 没有 同一张票付了两次" in page.text
    assert {f"{PAGE}/{query}" for query in programme()} <= set(page.links)
    assert page.text.index("现金和说不清的钱 用现金") < page.text.index("同一张票付了两次")


def test_a_check_opens_to_its_rows_with_amounts_days_and_records(books):
    number = seen(books, 3_00)
    page = books.read(UNEXPLAINED)
    assert "查出来 1 处" in page.text
    assert "✗ 收进来的钱 手续费 2026年11月18日 · 3.00 元 · 已经 2 天" in page.text
    assert f"第 {number} 条" in page.text
    assert "AUD-04" in page.text


def test_an_explained_row_stays_with_who_said_what(books):
    number = seen(books, 3_00)
    said = explained(books, number)
    page = books.read(UNEXPLAINED)
    assert "✓ 有说明 手续费" in page.text
    assert "主任说明：银行退回的手续费。" in page.text
    assert f"/c/wutongli/events/{said}" in page.links
    assert "✓ 1 处都有说明 现金和说不清的钱" in books.read(PAGE).text
    record = books.read(f"/c/wutongli/events/{number}").text
    assert "看着可疑的地方，有人说明过：现金和说不清的钱" in record


def test_an_answer_of_its_author_is_not_yet_an_explanation(books):
    number = seen(books, 3_00)
    explained(books, number, by="treasurer")
    assert "! 只有记录人自己的说明 手续费" in books.read(UNEXPLAINED).text
    assert "就是记这条记录的人" in books.read(f"/c/wutongli/events/{number}").text


def test_a_row_about_many_records_names_the_first_the_last_and_how_many(books):
    command = RecordSuspenseEntry(
        fund="working", direction="in", amount_fen=1, seen_on=date(2026, 11, 1), text="手续费"
    )
    numbers = [books.record("treasurer", command) for _ in range(11)]
    text = books.read(f"{PAGE}/recorded-late-cluster?late_days=19&days=0&as_of=2026-11-20").text
    assert f"到 第 {numbers[-1]} 条 · 共 " in text
    assert f"第 {numbers[5]} 条" not in text


def test_the_form_asks_otherwise_and_keeps_what_was_asked(books):
    seen(books, 3_00)
    page = books.read(f"{UNEXPLAINED}?days=3&as_of=2026-11-20")
    assert "没有查出来" in page.text
    inputs = {of["name"]: of for tag, of in page.elements if tag == "input"}
    assert (inputs["days"]["value"], inputs["as_of"]["value"]) == ("3", "2026-11-20")
    assert "查出来 1 处" in books.read(f"{UNEXPLAINED}?days=2").text
    assert "没有查出来" in books.read(f"{UNEXPLAINED}?as_of=2026-11-17").text


def test_amounts_are_asked_for_in_yuan(books):
    page = books.read(f"{PAGE}/possible-split?fen=8000")
    assert "每一笔都不到多少钱（元）" in page.text
    inputs = {of["name"]: of for tag, of in page.elements if tag == "input"}
    assert inputs["fen"]["value"] == "8000"
    assert any("possible-split.csv?days=30&fen=800000" in link for link in page.links)


@pytest.mark.parametrize("asked", ["days=-1", "days=many", "days=3651"])
def test_a_number_that_makes_no_sense_is_said_beside_its_field(books, asked):
    page = books.read(f"{UNEXPLAINED}?{asked}")
    assert "查找条件有错，改一下再查" in page.text
    assert page.text.count("请写 0 到 3650 之间的整数。") == 2
    assert ("days", "true") in [(of.get("name"), of.get("aria-invalid")) for _, of in page.elements]


def test_a_check_nobody_knows_is_not_found(books):
    assert books.read(f"{PAGE}/everything-is-fine").status == 404


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_statement_nobody_published_has_a_name_in_both_languages(statement, lang):
    assert has_words(lang, f"audit.statement.{statement}")


@pytest.mark.parametrize("query", list(programme()))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_check_has_its_page_in_both_languages(books, query, lang):
    page = books.read(f"{PAGE}/{query}", Accept_Language=lang)
    assert page.status == 200
    assert f"query.{query}" not in page.html
    assert not re.search(r"audit\.\w", page.text)
