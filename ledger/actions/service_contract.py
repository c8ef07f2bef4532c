"""The property firm's contract with the owners, and its end before its time (FIRM-07, FIRM-08)."""

from datetime import date
from typing import ClassVar, Literal

import msgspec

from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, FenOrZero, Id, Line, Paragraph
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


class ServiceContractEnded(Event, frozen=True, kw_only=True):
    """A firm's service ended; `ended_on` is its last day."""

    kind: ClassVar[str] = "service-contract.ended"

    contract: Id
    firm: Id
    ended_on: Day
    reason: Paragraph

    def tags(self) -> tuple[str, ...]:
        return f"service-contract:{self.contract}", f"firm:{self.firm}"


class ServiceContract(State):
    """One contract and, once it ended before its time, its last day."""

    subject = "service-contract"
    signed: ServiceContractSigned | None = None
    ended_on: date | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case ServiceContractSigned() as signed:
                self.signed = signed
            case ServiceContractEnded(ended_on=ended_on):
                self.ended_on = ended_on

    def covers(self, starts_on: date, ends_on: date) -> bool:
        """Whether the firm served all of a period."""
        if self.signed is None or starts_on < self.signed.starts_on:
            return False
        last = self.ended_on or self.signed.ends_on
        return last is None or ends_on <= last


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
        return ServiceContractSigned.sharing(self)


class EndServiceContract(Command, frozen=True, kw_only=True):
    """Record the last day of a contract that ends before its time, or had no end, and why."""

    name: ClassVar[str] = "end-service-contract"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair")

    contract: Id
    ended_on: Day
    reason: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return (ServiceContract.of(self.contract),)

    def decide(self, by: Actor, contract: ServiceContract) -> ServiceContractEnded:  # noqa: ARG002
        if contract.signed is None:
            raise Refused("service-contract.unknown", contract=self.contract)
        if contract.ended_on is not None:
            raise Refused(
                "service-contract.already-ended", contract=self.contract, ended_on=contract.ended_on
            )
        if not contract.covers(self.ended_on, self.ended_on):
            raise Refused("service-contract.ends-outside-its-term", contract=self.contract)
        return ServiceContractEnded.sharing(self, firm=contract.signed.firm)
