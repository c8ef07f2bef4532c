"""Contracts that bring public revenue: who uses which common part, for what, due when (REV-08, REV-09)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.community import Register
from ledger.actions.consent import lacking_consents
from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.decision import Decision, check_scope
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, Fen, Id, Line, Paragraph, Part, RevenueHead, Scope
from ledger.rules.law import Judged
from ledger.state import Slice, State

CommonPart = Literal["outer-wall", "roof", "other"]
BUSINESS_HEADS = frozenset({2, 3, 4, 5})  # what Civil Code 278 (8) calls running a business on common parts


class ScheduleLine(Part, frozen=True, kw_only=True):
    """What the contract makes payable on a day; the day itself is in time."""

    due_on: Day
    amount_fen: Fen


Schedule = Annotated[tuple[ScheduleLine, ...], Meta(min_length=1, max_length=400)]
Consents = Annotated[tuple[Id, ...], Meta(max_length=10)]


# -- what can have happened ------------------------------------------------------------------------


class RevenueContractRegistered(Event, frozen=True, kw_only=True):
    """An agreement on the use of a common part is on file, with what REV-08 asks to be shown of it."""

    kind: ClassVar[str] = "revenue-contract.registered"
    withheld: ClassVar[frozenset[str]] = frozenset({"counterparty_name"})

    contract: Id
    head: RevenueHead
    location: Line
    counterparty: Line
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    schedule: Schedule
    scope: Scope | None = None
    part: CommonPart | None = None
    consents: Consents = ()
    standard: Line | None = None
    management_cost: Line | None = None
    distribution: Line | None = None
    filed_with: Line | None = None
    signed_on: Day | None = None
    counterparty_name: Commitment | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"revenue-contract:{self.contract}", *(f"decision:{one}" for one in self.consents))


class RevenueContractAmended(Event, frozen=True, kw_only=True):
    """From this record's day on other amounts are due; what was due before stays due."""

    kind: ClassVar[str] = "revenue-contract.amended"

    contract: Id
    schedule: Schedule
    reason: Paragraph
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def tags(self) -> tuple[str, ...]:
        return (f"revenue-contract:{self.contract}",)


class RevenueContractEnded(Event, frozen=True, kw_only=True):
    """A contract ended before its time: nothing falls due after that day."""

    kind: ClassVar[str] = "revenue-contract.ended"

    contract: Id
    ended_on: Day
    reason: Paragraph

    def tags(self) -> tuple[str, ...]:
        return (f"revenue-contract:{self.contract}",)


# -- what must be known ----------------------------------------------------------------------------


class RevenueContract(State):
    """One contract as it stands now."""

    subject = "revenue-contract"
    registered: RevenueContractRegistered | None = None
    ends_on: date | None = None
    ended_on: date | None = None
    schedule: Schedule = ()

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RevenueContractRegistered() as registered:
                self.registered, self.ends_on = registered, registered.ends_on
                self.schedule = registered.schedule
            case RevenueContractAmended(ends_on=ends_on, schedule=schedule):
                self.ends_on = ends_on or self.ends_on
                before = [line for line in self.schedule if line.due_on < recorded.occurred_on]
                self.schedule = (*before, *schedule)
            case RevenueContractEnded(ended_on=ended_on):
                self.ended_on = ended_on

    def due_between(self, first: date, last: date) -> list[date]:
        """The days from `first` on and before `last` on which something fell due."""
        return [line.due_on for line in self.schedule if first <= line.due_on < last]

    def must_run(self) -> RevenueContractRegistered:
        """The contract, if it is on file and has not ended. Errors: `Refused`."""
        if self.registered is None:
            raise Refused("revenue-contract.unknown", contract=self.identity)
        if self.ended_on is not None:
            raise Refused("revenue-contract.already-ended", contract=self.identity, ended_on=self.ended_on)
        return self.registered


# -- what may be asked -----------------------------------------------------------------------------

KEEPERS: tuple[Role, ...] = ("secretary", "treasurer", "bookkeeper", "firm")


