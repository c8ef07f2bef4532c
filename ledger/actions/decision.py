"""What a community decided: the committee by signatures, or the owners by a vote. It may set money free."""

from collections import Counter
from datetime import date
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.actions.community import Register
from ledger.actors import Authorship, Role
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import (
    Area,
    Authorisation,
    Commitment,
    Count,
    Day,
    Id,
    Line,
    Matter,
    Paragraph,
    Part,
    Scope,
    Sha256,
)
from ledger.rules import voting
from ledger.rules.counting import BuildingCount, Totals
from ledger.rules.law import Judgement
from ledger.rules.voting import BUSINESS_USE, Dimension, Threshold, ThresholdName, Topic, Unreturned
from ledger.state import State

Notified = Annotated[tuple[Literal["housing-office", "neighbourhood", "street"], ...], Meta(max_length=3)]
EmergencyPath = Literal["committee", "housing-office", "substitute"]


# -- what can have happened ------------------------------------------------------------------------


class CommitteeDecisionRecorded(Event, frozen=True, kw_only=True):
    """What the committee decided. One that is not `valid` (COM-08, COM-09, FUND-09) sets no money free."""

    kind: ClassVar[str] = "committee-decision.recorded"

    decision: Id
    title: Line
    matter: Paragraph
    decided_on: Day
    seats: Count
    present: Count
    signed: Count
    authorises: Authorisation | None = None
    valid: bool = True

    def tags(self) -> tuple[str, ...]:
        return _decision_tags(self.decision, self.authorises)

    def limits(self) -> dict[str, int]:
        return _freed(self.decision, self.authorises if self.valid else None)


class Roster(Part, frozen=True, kw_only=True):
    """Who may vote, frozen when the vote opens: so many units and heads with so much exclusive area.

    `sha256`: of the canonical list of [unit, area in hundredths of m², building] by unit, which anybody can
    make from the register. `pages` withhold the same with the number of each unit's head: who owns several
    units is nobody's business. Unless it is `complete` a count by hand may name others beside them.
    """

    units: Count
    heads: Count
    area: Area
    sha256: Sha256
    pages: tuple[Commitment, ...]
    complete: bool = True


class VoteOpened(Event, frozen=True, kw_only=True):
    """The owners are asked (Civil Code 278). What decides is frozen here: roster, threshold, plan.

    Without a `roster` the vote is counted on paper; `registered_area`: what the units registered when it
    opened had together, of which no roster on paper is short.
    """

    kind: ClassVar[str] = "vote.opened"
    withheld: ClassVar[frozenset[str]] = frozenset({"roster/pages"})

    decision: Id
    title: Line
    matter: Matter
    opens_on: Day
    closes_on: Day
    needs: Threshold
    scope: Scope | None = None
    authorises: Authorisation | None = None
    topic: Topic | None = None
    unreturned: Unreturned = "not-participating"
    roster: Roster | None = None
    registered_area: Area | None = None
    plan_sha256: Sha256 | None = None
    notice_on: Day | None = None
    notified: Notified = ()
    reported_to_party_on: Day | None = None
    petition_heads: Count | None = None
    covenant_clause: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return (*_decision_tags(self.decision, self.authorises), "votes")


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
    """What the count means by law. `failed_dimensions` says where it fell short.

    `totals` are those of the ballots; the count of a paper vote stands in its own event.
    """

    kind: ClassVar[str] = "vote.closed"

    decision: Id
    threshold: ThresholdName
    quorum_met: bool
    approved: bool
    failed_dimensions: tuple[Dimension, ...] = ()
    authorises: Authorisation | None = None
    totals: Totals | None = None
    by_building: tuple[BuildingCount, ...] = ()
    topic: Topic | None = None

    def tags(self) -> tuple[str, ...]:
        tags = (*_decision_tags(self.decision, self.authorises), "votes")
        if self.approved and self.topic == voting.PARKING_CHARGES:
            tags += (voting.PARKING_CHARGES,)
        return (*tags, "assembly") if self.approved else tags  # a passed vote shows that there is one

    def limits(self) -> dict[str, int]:
        return _freed(self.decision, self.authorises if self.approved else None)


