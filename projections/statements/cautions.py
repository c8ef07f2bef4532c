"""What who signs a statement, and who reads it, must know first about the fund it is of.

Everything dated up to the period's last day, from all that had been recorded. `explained_on`: until which day
it counts that somebody said what an entry in suspense was; if none, whenever that was said.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.community import LedgerOpened
from ledger.actions.disclosure import BEFORE_THE_BOOKS
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundOpened
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from ledger.fields import Fund
from ledger.money import accounts
from projections.statements.books import Books
from projections.statements.dated import between, until
from projections.statements.statement import Caution

OF_FUNDS = ("T1", "T3", "T4", "T5")


class Reconciliation(NamedTuple):
    """How a fund last met its bank: on which day, by which record, and bank - book as the books are known."""

    on: date
    number: int
    difference_fen: int


def of_fund(
    books: Books, fund: Fund, starts_on: date, ends_on: date, explained_on: date | None = None
) -> tuple[Caution, ...]:
    """Every caution about a fund in a period, in the order in which they are read."""
    found = (
        bank_difference(books, fund, ends_on),
        bank_not_reconciled(books, fund, ends_on),
        suspense(books, fund, ends_on, explained_on),
        without_voucher(books, fund, starts_on, ends_on, explained_on),
        irregular(about(books, fund, starts_on, ends_on)),
    )
    return tuple(caution for caution in found if caution is not None)


def before_the_books(books: Books, wanted: Wanted) -> tuple[Caution, ...]:
    """Said of a period that was over before this ledger began, or any fund in it: its zeros mean nothing.

    What is not about funds has begun with the first thing told of that time: a vote recorded later is a vote.
    """
    begins = (LedgerOpened, FundOpened) if wanted.table in OF_FUNDS else Event
    begun = any(one.occurred_on <= wanted.ends_on for one in books.events if isinstance(one.data, begins))
    return () if begun else (Caution(code=BEFORE_THE_BOOKS),)


def bank_difference(books: Books, fund: Fund, on: date) -> Caution | None:
    """What the bank holds beyond the books, or (negative) the books beyond the bank, when they last met."""
    met = reconciliation(books, fund, on)
    if met is None or met.difference_fen == 0:
        return None
    return Caution(code="bank-difference", fen=met.difference_fen, records=(met.number,))


def bank_not_reconciled(books: Books, fund: Fund, on: date) -> Caution | None:
    """A fund that did not meet its bank in the month of that day: is the money there? (FUND-34)."""
    is_open = any(isinstance(one.data, FundOpened) and one.data.fund == fund for one in until(books, on))
    met = reconciliation(books, fund, on)
    if not is_open or (met is not None and met.on >= on.replace(day=1)):
        return None
    return Caution(code="bank-not-reconciled", records=(met.number,) if met else ())


def suspense(books: Books, fund: Fund, on: date, explained_on: date | None = None) -> Caution | None:
    """Money nobody can explain: what came in less what went out, and the records."""
    ended = _ended(books, on, explained_on)
    found = [
        one
        for one in until(books, on)
        if isinstance(one.data, SuspenseEntryRecorded) and one.data.fund == fund and one.number not in ended
    ]
    if not found:
        return None
    return Caution(
        code="suspense",
        fen=sum(_moved_fen(one, fund) for one in found),
        records=tuple(one.number for one in found),
    )


def without_voucher(
    books: Books, fund: Fund, starts_on: date, ends_on: date, explained_on: date | None = None
) -> Caution | None:
    """Money that left the bank with nothing to show for it; not what is undone, nor what is in suspense."""
    ended = _ended(books, ends_on, explained_on)
    found = [
        one
        for one in between(books, starts_on, ends_on)
        if _owes_voucher(one, fund) and not _excused(one, ended)
    ]
    if not found:
        return None
    return Caution(
        code="without-voucher",
        fen=-sum(_moved_fen(one, fund) for one in found),
        records=tuple(one.number for one in found),
    )


def irregular(records: Iterable[Recorded[Event]]) -> Caution | None:
    """Those that break a rule although they happened, put right since or not."""
    found = {one.number for one in records if one.envelope.irregularities}
    return Caution(code="irregular", records=tuple(sorted(found))) if found else None


def about(books: Books, fund: Fund, starts_on: date, ends_on: date) -> Iterator[Recorded[Event]]:
    """The records of a period that say they are about a fund."""
    return (one for one in between(books, starts_on, ends_on) if f"fund:{fund}" in one.envelope.tags)


def reconciliation(books: Books, fund: Fund, on: date) -> Reconciliation | None:
    """How a fund last met its bank up to a day; none if it never did."""
    met = [
        (one.number, one.data)
        for one in books.events
        if isinstance(one.data, BankReconciled) and one.data.fund == fund and one.data.on <= on
    ]
    if not met:
        return None
    number, last = met[-1]  # never of an earlier day than the one before
    booked_fen = sum(_moved_fen(one, fund) for one in until(books, last.on))
    return Reconciliation(last.on, number, last.bank_balance_fen - booked_fen)


def _ended(books: Books, on: date, explained_on: date | None) -> dict[int, type[Event]]:
    """What was reversed by a day, or recognised and not taken back: by which kind of event."""
    ended: dict[int, type[Event]] = {}
    recognises: dict[int, int] = {}
    for one in books.events:
        counts = explained_on is None or one.occurred_on <= explained_on
        match one.data:
            case EntryClassified(number=number) if counts:
                recognises[one.number] = number
                ended[number] = EntryClassified
            case EntryReversed(number=number) if number in recognises:
                if counts:  # recognised wrongly: in suspense again
                    ended.pop(recognises[number], None)
            case EntryReversed(number=number) if one.occurred_on <= on:
                ended[number] = EntryReversed
    return ended


def _excused(one: Recorded[Event], ended: dict[int, type[Event]]) -> bool:
    how = ended.get(one.number)
    if isinstance(one.data, SuspenseEntryRecorded):
        return how is not EntryClassified
    return how is EntryReversed


def _owes_voucher(one: Recorded[Event], fund: Fund) -> bool:
    event = one.data
    has_one = getattr(event, "voucher", None) is not None or one.envelope.attachments
    return _moved_fen(one, fund) < 0 and not has_one and not isinstance(event, EntryReversed)


def _moved_fen(one: Recorded[Event], fund: Fund) -> int:
    """What an event changed of what the bank holds of a fund."""
    bank = accounts.bank(fund)
    return sum(fen for account, fen in one.envelope.postings if account == bank)
