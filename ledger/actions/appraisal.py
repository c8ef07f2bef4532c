"""A debrief is appraised by a rubric (评议) and the firm is told; no rater is named (FIRM-15, SYS-31)."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ledger.actions.firm_debrief import DebriefHeld, OfDebrief
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Count, Day, Id, Line, Paragraph, Part, Points, RecordNumber
from ledger.state import Slice, State


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


class Rating(Part, frozen=True, kw_only=True):
    """How many said what of one line: 满意, 基本满意, 一般, 不满意."""

    item: Id
    satisfied: Count = 0
    mostly_satisfied: Count = 0
    fair: Count = 0
    dissatisfied: Count = 0

    @property
    def raters(self) -> int:
        """How many said anything of it."""
        return self.satisfied + self.mostly_satisfied + self.fair + self.dissatisfied


Scores = Annotated[tuple[Score, ...], Meta(min_length=1, max_length=50)]
Ratings = Annotated[tuple[Rating, ...], Meta(max_length=50)]


# -- what can have happened ------------------------------------------------------------------------


class ScoreSheet(OfDebrief, frozen=True, kw_only=True):
    """Base of how a debrief was scored, line by line; who scored is not named."""

    rubric: Rubric
    scores: Scores
    raters: Count
    points: Points
    ratings: Ratings = ()
    comments: Paragraph | None = None


class AppraisalRecorded(ScoreSheet, frozen=True, kw_only=True):
    """A debrief was scored."""

    kind: ClassVar[str] = "appraisal.recorded"


class AppraisalCorrected(ScoreSheet, frozen=True, kw_only=True):
    """The score sheet of record `corrects` was entered wrongly; it stays, and this one counts instead."""

    kind: ClassVar[str] = "appraisal.corrected"

    corrects: RecordNumber
    reason: Paragraph


class AppraisalFeedbackGiven(OfDebrief, frozen=True, kw_only=True):
    """The firm was told what record `appraisal` says."""

    kind: ClassVar[str] = "appraisal-feedback.given"

    appraisal: RecordNumber
    fed_back_on: Day
    remark: Paragraph | None = None


# -- what must be known ----------------------------------------------------------------------------


class Appraisal(State):
    """The score sheet of one debrief that counts, where it stands, and whether the firm knows it."""

    subject = "debrief"
    held: DebriefHeld | None = None
    sheet: ScoreSheet | None = None
    number = 0
    fed_back = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DebriefHeld() as held:
                self.held = held
            case ScoreSheet() as sheet:
                self.sheet, self.number, self.fed_back = sheet, recorded.number, False
            case AppraisalFeedbackGiven():
                self.fed_back = True


def _points(sheet: "OnSheet") -> int:
    """The points scored in all; refuses a rubric or a score sheet that does not add up."""
    rubric = sheet.rubric
    maxima = {criterion.item: criterion.max_points for criterion in rubric.criteria}
    if len(maxima) != len(rubric.criteria) or sum(maxima.values()) != rubric.total_points:
        raise Refused(
            "appraisal.rubric-does-not-add-up",
            maxima_sum=sum(maxima.values()),
            total_points=rubric.total_points,
        )
    if sorted(maxima) != sorted(score.item for score in sheet.scores):
        raise Refused("appraisal.scores-do-not-fit-rubric")
    for score in sheet.scores:
        if score.points > maxima[score.item]:
            raise Refused(
                "appraisal.above-maximum", item=score.item, points=score.points, max_points=maxima[score.item]
            )
    _check_raters(sheet, set(maxima))
    return sum(score.points for score in sheet.scores)


def _check_raters(sheet: "OnSheet", items: set[str]) -> None:
    """Refuse a sheet of nobody, and opinions on other lines, twice, or of more people than there were."""
    if sheet.raters == 0:
        raise Refused("appraisal.no-raters")
    rated = [rating.item for rating in sheet.ratings]
    if len(set(rated)) != len(rated) or not items.issuperset(rated):
        raise Refused("appraisal.ratings-do-not-fit-rubric")
    for rating in sheet.ratings:
        if rating.raters > sheet.raters:
            raise Refused(
                "appraisal.more-ratings-than-raters",
                item=rating.item,
                ratings=rating.raters,
                raters=sheet.raters,
            )


# -- what may be asked -----------------------------------------------------------------------------


class OnAppraisal(Command, frozen=True, kw_only=True):
    """Base of commands about the appraisal of one debrief."""

    roles: ClassVar[tuple[Role, ...]] = ("secretary", "neighbourhood", "street")

    debrief: Id

    def query(self) -> tuple[Slice, ...]:
        return (Appraisal.of(self.debrief),)


class OnSheet(OnAppraisal, frozen=True, kw_only=True):
    """Base of commands that bring a score sheet."""

    rubric: Rubric
    scores: Scores
    raters: Count
    ratings: Ratings = ()
    comments: Paragraph | None = None


class RecordAppraisal(OnSheet, frozen=True, kw_only=True):
    """Record the scores of a debrief. The rubric's maxima must make its total; every line is scored once."""

    name: ClassVar[str] = "record-appraisal"

    def decide(self, by: Actor, appraisal: Appraisal) -> AppraisalRecorded:  # noqa: ARG002
        if appraisal.held is None:
            raise Refused("debrief.unknown", debrief=self.debrief)
        if appraisal.sheet is not None:
            raise Refused("debrief.already-appraised", debrief=self.debrief)
        return AppraisalRecorded.sharing(self, firm=appraisal.held.firm, points=_points(self))


class CorrectAppraisal(OnSheet, frozen=True, kw_only=True):
    """Put a wrongly entered score sheet right, with the reason; both stay to be seen."""

    name: ClassVar[str] = "correct-appraisal"

    reason: Paragraph

    def decide(self, by: Actor, appraisal: Appraisal) -> AppraisalCorrected:  # noqa: ARG002
        sheet = appraisal.sheet
        if sheet is None:
            raise Refused("appraisal.not-recorded", debrief=self.debrief)
        points = _points(self)
        if all(getattr(self, name) == getattr(sheet, name) for name in SHEET):
            raise Refused("appraisal.nothing-corrected", debrief=self.debrief)
        return AppraisalCorrected.sharing(self, firm=sheet.firm, points=points, corrects=appraisal.number)


class FeedBackAppraisal(OnAppraisal, frozen=True, kw_only=True):
    """Record the day on which the firm was told how it was appraised; after a correction it is told again."""

    name: ClassVar[str] = "feed-back-appraisal"

    fed_back_on: Day
    remark: Paragraph | None = None

    def happened_on(self) -> Day:
        return self.fed_back_on

    def decide(self, by: Actor, appraisal: Appraisal) -> AppraisalFeedbackGiven:  # noqa: ARG002
        if appraisal.sheet is None or appraisal.held is None:
            raise Refused("appraisal.not-recorded", debrief=self.debrief)
        if appraisal.fed_back:
            raise Refused("appraisal.already-fed-back", debrief=self.debrief)
        if self.fed_back_on < appraisal.held.held_on:
            raise Refused(
                "appraisal.fed-back-before-held", debrief=self.debrief, held_on=appraisal.held.held_on
            )
        return AppraisalFeedbackGiven.sharing(self, firm=appraisal.sheet.firm, appraisal=appraisal.number)


SHEET = ("rubric", "scores", "raters", "ratings", "comments")
