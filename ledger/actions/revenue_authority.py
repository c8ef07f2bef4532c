"""The one-off authorisation a covenant may give the committee to use public revenue (REV-15)."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.decision import Decision
from ledger.actions.rules import Rules
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Fen, Id, Paragraph, Part
from ledger.rules.law import Judged
from ledger.state import Slice, State

RevenueUse = Literal[
    "working-funds", "bookkeeping-and-audit", "upkeep", "house-safety-insurance", "committee-secretary",
    "litigation", "other-management", "new-facility", "distribution", "not-listed", "maintenance-scope",
]  # fmt: skip


class AuthorisedCase(Part, frozen=True, kw_only=True):
    """One case of a standing authorisation: for what, on which conditions, up to how much in all."""

    use: RevenueUse
    conditions: Paragraph
    amount_fen: Fen


Cases = Annotated[tuple[AuthorisedCase, ...], Meta(min_length=1, max_length=20)]


# -- what can have happened ------------------------------------------------------------------------


class RevenueAuthorityRecorded(Event, frozen=True, kw_only=True):
    """The covenant authorised the committee once: cases, conditions, amounts, procedure (REV-15)."""

    kind: ClassVar[str] = "revenue-authority.recorded"

    authority: Id
    decision: Id
    cases: Cases
    procedure: Paragraph
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")

    def tags(self) -> tuple[str, ...]:
        return f"revenue-authority:{self.authority}", f"decision:{self.decision}"

    def limits(self) -> dict[str, int]:
        return {counter_of(self.authority, case.use): case.amount_fen for case in self.cases}


def counter_of(authority: str, use: str) -> str:
    """A slash keeps it apart from the counter of any decision, whose id has none."""
    return f"remaining/authority/{authority}/{use}"


# -- what must be known ----------------------------------------------------------------------------


class Authority(State):
    """One standing authorisation, and what is left of every case."""

    subject = "revenue-authority"
    recorded: RevenueAuthorityRecorded | None = None
    recorded_by: Authorship | None = None

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.remaining_fen: dict[str, int] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, RevenueAuthorityRecorded):
            self.recorded, self.recorded_by = recorded.data, Authorship.of(recorded)
        before = counter_of(self.identity, "")
        for name, fen in recorded.data.limits().items():
            if name.startswith(before):
                use = name.removeprefix(before)
                self.remaining_fen[use] = self.remaining_fen.get(use, 0) + fen


class Granted(State):
    """Whether a decision has given its one authorisation already."""

    subject = "decision"
    authority: str | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, RevenueAuthorityRecorded):
            self.authority = recorded.data.authority


# -- what may be asked -----------------------------------------------------------------------------


class RecordRevenueAuthority(Command, frozen=True, kw_only=True):
    """Record the one-off authorisation the owners' covenant gives the committee, with its four parts."""

    name: ClassVar[str] = "record-revenue-authority"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair")
    already_happened: ClassVar[bool] = True

    authority: Id
    decision: Id
    cases: Cases
    procedure: Paragraph
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")

    def query(self) -> tuple[Slice, ...]:
        decided = Decision.of(self.decision), Granted.of(self.decision)
        return Authority.of(self.authority), *decided, Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        authority: Authority,
        decision: Decision,
        granted: Granted,
        rules: Rules,
    ) -> Judged:
        if authority.recorded is not None:
            raise Refused("revenue-authority.already-recorded", authority=self.authority)
        check_period(self.starts_on, self.ends_on)
        uses = [case.use for case in self.cases]
        if len(set(uses)) < len(uses):
            raise Refused("revenue-authority.case-twice")
        decision.must_exist()
        if granted.authority is not None:  # else its amounts could be had again and again
            raise Refused("revenue-authority.given-already", authority=granted.authority)
        judge = rules.judge(self)
        by_owners = decision.is_passed_vote and decision.is_of_all_owners
        judge.require(by_owners, "revenue-authority.needs-a-vote", rules=("REV-15",), decision=self.decision)
        return judge.of(
            RevenueAuthorityRecorded(
                authority=self.authority,
                decision=self.decision,
                cases=self.cases,
                procedure=self.procedure,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
            )
        )
