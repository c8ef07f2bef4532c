"""Every ledger: what it is, where it belongs, how far it has come."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import Select, select

from ledger.actions.community import LedgerOpened
from ledger.events import Event, Recorded
from projections.database import reading
from projections.snapshot import Snapshot
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


class LedgerRow(msgspec.Struct, frozen=True):
    """`events`: how many it has; `position`: the place of its last one in the store."""

    ledger: str
    kind: str
    name: str
    parent: str | None
    opened_on: date
    total_floor_area: str | None
    events: int
    position: int


@reading
def all(snapshot: Snapshot) -> list[LedgerRow]:  # noqa: A001  read as `ledgers.all`
    """Every ledger in order of opening."""
    return _rows(snapshot, _ledgers(snapshot))


@reading
def one(snapshot: Snapshot, ledger: str) -> LedgerRow | None:
    """One ledger, none if it was never opened."""
    opened = snapshot.table("ledgers", "opened")
    return next(iter(_rows(snapshot, _ledgers(snapshot).where(opened.c.ledger == ledger))), None)


@reading
def children(snapshot: Snapshot, parent: str) -> list[LedgerRow]:
    """The ledgers opened under another one, in order of opening."""
    opened = snapshot.table("ledgers", "opened")
    return _rows(snapshot, _ledgers(snapshot).where(opened.c.parent == parent))


def _ledgers(snapshot: Snapshot) -> Select[Any]:
    opened, grown = snapshot.table("ledgers", "opened"), snapshot.table("ledgers", "grown")
    columns = (
        opened.c.ledger,
        opened.c.kind,
        opened.c.name,
        opened.c.parent,
        opened.c.opened_on,
        opened.c.total_floor_area,
        grown.c.events,
        grown.c.position,
    )
    return select(*columns).join(grown, opened.c.ledger == grown.c.ledger).order_by(opened.c.position)


def _rows(snapshot: Snapshot, query: Select[Any]) -> list[LedgerRow]:
    return [
        LedgerRow(ledger, kind, name, parent, day_of(opened_on), area, events, position)
        for ledger, kind, name, parent, opened_on, area, events, position in snapshot.rows(query)
    ]


class Ledgers(View):
    """One row per ledger."""

    name: ClassVar[str] = "ledgers"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "opened": Shape(
            {"ledger": TEXT},
            {"position": PLACE, **each(TEXT, "kind name parent total_floor_area"), "opened_on": DAY},
        ),
        "grown": Shape({"ledger": TEXT}, {"events": COUNT, "position": PLACE}),
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        opened: dict[Key, Fields] = {}
        newest: dict[str, Recorded[Event]] = {}
        for recorded in batch:
            newest[recorded.envelope.ledger] = recorded
            if type(data := recorded.envelope.data) is LedgerOpened:
                opened[(recorded.ledger,)] = {
                    "position": recorded.position,
                    "kind": data.of,
                    "name": data.name,
                    "parent": data.parent,
                    "opened_on": day_number(recorded.occurred_on),
                    "total_floor_area": data.total_floor_area,
                }
        write.put("opened", opened)
        # the next number of a ledger is how many events it has: nothing needs counting
        grown = {
            (name,): {"events": last.number + 1, "position": last.position} for name, last in newest.items()
        }
        write.put("grown", grown)


VIEW = Ledgers()
