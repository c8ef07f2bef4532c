"""Money leaves a fund in three steps by two persons: requested, approved by another, recorded once paid.

Never beyond what the decision still frees, never below zero; what is approved is reserved (FUND-09).
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.actions.decision import Decision
from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Fen, Fund, Id, Line, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.state import Slice, State

Stage = Literal["first", "progress", "final", "retention"]
Documents = Annotated[tuple[Id, ...], Meta(max_length=20)]


# -- what can have happened ------------------------------------------------------------------------


class FundPaymentRequested(Event, frozen=True, kw_only=True):
    """Somebody asks for a payment under a decision."""

    kind: ClassVar[str] = "fund-payment.requested"

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen
    payee: Line
    purpose: Line
    project: Id | None = None
    stage: Stage | None = None
    documents: Documents = ()

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund)


class FundPaymentApproved(Event, frozen=True, kw_only=True):
    """Another person approved it: the money is reserved from now on."""

    kind: ClassVar[str] = "fund-payment.approved"

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund)

    def limits(self) -> dict[str, int]:
        return {f"available/{self.fund}": -self.amount_fen, f"remaining/{self.decision}": -self.amount_fen}


class FundPaymentRecorded(Event, frozen=True, kw_only=True):
    """The bank paid: the money left the fund."""

    kind: ClassVar[str] = "fund-payment.recorded"

    payment: Id
    fund: Fund
    decision: Id
    amount_fen: Fen
    payee: Line
    purpose: Line
    paid_on: Day
    voucher: Line
    scope: Scope | None = None
    project: Id | None = None

    def tags(self) -> tuple[str, ...]:
        return _tags(self.payment, self.decision, self.fund)

    def postings(self) -> Postings:
        # the maintenance fund is accounted per scope (FUND-04); the other two show what they were used for
        maintenance = self.fund == "maintenance"
        target = accounts.equity(self.fund, self.scope) if maintenance else accounts.use(self.fund)
        return transfer(self.amount_fen, source=accounts.bank(self.fund), target=target)

    def limits(self) -> dict[str, int]:
        return {
            accounts.bank(self.fund): -self.amount_fen
        }  # it was taken from what is available when approved


def _tags(payment: str, decision: str, fund: str) -> tuple[str, ...]:
    return f"decision:{decision}", f"fund:{fund}", f"payment:{payment}"


# -- what must be known ----------------------------------------------------------------------------


class Payment(State):
    """One payment on its way."""

    subject = "payment"
    requested: FundPaymentRequested | None = None
    requested_by: Authorship | None = None
    is_approved = False
    is_paid = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case FundPaymentRequested() as requested:
                self.requested, self.requested_by = requested, Authorship.of(recorded)
            case FundPaymentApproved():
                self.is_approved = True
            case FundPaymentRecorded():
                self.is_paid = True

    def must_exist(self) -> FundPaymentRequested:
        """What was requested. Errors: `Refused` when there is no such payment."""
        if self.requested is None:
            raise Refused("fund-payment.unknown", payment=self.identity)
        return self.requested


def _must_authorise(decision: Decision, fund: Fund, amount_fen: int) -> None:
    """Refuse a decision that does not cover the payment (FUND-09)."""
    if decision.made_by is None:
        raise Refused("decision.unknown", rules=("FUND-09",), decision=decision.identity)
    if not decision.passed:
        raise Refused("decision.not-passed", rules=("FUND-09",), decision=decision.identity)
    if decision.authorises is None or decision.authorises.fund != fund:
        raise Refused(
            "decision.does-not-authorise", rules=("FUND-09",), decision=decision.identity, fund=fund
        )
    if fund == "maintenance" and decision.made_by != "owners":
        raise Refused("fund-payment.needs-a-vote", rules=("FUND-09", "VOTE-01"), decision=decision.identity)
    if amount_fen > decision.remaining_fen:
        raise Refused(
            "fund-payment.exceeds-authorisation", rules=("FUND-09",), remaining_fen=decision.remaining_fen
        )


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
    project: Id | None = None
    stage: Stage | None = None
    documents: Documents = ()

    def query(self) -> tuple[Slice, ...]:
        return Payment.of(self.payment), Decision.of(self.decision), FundBook.of(self.fund)

    def decide(self, by: Actor, payment: Payment, decision: Decision, book: FundBook) -> FundPaymentRequested:  # noqa: ARG002
        if payment.requested is not None:
            raise Refused("fund-payment.already-requested", payment=self.payment)
        book.must_be_open(self.legal_date)
        _must_authorise(decision, self.fund, self.amount_fen)
        book.must_afford(self.amount_fen)
        return FundPaymentRequested(
            payment=self.payment,
            fund=self.fund,
            decision=self.decision,
            amount_fen=self.amount_fen,
            payee=self.payee,
            purpose=self.purpose,
            project=self.project,
            stage=self.stage,
            documents=self.documents,
        )


class OfPayment(Command, frozen=True, kw_only=True):
    """Base of commands about a requested payment: its decision and fund are known from the request."""

    payment: Id

    def query(self) -> tuple[Slice, ...]:
        return (Payment.of(self.payment),)

    def query_further(self, payment: Payment) -> tuple[Slice, ...]:
        requested = payment.must_exist()
        return Decision.of(requested.decision), FundBook.of(requested.fund)


class ApproveFundPayment(OfPayment, frozen=True, kw_only=True):
    """Approve a payment somebody else asked for; its money is reserved."""

    name: ClassVar[str] = "approve-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "member")

    def decide(self, by: Actor, payment: Payment, decision: Decision, book: FundBook) -> FundPaymentApproved:
        requested = payment.must_exist()
        if payment.is_approved:
            raise Refused("fund-payment.already-approved", payment=self.payment)
        if by.wrote(payment.requested_by):
            raise Refused("fund-payment.own-request", payment=self.payment)
        _must_authorise(decision, requested.fund, requested.amount_fen)
        book.must_afford(requested.amount_fen)
        return FundPaymentApproved(
            payment=self.payment,
            fund=requested.fund,
            decision=requested.decision,
            amount_fen=requested.amount_fen,
        )


class RecordFundPayment(OfPayment, frozen=True, kw_only=True):
    """Record that the bank has paid an approved payment, with the number of its voucher."""

    name: ClassVar[str] = "record-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    paid_on: Day
    voucher: Line

    def happened_on(self) -> Day:
        return self.paid_on

    def decide(self, by: Actor, payment: Payment, decision: Decision, book: FundBook) -> FundPaymentRecorded:  # noqa: ARG002
        requested = payment.must_exist()
        if payment.is_paid:
            raise Refused("fund-payment.already-paid", payment=self.payment)
        if not payment.is_approved:
            raise Refused("fund-payment.not-approved", payment=self.payment)
        book.must_be_open(self.legal_date)
        return FundPaymentRecorded(
            payment=self.payment,
            fund=requested.fund,
            decision=requested.decision,
            amount_fen=requested.amount_fen,
            payee=requested.payee,
            purpose=requested.purpose,
            paid_on=self.paid_on,
            voucher=self.voucher,
            scope=decision.authorises.scope if decision.authorises else None,
            project=requested.project,
        )
