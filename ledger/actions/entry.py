"""A mistake in the books is corrected by a reversal that names it: once, with a reason, never by an edit."""

from typing import ClassVar

from ledger.actions.fund import FundBook, FundDepositRecorded, FundInterestRecorded
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Id, Line, Paragraph, RecordNumber
from ledger.money import accounts
from ledger.money.postings import Postings, reversed_postings
from ledger.state import EventAt, Slice, State

REVERSIBLE = (
    FundDepositRecorded,
    FundInterestRecorded,
    FundPaymentRecorded,
    PublicRevenueRecorded,
    RevenueCostRecorded,
)


class EntryReversed(Event, frozen=True, kw_only=True):
    """An entry is undone by its opposite; both stay in the books and point at each other."""

    kind: ClassVar[str] = "entry.reversed"

    number: RecordNumber
    reversed_kind: Line
    reason: Paragraph
    entries: Postings
    decision: Id | None = None
    payment: Id | None = None

    def tags(self) -> tuple[str, ...]:
        funds = [f"fund:{fund}" for fund in _funds(self.entries)]
        if self.decision is not None:
            funds.append(f"decision:{self.decision}")
        if self.payment is not None:
            funds.append(f"payment:{self.payment}")
        return (f"entry:{self.number}", *funds)

    def postings(self) -> Postings:
        return self.entries

    def limits(self) -> dict[str, int]:
        changes = super().limits()
        if self.decision is not None:  # a payment undone: what it spent may be spent again
            changes[f"remaining/{self.decision}"] = sum(
                fen for account, fen in self.entries if accounts.fund_of_bank(account)
            )
        return changes


def _funds(entries: Postings) -> list[str]:
    return [fund for account, _ in entries if (fund := accounts.fund_of_bank(account)) is not None]


class Entry(State):
    """Whether an entry was reversed, and by which record."""

    subject = "entry"
    reversed_by: int | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, EntryReversed):
            self.reversed_by = recorded.number


class ReverseEntry(Command, frozen=True, kw_only=True):
    """Undo a money entry by its record number, with a reason. Each entry can be reversed once."""

    name: ClassVar[str] = "reverse-entry"
    roles: ClassVar[tuple[Role, ...]] = ("treasurer", "bookkeeper", "chair")

    number: RecordNumber
    reason: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return EventAt.of(self.number), Entry.of(self.number)

    def query_further(self, target: EventAt, entry: Entry) -> tuple[Slice, ...]:  # noqa: ARG002
        reversed_event = self._reversible(target)
        return tuple(FundBook.of(fund) for fund in _funds(reversed_event.postings()))

    def decide(self, by: Actor, target: EventAt, entry: Entry, *books: FundBook) -> EntryReversed:  # noqa: ARG002
        if entry.reversed_by is not None:
            raise Refused("entry.already-reversed", number=self.number, reversed_by=entry.reversed_by)
        event = self._reversible(target)
        if target.recorded is not None and self.legal_date < target.recorded.occurred_on:
            raise Refused("entry.reversed-before-it-happened", occurred_on=target.recorded.occurred_on)
        entries = reversed_postings(event.postings())
        for book in books:
            book.must_afford(-sum(fen for account, fen in entries if account == f"bank/{book.identity}"))
        return EntryReversed(
            number=self.number,
            reversed_kind=event.kind,
            reason=self.reason,
            entries=entries,
            decision=getattr(event, "decision", None),
            payment=getattr(event, "payment", None),
        )

    def _reversible(self, target: EventAt) -> Event:
        if target.recorded is None:
            raise Refused("entry.unknown", number=self.number)
        if not isinstance(target.recorded.data, REVERSIBLE):
            raise Refused("entry.not-reversible", number=self.number)
        return target.recorded.data
