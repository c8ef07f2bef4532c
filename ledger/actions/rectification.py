"""Correcting a finding (整改): opened with a due date, reported done, judged by somebody else (SYS-31)."""

from typing import ClassVar, Literal

from ledger.actions.firm_debrief import Debrief
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Line, Paragraph
from ledger.state import Slice, State


class RectificationOpened(Event, frozen=True, kw_only=True):
    """Something must be put right by a day; `debrief`: where it came up, `acceptance`: how it is judged."""

    kind: ClassVar[str] = "rectification.opened"

    item: Id
    source: Line
    problem: Paragraph
    responsible: Line
    due_on: Day
    debrief: Id | None = None
    measures: Paragraph | None = None
    acceptance: Paragraph | None = None

    def tags(self) -> tuple[str, ...]:
        about = () if self.debrief is None else (f"debrief:{self.debrief}",)
        return f"rectification:{self.item}", *about


class RectificationReported(Event, frozen=True, kw_only=True):
    """The responsible side says it is done."""

    kind: ClassVar[str] = "rectification.reported"

    item: Id
    report: Paragraph

    def tags(self) -> tuple[str, ...]:
        return (f"rectification:{self.item}",)


class RectificationAccepted(Event, frozen=True, kw_only=True):
    """Somebody else looked and found it done (销号)."""

    kind: ClassVar[str] = "rectification.accepted"

    item: Id
    remark: Paragraph | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"rectification:{self.item}",)


class RectificationRejected(Event, frozen=True, kw_only=True):
    """Somebody else looked and found it not done; it is open again."""

    kind: ClassVar[str] = "rectification.rejected"

    item: Id
    reason: Paragraph

    def tags(self) -> tuple[str, ...]:
        return (f"rectification:{self.item}",)


class Rectification(State):
    """One item on its way to closure."""

    subject = "rectification"
    stage: Literal["open", "reported", "accepted"] | None = None
    reported_by: Authorship | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RectificationOpened() | RectificationRejected():
                self.stage = "open"
            case RectificationReported():
                self.stage, self.reported_by = "reported", Authorship.of(recorded)
            case RectificationAccepted():
                self.stage = "accepted"

    def must_be_reported(self, by: Actor) -> None:
        """Refuse to judge what was not reported, or was reported by the judge."""
        if self.stage is None:
            raise Refused("rectification.unknown", item=self.identity)
        if self.stage != "reported":
            raise Refused("rectification.not-reported", item=self.identity)
        if by.wrote(self.reported_by):
            raise Refused("rectification.own-report", item=self.identity)


JUDGES: tuple[Role, ...] = ("chair", "member", "neighbourhood", "street")


class OfRectification(Command, frozen=True, kw_only=True):
    """Base of commands about one item."""

    item: Id

    def query(self) -> tuple[Slice, ...]:
        return (Rectification.of(self.item),)


class OpenRectification(OfRectification, frozen=True, kw_only=True):
    """Say what must be put right, by whom and by when; `source` says where it was found."""

    name: ClassVar[str] = "open-rectification"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "neighbourhood", "street", "auditor")

    source: Line
    problem: Paragraph
    responsible: Line
    due_on: Day
    debrief: Id | None = None
    measures: Paragraph | None = None
    acceptance: Paragraph | None = None

    def query(self) -> tuple[Slice, ...]:
        debrief = () if self.debrief is None else (Debrief.of(self.debrief),)
        return *super().query(), *debrief

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        rectification: Rectification,
        debrief: Debrief | None = None,
    ) -> RectificationOpened:
        if rectification.stage is not None:
            raise Refused("rectification.already-open", item=self.item)
        if debrief is not None and debrief.held is None:
            raise Refused("debrief.unknown", debrief=self.debrief)
        return RectificationOpened.sharing(self)


class ReportRectification(OfRectification, frozen=True, kw_only=True):
    """Report an item as put right."""

    name: ClassVar[str] = "report-rectification"
    roles: ClassVar[tuple[Role, ...]] = ("firm", "secretary", "treasurer", "member")

    report: Paragraph

    def decide(self, by: Actor, rectification: Rectification) -> RectificationReported:  # noqa: ARG002
        if rectification.stage is None:
            raise Refused("rectification.unknown", item=self.item)
        if rectification.stage != "open":
            raise Refused("rectification.not-open", item=self.item)
        return RectificationReported(item=self.item, report=self.report)


class AcceptRectification(OfRectification, frozen=True, kw_only=True):
    """Accept that a reported item is put right; not by who reported it."""

    name: ClassVar[str] = "accept-rectification"
    roles: ClassVar[tuple[Role, ...]] = JUDGES

    remark: Paragraph | None = None

    def decide(self, by: Actor, rectification: Rectification) -> RectificationAccepted:
        rectification.must_be_reported(by)
        return RectificationAccepted(item=self.item, remark=self.remark)


class RejectRectification(OfRectification, frozen=True, kw_only=True):
    """Send a reported item back, with the reason; not by who reported it."""

    name: ClassVar[str] = "reject-rectification"
    roles: ClassVar[tuple[Role, ...]] = JUDGES

    reason: Paragraph

    def decide(self, by: Actor, rectification: Rectification) -> RectificationRejected:
        rectification.must_be_reported(by)
        return RectificationRejected(item=self.item, reason=self.reason)
