"""What becomes of a quarter's net: moved out of the firm's account, its share into the fund (REV-05, REV-10).

The books hold one bank account for public revenue; the firm's supervised account and the assembly's own are
both it. So net moved from one to the other is a dated statement, while the share for the fund moves money.
"""

from collections import defaultdict
from typing import ClassVar

from ledger.actions.community import Register
from ledger.actions.decision import check_scope
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import BOOKKEEPERS, FundBook, FundInterestRecorded
from ledger.actions.public_revenue import FUND, RECORDERS
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Fen, Line, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, postings
from ledger.rules.law import Judged, Judgement
from ledger.rules.public_revenue import Quarter, last_day_of, least_above, net_due_on, quarter_of
from ledger.rules.semantics import Ratio, more_than, share_of
from ledger.state import Slice, State

TO_FUND = "to-fund"


# -- what can have happened ------------------------------------------------------------------------


class RevenueToFundTransferred(Event, frozen=True, kw_only=True):
    """Part of a quarter's net left the public revenue and came into the maintenance fund (REV-10)."""

    kind: ClassVar[str] = "revenue-to-fund.transferred"

    quarter: Quarter
    amount_fen: Fen
    transferred_on: Day
    scope: Scope | None = None
    voucher: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return f"fund:{FUND}", "fund:maintenance"

    def postings(self) -> Postings:
        return postings(
            (accounts.bank("maintenance"), self.amount_fen),
            (accounts.equity("maintenance", self.scope), -self.amount_fen),
            (accounts.bank(FUND), -self.amount_fen),
            (accounts.use(FUND, TO_FUND, self.scope), self.amount_fen),
        )


class NetRevenueMoved(Event, frozen=True, kw_only=True):
    """The firm moved a quarter's net from its supervised account to the assembly's (REV-05)."""

    kind: ClassVar[str] = "net-revenue.moved"

    quarter: Quarter
    amount_fen: Fen
    moved_on: Day
    voucher: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{FUND}",)


# -- what must be known ----------------------------------------------------------------------------


class RevenueBook(State):
    """The net of every quarter by whose it is, and what of it went to the fund."""

    subject = "fund"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self._net: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._interest: set[int] = set()  # records
        self._transferred: dict[int, RevenueToFundTransferred] = {}
        self._recognised: dict[int, str] = {}  # the quarter in which what a record recognised had come

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RevenueToFundTransferred() as transferred:
                self._transferred[recorded.number] = transferred
            case EntryReversed(number=number) if number in self._transferred:
                del self._transferred[number]
            case EntryReversed(number=number) if number in self._recognised:
                self._add(self._recognised.pop(number), recorded)
            case EntryClassified(seen_on=seen_on):  # it was revenue on the day it came
                quarter = self._recognised[recorded.number] = quarter_of(seen_on)
                self._add(quarter, recorded)
            case _:
                self._add(quarter_of(recorded.occurred_on), recorded)

    def _add(self, quarter: str, recorded: Recorded[Event]) -> None:
        event, number = recorded.data, recorded.number
        if isinstance(event, EntryReversed):
            number = event.number
        elif is_interest(event):
            self._interest.add(number)
        for scope, fen in net_changes(event, of_interest=number in self._interest):
            self._net[quarter, scope] += fen

    def net_fen(self, quarter: str, scope: Scope | None) -> int:
        """Gross less costs of a quarter, by the day it came or went."""
        return self._net[quarter, (scope or Scope()).name]

    def transferred_fen(self, quarter: str, scope: Scope | None) -> int:
        """What of that went to the fund."""
        return sum(
            one.amount_fen
            for one in self._transferred.values()
            if one.quarter == quarter and (one.scope or Scope()) == (scope or Scope())
        )


def net_changes(event: Event, *, of_interest: bool) -> list[tuple[str, int]]:
    """What an event adds to the net of its quarter, by whose it is: gross, costs, interest (REV-03).

    What the bank pays on the account is of all, whichever book it was entered in.
    """
    found = []
    for account, fen in event.postings():
        first, _, rest = account.partition("/")
        if first in ("income", "cost"):
            found.append((rest.partition("/")[2] or Scope().name, -fen))
        elif first == "fund" and of_interest:
            found.append((Scope().name, -fen))
    return found


