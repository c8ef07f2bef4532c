"""How entries come out of events: one row for each fund an event moves; sums of months, years, all time."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.revenue_spending import PublicRevenueSpent
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.money.accounts import fund_of_bank
from projections.entry_categories import category_of, recognise, recognised_as
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

SPANS = {"month": 1, "year": 12, "ever": 1_000_000}  # tables of sums, and how many months each line adds up


class Entries(View):
    """One row per fund and event; what every fund holds after it; sums of months, of years, of all time.

    `category`: what an entry is today; what was in suspense and has been recognised names the record
    (`classified_by`), and `classified` holds every recognition, undone or not, for books as they once were.
    """

    name: ClassVar[str] = "entries"
    version: ClassVar[int] = 2
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
                "classified_by": PLACE,
            },
            indexes=(("ledger", "fund", "occurred_on"),),
        ),
        # by the record that recognised the entry, and who took that back
        "classified": Shape(
            {"ledger": NAME, "number": PLACE},
            {
                "fund": NAME,
                "entry": PLACE,
                "occurred_on": DAY,
                "category": NAME,
                "decision": TEXT,
                "undone_by": PLACE,
                "undone_on": DAY,
            },
            indexes=(("ledger", "fund", "entry"),),
        ),
        "running": Shape({"ledger": NAME, "fund": NAME}, {"fen": FEN}),
        **{
            name: Shape(
                {"ledger": NAME, "fund": NAME, "span": COUNT, "category": NAME},
                {"in_fen": FEN, "out_fen": FEN, "entries": COUNT},
            )
            for name in SPANS
        },
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
        recognise(batch, write, months)
        for table, span in SPANS.items():
            write.add(table, _summed(months, span))


def _summed(months: Mapping[Key, Sequence[int]], span: int) -> Mapping[Key, Sequence[int]]:
    """The same sums over spans of so many months."""
    if span == 1:
        return months
    found: dict[Key, list[int]] = {}
    for (ledger, fund, month, category), (came, went, entries) in months.items():
        sums = found.setdefault((ledger, fund, month // span, category), [0, 0, 0])
        sums[0] += came
        sums[1] += went
        sums[2] += entries
    return found


def _movements(recorded: Recorded[Event], numbers: Mapping[str, int]) -> list[tuple[Any, ...]]:
    """What an event moves in every fund, in the order of its postings, with its words as numbers."""
    envelope = recorded.envelope
    event, day = envelope.data, envelope.occurred_on
    found: list[tuple[Any, ...]] = []
    if type(event) is EntryClassified:
        numbers[recognised_as(event)]  # words get their numbers in the order of events, however they come
    for account, fen in envelope.postings:
        if (fund := fund_of_bank(account)) is not None:
            found.append(
                (numbers[envelope.ledger], numbers[fund], recorded.number,
                 (recorded.position, day.toordinal(), instant_number(envelope.recorded_at)),
                 day.year * 12 + day.month - 1, numbers[envelope.kind], fen, text_of(event),
                 numbers[category_of(event, envelope.postings)],
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
