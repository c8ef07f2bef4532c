"""The property firm's contract with the owners (FIRM-07, FIRM-08)."""

from typing import ClassVar, Literal

import msgspec

from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, FenOrZero, Id, Line
from ledger.state import Slice, State

FeeMode = Literal["lump", "remuneration"]  # 包干制, 酬金制


class ServiceContractSigned(Event, frozen=True, kw_only=True):
    """A firm serves the community from one day to another."""

    kind: ClassVar[str] = "service-contract.signed"

    contract: Id
    firm: Id
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day | None = msgspec.field(name="to", default=None)
    firm_name: Line | None = None
    signed_on: Day | None = None
    fee_mode: FeeMode | None = None
    fee_fen_per_m2_month: FenOrZero | None = None

    def tags(self) -> tuple[str, ...]:
        return f"service-contract:{self.contract}", f"firm:{self.firm}"


class ServiceContract(State):
    """One contract."""

    subject = "service-contract"
    signed: ServiceContractSigned | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, ServiceContractSigned):
            self.signed = recorded.data


class SignServiceContract(Command, frozen=True, kw_only=True):
    """Record the service contract with a property firm."""

    name: ClassVar[str] = "sign-service-contract"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair")

    contract: Id
    firm: Id
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day | None = msgspec.field(name="to", default=None)
    firm_name: Line | None = None
    signed_on: Day | None = None
    fee_mode: FeeMode | None = None
    fee_fen_per_m2_month: FenOrZero | None = None

    def happened_on(self) -> Day | None:
        return self.signed_on

    def query(self) -> tuple[Slice, ...]:
        return (ServiceContract.of(self.contract),)

    def decide(self, by: Actor, contract: ServiceContract) -> ServiceContractSigned:  # noqa: ARG002
        if contract.signed is not None:
            raise Refused("service-contract.already-signed", contract=self.contract)
        check_period(self.starts_on, self.ends_on)
        return ServiceContractSigned(
            contract=self.contract,
            firm=self.firm,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            firm_name=self.firm_name,
            signed_on=self.signed_on,
            fee_mode=self.fee_mode,
            fee_fen_per_m2_month=self.fee_fen_per_m2_month,
        )
