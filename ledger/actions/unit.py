"""A unit in the course of time: sold, with its share of the fund; its areas put right."""

from typing import ClassVar

from ledger.actions.community import (
    REGISTRARS,
    AreaBasis,
    Register,
    UnitAreaCorrected,
    UnitTransferred,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Area, Day, FenOrZero, Id, Line, Paragraph, Personal, centi_m2
from ledger.rules.law import Judged
from ledger.state import Slice


class TransferUnit(Command, frozen=True, kw_only=True):
    """Record a unit's new owner; `first_deposit_fen` and `balance_fen` as the seller stated them (FUND-27).

    `proof`: number of the bank's proof that the fund was paid in full, without which the property is not
    transferred (FUND-31). Owner and statement are withheld.
    """

    name: ClassVar[str] = "transfer-unit"
    roles: ClassVar[tuple[Role, ...]] = REGISTRARS
    already_happened: ClassVar[bool] = True

    unit: Id
    transferred_on: Day
    owner_ref: Line
    first_deposit_fen: FenOrZero
    balance_fen: FenOrZero
    proof: Line | None = None

    def happened_on(self) -> Day:
        return self.transferred_on

    def query(self) -> tuple[Slice, ...]:
        return Register.of(), Rules.of()

    def decide(self, by: Actor, register: Register, rules: Rules) -> Judged:  # noqa: ARG002
        judge = rules.judge(self)
        register.unit(self.unit)
        judge.require(
            self.proof is not None, "unit.transferred-without-proof", rules=("FUND-31",), unit=self.unit
        )
        owner = f"owner/{self.owner_ref}"
        return judge.of(
            UnitTransferred(
                unit=self.unit,
                transferred_on=self.transferred_on,
                owner_ref=Personal.of(owner, self.owner_ref),
                stated_first_deposit=Personal.of(owner, str(self.first_deposit_fen)),
                stated_balance=Personal.of(owner, str(self.balance_fen)),
                proof=self.proof,
            )
        )


class CorrectUnitArea(Command, frozen=True, kw_only=True):
    """Put the areas of a unit right, with a reason; what was divided by the old ones stays as it was."""

    name: ClassVar[str] = "correct-unit-area"
    roles: ClassVar[tuple[Role, ...]] = REGISTRARS

    unit: Id
    floor_area: Area
    exclusive_area: Area
    area_basis: AreaBasis
    reason: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return (Register.of(),)

    def decide(self, by: Actor, register: Register) -> UnitAreaCorrected:  # noqa: ARG002
        known = register.unit(self.unit)
        if 0 in (centi_m2(self.floor_area), centi_m2(self.exclusive_area)):
            raise Refused("unit.area-zero", unit=self.unit)
        if (known.floor_area, known.exclusive_area, known.area_basis) == (
            self.floor_area,
            self.exclusive_area,
            self.area_basis,
        ):
            raise Refused("unit.area-as-it-was", unit=self.unit)
        return UnitAreaCorrected(
            unit=self.unit,
            floor_area=self.floor_area,
            exclusive_area=self.exclusive_area,
            area_basis=self.area_basis,
            reason=self.reason,
        )
