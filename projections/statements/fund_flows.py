"""What every record changed in every book of the maintenance fund, and what it was (FUND-04, FUND-25)."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from ledger.actions.decision import CommitteeDecisionRecorded, EmergencyRepairAuthorised, VoteOpened
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundInterestRecorded, FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.repair_project import PriceReviewEngaged, PriceReviewRecorded
from ledger.actions.revenue_to_fund import RevenueToFundTransferred
from ledger.events import Event, Recorded
from ledger.fields import Fund
from ledger.money import accounts
from projections.statements.books import Books

FUND: Fund = "maintenance"
SUSPENSE = "suspense"
INCOME = ("first-deposit", "top-up", "interest", "public-revenue", "scrap", "other", SUSPENSE)
SPENDING = (
    "works", "routine", "emergency", "substitute-repair", "price-review", "undecided", "other", SUSPENSE,
)  # fmt: skip
Side = Literal["opening", "in", "out"]


class Flow(NamedTuple):
    """One movement of one book. `fen`: what it added to its side; a reversal takes it from there again.

    `book`: `whole`, `door-12`, or `suspense` for what nobody can explain. `about`: the record that tells of
    it, for a reversal the one that is reversed.
    """

    number: int
    on: date
    book: str
    side: Side
    kind: str
    fen: int
    about: Recorded[Event]

    @property
    def held_fen(self) -> int:
        """What it added to what the book holds."""
        return -self.fen if self.side == "out" else self.fen


def flows(books: Books, on: date) -> list[Flow]:
    """All up to a day by legal date, in order of record."""
    grounds = _Grounds(books)
    told: dict[int, list[Flow]] = {}
    for one in books.events:
        if isinstance(one.data, EntryReversed):
            undone = told.get(one.data.number, ())
            told[one.number] = [
                flow._replace(number=one.number, on=one.occurred_on, fen=-flow.fen) for flow in undone
            ]
        elif one.envelope.postings:
            told[one.number] = list(_of(one, grounds))
    return [flow for found in told.values() for flow in found if flow.on <= on]


def _of(recorded: Recorded[Event], grounds: "_Grounds") -> Iterator[Flow]:
    equity, suspense = accounts.equity(FUND).rpartition("/")[0] + "/", accounts.suspense(FUND)
    for account, fen in recorded.envelope.postings:
        if not (account.startswith(equity) or account == suspense):
            continue
        book = SUSPENSE if account == suspense else account.removeprefix(equity)
        side, kind = _named(recorded.data, book, grounds, came=fen < 0)
        added = fen if side == "out" else -fen
        yield Flow(recorded.number, recorded.occurred_on, book, side, kind, added, recorded)


def _named(event: Event, book: str, grounds: "_Grounds", *, came: bool) -> tuple[Side, str]:
    side: Side = "in" if came else "out"
    kind = "other"
    match event:
        case FundOpened():
            side = kind = "opening"
        case EntryClassified(direction=direction) if book == SUSPENSE:
            side, kind = direction, SUSPENSE  # less came in, or less went out, that nobody can explain
        case _ if book == SUSPENSE:
            kind = SUSPENSE
        case FundDepositRecorded(nature=str(nature)):
            kind = "public-revenue" if nature == "revenue" else nature
        case FundInterestRecorded() | EntryClassified(became="interest"):
            kind = "interest"
        case RevenueToFundTransferred():
            kind = "public-revenue"
        case (
            FundPaymentRecorded(project=str(project), payee=payee)
            | EntryClassified(project=str(project), payee=payee)
        ) if (project, payee) in grounds.agencies:
            kind = "price-review"
        case FundPaymentRecorded(decision=decision) | EntryClassified(became="payment", decision=decision):
            kind = grounds.kind_of(decision)
    return side, kind


class _Grounds:
    """What payments stand on: who decided them how, and which agencies review the price of which project."""

    def __init__(self, books: Books) -> None:
        self.agencies: set[tuple[str, str]] = set()
        self._kinds: dict[str, str] = {}
        for one in books.events:
            match one.data:
                case PriceReviewEngaged(project=project, agency=agency):
                    self.agencies.add((project, agency))
                case PriceReviewRecorded(project=project, agency=str(agency)):
                    self.agencies.add((project, agency))
                case CommitteeDecisionRecorded(decision=decision):
                    self._kinds[decision] = "other"  # it sets no money of this fund free (FUND-09)
                case VoteOpened(decision=decision, authorises=authorises):
                    standing = authorises is not None and authorises.item_max_fen is not None
                    self._kinds[decision] = "routine" if standing else "works"
                case EmergencyRepairAuthorised(emergency=emergency, path=path):
                    substitute = path == "substitute"
                    self._kinds[emergency] = "substitute-repair" if substitute else "emergency"

    def kind_of(self, decision: str | None) -> str:
        """What a payment under a decision is: by the five ways of FUND-09."""
        return self._kinds.get(decision or "", "undecided")
