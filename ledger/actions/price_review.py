"""An agency reviews what a repair may cost; its figure caps all payments (FUND-15, FUND-19)."""

from typing import ClassVar

from ledger.actions.decision import Decision
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
from ledger.fields import Day, Fen, Line
from ledger.state import Slice

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
    """Record the amount an agency's report allows for a project."""

    name: ClassVar[str] = "record-price-review"
    roles: ClassVar[tuple[Role, ...]] = REVIEWERS

    reviewed_fen: Fen
    reviewed_on: Day | None = None
    agency: Line | None = None
    report: Line | None = None

    def happened_on(self) -> Day | None:
        return self.reviewed_on

    def query_further(self, project: Project, rules: Rules) -> tuple[Slice, ...]:  # noqa: ARG002
        return (Decision.of(project.planned().decision),)

    def decide(self, by: Actor, project: Project, rules: Rules, decision: Decision) -> PriceReviewRecorded:  # noqa: ARG002
        if project.reviewed_fen is not None:
            raise Refused("price-review.already-recorded", project=self.project)
        if decision.made_by != "emergency":  # there the firm or the district may repair without a contract
            must_follow(self.legal_date, project.contracted().signed_on, "repair-contract.signed")
        return PriceReviewRecorded(
            project=self.project,
            reviewed_fen=self.reviewed_fen,
            reviewed_on=self.legal_date,
            agency=self.agency,
            report=self.report,
        )
