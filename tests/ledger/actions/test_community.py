"""A ledger begins, its buildings and units are entered, and accounts get and lose roles."""

from datetime import date

from ledger.actions.community import (
    BuildingRegistered,
    Community,
    LedgerOpened,
    OpenLedger,
    Register,
    RegisterBuilding,
)
from tests.ledger.asked import register_units
from tests.ledger.happened import building_registered, registered_unit, units_registered
from tests.ledger.story import (
    Fact,
    given,
    state_of,
    then,
    then_malformed,
    then_not_permitted,
    then_refused,
    when,
)

FEBRUARY_28 = date(2026, 2, 28)


# -- opening ---------------------------------------------------------------------------------------


def test_the_operator_opens_a_community():
    when(
        OpenLedger(of="community", title="金桂苑"), ledger="jinguiyuan", by="the-operator", via="command-line"
    )
    then(Fact(LedgerOpened(of="community", name="金桂苑")))


def test_a_street_opens_a_community_below_its_own_ledger():
    when(OpenLedger(of="community", title="金桂苑", parent="wutongli"), ledger="jinguiyuan", by="the-street")
    then(Fact(LedgerOpened(of="community", name="金桂苑", parent="wutongli")))


def test_a_district_is_not_opened_below_a_community():
    when(OpenLedger(of="district", title="市住建局", parent="wutongli"), ledger="bureau", by="the-district")
    then_refused("ledger.parent-below", parent="wutongli")


def test_a_ledger_opens_only_once():
    when(OpenLedger(of="community", title="梧桐里"), by="the-operator", via="command-line")
    then_refused("ledger.already-open", ledger_name="梧桐里")


def test_the_ledger_above_must_exist():
    when(
        OpenLedger(of="community", title="金桂苑", parent="nowhere"),
        ledger="jinguiyuan",
        by="the-operator",
        via="command-line",
    )
    then_refused("ledger.parent-unknown", parent="nowhere")


def test_a_treasurer_cannot_open_a_ledger():
    when(
        OpenLedger(of="community", title="金桂苑", parent="wutongli"), ledger="jinguiyuan", by="the-treasurer"
    )
    then_not_permitted()


def test_the_id_of_a_ledger_stands_in_its_address_and_has_its_form():
    for wrong in ("Jin-Gui", "金桂苑", "a/b", "", "x" * 65, "jinguiyuan\n"):
        when(OpenLedger(of="community", title="金桂苑"), ledger=wrong, by="the-operator", via="command-line")
        then_malformed("", "ledger.malformed-id")


def test_what_was_opened_is_known():
    opened = state_of(Community).opened
    assert opened is not None
    assert opened.name == "梧桐里"


# -- buildings and units ---------------------------------------------------------------------------


def test_a_building_is_entered_with_its_door_numbers():
    when(RegisterBuilding(building="3", title="三号楼", doors=("12", "13")))
    then(Fact(BuildingRegistered(building="3", name="三号楼", doors=("12", "13"))))


def test_a_building_is_entered_once():
    given(building_registered("3"))
    when(RegisterBuilding(building="3", title="三号楼"))
    then_refused("building.already-registered", building="3")


def test_a_building_has_each_door_number_once():
    when(RegisterBuilding(building="3", title="三号楼", doors=("12", "13", "12")))
    then_refused("building.door-twice", building="3")


def test_a_door_number_stands_in_one_building_only():
    given(building_registered("3", doors=("12",)))
    when(RegisterBuilding(building="4", title="四号楼", doors=("14", "12")))
    then_refused("building.door-taken", door="12")


def test_units_of_a_registered_building_are_entered():
    given(building_registered("3", doors=("12",)))
    when(register_units("3-101", "3-102", door="12"))
    then(units_registered(registered_unit("3-101", "3", door="12"), registered_unit("3-102", "3", door="12")))


def test_an_owner_stands_in_the_register_only_as_a_commitment():
    given(building_registered("3"))
    when(register_units("3-101", owner_ref="owner 0417"))
    then(units_registered(registered_unit("3-101", "3", owner="owner 0417")))


def test_a_unit_is_entered_once():
    given(building_registered("3"), units_registered(registered_unit("3-101", "3")))
    when(register_units("3-101"))
    then_refused("unit.already-registered", unit="3-101")


def test_a_unit_stands_once_in_one_entry():
    given(building_registered("3"))
    when(register_units("3-101", "3-102", "3-101"))
    then_refused("unit.already-registered", unit="3-101")


def test_a_unit_belongs_to_a_registered_building():
    when(register_units("3-101", building="3"))
    then_refused("building.unknown", building="3")


def test_a_unit_belongs_to_a_door_number_of_its_own_building():
    given(building_registered("3", doors=("12",)), building_registered("4", doors=("14",)))
    when(register_units("3-101", door="14"))
    then_refused("door.unknown", door="14", building="3")


def test_a_unit_has_an_area():
    given(building_registered("3"))
    when(register_units("3-101", floor_area="0.00"))
    then_refused("unit.area-zero", unit="3-101")
    when(register_units("3-101", exclusive_area="0.00"))
    then_refused("unit.area-zero", unit="3-101")
    when(register_units("3-101", exclusive_area="0.01"))
    then(units_registered(_smallest_unit()))


def _smallest_unit():
    unit = registered_unit("3-101", "3")
    return type(unit)(
        unit=unit.unit,
        building=unit.building,
        floor_area=unit.floor_area,
        exclusive_area="0.01",
        area_basis=unit.area_basis,
    )


def test_the_register_knows_buildings_doors_and_units():
    given(building_registered("3", doors=("12",)), units_registered(registered_unit("3-101", "3")))
    register = state_of(Register)
    assert register.doors == {"3": {"12"}}
    assert set(register.units) == {"3-101"}
