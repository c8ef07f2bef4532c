"""Levels of the fund are for everybody; the account of a unit is for those who keep or check the books."""

import csv
import hashlib
import io

import pytest

from ledger.envelope import canonical
from projections.statements.statement import BYTES_MAX
from tests.api.documents.test_notice import words
from tests.api.endpoints.installation import LEDGER, Installation, problem_of

LEVELS = f"/api/v1/ledgers/{LEDGER}/fund-levels"
ACCOUNTS = f"/api/v1/ledgers/{LEDGER}/unit-accounts"
STATEMENT = f"/api/v1/ledgers/{LEDGER}/unit-statement"
UNIT = {"building": "3", "door": "12", "exclusive_area": "72.00", "area_basis": "registered"}
AREAS = {"101": "80.00", "102": "120.00"}
DOOR_12 = {"kind": "door", "id": "12"}
MAY_READ = ["treasurer", "bookkeeper", "secretary", "chair", "member", "auditor"]


@pytest.fixture
def told(here: Installation) -> Installation:
    """Door number 12 holds 2,999.99 of 10,000.00, divided over 101 and 102; 102 paid 40.00 more."""
    steps = [
        ("register-building", {"building": "3", "name": "三号楼", "doors": ["12"]}, "secretary"),
        (
            "register-units",
            {"units": [{**UNIT, "unit": unit, "floor_area": area} for unit, area in AREAS.items()]},
            "secretary",
        ),
        (
            "open-fund",
            {
                "fund": "maintenance", "opened_on": "2026-01-01", "opening_fen": 2_999_99, "bank": "上海银行",
                "account_tail": "1234",
                "openings": [{"scope": DOOR_12, "balance_fen": 2_999_99, "first_deposit_fen": 10_000_00}],
            },
            "treasurer",
        ),
        (
            "apportion-fund",
            {"what": "opening", "amount_fen": 2_999_99, "first_deposit_fen": 10_000_00, "scope": DOOR_12},
            "treasurer",
        ),
        (
            "record-fund-deposit",
            {"fund": "maintenance", "amount_fen": 40_00, "received_on": "2026-05-06", "unit": "102"},
            "treasurer",
        ),
    ]  # fmt: skip
    for action, body, by in steps:
        answer = here.ask(action, body, by=by)
        assert answer.status_code == 201, answer.text
    here.catch_up()
    return here


