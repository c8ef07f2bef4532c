"""Contracts and arrears as anybody may read them, today or as they stood."""

import pytest

from tests.api.endpoints.installation import LEDGER, OPENING

BASE = f"/api/v1/ledgers/{LEDGER}"
CONTRACT = {
    "head": 1,
    "location": "小区道路车位",
    "counterparty": "安达停车公司",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "signed_on": "2026-01-01",
    "schedule": [
        {"due_on": "2026-04-10", "amount_fen": 600_000},
        {"due_on": "2026-07-10", "amount_fen": 600_000},
    ],
}
DONE = [
    ("open-fund", {"fund": "public-revenue", **OPENING}),
    ("register-revenue-contract", {"contract": "lane", **CONTRACT}),
    ("register-revenue-contract", {"contract": "gate", **CONTRACT, "location": "东门"}),
    (
        "record-public-revenue",
        {"head": 1, "gross_fen": 600_000, "received_on": "2026-04-12", "contract": "lane"},
    ),
    ("record-public-revenue", {"head": 1, "gross_fen": 1, "received_on": "2026-07-10", "contract": "ghost"}),
]


@pytest.fixture(scope="module")
def books(shared):
    """Two contracts, one receipt under the first."""
    for action, body in DONE:
        answer = shared.ask(action, body)
        assert answer.status_code == 201, answer.text
    shared.catch_up()
    return shared


def read(books, path):
    answer = books.get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_contracts_come_with_every_line_and_its_state(books):
    found = read(books, "revenue-contracts")
    assert [row["contract"] for row in found["contracts"]] == ["lane", "gate"]
    assert (found["as_of"], found["known_at"], found["next_after"]) == ("2026-11-20", None, None)
    assert [(line["due_on"], line["status"], line["days"]) for line in found["contracts"][0]["lines"]] == [
        ("2026-04-10", "late", 2),
        ("2026-07-10", "missing", 133),
    ]
    assert (found["contracts"][0]["from"], found["contracts"][0]["to"]) == ("2026-01-01", "2026-12-31")


def test_contracts_come_in_pages(books):
    first = books.get(f"{BASE}/revenue-contracts?limit=1")
    after = first.get_json()["next_after"]
    assert first.headers["Link"] == f'<{BASE}/revenue-contracts?limit=1&after={after}>; rel="next"'
    second = read(books, f"revenue-contracts?limit=1&after={after}")
    assert [row["contract"] for row in second["contracts"]] == ["gate"]


def test_one_contract_as_it_stood_on_a_day(books):
    found = read(books, "revenue-contracts/lane?as_of=2026-04-11")
    assert [line["status"] for line in found["contract"]["lines"]] == ["missing", "upcoming"]
    assert (found["as_of"], found["contract"]["overdue_fen"]) == ("2026-04-11", 600_000)


def test_a_contract_that_is_not_on_file_is_not_found(books):
    assert books.get(f"{BASE}/revenue-contracts/ghost").status_code == 404
    assert books.get(f"{BASE}/revenue-contracts/lane?as_of=2025-12-31").status_code == 404


def test_arrears_by_contract_and_place_and_what_is_not_on_file(books):
    found = read(books, "arrears")
    assert [(row["contract"], row["overdue_fen"]) for row in found["contracts"]] == [
        ("lane", 600_000),
        ("gate", 1_200_000),
    ]
    assert [(row["location"], row["overdue_fen"], row["oldest_days"]) for row in found["places"]] == [
        ("东门", 1_200_000, 224),
        ("小区道路车位", 600_000, 133),
    ]
    assert found["not_on_file"] == [{"contract": "ghost", "received_fen": 1}]


def test_arrears_as_of_a_day_as_known_at_a_record(books):
    known = read(books, "revenue-contracts/gate")["contract"]["number"]
    found = read(books, f"arrears?as_of=2026-04-12&known_at={known}")
    assert (found["as_of"], found["known_at"]) == ("2026-04-12", str(known))
    assert [row["overdue_fen"] for row in found["contracts"]] == [600_000, 600_000]
    assert [row["overdue_fen"] for row in read(books, "arrears?as_of=2026-04-12")["contracts"]] == [
        0,
        600_000,
    ]


@pytest.mark.parametrize(
    "query", ["as_of=2026-13-01", "known_at=soon", "known_at=2026-02-30T10:00:00Z", "day=1"]
)
def test_a_question_that_makes_no_sense_is_answered_as_such(books, query):
    assert books.get(f"{BASE}/arrears?{query}").status_code == 400


def test_a_quarter_is_written_with_its_year(books):
    body = {"quarter": "2026-Q2", "amount_fen": 1, "transferred_on": "2026-07-20"}
    answer = books.ask("transfer-revenue-to-fund", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/quarter"]
