"""What a community decided: the committee by signatures, or the owners by a vote. It may set money free."""

from typing import ClassVar, Literal

from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Authorisation, Count, Day, Id, Line, Matter, Paragraph, Scope
from ledger.state import Slice, State

Dimension = Literal["area", "heads"]


# -- what can have happened ------------------------------------------------------------------------


class CommitteeDecisionRecorded(Event, frozen=True, kw_only=True):
    """The committee decided, with the signatures of more than half of all members (COM-08, COM-09)."""

    kind: ClassVar[str] = "committee-decision.recorded"

    decision: Id
    title: Line
    matter: Paragraph
    decided_on: Day
    seats: Count
    present: Count
    signed: Count
    authorises: Authorisation | None = None

    def tags(self) -> tuple[str, ...]:
        return _decision_tags(self.decision, self.authorises)

    def limits(self) -> dict[str, int]:
        return _freed(self.decision, self.authorises)


class VoteOpened(Event, frozen=True, kw_only=True):
    """The owners are asked (Civil Code 278)."""

    kind: ClassVar[str] = "vote.opened"

    decision: Id
    title: Line
    matter: Matter
    opens_on: Day
    closes_on: Day
    scope: Scope | None = None
    authorises: Authorisation | None = None

    def tags(self) -> tuple[str, ...]:
        return _decision_tags(self.decision, self.authorises)


class VoteResultRecorded(Event, frozen=True, kw_only=True):
    """The count of a paper vote: heads, and exclusive areas in m² (VOTE-02 to VOTE-06)."""

    kind: ClassVar[str] = "vote-result.recorded"

    decision: Id
    roster_heads: Count
    roster_area: Area
    participating_heads: Count
    participating_area: Area
    agree_heads: Count
    agree_area: Area
    disagree_heads: Count | None = None
    disagree_area: Area | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"decision:{self.decision}",)


class VoteClosed(Event, frozen=True, kw_only=True):
    """What the count means by law. `failed_dimensions` says where it fell short."""

    kind: ClassVar[str] = "vote.closed"

    decision: Id
    threshold: Literal["ordinary", "special"]
    quorum_met: bool
    approved: bool
    failed_dimensions: tuple[Dimension, ...] = ()
    authorises: Authorisation | None = None

    def tags(self) -> tuple[str, ...]:
        return _decision_tags(self.decision, self.authorises)

    def limits(self) -> dict[str, int]:
        return _freed(self.decision, self.authorises if self.approved else None)


def _decision_tags(decision: str, authorises: Authorisation | None) -> tuple[str, ...]:
    return (
        (f"decision:{decision}",)
        if authorises is None
        else (f"decision:{decision}", f"fund:{authorises.fund}")
    )


def _freed(decision: str, authorises: Authorisation | None) -> dict[str, int]:
    return {} if authorises is None else {f"remaining/{decision}": authorises.amount_fen}


# -- what must be known ----------------------------------------------------------------------------


class Decision(State):
    """One decision, whoever took it: whether it holds, and what is left of the money it set free."""

    subject = "decision"
    made_by: Literal["committee", "owners"] | None = None
    passed: bool | None = None
    vote: VoteOpened | None = None
    result: VoteResultRecorded | None = None
    authorises: Authorisation | None = None
    remaining_fen = 0  # authorised, and neither paid nor approved for payment

    def evolve(self, recorded: Recorded[Event]) -> None:
        self.remaining_fen += recorded.data.limits().get(f"remaining/{self.identity}", 0)
        match recorded.data:
            case CommitteeDecisionRecorded(authorises=authorises):
                self.made_by, self.passed, self.authorises = "committee", True, authorises
            case VoteOpened() as vote:
                self.made_by, self.vote, self.authorises = "owners", vote, vote.authorises
            case VoteResultRecorded() as result:
                self.result = result
            case VoteClosed(approved=approved):
                self.passed = approved


# -- what may be asked -----------------------------------------------------------------------------

RECORDERS: tuple[Role, ...] = ("secretary", "chair")


class RecordCommitteeDecision(Command, frozen=True, kw_only=True):
    """Record what the committee decided: seats, members present, members signing. It may set money free."""

    name: ClassVar[str] = "record-committee-decision"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS

    decision: Id
    title: Line
    matter: Paragraph
    decided_on: Day
    seats: Count
    present: Count
    signed: Count
    authorises: Authorisation | None = None

    def happened_on(self) -> Day:
        return self.decided_on

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Committee.of(), Register.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        decision: Decision,
        committee: Committee,
        register: Register,
    ) -> CommitteeDecisionRecorded:
        must_be_new(decision)
        self._check_committee(committee)
        check_authorisation(self.authorises, register)
        if self.authorises is not None and self.authorises.fund == "maintenance":
            raise Refused("committee-decision.maintenance-fund-needs-a-vote", rules=("FUND-09", "VOTE-01"))
        return CommitteeDecisionRecorded(
            decision=self.decision,
            title=self.title,
            matter=self.matter,
            decided_on=self.decided_on,
            seats=self.seats,
            present=self.present,
            signed=self.signed,
            authorises=self.authorises,
        )

    def _check_committee(self, committee: Committee) -> None:
        serving = committee.in_office(self.decided_on)
        # COM-09's base is the seats elected; books may begin before the first election is entered
        if serving is None and committee.terms:
            raise Refused("committee.none-in-office", rules=("COM-09",), day=self.decided_on)
        if serving is not None and self.seats != serving.seats:
            raise Refused("committee-decision.seats-differ", seats=self.seats, seated=serving.seats)
        if not self.signed <= self.present <= self.seats:
            raise Refused(
                "committee-decision.counts", seats=self.seats, present=self.present, signed=self.signed
            )
        if not 2 * self.present > self.seats:
            raise Refused(
                "committee-decision.no-quorum", rules=("COM-08",), present=self.present, seats=self.seats
            )
        if not 2 * self.signed > self.seats:
            raise Refused(
                "committee-decision.too-few-signatures",
                rules=("COM-09",),
                signed=self.signed,
                seats=self.seats,
            )


def must_be_new(decision: Decision) -> None:
    """Refuse a second decision under the same id, whoever took the first."""
    if decision.made_by is not None:
        raise Refused("decision.already-exists", decision=decision.identity)


def check_scope(scope: Scope | None, register: Register) -> None:
    """Refuse a scope that names no registered building or door number; none is the whole community."""
    if scope is None:
        return
    if (scope.kind == "whole") != (scope.id is None):
        raise Refused("scope.id-missing" if scope.id is None else "scope.id-without-part")
    doors = set().union(*register.doors.values())
    if scope.kind == "building" and scope.id not in register.doors:
        raise Refused("building.unknown", building=scope.id)
    if scope.kind == "door" and scope.id not in doors:
        raise Refused("door.unknown", door=scope.id)


def check_authorisation(authorises: Authorisation | None, register: Register) -> None:
    """Refuse money set free for a part of the community that is not registered."""
    if authorises is not None:
        check_scope(authorises.scope, register)
