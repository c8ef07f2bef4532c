"""The committee's working funds: what the owners granted for a period, by heads, and what is left: COM-18."""

from collections import Counter, defaultdict
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.decision import Decision
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Fen, Fund, Id, Part
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice, State

FUND: Fund = "working"
WorkingHead = Literal["office", "meeting", "stipend", "bookkeeping", "audit", "other"]
NO_HEAD: WorkingHead = "other"  # of what is spent on none in particular


# -- what can have happened ------------------------------------------------------------------------


class BudgetPeriod(Part, frozen=True, kw_only=True):
    """From one day to another, both included."""

    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.starts_on <= day <= self.ends_on


class BudgetLine(Part, frozen=True, kw_only=True):
    """What may be spent under one head."""

    head: WorkingHead
    amount_fen: Fen


Lines = Annotated[tuple[BudgetLine, ...], Meta(min_length=1, max_length=6)]


class WorkingBudgetSet(Event, frozen=True, kw_only=True):
    """The owners granted the committee's working funds for a period; a later grant for it takes its place."""

    kind: ClassVar[str] = "working-budget.set"

    period: BudgetPeriod
    lines: Lines
    decision: Id

    def tags(self) -> tuple[str, ...]:
        return f"decision:{self.decision}", f"fund:{FUND}"


# -- what must be known ----------------------------------------------------------------------------


class Spending(msgspec.Struct, frozen=True):
    """Money paid or promised under a head, on a day."""

    day: date
    head: str
    fen: int


class WorkingFund(State):
    """Budgets by period, and every payment that was approved or recognised, until it is undone."""

    subject = "fund"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.budgets: dict[BudgetPeriod, dict[str, int]] = {}
        self._spent: dict[str | int, Spending] = {}  # by payment, or by record
        self._sums: defaultdict[str, Counter[date]] = defaultdict(Counter)  # of them, by head and day

    def evolve(self, recorded: Recorded[Event]) -> None:
        event: Any = recorded.data
        match event.kind:  # the files of these events ask this one, so it knows them by their kind
            case WorkingBudgetSet.kind:
                self.budgets[event.period] = {line.head: line.amount_fen for line in event.lines}
            case "fund-payment.approved" | "fund-payment.recorded":
                spent = Spending(recorded.occurred_on, event.head or NO_HEAD, event.amount_fen)
                self._add(event.payment, spent)
            case "entry.classified" if event.became == "payment":
                spent = Spending(event.seen_on, event.use or NO_HEAD, event.amount_fen)
                self._add(recorded.number, spent)
            case "fund-payment.withdrawn":
                self._remove(event.payment)
            case "entry.reversed":
                self._remove(event.payment or event.number)

    def _add(self, name: str | int, spent: Spending) -> None:
        if name not in self._spent:  # approved first, then recorded: it is spent once
            self._spent[name] = spent
            self._sums[spent.head][spent.day] += spent.fen

    def _remove(self, name: str | int) -> None:
        if (spent := self._spent.pop(name, None)) is not None:
            self._sums[spent.head][spent.day] -= spent.fen

    def period_of(self, day: date) -> BudgetPeriod | None:
        """The period of the budget for a day, if there is one."""
        return next((period for period in self.budgets if period.covers(day)), None)

    def remaining_fen(self, head: WorkingHead, day: date) -> int:
        """What is left under a head in the budget for a day; nothing where there is no budget."""
        period = self.period_of(day)
        if period is None:
            return 0
        spent = sum(fen for day, fen in self._sums[head].items() if period.covers(day))
        return self.budgets[period].get(head, 0) - spent


def check_head(fund: Fund, head: WorkingHead | None) -> None:
    """Refuse a budget head for money that is not of the working funds."""
    if head is not None and fund != FUND:
        raise Refused("working-fund.head-of-another-fund", fund=fund, head=head)


def judge_spending(
    judge: Judgement, working: WorkingFund, *, head: WorkingHead | None, amount_fen: int
) -> None:
    """Refuse what the owners granted no money for, or not that much (COM-18).

    Books may begin before the first budget is entered: until then there is nothing to judge by.
    """
    if not working.budgets:
        return
    day, under = judge.law.day, head or NO_HEAD
    judge.require(
        working.period_of(day) is not None, "working-fund.without-budget", rules=("COM-18",), day=day
    )
    remaining_fen = working.remaining_fen(under, day)
    judge.require(
        amount_fen <= remaining_fen,
        "working-fund.exceeds-budget",
        rules=("COM-18",),
        head=under,
        remaining_fen=remaining_fen,
    )


# -- what may be asked -----------------------------------------------------------------------------


class SetWorkingBudget(Command, frozen=True, kw_only=True):
    """Enter what the owners granted the committee for a period, by heads, under their decision.

    For a period that has a budget already, the new one takes its place.
    """

    name: ClassVar[str] = "set-working-budget"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "treasurer", "chair")

    period: BudgetPeriod
    lines: Lines
    decision: Id

    def query(self) -> tuple[Slice, ...]:
        return WorkingFund.of(FUND), Decision.of(self.decision), Rules.of()

    def decide(self, by: Actor, working: WorkingFund, decision: Decision, rules: Rules) -> Judged:  # noqa: ARG002
        self._check_form(working)
        decision.must_exist()
        if not decision.passed:
            raise Refused("decision.not-passed", decision=self.decision)
        self._must_be_within(decision)
        judge = rules.judge(self)
        judge.require(
            decision.made_by == "owners" and decision.is_of_all_owners,
            "working-fund.needs-a-vote",
            rules=("COM-18",),
            decision=self.decision,
        )
        return judge.of(WorkingBudgetSet(period=self.period, lines=self.lines, decision=self.decision))

    def _must_be_within(self, decision: Decision) -> None:
        """Refuse more than a decision about money grants, or money it grants of another fund."""
        granted = decision.authorises
        if granted is not None and granted.fund != FUND:
            raise Refused("decision.does-not-authorise", rules=("COM-18",), decision=self.decision, fund=FUND)
        total_fen = sum(line.amount_fen for line in self.lines)
        if granted is not None and total_fen > granted.amount_fen:
            raise Refused(
                "working-fund.more-than-granted",
                rules=("COM-18",),
                granted_fen=granted.amount_fen,
                total_fen=total_fen,
            )

    def _check_form(self, working: WorkingFund) -> None:
        period = self.period
        if period.ends_on < period.starts_on:
            raise Refused("working-fund.period-reversed")
        heads = [line.head for line in self.lines]
        if twice := [head for head in heads if heads.count(head) > 1]:
            raise Refused("working-fund.head-twice", head=twice[0])
        for other in working.budgets:
            if other != period and other.starts_on <= period.ends_on and period.starts_on <= other.ends_on:
                raise Refused(
                    "working-fund.periods-overlap", starts_on=other.starts_on, ends_on=other.ends_on
                )
