"""Findings to be put right: by whom, by when, how far."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec
from sqlalchemy import and_, case, func, select

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
        """By how many days it is late, 0 unless it is: what was accepted is late no longer."""
        done_on = self.reported_on if self.stage == "reported" else None
        return 0 if self.stage == "accepted" else late_days(self.due_on, done_on, day)


class Counted(NamedTuple):
    """Rectifications: how many there are, still to be accepted, and late on the day."""

    all: int
    open: int
    overdue: int


def late_days(due_on: date, done_on: date | None, day: date) -> int:
    """By how many days something to be put right is late on a day, wherever it is told.

    They run until it was last reported done: whoever waits for the judge is not late.
    """
    return max(0, ((done_on or day) - due_on).days)


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
    """What is longest overdue or due next, what was reported in time, what is done, the newest first."""
    finding = snapshot.table("rectifications", "rectification")
    query = select(finding).where(finding.c.ledger == ledger)
    waits = and_(finding.c.stage == "reported", finding.c.reported_on <= finding.c.due_on)
    is_done = case((finding.c.stage == "accepted", 2), (waits, 1), else_=0)
    due_on = case((finding.c.stage == "accepted", 0), else_=finding.c.due_on)
    query = query.order_by(is_done, due_on, finding.c.number.desc()).limit(limit)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def counted(snapshot: Snapshot, ledger: str, day: date) -> Counted:
    """How many of a ledger's there are in all, still to be accepted, and late on a day."""
    finding = snapshot.table("rectifications", "rectification")
    of_ledger = finding.c.ledger == ledger
    ((every,),) = snapshot.rows(select(func.count()).where(of_ledger))
    rows = snapshot.rows(select(finding).where(of_ledger, finding.c.stage != "accepted"))
    return Counted(every, len(rows), sum(_row(row).overdue_days(day) > 0 for row in rows))


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