class EmergencyRepairAuthorised(Event, frozen=True, kw_only=True):
    """Money for an emergency without a vote: by committee, housing office or district (EMG-02)."""

    kind: ClassVar[str] = "emergency-repair.authorised"

    emergency: Id
    path: EmergencyPath
    authorises: Authorisation

    @property
    def decision(self) -> str:
        """An emergency stands where another payment names its decision."""
        return self.emergency

    def tags(self) -> tuple[str, ...]:
        return (f"emergency:{self.emergency}", *_decision_tags(self.emergency, self.authorises))

    def limits(self) -> dict[str, int]:
        return _freed(self.emergency, self.authorises)


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
    made_by: Literal["committee", "owners", "emergency"] | None = None
    passed: bool | None = None
    made_on: date = date.min  # signed, the last day of a vote, or the emergency declared
    vote: VoteOpened | None = None
    opened_number: int | None = None
    judged_by: tuple[str, ...] = ()  # editions of the packs when the vote opened
    result: VoteResultRecorded | None = None
    counted_by: Authorship | None = None
    authorises: Authorisation | None = None
    is_declared = False  # an emergency; its repair may still have to be authorised
    is_planned = False  # a repair plan was published for it
    remaining_fen = 0  # authorised, and neither paid nor approved for payment

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.drawn_fen: Counter[str] = Counter()  # paid or approved for payment, by the project it named

    def evolve(self, recorded: Recorded[Event]) -> None:
        if change_fen := recorded.data.limits().get(f"remaining/{self.identity}"):
            self.remaining_fen += change_fen
            if (project := recorded.about("project")) is not None:
                self.drawn_fen[project] -= change_fen
        match recorded.data:
            case CommitteeDecisionRecorded(authorises=authorises, valid=valid) as decided:
                self.made_by, self.passed, self.authorises = "committee", valid, authorises
                self.made_on = decided.decided_on
            case VoteOpened() as vote:
                self.made_by, self.vote, self.authorises = "owners", vote, vote.authorises
                self.made_on = vote.closes_on
                self.opened_number, self.judged_by = recorded.number, recorded.envelope.rules
            case VoteResultRecorded() as result:
                self.result, self.counted_by = result, Authorship.of(recorded)
            case VoteClosed(approved=approved):
                self.passed = approved
            case EmergencyRepairAuthorised(authorises=authorises):
                self.made_by, self.passed, self.authorises = "emergency", True, authorises
            case event if event.kind == "emergency.declared":
                self.is_declared, self.made_on = True, recorded.occurred_on
            case event if event.kind == "repair-plan.published":  # whose file asks this one
                self.is_planned = True

    @property
    def is_passed_vote(self) -> bool:
        """Whether the owners decided it."""
        return self.made_by == "owners" and self.passed is True

    def must_exist(self, *, rules: tuple[str, ...] = ()) -> None:
        """Refuse an id under which nobody decided anything."""
        if self.made_by is None:
            raise Refused("decision.unknown", rules=rules, decision=self.identity)

    def open_vote(self) -> VoteOpened:
        """The vote while it is open. Errors: `Refused` if there is none, or it was closed."""
        if self.vote is None:
            raise Refused("vote.unknown", decision=self.identity)
        if self.passed is not None:
            raise Refused("vote.already-closed", decision=self.identity)
        return self.vote

    def consents_to_business_use(self, scope: Scope) -> bool:
        """Whether the owners who share this scope voted for a business on their common parts (matter 8)."""
        return (
            self.passed is True
            and self.vote is not None
            and self.vote.matter == BUSINESS_USE
            and self.vote.topic != "committee-authorisation"
            and (self.vote.scope or Scope()) == scope
        )

    @property
    def is_for_one_project(self) -> bool:
        """Whether its money is for the planned repair alone; a standing authorisation is for many."""
        return self.is_planned and self.authorises is not None and self.authorises.item_max_fen is None

    @property
    def unnamed_fen(self) -> int:
        """What of its money was paid, or approved for payment, without the name of a project."""
        freed_fen = self.authorises.amount_fen if self.passed and self.authorises else 0
        return freed_fen - self.remaining_fen - self.drawn_fen.total()

    def frees_money_of(self, scope: Scope | None) -> bool:
        """Whether its money is this part's; what frees a part's own money frees nobody else's (FUND-04)."""
        freed = self.authorises.scope if self.authorises else None
        return (freed or Scope()) in (Scope(), scope or freed or Scope())

    @property
    def is_of_all_owners(self) -> bool:
        """Whether the owners of the whole community took it, not those of one building or door (VOTE-19)."""
        return self.vote is not None and (self.vote.scope or Scope()) == Scope()

    @property
    def lets_the_committee_consent(self) -> bool:
        """Whether the assembly authorised the committee to consent to business uses (VOTE-21)."""
        vote = self.vote
        authorises = vote is not None and vote.topic == "committee-authorisation"
        return self.passed is True and authorises and self.is_of_all_owners


# -- what may be asked -----------------------------------------------------------------------------

RECORDERS: tuple[Role, ...] = ("secretary", "chair")


def must_be_new(decision: Decision) -> None:
    """Refuse a second decision under the same id, whoever took the first."""
    if decision.made_by is not None or decision.is_declared:
        raise Refused("decision.already-exists", decision=decision.identity)


def judge_in_time(judge: Judgement, decision: Decision) -> None:
    """Money leaves once there is a decision it rests on, on the same day at the earliest (FUND-09)."""
    judge.require(
        decision.made_on <= judge.law.day,
        "fund-payment.before-its-decision",
        rules=("FUND-09",),
        decision=decision.identity,
        decided_on=decision.made_on,
    )


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
