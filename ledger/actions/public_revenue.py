"""Public revenue: gross income of the common parts by seven heads, and the costs taken from it (REV-02)."""

from typing import ClassVar, Literal, cast

from ledger.actions.assembly import Assembly
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.decision import check_scope
from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actions.revenue_contract import RevenueContract
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event
from ledger.fields import Commitment, Day, Fen, Fund, Id, Line, Method, RevenueHead, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice

FUND: Fund = "public-revenue"
CostKind = Literal["tax", "energy", "labour", "other"]
PaidInto = Literal["supervised-account", "elsewhere"]


# -- what can have happened ------------------------------------------------------------------------


class PublicRevenueRecorded(Event, frozen=True, kw_only=True):
    """Gross income arrived; `paid_into` says whether in the supervised account, where it belongs (REV-04)."""

    kind: ClassVar[str] = "public-revenue.recorded"
    withheld: ClassVar[frozenset[str]] = frozenset({"counterparty_name"})

    head: RevenueHead
    gross_fen: Fen
    received_on: Day
    contract: Id | None = None
    location: Line | None = None
    counterparty: Line | None = None
    scope: Scope | None = None
    paid_into: PaidInto | None = None
    counterparty_name: Commitment | None = None
    method: Method | None = None

    def tags(self) -> tuple[str, ...]:
        return (
            (f"fund:{FUND}",)
            if self.contract is None
            else (f"fund:{FUND}", f"revenue-contract:{self.contract}")
        )

    def postings(self) -> Postings:
        head = accounts.income(self.head, self.scope)
        return transfer(self.gross_fen, source=head, target=accounts.bank(FUND))


class RevenueCostRecorded(Event, frozen=True, kw_only=True):
    """A cost was taken from gross income: tax, energy, labour or other management cost (REV-02)."""

    kind: ClassVar[str] = "revenue-cost.recorded"

    cost: CostKind
    amount_fen: Fen
    paid_on: Day
    purpose: Line | None = None
    voucher: Line | None = None
    scope: Scope | None = None
    method: Method | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{FUND}",)

    def postings(self) -> Postings:
        cost = accounts.cost(self.cost, self.scope)
        return transfer(self.amount_fen, source=accounts.bank(FUND), target=cost)


# -- the law, however it came into the books --------------------------------------------------------


def income_scope(
    judge: Judgement, contract: RevenueContract, head: RevenueHead, scope: Scope | None
) -> Scope | None:
    """Whose income is: as its contract says, which must agree with what is asked (REV-09)."""
    name, registered = contract.identity, contract.registered
    judge.require(
        registered is not None, "public-revenue.contract-not-on-file", rules=("REV-08",), contract=name
    )
    if registered is None:
        return scope
    if head != registered.head:
        raise Refused("public-revenue.other-head", contract=name, head=registered.head)
    agreed = registered.scope or Scope()
    if scope is not None and scope != agreed:
        raise Refused("public-revenue.other-scope", contract=name, scope=agreed.name)
    return registered.scope


def judge_cost(judge: Judgement, cost: CostKind | None, *, there_is_an_assembly: bool) -> None:
    """Until there is an assembly the fee pays for management already: only tax is deducted (REV-16)."""
    always = judge.law.term("REV-16", "costs")
    deductible = always is None or cost in cast(tuple[str, ...], always)
    judge.require(
        deductible or there_is_an_assembly,
        "revenue-cost.only-tax-before-an-assembly",
        rules=("REV-16",),
        cost=cost,
    )


# -- what may be asked -----------------------------------------------------------------------------

RECORDERS: tuple[Role, ...] = (*BOOKKEEPERS, "firm")


class RecordPublicRevenue(Command, frozen=True, kw_only=True):
    """Record gross income of the common parts under one of the seven heads."""

    name: ClassVar[str] = "record-public-revenue"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS
    already_happened: ClassVar[bool] = True

    head: RevenueHead
    gross_fen: Fen
    received_on: Day
    contract: Id | None = None
    location: Line | None = None
    counterparty: Line | None = None
    counterparty_kind: CounterpartyKind = "organisation"
    scope: Scope | None = None
    paid_into: PaidInto | None = None
    method: Method | None = None

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        known = FundBook.of(FUND), Register.of(), Rules.of()
        return known if self.contract is None else (*known, RevenueContract.of(self.contract))

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        book: FundBook,
        register: Register,
        rules: Rules,
        contract: RevenueContract | None = None,
    ) -> Judged:
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        judge, scope = rules.judge(self), self.scope
        judge.require(self.paid_into != "elsewhere", "public-revenue.outside-the-account", rules=("REV-04",))
        if contract is not None:
            scope = income_scope(judge, contract, self.head, self.scope)
        return judge.of(self._recorded(scope))

    def _recorded(self, scope: Scope | None) -> PublicRevenueRecorded:
        return PublicRevenueRecorded(
            head=self.head,
            gross_fen=self.gross_fen,
            received_on=self.received_on,
            contract=self.contract,
            location=self.location,
            scope=scope,
            paid_into=self.paid_into,
            **stands_as("counterparty", self.counterparty, self.counterparty_kind, self.contract),
            method=self.method,
        )


class RecordRevenueCost(Command, frozen=True, kw_only=True):
    """Record a cost deducted from gross public revenue; before there is an assembly only tax may be."""

    name: ClassVar[str] = "record-revenue-cost"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    cost: CostKind
    amount_fen: Fen
    paid_on: Day | None = None
    purpose: Line | None = None
    voucher: Line | None = None
    scope: Scope | None = None
    method: Method | None = None

    def happened_on(self) -> Day | None:
        return self.paid_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(FUND), Register.of(), Assembly.of(), Committee.of(), Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        book: FundBook,
        register: Register,
        assembly: Assembly,
        committee: Committee,
        rules: Rules,
    ) -> Judged:
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        book.must_afford(self.amount_fen)
        judge = rules.judge(self)
        judge_cost(judge, self.cost, there_is_an_assembly=assembly.exists(self.legal_date, committee))
        return judge.of(
            RevenueCostRecorded(
                cost=self.cost,
                amount_fen=self.amount_fen,
                paid_on=self.legal_date,
                purpose=self.purpose,
                voucher=self.voucher,
                scope=self.scope,
                method=self.method,
            )
        )
