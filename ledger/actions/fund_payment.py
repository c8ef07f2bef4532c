"""Money leaves a fund in three steps by two persons: requested, approved by another, recorded once paid.

Never beyond what the decision still frees, never below zero; what is approved is reserved (FUND-09).
"""

from datetime import date
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.fund import BOOKKEEPERS
from ledger.actions.payment_gates import judge_drawing
from ledger.actions.payment_grounds import (
    Drawing,
    Grounds,
    Stage,
    Work,
    must_authorise,
    must_be_of,
    must_name_project,
)
from ledger.actions.revenue_authority import RevenueUse
from ledger.actions.revenue_spending import check_use
from ledger.actions.working_fund import WorkingHead, check_head
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, Fen, FenOrZero, Fund, Id, Line, Method, Paragraph, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.rules.law import Judged
from ledger.state import Slice, State

Documents = Annotated[
    tuple[Id, ...],
    Meta(max_length=20, description="Kinds of papers at hand, in the words of the rules: review-engagement"),
]


# -- what can have happened ------------------------------------------------------------------------


class FundPaymentRequested(Event, frozen=True, kw_only=True):
    """Somebody asks for a payment under a decision."""

    kind: ClassVar[str] = "fund-payment.requested"
    withheld: ClassVar[frozenset[str]] = frozenset({"payee_name"})

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen
    payee: Line
    purpose: Line
    project: Id | None = None
    stage: Stage | None = None
    work: Work | None = None
    head: WorkingHead | None = None
    use: RevenueUse | None = None
    documents: Documents = ()
    payee_name: Commitment | None = None  # of a private person

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund, self.project)


class FundPaymentApproved(Event, frozen=True, kw_only=True):
    """Another person approved it: the money is reserved from now on."""

    kind: ClassVar[str] = "fund-payment.approved"

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen
    project: Id | None = None
    head: WorkingHead | None = None

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund, self.project)

    def limits(self) -> dict[str, int]:
        return {f"available/{self.fund}": -self.amount_fen, f"remaining/{self.decision}": -self.amount_fen}


class FundPaymentWithdrawn(Event, frozen=True, kw_only=True):
    """It will not be paid: what was reserved for it, if it was approved, is free again."""

    kind: ClassVar[str] = "fund-payment.withdrawn"

    payment: Id
    fund: Fund
    decision: Id
    reason: Paragraph
    released_fen: FenOrZero = 0
    project: Id | None = None

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund, self.project)

    def limits(self) -> dict[str, int]:
        if self.released_fen == 0:
            return {}
        return {f"available/{self.fund}": self.released_fen, f"remaining/{self.decision}": self.released_fen}


class FundPaymentRecorded(Event, frozen=True, kw_only=True):
    """The bank paid. `charged_fen` only where nobody had approved it: what of it the decision set free.

    `payee_name` only where nobody had asked for it: else the request keeps it.
    """

    kind: ClassVar[str] = "fund-payment.recorded"
    withheld: ClassVar[frozenset[str]] = FundPaymentRequested.withheld

    payment: Id
    fund: Fund
    decision: Id | None = None
    amount_fen: Fen
    payee: Line
    purpose: Line
    paid_on: Day
    voucher: Line
    scope: Scope | None = None
    project: Id | None = None
    head: WorkingHead | None = None
    use: RevenueUse | None = None
    charged_fen: FenOrZero | None = None
    payee_name: Commitment | None = None
    method: Method | None = None

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund, self.project)

    def postings(self) -> Postings:
        # the maintenance fund is accounted per scope (FUND-04); the other two show what they were used for,
        # public revenue whose it was, too (REV-09)
        maintenance = self.fund == "maintenance"
        used = accounts.use(self.fund, self.use or self.head, self.scope if self.use else None)
        target = accounts.equity(self.fund, self.scope) if maintenance else used
        return transfer(self.amount_fen, source=accounts.bank(self.fund), target=target)

    def limits(self) -> dict[str, int]:
        bank = {accounts.bank(self.fund): -self.amount_fen}
        if self.charged_fen is None:
            return bank  # it was taken from what is available when approved
        charged = {f"remaining/{self.decision}": -self.charged_fen} if self.decision else {}
        return {**bank, f"available/{self.fund}": -self.amount_fen, **charged}


def _tags(payment: str, decision: str | None, fund: str, project: str | None) -> tuple[str, ...]:
    about = [f"fund:{fund}", f"payment:{payment}"]
    about += [f"decision:{decision}"] if decision else []
    about += [f"project:{project}"] if project else []
    return tuple(about)


# -- what must be known ----------------------------------------------------------------------------


