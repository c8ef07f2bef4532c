"""What can be given and asked about the maintenance fund per door number and unit (FUND-04)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.actions.community import RegisteredUnit, UnitAreaCorrected, UnitsRegistered, UnitTransferred
from ledger.actions.fund import FundDepositRecorded, FundOpened, Nature, OpenFund, Opening, RecordFundDeposit
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.top_up import StartTopUp
from ledger.actions.unit import CorrectUnitArea, TransferUnit
from ledger.actions.unit_account import ApportionFund, BookShare, Divided, FundApportioned
from ledger.fields import Personal, Scope
from tests.ledger.happened import NEW_YEAR, SPRING, SUMMER, building_registered
from tests.ledger.story import Fact, Facts

WHOLE = Scope()
DOOR_12, DOOR_13 = Scope(kind="door", id="12"), Scope(kind="door", id="13")
BUILDING_3 = Scope(kind="building", id="3")
EX4 = {
    "101": "91.20", "102": "64.08", "201": "91.20", "202": "64.08", "301": "137.33", "302": "75.12",
    "401": "88.46",
}  # fmt: skip


def units_of(door: str | None, areas: Mapping[str, str], *, building: str = "3") -> Fact:
    """Units with these floor areas behind a door number; votes count the same areas."""
    units = tuple(
        RegisteredUnit(
            unit=unit,
            building=building,
            floor_area=area,
            exclusive_area=area,
            area_basis="registered",
            door=door,
        )
        for unit, area in areas.items()
    )
    return Fact(UnitsRegistered(units=units), on=NEW_YEAR)


def door_12_of_two() -> tuple[Fact, ...]:
    """Building 3 has one door number, behind it unit 101 with 80.00 m² and unit 102 with 120.00 m²."""
    return building_registered("3", doors=("12",)), units_of("12", {"101": "80.00", "102": "120.00"})


def door_12_of_ex4() -> tuple[Fact, ...]:
    return building_registered("3", doors=("12",)), units_of("12", EX4)


def opening(scope: Scope, fen: int, *, first: int | None = None) -> Opening:
    return Opening(scope=scope, balance_fen=fen, first_deposit_fen=first)


def books_opened(*openings: Opening, on: date = NEW_YEAR) -> Fact:
    first = [of.first_deposit_fen for of in openings if of.first_deposit_fen is not None]
    event = FundOpened(
        fund="maintenance",
        opened_on=on,
        opening_fen=sum(of.balance_fen for of in openings),
        bank="上海银行",
        account_tail="4417",
        first_deposit_fen=sum(first) if first else None,
        openings=openings,
    )
    return Fact(event, "treasurer", on)


def paid_in(
    fen: int, *, scope: Scope | None = None, unit: str | None = None, nature: Nature | None = None,
    on: date = SPRING,
) -> Fact:  # fmt: skip
    event = FundDepositRecorded(
        fund="maintenance",
        amount_fen=fen,
        received_on=on,
        scope=scope,
        nature=nature,
        unit=Personal.of(f"unit/{unit}", unit) if unit else None,
    )
    return Fact(event, "treasurer", on)


def fund_apportioned(what: Divided, fen: int, *, on: date = SUMMER, **of: Any) -> Fact:
    """Divided over door number 12 with its two units, unless said otherwise."""
    fields: dict[str, Any] = {
        "scope": DOOR_12, "area": "200.00", "units": 2, "fen_per_m2": 0, "remainder_units": 0,
        "shares_digest": "0" * 64, "books": (BookShare(book="door-12", fen=fen, units=2),), **of,
    }  # fmt: skip
    return Fact(FundApportioned(what=what, total_fen=fen, **fields), "treasurer", on)


def works_apportioned(
    fen: int, *, project: str = "lift-3", scope: Scope = DOOR_12, on: date = SUMMER
) -> Fact:
    """What a repair cost, divided over door number 12 with its two units."""
    event = ProjectApportioned(
        project=project,
        total_fen=fen,
        scope=scope,
        area="200.00",
        units=2,
        fen_per_m2=0,
        remainder_units=0,
        shares_digest="0" * 64,
    )
    return Fact(event, "treasurer", on)


def unit_transferred(unit: str, *, owner: str, first: int = 0, balance: int = 0) -> Fact:
    person = f"owner/{owner}"
    event = UnitTransferred(
        unit=unit,
        transferred_on=SUMMER,
        owner_ref=Personal.of(person, owner),
        stated_first_deposit=Personal.of(person, str(first)),
        stated_balance=Personal.of(person, str(balance)),
        proof="沪维资2026-0417",
    )
    return Fact(event, on=SUMMER)


def area_corrected(unit: str, area: str) -> Fact:
    event = UnitAreaCorrected(
        unit=unit, floor_area=area, exclusive_area=area, area_basis="surveyed", reason="重新测绘。"
    )
    return Fact(event)


# -- asked -----------------------------------------------------------------------------------------


def open_books(*openings: Opening, fen: int, first: int | None = None) -> OpenFund:
    return OpenFund(
        fund="maintenance",
        opened_on=NEW_YEAR,
        opening_fen=fen,
        bank="上海银行",
        account_tail="4417",
        first_deposit_fen=first,
        openings=openings,
    )


def pay_in(fen: int, **of: Any) -> RecordFundDeposit:
    return RecordFundDeposit(fund="maintenance", amount_fen=fen, received_on=SPRING, **of)


def apportion_fund(what: Divided, fen: int, *, scope: Scope | None = DOOR_12, **of: Any) -> ApportionFund:
    return ApportionFund(what=what, amount_fen=fen, scope=scope, **of)


def transfer_unit(unit: str, *, owner: str = "o-204", proof: str | None = "沪维资2026-0417") -> TransferUnit:
    return TransferUnit(
        unit=unit,
        transferred_on=SUMMER,
        owner_ref=owner,
        first_deposit_fen=4_000_00,
        balance_fen=1_204_17,
        proof=proof,
    )


def correct_area(unit: str, floor_area: str, **of: Any) -> CorrectUnitArea:
    fields = {"exclusive_area": "72.05", "area_basis": "surveyed", "reason": "重新测绘。", **of}
    return CorrectUnitArea(unit=unit, floor_area=floor_area, **fields)


def start_top_up(top_up: str = "2026", *, scope: Scope | None = DOOR_12, **of: Any) -> StartTopUp:
    return StartTopUp(top_up=top_up, scope=scope, **of)


def short_door(fen: int, *, first: int = 10_000_00, on: date = NEW_YEAR) -> tuple[Facts, ...]:
    """Door number 12 holds so much of its first deposit, divided over its two units from the beginning."""
    return (
        *door_12_of_two(),
        books_opened(opening(DOOR_12, fen, first=first), on=on),
        fund_apportioned("opening", fen, first_deposit_fen=first, on=on),
    )
