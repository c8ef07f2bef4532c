"""The yearly audit, and the one at a change of term: who was engaged, what was found (AUD-01 to -06)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.firm_debrief import Period
from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, FenOrZero, Fund, Id, Line, Paragraph, Part, RecordNumber, RuleId
from ledger.state import Slice, State

AuditKind = Literal["annual", "change-of-term"]
Opinion = Literal["clean", "qualified", "adverse", "disclaimed"]
ENGAGERS: tuple[Role, ...] = ("secretary", "chair", "neighbourhood", "street")


class Finding(Part, frozen=True, kw_only=True):
    """Something the auditor found: what, which rules it breaks, what money and which records it is about."""

    finding: Id
    text: Paragraph
    rules: Annotated[tuple[RuleId, ...], Meta(max_length=20)] = ()
    fund: Fund | None = None
    amount_fen: FenOrZero | None = None
    refs: Annotated[tuple[RecordNumber, ...], Meta(max_length=50)] = ()


Findings = Annotated[tuple[Finding, ...], Meta(max_length=50)]


# -- what can have happened ------------------------------------------------------------------------


class AuditEngaged(Event, frozen=True, kw_only=True):
    """An accounting firm was engaged to audit the community's funds over a period."""

    kind: ClassVar[str] = "audit.engaged"

    audit: Id
    of: AuditKind = msgspec.field(name="kind")
    auditor: Line
    period: Period
    engaged_on: Day

    def tags(self) -> tuple[str, ...]:
        return f"audit:{self.audit}", "audits"


class AuditReportRecorded(Event, frozen=True, kw_only=True):
    """The auditor's report came: when it was issued, when received, its opinion and findings."""

    kind: ClassVar[str] = "audit-report.recorded"

    audit: Id
    issued_on: Day
    received_on: Day
    report_no: Line | None = None
    opinion: Opinion | None = None
    summary: Paragraph | None = None
    findings: Findings = ()

    def tags(self) -> tuple[str, ...]:
        return f"audit:{self.audit}", "audits"


# -- what must be known ----------------------------------------------------------------------------


class Audit(State):
    """One audit: engaged, and its report received."""

    subject = "audit"
    engaged_on: date | None = None
    received_on: date | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case AuditEngaged(engaged_on=engaged_on):
                self.engaged_on = engaged_on
            case AuditReportRecorded(received_on=received_on):
                self.received_on = received_on


# -- what may be asked -----------------------------------------------------------------------------


class EngageAuditor(Command, frozen=True, kw_only=True):
    """Record which accounting firm audits the funds over which period, and since when it is engaged."""

    name: ClassVar[str] = "engage-auditor"
    roles: ClassVar[tuple[Role, ...]] = ENGAGERS

    audit: Id
    of: AuditKind = msgspec.field(name="kind")
    auditor: Line
    period: Period
    engaged_on: Day

    def happened_on(self) -> Day:
        return self.engaged_on

    def query(self) -> tuple[Slice, ...]:
        return (Audit.of(self.audit),)

    def decide(self, by: Actor, audit: Audit) -> AuditEngaged:  # noqa: ARG002
        if audit.engaged_on is not None:
            raise Refused("audit.already-engaged", audit=self.audit, engaged_on=audit.engaged_on)
        check_period(self.period.starts_on, self.period.ends_on)
        return AuditEngaged.sharing(self)


class RecordAuditReport(Command, frozen=True, kw_only=True):
    """Record the auditor's report on the day it was received, with what it found; one report an audit."""

    name: ClassVar[str] = "record-audit-report"
    roles: ClassVar[tuple[Role, ...]] = (*ENGAGERS, "auditor")

    audit: Id
    issued_on: Day
    received_on: Day
    report_no: Line | None = None
    opinion: Opinion | None = None
    summary: Paragraph | None = None
    findings: Findings = ()

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        return (Audit.of(self.audit),)

    def decide(self, by: Actor, audit: Audit) -> AuditReportRecorded:  # noqa: ARG002
        if audit.engaged_on is None:
            raise Refused("audit.unknown", audit=self.audit)
        if audit.received_on is not None:
            raise Refused("audit.already-reported", audit=self.audit, received_on=audit.received_on)
        if not audit.engaged_on <= self.issued_on <= self.received_on:
            raise Refused("audit-report.days-in-disorder", engaged_on=audit.engaged_on)
        if len({finding.finding for finding in self.findings}) < len(self.findings):
            raise Refused("audit-report.finding-twice")
        return AuditReportRecorded.sharing(self)
