"""The committee's working funds: what the owners granted by heads, what was spent, what is left (COM-18)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import func, select

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentWithdrawn
from ledger.actions.working_fund import FUND, NO_HEAD, WorkingBudgetSet
from ledger.events import Event, Recorded
from projections.database import reading
from projections.snapshot import Snapshot, paged
from projections.view import DAY, FEN, FLAG, PLACE, TEXT, Fields, Key, Shape, View, Write, day_number, day_of


class BudgetLineRow(msgspec.Struct, frozen=True):
    """One head: granted = spent + reserved + remaining. What is approved and not yet paid is reserved."""

    head: str
    granted_fen: int
    spent_fen: int
    reserved_fen: int
    remaining_fen: int


class BudgetRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that set it, the last for its period; `decision`: that of the owners behind it."""

    number: int
    decision: str
    starts_on: date
    ends_on: date
    lines: tuple[BudgetLineRow, ...]


@reading
def of(snapshot: Snapshot, ledger: str) -> list[BudgetRow]:
    """Every budget of a ledger, the latest period first; heads nothing was granted for, but spent on, too."""
    budget = snapshot.table("working_budgets", "budget")
    query = select(budget).where(budget.c.ledger == ledger)
    return [_budget(snapshot, row) for row in snapshot.rows(query.order_by(budget.c.starts_on.desc()))]


@reading
def page(snapshot: Snapshot, ledger: str, *, after: int | None = None, limit: int = 50) -> list[BudgetRow]:
    """Budgets in order of record; `after`: number of the last row of the page before."""
    budget = snapshot.table("working_budgets", "budget")
    query = select(budget).where(budget.c.ledger == ledger)
    found = paged(query, budget.c.number, after=after, limit=limit, newest_first=False)
    return [_budget(snapshot, row) for row in snapshot.rows(found)]


def _budget(snapshot: Snapshot, row: Any) -> BudgetRow:
    granted = snapshot.table("working_budgets", "granted")
    lines = select(granted.c.head, granted.c.fen).where(
        granted.c.ledger == row.ledger, granted.c.number == row.number
    )
    by_head = {head: int(fen) for head, fen in snapshot.rows(lines)}
    return BudgetRow(
        number=row.number,
        decision=row.decision,
        starts_on=day_of(row.starts_on),
        ends_on=day_of(row.ends_on),
        lines=_lines(by_head, _spent(snapshot, row.ledger, row.starts_on, row.ends_on)),
    )


def _spent(snapshot: Snapshot, ledger: str, first: int, last: int) -> dict[str, dict[bool, int]]:
    """Paid and reserved by head, of what is dated in a period."""
    spent = snapshot.table("working_budgets", "spent")
    query = (
        select(spent.c.head, spent.c.is_paid, func.sum(spent.c.fen))
        .where(spent.c.ledger == ledger, spent.c.is_standing, spent.c.day.between(first, last))
        .group_by(spent.c.head, spent.c.is_paid)
    )
    found: dict[str, dict[bool, int]] = {}
    for head, is_paid, fen in snapshot.rows(query):
        found.setdefault(head, {})[bool(is_paid)] = int(fen)
    return found


def _lines(granted: dict[str, int], spent: dict[str, dict[bool, int]]) -> tuple[BudgetLineRow, ...]:
    lines = []
    for head in sorted({*granted, *spent}):
        fen, used = granted.get(head, 0), spent.get(head, {})
        paid, reserved = used.get(True, 0), used.get(False, 0)
        lines.append(BudgetLineRow(head, fen, paid, reserved, fen - paid - reserved))
    return tuple(lines)


class WorkingBudgets(View):
    """The budget of every period, and every payment from the working funds by what it stands for."""

    name: ClassVar[str] = "working_budgets"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "budget": Shape(
            {"ledger": TEXT, "starts_on": DAY, "ends_on": DAY}, {"number": PLACE, "decision": TEXT}
        ),
        "granted": Shape({"ledger": TEXT, "number": PLACE, "head": TEXT}, {"fen": FEN}),
        # `payment`: its id, or the number of the record that recognised one
        "spent": Shape(
            {"ledger": TEXT, "payment": TEXT},
            {"day": DAY, "head": TEXT, "fen": FEN, "is_paid": FLAG, "is_standing": FLAG},
        ),
    }
    takes = (
        WorkingBudgetSet, FundPaymentApproved, FundPaymentRecorded, FundPaymentWithdrawn,
        EntryClassified, EntryReversed,
    )  # fmt: skip

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        budgets: dict[Key, Fields] = {}
        granted: dict[Key, Fields] = {}
        spending = [(one, key) for one in batch if (key := _payment(one)) is not None]
        spent = write.known("spent", [key for _, key in spending]) if spending else {}
        for recorded in batch:
            if isinstance(recorded.data, WorkingBudgetSet):
                budget, place = recorded.data, (recorded.ledger, recorded.number)
                first, last = day_number(budget.period.starts_on), day_number(budget.period.ends_on)
                key = (recorded.ledger, first, last)
                budgets[key] = {"number": recorded.number, "decision": budget.decision}
                granted |= {(*place, line.head): {"fen": line.amount_fen} for line in budget.lines}
        for recorded, key in spending:
            if (row := _became(recorded, spent.get(key))) is not None:
                spent[key] = row
        write.put("budget", budgets)
        write.put("granted", granted)
        write.put("spent", spent)


def _payment(recorded: Recorded[Event]) -> Key | None:
    """Which payment an event is about, if it may be one from the working funds."""
    match recorded.data:
        case FundPaymentApproved() | FundPaymentRecorded() | FundPaymentWithdrawn() as payment:
            return (recorded.ledger, payment.payment) if payment.fund == FUND else None
        case EntryClassified(became="payment", fund=fund) if fund == FUND:
            return recorded.ledger, f"#{recorded.number}"
        case EntryReversed(payment=of, number=number):
            return recorded.ledger, of or f"#{number}"
    return None


def _became(recorded: Recorded[Event], row: Fields | None) -> Fields | None:
    """The row of a payment after an event; none if it is not one of the working funds."""
    match recorded.data:
        case FundPaymentApproved(head=head, amount_fen=fen):
            return _standing(recorded.occurred_on, head, fen, is_paid=False)
        case FundPaymentRecorded(head=head, amount_fen=fen):
            return (
                row | {"is_paid": True} if row else _standing(recorded.occurred_on, head, fen, is_paid=True)
            )
        case EntryClassified(use=head, amount_fen=fen, seen_on=day):
            return _standing(day, head, fen, is_paid=True)
    return row and row | {"is_standing": False}


def _standing(day: date, head: str | None, fen: int, *, is_paid: bool) -> Fields:
    return {
        "day": day_number(day),
        "head": head or NO_HEAD,
        "fen": fen,
        "is_paid": is_paid,
        "is_standing": True,
    }


VIEW = WorkingBudgets()
