"""The property firm reports back once a year (述职) and is appraised by a rubric (评议) (FIRM-15, SYS-31)."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Count, Day, Id, Line, Paragraph, Part, Points
from ledger.state import Slice, State


class Period(Part, frozen=True, kw_only=True):
    """From one day to another, both included."""

    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")


class Criterion(Part, frozen=True, kw_only=True):
    """One line of a score sheet and the most points it can give."""

    item: Id
    title: Line
    max_points: Points


class Rubric(Part, frozen=True, kw_only=True):
    """A score sheet; the maxima of its lines make its total."""

    total_points: Points
    criteria: Annotated[tuple[Criterion, ...], Meta(min_length=1, max_length=50)]
    title: Line | None = None


class Score(Part, frozen=True, kw_only=True):
    """The points one line got."""

    item: Id
    points: Points


Scores = Annotated[tuple[Score, ...], Meta(min_length=1, max_length=50)]


class DebriefHeld(Event, frozen=True, kw_only=True):
    """The firm reported on a period before the residents."""

    kind: ClassVar[str] = "debrief.held"

    debrief: Id
    firm: Id
    period: Period
    held_on: Day
    firm_name: Line | None = None
    attended: Count | None = None
    summary: Paragraph | None = None

    def tags(self) -> tuple[str, ...]:
        return f"debrief:{self.debrief}", f"firm:{self.firm}"


class AppraisalRecorded(Event, frozen=True, kw_only=True):
    """How a debrief was scored, line by line; who scored is not named."""

    kind: ClassVar[str] = "appraisal.recorded"

    debrief: Id
    firm: Id
    rubric: Rubric
    scores: Scores
    raters: Count
    points: Points

    def tags(self) -> tuple[str, ...]:
        return f"debrief:{self.debrief}", f"firm:{self.firm}"


class Debrief(State):
    """One debrief and whether it was appraised."""

    subject = "debrief"
    held: DebriefHeld | None = None
    appraised = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DebriefHeld() as held:
                self.held = held
            case AppraisalRecorded():
                self.appraised = True


class HoldDebrief(Command, frozen=True, kw_only=True):
    """Record that a firm reported on a period, when, and before how many."""

    name: ClassVar[str] = "hold-debrief"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "neighbourhood")

    debrief: Id
    firm: Id
    period: Period
    held_on: Day
    firm_name: Line | None = None
    attended: Count | None = None
    summary: Paragraph | None = None

    def happened_on(self) -> Day:
        return self.held_on

    def query(self) -> tuple[Slice, ...]:
        return (Debrief.of(self.debrief),)

    def decide(self, by: Actor, debrief: Debrief) -> DebriefHeld:  # noqa: ARG002
        if debrief.held is not None:
            raise Refused("debrief.already-held", debrief=self.debrief)
        check_period(self.period.starts_on, self.period.ends_on)
        return DebriefHeld(
            debrief=self.debrief,
            firm=self.firm,
            period=self.period,
            held_on=self.held_on,
            firm_name=self.firm_name,
            attended=self.attended,
            summary=self.summary,
        )


class RecordAppraisal(Command, frozen=True, kw_only=True):
    """Record the scores of a debrief. The rubric's maxima must make its total; every line is scored once."""

    name: ClassVar[str] = "record-appraisal"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "neighbourhood", "street")

    debrief: Id
    rubric: Rubric
    scores: Scores
    raters: Count

    def query(self) -> tuple[Slice, ...]:
        return (Debrief.of(self.debrief),)

    def decide(self, by: Actor, debrief: Debrief) -> AppraisalRecorded:  # noqa: ARG002
        if debrief.held is None:
            raise Refused("debrief.unknown", debrief=self.debrief)
        if debrief.appraised:
            raise Refused("debrief.already-appraised", debrief=self.debrief)
        if self.raters == 0:
            raise Refused("appraisal.no-raters")
        points = _points(self.rubric, self.scores)
        return AppraisalRecorded(
            debrief=self.debrief,
            firm=debrief.held.firm,
            rubric=self.rubric,
            scores=self.scores,
            raters=self.raters,
            points=points,
        )


def _points(rubric: Rubric, scores: tuple[Score, ...]) -> int:
    """The points scored in all; refuses a rubric or a score sheet that does not add up."""
    maxima = {criterion.item: criterion.max_points for criterion in rubric.criteria}
    if len(maxima) != len(rubric.criteria) or sum(maxima.values()) != rubric.total_points:
        raise Refused(
            "appraisal.rubric-does-not-add-up",
            maxima_sum=sum(maxima.values()),
            total_points=rubric.total_points,
        )
    if sorted(maxima) != sorted(score.item for score in scores):
        raise Refused("appraisal.scores-do-not-fit-rubric")
    for score in scores:
        if score.points > maxima[score.item]:
            raise Refused(
                "appraisal.above-maximum", item=score.item, points=score.points, max_points=maxima[score.item]
            )
    return sum(score.points for score in scores)
