"""The maintenance fund per unit: what its books hold is divided by floor area (FUND-04, FUND-21, FUND-24).

An event says how much was divided over which scope, and the digest of the shares; the shares themselves are
computed again from the register as it stood at that record.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal, NamedTuple

import msgspec

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.community import Register
from ledger.actions.decision import check_scope
from ledger.actions.entry import EntryReversed
from ledger.actions.fund import BOOKKEEPERS, FundBook, FundDepositRecorded, FundOpened
from ledger.actions.repair_project import ProjectApportioned
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Count, Day, Fen, FenOrZero, Id, Part, Scope, Sha256
from ledger.money.apportionment import apportion, published
from ledger.money.unit_accounts import Movement
from ledger.rules.law import Judged, Judgement
from ledger.rules.semantics import months_after
from ledger.state import Slice

FUND = "maintenance"
Divided = Literal["opening", "deposit", "interest", "revenue", "cost"]
Way = Literal["in", "out", "first"]
NamesOf = Callable[[Iterable[str]], Mapping[str, str]]  # units by commitment, as far as they may be known
WHOLE = Scope()


# -- what can have happened ------------------------------------------------------------------------


class BookShare(Part, frozen=True, kw_only=True):
    """What of a sum fell to one door number or building, over how many units (FUND-33)."""

    book: Id
    fen: FenOrZero
    units: Count


class FundApportioned(Event, frozen=True, kw_only=True):
    """Money a book of the fund holds (or, `cost`, has spent) was divided among its units (FUND-21, FUND-24).

    `fen_per_m2` is rounded to a whole fen for reading only; `shares_digest` is what the shares must come to.
    `first_deposit_fen`: what was first deposited for these units, divided in the same way.
    """

    kind: ClassVar[str] = "fund.apportioned"

    what: Divided
    scope: Scope
    total_fen: FenOrZero
    area: Area
    units: Count
    fen_per_m2: FenOrZero
    remainder_units: Count
    shares_digest: Sha256
    books: tuple[BookShare, ...]
    first_deposit_fen: FenOrZero | None = None
    starts_on: Day | None = msgspec.field(name="from", default=None)
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{FUND}",)


# -- how events move the accounts of units ---------------------------------------------------------


class Noted(NamedTuple):
    """A movement of the fund; `sealed`: the commitment of the unit it is of, if it is of one."""

    movement: Movement
    sealed: str | None = None

    @property
    def way(self) -> Way:
        """Whether it is about what a book took in or about what it spent."""
        return "in" if self.movement.fen > 0 else "out"

    def undone(self, on: date) -> "Noted":
        """Its opposite, once it was reversed: divided by the register as it stood then, to the same fen."""
        fen, first = self.movement.fen, self.movement.first_deposit_fen
        return Noted(self.movement._replace(on=on, fen=-fen, first_deposit_fen=-first), self.sealed)


REVERSIBLE = (FundOpened, FundDepositRecorded, FundApportioned, ProjectApportioned)


def scope_of_book(name: str) -> Scope:
    """The scope of `whole`, `building-3`, `door-12`."""
    kind, _, identity = name.partition("-")
    return msgspec.convert({"kind": kind, "id": identity or None}, Scope)


def moved(recorded: Recorded[Event]) -> list[Noted]:
    """What an event moves in the accounts of the maintenance fund, by scope; reversals are for the caller."""
    number, on, event = recorded.number, recorded.occurred_on, recorded.data
    match event:
        case FundApportioned(what=what, scope=scope, total_fen=fen, first_deposit_fen=first):
            signed = -fen if what == "cost" else fen
            return [Noted(Movement(number, on, scope, signed, first or 0, divides=True))]
        case ProjectApportioned(scope=scope, total_fen=fen):
            return [Noted(Movement(number, on, scope, -fen, divides=True))]
        case FundOpened(fund="maintenance", openings=openings) if openings:
            return [
                Noted(Movement(number, on, one.scope, one.balance_fen, one.first_deposit_fen or 0))
                for one in openings
            ]
        case FundOpened(fund="maintenance", opening_fen=fen, first_deposit_fen=first):
            return [Noted(Movement(number, on, WHOLE, fen, first or 0))]
        case FundDepositRecorded(fund="maintenance", amount_fen=fen, unit=unit) as deposit:
            first = fen if deposit.nature == "first-deposit" else 0
            movement = Movement(number, on, deposit.scope or WHOLE, fen, first)
            return [Noted(movement, unit.digest if unit else None)]
    return [
        Noted(Movement(number, on, scope_of_book(account.rpartition("/")[2]), -fen))
        for account, fen in recorded.envelope.postings
        if account.startswith(f"fund/{FUND}/")
    ]


def named(noted: Sequence[Noted], names_of: NamesOf) -> Iterator[Movement]:
    """The movements with the units behind their commitments, where those may be known."""
    units = names_of([sealed for _, sealed in noted if sealed])
    for movement, sealed in noted:
        yield movement._replace(unit=units.get(sealed)) if sealed else movement


# -- what must be known ----------------------------------------------------------------------------


class UnitAccounts(FundBook):
    """The maintenance fund by book, and what of every book is not divided among its units yet."""

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.apart: list[Noted] = []  # of one unit, dividing, or with first deposits
        self._sums: defaultdict[tuple[str, date], int] = defaultdict(int)  # all else, by book and day
        self._reversible: dict[int, list[Noted]] = {}  # deposits, and what was divided
        self._undivided: defaultdict[tuple[str, Way], int] = defaultdict(int)

    def evolve(self, recorded: Recorded[Event]) -> None:
        super().evolve(recorded)
        # what a repair cost is divided at once, with its project: no routine cost of a quarter (FUND-24)
        routine = recorded.about("project") is None
        match recorded.data:
            case EntryReversed(number=number) | ApportionmentReversed(number=number) if (
                number in self._reversible
            ):
                for noted in self._reversible[number]:
                    self._take(noted.undone(recorded.occurred_on), noted.way, routine=routine)
            case EntryReversed():
                for noted in moved(recorded):
                    self._take(noted, "out" if noted.movement.fen > 0 else "in", routine=routine)
            case event:
                found = moved(recorded)
                if isinstance(event, REVERSIBLE):
                    self._reversible[recorded.number] = found
                for noted in found:
                    self._take(noted, noted.way, routine=routine)

    def _take(self, noted: Noted, way: Way, *, routine: bool) -> None:
        movement = noted.movement
        book, sign = movement.scope.name, -1 if movement.divides else 1
        if noted.sealed is None and routine:
            self._undivided[book, way] += sign * movement.fen
            self._undivided[book, "first"] += sign * movement.first_deposit_fen
        if noted.sealed or movement.divides or movement.first_deposit_fen:
            self.apart.append(noted)
        else:
            self._sums[book, movement.on] += movement.fen

    def undivided(self, scope: Scope, way: Way) -> int:
        """Fen a book took in, routine costs, or first deposits, that no unit was given a share of yet."""
        fen = self._undivided[scope.name, way]
        return max(0, -fen if way == "out" else fen)

    def movements(self, units: Mapping[str, str], *, until: date) -> Sequence[Movement]:
        """All that moved up to a day, sums of a day for what is nobody's own; `units` by commitment."""
        sums = [Movement(0, on, scope_of_book(book), fen) for (book, on), fen in self._sums.items()]
        return [movement for movement in (*sums, *named(self.apart, lambda _: units)) if movement.on <= until]


