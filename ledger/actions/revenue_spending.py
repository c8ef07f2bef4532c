"""Public revenue spent: for what the law lists, under a decision or a standing authorisation (REV-11 to -15).

The usual way is by request, approval and payment (fund_payment.py), which asks `revenue_gates` too. What was
paid without them is entered here as what it is, by another person than the one who entered its decision.
"""

from collections.abc import Collection
from typing import Annotated, ClassVar, cast

from msgspec import Meta

from ledger.actions.community import Register
from ledger.actions.counterparty import CounterpartyKind, stands_as
from ledger.actions.decision import (
    CommitteeDecisionRecorded,
    Decision,
    VoteClosed,
    check_scope,
    judge_in_time,
)
from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actions.public_revenue import FUND
from ledger.actions.revenue_authority import Authority, RevenueUse, counter_of
from ledger.actions.rules import Rules
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, Fen, FenOrZero, Fund, Id, Line, Method, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice, State

Documents = Annotated[tuple[Id, ...], Meta(max_length=20)]
FURTHER_USES = ("new-facility", "distribution")  # REV-13, REV-18
REVIEWS = ("price-review", "procedure-review")  # documents REV-13 asks for


# -- what can have happened ------------------------------------------------------------------------


class PublicRevenueSpent(Event, frozen=True, kw_only=True):
    """Public revenue was spent; `beyond_fen` of it is covered by no decision and no authorisation."""

    kind: ClassVar[str] = "public-revenue.spent"
    withheld: ClassVar[frozenset[str]] = frozenset({"payee_name"})

    spending: Id
    use: RevenueUse
    amount_fen: Fen
    purpose: Line
    payee: Line
    paid_on: Day
    voucher: Line
    decision: Id | None = None
    authority: Id | None = None
    documents: Documents = ()
    scope: Scope | None = None
    beyond_fen: FenOrZero = 0
    method: Method | None = None
    payee_name: Commitment | None = None  # of a private person

    def tags(self) -> tuple[str, ...]:
        named = [f"fund:{FUND}", f"revenue-spending:{self.spending}"]
        named += [f"decision:{self.decision}"] if self.decision else []
        named += [f"revenue-authority:{self.authority}"] if self.authority else []
        return tuple(named)

    def postings(self) -> Postings:
        target = accounts.use(FUND, self.use, self.scope)
        return transfer(self.amount_fen, source=accounts.bank(FUND), target=target)

    def limits(self) -> dict[str, int]:
        changes, covered_fen = super().limits(), self.amount_fen - self.beyond_fen
        if self.decision and covered_fen:
            changes[f"remaining/{self.decision}"] = -covered_fen
        if self.authority and covered_fen:
            changes[counter_of(self.authority, self.use)] = -covered_fen
        return changes


# -- what must be known ----------------------------------------------------------------------------


class Deciding(State):
    """Who entered that a decision was taken: that person does not enter what was spent on it."""

    subject = "decision"
    entered_by: Authorship | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, CommitteeDecisionRecorded | VoteClosed):
            self.entered_by = Authorship.of(recorded)


class Spending(State):
    """Whether a spending was entered under an id."""

    subject = "revenue-spending"
    is_entered = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        self.is_entered = self.is_entered or isinstance(recorded.data, PublicRevenueSpent)


# -- the law ---------------------------------------------------------------------------------------


def revenue_gates(
    judge: Judgement,
    *,
    use: RevenueUse | None,
    amount_fen: int,
    documents: Collection[str],
    decision: Decision | None = None,
    authority: Authority | None = None,
) -> None:
    """Require what the law asks of every use of public revenue, however it is paid."""
    # an older asker states no use: the payment stands, and so does the doubt whether the list allows it
    judge.doubt(use is not None, rules=("REV-11",))
    if use is None:
        return
    judge.require(use != "maintenance-scope", "public-revenue.within-the-maintenance-fund", rules=("REV-12",))
    # beside the list the law knows new facilities and shares for the owners, and what the owners decide
    listed = (*cast(tuple[str, ...], judge.law.term("REV-11", "uses") or ()), *FURTHER_USES)
    by_owners = decision is not None and decision.made_by == "owners"
    judge.require(
        use in listed or use == "maintenance-scope" or by_owners,
        "public-revenue.use-not-listed",
        rules=("REV-11",),
        use=use,
    )
    if use == "new-facility" and judge.law.is_in_force("REV-13"):
        before_fen = _under(decision) + _under_case(authority, use)
        price_fen, least_fen = before_fen + amount_fen, judge.law.number("REV-13", "fen_min")
        missing = [review for review in REVIEWS if review not in documents]
        judge.require(
            price_fen < least_fen or not missing,
            "public-revenue.review-missing",
            rules=("REV-13",),
            price_fen=price_fen,
            missing=missing,
        )


