"""Money that did not come, money cut in pieces, money counted twice, money nobody can explain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import NamedTuple

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundDepositRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.actions.repair_project import RepairContractSigned
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from projections.audit_books import AuditBooks, Spend
from projections.audit_programme import Parameter, Query, Row
from projections.audit_queries import named, near_each_other, spelled
from projections.entry_rows import text_of

REVIEWED_FROM_FEN = 50_000_00  # REV-13: from there on, inclusive, a price review is a must


def contract_money_missing(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Lines of contracts that fell due more days ago and did not come in full (REV-08)."""
    for contract in books.arrears().contracts:
        for line in contract.overdue:
            if line.days > asked["days"]:
                yield Row(
                    records=(contract.number,),
                    item=f"{contract.contract} {line.due_on}",
                    on=line.due_on,
                    due_on=line.due_on,
                    text=f"{contract.location} · {contract.counterparty}",
                    amount_fen=line.open_fen,
                    limit_fen=line.amount_fen,
                    days=line.days,
                )


class _Part(NamedTuple):
    on: date
    number: int
    fen: int
    payee: str


def possible_split(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Several payments to, or contracts with, one payee, each below an amount and together not."""
    parts: defaultdict[tuple[str, str], list[_Part]] = defaultdict(list)
    for spend in books.spends:
        if (payee := spend.payee) is not None:
            parts["payments", spelled(payee)].append(_Part(spend.on, spend.number, spend.fen, payee))
    for one in books.of(RepairContractSigned):
        signed, name = one.data, one.data.contractor
        part = _Part(signed.signed_on, one.number, signed.price_fen, name)
        parts["contracts", spelled(name)].append(part)
    for (why, _), given in parts.items():
        below = sorted(part for part in given if part.fen < asked["fen"])
        days, fens = [part.on for part in below], [part.fen for part in below]
        for near in near_each_other(days, fens, asked["days"], asked["fen"]):
            together = below[near.start : near.stop]
            yield Row(
                **named(sorted(part.number for part in together), asked),
                on=together[0].on,
                why=why,
                text=together[0].payee,
                amount_fen=sum(fens[near.start : near.stop]),
                limit_fen=asked["fen"],
                days=(together[-1].on - together[0].on).days,
            )


def same_invoice(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """The same number of a voucher, the same payee and the same amount, more than once, however written."""
    alike: defaultdict[tuple[str, str, int], list[Spend]] = defaultdict(list)
    for spend in books.spends:
        if spend.voucher is not None and spend.payee is not None:
            alike[spelled(spend.voucher), spelled(spend.payee), spend.fen].append(spend)
    for (_, _, fen), spends in alike.items():
        if len(spends) > 1:
            yield Row(
                **named([spend.number for spend in spends], asked),
                on=min(spend.on for spend in spends),
                text=f"{spends[0].payee} · {spends[0].voucher}",
                amount_fen=fen,
            )


def cash_or_unclassified(books: AuditBooks, asked: Mapping[str, int]) -> Iterator[Row]:
    """Money the bank knows nothing of, or nobody can explain, for so many days or more."""
    rows = chain(_past_the_bank(books), _unclassified(books))
    return (row for row in rows if row.days is not None and row.days >= asked["days"])


def _past_the_bank(books: AuditBooks) -> Iterator[Row]:
    for one in books.past_the_bank:
        came_in = isinstance(one.data, FundDepositRecorded | PublicRevenueRecorded)
        cash = "cash-in" if came_in else "cash-out"
        yield Row(
            records=(one.number,),
            on=one.occurred_on,
            why=cash if one.data.method == "cash" else "past-the-account",
            text=text_of(one.data) or None,
            amount_fen=_moved_fen(fen for _, fen in one.envelope.postings),
            days=(books.day - one.occurred_on).days,
        )


def _unclassified(books: AuditBooks) -> Iterator[Row]:
    classified = {one.data.number for one in books.of(EntryClassified) if one.number not in books.undone}
    for one in books.of(SuspenseEntryRecorded):
        if one.number in classified or one.number in books.undone:
            continue
        yield Row(
            records=(one.number,),
            on=one.data.seen_on,
            why=f"suspense-{one.data.direction}",
            text=one.data.text,
            amount_fen=one.data.amount_fen,
            days=(books.day - one.data.seen_on).days,
        )


def reversed_by_author(books: AuditBooks, _: Mapping[str, int]) -> Iterator[Row]:
    """Entries undone by whoever had recorded them, with nobody else looking."""
    for one in books.of(EntryReversed):
        if one.data.by_author:
            yield Row(
                records=(one.data.number, one.number),
                on=one.occurred_on,
                text=one.data.reason,
                amount_fen=_moved_fen(fen for _, fen in one.data.entries),
            )


def _moved_fen(entries: Iterable[int]) -> int:
    return sum(fen for fen in entries if fen > 0)


QUERIES = (
    Query(
        "contract-money-missing",
        ("REV-08", "AUD-04"),
        contract_money_missing,
        (Parameter("days", 0, 0, 3650),),
    ),
    Query(
        "possible-split",
        ("REV-13", "AUD-04"),
        possible_split,
        (Parameter("days", 30, 0, 3650), Parameter("fen", REVIEWED_FROM_FEN, 1, 10**13)),
    ),
    Query("same-invoice-twice", ("AUD-04",), same_invoice),
    Query(
        "cash-or-unclassified",
        ("REV-04", "AUD-04"),
        cash_or_unclassified,
        (Parameter("days", 0, 0, 3650),),
    ),
    Query("reversal-by-author", ("AUD-04",), reversed_by_author),
)
