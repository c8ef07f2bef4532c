"""Debriefs of property firms and how they were appraised."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import select

from ledger.actions.firm_debrief import AppraisalRecorded, DebriefHeld
from ledger.events import Event, Recorded
from projections.database import reading
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
    day_of,
    each,
)


class CriterionScore(msgspec.Struct, frozen=True):
    """One line of the score sheet."""

    item: str
    title: str
    max_points: int
    points: int


class DebriefRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record of the debrief. `rubric` to `appraisal_number` once it was appraised."""

    debrief: str
    number: int
    firm: str
    firm_name: str | None
    period_from: date
    period_to: date
    held_on: date
    attended: int | None = None
    summary: str | None = None
    rubric: str | None = None
    points: int | None = None
    total_points: int | None = None
    raters: int | None = None
    criteria: tuple[CriterionScore, ...] = ()
    appraisal_number: int | None = None


@reading
def page(
    snapshot: Snapshot, ledger: str, *, after: int | None = None, limit: int = 50, newest_first: bool = False
) -> list[DebriefRow]:
    """Debriefs of a ledger in order of record number; `after`: number of the last row of the page before."""
    debrief = snapshot.table("debriefs", "debrief")
    query = select(debrief).where(debrief.c.ledger == ledger)
    query = paged(query, debrief.c.number, after=after, limit=limit, newest_first=newest_first)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def one(snapshot: Snapshot, ledger: str, debrief: str) -> DebriefRow | None:
    """One debrief, none if there is no such id."""
    table = snapshot.table("debriefs", "debrief")
    found = snapshot.rows(select(table).where(table.c.ledger == ledger, table.c.debrief == debrief))
    return _row(found[0]) if found else None


def _row(row: Any) -> DebriefRow:
    fields = {**row._mapping}
    del fields["ledger"]
    for day in ("period_from", "period_to", "held_on"):
        fields[day] = day_of(fields[day])
    criteria = msgspec.json.decode(fields["criteria"] or "[]", type=tuple[CriterionScore, ...])
    return DebriefRow(**{**fields, "criteria": criteria})


class Debriefs(View):
    """One row per debrief."""

    name: ClassVar[str] = "debriefs"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "debrief": Shape(
            {"ledger": TEXT, "debrief": TEXT},
            {
                **each(PLACE, "number appraisal_number"),
                **each(TEXT, "firm firm_name summary rubric criteria"),
                **each(DAY, "period_from period_to held_on"),
                **each(COUNT, "attended points total_points raters"),
            },
        )
    }
    takes = (DebriefHeld, AppraisalRecorded)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows = write.known("debrief", [_key(recorded) for recorded in batch])
        for recorded in batch:
            rows.setdefault(_key(recorded), {}).update(_fields(recorded))
        write.put("debrief", rows)


def _key(recorded: Recorded[Any]) -> Key:
    return recorded.ledger, recorded.data.debrief


def _fields(recorded: Recorded[Any]) -> Fields:
    match recorded.data:
        case AppraisalRecorded(rubric=rubric) as appraised:
            points = {score.item: score.points for score in appraised.scores}
            criteria = [
                CriterionScore(line.item, line.title, line.max_points, points[line.item])
                for line in rubric.criteria
            ]
            return {
                "rubric": rubric.title,
                "points": appraised.points,
                "total_points": rubric.total_points,
                "raters": appraised.raters,
                "criteria": msgspec.json.encode(criteria).decode(),
                "appraisal_number": recorded.number,
            }
        case held:
            return {
                "number": recorded.number,
                "firm": held.firm,
                "firm_name": held.firm_name,
                "period_from": day_number(held.period.starts_on),
                "period_to": day_number(held.period.ends_on),
                "held_on": day_number(held.held_on),
                "attended": held.attended,
                "summary": held.summary,
            }


VIEW = Debriefs()
