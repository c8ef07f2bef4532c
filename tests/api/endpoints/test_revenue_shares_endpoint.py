"""What of public revenue falls to each unit, for those who keep the books only (REV-18)."""

import csv
import io

import pytest

from ledger.actions.revenue_distribution import ApportionPublicRevenue
from ledger.asked import Asked
from tests.api.endpoints.installation import LEDGER, TODAY, Installation, problem_of
from tests.ledger.happened import fund_opened, vote_passed
from tests.ledger.project_words import seven_units
from tests.ledger.story import Happened

BASE = f"/api/v1/ledgers/{LEDGER}"


@pytest.fixture
def shared_out(here: Installation) -> Installation:
    """1,000.00 yuan of public revenue divided among the seven units of EX4."""
    for fact in (
        fund_opened("public-revenue", fen=9_000_00),
        *seven_units(),
        *vote_passed("share-2026", authorises=1_000_00, fund="public-revenue"),
    ):
        happened = Happened(event=fact.event, occurred_on=fact.on)
        here.services.ledger.record(Asked(LEDGER, happened, "chair", TODAY))
    divide = ApportionPublicRevenue(decision="share-2026", amount_fen=1_000_00)
    here.services.ledger.record(Asked(LEDGER, divide, "treasurer", TODAY))
    here.services.follower.catch_up()
    return here


def number_of(server: Installation) -> int:
    return server.services.store.length(LEDGER) - 1


def shares(server: Installation, query: str, *, by: str | None = "treasurer"):
    headers = {"Authorization": f"Bearer {server.tokens[by]}"} if by else {}
    return server.client.get(f"{BASE}/revenue-shares.csv?{query}", headers=headers)


def test_the_share_of_every_unit_adds_up_to_what_was_divided(shared_out):
    answer = shares(shared_out, f"number={number_of(shared_out)}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    # 91.20, 64.08, 91.20, 64.08, 137.33, 75.12 and 88.46 of 611.47 m²: five fen are left over,
    # for 301, 101, 201, 401 and, of two equal remainders, for 102
    assert [(row["unit"], row["exclusive_area"], int(row["share_fen"])) for row in rows] == [
        ("101", "91.20", 149_15), ("102", "64.08", 104_80), ("201", "91.20", 149_15),
        ("202", "64.08", 104_79), ("301", "137.33", 224_59), ("302", "75.12", 122_85),
        ("401", "88.46", 144_67),
    ]  # fmt: skip
    assert sum(int(row["share_fen"]) for row in rows) == 1_000_00


def test_units_registered_later_get_nothing_of_it(shared_out):
    number = number_of(shared_out)
    before = shares(shared_out, f"number={number}").data
    later = {"unit": "402", "building": "3", "door": "12", "floor_area": "90.00", "exclusive_area": "80.00",
             "area_basis": "registered"}  # fmt: skip
    assert shared_out.ask("register-units", {"units": [later]}, by="secretary").status_code == 201
    assert shares(shared_out, f"number={number}").data == before


def test_what_falls_to_each_unit_is_not_public(shared_out):
    query = f"number={number_of(shared_out)}"
    assert shares(shared_out, query, by=None).status_code == 401
    assert shares(shared_out, query, by="street").status_code == 403
    assert shares(shared_out, query, by="auditor").status_code == 200
    record = shared_out.get(f"{BASE}/events/{number_of(shared_out)}").get_json()["entry"]
    assert set(record["data"]) == {
        "decision", "total_fen", "scope", "base", "area", "units", "fen_per_m2", "remainder_units",
        "shares_digest",
    }  # fmt: skip


def test_a_record_that_divided_nothing_has_no_shares(shared_out):
    problem_of(shares(shared_out, "number=0"), 404, "record.unknown")
    problem_of(shares(shared_out, "number=9999"), 404, "record.unknown")
    assert shares(shared_out, "door=12").status_code == 400


def test_a_list_that_was_taken_back_has_no_shares(shared_out):
    number = number_of(shared_out)
    wrong = {"number": number, "reason": "登记面积有误。"}
    assert shared_out.ask("reverse-apportionment", wrong, by="treasurer").status_code == 201
    problem_of(shares(shared_out, f"number={number}"), 404, "record.unknown")


@pytest.mark.parametrize(("query", "lines"), [("door=12", 8), ("building=3", 8), ("door=14", 1)])
def test_shares_are_exported_by_door_or_building(shared_out, query, lines):
    found = shares(shared_out, f"number={number_of(shared_out)}&{query}").get_data(as_text=True)
    assert len(found.splitlines()) == lines
