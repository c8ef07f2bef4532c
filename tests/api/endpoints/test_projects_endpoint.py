"""Repairs as JSON, now and then; what each unit bears, for those who keep the books only."""

import csv
import io

import pytest

from ledger.actions.project_apportionment import ApportionProject
from ledger.asked import Asked
from tests.api.endpoints.installation import LEDGER, TODAY, Installation
from tests.ledger.happened import SPRING, fund_opened, vote_passed
from tests.ledger.project_words import (
    DOOR_12,
    contract_signed,
    drawn,
    plan_published,
    price_reviewed,
    seven_units,
)
from tests.ledger.story import Happened

BASE = f"/api/v1/ledgers/{LEDGER}"


@pytest.fixture
def repaired(here: Installation) -> Installation:
    """The lift of EX4, reviewed at 31,415.93 yuan and split over the seven units behind door 12."""
    for fact in (
        fund_opened("maintenance", fen=900_000_00),
        *seven_units(),
        *vote_passed("lift-3", authorises=280_000_00, scope=DOOR_12),
        plan_published(scope=DOOR_12),
        contract_signed(price=32_000_00),
        *drawn(9_600_00),
        price_reviewed(31_415_93),
    ):
        happened = Happened(event=fact.event, occurred_on=fact.on)
        here.services.ledger.record(Asked(LEDGER, happened, "chair", TODAY))
    here.services.ledger.record(Asked(LEDGER, ApportionProject(project="lift"), "treasurer", TODAY))
    here.services.follower.catch_up()
    return here


def test_a_repair_is_read_by_its_id(repaired):
    answer = repaired.client.get(f"{BASE}/projects/lift")
    project = answer.get_json()["project"]
    assert answer.status_code == 200
    assert (project["price_fen"], project["reviewed_fen"], project["paid_fen"]) == (
        32_000_00,
        31_415_93,
        9_600_00,
    )
    assert (project["scope"], project["units"], project["remainder_units"]) == ("door-12", 7, 3)
    steps = {step["step"]: step["on"] for step in project["steps"] if "number" in step}
    assert (steps["contract"], steps["apportionment"]) == (SPRING.isoformat(), TODAY.isoformat())


def test_repairs_are_read_in_a_list_and_as_they_stood(repaired):
    (project,) = repaired.client.get(f"{BASE}/projects").get_json()["projects"]
    assert project["project"] == "lift"
    (then,) = repaired.client.get(f"{BASE}/projects?as_of={SPRING}").get_json()["projects"]
    assert (then["paid_fen"], then["stage"]) == (0, "contracted")
    assert repaired.client.get(f"{BASE}/projects/lift?known_at=1").status_code == 404


def test_there_is_no_other_repair(repaired):
    assert repaired.client.get(f"{BASE}/projects/roof").status_code == 404


def shares(server: Installation, query: str, *, by: str | None = "treasurer"):
    headers = {"Authorization": f"Bearer {server.tokens[by]}"} if by else {}
    return server.client.get(f"{BASE}/project-shares.csv?{query}", headers=headers)


def test_ex4_the_share_of_every_unit_is_exported(repaired):
    answer = shares(repaired, "project=lift")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["unit"], int(row["share_fen"])) for row in rows] == [
        ("101", 4_685_65), ("102", 3_292_29), ("201", 4_685_65), ("202", 3_292_28),
        ("301", 7_055_70), ("302", 3_859_49), ("401", 4_544_87),
    ]  # fmt: skip
    assert sum(int(row["share_fen"]) for row in rows) == 31_415_93


def test_units_registered_later_bear_nothing_of_it(repaired):
    before = shares(repaired, "project=lift").data
    later = {"unit": "402", "building": "3", "door": "12", "floor_area": "90.00", "exclusive_area": "80.00",
             "area_basis": "registered"}  # fmt: skip
    assert repaired.ask("register-units", {"units": [later]}, by="secretary").status_code == 201
    assert shares(repaired, "project=lift").data == before


@pytest.mark.parametrize(("query", "lines"), [("door=12", 8), ("building=3", 8), ("door=14", 1)])
def test_shares_are_exported_by_door_or_building(repaired, query, lines):
    assert len(shares(repaired, f"project=lift&{query}").get_data(as_text=True).splitlines()) == lines


def test_what_was_not_split_has_no_shares(repaired):
    assert shares(repaired, "project=roof").status_code == 404


def test_what_each_unit_bears_is_not_public(repaired):
    assert shares(repaired, "project=lift", by=None).status_code == 401
    assert shares(repaired, "project=lift", by="street").status_code == 403
    assert shares(repaired, "project=lift", by="auditor").status_code == 200


def test_a_split_that_was_taken_back_has_no_shares_until_it_is_split_again(repaired):
    project = repaired.client.get(f"{BASE}/projects/lift").get_json()["project"]
    (number,) = (step["number"] for step in project["steps"] if step["step"] == "apportionment")
    wrong = {"number": number, "reason": "分摊范围选错了。"}
    assert repaired.ask("reverse-apportionment", wrong, by="treasurer").status_code == 201
    assert shares(repaired, "project=lift").status_code == 404
    assert repaired.ask("apportion-project", {"project": "lift"}, by="treasurer").status_code == 201
    assert len(shares(repaired, "project=lift").get_data(as_text=True).splitlines()) == 8
