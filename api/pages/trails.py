"""What led to a record and what followed, stage by stage, ending in one line that says what it comes to."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from flask import Blueprint
from msgspec import Struct

from api import languages
from api.pages.asked import path
from api.pages.steps import Record, line_of
from api.pages.wording import word
from api.services import current
from ledger.events import Event, Recorded
from projections.trail_verdicts import Verdict, verdict_of
from projections.trails import Step, Trail, trail_of

pages = Blueprint("trails", __name__)

OF_A_STAGE_MAX = 12  # more of one stage are a list of their own


class ShownStep(Struct, frozen=True):
    """A record of the trail in a line; of a line that fell due, `kept` says how it was kept."""

    record: Record
    on: date
    href: str
    is_here: bool
    pooled: bool
    files: int
    amount_fen: int | None
    kept: str | None


class ShownStage(Struct, frozen=True):
    """One step of the trace; `left_out`: how many more there are."""

    title: str
    steps: list[ShownStep]
    left_out: int


class ShownTrail(Struct, frozen=True):
    """The trail of a record; `said`: the line it ends in, under its sign."""

    stages: list[ShownStage]
    is_whole: bool
    verdict: Verdict | None
    said: str | None


@pages.app_template_global("trail_of")
def shown_trail(ledger: str, recorded: Recorded[Event]) -> ShownTrail:
    """The trail as the page of a record shows it."""
    here = current()
    with here.views.snapshot() as snapshot:
        trail = trail_of(snapshot, here.store, ledger, recorded, here.today)
        verdict = verdict_of(snapshot, ledger, trail)
    return ShownTrail(_stages(ledger, trail), trail.is_whole, verdict, _said(verdict))


def _stages(ledger: str, trail: Trail) -> list[ShownStage]:
    stages = []
    for stage, steps in groupby(trail.steps, key=lambda step: step.stage):
        of_stage = list(steps)
        kept = _kept(of_stage, trail.root.number)
        shown = [_step(ledger, step, trail.root.number) for step in kept]
        stages.append(ShownStage(word(f"trail.{stage}"), shown, len(of_stage) - len(kept)))
    return stages


def _kept(steps: Sequence[Step], root: int) -> Sequence[Step]:
    """The first of a stage, and wherever it is the record whose page this is."""
    kept = steps[:OF_A_STAGE_MAX]
    own = [step for step in steps[OF_A_STAGE_MAX:] if step.recorded.number == root and step.line is None]
    return [*kept, *own]


def _step(ledger: str, step: Step, root: int) -> ShownStep:
    record, line = line_of(step.recorded), step.line
    return ShownStep(
        record,
        step.on,
        path(ledger, "events", record.number),
        record.number == root and line is None,
        step.pooled,
        step.files,
        line.amount_fen if line else record.amount_fen,
        word(f"trail.line.{line.status}") if line else None,
    )


def _said(verdict: Verdict | None) -> str | None:
    if verdict is None:
        return None
    details = {"records": verdict.records}
    return languages.phrase(languages.language(), f"trail.verdict.{verdict.code}", details)