class RegisterRevenueContract(Command, frozen=True, kw_only=True):
    """Put an agreement on file: what is used, by whom, what is due when, and who consented to it."""

    name: ClassVar[str] = "register-revenue-contract"
    roles: ClassVar[tuple[Role, ...]] = KEEPERS
    already_happened: ClassVar[bool] = True  # the agreement exists, whoever was not asked

    contract: Id
    head: RevenueHead
    location: Line
    counterparty: Line
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    schedule: Schedule
    counterparty_kind: CounterpartyKind = "organisation"
    scope: Scope | None = None
    part: CommonPart | None = None
    consents: Consents = ()
    standard: Line | None = None
    management_cost: Line | None = None
    distribution: Line | None = None
    filed_with: Line | None = None
    signed_on: Day | None = None

    def happened_on(self) -> Day | None:
        return self.signed_on

    def query(self) -> tuple[Slice, ...]:
        known = RevenueContract.of(self.contract), Register.of(), Rules.of()
        return (*known, *(Decision.of(one) for one in self.consents))

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        contract: RevenueContract,
        register: Register,
        rules: Rules,
        *consents: Decision,
    ) -> Judged:
        if contract.registered is not None:
            raise Refused("revenue-contract.already-registered", contract=self.contract)
        check_period(self.starts_on, self.ends_on)
        check_scope(self.scope, register)
        check_schedule(self.schedule)
        for one in consents:
            one.must_exist()
        return self._judged(rules, consents)

    def _judged(self, rules: Rules, consents: Sequence[Decision]) -> Judged:
        judge, scope = rules.judge(self), self.scope or Scope()
        if self.part in ("outer-wall", "roof"):
            lacking = lacking_consents(scope, consents)
            judge.require(
                not lacking, "revenue-contract.consents-missing", rules=("VOTE-21",), lacking=lacking
            )
        elif self.head in BUSINESS_HEADS:
            agreed = any(
                one.consents_to_business_use(whose) for one in consents for whose in (scope, Scope())
            )
            judge.doubt(agreed, rules=("VOTE-04", "VOTE-01"))  # it runs, whoever may have agreed to it
        return judge.of(self._registered())

    def _registered(self) -> RevenueContractRegistered:
        who = stands_as("counterparty", self.counterparty, self.counterparty_kind, self.contract)
        return RevenueContractRegistered.sharing(self, schedule=in_order(self.schedule), **who)


class AmendRevenueContract(Command, frozen=True, kw_only=True):
    """Set what is due from `occurred_on` on, in place of what was agreed for later; the past stays."""

    name: ClassVar[str] = "amend-revenue-contract"
    roles: ClassVar[tuple[Role, ...]] = KEEPERS
    already_happened: ClassVar[bool] = True

    contract: Id
    schedule: Schedule
    reason: Paragraph
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def query(self) -> tuple[Slice, ...]:
        return (RevenueContract.of(self.contract),)

    def decide(self, by: Actor, contract: RevenueContract) -> RevenueContractAmended:
        registered = contract.must_run()
        check_schedule(self.schedule)
        # a debt that is due cannot be made to vanish, neither by the new schedule nor by dating it back
        first, overdue = (
            in_order(self.schedule)[0].due_on,
            contract.due_between(self.legal_date, by.received_on),
        )
        if first < self.legal_date or overdue:
            raise Refused(
                "revenue-contract.amends-the-past", due_on=min([first, *overdue]), day=self.legal_date
            )
        check_period(registered.starts_on, self.ends_on)
        return RevenueContractAmended(
            contract=self.contract,
            schedule=in_order(self.schedule),
            reason=self.reason,
            ends_on=self.ends_on,
        )


class EndRevenueContract(Command, frozen=True, kw_only=True):
    """Record that a contract ended before its time; what fell due until then stays due."""

    name: ClassVar[str] = "end-revenue-contract"
    roles: ClassVar[tuple[Role, ...]] = KEEPERS
    already_happened: ClassVar[bool] = True

    contract: Id
    ended_on: Day
    reason: Paragraph

    def happened_on(self) -> Day:
        return self.ended_on

    def query(self) -> tuple[Slice, ...]:
        return (RevenueContract.of(self.contract),)

    def decide(self, by: Actor, contract: RevenueContract) -> RevenueContractEnded:  # noqa: ARG002
        registered = contract.must_run()
        check_period(registered.starts_on, self.ended_on)
        if contract.ends_on is not None and self.ended_on > contract.ends_on:
            raise Refused("revenue-contract.over-already", ends_on=contract.ends_on)
        return RevenueContractEnded(contract=self.contract, ended_on=self.ended_on, reason=self.reason)


def check_schedule(schedule: Schedule) -> None:
    """Refuse two lines for one day: nobody could say which of them was paid."""
    days = sorted(line.due_on for line in schedule)
    for day, following in pairwise(days):
        if day == following:
            raise Refused("revenue-contract.due-twice", due_on=day)


def in_order(schedule: Schedule) -> Schedule:
    """The lines in the order in which they fall due."""
    return tuple(sorted(schedule, key=lambda line: line.due_on))
