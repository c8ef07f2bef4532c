"""Findings to be put right: by whom, by when, how far."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import case, select

from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
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


class RectificationRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that opened it. `rejections`: how often it was sent back; `reason`: why at last.

    `report`: what was reported last, in record `reported_number`, where its evidence is attached; `closed_on`
    to `closed_by`, a role, once it was accepted. `debrief`: where it came up, if it was there.
    """

    item: str
    number: int
    source: str
    problem: str
    responsible: str
    due_on: date
    opened_on: date
    stage: Literal["open", "reported", "accepted"]
    report: str | None = None
    reported_on: date | None = None
    rejections: int = 0
    reason: str | None = None
    closed_on: date | None = None
    remark: str | None = None
    debrief: str | None = None
    measures: str | None = None
    acceptance: str | None = None
    reported_number: int | None = None
    closed_number: int | None = None
    closed_by: str | None = None

    def overdue_days(self, day: date) -> int:
        """For how many days it has been late, 0 unless it is: what is done is late no longer."""
        return 0 if self.stage == "accepted" else max(0, (day - self.due_on).days)


@reading
def page(
    snapshot: Snapshot, ledger: str, *, after: int | None = None, limit: int = 50, newest_first: bool = False
) -> list[RectificationRow]:
    """Rectifications of a ledger by record number; `after`: that of the last row of the page before."""
    finding = snapshot.table("rectifications", "rectification")
    query = select(finding).where(finding.c.ledger == ledger)
    query = paged(query, finding.c.number, after=after, limit=limit, newest_first=newest_first)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def one(snapshot: Snapshot, ledger: str, item: str) -> RectificationRow | None:
    """One rectification, none if there is no such id."""
    finding = snapshot.table("rectifications", "rectification")
    found = snapshot.rows(select(finding).where(finding.c.ledger == ledger, finding.c.item == item))
    return _row(found[0]) if found else None


@reading
def urgent_first(snapshot: Snapshot, ledger: str, *, limit: int = 100) -> list[RectificationRow]:
    """What is longest overdue, then what is due next, then what is done, of those the last opened first."""
    finding = snapshot.table("rectifications", "rectification")
    query = select(finding).where(finding.c.ledger == ledger)
    is_done = case((finding.c.stage == "accepted", 1), else_=0)
    due_on = case((finding.c.stage == "accepted", 0), else_=finding.c.due_on)
    query = query.order_by(is_done, due_on, finding.c.number.desc()).limit(limit)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def of_debrief(snapshot: Snapshot, ledger: str, debrief: str) -> list[RectificationRow]:
    """What a debrief left to be put right, by record number."""
    finding = snapshot.table("rectifications", "rectification")
    query = select(finding).where(finding.c.ledger == ledger, finding.c.debrief == debrief)
    return [_row(row) for row in snapshot.rows(query.order_by(finding.c.number))]


def _row(row: Any) -> RectificationRow:
    fields = {**row._mapping}
    del fields["ledger"]
    for day in ("due_on", "opened_on", "reported_on", "closed_on"):
        fields[day] = day_of(fields[day])
    return RectificationRow(**fields)


class Rectifications(View):
    """One row per finding."""

    name: ClassVar[str] = "rectifications"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "rectification": Shape(
            {"ledger": TEXT, "item": TEXT},
            {
                **each(PLACE, "number reported_number closed_number"),
                **each(TEXT, "source problem responsible stage report reason remark"),
                **each(TEXT, "debrief measures acceptance closed_by"),
                **each(DAY, "due_on opened_on reported_on closed_on"),
                "rejections": COUNT,
            },
        )
    }
    takes = (RectificationOpened, RectificationReported, RectificationAccepted, RectificationRejected)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows = write.known("rectification", [_key(recorded) for recorded in batch])
        for recorded in batch:
            row = rows.setdefault(_key(recorded), {})
            row.update(_changes(recorded, row))
        write.put("rectification", rows)


def _key(recorded: Recorded[Any]) -> Key:
    return recorded.ledger, recorded.data.item


def _changes(recorded: Recorded[Any], row: Fields) -> Fields:
    day = day_number(recorded.occurred_on)
    match recorded.data:
        case RectificationReported(report=report):
            reported = {"reported_on": day, "reported_number": recorded.number}
            return {"stage": "reported", "report": report, **reported}
        case RectificationRejected(reason=reason):
            return {"stage": "open", "rejections": row["rejections"] + 1, "reason": reason}
        case RectificationAccepted(remark=remark):
            closed = {
                "closed_on": day,
                "closed_number": recorded.number,
                "closed_by": recorded.envelope.by.role,
            }
            return {"stage": "accepted", "remark": remark, **closed}
        case opened:
            names = ("source", "problem", "responsible", "debrief", "measures", "acceptance")
            return {
                "number": recorded.number,
                **{name: getattr(opened, name) for name in names},
                "due_on": day_number(opened.due_on),
                "opened_on": day,
                "stage": "open",
                "rejections": 0,
            }


VIEW = Rectifications()
