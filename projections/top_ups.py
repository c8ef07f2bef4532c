"""What owners were asked to pay into the maintenance fund, by when, and what came (FUND-29)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import func, select

from ledger.actions.top_up import TopUpNoticesDelivered, TopUpStarted
from ledger.actions.unit_account import scope_of_book
from ledger.events import Event, Recorded
from ledger.money.unit_accounts import Place
from projections.snapshot import Snapshot
from projections.then import Then
from projections.view import COUNT, DAY, FEN, PLACE, TEXT, Shape, View, Write, day_number, day_of


class TopUpRow(msgspec.Struct, frozen=True, kw_only=True):
    """One round. `units` are to pay `asked_fen` in all; `paid_fen`: top-ups its scope paid since it started.

    `notices` were received so far, the last of them to be paid by `pay_by` (`pay_by_rolled` past holidays).
    """

    top_up: str
    number: int
    scope: str
    started_on: date
    to_share: str
    asked_fen: int
    units: int
    paid_fen: int
    notices: int
    triggered_on: date | None = None
    decision: str | None = None
    pay_by: date | None = None
    pay_by_rolled: date | None = None


def rows(snapshot: Snapshot, ledger: str, places: Iterable[Place], then: Then) -> list[TopUpRow]:
    """All rounds of a ledger in the order in which they were started."""
    started = snapshot.table("top_ups", "started")
    query = select(started).where(
        started.c.ledger == ledger, *then.counted(started.c.number, started.c.occurred_on)
    )
    kept = list(places)
    return [
        _row(snapshot, ledger, row, kept, then) for row in snapshot.rows(query.order_by(started.c.number))
    ]


def _row(snapshot: Snapshot, ledger: str, row: Any, places: list[Place], then: Then) -> TopUpRow:
    notice = snapshot.table("top_ups", "notice")
    query = select(func.sum(notice.c.notices), func.max(notice.c.pay_by), func.max(notice.c.pay_by_rolled))
    query = query.where(
        notice.c.ledger == ledger,
        notice.c.top_up == row.top_up,
        *then.counted(notice.c.number, notice.c.occurred_on),
    )
    ((notices, pay_by, pay_by_rolled),) = snapshot.rows(query)
    return TopUpRow(
        top_up=row.top_up,
        number=row.number,
        scope=row.scope,
        started_on=day_of(row.occurred_on),
        to_share=row.to_share,
        asked_fen=row.asked_fen,
        units=row.units,
        paid_fen=_paid(snapshot, ledger, row, places, then),
        notices=int(notices or 0),
        triggered_on=day_of(row.triggered_on),
        decision=row.decision,
        pay_by=day_of(pay_by),
        pay_by_rolled=day_of(pay_by_rolled),
    )


def _paid(snapshot: Snapshot, ledger: str, row: Any, places: list[Place], then: Then) -> int:
    """What the books of its scope took in as top-ups from the day it started on."""
    paid = snapshot.table("unit_accounts", "movement")
    scope = scope_of_book(row.scope)
    books = {row.scope, *(place.book.name for place in places if place.is_in(scope))}
    query = select(func.sum(paid.c.fen)).where(
        paid.c.ledger == snapshot.number("unit_accounts", ledger),
        paid.c.top_up.is_(True),
        paid.c.occurred_on >= row.occurred_on,
        paid.c.book.in_([snapshot.number("unit_accounts", book) for book in sorted(books)]),
        *then.counted(paid.c.number, paid.c.occurred_on),
    )
    return int(snapshot.rows(query)[0][0] or 0)


class TopUps(View):
    """One row per round, one per day on which notices were received."""

    name: ClassVar[str] = "top_ups"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "started": Shape(
            {"ledger": TEXT, "top_up": TEXT},
            {
                "number": PLACE,
                "occurred_on": DAY,
                "scope": TEXT,
                "to_share": TEXT,
                "asked_fen": FEN,
                "units": COUNT,
                "triggered_on": DAY,
                "decision": TEXT,
            },
        ),
        "notice": Shape(
            {"ledger": TEXT, "number": PLACE},
            {"top_up": TEXT, "occurred_on": DAY, "notices": COUNT, "pay_by": DAY, "pay_by_rolled": DAY},
        ),
    }
    takes = (TopUpStarted, TopUpNoticesDelivered)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        for recorded in batch:
            day = recorded.occurred_on.toordinal()
            match recorded.data:
                case TopUpStarted() as of:
                    row = {
                        "number": recorded.number,
                        "occurred_on": day,
                        "scope": of.scope.name,
                        "to_share": of.to_share,
                        "asked_fen": of.total_fen,
                        "units": of.units,
                        "triggered_on": day_number(of.triggered_on),
                        "decision": of.decision,
                    }
                    write.put("started", {(recorded.ledger, of.top_up): row})
                case TopUpNoticesDelivered() as of:
                    due = of.pay_by.toordinal(), day_number(of.pay_by_rolled)
                    key = recorded.ledger, recorded.number
                    write.insert("notice", [(*key, of.top_up, day, of.notices, *due)])


VIEW = TopUps()
