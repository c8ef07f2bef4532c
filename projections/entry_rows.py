"""How entries come out of events: one row for each fund an event moves, and the sums of whole months."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ledger.actions.entry import EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundInterestRecorded, FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.revenue_spending import PublicRevenueSpent
from ledger.actions.revenue_to_fund import RevenueToFundTransferred
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.money.accounts import fund_of_bank
from ledger.money.postings import Postings
from projections.view import (
    COUNT,
    DAY,
    FEN,
    INSTANT,
    NAME,
    PLACE,
    TEXT,
    Key,
    Shape,
    View,
    Write,
    instant_number,
)

CATEGORIES = {
    FundOpened.kind: "opening",
    FundDepositRecorded.kind: "deposit",
    FundInterestRecorded.kind: "interest",
    FundPaymentRecorded.kind: "payment",
    SuspenseEntryRecorded.kind: "suspense",
    RevenueToFundTransferred.kind: "transfer",
}


class Entries(View):
    """One row per fund and event; what every fund holds after it; sums of months."""

    name: ClassVar[str] = "entries"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "entry": Shape(
            {"ledger": NAME, "fund": NAME, "number": PLACE},
            {
                "position": PLACE,
                "occurred_on": DAY,
                "recorded_at": INSTANT,
                "kind": NAME,
                "fen": FEN,
                "balance_fen": FEN,
                "text": TEXT,
                "category": NAME,
                "decision": TEXT,
                "payment": TEXT,
                "reverses": PLACE,
                "reversed_by": PLACE,
            },
            indexes=(("ledger", "fund", "occurred_on"),),
        ),
        "running": Shape({"ledger": NAME, "fund": NAME}, {"fen": FEN}),
        "month": Shape(
            {"ledger": NAME, "fund": NAME, "month": COUNT, "category": NAME},
            {"in_fen": FEN, "out_fen": FEN, "entries": COUNT},
        ),
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        moved = [
            one
            for recorded in batch
            if recorded.envelope.postings
            for one in _movements(recorded, write.numbers)
        ]
        running = {key: row["fen"] for key, row in write.known("running", [one[:2] for one in moved]).items()}
        rows, reversed_by = [], dict[Key, int]()
        months: dict[Key, list[int]] = {}
        for (
            ledger,
            fund,
            number,
            place,
            month,
            kind,
            fen,
            text,
            category,
            decision,
            payment,
            reverses,
        ) in moved:
            balance = running[ledger, fund] = running.get((ledger, fund), 0) + fen
            rows.append(
                (
                    ledger,
                    fund,
                    number,
                    *place,
                    kind,
                    fen,
                    balance,
                    text,
                    category,
                    decision,
                    payment,
                    reverses,
                    None,
                )
            )
            if reverses is not None:
                reversed_by[ledger, fund, reverses] = number
            sums = months.get((ledger, fund, month, category))
            if sums is None:
                sums = months[ledger, fund, month, category] = [0, 0, 0]
            if (fen > 0) == (reverses is None):
                sums[0] += fen
            else:
                sums[1] -= fen
            sums[2] += 1
        write.insert("entry", sorted(rows))
        write.change("entry", "reversed_by", reversed_by)
        write.put("running", {key: {"fen": fen} for key, fen in running.items()})
        write.add("month", months)


def _movements(recorded: Recorded[Event], numbers: Mapping[str, int]) -> list[tuple[Any, ...]]:
    """What an event moves in every fund, in the order of its postings, with its words as numbers."""
    envelope = recorded.envelope
    event, day = envelope.data, envelope.occurred_on
    found: list[tuple[Any, ...]] = []
    for account, fen in envelope.postings:
        if (fund := fund_of_bank(account)) is not None:
            found.append(
                (numbers[envelope.ledger], numbers[fund], recorded.number,
                 (recorded.position, day.toordinal(), instant_number(envelope.recorded_at)),
                 day.year * 12 + day.month - 1, numbers[envelope.kind], fen, text_of(event),
                 numbers[_category(event, envelope.postings)],
                 getattr(event, "decision", None), getattr(event, "payment", None),
                 event.number if type(event) is EntryReversed else None)
            )  # fmt: skip
    return found


def text_of(event: Event) -> str:
    """What a reader may look for: who paid or was paid, what for, from where, why."""
    words: tuple[str | None, ...] = ()
    match event:
        case (
            FundPaymentRecorded(payee=payee, purpose=purpose)
            | PublicRevenueSpent(payee=payee, purpose=purpose)
        ):
            words = payee, purpose
        case PublicRevenueRecorded(location=location, counterparty=counterparty):
            words = location, counterparty
        case FundDepositRecorded(origin=origin):
            words = (origin,)
        case FundOpened(bank=bank, account_tail=tail):
            words = bank, tail
        case RevenueCostRecorded(purpose=cause):
            words = (cause,)
        case SuspenseEntryRecorded(text=text):
            words = (text,)
        case EntryReversed(reason=reason):
            words = (reason,)
    return " · ".join(filter(None, words))


def _category(event: Event, postings: Postings) -> str:
    kind = event.reversed_kind if type(event) is EntryReversed else event.kind
    if (category := CATEGORIES.get(kind)) is not None:
        return category
    for account, _ in postings:
        if account.startswith(("income/", "cost/", "use/")):
            return account
    return "other"
