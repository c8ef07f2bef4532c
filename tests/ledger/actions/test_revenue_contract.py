"""Contracts on the use of common parts: on file with their schedule, consented to, amended, ended."""

from datetime import date

import msgspec
import pytest

from ledger.actions.revenue_contract import AmendRevenueContract, EndRevenueContract, RevenueContract
from ledger.fields import Personal, Scope
from tests.ledger.happened import NEW_YEAR, SPRING, building_registered, committee_decided, vote_rejected
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    GROUNDS,
    JULY,
    JUNE_20,
    MAY,
    PARKING,
    YEAR_END,
    business_agreed,
    contract_amended,
    contract_ended,
    contract_registered,
    irregularities,
    register_contract,
    schedule,
)
from tests.ledger.story import TODAY, given, state_of, then, then_malformed, then_recorded, then_refused, when

QUARTERS = ((date(2026, 3, 31), 6_000_00), (date(2026, 6, 30), 6_000_00))


def amend(contract: str, *lines: tuple[date, int], ends_on: date | None = None) -> AmendRevenueContract:
    return AmendRevenueContract(
        contract=contract, schedule=schedule(*lines), reason="租金下调。", ends_on=ends_on
    )


def end(contract: str, *, on: date) -> EndRevenueContract:
    return EndRevenueContract(contract=contract, ended_on=on, reason="对方撤场。")


# -- on file ---------------------------------------------------------------------------------------


def test_a_contract_is_put_on_file_with_what_is_due_and_when():
    when(register_contract("parking-2026", *QUARTERS))
    then(contract_registered("parking-2026", *QUARTERS))
    assert irregularities() == ()


def test_the_five_things_an_agreement_must_show_are_kept():
    shown = {
        "standard": "每车位每月150元",
        "management_cost": "收费人工每月3,000元",
        "distribution": "全体业主",
        "filed_with": "物业服务处",
        "signed_on": date(2025, 12, 20),
    }
    when(register_contract("parking-2026", **shown))
    then(contract_registered("parking-2026", **shown))


def test_the_lines_are_kept_in_the_order_in_which_they_fall_due():
    when(register_contract("parking-2026", *reversed(QUARTERS)))
    then(contract_registered("parking-2026", *QUARTERS))


def test_a_contract_is_put_on_file_once():
    given(contract_registered("parking-2026"))
    when(register_contract("parking-2026"))
    then_refused("revenue-contract.already-registered", contract="parking-2026")


def test_a_contract_of_one_day_is_possible_and_one_that_ends_before_it_starts_is_not():
    when(register_contract("fair", ends_on=NEW_YEAR))
    then_recorded()
    when(register_contract("fair-2", ends_on=date(2025, 12, 31)))
    then_refused("period.ends-before-it-starts", starts_on=NEW_YEAR)


def test_two_amounts_for_one_day_are_refused():
    when(register_contract("parking-2026", (MAY, 1_00), (MAY, 2_00)))
    then_refused("revenue-contract.due-twice", due_on=MAY)


def test_a_contract_without_a_schedule_is_none():
    when(register_contract("parking-2026", schedule=()))
    then_malformed("/schedule", "field.malformed")


def test_a_contract_belongs_to_a_part_that_is_registered():
    when(register_contract("parking-2026", scope=DOOR_12))
    then_refused("door.unknown", door="12")


def test_a_private_person_stands_there_by_surname_only():
    when(register_contract("stall-7", counterparty="王建国", counterparty_kind="individual"))
    kept = contract_registered("stall-7", counterparty="个人(王**)")
    name = Personal.of("counterparty/stall-7/王建国", "王建国")
    then(kept._replace(event=msgspec.structs.replace(kept.event, counterparty_name=name)))


# -- consent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", [2, 3, 4, 5])
def test_business_on_a_common_part_without_a_vote_of_the_owners_is_marked(head):
    when(register_contract("lockers", head=head), on=TODAY)
    then_recorded()
    assert irregularities() == ("VOTE-01", "VOTE-04")


@pytest.mark.parametrize("head", [PARKING, 6, 7])
def test_parking_compensation_and_interest_are_no_business_in_that_sense(head):
    when(register_contract("parking-2026", head=head))
    then_recorded()


def test_a_vote_on_matter_eight_consents_to_it():
    given(business_agreed("lockers-vote"))
    when(register_contract("lockers", head=GROUNDS, consents=("lockers-vote",)))
    then_recorded()
    assert irregularities() == ()


def test_a_vote_that_failed_consents_to_nothing():
    given(vote_rejected("lockers-vote", authorises=1))
    when(register_contract("lockers", head=GROUNDS, consents=("lockers-vote",)))
    then_recorded()
    assert irregularities() == ("VOTE-01", "VOTE-04")


def test_a_consent_that_nobody_gave_is_refused():
    when(register_contract("lockers", head=GROUNDS, consents=("no-vote",)))
    then_refused("decision.unknown", decision="no-vote")


def test_a_roof_that_is_let_without_consent_is_put_on_file_as_what_it_is():
    when(register_contract("mast", head=GROUNDS, part="roof", acknowledge=("VOTE-21",)))
    then_recorded()
    assert irregularities() == ("VOTE-21",)


def test_the_owners_of_a_door_consent_to_business_on_what_is_theirs():
    given(building_registered("3", doors=("12",)), business_agreed("lobby-vote", scope=DOOR_12))
    when(register_contract("lobby", head=ADVERTS, scope=DOOR_12, consents=("lobby-vote",)))
    then_recorded()


