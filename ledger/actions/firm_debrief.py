"""The property firm reports back once a year (述职): scheduled, submitted, held (FIRM-15, SYS-31)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.rules import Rules
from ledger.actions.service_contract import ServiceContract
from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Count, Day, Id, Line, Paragraph, Part, Whole
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice, State

# What a firm reports on (disclosures.md T12); the figures the ledger can compute for itself, `-fen` is money.
Chapter = Literal[
    "services", "standards", "charges", "facilities", "repairs", "complaints", "fund-use", "public-revenue",
    "hazards", "last-appraisal", "commitments",
]  # fmt: skip
Figure = Literal[
    "fee-fen", "revenue-collected-fen", "revenue-handed-over-fen", "revenue-contracts",
    "contract-money-overdue-fen", "notices-posted", "last-rectifications", "last-rectifications-closed",
]  # fmt: skip


class Period(Part, frozen=True, kw_only=True):
    """From one day to another, both included."""

    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")


class Passage(Part, frozen=True, kw_only=True):
    """What the firm says in one chapter of its report."""

    chapter: Chapter
    text: Paragraph


class Claim(Part, frozen=True, kw_only=True):
    """A figure as the firm states it, in whole fen or things; the ledger's own is printed beside it."""

    figure: Figure
    value: Whole


Words = Annotated[tuple[Passage, ...], Meta(max_length=11)]
Claims = Annotated[tuple[Claim, ...], Meta(max_length=8)]


# -- what can have happened ------------------------------------------------------------------------


class OfDebrief(Event, frozen=True, kw_only=True):
    """Base of events about one debrief of one firm."""

    debrief: Id
    firm: Id

    def tags(self) -> tuple[str, ...]:
        return f"debrief:{self.debrief}", f"firm:{self.firm}"


class DebriefScheduled(OfDebrief, frozen=True, kw_only=True):
    """A firm is to report on a period of its contract, on a day."""

    kind: ClassVar[str] = "debrief.scheduled"

    contract: Id
    period: Period
    planned_on: Day

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"service-contract:{self.contract}")


class DebriefSubmitted(OfDebrief, frozen=True, kw_only=True):
    """The firm's own words and figures. A later version adds to the ones before and changes none."""

    kind: ClassVar[str] = "debrief.submitted"

    version: Whole
    words: Words = ()
    claims: Claims = ()


class DebriefHeld(OfDebrief, frozen=True, kw_only=True):
    """The firm reported on a period before the residents."""

    kind: ClassVar[str] = "debrief.held"

    period: Period
    held_on: Day
    firm_name: Line | None = None
    attended: Count | None = None
    summary: Paragraph | None = None


# -- what must be known ----------------------------------------------------------------------------


class Debrief(State):
    """One debrief on its way: when it was to be, what the firm handed in, whether it was held."""

    subject = "debrief"
    scheduled: DebriefScheduled | None = None
    held: DebriefHeld | None = None
    versions = 0

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DebriefScheduled() as scheduled:
                self.scheduled = scheduled
            case DebriefSubmitted():
                self.versions += 1
            case DebriefHeld() as held:
                self.held = held

    @property
    def firm(self) -> str:
        """Whose it is. Errors: `Refused` if there is no such debrief."""
        known = self.scheduled or self.held
        if known is None:
            raise Refused("debrief.unknown", debrief=self.identity)
        return known.firm


class DebriefsOfContract(State):
    """The periods of one contract that are to be reported on."""

    subject = "service-contract"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.periods: dict[str, Period] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, DebriefScheduled):
            self.periods[recorded.data.debrief] = recorded.data.period

    def within(self, period: Period) -> str | None:
        """A debrief on any of the same days, if there is one."""
        for debrief, other in self.periods.items():
            if period.starts_on <= other.ends_on and other.starts_on <= period.ends_on:
                return debrief
        return None


def due_on(period: Period) -> date:
    """The last day on which a period is reported on: the year it ends in must not be over (FIRM-15)."""
    return date(period.ends_on.year, 12, 31)


