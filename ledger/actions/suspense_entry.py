"""Money the bank shows and nobody can explain: in the books at once, and visible until it is recognised."""

from typing import ClassVar, cast, get_args

import msgspec

from ledger.actions.assembly import Assembly
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.decision import Decision, check_scope, judge_in_time
from ledger.actions.entry import Became, Direction, Entry, EntryClassified
from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actions.payment_gates import judge_report, judge_settled
from ledger.actions.payment_grounds import Drawing, Grounds, must_be_of, must_name_project
from ledger.actions.public_revenue import CostKind, income_scope, judge_cost
from ledger.actions.revenue_authority import RevenueUse
from ledger.actions.revenue_contract import RevenueContract
from ledger.actions.revenue_spending import revenue_gates
from ledger.actions.rules import Rules
from ledger.actions.working_fund import WorkingHead, judge_spending
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event
from ledger.fields import Day, Fen, Fund, Id, Line, Part, RecordNumber, RevenueHead, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.rules.law import Judged, Judgement
from ledger.state import EventAt, Slice, State

# what each may have been: of which direction, and of the public revenue alone or of any fund
OF_DIRECTION: dict[Became, Direction] = {
    "deposit": "in", "interest": "in", "revenue": "in", "cost": "out", "payment": "out",
}  # fmt: skip
OF_REVENUE: tuple[Became, ...] = ("revenue", "cost")
Use = WorkingHead | RevenueUse
USES: dict[Fund, tuple[str, ...]] = {
    "maintenance": (), "public-revenue": get_args(RevenueUse), "working": get_args(WorkingHead),
}  # fmt: skip


class SuspenseEntryRecorded(Event, frozen=True, kw_only=True):
    """The bank's statement shows money in or out that the books cannot explain yet."""

    kind: ClassVar[str] = "suspense-entry.recorded"

    fund: Fund
    direction: Direction
    amount_fen: Fen
    seen_on: Day
    text: Line

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)

    def postings(self) -> Postings:
        bank, suspense = accounts.bank(self.fund), accounts.suspense(self.fund)
        if self.direction == "in":
            return transfer(self.amount_fen, source=suspense, target=bank)
        return transfer(self.amount_fen, source=bank, target=suspense)


class RecordSuspenseEntry(Command, frozen=True, kw_only=True):
    """Record money the bank shows and nobody can explain; `text`: what its statement says, naming nobody."""

    name: ClassVar[str] = "record-suspense-entry"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    fund: Fund
    direction: Direction
    amount_fen: Fen
    seen_on: Day
    text: Line

    def happened_on(self) -> Day:
        return self.seen_on

    def query(self) -> tuple[Slice, ...]:
        return (FundBook.of(self.fund),)

    def decide(self, by: Actor, book: FundBook) -> SuspenseEntryRecorded:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        if self.direction == "out":
            book.must_afford(self.amount_fen)
        return SuspenseEntryRecorded(
            fund=self.fund,
            direction=self.direction,
            amount_fen=self.amount_fen,
            seen_on=self.seen_on,
            text=self.text,
        )


class Classification(Part, frozen=True, kw_only=True):
    """What an entry was: `revenue` needs its `head`, `cost` its kind, a `payment` the decision it rests on.

    `use`: what was paid for, of the working funds a head of the budget; `scope`: whose money it is. Of a
    payment also the repair it was for, whom it went to and the number of its voucher, as far as known.
    """

    kind: Became
    head: RevenueHead | None = None
    contract: Id | None = None
    cost: CostKind | None = None
    decision: Id | None = None
    use: Use | None = None
    scope: Scope | None = None
    project: Id | None = None
    payee: Line | None = None
    payee_kind: CounterpartyKind | None = None
    voucher: Line | None = None

    def check(self, entry: SuspenseEntryRecorded) -> None:
        """Refuse what this entry cannot have been, or what does not say enough."""
        of_other_fund = self.kind in OF_REVENUE and entry.fund != "public-revenue"
        if OF_DIRECTION[self.kind] != entry.direction or of_other_fund:
            raise Refused("entry.cannot-be", kind=self.kind, fund=entry.fund, direction=entry.direction)
        allowed = {
            "deposit": {"scope"},
            "interest": {"scope"},
            "revenue": {"head", "contract", "scope"},
            "cost": {"cost", "scope"},
            "payment": {"decision", "scope", "use", "project", "payee", "payee_kind", "voucher"},
        }[self.kind]
        given = {
            name for name in self.__struct_fields__ if name != "kind" and getattr(self, name) is not None
        }
        if extra := sorted(given - allowed):
            raise Refused("entry.field-does-not-belong", kind=self.kind, field=extra[0])
        if self.use is not None and self.use not in USES[entry.fund]:
            raise Refused("entry.field-does-not-belong", kind=self.kind, field="use")
        needed = {"revenue": "head", "cost": "cost"}.get(self.kind)
        if self.kind == "payment" and entry.fund == "public-revenue":
            needed = "use"
        if needed is not None and needed not in given:
            raise Refused("entry.field-missing", kind=self.kind, field=needed)


