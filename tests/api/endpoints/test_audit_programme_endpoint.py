"""GET …/exceptions/programme and …/exceptions/{query}: what an auditor asks, as JSON and as CSV."""

import csv
import io

import pytest

from projections.audit_programme import programme
from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of

PATH = f"/api/v1/ledgers/{LEDGER}/exceptions"


def recorded(here: Installation, action: str, body: dict, by: str = "treasurer") -> int:
    answer = here.ask(action, body, by=by)
    assert answer.status_code == 201, answer.text
    return answer.json["events"][0]["number"]


def read(here: Installation, path: str) -> dict:
    here.catch_up()
    answer = here.get(f"{PATH}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json


def suspense(here: Installation, fen: int, on: str = "2026-11-18") -> int:
    seen = {"fund": "working", "direction": "out", "amount_fen": fen, "seen_on": on, "text": "手续费"}
    return recorded(here, "record-suspense-entry", seen)


@pytest.fixture
def books(here: Installation) -> Installation:
    recorded(here, "open-fund", {"fund": "working", **OPENING})
    return here


def test_the_programme_lists_every_query_with_its_rules_its_parameters_and_its_count(books):
    suspense(books, 12_00)
    answer = read(books, "programme")
    rows = {row["query"]["query"]: row for row in answer["queries"]}
    assert list(rows) == list(programme())
    assert answer["as_of"] == "2026-11-20"
    split = rows["possible-split"]["query"]
    assert (split["title_zh"], split["title_en"]) == (
        "可能是拆开付的钱",
        "Payments that may be one in pieces",
    )
    assert [rule["id"] for rule in split["rules"]] == ["REV-13", "AUD-04"]
    assert [(one["name"], one["default"]) for one in split["parameters"]] == [
        ("days", 30),
        ("fen", 50_000_00),
    ]
    assert (rows["cash-or-unclassified"]["rows"], rows["cash-or-unclassified"]["open"]) == (1, 1)
    assert (rows["same-invoice-twice"]["rows"], rows["same-invoice-twice"]["open"]) == (0, 0)


@pytest.mark.parametrize("query", list(programme()))
def test_every_query_its_parameters_and_its_meaning_have_words_in_both_languages(books, query):
    shown = read(books, query)["query"]
    said = [shown, *shown["parameters"], *shown["rules"]]
    for one in said:
        for words in (value for name, value in one.items() if name.endswith(("_zh", "_en"))):
            assert words
            assert not words.startswith("query.")


def test_a_query_gives_its_rows_with_what_they_are_about(books):
    number = suspense(books, 12_00)
    answer = read(books, "cash-or-unclassified?days=2")
    (row,) = answer["rows"]
    assert (row["records"], row["on"], row["amount_fen"], row["days"]) == ([number], "2026-11-18", 12_00, 2)
    assert (row["why"], row["why_zh"], row["why_en"]) == ("suspense-out", "付出去的钱", "money that went out")
    assert (answer["settings"], answer["total"], answer["open"]) == ([{"name": "days", "value": 2}], 1, 1)
    assert read(books, "cash-or-unclassified?days=3")["rows"] == []


def test_an_explanation_is_shown_with_the_row_which_stays(books):
    number = suspense(books, 12_00)
    body = {"query": "cash-or-unclassified", "records": [number], "explanation": "银行手续费，次月退回。"}
    said = recorded(books, "explain-exception", body, by="auditor")
    answer = read(books, "cash-or-unclassified")
    (row,) = answer["rows"]
    assert (row["state"], answer["open"], answer["total"]) == ("explained", 0, 1)
    (one,) = row["explanations"]
    assert (one["number"], one["role"], one["text"]) == (said, "auditor", "银行手续费，次月退回。")
    assert read(books, f"cash-or-unclassified?known_at={number}")["rows"][0]["state"] == "open"


def test_rows_come_a_page_at_a_time(books):
    numbers = [suspense(books, fen) for fen in (1, 2, 3)]
    first = read(books, "cash-or-unclassified?limit=2")
    assert [row["records"] for row in first["rows"]] == [[numbers[0]], [numbers[1]]]
    assert first["total"] == 3
    second = read(books, f"cash-or-unclassified?limit=2&after={first['next_after']}")
    assert [row["records"] for row in second["rows"]] == [[numbers[2]]]
    assert second["next_after"] is None


def test_the_same_rows_go_into_a_spreadsheet(books):
    suspense(books, 12_00)
    suspense(books, 7)
    books.catch_up()
    answer = books.get(f"{PATH}/cash-or-unclassified.csv?days=1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{LEDGER}-cash-or-unclassified.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    rows = read(books, "cash-or-unclassified?days=1")["rows"]
    assert [int(line["amount_fen"]) for line in lines] == [row["amount_fen"] for row in rows]
    assert [line["records"] for line in lines] == [str(row["records"][0]) for row in rows]
    assert {line["query"] for line in lines} == {"cash-or-unclassified"}


FORMULA = '=HYPERLINK("https://example.org";"点这里")'


@pytest.mark.parametrize("text", [FORMULA, "+1+1", "-2", "@SUM(A1)", "＝1＋1"])
def test_what_others_wrote_runs_nothing_in_a_spreadsheet(books, text):
    seen = {"fund": "working", "direction": "out", "amount_fen": 1, "seen_on": "2026-11-18", "text": text}
    recorded(books, "record-suspense-entry", seen)
    suspense(books, 2)
    books.catch_up()
    answer = books.get(f"{PATH}/cash-or-unclassified.csv")
    written = [line["text"] for line in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))]
    assert written == [f"'{text}", "手续费"]


def test_a_query_nobody_knows_is_not_found(books):
    books.catch_up()
    problem = problem_of(books.get(f"{PATH}/everything-is-fine"), 404)
    assert problem["code"] == "audit-query.unknown"


@pytest.mark.parametrize(
    ("asked", "code"),
    [("fen=5", "field.unknown"), ("days=-1", "number.out-of-range"), ("days=many", "field.wrong-type")],
)
def test_a_parameter_it_does_not_take_or_cannot_read_is_a_fault_that_is_named(books, asked, code):
    books.catch_up()
    problem = problem_of(books.get(f"{PATH}/cash-or-unclassified?{asked}"), 400)
    assert [one["code"] for one in problem["errors"]] == [code]


def test_a_day_whose_holidays_nobody_entered_is_said_and_not_guessed(books):
    recorded(books, "open-fund", {"fund": "maintenance", **OPENING})
    answer = read(books, "programme?as_of=2030-12-31")
    rows = {row["query"]["query"]: row["rows"] for row in answer["queries"]}
    assert {name for name, number in rows.items() if number is None} == {"statement-late"}
    for form in ("", ".csv"):
        asked = f"{PATH}/statement-late{form}?as_of=2030-12-31"
        problem = problem_of(books.get(asked), 503, "calendar.year-missing")
        assert list(problem["details"]) == ["year"]
        assert str(problem["details"]["year"]) in problem["detail"]
