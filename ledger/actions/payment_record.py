"""What became of a payment: the bank paid, as approved or not, or it was withdrawn (FUND-09)."""

from typing import Any, ClassVar

import msgspec

from ledger.actions.community import Register
from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.decision import Decision, check_scope, judge_in_time
from ledger.actions.fund import BOOKKEEPERS
from ledger.actions.fund_payment import (
    FundPaymentRecorded,
    FundPaymentRequested,
    FundPaymentWithdrawn,
    OfPayment,
    Payment,
    drawing_of,
)
from ledger.actions.payment_gates import judge_drawing, judge_marks, judge_settled
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
from ledger.actions.revenue_spending import check_use, revenue_gates
from ledger.actions.working_fund import WorkingHead, check_head
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Day, Fen, Fund, Id, Line, Method, Paragraph, Scope
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice


class RecordFundPayment(OfPayment, frozen=True, kw_only=True):
    """Record that the bank has paid an approved payment, with the number of its voucher.

    One that nobody had approved is recorded too, once it is acknowledged as that (`acknowledge`).
    """

    name: ClassVar[str] = "record-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    paid_on: Day
    voucher: Line
    method: Method | None = None

    def happened_on(self) -> Day:
        return self.paid_on

    def decide(self, by: Actor, payment: Payment, *states: Any) -> Judged:  # noqa: ARG002
        requested, known = payment.must_exist(), Grounds.of(states)
        payment.must_be_on_its_way()
        known.book.must_be_open(self.legal_date)
        judge = known.rules.judge(self)
        charged_fen = None
        if payment.approved_on is None:
            judge.require(False, "fund-payment.not-approved", rules=("FUND-09",), payment=self.payment)
            drawing = drawing_of(requested, known.drawings.drawn_fen)
            charged_fen = _charged(judge, requested.fund, drawing, known)
        elif requested.fund == "maintenance":
            in_time = payment.approved_on <= self.paid_on
            judge.require(in_time, "fund-payment.paid-before-approval", rules=("FUND-17",))
        if payment.approved_on is not None:
            _judge_as_paid(judge, requested, known)
        if requested.project is not None:
            judge_marks(judge, frozenset(requested.documents))
        authorises = known.decision.authorises
        return judge.of(
            FundPaymentRecorded(
                payment=self.payment,
                fund=requested.fund,
                decision=requested.decision,
                amount_fen=requested.amount_fen,
                payee=requested.payee,
                purpose=requested.purpose,
                paid_on=self.paid_on,
                voucher=self.voucher,
                scope=authorises.scope if authorises else None,
                project=requested.project,
                head=requested.head,
                use=requested.use,
                charged_fen=charged_fen,
                method=self.method,
            )
        )


def _judge_as_paid(judge: Judgement, requested: FundPaymentRequested, known: Grounds) -> None:
    """Judge an approved payment again by the day the bank paid and by what has become known since.

    A price review may have come between, another payment been withdrawn; and neither request nor approval
    chooses by its own date the law under which money leaves.
    """
    judge_in_time(judge, known.decision)
    if requested.fund == "public-revenue":
        revenue_gates(  # its own amount is among what the decision has promised
            judge,
            use=requested.use,
            amount_fen=0,
            documents=frozenset(requested.documents),
            decision=known.decision,
        )
        return
    drawing = drawing_of(requested, known.drawings.paid_fen)
    if drawing.drawn_fen and drawing.stage == "first":  # the bank took another one first
        drawing = msgspec.structs.replace(drawing, stage=None)
    judge_settled(judge, known, drawing)


def _charged(
    judge: Judgement, fund: Fund, drawing: Drawing, known: Grounds, scope: Scope | None = None
) -> int:
    """What of money that left unapproved its decision still set free; every broken rule is confessed."""
    known.book.must_afford(drawing.amount_fen)
    decision = known.decision
    if decision.identity:
        try:
            must_authorise(decision, fund, drawing.amount_fen)
        except Refused as fault:  # it has happened all the same
            judge.require(False, fault.code, rules=fault.rules, **fault.details)
    judge_drawing(judge, fund, drawing, known)
    covers = decision.passed and decision.authorises is not None and decision.authorises.fund == fund
    return min(drawing.amount_fen, decision.remaining_fen) if covers and decision.frees_money_of(scope) else 0


class RecordUnauthorisedPayment(Command, frozen=True, kw_only=True):
    """Record money that left a fund although nobody had asked for it here; FUND-09 must be acknowledged."""

    name: ClassVar[str] = "record-unauthorised-payment"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    payment: Id
    fund: Fund
    amount_fen: Fen
    payee: Line
    purpose: Line
    paid_on: Day
    voucher: Line
    payee_kind: CounterpartyKind = "organisation"
    decision: Id | None = None
    project: Id | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    work: Work | None = None
    head: WorkingHead | None = None
    use: RevenueUse | None = None
    method: Method | None = None

    def happened_on(self) -> Day:
        return self.paid_on

    def query(self) -> tuple[Slice, ...]:
        grounds = Grounds.slices(self.decision or "", self.fund, self.project)
        return Payment.of(self.payment), Register.of(), *grounds

    def decide(self, by: Actor, payment: Payment, register: Register, *states: Any) -> Judged:  # noqa: ARG002
        known = Grounds.of(states)
        if payment.requested is not None:
            raise Refused("fund-payment.already-requested", payment=self.payment)
        payment.must_be_on_its_way()
        known.book.must_be_open(self.legal_date)
        must_be_of(known.project, known.decision)
        must_name_project(known.decision, self.project)
        check_scope(self.scope, register)
        check_head(self.fund, self.head)
        check_use(self.fund, self.use)
        judge = known.rules.judge(self)
        judge.require(False, "fund-payment.unauthorised", rules=("FUND-09",))
        drawn_fen, papers = known.drawings.drawn_fen, frozenset[str]()
        drawing = Drawing(self.amount_fen, drawn_fen, self.stage, self.work, papers, self.head, self.use)
        charged_fen = _charged(judge, self.fund, drawing, known, self.scope)
        return judge.of(
            FundPaymentRecorded(
                payment=self.payment,
                fund=self.fund,
                decision=self.decision,
                amount_fen=self.amount_fen,
                **stands_as("payee", self.payee, self.payee_kind, self.payment),
                purpose=self.purpose,
                paid_on=self.paid_on,
                voucher=self.voucher,
                scope=self.scope or _scope_of(known.decision),
                project=self.project,
                head=self.head,
                use=self.use,
                charged_fen=charged_fen,
                method=self.method,
            )
        )


def _scope_of(decision: Decision) -> Scope | None:
    return decision.authorises.scope if decision.authorises else None


class WithdrawFundPayment(OfPayment, frozen=True, kw_only=True):
    """Withdraw a payment that is not going to be made; what was reserved for it is free again."""

    name: ClassVar[str] = "withdraw-fund-payment"
    roles: ClassVar[tuple[Role, ...]] = (*BOOKKEEPERS, "chair", "member")

    reason: Paragraph

    def decide(self, by: Actor, payment: Payment, *states: Any) -> FundPaymentWithdrawn:  # noqa: ARG002
        requested = payment.must_exist()
        payment.must_be_on_its_way()
        return FundPaymentWithdrawn(
            payment=self.payment,
            fund=requested.fund,
            decision=requested.decision,
            reason=self.reason,
            released_fen=requested.amount_fen if payment.approved_on is not None else 0,
            project=requested.project,
        )
