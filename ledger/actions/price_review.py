"""An agency reviews what a repair may cost; its figure caps all payments (FUND-15, FUND-19)."""

from typing import ClassVar

from ledger.actions.decision import Decision
from ledger.actions.payment_grounds import ProjectDrawings
from ledger.actions.repair_project import (
    OnProject,
    PriceReviewEngaged,
    PriceReviewRecorded,
    Project,
    must_follow,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.errors import Refused
from ledger.fields import Day, Fen, Line, Paragraph, RecordNumber
from ledger.rules.law import Judged
from ledger.state import Slice, State

REVIEWERS: tuple[Role, ...] = ("secretary", "treasurer", "bookkeeper")


class EngagePriceReview(OnProject, frozen=True, kw_only=True):
    """Record that an agency was engaged to review the price of a project."""

    name: ClassVar[str] = "engage-price-review"
    roles: ClassVar[tuple[Role, ...]] = REVIEWERS

    agency: Line
    engaged_on: Day | None = None

    def happened_on(self) -> Day | None:
        return self.engaged_on

    def decide(self, by: Actor, project: Project, rules: Rules) -> PriceReviewEngaged:  # noqa: ARG002
        project.planned()
        if project.review_engaged or project.reviewed_fen is not None:
            raise Refused("price-review.already-engaged", project=self.project)
        return PriceReviewEngaged(project=self.project, agency=self.agency, engaged_on=self.legal_date)


class RecordPriceReview(OnProject, frozen=True, kw_only=True):
    """Record the amount an agency's report allows for a project.

    A wrong one is corrected by another that names it (`corrects`, its record number) and says why (`reason`).
    """

    name: ClassVar[str] = "record-price-review"
    roles: ClassVar[tuple[Role, ...]] = REVIEWERS
    already_happened: ClassVar[bool] = True

    reviewed_fen: Fen
    reviewed_on: Day | None = None
    agency: Line | None = None
    report: Line | None = None
    corrects: RecordNumber | None = None
    reason: Paragraph | None = None

    def happened_on(self) -> Day | None:
        return self.reviewed_on

    def query(self) -> tuple[Slice, ...]:
        return *super().query(), ProjectDrawings.of(self.project)

    def query_further(self, project: Project, *_: State) -> tuple[Slice, ...]:
        return (Decision.of(project.planned().decision),)

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        project: Project,
        rules: Rules,
        drawings: ProjectDrawings,
        decision: Decision,
    ) -> Judged:
        self._must_be_first_or_correct(project)
        if decision.made_by != "emergency":  # there the firm or the district may repair without a contract
            must_follow(self.legal_date, project.contracted().signed_on, "repair-contract.signed")
        judge = rules.judge(self)
        named = self.agency is not None or project.review_agency is not None
        judge.require(
            named or not project.is_before_assembly, "price-review.without-agency", rules=("FUND-11",)
        )
        judge.require(
            self.corrects is None or drawings.drawn_fen <= self.reviewed_fen,
            "price-review.below-what-was-drawn",
            rules=("FUND-15",),
            drawn_fen=drawings.drawn_fen,
        )
        return judge.of(
            PriceReviewRecorded(
                project=self.project,
                decision=decision.identity,
                reviewed_fen=self.reviewed_fen,
                reviewed_on=self.legal_date,
                agency=self.agency,
                report=self.report,
                corrects=self.corrects,
                reason=self.reason,
            )
        )

    def _must_be_first_or_correct(self, project: Project) -> None:
        """Refuse a second review, unless it says which it corrects and why, before the cost is divided."""
        if project.review_number is not None and self.corrects is None:
            raise Refused("price-review.already-recorded", project=self.project, number=project.review_number)
        if self.corrects != project.review_number:
            raise Refused("price-review.corrects-another", number=self.corrects)
        if (self.corrects is None) != (self.reason is None):
            raise Refused("price-review.reason-of-a-correction")
        if self.corrects is not None and project.is_apportioned:
            raise Refused("price-review.already-apportioned", project=self.project)
