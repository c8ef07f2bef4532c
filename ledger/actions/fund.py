"""The three funds, never mixed (FUND-05): opened with what the bank holds, fed by deposits and interest."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.actions.community import Register
from ledger.actions.decision import check_scope
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, Fen, FenOrZero, Fund, Id, Line, Method, Part, Personal, Scope
from ledger.money import accounts
from ledger.money.postings import Postings, postings, transfer
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice, State

BOOKKEEPERS: tuple[Role, ...] = ("treasurer", "bookkeeper", "secretary")
Nature = Literal["first-deposit", "top-up", "interest", "revenue", "scrap", "other"]  # FUND-02, FUND-25
OF_UNITS: tuple[Nature, ...] = ("first-deposit", "top-up")  # what every owner pays for a unit


class Opening(Part, frozen=True, kw_only=True):
    """What one book of the fund held when these books began, and the first deposit it is measured by."""

    scope: Scope
    balance_fen: FenOrZero
    first_deposit_fen: FenOrZero | None = None


Openings = Annotated[tuple[Opening, ...], Meta(max_length=300)]  # an event is at most 64 KB


class FundOpened(Event, frozen=True, kw_only=True):
    """A fund's bank account enters the books with its balance (FUND-04, FUND-05)."""

    kind: ClassVar[str] = "fund.opened"

    fund: Fund
    opened_on: Day
    opening_fen: FenOrZero
    bank: Line
    account_tail: Line
    first_deposit_fen: FenOrZero | None = None
    openings: Openings = ()

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{self.fund}",)

    def postings(self) -> Postings:
        owed: dict[str, int] = {}
        for opening in self.openings or (Opening(scope=Scope(), balance_fen=self.opening_fen),):
            account = accounts.equity(self.fund, opening.scope)
            owed[account] = owed.get(account, 0) + opening.balance_fen
        entries = [(account, -fen) for account, fen in owed.items() if fen]
        return postings(*entries, (accounts.bank(self.fund), sum(owed.values()))) if entries else ()


class FundDepositRecorded(Event, frozen=True, kw_only=True):
    """Money came into a fund: first deposits, top-ups, transfers from outside (FUND-02, FUND-25, FUND-29).

    Withheld: the unit it was paid for. It stands in the book of the unit's door number or building.
    """

    kind: ClassVar[str] = "fund-deposit.recorded"
    withheld: ClassVar[frozenset[str]] = frozenset({"unit"})

    fund: Fund
    amount_fen: Fen
    received_on: Day
    origin: Line | None = None
    scope: Scope | None = None
    nature: Nature | None = None
    unit: Commitment | None = None
    method: Method | None = None

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
        if limits := recorded.data.limits():
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
    openings: Openings = ()

    def happened_on(self) -> Day:
        return self.opened_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(self.fund), Register.of(), Rules.of()

    def decide(self, by: Actor, book: FundBook, register: Register, rules: Rules) -> Judged:  # noqa: ARG002
        if book.is_open:
            raise Refused("fund.already-open", fund=self.fund)
        tail = self.account_tail
        if not (len(tail) <= 4 and tail.isascii() and tail.isdecimal()):
            raise Refused("fund.account-tail")  # privacy.md: bank and last 4 digits, no more
        judge = rules.judge(self)
        first_deposit_fen = self._first_deposit(judge, register)
        return judge.of(
            FundOpened(
                fund=self.fund,
                opened_on=self.opened_on,
                opening_fen=self.opening_fen,
                bank=self.bank,
                account_tail=self.account_tail,
                first_deposit_fen=first_deposit_fen,
                openings=self.openings,
            )
        )

    def _first_deposit(self, judge: Judgement, register: Register) -> int | None:
        """What was first deposited, once the balances per book add up to what the bank holds."""
        if not self.openings:
            return self.first_deposit_fen
        if self.fund != "maintenance":
            raise Refused("fund.books-only-of-maintenance", fund=self.fund)
        names = [opening.scope.name for opening in self.openings]
        if len(set(names)) != len(names):
            raise Refused("fund.opening-twice")
        for opening in self.openings:
            check_scope(opening.scope, register)
            require_book_per_door(judge, opening.scope, register)
        _must_add_up("opening_fen", self.opening_fen, (one.balance_fen for one in self.openings))
        first = [one.first_deposit_fen for one in self.openings if one.first_deposit_fen is not None]
        if first and self.first_deposit_fen is not None:
            _must_add_up("first_deposit_fen", self.first_deposit_fen, first)
        return sum(first) if first else self.first_deposit_fen


def _must_add_up(name: str, total_fen: int, parts: Iterable[int]) -> None:
    if (parts_fen := sum(parts)) != total_fen:
        raise Refused("fund.openings-differ", field=name, total_fen=total_fen, parts_fen=parts_fen)


def require_book_per_door(judge: Judgement, scope: Scope | None, register: Register) -> None:
    """Books are per door number where a building has several (FUND-04)."""
    several = (
        scope is not None and scope.kind == "building" and len(register.doors.get(scope.id or "", ())) > 1
    )
    judge.require(not several, "fund.book-per-door", rules=("FUND-04",), building=scope.id if scope else None)


class RecordFundDeposit(Command, frozen=True, kw_only=True):
    """Record money that came into a fund; `origin` says from where, never naming a private person.

    `unit`: the one unit it was paid for, withheld; else `scope`, whose book it goes to.
    """

    name: ClassVar[str] = "record-fund-deposit"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS
    already_happened: ClassVar[bool] = True

    fund: Fund
    amount_fen: Fen
    received_on: Day
    origin: Line | None = None
    scope: Scope | None = None
    nature: Nature | None = None
    unit: Id | None = None
    method: Method | None = None

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        return FundBook.of(self.fund), Register.of(), Rules.of()

    def decide(self, by: Actor, book: FundBook, register: Register, rules: Rules) -> Judged:  # noqa: ARG002
        judge = rules.judge(self)
        book.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        scope = self.scope if self.unit is None else self._book_of_unit(register)
        if self.nature in OF_UNITS:
            if self.fund != "maintenance":
                raise Refused("fund-deposit.only-into-maintenance", fund=self.fund, nature=self.nature)
            require_book_per_door(judge, scope, register)
        return judge.of(
            FundDepositRecorded(
                fund=self.fund,
                amount_fen=self.amount_fen,
                received_on=self.received_on,
                origin=self.origin,
                scope=scope,
                nature=self.nature,
                unit=Personal.of(f"unit/{self.unit}", self.unit) if self.unit else None,
                method=self.method,
            )
        )

    def _book_of_unit(self, register: Register) -> Scope:
        if self.fund != "maintenance":
            raise Refused("fund.books-only-of-maintenance", fund=self.fund)
        if self.scope is not None:
            raise Refused("fund-deposit.unit-and-scope")
        return register.book_of(self.unit or "")


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
