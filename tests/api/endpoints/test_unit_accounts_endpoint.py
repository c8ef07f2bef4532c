"""Levels of the fund are for everybody; the account of a unit is for those who keep or check the books."""

import csv
import io

import pytest

from tests.api.endpoints.installation import LEDGER, Installation, problem_of

LEVELS = f"/api/v1/ledgers/{LEDGER}/fund-levels"
ACCOUNTS = f"/api/v1/ledgers/{LEDGER}/unit-accounts"
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


def test_no_shared_cache_keeps_it_and_no_tag_opens_it(told: Installation) -> None:
    treasurer = authorised(told, "treasurer")
    answer = told.get(ACCOUNTS, **treasurer)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    tag = answer.headers["ETag"]
    assert told.get(ACCOUNTS, If_None_Match=tag, **treasurer).status_code == 304
    assert told.get(ACCOUNTS, If_None_Match=tag).status_code == 401
    assert told.get(ACCOUNTS, If_None_Match=tag, **authorised(told, "firm")).status_code == 403
