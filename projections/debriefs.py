"""Debriefs of property firms: when they were to be, what the firm handed in, how they were appraised."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import select

from ledger.actions.appraisal import (
    AppraisalCorrected,
    AppraisalFeedbackGiven,
    AppraisalRecorded,
    ScoreSheet,
)
from ledger.actions.firm_debrief import DebriefHeld, DebriefScheduled, DebriefSubmitted, Passage
from ledger.events import Event, Recorded
from projections.database import reading
from projections.debrief_rows import CriterionScore, DebriefRow, rows_of
from projections.snapshot import Snapshot, paged
from projections.view import (
    COUNT,
    DAY,
    PLACE,
    TEXT,
    Fields,
    Key,
    Shape,
    View,
    Write,
    day_number,
    each,
)


@reading
def page(
    snapshot: Snapshot,
    ledger: str,
    *,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
    held: bool = False,
) -> list[DebriefRow]:
    """Debriefs of a ledger in order of record number; `after`: number of the last row of the page before.

    `held`: without those that are only planned.
    """
    debrief = snapshot.table("debriefs", "debrief")
    query = select(debrief).where(debrief.c.ledger == ledger)
    if held:
        query = query.where(debrief.c.held_on.is_not(None))
    query = paged(query, debrief.c.number, after=after, limit=limit, newest_first=newest_first)
    return rows_of(snapshot, ledger, query)


@reading
def one(snapshot: Snapshot, ledger: str, debrief: str) -> DebriefRow | None:
    """One debrief, none if there is no such id."""
    table = snapshot.table("debriefs", "debrief")
    found = rows_of(
        snapshot, ledger, select(table).where(table.c.ledger == ledger, table.c.debrief == debrief)
    )
    return found[0] if found else None


@reading
def before(snapshot: Snapshot, ledger: str, firm: str, day: date) -> DebriefRow | None:
    """The last debrief a firm held on a period that was over before a day."""
    table = snapshot.table("debriefs", "debrief")
    query = select(table).where(
        table.c.ledger == ledger,
        table.c.firm == firm,
        table.c.held_on.is_not(None),
        table.c.period_to < day_number(day),
    )
    query = query.order_by(table.c.period_to.desc(), table.c.number.desc()).limit(1)
    found = rows_of(snapshot, ledger, query)
    return found[0] if found else None


@reading
def same_words(snapshot: Snapshot, ledger: str, debrief: str) -> tuple[tuple[str, str], ...]:
    """Where else its firm handed in the same report, but for figures and spaces: ledgers and debriefs."""
    submission = snapshot.table("debriefs", "submission")
    own = snapshot.rows(
        select(submission.c.firm, submission.c.words_digest)
        .where(submission.c.ledger == ledger, submission.c.debrief == debrief)
        .where(submission.c.words_digest.is_not(None))
    )
    query = (
        select(submission.c.ledger, submission.c.debrief)
        .where(submission.c.words_digest.in_([row.words_digest for row in own]))
        .where(submission.c.firm.in_([row.firm for row in own]), submission.c.ledger != ledger)
        .distinct()
        .order_by(submission.c.ledger, submission.c.debrief)
    )
    return tuple((row.ledger, row.debrief) for row in snapshot.rows(query))


# -- the view ----------------------------------------------------------------------------------------------


class Debriefs(View):
    """One row per debrief, per thing handed in and per score sheet."""

    name: ClassVar[str] = "debriefs"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "debrief": Shape(
            {"ledger": TEXT, "debrief": TEXT},
            {
                **each(PLACE, "number held_number told_number"),
                **each(TEXT, "firm firm_name contract summary remark"),
                **each(DAY, "period_from period_to planned_on held_on fed_back_on"),
                "attended": COUNT,
            },
        ),
        "submission": Shape(
            {"ledger": TEXT, "debrief": TEXT, "version": COUNT},
            {"number": PLACE, "submitted_on": DAY, **each(TEXT, "firm words claims words_digest")},
            indexes=(("words_digest",),),
        ),
        "appraisal": Shape(
            {"ledger": TEXT, "number": PLACE},
            {
                **each(TEXT, "debrief rubric criteria comments reason"),
                "appraised_on": DAY,
                **each(COUNT, "points total_points raters"),
                "corrects": PLACE,
            },
            indexes=(("ledger", "debrief"),),
        ),
    }
    takes = (
        DebriefScheduled,
        DebriefSubmitted,
        DebriefHeld,
        AppraisalRecorded,
        AppraisalCorrected,
        AppraisalFeedbackGiven,
    )

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows = write.known("debrief", [_key(recorded) for recorded in batch])
        submissions: dict[Key, Fields] = {}
        appraisals: dict[Key, Fields] = {}
        for recorded in batch:
            match recorded.data:
                case DebriefSubmitted() as submitted:
                    submissions[*_key(recorded), submitted.version] = _submission(recorded, submitted)
                case ScoreSheet() as sheet:
                    appraisals[recorded.ledger, recorded.number] = _appraisal(recorded, sheet)
                case step:
                    row = rows.setdefault(_key(recorded), {"number": recorded.number})
                    row.update(_step(recorded.number, step))
        write.put("debrief", rows)
        write.put("submission", submissions)
        write.put("appraisal", appraisals)


def _key(recorded: Recorded[Any]) -> Key:
    return recorded.ledger, recorded.data.debrief


def _step(number: int, step: Any) -> Fields:
    if isinstance(step, AppraisalFeedbackGiven):
        told = {"told_number": step.appraisal, "remark": step.remark}
        return {"fed_back_on": day_number(step.fed_back_on), **told}
    period = {
        "period_from": day_number(step.period.starts_on),
        "period_to": day_number(step.period.ends_on),
    }
    if isinstance(step, DebriefScheduled):
        planned = {"contract": step.contract, "planned_on": day_number(step.planned_on)}
        return {"firm": step.firm, **period, **planned}
    held = {name: getattr(step, name) for name in ("firm", "firm_name", "attended", "summary")}
    return {**held, **period, "held_on": day_number(step.held_on), "held_number": number}


def _submission(recorded: Recorded[Any], submitted: DebriefSubmitted) -> Fields:
    return {
        "number": recorded.number,
        "submitted_on": day_number(recorded.occurred_on),
        "firm": submitted.firm,
        "words": msgspec.json.encode(submitted.words).decode(),
        "claims": msgspec.json.encode(submitted.claims).decode(),
        "words_digest": words_digest(submitted.words),
    }


def words_digest(words: Sequence[Passage]) -> str | None:
    """The same for two reports of the same letters: figures, spaces and signs do not tell them apart."""
    whole = unicodedata.normalize("NFKC", "".join(passage.text for passage in words)).casefold()
    letters = "".join(character for character in whole if character.isalpha())
    return hashlib.sha256(letters.encode()).hexdigest() if letters else None


def _appraisal(recorded: Recorded[Any], sheet: ScoreSheet) -> Fields:
    points = {score.item: score.points for score in sheet.scores}
    ratings = {rating.item: rating for rating in sheet.ratings}
    names = ("satisfied", "mostly_satisfied", "fair", "dissatisfied")
    criteria = [
        CriterionScore(
            line.item,
            line.title,
            line.max_points,
            points[line.item],
            **{name: getattr(ratings[line.item], name) for name in names if line.item in ratings},
        )
        for line in sheet.rubric.criteria
    ]
    return {
        "debrief": sheet.debrief,
        "appraised_on": day_number(recorded.occurred_on),
        "rubric": sheet.rubric.title,
        "points": sheet.points,
        "total_points": sheet.rubric.total_points,
        "raters": sheet.raters,
        "criteria": msgspec.json.encode(criteria).decode(),
        "comments": sheet.comments,
        "corrects": getattr(sheet, "corrects", None),
        "reason": getattr(sheet, "reason", None),
    }


VIEW = Debriefs()
