"""A repair's cost is split by floor area over the units in its scope, to the fen (FUND-21, FUND-22; EX4)."""

import msgspec

from ledger.actions.project_apportionment import ApportionProject
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.rules import RulesAdopted
from ledger.fields import Scope
from ledger.money.apportionment import digest_of
from ledger.rules.law import OwnParameter
from tests.ledger.happened import (
    building_registered,
    fund_opened,
    registered_unit,
    units_registered,
    vote_passed,
)
from tests.ledger.project_words import a_repair, contract_signed, plan_published, price_reviewed, seven_units
from tests.ledger.story import FOR_EVER, Fact, given, then, then_recorded, then_refused, when

DOOR_12 = Scope(kind="door", id="12")
EX4 = {
    "101": 4_685_65, "102": 3_292_29, "201": 4_685_65, "202": 3_292_28,
    "301": 7_055_70, "302": 3_859_49, "401": 4_544_87,
}  # fmt: skip


def apportion() -> ApportionProject:
    return ApportionProject(project="lift")


def apportioned(**of) -> Fact:
    fields = {
        "total_fen": 31_415_93,
        "scope": DOOR_12,
        "area": "611.47",
        "units": 7,
        "fen_per_m2": 51_38,  # 51.3777 yuan
        "remainder_units": 3,
        "shares_digest": digest_of(EX4),
        **of,
    }
    return Fact(ProjectApportioned(project="lift", **fields), "treasurer")


def given_the_lift_of_ex4():
    given(
        fund_opened("maintenance", fen=900_000_00),
        seven_units(),
        vote_passed("lift-3", authorises=280_000_00, scope=DOOR_12),
        plan_published(scope=DOOR_12),
        contract_signed(price=32_000_00),
    )


def test_ex4_apportion_31415_93_over_7_units():
    given_the_lift_of_ex4()
    given(price_reviewed(31_415_93))
    when(apportion())
    then(apportioned())


def test_units_behind_another_door_bear_nothing_of_it():
    given_the_lift_of_ex4()
    given(
        building_registered("4", doors=("14",)),
        units_registered(registered_unit("501", "4", door="14")),
        price_reviewed(31_415_93),
    )
    when(apportion())
    then(apportioned())


def test_fund_23_the_developer_bears_the_share_of_what_it_has_not_sold():
    sold = registered_unit("101", "3", door="12")
    unsold = msgspec.structs.replace(registered_unit("102", "3", door="12"), held_by="developer")
    given(
        building_registered("3", doors=("12",)),
        units_registered(sold, unsold),
        vote_passed("lift-3", authorises=280_000_00, scope=DOOR_12),
        plan_published(scope=DOOR_12),
        contract_signed(price=32_000_00),
        price_reviewed(100_01),
    )
    when(apportion())
    shares = digest_of({"101": 50_01, "102": 50_00})
    of = {"area": "182.40", "units": 2, "fen_per_m2": 55, "remainder_units": 1, "shares_digest": shares}
    then(apportioned(total_fen=100_01, **of))  # 100.01 over 182.40 m2 are 0.5483 yuan each


def test_the_whole_community_bears_what_serves_all_of_it():
    given(seven_units(), a_repair(), price_reviewed(100_00))
    when(apportion())
    (line,) = then_recorded()
    assert line.kind == "project.apportioned"


def test_what_is_not_reviewed_yet_is_not_split():
    given_the_lift_of_ex4()
    when(apportion())
    then_refused("project.not-reviewed", rules=["FUND-15"], project="lift")


def test_where_no_review_is_due_the_price_is_split():
    own = (
        OwnParameter(rule="FUND-19", name="review", value="from-amount"),
        OwnParameter(rule="FUND-19", name="review_fen_min", value=50_000_00),
    )
    given(
        Fact(RulesAdopted(starts_on=FOR_EVER, parameters=own)),
        seven_units(),
        vote_passed("lift-3", authorises=280_000_00, scope=DOOR_12),
        plan_published(scope=DOOR_12),
        contract_signed(price=31_415_93, review=False),
    )
    when(apportion())
    then(apportioned())


def test_a_contract_comes_before_the_split():
    given(seven_units(), vote_passed("lift-3", authorises=280_000_00), plan_published())
    when(apportion())
    then_refused("project.without-contract", project="lift")


def test_a_scope_without_units_bears_nothing():
    given(a_repair(), price_reviewed(31_415_93))
    when(apportion())
    then_refused("project.no-units-in-scope", project="lift")


def test_a_cost_is_split_once():
    given_the_lift_of_ex4()
    given(price_reviewed(31_415_93), apportioned())
    when(apportion())
    then_refused("project.already-apportioned", project="lift")


def test_a_project_nobody_planned_is_not_split():
    when(apportion())
    then_refused("project.unknown", project="lift")