def check_use(fund: Fund, use: RevenueUse | None) -> None:
    """Refuse a use of public revenue for money of another fund."""
    if use is not None and fund != FUND:
        raise Refused("public-revenue.use-of-another-fund", fund=fund)


def _under(decision: Decision | None) -> int:
    """What a decision has paid or promised so far: a price is reviewed whole, not part by part."""
    if decision is None or decision.authorises is None:
        return 0
    return decision.authorises.amount_fen - decision.remaining_fen


def _under_case(authority: Authority | None, use: RevenueUse) -> int:
    """The same of one case of a standing authorisation."""
    given = authority.recorded if authority else None
    if authority is None or given is None:
        return 0
    granted = sum(case.amount_fen for case in given.cases if case.use == use)
    return granted - authority.remaining_fen.get(use, 0)


# -- what may be asked -----------------------------------------------------------------------------


class SpendPublicRevenue(Command, frozen=True, kw_only=True):
    """Record public revenue that was paid out under a decision or a standing authorisation, and for what."""

    name: ClassVar[str] = "spend-public-revenue"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    spending: Id
    use: RevenueUse
    amount_fen: Fen
    purpose: Line
    payee: Line
    paid_on: Day
    voucher: Line
    payee_kind: CounterpartyKind = "organisation"
    decision: Id | None = None
    authority: Id | None = None
    documents: Documents = ()
    scope: Scope | None = None
    method: Method | None = None

    def happened_on(self) -> Day:
        return self.paid_on

    def query(self) -> tuple[Slice, ...]:
        return Spending.of(self.spending), FundBook.of(FUND), Register.of(), Rules.of()

    def query_further(self, *known: State) -> tuple[Slice, ...]:  # noqa: ARG002
        if self.decision is not None and self.authority is not None:
            raise Refused("revenue-spending.two-bases")
        if self.decision is not None:
            return Decision.of(self.decision), Deciding.of(self.decision)
        return () if self.authority is None else (Authority.of(self.authority),)

    def decide(
        self,
        by: Actor,
        spending: Spending,
        book: FundBook,
        register: Register,
        rules: Rules,
        *bases: Decision | Deciding | Authority,
    ) -> Judged:
        if spending.is_entered:
            raise Refused("revenue-spending.already-recorded", spending=self.spending)
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        book.must_afford(self.amount_fen)
        judge = rules.judge(self)
        decision, given, beyond_fen = None, None, self.amount_fen
        match bases:
            case Decision() as found, Deciding() as deciding:
                decision, beyond_fen = found, self._beyond_decision(judge, by, found, deciding)
            case (Authority() as authority,):
                given, beyond_fen = authority, self._beyond_authority(judge, by, authority)
            case _:
                judge.require(False, "revenue-spending.without-decision", rules=("FUND-09",))
        revenue_gates(
            judge,
            use=self.use,
            amount_fen=self.amount_fen,
            documents=self.documents,
            decision=decision,
            authority=given,
        )
        freed = decision.authorises if decision else None
        scope = self.scope or (freed.scope if freed else None)
        payee = stands_as("payee", self.payee, self.payee_kind, self.spending)
        return judge.of(PublicRevenueSpent.sharing(self, beyond_fen=beyond_fen, scope=scope, **payee))

    def _beyond_decision(self, judge: Judgement, by: Actor, decision: Decision, deciding: Deciding) -> int:
        decision.must_exist()
        if by.wrote(deciding.entered_by):
            raise Refused("revenue-spending.own-decision", decision=self.decision)
        about_it = decision.authorises is not None and decision.authorises.fund == FUND
        frees = bool(decision.passed and about_it and decision.frees_money_of(self.scope))
        covered_fen = min(self.amount_fen, decision.remaining_fen) if frees else 0
        judge.require(frees, "revenue-spending.nothing-freed", rules=("FUND-09",), decision=self.decision)
        judge_in_time(judge, decision)
        judge.require(
            not frees or covered_fen == self.amount_fen,
            "revenue-spending.exceeds-authorisation",
            rules=("FUND-09",),
            remaining_fen=covered_fen,
        )
        return self.amount_fen - covered_fen

    def _beyond_authority(self, judge: Judgement, by: Actor, authority: Authority) -> int:
        given = authority.recorded
        if given is None:
            raise Refused("revenue-authority.unknown", authority=self.authority)
        if by.wrote(authority.recorded_by):
            raise Refused("revenue-spending.own-authority", authority=self.authority)
        in_time = given.starts_on <= self.paid_on <= given.ends_on
        remaining_fen = authority.remaining_fen.get(self.use, 0) if in_time else 0
        covered_fen = min(self.amount_fen, remaining_fen)
        judge.require(
            covered_fen == self.amount_fen,
            "revenue-spending.outside-the-authority" if in_time else "revenue-authority.not-in-force",
            rules=("REV-15",),
            remaining_fen=covered_fen,
            starts_on=given.starts_on,
            ends_on=given.ends_on,
        )
        return self.amount_fen - covered_fen
