"""A mistake in the books is corrected by a reversal that names it: once, with a reason, never by an edit."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.actions.bank_reconciliation import BankBook
from ledger.actions.fund import FundBook, FundOpened
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import (
    Commitment,
    Day,
    Fen,
    FenOrZero,
    Fund,
    Id,
    Line,
    Paragraph,
    RecordNumber,
    RevenueHead,
    Scope,
)
from ledger.money import accounts
from ledger.money.postings import Postings, reversed_postings, transfer
from ledger.state import EventAt, Slice, State

Direction = Literal["in", "out"]
Tag = Annotated[str, Meta(pattern="^[a-z]+(-[a-z]+)*(:[a-z0-9-]+)?$", max_length=120)]
Became = Literal["deposit", "interest", "revenue", "cost", "payment"]


# -- what can have happened ------------------------------------------------------------------------


class EntryReversed(Event, frozen=True, kw_only=True):
    """An entry is undone by its opposite; both stay in the books and point at each other.

    `about`: the tags of what is undone, so that whatever followed it hears of this; `restores`: what else may
    be spent again, beside the money of the funds; `by_author`: undone by whoever recorded it, which only the
    deciding knows, since the records withhold who that was (AUD-04).
    """

    kind: ClassVar[str] = "entry.reversed"

    number: RecordNumber
    reversed_kind: Line
    reason: Paragraph
    entries: Postings
    about: tuple[Tag, ...] = ()
    restores: Postings = ()
    decision: Id | None = None
    payment: Id | None = None
    by_author: bool = False

    def tags(self) -> tuple[str, ...]:
        return (f"entry:{self.number}", *self.about)

    def postings(self) -> Postings:
        return self.entries

    def limits(self) -> dict[str, int]:
        return super().limits() | dict(self.restores)


class EntryClassified(Event, frozen=True, kw_only=True):
    """An entry in suspense is recognised as what it was, and moves whole to its right account.

    `seen_on`: when the money moved, whose law judged it; `charged_fen`: how much of it the decision had set
    free and now has not.
    """

    kind: ClassVar[str] = "entry.classified"
    withheld: ClassVar[frozenset[str]] = frozenset({"payee_name"})

    number: RecordNumber
    fund: Fund
    direction: Direction
    amount_fen: Fen
    seen_on: Day
    became: Became
    head: RevenueHead | None = None
    contract: Id | None = None
    cost: Id | None = None
    use: Id | None = None
    scope: Scope | None = None
    decision: Id | None = None
    project: Id | None = None
    payee: Line | None = None
    voucher: Line | None = None
    charged_fen: FenOrZero = 0
    payee_name: Commitment | None = None  # of a private person

    def tags(self) -> tuple[str, ...]:
        about = [f"entry:{self.number}", f"fund:{self.fund}"]
        about += [f"decision:{self.decision}"] if self.decision else []
        about += [f"project:{self.project}"] if self.project else []
        about += [f"revenue-contract:{self.contract}"] if self.contract else []
        return tuple(about)

    def postings(self) -> Postings:
        held = accounts.suspense(self.fund)
        if self.direction == "in":
            return transfer(self.amount_fen, source=self.account(), target=held)
        return transfer(self.amount_fen, source=held, target=self.account())

    def account(self) -> str:
        """Where it belongs."""
        if self.head is not None:
            return accounts.income(self.head, self.scope)
        if self.cost is not None:
            return accounts.cost(self.cost, self.scope)
        if self.became == "payment" and self.fund != "maintenance":
            return accounts.use(self.fund, self.use, self.scope)
        return accounts.equity(self.fund, self.scope)

    def limits(self) -> dict[str, int]:
        charged = self.decision is not None and self.charged_fen > 0
        return {f"remaining/{self.decision}": -self.charged_fen} if charged else {}


# -- what must be known ----------------------------------------------------------------------------


class Entry(State):
    """What became of an entry: the record that reversed it, or the one that classified it."""

    subject = "entry"
    reversed_by: int | None = None
    classified_by: int | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case EntryReversed(number=number) if number == int(self.identity):
                self.reversed_by = recorded.number
            case EntryReversed(number=number) if number == self.classified_by:
                self.classified_by = None  # recognised wrongly: it is in suspense again
            case EntryClassified(number=number) if number == int(self.identity):
                self.classified_by = recorded.number

    def must_be_untouched(self) -> None:
        """Refuse what was reversed, or classified and not taken back, naming the record that did it."""
        number = int(self.identity)
        if self.reversed_by is not None:
            raise Refused("entry.already-reversed", number=number, reversed_by=self.reversed_by)
        if self.classified_by is not None:
            raise Refused("entry.already-classified", number=number, classified_by=self.classified_by)


# -- what may be asked -----------------------------------------------------------------------------


class ReverseEntry(Command, frozen=True, kw_only=True):
    """Undo a money entry by its record number, with a reason. Each entry can be reversed once.

    A reversal is dated after the last day on which the fund was reconciled: what was settled stays settled.
    """

    name: ClassVar[str] = "reverse-entry"
    roles: ClassVar[tuple[Role, ...]] = ("treasurer", "bookkeeper", "chair")

    number: RecordNumber
    reason: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return EventAt.of(self.number), Entry.of(self.number)

    def query_further(self, target: EventAt, entry: Entry) -> tuple[Slice, ...]:  # noqa: ARG002
        funds = _funds(self._reversible(target).data.postings())
        return (*(FundBook.of(fund) for fund in funds), *(BankBook.of(fund) for fund in funds))

    def decide(
        self,
        by: Actor,
        target: EventAt,
        entry: Entry,
        *books: FundBook | BankBook,
    ) -> EntryReversed:
        entry.must_be_untouched()
        recorded = self._reversible(target)
        if self.legal_date < recorded.occurred_on:
            raise Refused("entry.reversed-before-it-happened", occurred_on=recorded.occurred_on)
        event = recorded.data
        entries = reversed_postings(event.postings())
        for book in books:
            self._must_be_possible(book, entries)
        return EntryReversed(
            number=self.number,
            reversed_kind=event.kind,
            reason=self.reason,
            entries=entries,
            about=recorded.envelope.tags,
            restores=_restored(event),
            decision=getattr(event, "decision", None),
            payment=getattr(event, "payment", None),
            by_author=by.wrote(Authorship.of(recorded)),
        )

    def _reversible(self, target: EventAt) -> Recorded[Event]:
        if target.recorded is None:
            raise Refused("entry.unknown", number=self.number)
        event = target.recorded.data
        if not event.postings() or isinstance(event, EntryReversed | FundOpened):
            raise Refused("entry.not-reversible", number=self.number)
        return target.recorded

    def _must_be_possible(self, book: FundBook | BankBook, entries: Postings) -> None:
        if isinstance(book, FundBook):
            book.must_afford(-sum(fen for account, fen in entries if account == f"bank/{book.identity}"))
        elif book.reconciled_on is not None and self.legal_date <= book.reconciled_on:
            raise Refused("entry.day-reconciled", fund=book.identity, reconciled_on=book.reconciled_on)


def _funds(entries: Postings) -> list[str]:
    return [fund for account, _ in entries if (fund := accounts.fund_of_bank(account)) is not None]


def _restored(event: Event) -> Postings:
    """What an event took beside the money of the funds, given back.

    A payment that moved only the bank kept a promise made when it was approved; the approval took from the
    decision, so the decision gets it back.
    """
    took = event.limits()
    funds = _funds(event.postings())
    restored = {
        name: -fen
        for name, fen in took.items()
        if fen and name not in {f"{of}/{fund}" for fund in funds for of in ("bank", "available")}
    }
    decision = getattr(event, "decision", None)
    if decision is not None and funds and not any(f"available/{fund}" in took for fund in funds):
        restored[f"remaining/{decision}"] = -sum(took[f"bank/{fund}"] for fund in funds)
    return tuple(sorted(restored.items()))