def _require_in_time(judge: Judgement, day: date, period: Period) -> None:
    last = due_on(period)
    judge.require(day <= last, "debrief.after-year-end", rules=("FIRM-15",), due_on=last)


# -- what may be asked -----------------------------------------------------------------------------


class ScheduleDebrief(Command, frozen=True, kw_only=True):
    """Say when a firm is to report on which period of its contract; by year-end, where FIRM-15 holds."""

    name: ClassVar[str] = "schedule-debrief"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "neighbourhood")

    debrief: Id
    contract: Id
    period: Period
    planned_on: Day

    def query(self) -> tuple[Slice, ...]:
        return (
            Debrief.of(self.debrief),
            ServiceContract.of(self.contract),
            DebriefsOfContract.of(self.contract),
            Rules.of(),
        )

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        debrief: Debrief,
        contract: ServiceContract,
        others: DebriefsOfContract,
        rules: Rules,
    ) -> Judged:
        check_period(self.period.starts_on, self.period.ends_on)
        if debrief.scheduled is not None:
            raise Refused("debrief.already-scheduled", debrief=self.debrief)
        if debrief.held is not None:
            raise Refused("debrief.already-held", debrief=self.debrief)
        if contract.signed is None:
            raise Refused("service-contract.unknown", contract=self.contract)
        if not contract.covers(self.period.starts_on, self.period.ends_on):
            raise Refused("debrief.outside-contract", contract=self.contract)
        if (other := others.within(self.period)) is not None:
            raise Refused("debrief.period-already-scheduled", contract=self.contract, debrief=other)
        judge = rules.judge(self)
        _require_in_time(judge, self.planned_on, self.period)
        return judge.of(DebriefScheduled.sharing(self, firm=contract.signed.firm))


class SubmitDebrief(Command, frozen=True, kw_only=True):
    """Hand in the firm's report and figures; what is handed in again is added, never put in place of it."""

    name: ClassVar[str] = "submit-debrief"
    roles: ClassVar[tuple[Role, ...]] = ("firm",)

    debrief: Id
    words: Words = ()
    claims: Claims = ()

    def query(self) -> tuple[Slice, ...]:
        return (Debrief.of(self.debrief),)

    def decide(self, by: Actor, debrief: Debrief) -> DebriefSubmitted:  # noqa: ARG002
        firm = debrief.firm
        if not (self.words or self.claims):
            raise Refused("debrief.nothing-submitted", debrief=self.debrief)
        for said in ([one.chapter for one in self.words], [one.figure for one in self.claims]):
            if len(set(said)) != len(said):
                raise Refused("debrief.said-twice", debrief=self.debrief)
        return DebriefSubmitted.sharing(self, firm=firm, version=debrief.versions + 1)


class HoldDebrief(Command, frozen=True, kw_only=True):
    """Record that a firm reported on a period, when, and before how many."""

    name: ClassVar[str] = "hold-debrief"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "neighbourhood")

    debrief: Id
    firm: Id
    period: Period
    held_on: Day
    firm_name: Line | None = None
    attended: Count | None = None
    summary: Paragraph | None = None

    def happened_on(self) -> Day:
        return self.held_on

    def query(self) -> tuple[Slice, ...]:
        return Debrief.of(self.debrief), Rules.of()

    def decide(self, by: Actor, debrief: Debrief, rules: Rules) -> Judged:  # noqa: ARG002
        if debrief.held is not None:
            raise Refused("debrief.already-held", debrief=self.debrief)
        check_period(self.period.starts_on, self.period.ends_on)
        planned = debrief.scheduled
        if planned is not None and (planned.firm, planned.period) != (self.firm, self.period):
            raise Refused("debrief.differs-from-schedule", debrief=self.debrief, firm=planned.firm)
        judge = rules.judge(self)
        _require_in_time(judge, self.held_on, self.period)
        return judge.of(DebriefHeld.sharing(self))
