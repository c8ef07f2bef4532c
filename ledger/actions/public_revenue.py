"""Public revenue: gross income of the common parts by seven heads, and the costs taken from it (REV-02)."""

from typing import ClassVar, Literal

from ledger.actions.fund import BOOKKEEPERS, FundBook
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.events import Event
from ledger.fields import Day, Fen, Fund, Id, Line, RevenueHead
from ledger.money import accounts
from ledger.money.postings import Postings, transfer
from ledger.state import Slice

FUND: Fund = "public-revenue"
CostKind = Literal["tax", "energy", "labour", "other"]


class PublicRevenueRecorded(Event, frozen=True, kw_only=True):
    """Gross income arrived in the supervised account (REV-04)."""

    kind: ClassVar[str] = "public-revenue.recorded"

    head: RevenueHead
    gross_fen: Fen
    received_on: Day
    contract: Id | None = None
    location: Line | None = None
    counterparty: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return (
            (f"fund:{FUND}",)
            if self.contract is None
            else (f"fund:{FUND}", f"revenue-contract:{self.contract}")
        )

    def postings(self) -> Postings:
        return transfer(self.gross_fen, source=accounts.income(self.head), target=accounts.bank(FUND))


class RevenueCostRecorded(Event, frozen=True, kw_only=True):
    """A cost was taken from gross income: tax, energy, labour or other management cost (REV-02)."""

    kind: ClassVar[str] = "revenue-cost.recorded"

    cost: CostKind
    amount_fen: Fen
    paid_on: Day
    purpose: Line | None = None
    voucher: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"fund:{FUND}",)

    def postings(self) -> Postings:
        return transfer(self.amount_fen, source=accounts.bank(FUND), target=accounts.cost(self.cost))


RECORDERS: tuple[Role, ...] = (*BOOKKEEPERS, "firm")


class RecordPublicRevenue(Command, frozen=True, kw_only=True):
    """Record gross income of the common parts under one of the seven heads."""

    name: ClassVar[str] = "record-public-revenue"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS

    head: RevenueHead
    gross_fen: Fen
    received_on: Day
    contract: Id | None = None
    location: Line | None = None
    counterparty: Line | None = None

    def happened_on(self) -> Day:
        return self.received_on

    def query(self) -> tuple[Slice, ...]:
        return (FundBook.of(FUND),)

    def decide(self, by: Actor, book: FundBook) -> PublicRevenueRecorded:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        return PublicRevenueRecorded(
            head=self.head,
            gross_fen=self.gross_fen,
            received_on=self.received_on,
            contract=self.contract,
            location=self.location,
            counterparty=self.counterparty,
        )


class RecordRevenueCost(Command, frozen=True, kw_only=True):
    """Record a cost deducted from gross public revenue."""

    name: ClassVar[str] = "record-revenue-cost"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    cost: CostKind
    amount_fen: Fen
    paid_on: Day | None = None
    purpose: Line | None = None
    voucher: Line | None = None

    def happened_on(self) -> Day | None:
        return self.paid_on

    def query(self) -> tuple[Slice, ...]:
        return (FundBook.of(FUND),)

    def decide(self, by: Actor, book: FundBook) -> RevenueCostRecorded:  # noqa: ARG002
        book.must_be_open(self.legal_date)
        book.must_afford(self.amount_fen)
        return RevenueCostRecorded(
            cost=self.cost,
            amount_fen=self.amount_fen,
            paid_on=self.legal_date,
            purpose=self.purpose,
            voucher=self.voucher,
        )