def authorised(here: Installation, account: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {here.tokens[account]}"}


def test_anybody_sees_how_full_the_fund_is(told: Installation) -> None:
    found = told.get(f"{LEVELS}?as_of=2026-05-05").get_json()
    assert found["as_of"] == "2026-05-05"
    assert found["levels"][0] == {
        "level": "fund",
        "first_deposit_fen": 10_000_00,
        "balance_fen": 2_999_99,
        "is_below": True,
        "below_since": "2026-01-01",
        "decide_by": "2026-04-01",
        "decide_by_rolled": "2026-04-01",
        "notices_due": True,
        "units": 0,  # they were registered later
        "units_below": None,
    }
    now = told.get(LEVELS).get_json()
    assert [(row["level"], row["is_below"]) for row in now["levels"]] == [("fund", False), ("door-12", False)]
    assert now["top_ups"] == []


def test_nothing_public_says_for_which_unit_something_was_paid(told: Installation) -> None:
    for path in (LEVELS, f"/api/v1/ledgers/{LEDGER}/entries", f"/api/v1/ledgers/{LEDGER}/balances"):
        answer = told.get(path)
        assert answer.status_code == 200
        assert '"102"' not in answer.text
    (deposit,) = told.get(f"/api/v1/ledgers/{LEDGER}/events?kind=fund-deposit.recorded").get_json()["events"]
    assert set(deposit["entry"]["data"]["unit"]) == {"_sd"}


@pytest.mark.parametrize("account", MAY_READ)
def test_those_who_keep_or_check_the_books_see_every_account(told: Installation, account: str) -> None:
    answer = told.get(ACCOUNTS, **authorised(told, account))
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["units"] == [
        {"unit": "101", "building": "3", "door": "12", "floor_area": "80.00", "first_deposit_fen": 4_000_00,
         "balance_fen": 1_200_00},
        {"unit": "102", "building": "3", "door": "12", "floor_area": "120.00", "first_deposit_fen": 6_000_00,
         "balance_fen": 1_839_99},
    ]  # fmt: skip
    assert (found["first_deposit_fen"], found["balance_fen"]) == (10_000_00, 3_039_99)


@pytest.mark.parametrize("path", [ACCOUNTS, f"{ACCOUNTS}.csv"])
def test_nobody_else_does(told: Installation, path: str) -> None:
    problem_of(told.get(path), 401, "token.missing")
    problem_of(told.get(path, Authorization="Bearer mz_0_0"), 401, "token.unknown")
    for account in ("firm", "street", "district", "neighbourhood", "operator"):
        problem_of(told.get(path, **authorised(told, account)), 403, "role.missing")
    elsewhere = path.replace(LEDGER, "xinghuali")
    problem_of(told.get(elsewhere, **authorised(told, "treasurer")), 403, "role.missing")
    nowhere = path.replace(LEDGER, "nowhere")
    problem_of(told.get(nowhere, **authorised(told, "treasurer")), 404, "ledger.unknown")


def test_one_door_or_building_can_be_asked_for(told: Installation) -> None:
    treasurer = authorised(told, "treasurer")
    assert len(told.get(f"{ACCOUNTS}?door=12", **treasurer).get_json()["units"]) == 2
    assert told.get(f"{ACCOUNTS}?door=13", **treasurer).get_json()["units"] == []
    assert len(told.get(f"{ACCOUNTS}?building=3", **treasurer).get_json()["units"]) == 2
    assert told.get(f"{ACCOUNTS}?building=4", **treasurer).get_json()["balance_fen"] == 0


def test_the_accounts_of_a_door_come_as_a_sheet(told: Installation) -> None:
    answer = told.get(f"{ACCOUNTS}.csv?door=12", **authorised(told, "treasurer"))
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [
        ["unit", "building", "door", "floor_area", "first_deposit_fen", "balance_fen"],
        ["101", "3", "12", "80.00", "400000", "120000"],
        ["102", "3", "12", "120.00", "600000", "183999"],
    ]


def test_no_cache_keeps_it_and_no_tag_opens_it(told: Installation) -> None:
    treasurer = authorised(told, "treasurer")
    answer = told.get(ACCOUNTS, **treasurer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]
    assert "ETag" not in answer.headers
    assert told.get(ACCOUNTS, If_None_Match="*", **treasurer).data == answer.data
    assert told.get(ACCOUNTS, If_None_Match="*").status_code == 401
    assert told.get(ACCOUNTS, If_None_Match="*", **authorised(told, "firm")).status_code == 403


# -- the yearly statement of one unit (T5) -----------------------------------------------------------------


@pytest.mark.parametrize("account", MAY_READ)
def test_they_print_a_unit_its_year(told: Installation, account: str) -> None:
    answer = told.get(f"{STATEMENT}?unit=102&year=2026", **authorised(told, account))
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    figures = found["statement"]["figures"]
    assert figures == {
        "opening": 1_799_99,
        "income": 40_00,
        "spending": 0,
        "closing": 1_839_99,
        "first_deposit_fen": 6_000_00,
    }
    assert "cautions" not in found["statement"]
    stored = canonical(found["statement"], BYTES_MAX)
    assert found["statement_sha256"] == hashlib.sha256(stored).hexdigest()


def test_the_paper_says_it_is_for_the_owner_and_nothing_of_posting(told: Installation) -> None:
    answer = told.get(f"{STATEMENT}.pdf?unit=102&year=2026", **authorised(told, "treasurer"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    said = words(answer.data)
    assert "只给本户业主，不张贴" in said
    assert "1,839.99" in said
    assert "张贴日期" not in said
    assert "扫码" not in said
    english = told.get(f"{STATEMENT}.pdf?unit=102&year=2026&lang=en", **authorised(told, "treasurer"))
    assert "Fortheowneroftheunitalone" in words(english.data)


@pytest.mark.parametrize("form", ["", ".pdf"])
def test_nobody_else_is_told_a_units_year(told: Installation, form: str) -> None:
    path = f"{STATEMENT}{form}?unit=102&year=2026"
    problem_of(told.get(path), 401, "token.missing")
    for account in ("firm", "street", "district", "neighbourhood", "operator"):
        problem_of(told.get(path, **authorised(told, account)), 403, "role.missing")
    answer = told.get(path, **authorised(told, "treasurer"))
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "query", ["", "?unit=102", "?year=2026", "?unit=102&year=1949", "?unit=1.2&year=2026"]
)
def test_a_statement_is_of_one_unit_and_one_year(told: Installation, query: str) -> None:
    problem_of(told.get(STATEMENT + query, **authorised(told, "treasurer")), 400, "query.malformed")


def test_a_unit_nobody_registered_is_not_found(told: Installation) -> None:
    path = f"{STATEMENT}?unit=909&year=2026"
    problem_of(told.get(path, **authorised(told, "treasurer")), 404, "record.unknown")
