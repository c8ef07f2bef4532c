"""A repair from plan to last payment (FUND-10 to FUND-23): what can happen to it, and how far it is."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.rules import Rules
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import (
    Area,
    Count,
    Day,
    Fen,
    FenOrZero,
    Id,
    Line,
    Paragraph,
    Part,
    RecordNumber,
    Scope,
    Sha256,
)
from ledger.rules.semantics import Ratio, share_of
from ledger.state import Slice, State

Party = Literal["assembly", "firm", "contractor"]
Certifier = Literal["firm", "committee"]
Percent = Annotated[int, Meta(ge=0, le=100, description="Whole hundredths")]
Places = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=50)]


# -- what can have happened ------------------------------------------------------------------------


class OfProject(Event, frozen=True, kw_only=True):
    """Base of what happens to a project besides payments."""

    project: Id

    def tags(self) -> tuple[str, ...]:
        return (f"project:{self.project}",)


class OfDecision(OfProject, frozen=True, kw_only=True):
    """Base of what tells how much of its decision's money a project takes."""

    decision: Id

    def tags(self) -> tuple[str, ...]:
        return f"project:{self.project}", f"decision:{self.decision}"


class PlanPosting(Part, frozen=True, kw_only=True):
    """How the neighbourhood showed a plan to the owners before there is an assembly, and what they said."""

    posted_on: Day
    removed_on: Day
    opinions: Paragraph


class RepairPlanPublished(OfDecision, frozen=True, kw_only=True):
    """The implementation plan, with what FUND-10 asks of it; `scope` and its area bear the cost.

    `posting`: of a plan from before there is an assembly (FUND-11).
    """

    kind: ClassVar[str] = "repair-plan.published"

    title: Line = msgspec.field(name="name")
    budget_fen: Fen
    scope: Scope | None = None
    works: Paragraph | None = None
    apportioned_area: Area | None = None
    contractor_choice: Paragraph | None = None
    construction_management: Paragraph | None = None
    acceptance: Paragraph | None = None
    schedule: Paragraph | None = None
    reason: Paragraph | None = None
    posting: PlanPosting | None = None


class RepairContractSigned(OfDecision, frozen=True, kw_only=True):
    """Who repairs it, for how much, and what is held back until the warranty ends (FUND-12, FUND-16)."""

    kind: ClassVar[str] = "repair-contract.signed"

    contractor: Line
    price_fen: Fen
    review_required: bool
    retention_percent: Percent
    signed_on: Day
    parties: tuple[Party, ...]


class PriceReviewEngaged(OfProject, frozen=True, kw_only=True):
    """An agency was asked to review the price (FUND-13, FUND-19)."""

    kind: ClassVar[str] = "price-review.engaged"

    agency: Line
    engaged_on: Day


class PriceReviewRecorded(OfDecision, frozen=True, kw_only=True):
    """What the works cost by the agency's report: no more may be paid (FUND-15).

    `corrects`: the record of an earlier review that was wrong, and stays visible; `reason`: how it was wrong.
    """

    kind: ClassVar[str] = "price-review.recorded"

    reviewed_fen: Fen
    reviewed_on: Day
    agency: Line | None = None
    report: Line | None = None
    corrects: RecordNumber | None = None
    reason: Paragraph | None = None


class WorksAccepted(OfProject, frozen=True, kw_only=True):
    """The works are done and were found good; the warranty runs."""

    kind: ClassVar[str] = "works.accepted"

    accepted_on: Day
    warranty_until: Day | None = None
    started_on: Day | None = None
    completed_on: Day | None = None
    finding: Paragraph | None = None


class CompletionNoticePosted(OfProject, frozen=True, kw_only=True):
    """The owners were told on the spot, and the firm reported to the committee (FUND-39)."""

    kind: ClassVar[str] = "completion-notice.posted"

    posted_on: Day
    places: Places
    firm_report: Line | None = None


class WarrantyExpiryRecorded(OfProject, frozen=True, kw_only=True):
    """Firm and committee certified together that the warranty is over (FUND-16)."""

    kind: ClassVar[str] = "warranty-expiry.recorded"

    certified_on: Day
    certified_by: tuple[Certifier, ...]


class ProjectApportioned(OfProject, frozen=True, kw_only=True):
    """The cost was split over the units in scope by floor area (FUND-21, FUND-22).

    The shares can be computed again by anybody with the register; `shares_digest` is what they must come to,
    `fen_per_m2` is rounded to a whole fen for reading only.
    """

    kind: ClassVar[str] = "project.apportioned"

    total_fen: FenOrZero
    scope: Scope
    area: Area
    units: Count
    fen_per_m2: FenOrZero
    remainder_units: Count
    shares_digest: Sha256

    def tags(self) -> tuple[str, ...]:
        # the accounts of units follow from all that was divided of the fund
        return "fund:maintenance", f"project:{self.project}"


# -- what must be known ----------------------------------------------------------------------------


class Project(State):
    """One project: how far it is, and what by contract and review may be paid for it."""

    subject = "project"
    plan: RepairPlanPublished | None = None
    contract: RepairContractSigned | None = None
    review_engaged = False
    review_agency: str | None = None
    review_number: int | None = None  # the record of the review that counts
    reviewed_fen: int | None = None
    accepted: WorksAccepted | None = None
    completion_is_posted = False
    warranty_is_over = False
    is_apportioned = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RepairPlanPublished() as plan:
                self.plan = plan
            case RepairContractSigned() as contract:
                self.contract = contract
            case PriceReviewEngaged(agency=agency):
                self.review_engaged, self.review_agency = True, agency
            case PriceReviewRecorded(reviewed_fen=fen):
                self.reviewed_fen, self.review_number = fen, recorded.number
            case WorksAccepted() as accepted:
                self.accepted = accepted
            case CompletionNoticePosted():
                self.completion_is_posted = True
            case WarrantyExpiryRecorded():
                self.warranty_is_over = True
            case ProjectApportioned():
                self.is_apportioned = True
            case ApportionmentReversed():
                self.is_apportioned = False

    def planned(self) -> RepairPlanPublished:
        """The plan. Errors: `Refused` when no such project was published."""
        if self.plan is None:
            raise Refused("project.unknown", project=self.identity)
        return self.plan

    def contracted(self) -> RepairContractSigned:
        """The contract. Errors: `Refused` when none was signed."""
        self.planned()
        if self.contract is None:
            raise Refused("project.without-contract", project=self.identity)
        return self.contract

    @property
    def is_before_assembly(self) -> bool:
        """Whether its plan is from before there is an assembly: posted first, then voted on (FUND-11)."""
        return self.plan is not None and self.plan.posting is not None

    @property
    def settled_fen(self) -> int | None:
        """All it may cost: as reviewed, else as agreed; none before there is a contract."""
        if self.reviewed_fen is not None:
            return self.reviewed_fen
        return None if self.contract is None else self.contract.price_fen

    @property
    def retention_fen(self) -> int:
        """What of that is held back until the warranty is over, a half fen rounded up."""
        if self.contract is None or self.settled_fen is None:
            return 0
        return share_of(self.settled_fen, Ratio(self.contract.retention_percent, 100))


# -- what may be asked -----------------------------------------------------------------------------


class OnProject(Command, frozen=True, kw_only=True):
    """Base of commands about a published project."""

    project: Id

    def query(self) -> tuple[Slice, ...]:
        return Project.of(self.project), Rules.of()


def must_follow(day: date, earlier: date, what: str) -> None:
    """Refuse a step dated before the one it stands on."""
    if day < earlier:
        raise Refused("project.out-of-order", after=what, day=earlier)
