"""Histories that could have happened, made of drawn steps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.ledger.correction_words import (
    bank_reconciled,
    entry_classified,
    irregularity_recorded,
    irregularity_resolved,
    suspense_seen,
)
from tests.ledger.firm_words import (
    appraisal_corrected,
    appraisal_fed_back,
    debrief_scheduled,
    debrief_submitted,
    service_contract_ended,
)
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
from tests.ledger.revenue_words import contract_amended, contract_ended, contract_registered, transferred
from tests.ledger.story import TODAY, Fact

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
        self.unexplained: list[tuple[int, str, int]] = []

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

    def suspense(self, step: Step) -> list[Fact]:
        self.unexplained.append((step.number, step.fund, step.fen))
        return [suspense_seen(step.fund, fen=step.fen, on=step.day)]

    def recognise(self, step: Step) -> list[Fact]:
        if not self.unexplained:
            return []
        number, fund, fen = self.unexplained.pop(step.fen % len(self.unexplained))
        whole = f"fund/{fund}/whole"
        recognised = entry_classified(number, fund, fen=fen, became="interest", account=whole, on=step.day)
        return self._reversible(step, recognised)

    def reconcile(self, step: Step) -> list[Fact]:
        return [bank_reconciled(step.fund, bank=step.fen, book=step.fen - step.number, on=step.day)]

    def irregular(self, step: Step) -> list[Fact]:
        return [irregularity_recorded("COM-16"), irregularity_resolved(step.number)]

    def vote(self, step: Step) -> list[Fact]:
        voted = vote_passed if step.fen % 2 else vote_rejected
        *before, closed = voted(step.name, authorises=step.fen)
        closes_on = min(step.day + timedelta(step.fen % 40), TODAY)
        return [*(fact._replace(on=step.day) for fact in before), closed._replace(on=closes_on)]

    def firm(self, step: Step) -> list[Fact]:
        planned = [contract_signed(step.name), debrief_scheduled(step.name), debrief_submitted(step.name)]
        held = [debrief_held(step.name), appraisal_recorded(step.name)]
        told = [appraisal_fed_back(step.name, appraisal=step.number)]
        ended = service_contract_ended(step.name, on=JUNE)
        corrected = [appraisal_corrected(step.name, corrects=step.number), ended]
        return [*planned, *held, *told, *(corrected if step.fen % 2 else ())]

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

    def rent(self, step: Step) -> list[Fact]:
        """A receipt, the contract it came under put on file after it, then changed or ended."""
        later = (step.day + timedelta(30), step.fen)
        agreed = contract_registered(step.name, (step.day, step.fen), later, on=step.day)
        changed = (
            contract_amended(step.name, later, on=step.day)
            if step.fen % 2
            else contract_ended(step.name, on=step.day)
        )
        receipt = revenue_recorded(fen=step.fen, on=step.day, contract=step.name)
        return [*self._reversible(step, receipt), agreed, changed]

    def share(self, step: Step) -> list[Fact]:
        return self._reversible(step, transferred(step.fen, on=step.day))

    def next(self, kind: str, fen: int, days: int, number: int) -> list[Fact]:
        """What happens next, from record `number` on."""
        tell: Callable[[Step], list[Fact]] = getattr(self, kind)
        return tell(Step(kind, fen, days, number))

    def _reversible(self, step: Step, fact: Fact) -> list[Fact]:
        self.reversible.append((step.number, fact))
        return [fact]


KINDS = (
    "deposit", "interest", "revenue", "cost", "request", "approve", "pay", "reverse",
    "suspense", "recognise", "reconcile", "irregular",
    "vote", "firm", "finding", "task", "rent", "share",
)  # fmt: skip
steps = st.tuples(st.sampled_from(KINDS), st.integers(1, 9_999), st.integers(0, 300))
spells = st.lists(
    st.tuples(st.lists(steps, min_size=1, max_size=8), st.integers(1, 7)), min_size=1, max_size=6
)
Spells = list[tuple[list[tuple[str, int, int]], int]]  # steps, and how many events the follower takes at once