class ClassifyEntry(Command, frozen=True, kw_only=True):
    """Say what an entry in suspense was; it moves whole to its right account, once, unless that is undone."""

    name: ClassVar[str] = "classify-entry"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    number: RecordNumber
    was: Classification = msgspec.field(name="as")

    def query(self) -> tuple[Slice, ...]:
        found: tuple[Slice, ...] = (EventAt.of(self.number), Entry.of(self.number), Register.of(), Rules.of())
        if self.was.kind == "cost":
            found += (Assembly.of(), Committee.of())
        if self.was.contract is not None:
            found += (RevenueContract.of(self.was.contract),)
        return found

    def query_further(self, target: EventAt, *_: State) -> tuple[Slice, ...]:
        if self.was.kind != "payment":
            return ()
        return Grounds.slices(self.was.decision or "", self._in_suspense(target).fund, self.was.project)

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        target: EventAt,
        entry: Entry,
        register: Register,
        rules: Rules,
        *grounds: State,
    ) -> Judged:
        suspense = self._in_suspense(target)
        entry.must_be_untouched()
        self.was.check(suspense)
        check_scope(self.was.scope, register)
        law = rules.law(suspense.seen_on)  # of the day the money moved, whenever it is recognised
        judge = Judgement(law, self.acknowledge, happened=True)
        charged_fen, scope = 0, self.was.scope
        match self.was.kind, grounds:
            case "payment", _:
                known = Grounds.of(grounds)
                charged_fen = self._judge_payment(judge, suspense, known)
                freed = known.decision.authorises
                scope = scope or (freed.scope if freed else None)
            case "cost", (Assembly() as assembly, Committee() as committee):
                exists = assembly.exists(judge.law.day, committee)
                judge_cost(judge, self.was.cost, there_is_an_assembly=exists)
            case "revenue", (RevenueContract() as contract,):
                scope = income_scope(judge, contract, cast(int, self.was.head), scope)
        return judge.of(self._classified(suspense, charged_fen, scope))

    def _in_suspense(self, target: EventAt) -> SuspenseEntryRecorded:
        if target.recorded is None:
            raise Refused("entry.unknown", number=self.number)
        if not isinstance(target.recorded.data, SuspenseEntryRecorded):
            raise Refused("entry.not-in-suspense", number=self.number)
        if self.legal_date < target.recorded.occurred_on:
            raise Refused("entry.classified-before-it-happened", occurred_on=target.recorded.occurred_on)
        return target.recorded.data

    def _judge_payment(self, judge: Judgement, suspense: SuspenseEntryRecorded, known: Grounds) -> int:
        """Judge money that left the account; how much of it a decision had set free."""
        fen, freed_fen, decision = suspense.amount_fen, 0, known.decision
        if decision.identity:
            freed_fen = _freed_by(decision, suspense.fund, self.was.scope)
            judge_in_time(judge, decision)
        must_be_of(known.project, decision)
        must_name_project(decision, self.was.project)
        self._judge_use(judge, suspense, known)
        judge.require(  # what it might draw, and on which papers, nobody asked
            not decision.is_for_one_project,
            "entry.payment-past-the-gates",
            rules=("FUND-13",),
            decision=self.was.decision,
        )
        judge.require(
            fen <= freed_fen,
            "entry.payment-not-authorised",
            rules=("FUND-09",),
            amount_fen=fen,
            remaining_fen=freed_fen,
        )
        return min(freed_fen, fen)

    def _judge_use(self, judge: Judgement, suspense: SuspenseEntryRecorded, known: Grounds) -> None:
        """The law of each fund on what it may be used for."""
        use, fen = self.was.use, suspense.amount_fen
        match suspense.fund:
            case "working" if known.working is not None:
                judge_spending(judge, known.working, head=cast(WorkingHead | None, use), amount_fen=fen)
            case "public-revenue":
                revenue_gates(
                    judge,
                    use=cast(RevenueUse, use),
                    amount_fen=fen,
                    documents=(),
                    decision=known.decision,
                )
            case "maintenance":
                if known.decision.made_by != "emergency":
                    judge_report(judge, known)
                drawing = Drawing(fen, known.drawings.drawn_fen, None, None, frozenset())
                judge_settled(judge, known, drawing)

    def _classified(
        self, suspense: SuspenseEntryRecorded, charged_fen: int, scope: Scope | None
    ) -> EntryClassified:
        return EntryClassified(
            number=self.number,
            fund=suspense.fund,
            direction=suspense.direction,
            amount_fen=suspense.amount_fen,
            seen_on=suspense.seen_on,
            became=self.was.kind,
            head=self.was.head,
            contract=self.was.contract,
            cost=self.was.cost,
            use=self.was.use,
            scope=scope,
            decision=self.was.decision,
            project=self.was.project,
            **stands_as("payee", self.was.payee, self.was.payee_kind, str(self.number)),
            voucher=self.was.voucher,
            charged_fen=charged_fen,
        )


def _freed_by(decision: Decision, fund: Fund, scope: Scope | None) -> int:
    """What a decision still sets free of a fund, for a part of the community."""
    decision.must_exist(rules=("FUND-09",))
    if not decision.passed or decision.authorises is None or decision.authorises.fund != fund:
        return 0
    if (fund == "maintenance" and decision.made_by == "committee") or not decision.frees_money_of(scope):
        return 0
    return decision.remaining_fen
