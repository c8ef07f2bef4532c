"""What happened to one payment or decision, record by record, read from the events themselves."""

from datetime import date

from msgspec import Struct

from api.pages.wording import amount_of, headline, kind_word
from api.services import current
from ledger.actions.entry import EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentRequested
from ledger.events import Event, Recorded

RECORDS_MAX = 500


class Record(Struct, frozen=True):
    """One record in a line."""

    number: int
    kind: str
    what: str
    about: str | None
    amount_fen: int | None
    occurred_on: date
    recorded_at: str
    role: str


class Payment(Struct, frozen=True):
    """A payment on its way: asked for, approved by another, paid, perhaps undone."""

    payment: str
    requested: Recorded[FundPaymentRequested] | None = None
    approved: Recorded[FundPaymentApproved] | None = None
    paid: Recorded[FundPaymentRecorded] | None = None
    reversed: Recorded[EntryReversed] | None = None

    @property
    def amount_fen(self) -> int:
        """What it is about."""
        return next((one.data.amount_fen for one in (self.paid, self.approved, self.requested) if one), 0)

    @property
    def purpose(self) -> str:
        """What it is for."""
        return next((one.data.purpose for one in (self.paid, self.requested) if one), self.payment)

    @property
    def amounts_agree(self) -> bool:
        """Whether request, approval and payment name one amount."""
        return len({one.data.amount_fen for one in (self.requested, self.approved, self.paid) if one}) <= 1


def tagged(ledger: str, tag: str) -> list[Recorded[Event]]:
    """The events about one thing, in order; as many as a page can hold."""
    found = []
    for recorded in current().store.tagged(ledger, tag, 0):
        found.append(recorded)
        if len(found) == RECORDS_MAX:
            break
    return found


def records_tagged(ledger: str, tag: str) -> list[Recorded[Event]]:
    """The same, the newest first."""
    return tagged(ledger, tag)[::-1]


def line_of(recorded: Recorded[Event]) -> Record:
    """A record in a line."""
    what, about = kind_word(recorded.data.kind), headline(recorded.data)
    return Record(
        number=recorded.number,
        kind=recorded.data.kind,
        what=what,
        about=None if about == what else about,
        amount_fen=amount_of(recorded.data),
        occurred_on=recorded.occurred_on,
        recorded_at=recorded.envelope.recorded_at,
        role=recorded.envelope.by.role,
    )


def payments_under(records: list[Recorded[Event]]) -> list[Payment]:
    """The payments among some records, the first asked for first."""
    by_payment: dict[str, list[Recorded[Event]]] = {}
    for recorded in sorted(records, key=lambda one: one.number):
        payment = getattr(recorded.data, "payment", None)
        if payment is not None:
            by_payment.setdefault(payment, []).append(recorded)
    return [_payment(payment, of_payment) for payment, of_payment in by_payment.items()]


def payment_of(ledger: str, payment: str) -> Payment:
    """One payment."""
    return _payment(payment, tagged(ledger, f"payment:{payment}"))


def _payment(payment: str, records: list[Recorded[Event]]) -> Payment:
    known = {type(recorded.data): recorded for recorded in records}
    return Payment(
        payment,
        known.get(FundPaymentRequested),  # type: ignore[arg-type]
        known.get(FundPaymentApproved),  # type: ignore[arg-type]
        known.get(FundPaymentRecorded),  # type: ignore[arg-type]
        known.get(EntryReversed),  # type: ignore[arg-type]
    )