class Payment(State):
    """One payment on its way."""

    subject = "payment"
    requested: FundPaymentRequested | None = None
    requested_by: Authorship | None = None
    approved_on: date | None = None
    is_paid = False
    is_withdrawn = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case FundPaymentRequested() as requested:
                self.requested, self.requested_by = requested, Authorship.of(recorded)
            case FundPaymentApproved():
                self.approved_on = recorded.occurred_on
            case FundPaymentWithdrawn():
                self.is_withdrawn = True
            case FundPaymentRecorded():
                self.is_paid = True

    def must_exist(self) -> FundPaymentRequested:
        """What was requested. Errors: `Refused` when there is no such payment."""
        if self.requested is None:
            raise Refused("fund-payment.unknown", payment=self.identity)
        return self.requested

    def must_be_on_its_way(self) -> None:
        """Refuse what was paid or withdrawn."""
        if self.is_paid:
            raise Refused("fund-payment.already-paid", payment=self.identity)
        if self.is_withdrawn:
            raise Refused("fund-payment.already-withdrawn", payment=self.identity)


# -- what may be asked -----------------------------------------------------------------------------


class RequestFundPayment(Command, frozen=True, kw_only=True):
    """Ask to pay somebody out of a fund, under a decision that sets the money free."""

    name: ClassVar[str] = "request-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen
    payee: Line
    purpose: Line
    payee_kind: CounterpartyKind = "organisation"
    project: Id | None = None
    stage: Stage | None = None
    work: Work | None = None
    head: WorkingHead | None = None
    use: RevenueUse | None = None
    documents: Documents = ()

    def query(self) -> tuple[Slice, ...]:
        return Payment.of(self.payment), *Grounds.slices(self.decision, self.fund, self.project)

    def decide(self, by: Actor, payment: Payment, *states: Any) -> Judged:  # noqa: ARG002
        known = Grounds.of(states)
        if payment.requested is not None or payment.is_paid:
            raise Refused("fund-payment.already-requested", payment=self.payment)
        known.book.must_be_open(self.legal_date)
        check_head(self.fund, self.head)
        check_use(self.fund, self.use)
        must_authorise(known.decision, self.fund, self.amount_fen)
        must_be_of(known.project, known.decision)
        known.book.must_afford(self.amount_fen)
        requested = FundPaymentRequested(
            payment=self.payment,
            fund=self.fund,
            decision=self.decision,
            amount_fen=self.amount_fen,
            **stands_as("payee", self.payee, self.payee_kind, self.payment),
            purpose=self.purpose,
            project=self.project,
            stage=self.stage,
            work=self.work,
            head=self.head,
            use=self.use,
            documents=self.documents,
        )
        must_name_project(known.decision, self.project)
        judge = known.rules.judge(self)
        judge_drawing(judge, self.fund, drawing_of(requested, known.drawings.wanted_fen), known)
        return judge.of(requested)


def drawing_of(requested: FundPaymentRequested, drawn_fen: int) -> Drawing:
    """What a request draws, after what was drawn before it."""
    of, papers = requested, frozenset(requested.documents)
    return Drawing(of.amount_fen, drawn_fen, of.stage, of.work, papers, of.head, of.use)


class OfPayment(Command, frozen=True, kw_only=True):
    """Base of commands about a requested payment: what it is judged on is known from the request."""

    payment: Id

    def query(self) -> tuple[Slice, ...]:
        return (Payment.of(self.payment),)

    def query_further(self, payment: Payment) -> tuple[Slice, ...]:
        requested = payment.must_exist()
        return Grounds.slices(requested.decision, requested.fund, requested.project)


class ApproveFundPayment(OfPayment, frozen=True, kw_only=True):
    """Approve a payment somebody else asked for; its money is reserved."""

    name: ClassVar[str] = "approve-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "member")

    def decide(self, by: Actor, payment: Payment, *states: Any) -> Judged:
        requested, known = payment.must_exist(), Grounds.of(states)
        if payment.approved_on is not None:
            raise Refused("fund-payment.already-approved", payment=self.payment)
        payment.must_be_on_its_way()
        if by.wrote(payment.requested_by):
            raise Refused("fund-payment.own-request", payment=self.payment)
        must_authorise(known.decision, requested.fund, requested.amount_fen)
        must_name_project(known.decision, requested.project)  # the plan may have come after the request
        known.book.must_afford(requested.amount_fen)
        judge = known.rules.judge(self)
        judge_drawing(judge, requested.fund, drawing_of(requested, known.drawings.drawn_fen), known)
        return judge.of(
            FundPaymentApproved(
                payment=self.payment,
                fund=requested.fund,
                decision=requested.decision,
                amount_fen=requested.amount_fen,
                project=requested.project,
                head=requested.head,
            )
        )
