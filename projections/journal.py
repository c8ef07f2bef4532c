"""Every event, one row: new kinds appear here by themselves."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

import msgspec
from sqlalchemy import select

from ledger.events import Event, Recorded
from projections.database import reading
from projections.snapshot import Snapshot, ViewStale
from projections.view import (
    DAY,
    INSTANT,
    NAME,
    PLACE,
    Shape,
    View,
    Write,
    day_of,
    each,
    instant_number,
    instant_of,
)


class JournalRow(msgspec.Struct, frozen=True):
    """One event; `recorded_at` as it stands there, `2026-11-20T09:46:18.437Z`; `role` of who recorded it."""

    ledger: str
    number: int
    position: int
    kind: str
    occurred_on: date
    recorded_at: str
    role: str


@reading
def page(
    snapshot: Snapshot,
    *,
    ledger: str | None = None,
    after: int | None = None,
    limit: int = 50,
    kind: str | None = None,
    newest_first: bool = False,
) -> list[JournalRow]:
    """Events in order of record number, or of position when `ledger` is none.

    `after`: number (position) of the last row of the page before.
    """
    event = snapshot.table("journal", "event")
    place = event.c.position if ledger is None else event.c.number
    query = select(event).order_by(place.desc() if newest_first else place).limit(limit)
    if ledger is not None:
        query = query.where(event.c.ledger == snapshot.number("journal", ledger))
    if kind is not None:
        query = query.where(event.c.kind == snapshot.number("journal", kind))
    if after is not None and after >= 0:
        query = query.where(place < after if newest_first else place > after)
    return [
        JournalRow(
            snapshot.word("journal", row.ledger),
            row.number,
            row.position,
            snapshot.word("journal", row.kind),
            day_of(row.occurred_on),
            instant_of(row.recorded_at),
            snapshot.word("journal", row.role),
        )
        for row in snapshot.rows(query)
    ]


def number_at(snapshot: Snapshot, ledger: str, instant: str, position: int) -> int:
    """The last record of a ledger that had been recorded at an instant (RFC 3339), -1 if there was none.

    `position`: how far whoever asks has been followed. Errors: `ViewStale` when the journal knows less.
    """
    if snapshot.position("journal") < position:
        raise ViewStale(view="journal")
    event, at = snapshot.table("journal", "event"), instant_number(instant)
    of_ledger = event.c.ledger == snapshot.number("journal", ledger)
    newest = snapshot.rows(select(event.c.number).where(of_ledger).order_by(event.c.number.desc()).limit(1))
    records = range(newest[0].number + 1 if newest else 0)

    def recorded_at(number: int) -> int:
        (found,) = snapshot.rows(select(event.c.recorded_at).where(of_ledger, event.c.number == number))
        return int(found.recorded_at)

    return bisect_right(records, at, key=recorded_at) - 1  # instants never go back from one to the next


class Journal(View):
    """One row per event."""

    name: ClassVar[str] = "journal"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "event": Shape(
            {"position": PLACE},
            {
                **each(NAME, "ledger kind role"),
                "number": PLACE,
                "occurred_on": DAY,
                "recorded_at": INSTANT,
            },
            indexes=(("ledger", "number"),),
        )
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows, numbers = [], write.numbers
        for recorded in batch:
            envelope = recorded.envelope
            ledger, kind, role = numbers[envelope.ledger], numbers[envelope.kind], numbers[envelope.by.role]
            day, recorded_at = envelope.occurred_on.toordinal(), instant_number(envelope.recorded_at)
            rows.append((recorded.position, ledger, kind, role, recorded.number, day, recorded_at))
        write.insert("event", rows)


VIEW = Journal()
