"""What rows of entries cannot show as they are kept: what came later, and balances as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from projections.entry_categories import SUSPENSE
from projections.entry_sums import standing
from projections.snapshot import Snapshot
from projections.then import Then


def reversals_counted(
    snapshot: Snapshot, ledger: str, fund: str, reversals: Iterable[int], then: Then
) -> set[int]:
    """Those of the records, all reversals in a fund, that count."""
    entry = snapshot.table("entries", "entry")
    query = select(entry.c.number).where(
        *_of_fund(snapshot, entry, ledger, fund),
        entry.c.number.in_(list(reversals)),
        *then.counted(entry.c.number, entry.c.occurred_on),
    )
    return {row.number for row in snapshot.rows(query)}


def recognised_then(
    snapshot: Snapshot, ledger: str, fund: str, numbers: Iterable[int], then: Then
) -> dict[int, dict[str, Any]]:
    """What some records in suspense had been recognised as, and by which record, by number."""
    wanted = list(numbers)
    if not wanted:
        return {}
    found = {number: {"category": SUSPENSE, "decision": None, "classified_by": None} for number in wanted}
    classified = snapshot.table("entries", "classified")
    query = select(classified).where(
        *_of_fund(snapshot, classified, ledger, fund),
        classified.c.entry.in_(wanted),
        *standing(classified, then),
    )
    for row in snapshot.rows(query):
        category = snapshot.word("entries", row.category)
        found[row.entry] = {
            "category": category,
            "decision": row.decision,
            "classified_by": row.number,
        }
    return found


def balances_as_of(
    snapshot: Snapshot, ledger: str, fund: str, numbers: Iterable[int], as_of: date
) -> dict[int, int]:
    """What a fund held after each of some records, counting in order of record what happened by a day.

    It costs a walk over the fund's entries: the balance that is kept counts whatever was recorded before.
    """
    wanted = list(numbers)
    entry = snapshot.table("entries", "entry")
    held = func.sum(entry.c.fen).over(order_by=entry.c.number).label("held")
    running = (
        select(entry.c.number, held)
        .where(
            *_of_fund(snapshot, entry, ledger, fund),
            entry.c.number <= max(wanted),
            entry.c.occurred_on <= as_of.toordinal(),
        )
        .subquery()
    )
    query = select(running.c.number, running.c.held).where(running.c.number.in_(wanted))
    return {row.number: int(row.held) for row in snapshot.rows(query)}


def _of_fund(snapshot: Snapshot, entry: Table, ledger: str, fund: str) -> list[ColumnElement[bool]]:
    return [
        entry.c.ledger == snapshot.number("entries", ledger),
        entry.c.fund == snapshot.number("entries", fund),
    ]
