"""Topping the maintenance fund up once it is below 30 % of the first deposit (FUND-28 to FUND-30).

As the owners decide; if they have not decided 90 days after the trigger and no covenant says otherwise, the
committee has the bank send payment notices, and every owner pays within 90 days of receipt, in one sum, what
brings the unit's account to half of its first deposit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar, NamedTuple

from msgspec import Meta

from ledger.actions.community import Register
from ledger.actions.decision import Decision, check_scope
from ledger.actions.rules import Rules
from ledger.actions.unit_account import FUND, WHOLE, BookShare, UnitAccounts, by_book
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Count, Day, Fen, Id, Line, Personal, Scope
from ledger.money.apportionment import digest_of
from ledger.money.unit_accounts import (
    Change,
    Held,
    Movement,
    Roster,
    book_changes,
    fund_changes,
    unit_accounts,
)
from ledger.rules.law import Judged, Judgement
from ledger.rules.semantics import Deadline, Ratio, days_after, less_than, share_of
from ledger.state import Slice, State

UNITS_MIN = 5  # privacy.md: of fewer, nothing is said that would be about one of them
RAISING = 6  # of the nine matters: raising the maintenance fund, which is special (VOTE-04, VOTE-05)
ASKERS: tuple[Role, ...] = ("secretary", "chair")
ShareText = Annotated[str, Meta(pattern="^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$", description='A share: "50/100"')]
DayCount = Annotated[int, Meta(ge=1, le=3650, description="A number of days")]


# -- what can have happened ------------------------------------------------------------------------


class TopUpStarted(Event, frozen=True, kw_only=True):
    """The owners of a scope are to pay: every unit up to a share of its first deposit (FUND-29).

    `total_fen` over `units` that are short, by `books` unless a book has but few of them; what one unit owes
    is its own business and follows from its account. Withheld: the digest of who owes what, which by itself
    would tell it to whoever tries all units. `triggered_on`: since when the balance has been below the limit
    of FUND-28.
    """

    kind: ClassVar[str] = "top-up.started"
    withheld: ClassVar[frozenset[str]] = frozenset({"asked_digest"})

    top_up: Id
    scope: Scope
    to_share: Line
    total_fen: Fen
    units: Count
    books: tuple[BookShare, ...]
    asked_digest: Commitment
    pay_days: Count
    triggered_on: Day | None = None
    decision: Id | None = None

    def tags(self) -> tuple[str, ...]:
        decided = () if self.decision is None else (f"decision:{self.decision}",)
        return f"top-up:{self.top_up}", *decided


class TopUpNoticesDelivered(Event, frozen=True, kw_only=True):
    """Owners received the bank's payment notices on a day; those pay by `pay_by` (FUND-29).

    `pay_by_rolled`: where that is no working day, the next one (SEM-06); none while those are not announced.
    """

    kind: ClassVar[str] = "top-up-notices.delivered"

    top_up: Id
    delivered_on: Day
    notices: Count
    pay_by: Day
    pay_by_rolled: Day | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"top-up:{self.top_up}",)


# -- what must be known ----------------------------------------------------------------------------


class TopUp(State):
    """One round of payments asked of the owners."""

    subject = "top-up"
    started: TopUpStarted | None = None
    started_on: date | None = None
    notices = 0

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case TopUpStarted() as started:
                self.started, self.started_on = started, recorded.occurred_on
            case TopUpNoticesDelivered(notices=notices):
                self.notices += notices


def below_since(changes: Iterable[Change], limit: Ratio) -> date | None:
    """Since which day a balance has been below a share of its first deposit; none if it is not (FUND-28)."""
    held, since = Held(), None
    for change in changes:
        held = held.plus(change.fen, change.first_deposit_fen)
        if not less_than(held.balance_fen, held.first_deposit_fen, limit):
            since = None
        elif since is None:
            since = change.on
    return since


def asked_of(accounts: Mapping[str, Held], share: Ratio) -> dict[str, int]:
    """What brings every unit that is short up to a share of its first deposit, half a fen upwards."""
    short = {
        unit: share_of(held.first_deposit_fen, share) - held.balance_fen for unit, held in accounts.items()
    }
    return {unit: fen for unit, fen in short.items() if fen > 0 and accounts[unit].first_deposit_fen > 0}


class Terms(NamedTuple):
    """What is asked: up to which share, within how many days, and since when the balance is too low."""

    share: Ratio
    pay_days: int
    triggered_on: date | None


# -- what may be asked -----------------------------------------------------------------------------


class StartTopUp(Command, frozen=True, kw_only=True):
    """Have the bank ask the owners of a scope to top the fund up.

    By a `decision` of the owners, which says up to what share and within how many days; or without one by
    FUND-29, 90 days after the trigger.
    """

    name: ClassVar[str] = "start-top-up"
    roles: ClassVar[tuple[Role, ...]] = ASKERS

    top_up: Id
    scope: Scope | None = None
    decision: Id | None = None
    to_share: ShareText | None = None
    pay_days: DayCount | None = None

    def query(self) -> tuple[Slice, ...]:
        known = TopUp.of(self.top_up), UnitAccounts.of(FUND), Register.of(), Rules.of()
        return known if self.decision is None else (*known, Decision.of(self.decision))

    def discloses(self, _: TopUp, units: UnitAccounts, *__: State) -> Iterable[str]:
        return [noted.sealed for noted in units.apart if noted.sealed]

    def decide(
        self,
        by: Actor,
        top_up: TopUp,
        units: UnitAccounts,
        register: Register,
        rules: Rules,
        decision: Decision | None = None,
    ) -> Judged:
        judge, scope = rules.judge(self), self.scope or WHOLE
        if top_up.started is not None:
            raise Refused("top-up.already-started", top_up=self.top_up)
        units.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        roster, movements = register.roster(), units.movements(by.disclosed, until=self.legal_date)
        terms = (
            self._decided(judge, decision, scope)
            if decision is not None
            else self._by_law(judge, scope, roster, movements)
        )
        accounts = unit_accounts(roster, movements)
        inside = {unit: accounts[unit] for unit, place in roster.places.items() if place.is_in(scope)}
        asked = asked_of(inside, terms.share)
        if not asked:
            raise Refused("top-up.nothing-to-ask", scope=scope.name, to_share=str(terms.share))
        return judge.of(
            TopUpStarted(
                top_up=self.top_up,
                scope=scope,
                to_share=str(terms.share),
                total_fen=sum(asked.values()),
                units=len(asked),
                books=_of_many(by_book(register, asked)),
                asked_digest=Personal.of(f"top-up/{self.top_up}", digest_of(asked)),
                pay_days=terms.pay_days,
                triggered_on=terms.triggered_on,
                decision=self.decision,
            )
        )

    def _decided(self, judge: Judgement, decision: Decision, scope: Scope) -> Terms:
        """As the owners decided: share and days are theirs, else those of FUND-29."""
        if not decision.is_passed_vote:
            raise Refused("top-up.not-decided-by-the-owners", rules=("FUND-29",), decision=self.decision)
        judge.require(
            _raises(decision, scope),
            "top-up.not-what-was-decided",
            rules=("VOTE-04", "VOTE-01"),
            decision=self.decision,
            scope=scope.name,
        )
        try:
            share = Ratio.of(self.to_share) if self.to_share else judge.law.share("FUND-29", "to_share")
        except ValueError:
            raise Refused("top-up.share-above-the-whole", to_share=self.to_share) from None
        return Terms(share, self.pay_days or judge.law.number("FUND-29", "pay_days_max"), None)

    def _by_law(self, judge: Judgement, scope: Scope, roster: Roster, movements: Sequence[Movement]) -> Terms:
        """As FUND-29 has it where the owners did not decide. Errors: `Refused` before its time."""
        if self.to_share is not None or self.pay_days is not None:
            raise Refused("top-up.terms-need-a-decision", rules=("FUND-29",))
        changes = (
            fund_changes(movements)
            if scope.kind == "whole"
            else book_changes(roster, movements).get(scope.name, [])
        )
        since = below_since(changes, judge.law.share("FUND-28", "share_below"))
        if since is None:
            raise Refused("top-up.not-below-the-limit", rules=("FUND-28",), scope=scope.name)
        undecided_until = days_after(since, judge.law.number("FUND-29", "decide_days_max"))
        judge.require(
            self.legal_date > undecided_until,
            "top-up.owners-may-still-decide",
            rules=("FUND-29",),
            triggered_on=since,
            until=undecided_until,
        )
        share, days = judge.law.share("FUND-29", "to_share"), judge.law.number("FUND-29", "pay_days_max")
        return Terms(share, days, since)


def _of_many(books: tuple[BookShare, ...]) -> tuple[BookShare, ...]:
    """None of them where one is about few units: it could be told from the others and the sum, too."""
    return books if all(book.units >= UNITS_MIN for book in books) else ()


def _raises(decision: Decision, scope: Scope) -> bool:
    """Whether the owners of this part, or of all, voted on raising the fund."""
    vote = decision.vote
    return vote is not None and vote.matter == RAISING and (vote.scope or Scope()) in (Scope(), scope)


class DeliverTopUpNotices(Command, frozen=True, kw_only=True):
    """Record that owners received the bank's payment notices; their days to pay run from then."""

    name: ClassVar[str] = "deliver-top-up-notices"
    roles: ClassVar[tuple[Role, ...]] = ASKERS
    already_happened: ClassVar[bool] = True

    top_up: Id
    delivered_on: Day
    notices: Annotated[int, Meta(ge=1, le=100_000, description="How many owners received one that day")]

    def happened_on(self) -> Day:
        return self.delivered_on

    def query(self) -> tuple[Slice, ...]:
        return (TopUp.of(self.top_up),)

    def decide(self, by: Actor, top_up: TopUp) -> TopUpNoticesDelivered:  # noqa: ARG002
        started = top_up.started
        if started is None or top_up.started_on is None:
            raise Refused("top-up.unknown", top_up=self.top_up)
        if self.delivered_on < top_up.started_on:
            raise Refused("top-up.delivered-before-it-started", started_on=top_up.started_on)
        if top_up.notices + self.notices > started.units:
            raise Refused("top-up.more-notices-than-units", units=started.units, delivered=top_up.notices)
        due = Deadline.days_after(self.delivered_on, started.pay_days)
        return TopUpNoticesDelivered(
            top_up=self.top_up,
            delivered_on=self.delivered_on,
            notices=self.notices,
            pay_by=due.due_on,
            pay_by_rolled=due.due_rolled_on,
        )
