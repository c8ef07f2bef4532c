"""What entries are called in sums: by their events; what was in suspense, by what it was recognised as."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundInterestRecorded, FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.revenue_to_fund import RevenueToFundTransferred
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.money.postings import Postings
from projections.view import Fields, Key, Write, day_of

SUSPENSE = "suspense"
CATEGORIES = {
    FundOpened.kind: "opening",
    FundDepositRecorded.kind: "deposit",
    FundInterestRecorded.kind: "interest",
    FundPaymentRecorded.kind: "payment",
    SuspenseEntryRecorded.kind: SUSPENSE,
    RevenueToFundTransferred.kind: "transfer",
}
OF_ACCOUNTS = ("income/", "cost/", "use/")


def category_of(event: Event, postings: Postings) -> str:
    """The category of an event; a reversal keeps that of what it reverses."""
    kind = event.reversed_kind if type(event) is EntryReversed else event.kind
    if (category := CATEGORIES.get(kind)) is not None:
        return category
    for account, _ in postings:
        if account.startswith(OF_ACCOUNTS):
            return account
    return "other"


def recognised_as(event: EntryClassified) -> str:
    """The category an entry would have had, had it been recorded at once as what it was."""
    account = event.account()
    of_working = event.became == "payment" and event.fund != "public-revenue"
    return account if account.startswith(OF_ACCOUNTS) and not of_working else event.became


def recognise(batch: Sequence[Recorded[Event]], write: Write, months: dict[Key, list[int]]) -> None:
    """Take entries out of suspense, and back into it where their classification was undone.

    An entry changes its category on the day it stands on, so its sums go from one to the other in its own
    month, whenever it was recognised. The entries of the batch must have been written.
    """
    told = [recorded for recorded in batch if _is_about_classes(recorded.envelope.data)]
    if not told:
        return
    numbers = write.numbers
    undone = [
        (numbers[recorded.ledger], recorded.data.number)
        for recorded in told
        if type(recorded.data) is EntryReversed
    ]
    rows = write.known("classified", undone)
    for recorded in told:
        if isinstance(event := recorded.data, EntryClassified):
            rows[numbers[recorded.ledger], recorded.number] = {
                "fund": numbers[event.fund],
                "entry": event.number,
                "occurred_on": recorded.occurred_on.toordinal(),
                "category": numbers[recognised_as(event)],
                "decision": event.decision,
                "undone_by": None,
                "undone_on": None,
            }
    entries = write.known("entry", {(key[0], row["fund"], row["entry"]) for key, row in rows.items()})
    _follow(told, numbers, rows, entries, months)
    write.put("classified", rows)
    for column in ("category", "decision", "classified_by"):
        write.change("entry", column, {key: entry[column] for key, entry in entries.items()})


def _follow(
    told: Iterable[Recorded[Any]],
    numbers: Any,
    rows: dict[Key, Fields],
    entries: dict[Key, Fields],
    months: dict[Key, list[int]],
) -> None:
    """What became of every entry, one event after the other."""
    for recorded in told:
        ledger = numbers[recorded.ledger]
        if type(recorded.data) is EntryReversed:
            row = rows[ledger, recorded.data.number]
            row |= {"undone_by": recorded.number, "undone_on": recorded.occurred_on.toordinal()}
            now: Fields = {"category": numbers[SUSPENSE], "decision": None, "classified_by": None}
        else:
            row = rows[ledger, recorded.number]
            now = {
                "category": row["category"],
                "decision": row["decision"],
                "classified_by": recorded.number,
            }
        entry = entries[ledger, row["fund"], row["entry"]]
        day, fen = day_of(entry["occurred_on"]), entry["fen"]
        for category, sign in ((entry["category"], -1), (now["category"], 1)):
            key = ledger, row["fund"], day.year * 12 + day.month - 1, category
            sums = months.setdefault(key, [0, 0, 0])
            sums[0 if fen > 0 else 1] += sign * abs(fen)
            sums[2] += sign
        entry |= now


def _is_about_classes(event: Event) -> bool:
    kind = event.reversed_kind if type(event) is EntryReversed else event.kind
    return kind == EntryClassified.kind
