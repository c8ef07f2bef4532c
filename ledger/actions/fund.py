"""The three funds, never mixed (FUND-05): opened with what the bank holds, fed by deposits and interest."""

from datetime import date
from typing import ClassVar

from ledger.actions.community import Register
from ledger.actions.decision import check_scope
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Fen, FenOrZero, Fund, Line, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.state import Slice, State

BOOKKEEPERS: tuple[Role, ...] = ("treasurer", "bookkeeper", "secretary")


class FundOpened(Event, frozen=True, kw_only=True):
    """A fund's bank account enters the books with its balance (FUND-04, FUND-05)."""

    kind: ClassVar[str] = "fund.opened"

    fund: Fund
    opened_on: Day
    opening_fen: FenOrZero
    bank: Line
    account_tail: Line
    first_deposit_fen: FenOrZero | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)

    def postings(self) -> Postings:
        if self.opening_fen == 0:
            return ()
        return transfer(self.opening_fen, source=accounts.equity(self.fund), target=accounts.bank(self.fund))


class FundDepositRecorded(Event, frozen=True, kw_only=True):
    """Money came into a fund: first deposits, top-ups, transfers from outside (FUND-02, FUND-29)."""

    kind: ClassVar[str] = "fund-deposit.recorded"

    fund: Fund
    amount_fen: Fen
    received_on: Day
    origin: Line | None = None
    scope: Scope | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)

    def postings(self) -> Postings:
        return transfer(
            self.amount_fen, source=accounts.equity(self.fund, self.scope), target=accounts.bank(self.fund)
        )


class FundInterestRecorded(Event, frozen=True, kw_only=True):
    """The bank paid interest; it belongs to the fund (FUND-25)."""

    kind: ClassVar[str] = "fund-interest.recorded"

    fund: Fund
    amount_fen: Fen
    received_on: Day
    scope: Scope | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)

    def postings(self) -> Postings:
        return transfer(
            self.amount_fen, source=accounts.equity(self.fund, self.scope), target=accounts.bank(self.fund)
        )


class FundBook(State):
    """One fund: what the bank holds, and what of it is not promised by an approved payment."""

    subject = "fund"
    opened_on: date | None = None
    balance_fen = 0
    available_fen = 0

    def evolve(self, recorded: Recorded[Event]) -> None:
        limits = recorded.data.limits()
        self.balance_fen += limits.get(f"bank/{self.identity}", 0)
        self.available_fen += limits.get(f"available/{self.identity}", 0)
        if isinstance(recorded.data, FundOpened):
            self.opened_on = recorded.data.opened_on

    @property
    def is_open(self) -> bool:
        """Whether the fund has an account in these books."""
        return self.opened_on is not None

    def must_be_open(self, day: date) -> None:
        """Refuse to touch a fund that has no account in these books, or had none on that day.

        What came before is in its opening balance already.
        """
        if self.opened_on is None:
            raise Refused("fund.not-open", fund=self.identity)
        if day < self.opened_on:
            raise Refused("fund.not-yet-open", fund=self.identity, opened_on=self.opened_on)

    def must_afford(self, fen: int) -> None:
        """Refuse what would take more than is there and not yet promised."""
        if fen > self.available_fen:
            raise Refused(
                "fund.insufficient", fund=self.identity, available_fen=self.available_fen, amount_fen=fen
            )


class OpenFund(Command, frozen=True, kw_only=True):
    """Enter a fund's bank account and its opening balance."""

    name: ClassVar[str] = "open-fund"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    fund: Fund
    opened_on: Day
    opening_fen: FenOrZero
    bank: Line
    account_tail: Line
    first_deposit_fen: FenOrZero | None = None

    def happened_on(self) -> Day:
        return self.opened_on

    def query(self) -> tuple[Slice, ...]:
        return (FundBook.of(self.fund),)

    def decide(self, by: Actor, book: FundBook) -> FundOpened:  # noqa: ARG002
        if book.is_open:
            raise Refused("fund.already-open", fund=self.fund)
        tail = self.account_tail
        if not (len(tail) <= 4 and tail.isascii() and tail.isdecimal()):
            raise Refused("fund.account-tail")  # privacy.md: bank and last 4 digits, no more
        return FundOpened(
            fund=self.fund,
            opened_on=self.opened_on,
            opening_fen=self.opening_fen,
            bank=self.bank,
            account_tail=self.account_tail,
            first_deposit_fen=self.first_deposit_fen,
        )


class RecordFundDeposit(Command, frozen=True, kw_only=True):
    """Record money that came into a fund; `origin` says from where, never naming a private person."""

    name: ClassVar[str] = "record-fund-deposit"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    fund: Fund
    amount_fen: Fen
    received_on: Day
    origin: Line | None = None
    scope: Scope | None = None

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(self.fund), Register.of()

    def decide(self, by: Actor, book: FundBook, register: Register) -> FundDepositRecorded:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        return FundDepositRecorded(
            fund=self.fund,
            amount_fen=self.amount_fen,
            received_on=self.received_on,
            origin=self.origin,
            scope=self.scope,
        )


class RecordFundInterest(Command, frozen=True, kw_only=True):
    """Record interest the bank paid into a fund."""

    name: ClassVar[str] = "record-fund-interest"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    fund: Fund
    amount_fen: Fen
    received_on: Day
    scope: Scope | None = None

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(self.fund), Register.of()

    def decide(self, by: Actor, book: FundBook, register: Register) -> FundInterestRecorded:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        return FundInterestRecorded(
            fund=self.fund, amount_fen=self.amount_fen, received_on=self.received_on, scope=self.scope
        )
