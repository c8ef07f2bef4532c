"""A unit is sold with its share of the fund (FUND-27, FUND-31), and its areas are put right."""

from ledger.actions.community import Register
from ledger.fields import Scope
from tests.ledger.fund_words import (
    DOOR_12,
    area_corrected,
    correct_area,
    door_12_of_two,
    transfer_unit,
    unit_transferred,
)
from tests.ledger.happened import building_registered, registered_unit, units_registered
from tests.ledger.story import given, state_of, story, then, then_recorded, then_refused, when


def test_a_sold_unit_has_a_new_owner_and_what_the_seller_stated_is_withheld():
    given(building_registered("3"), units_registered(registered_unit("3-101", "3", owner="o-17")))
    before = state_of(Register).units["3-101"].owner_ref
    when(transfer_unit("3-101"))
    then(unit_transferred("3-101", owner="o-204", first=4_000_00, balance=1_204_17))
    assert state_of(Register).units["3-101"].owner_ref not in (None, before)


def test_nothing_a_reader_of_the_record_sees_names_the_owner_or_the_balance():
    given(*door_12_of_two())
    when(transfer_unit("101", owner="o-204"))
    (line,) = then_recorded()
    entry = story().store.rows(line.position - 1, 1)[0].entry.decode()
    assert "o-204" not in entry
    assert "120417" not in entry
    assert "400000" not in entry


def test_what_the_seller_stated_is_kept_for_those_who_may_see_it():
    given(*door_12_of_two())
    when(transfer_unit("101"))
    (line,) = then_recorded()
    sealed = story().ledger.store.numbered("wutongli", line.number)
    assert sealed is not None
    kept = story().vault.values([sealed.data.stated_balance.digest, sealed.data.stated_first_deposit.digest])
    assert sorted(kept.values()) == ["120417", "400000"]


def test_a_unit_nobody_registered_is_not_sold():
    given(*door_12_of_two())
    when(transfer_unit("909"))
    then_refused("unit.unknown", unit="909")


def test_no_sale_without_proof_that_the_fund_was_paid_in_full():
    given(*door_12_of_two())
    when(transfer_unit("101", proof=None))
    then_refused("unit.transferred-without-proof", rules=["FUND-31"], unit="101")


def test_a_corrected_area_counts_from_then_on():
    given(*door_12_of_two())
    when(correct_area("101", "82.00", exclusive_area="82.00"))
    then(area_corrected("101", "82.00"))
    register = state_of(Register)
    assert register.floor_areas(DOOR_12) == {"101": 82_00, "102": 120_00}
    assert register.units["101"].area_basis == "surveyed"


def test_what_was_divided_before_the_correction_stays_by_the_old_area():
    given(*door_12_of_two(), area_corrected("101", "82.00"))
    number = story().store.length("wutongli") - 1
    roster = state_of(Register).roster()
    assert roster.floor_areas(DOOR_12, number - 1) == {"101": 80_00, "102": 120_00}
    assert roster.floor_areas(Scope(), number) == {"101": 82_00, "102": 120_00}


def test_a_unit_has_an_area():
    given(*door_12_of_two())
    when(correct_area("101", "0.00"))
    then_refused("unit.area-zero", unit="101")


def test_an_area_that_is_right_already_is_not_corrected():
    given(*door_12_of_two())
    when(correct_area("101", "80.00", exclusive_area="80.00", area_basis="registered"))
    then_refused("unit.area-as-it-was", unit="101")


def test_the_area_of_a_unit_nobody_registered_is_not_corrected():
    when(correct_area("909", "80.00"))
    then_refused("unit.unknown", unit="909")
