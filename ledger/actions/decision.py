"""How a community decides: the committee by signatures, the owners by votes. A decision may set money free.

The arithmetic is whole-number cross-multiplication in both dimensions, never percentages (SEM-01 to SEM-03).
"""

from typing import ClassVar, Literal

from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Authorisation, Count, Day, Id, Line, Matter, Paragraph, Scope, centi_m2
from ledger.state import Slice, State

USE_OF_THE_FUND = 5  # VOTE-01: matter 5 is the use of the maintenance fund
SPECIAL_MATTERS = frozenset({6, 7, 8})  # VOTE-04: raising the fund, rebuilding, business use of common parts
Dimension = Literal["area", "heads"]


# -- what can have happened ----------------------------------------------------------------------------------------------


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


# -- what must be known --------------------------------------------------------------------------------------------------


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


# -- the law ---------------------------------------------------------------------------------------------------------------


def quorum_failures(result: VoteResultRecorded) -> tuple[Dimension, ...]:
    """Where participation is below two thirds of the roster; two thirds exactly is enough (VOTE-02, SEM-01)."""
    area, heads = _areas(result), _heads(result)
    return _dimensions(3 * area[1] >= 2 * area[0], 3 * heads[1] >= 2 * heads[0])


def approval_failures(result: VoteResultRecorded, *, special: bool) -> tuple[Dimension, ...]:
    """Where agreement falls short: special matters need three quarters of participants, others more than half (VOTE-03, -04)."""
    area, heads = _areas(result), _heads(result)
    if special:
        return _dimensions(4 * area[2] >= 3 * area[1], 4 * heads[2] >= 3 * heads[1])
    return _dimensions(2 * area[2] > area[1], 2 * heads[2] > heads[1])


def _areas(result: VoteResultRecorded) -> tuple[int, int, int]:
    return centi_m2(result.roster_area), centi_m2(result.participating_area), centi_m2(result.agree_area)


def _heads(result: VoteResultRecorded) -> tuple[int, int, int]:
    return result.roster_heads, result.participating_heads, result.agree_heads


def _dimensions(area_met: bool, heads_met: bool) -> tuple[Dimension, ...]:
    failed: list[Dimension] = []
    if not area_met:
        failed.append("area")
    if not heads_met:
        failed.append("heads")
    return tuple(failed)


# -- what may be asked ---------------------------------------------------------------------------------------------------

RECORDERS: tuple[Role, ...] = ("secretary", "chair")


class RecordCommitteeDecision(Command, frozen=True, kw_only=True):
    """Record what the committee decided: members in all, present, and signing. It may set money free, except of the
    maintenance fund."""

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
        by: Actor,
        decision: Decision,
        committee: Committee,
        register: Register,
    ) -> CommitteeDecisionRecorded:
        _must_be_new(decision)
        self._check_committee(committee)
        _check_authorisation(self.authorises, register)
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
        # COM-09's base is the seats elected; books may begin before the committee's own election is entered
        if serving is not None and self.seats != len(serving.members):
            raise Refused("committee-decision.seats-differ", seats=self.seats, seated=len(serving.members))
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


class OpenVote(Command, frozen=True, kw_only=True):
    """Ask the owners to decide one of the nine matters; the money it would set free is part of the question."""

    name: ClassVar[str] = "open-vote"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS

    decision: Id
    title: Line
    matter: Matter
    opens_on: Day
    closes_on: Day
    scope: Scope | None = None
    authorises: Authorisation | None = None

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Register.of()

    def decide(self, by: Actor, decision: Decision, register: Register) -> VoteOpened:  # noqa: ARG002
        _must_be_new(decision)
        if self.closes_on < self.opens_on:
            raise Refused("period.ends-before-it-starts", starts_on=self.opens_on, ends_on=self.closes_on)
        check_scope(self.scope, register)
        _check_authorisation(self.authorises, register)
        if self.authorises is not None and (self.authorises.fund == "maintenance") != (
            self.matter == USE_OF_THE_FUND
        ):
            raise Refused(
                "vote.matter-does-not-fit-fund", rules=("VOTE-01", "FUND-09"), fund=self.authorises.fund
            )
        return VoteOpened(
            decision=self.decision,
            title=self.title,
            matter=self.matter,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            scope=self.scope,
            authorises=self.authorises,
        )


class RecordVoteResult(Command, frozen=True, kw_only=True):
    """Record the count of a paper vote; a recount replaces it until the vote is closed."""

    name: ClassVar[str] = "record-vote-result"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "neighbourhood")

    decision: Id
    roster_heads: Count
    roster_area: Area
    participating_heads: Count
    participating_area: Area
    agree_heads: Count
    agree_area: Area
    disagree_heads: Count | None = None
    disagree_area: Area | None = None

    def query(self) -> tuple[Slice, ...]:
        return (Decision.of(self.decision),)

    def decide(self, by: Actor, decision: Decision) -> VoteResultRecorded:  # noqa: ARG002
        vote = _open_vote(decision)
        if self.legal_date < vote.closes_on:
            raise Refused("vote.not-over", closes_on=vote.closes_on)
        heads = self.agree_heads + (self.disagree_heads or 0)
        area = centi_m2(self.agree_area) + centi_m2(self.disagree_area or "0.00")
        roster_area, participating_area = centi_m2(self.roster_area), centi_m2(self.participating_area)
        if (
            not heads <= self.participating_heads <= self.roster_heads
            or not area <= participating_area <= roster_area
        ):
            raise Refused("vote-result.counts")
        if self.roster_heads == 0 or roster_area == 0:
            raise Refused("vote-result.empty-roster")
        return VoteResultRecorded(
            decision=self.decision,
            roster_heads=self.roster_heads,
            roster_area=self.roster_area,
            participating_heads=self.participating_heads,
            participating_area=self.participating_area,
            agree_heads=self.agree_heads,
            agree_area=self.agree_area,
            disagree_heads=self.disagree_heads,
            disagree_area=self.disagree_area,
        )


class CloseVote(Command, frozen=True, kw_only=True):
    """Close a vote: the ledger computes from the count whether it passed."""

    name: ClassVar[str] = "close-vote"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "neighbourhood", "secretary")

    decision: Id

    def query(self) -> tuple[Slice, ...]:
        return (Decision.of(self.decision),)

    def decide(self, by: Actor, decision: Decision) -> VoteClosed:  # noqa: ARG002
        vote = _open_vote(decision)
        if decision.result is None:
            raise Refused("vote.not-counted")
        special = vote.matter in SPECIAL_MATTERS
        without_quorum = quorum_failures(decision.result)
        failed = without_quorum or approval_failures(decision.result, special=special)
        return VoteClosed(
            decision=self.decision,
            threshold="special" if special else "ordinary",
            quorum_met=not without_quorum,
            approved=not failed,
            failed_dimensions=failed,
            authorises=vote.authorises,
        )


def _must_be_new(decision: Decision) -> None:
    if decision.made_by is not None:
        raise Refused("decision.already-exists", decision=decision.identity)


def _open_vote(decision: Decision) -> VoteOpened:
    if decision.vote is None:
        raise Refused("vote.unknown", decision=decision.identity)
    if decision.passed is not None:
        raise Refused("vote.already-closed", decision=decision.identity)
    return decision.vote


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


def _check_authorisation(authorises: Authorisation | None, register: Register) -> None:
    if authorises is not None:
        check_scope(authorises.scope, register)
