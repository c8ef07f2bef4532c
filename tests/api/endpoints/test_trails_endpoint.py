"""GET …/events/{number}/trail: the whole trail of a record, for a program."""

import pytest

from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of

PATH = f"/api/v1/ledgers/{LEDGER}/events"


def recorded(here: Installation, action: str, body: dict, by: str = "treasurer") -> int:
    answer = here.ask(action, body, by=by)
    assert answer.status_code == 201, answer.text
    return answer.json["events"][0]["number"]


@pytest.fixture
def books(here: Installation) -> Installation:
    recorded(here, "open-fund", {"fund": "working", **OPENING})
    return here


def test_money_nobody_could_explain_leads_to_what_it_was(books):
    seen = {
        "fund": "working",
        "direction": "in",
        "amount_fen": 12_00,
        "seen_on": "2026-11-18",
        "text": "利息",
    }
    number = recorded(books, "record-suspense-entry", seen)
    known = recorded(books, "classify-entry", {"number": number, "as": {"kind": "interest"}})
    books.catch_up()
    answer = books.get(f"{PATH}/{number}/trail")
    assert answer.status_code == 200
    assert (answer.json["number"], answer.json["is_whole"], answer.json["verdict"]) == (number, True, None)
    first, second = answer.json["steps"]
    assert (first["number"], first["stage"], first["amount_fen"], first["role"]) == (
        number, "money", 12_00, "treasurer",
    )  # fmt: skip
    assert (second["number"], second["stage"], second["kind"]) == (known, "correction", "entry.classified")
    assert [step["number"] for step in books.get(f"{PATH}/{known}/trail").json["steps"]] == [number, known]


def test_a_record_that_is_not_there_has_no_trail(books):
    books.catch_up()
    assert problem_of(books.get(f"{PATH}/417/trail"), 404)["code"] == "record.unknown"