# -- what may be asked -----------------------------------------------------------------------------


def by_book(register: Register, shares: Mapping[str, int]) -> tuple[BookShare, ...]:
    """The shares of units added up by door number or building."""
    books: defaultdict[str, list[int]] = defaultdict(list)
    for unit, fen in shares.items():
        books[register.book_of(unit).name].append(fen)
    return tuple(BookShare(book=book, fen=sum(books[book]), units=len(books[book])) for book in sorted(books))


class ApportionFund(Command, frozen=True, kw_only=True):
    """Divide money a book of the maintenance fund holds among its units, by floor area.

    `what`: the opening balance, a deposit, interest or revenue; `cost`: routine costs of a quarter.
    """

    name: ClassVar[str] = "apportion-fund"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    what: Divided
    amount_fen: Fen
    scope: Scope | None = None
    first_deposit_fen: FenOrZero | None = None
    starts_on: Day | None = msgspec.field(name="from", default=None)
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def query(self) -> tuple[Slice, ...]:
        return UnitAccounts.of(FUND), Register.of(), Rules.of()

    def decide(self, by: Actor, units: UnitAccounts, register: Register, rules: Rules) -> Judged:  # noqa: ARG002
        judge, scope = rules.judge(self), self.scope or WHOLE
        units.must_be_open(self.legal_date)
        check_scope(self.scope, register)
        self._check_amounts(units, scope)
        self._check_period(judge)
        areas = register.floor_areas(scope)
        if not areas:
            raise Refused("unit-account.no-units", scope=scope.name)
        split = apportion(self.amount_fen, areas)
        return judge.of(
            FundApportioned(
                what=self.what,
                scope=scope,
                total_fen=self.amount_fen,
                books=by_book(register, split.shares),
                **published(split, self.amount_fen, areas),
                first_deposit_fen=self.first_deposit_fen,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
            )
        )

    def _check_amounts(self, units: UnitAccounts, scope: Scope) -> None:
        undivided_fen = units.undivided(scope, "out" if self.what == "cost" else "in")
        if self.amount_fen > undivided_fen:
            raise Refused(
                "unit-account.more-than-undivided",
                scope=scope.name,
                undivided_fen=undivided_fen,
                amount_fen=self.amount_fen,
            )
        first_fen = units.undivided(scope, "first")
        if (self.first_deposit_fen or 0) > first_fen:
            raise Refused(
                "unit-account.more-first-deposit-than-undivided",
                scope=scope.name,
                undivided_fen=first_fen,
                amount_fen=self.first_deposit_fen,
            )

    def _check_period(self, judge: Judgement) -> None:
        """Routine costs are divided every quarter (FUND-24)."""
        if self.starts_on is None or self.ends_on is None:
            return
        if self.ends_on < self.starts_on:
            raise Refused("unit-account.period", starts_on=self.starts_on, ends_on=self.ends_on)
        if self.what == "cost" and judge.law.is_in_force("FUND-24"):
            months = judge.law.number("FUND-24", "months_max")
            judge.require(
                self.ends_on < months_after(self.starts_on, months),
                "unit-account.longer-than-a-quarter",
                rules=("FUND-24",),
                months=months,
            )
