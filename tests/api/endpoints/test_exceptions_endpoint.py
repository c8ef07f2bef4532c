"""GET …/exceptions: what is wrong, recorded through the same door as everything else."""

import pytest

from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of

PATH = f"/api/v1/ledgers/{LEDGER}/exceptions"


def recorded(here: Installation, action: str, body: dict, by: str = "treasurer") -> int:
    answer = here.ask(action, body, by=by)
    assert answer.status_code == 201, answer.text
    return answer.json["events"][0]["number"]


def read(here: Installation, path: str = PATH) -> dict:
    here.catch_up()
    answer = here.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def wrong(here: Installation) -> Installation:
    """A seal used with no resolution, money nobody can explain, and a bank that says something else."""
    recorded(here, "open-fund", {"fund": "working", **OPENING})
    recorded(
        here,
        "record-irregularity",
        {
            "what": "公章没有决定",
            "rules": ["COM-16"],
            "happened_on": "2026-11-10",
            "text": "意向书上盖了业委会章。",
        },
        by="auditor",
    )
    seen = {"fund": "working", "direction": "out", "amount_fen": 12_00, "seen_on": "2026-11-18"}
    recorded(here, "record-suspense-entry", {**seen, "text": "手续费"})
    recorded(here, "reconcile-bank", {"fund": "working", "on": "2026-01-31", "bank_balance_fen": 899_999})
    return here


def test_what_is_wrong_says_since_when_and_which_rules(wrong):
    answer = read(wrong)
    seal, money, bank = answer["exceptions"]
    assert answer["open"] == {"irregularities": 1, "bank_differences": 1, "suspense": 1, "findings": 0}
    assert (seal["what"], seal["role"], seal["text"]) == ("irregularity", "auditor", "公章没有决定")
    assert (seal["occurred_on"], seal["late_days"], seal["age_days"]) == ("2026-11-10", 10, 10)
    (rule,) = seal["rules"]
    assert rule["id"] == "COM-16"
    assert "业委会章" in rule["title_zh"]
    assert "seal" in rule["title_en"]
    assert (money["what"], money["fund"], money["fen"], money["age_days"]) == (
        "suspense",
        "working",
        -12_00,
        2,
    )
    assert (bank["what"], bank["fen"], bank["state"]) == ("bank-difference", -1, "open")


def test_a_page_is_followed_by_the_next(wrong):
    first = read(wrong, f"{PATH}?limit=2")
    second = read(wrong, f"{PATH}?limit=2&after={first['next_after']}")
    assert [row["what"] for row in first["exceptions"] + second["exceptions"]] == [
        "irregularity",
        "suspense",
        "bank-difference",
    ]
    assert second["next_after"] is None


def test_what_was_resolved_is_told_from_what_is_open(wrong):
    seal = read(wrong)["exceptions"][0]["number"]
    recorded(wrong, "resolve-irregularity", {"number": seal, "how": "文件已收回。"}, by="chair")
    (resolved,) = read(wrong, f"{PATH}?state=resolved")["exceptions"]
    assert (resolved["number"], resolved["how"], resolved["resolved_on"]) == (
        seal,
        "文件已收回。",
        "2026-11-20",
    )
    assert len(read(wrong, f"{PATH}?state=open")["exceptions"]) == 2


def test_another_state_is_no_state(here):
    problem_of(here.get(f"{PATH}?state=forgotten"), 400)


def test_an_entry_is_classified_by_a_body_with_the_word_as(wrong):
    number = read(wrong)["exceptions"][1]["number"]
    refused = wrong.ask("classify-entry", {"number": number, "as": {"kind": "payment", "use": "office"}})
    problem = problem_of(refused, 409, "entry.payment-not-authorised")
    assert problem["rules"] == ["FUND-09"]
    body = {"number": number, "as": {"kind": "payment", "use": "office"}, "acknowledge": ["FUND-09"]}
    recorded(wrong, "classify-entry", body)
    states = {row["kind"]: row["state"] for row in read(wrong)["exceptions"]}
    assert states["suspense-entry.recorded"] == "resolved"
    assert states["entry.classified"] == "open"
