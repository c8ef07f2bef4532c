"""The books beside the bank's own statement, every month: what differs is shown until it is explained."""

from collections import defaultdict
from datetime import date
from typing import ClassVar

from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, FenOrZero, Fund, Line, SignedFen
from ledger.money import accounts
from ledger.rules.law import Judged
from ledger.state import Slice, State

MONTHS_OF_A_YEAR = 12


class BankReconciled(Event, frozen=True, kw_only=True):
    """What the bank held at the end of a day, beside what the books knew of that day (FUND-34).

    `difference_fen` = bank - book: money the books cannot explain, or miss.
    """

    kind: ClassVar[str] = "bank.reconciled"

    fund: Fund
    on: Day
    bank_balance_fen: FenOrZero
    book_balance_fen: SignedFen
    difference_fen: SignedFen
    statement: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)


class BankBook(State):
    """What the books say the bank holds of a fund, at the end of any day, and when they last met the bank."""

    subject = "fund"
    reconciled_on: date | None = None

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self._moved: defaultdict[date, int] = defaultdict(int)

    def evolve(self, recorded: Recorded[Event]) -> None:
        for account, fen in recorded.envelope.postings:
            if accounts.fund_of_bank(account) == self.identity:
                self._moved[recorded.occurred_on] += fen
        if isinstance(recorded.data, BankReconciled):
            self.reconciled_on = recorded.data.on  # never an earlier day than before

    def balance_on(self, day: date) -> int:
        """Fen at the end of a day, by legal dates, as known now."""
        return sum(fen for moved_on, fen in self._moved.items() if moved_on <= day)


class ReconcileBank(Command, frozen=True, kw_only=True):
    """Record the balance on the bank's statement at the end of a day; the books say what they know of it.

    `statement`: its number at the bank, or the SHA-256 of the file.
    """

    name: ClassVar[str] = "reconcile-bank"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    fund: Fund
    on: Day
    bank_balance_fen: FenOrZero
    statement: Line | None = None

    def happened_on(self) -> Day:
        return self.on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(self.fund), BankBook.of(self.fund), Rules.of()

    def decide(self, by: Actor, book: FundBook, bank: BankBook, rules: Rules) -> Judged:  # noqa: ARG002
        book.must_be_open(self.on)
        last = bank.reconciled_on or book.opened_on
        if last is not None and self.on < last:
            raise Refused("bank-reconciliation.before-the-last", fund=self.fund, reconciled_on=last)
        judge = rules.judge(self)
        if last is not None and judge.law.is_in_force("FUND-34"):
            in_a_year = judge.law.number("FUND-34", "yearly_count_min")
            judge.require(
                _months_between(last, self.on) * in_a_year <= MONTHS_OF_A_YEAR,
                "bank-reconciliation.month-left-out",
                rules=("FUND-34",),
                reconciled_on=last,
            )
        known = bank.balance_on(self.on)
        return judge.of(
            BankReconciled(
                fund=self.fund,
                on=self.on,
                bank_balance_fen=self.bank_balance_fen,
                book_balance_fen=known,
                difference_fen=self.bank_balance_fen - known,
                statement=self.statement,
            )
        )


def _months_between(first: date, last: date) -> int:
    """How many months of the calendar lie from one day's month to another's."""
    return (last.year - first.year) * 12 + last.month - first.month
