"""Histories that could have happened, made of drawn steps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.ledger.happened import (
    appraisal_recorded,
    committee_decided,
    community_listed,
    contract_signed,
    deadline_moved,
    debrief_held,
    deposit_recorded,
    entry_reversed,
    evidence_submitted,
    firm_registered,
    fund_opened,
    interest_recorded,
    payment_approved,
    payment_paid,
    payment_requested,
    rectification_accepted,
    rectification_opened,
    rectification_rejected,
    rectification_reported,
    revenue_cost_recorded,
    revenue_recorded,
    task_assigned,
    task_closed,
    task_rejected,
    vote_passed,
    vote_rejected,
)
from tests.ledger.story import Fact

NEW_YEAR, JUNE = date(2026, 1, 1), date(2024, 6, 30)
FUNDS = ("maintenance", "public-revenue", "working")


class Step:
    """One thing that may happen next: how much, on which day, and as which record."""

    def __init__(self, kind: str, fen: int, days: int, number: int) -> None:
        self.fen, self.number = fen, number
        self.day = NEW_YEAR + timedelta(days)
        self.fund = FUNDS[fen % 3]
        self.name = f"{kind}-{number}"  # new every time


class History:
    """Remembers what can be approved, paid or reversed; funds are rich enough for everything drawn."""

    def __init__(self) -> None:
        self.requested: list[dict[str, Any]] = []
        self.approved: list[dict[str, Any]] = []
        self.reversible: list[tuple[int, Fact]] = []

    def beginning(self) -> list[Fact]:
        funds = [fund_opened(fund, fen=10**9) for fund in FUNDS]
        decided = [committee_decided(f"d-{fund}", fund=fund, authorises=10**8) for fund in FUNDS]
        return [*funds, *decided, firm_registered(), community_listed()]

    def deposit(self, step: Step) -> list[Fact]:
        return self._reversible(step, deposit_recorded(step.fund, fen=step.fen, on=step.day))

    def interest(self, step: Step) -> list[Fact]:
        return self._reversible(step, interest_recorded(step.fund, fen=step.fen, on=step.day))

    def revenue(self, step: Step) -> list[Fact]:
        return self._reversible(step, revenue_recorded(fen=step.fen, head=step.fen % 7 + 1, on=step.day))

    def cost(self, step: Step) -> list[Fact]:
        return self._reversible(step, revenue_cost_recorded(fen=step.fen, on=step.day))

    def request(self, step: Step) -> list[Fact]:
        payment = {"payment": step.name, "fen": step.fen, "decision": f"d-{step.fund}", "fund": step.fund}
        self.requested.append(payment)
        return [payment_requested(**payment)]

    def approve(self, step: Step) -> list[Fact]:
        if not self.requested:
            return []
        payment = self.requested.pop(step.fen % len(self.requested))
        self.approved.append(payment)
        return [payment_approved(**payment)._replace(on=step.day)]

    def pay(self, step: Step) -> list[Fact]:
        if not self.approved:
            return []
        payment = self.approved.pop(step.fen % len(self.approved))
        return self._reversible(step, payment_paid(**payment, on=step.day))

    def reverse(self, step: Step) -> list[Fact]:
        if not self.reversible:
            return []
        number, fact = self.reversible.pop(step.fen % len(self.reversible))
        return [entry_reversed(number, fact, reason="记错")._replace(on=step.day)]

    def vote(self, step: Step) -> list[Fact]:
        voted = vote_passed if step.fen % 2 else vote_rejected
        return list(voted(step.name, authorises=step.fen))

    def firm(self, step: Step) -> list[Fact]:
        return [contract_signed(step.name), debrief_held(step.name), appraisal_recorded(step.name)]

    def finding(self, step: Step) -> list[Fact]:
        judged = rectification_accepted if step.fen % 2 else rectification_rejected
        return [rectification_opened(step.name), rectification_reported(step.name), judged(step.name)]

    def task(self, step: Step) -> list[Fact]:
        judged = task_closed if step.fen % 2 else task_rejected
        return [
            task_assigned(step.name, column=step.name, due_on=JUNE),
            deadline_moved(step.name, milestone=JUNE, due_on=JUNE + timedelta(step.fen % 99 + 1)),
            evidence_submitted(step.name, milestone=JUNE),
            judged(step.name, milestone=JUNE),
        ]

    def next(self, kind: str, fen: int, days: int, number: int) -> list[Fact]:
        """What happens next, from record `number` on."""
        tell: Callable[[Step], list[Fact]] = getattr(self, kind)
        return tell(Step(kind, fen, days, number))

    def _reversible(self, step: Step, fact: Fact) -> list[Fact]:
        self.reversible.append((step.number, fact))
        return [fact]


KINDS = (
    "deposit", "interest", "revenue", "cost", "request", "approve", "pay", "reverse",
    "vote", "firm", "finding", "task",
)  # fmt: skip
steps = st.tuples(st.sampled_from(KINDS), st.integers(1, 9_999), st.integers(0, 300))
spells = st.lists(
    st.tuples(st.lists(steps, min_size=1, max_size=8), st.integers(1, 7)), min_size=1, max_size=6
)
Spells = list[tuple[list[tuple[str, int, int]], int]]  # steps, and how many events the follower takes at once
