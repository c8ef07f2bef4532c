"""The works are accepted, the owners told, and one day the warranty is over (FUND-16, FUND-39)."""

from typing import ClassVar

from ledger.actions.repair_project import (
    Certifier,
    CompletionNoticePosted,
    OnProject,
    Places,
    Project,
    WarrantyExpiryRecorded,
    WorksAccepted,
    must_follow,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.errors import Refused
from ledger.fields import Day, Line, Paragraph
from ledger.rules.law import Judged

ACCEPTERS: tuple[Role, ...] = ("secretary", "chair", "member")
CERTIFIERS: tuple[Certifier, ...] = ("firm", "committee")


class AcceptWorks(OnProject, frozen=True, kw_only=True):
    """Record that the works of a project were accepted: its completion certificate."""

    name: ClassVar[str] = "accept-works"
    roles: ClassVar[tuple[Role, ...]] = ACCEPTERS

    accepted_on: Day | None = None
    warranty_until: Day | None = None
    started_on: Day | None = None
    completed_on: Day | None = None
    finding: Paragraph | None = None

    def happened_on(self) -> Day | None:
        return self.accepted_on

    def decide(self, by: Actor, project: Project, rules: Rules) -> WorksAccepted:  # noqa: ARG002
        project.planned()
        if project.accepted is not None:
            raise Refused("works.already-accepted", project=self.project)
        self._check_days(project)
        return WorksAccepted(
            project=self.project,
            accepted_on=self.legal_date,
            warranty_until=self.warranty_until,
            started_on=self.started_on,
            completed_on=self.completed_on,
            finding=self.finding,
        )

    def _check_days(self, project: Project) -> None:
        if project.contract is not None:
            must_follow(self.legal_date, project.contract.signed_on, "repair-contract.signed")
        days = [day for day in (self.started_on, self.completed_on, self.legal_date) if day is not None]
        if days != sorted(days):
            raise Refused("works.days-in-disorder")
        if self.warranty_until is not None and self.warranty_until < self.legal_date:
            raise Refused("works.warranty-over-before-it-began", accepted_on=self.legal_date)


class PostCompletionNotice(OnProject, frozen=True, kw_only=True):
    """Record where the end of the works was posted, and the firm's written report to the committee."""

    name: ClassVar[str] = "post-completion-notice"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "firm", "neighbourhood")
    already_happened: ClassVar[bool] = True

    places: Places
    posted_on: Day | None = None
    firm_report: Line | None = None

    def happened_on(self) -> Day | None:
        return self.posted_on

    def decide(self, by: Actor, project: Project, rules: Rules) -> Judged:  # noqa: ARG002
        project.planned()
        if project.accepted is None:
            raise Refused("works.not-accepted", project=self.project)
        if project.completion_is_posted:
            raise Refused("completion-notice.already-posted", project=self.project)
        must_follow(self.legal_date, project.accepted.accepted_on, "works.accepted")
        judge = rules.judge(self)
        reported = self.firm_report is not None
        judge.require(reported, "completion-notice.without-report", rules=("FUND-39",))
        return judge.of(
            CompletionNoticePosted(
                project=self.project,
                posted_on=self.legal_date,
                places=self.places,
                firm_report=self.firm_report,
            )
        )


class RecordWarrantyExpiry(OnProject, frozen=True, kw_only=True):
    """Record the certificate by which firm and committee together say that the warranty is over."""

    name: ClassVar[str] = "record-warranty-expiry"
    roles: ClassVar[tuple[Role, ...]] = ACCEPTERS

    certified_on: Day | None = None
    certified_by: tuple[Certifier, ...] = CERTIFIERS

    def happened_on(self) -> Day | None:
        return self.certified_on

    def decide(self, by: Actor, project: Project, rules: Rules) -> Judged:  # noqa: ARG002
        project.planned()
        if project.accepted is None:
            raise Refused("works.not-accepted", project=self.project)
        if project.warranty_is_over:
            raise Refused("warranty-expiry.already-recorded", project=self.project)
        must_follow(self.legal_date, project.accepted.accepted_on, "works.accepted")
        judge = rules.judge(self)
        missing = tuple(one for one in CERTIFIERS if one not in self.certified_by)
        judge.require(not missing, "warranty-expiry.not-joint", rules=("FUND-16",), missing=missing)
        until = project.accepted.warranty_until
        over = until is None or self.legal_date > until
        judge.require(over, "warranty-expiry.too-early", rules=("FUND-16",), warranty_until=until)
        return judge.of(
            WarrantyExpiryRecorded(
                project=self.project,
                certified_on=self.legal_date,
                certified_by=tuple(one for one in CERTIFIERS if one in self.certified_by),
            )
        )
