"""Decisions as they once stood, folded again from the steps that count."""

import json
from typing import Any

from sqlalchemy import Select, func, select

from projections.snapshot import Snapshot, paged
from projections.then import Then
from projections.view import DAY, FEN, PLACE, TEXT, Fields, Shape, each

SUMS = (
    "authorised_fen", "reserved_fen", "paid_fen",
    "ballots", "ballots_online", "ballots_in_conflict", "delivered_units",
)  # fmt: skip

# what one event changed: columns of the decision as JSON, and its sums; payments change only these
STEP = Shape(
    {"ledger": TEXT, "decision": TEXT, "number": PLACE},
    {"occurred_on": DAY, "facts": TEXT, **each(FEN, " ".join(SUMS))},
)


def facts_as_text(facts: Fields) -> str:
    """Changed columns as a step keeps them."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def page_then(
    snapshot: Snapshot,
    ledger: str,
    then: Then,
    *,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
) -> list[Fields]:
    """All columns of the decisions that had begun, by record number, with their sums."""
    number = snapshot.table("decisions", "decision").c.number
    query = paged(_begun(snapshot, ledger, then), number, after=after, limit=limit, newest_first=newest_first)
    return _folded(snapshot, ledger, then, {row.decision: row.number for row in snapshot.rows(query)})


def one_then(snapshot: Snapshot, ledger: str, decision: str, then: Then) -> Fields | None:
    """All columns of one decision, none if it had not begun."""
    table = snapshot.table("decisions", "decision")
    query = _begun(snapshot, ledger, then).where(table.c.decision == decision)
    found = _folded(snapshot, ledger, then, {row.decision: row.number for row in snapshot.rows(query)})
    return found[0] if found else None


def _begun(snapshot: Snapshot, ledger: str, then: Then) -> Select[Any]:
    """Decisions whose first record counts."""
    decision, step = snapshot.table("decisions", "decision"), snapshot.table("decisions", "step")
    first = (
        (step.c.ledger == decision.c.ledger)
        & (step.c.decision == decision.c.decision)
        & (step.c.number == decision.c.number)
    )
    return (
        select(decision.c.decision, decision.c.number)
        .join(step, first)
        .where(decision.c.ledger == ledger, *then.counted(step.c.number, step.c.occurred_on))
    )


def _folded(snapshot: Snapshot, ledger: str, then: Then, numbers: dict[str, int]) -> list[Fields]:
    columns = [column.name for column in snapshot.table("decisions", "decision").columns]
    step = snapshot.table("decisions", "step")
    counts = (
        step.c.ledger == ledger,
        step.c.decision.in_(list(numbers)),
        *then.counted(step.c.number, step.c.occurred_on),
    )
    found: dict[str, Fields] = {
        decision: {**dict.fromkeys((*columns, *SUMS)), "decision": decision, "number": number}
        for decision, number in numbers.items()
    }
    deciding = select(step.c.decision, step.c.facts).where(*counts, step.c.facts.is_not(None))
    for row in snapshot.rows(deciding.order_by(step.c.number)):
        found[row.decision].update(json.loads(row.facts))
    sums = [func.sum(step.c[name]).label(name) for name in SUMS]
    for row in snapshot.rows(select(step.c.decision, *sums).where(*counts).group_by(step.c.decision)):
        found[row.decision].update({name: int(getattr(row, name)) for name in SUMS})
    return list(found.values())
