"""The words of reconciling, suspense, budgets and irregularities: what happened, and what can be asked."""

from datetime import date
from typing import Any

from ledger.actions.bank_reconciliation import BankReconciled, ReconcileBank
from ledger.actions.entry import Direction, EntryClassified, ReverseEntry
from ledger.actions.irregularity import (
    IrregularityRecorded,
    IrregularityResolved,
    RecordIrregularity,
    ResolveIrregularity,
)
from ledger.actions.suspense_entry import (
    Classification,
    ClassifyEntry,
    RecordSuspenseEntry,
    SuspenseEntryRecorded,
)
from ledger.actions.working_fund import (
    BudgetLine,
    BudgetPeriod,
    SetWorkingBudget,
    WorkingBudgetSet,
)
from ledger.actors import Role
from ledger.fields import Fund
from tests.ledger.happened import NEW_YEAR, SPRING, SUMMER
from tests.ledger.story import TODAY, Fact, story

TYPO = "金额录入错误。"
SEEN = "上海银行 转账 摘要不清"
SEALED = "业委会公章盖在续签意向书上，没有业委会决定。"
HOW = "业委会补开会议，追认无效并收回文件。"
THIS_YEAR = BudgetPeriod(starts_on=NEW_YEAR, ends_on=date(2026, 12, 31))


def last_number() -> int:
    """The record number of what was told last."""
    return story().store.length("wutongli") - 1


# -- what happened -----------------------------------------------------------------------------------------


def bank_reconciled(
    fund: Fund = "maintenance", *, bank: int, book: int, on: date = SUMMER, statement: str | None = None
) -> Fact:
    event = BankReconciled(
        fund=fund,
        on=on,
        bank_balance_fen=bank,
        book_balance_fen=book,
        difference_fen=bank - book,
        statement=statement,
    )
    return Fact(event, "treasurer", on)


def suspense_seen(
    fund: Fund = "maintenance", *, fen: int, direction: Direction = "in", on: date = SPRING
) -> Fact:
    event = SuspenseEntryRecorded(fund=fund, direction=direction, amount_fen=fen, seen_on=on, text=SEEN)
    return Fact(event, "treasurer", on)


def entry_classified(
    number: int,
    fund: Fund = "maintenance",
    *,
    fen: int,
    became: Any,
    account: str,
    direction: Direction = "in",
    on: date = TODAY,
    **of: Any,
) -> Fact:
    """`account`: where it belongs."""
    event = EntryClassified(
        number=number,
        fund=fund,
        direction=direction,
        amount_fen=fen,
        seen_on=SPRING,
        became=became,
        **of,
    )
    assert {name for name, _ in event.postings()} == {account, f"suspense/{fund}"}
    return Fact(event, "treasurer", on)


def budget_set(decision: str = "budget-2026", *, period: BudgetPeriod = THIS_YEAR, **heads: int) -> Fact:
    return Fact(WorkingBudgetSet(period=period, lines=_lines(heads), decision=decision))


def irregularity_recorded(*rules: str, refs: tuple[int, ...] = (), by: Role = "auditor") -> Fact:
    event = IrregularityRecorded(
        what="公章没有决定", broken=rules, happened_on=SPRING, text=SEALED, refs=refs
    )
    return Fact(event, by, SPRING)


def irregularity_resolved(number: int, *, by: Role = "chair", refs: tuple[int, ...] = ()) -> Fact:
    return Fact(IrregularityResolved(number=number, how=HOW, refs=refs), by)


def _lines(heads: dict[str, int]) -> tuple[BudgetLine, ...]:
    return tuple(BudgetLine(head=head, amount_fen=fen) for head, fen in heads.items())  # type: ignore[arg-type]


# -- what can be asked -------------------------------------------------------------------------------------


def reverse(number: int, **of: Any) -> ReverseEntry:
    return ReverseEntry(number=number, reason=TYPO, **of)


def reconcile(
    fund: Fund = "maintenance", *, bank: int, on: date = SUMMER, statement: str | None = None, **of: Any
) -> ReconcileBank:
    return ReconcileBank(fund=fund, on=on, bank_balance_fen=bank, statement=statement, **of)


def see_suspense(
    fund: Fund = "maintenance", *, fen: int, direction: Direction = "in", on: date = SPRING
) -> RecordSuspenseEntry:
    return RecordSuspenseEntry(fund=fund, direction=direction, amount_fen=fen, seen_on=on, text=SEEN)


def classify(
    number: int,
    kind: Any,
    *,
    acknowledge: tuple[str, ...] = (),
    occurred_on: date | None = None,
    **of: Any,
) -> ClassifyEntry:
    was = Classification(kind=kind, **of)
    return ClassifyEntry(number=number, was=was, acknowledge=acknowledge, occurred_on=occurred_on)


def set_budget(
    decision: str = "budget-2026",
    *,
    period: BudgetPeriod = THIS_YEAR,
    lines: tuple[BudgetLine, ...] = (),
    **heads: int,
) -> SetWorkingBudget:
    return SetWorkingBudget(period=period, lines=lines or _lines(heads), decision=decision)


def record_irregularity(*rules: str, refs: tuple[int, ...] = (), **of: Any) -> RecordIrregularity:
    return RecordIrregularity(what="公章没有决定", broken=rules, on=SPRING, text=SEALED, refs=refs, **of)


def resolve_irregularity(number: int, *, refs: tuple[int, ...] = ()) -> ResolveIrregularity:
    return ResolveIrregularity(number=number, how=HOW, refs=refs)