def is_interest(event: Event) -> bool:
    """Whether the bank paid this, known at once or recognised later."""
    return isinstance(event, FundInterestRecorded) or (
        isinstance(event, EntryClassified) and event.became == "interest"
    )


# -- what may be asked -----------------------------------------------------------------------------


class TransferRevenueToFund(Command, frozen=True, kw_only=True):
    """Record that part of a quarter's net was paid into the maintenance fund; several payments add up."""

    name: ClassVar[str] = "transfer-revenue-to-fund"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    quarter: Quarter
    amount_fen: Fen
    transferred_on: Day
    scope: Scope | None = None
    voucher: Line | None = None

    def happened_on(self) -> Day:
        return self.transferred_on

    def query(self) -> tuple[Slice, ...]:
        books = FundBook.of(FUND), FundBook.of("maintenance"), RevenueBook.of(FUND)
        return (*books, Register.of(), Rules.of())

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        book: FundBook,
        maintenance: FundBook,
        revenue: RevenueBook,
        register: Register,
        rules: Rules,
    ) -> Judged:
        book.must_be_open(self.legal_date)
        maintenance.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        must_be_over(self.quarter, self)
        book.must_afford(self.amount_fen)
        judge = rules.judge(self)
        net_fen = revenue.net_fen(self.quarter, self.scope)
        check_share(judge, net_fen, revenue.transferred_fen(self.quarter, self.scope) + self.amount_fen)
        return judge.of(
            RevenueToFundTransferred(
                quarter=self.quarter,
                amount_fen=self.amount_fen,
                transferred_on=self.transferred_on,
                scope=self.scope,
                voucher=self.voucher,
            )
        )


class RecordNetRevenueMoved(Command, frozen=True, kw_only=True):
    """Record that the firm moved a quarter's net to the assembly's account, and when."""

    name: ClassVar[str] = "record-net-revenue-moved"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS
    already_happened: ClassVar[bool] = True

    quarter: Quarter
    amount_fen: Fen
    moved_on: Day
    voucher: Line | None = None

    def happened_on(self) -> Day:
        return self.moved_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(FUND), Rules.of()

    def decide(self, by: Actor, book: FundBook, rules: Rules) -> Judged:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        must_be_over(self.quarter, self)
        judge = rules.judge(self)
        if judge.law.is_in_force("REV-05"):
            due_on = net_due_on(self.quarter, judge.law.number("REV-05", "months_max"))
            judge.require(self.moved_on <= due_on, "net-revenue.late", rules=("REV-05",), due_on=due_on)
        return judge.of(
            NetRevenueMoved(
                quarter=self.quarter,
                amount_fen=self.amount_fen,
                moved_on=self.moved_on,
                voucher=self.voucher,
            )
        )


def must_be_over(quarter: str, command: Command) -> None:
    """Refuse to share out what is not yet known."""
    if command.legal_date <= (last := last_day_of(quarter)):
        raise Refused("revenue-to-fund.quarter-not-over", quarter=quarter, ends_on=last)


def check_share(judge: Judgement, net_fen: int, to_fund_fen: int) -> None:
    """Require what REV-10 does once the covenant has public revenue replenish the fund.

    More than half of the net, whatever was agreed; and not less than was agreed.
    """
    agreed = judge.law.term("REV-10", "to_fund_share")
    if not isinstance(agreed, Ratio) or net_fen <= 0 or not judge.law.is_in_force("REV-10"):
        return
    least = judge.law.share("REV-10", "share_over")
    judge.require(
        agreed.is_above(least), "revenue-to-fund.share-agreed-too-low", rules=("REV-10",), agreed=str(agreed)
    )
    judge.require(
        more_than(to_fund_fen, net_fen, least),
        "revenue-to-fund.not-above-half",
        rules=("REV-10",),
        least_fen=least_above(net_fen, least),
    )
    judge.require(
        to_fund_fen >= share_of(net_fen, agreed),
        "revenue-to-fund.less-than-agreed",
        rules=("REV-10",),
        agreed_fen=share_of(net_fen, agreed),
    )