@pytest.mark.parametrize("part", ["outer-wall", "roof"])
def test_a_wall_or_roof_of_a_part_needs_two_consents(part):
    given(building_registered("3", doors=("12",)), business_agreed("door-vote", scope=DOOR_12))
    on_the_wall = {"head": ADVERTS, "scope": DOOR_12, "part": part}
    when(register_contract("screen", consents=("door-vote",), **on_the_wall))
    then_refused("revenue-contract.consents-missing", rules=["VOTE-21"], lacking=("assembly",))
    given(business_agreed("all-vote"))
    when(register_contract("screen", consents=("door-vote", "all-vote"), **on_the_wall))
    then_recorded()


def test_the_assembly_alone_does_not_consent_for_those_who_share_the_roof():
    given(building_registered("3", doors=("12",)), business_agreed("all-vote"))
    when(register_contract("mast", head=GROUNDS, scope=DOOR_12, part="roof", consents=("all-vote",)))
    then_refused("revenue-contract.consents-missing", rules=["VOTE-21"], lacking=("sharing-owners",))


def test_a_committee_that_was_not_authorised_does_not_consent_for_the_assembly():
    given(building_registered("3", doors=("12",)), business_agreed("door-vote", scope=DOOR_12))
    given(committee_decided("by-committee"))
    consents = ("door-vote", "by-committee")
    when(register_contract("mast", head=GROUNDS, scope=DOOR_12, part="roof", consents=consents))
    then_refused("revenue-contract.consents-missing", rules=["VOTE-21"], lacking=("assembly",))


def test_a_wall_rented_out_with_one_consent_is_put_on_file_as_what_it_is():
    given(building_registered("3", doors=("12",)), business_agreed("door-vote", scope=DOOR_12))
    asked = register_contract(
        "screen",
        head=ADVERTS,
        scope=DOOR_12,
        part="outer-wall",
        consents=("door-vote",),
        acknowledge=("VOTE-21",),
    )
    when(asked)
    then_recorded()
    assert irregularities() == ("VOTE-21",)


def test_two_consents_are_asked_for_since_the_rule_is_in_force():
    given(building_registered("3", doors=("12",)))
    agreed = {"head": ADVERTS, "scope": Scope(kind="door", id="12"), "part": "roof"}
    when(register_contract("old-mast", signed_on=date(2026, 3, 31), **agreed))
    then_recorded()
    when(register_contract("new-mast", signed_on=date(2026, 4, 1), **agreed))
    then_refused("revenue-contract.consents-missing", rules=["VOTE-21"])


# -- amended and ended -----------------------------------------------------------------------------


def test_an_amendment_sets_what_is_due_from_its_day_on():
    given(contract_registered("parking-2026"))
    when(amend("parking-2026", (YEAR_END, 4_000_00)))
    then(contract_amended("parking-2026", (YEAR_END, 4_000_00), on=TODAY))


def test_an_amendment_may_make_a_contract_longer():
    given(contract_registered("parking-2026"))
    when(amend("parking-2026", (date(2027, 1, 31), 4_000_00), ends_on=date(2027, 12, 31)))
    then_recorded()
    assert state_of(RevenueContract, "parking-2026").ends_on == date(2027, 12, 31)


def test_what_is_due_on_the_day_of_the_amendment_may_be_set_and_what_was_due_before_may_not():
    given(contract_registered("parking-2026"))
    when(amend("parking-2026", (TODAY, 4_000_00)))
    then_recorded()
    when(amend("parking-2026", (date(2026, 11, 19), 1_00), (YEAR_END, 4_000_00)))
    then_refused("revenue-contract.amends-the-past", due_on=date(2026, 11, 19), day=TODAY)


def test_what_is_overdue_does_not_vanish_because_a_new_schedule_is_dated_back():
    given(contract_registered("parking-2026"))
    due_on = state_of(RevenueContract, "parking-2026").schedule[0].due_on
    dated_back = amend("parking-2026", (TODAY, 4_000_00))
    when(msgspec.structs.replace(dated_back, occurred_on=due_on))
    then_refused("revenue-contract.amends-the-past", due_on=due_on, day=due_on)
    when(msgspec.structs.replace(dated_back, occurred_on=TODAY))
    then_recorded()


def test_an_amended_contract_cannot_end_before_it_starts():
    given(contract_registered("parking-2026", starts_on=date(2026, 12, 1)))
    when(amend("parking-2026", (YEAR_END, 1_00), ends_on=date(2026, 11, 30)))
    then_refused("period.ends-before-it-starts", ends_on=date(2026, 11, 30))


def test_only_a_contract_on_file_is_amended_or_ended():
    when(amend("no-contract", (YEAR_END, 1_00)))
    then_refused("revenue-contract.unknown", contract="no-contract")
    when(end("no-contract", on=JUNE_20))
    then_refused("revenue-contract.unknown", contract="no-contract")


def test_a_contract_ends_before_its_time():
    given(contract_registered("parking-2026"))
    when(end("parking-2026", on=JUNE_20))
    then(contract_ended("parking-2026", on=JUNE_20))


def test_a_contract_that_has_ended_is_neither_ended_nor_amended_again():
    given(contract_registered("parking-2026"), contract_ended("parking-2026", on=JUNE_20))
    when(end("parking-2026", on=JULY))
    then_refused("revenue-contract.already-ended", ended_on=JUNE_20)
    when(amend("parking-2026", (YEAR_END, 1_00)))
    then_refused("revenue-contract.already-ended", ended_on=JUNE_20)


def test_a_contract_ends_within_the_time_it_runs():
    given(contract_registered("fair", starts_on=SPRING, ends_on=JUNE_20))
    when(end("fair", on=date(2026, 3, 19)))
    then_refused("period.ends-before-it-starts", starts_on=SPRING)
    when(end("fair", on=date(2026, 6, 21)))
    then_refused("revenue-contract.over-already", ends_on=JUNE_20)
