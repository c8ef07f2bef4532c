"""The money entries of one ledger, read from the store itself, for programs that check our arithmetic."""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundOpened
from ledger.errors import UnknownLedger
from ledger.events import Event, Recorded
from ledger.money import accounts
from ledger.money.postings import Postings
from ledger.store.entries import event_of
from ledger.store.port import Store
from projections.entry_rows import text_of

CURRENCY = "CNY"


class Transaction(msgspec.Struct, frozen=True):
    """One event that moved money; `record`: its number, `text`: one line, as on the page of entries.

    `corrects`: what it does to an earlier record, and to which: ("reverses", 12), ("classifies", 12).
    """

    record: int
    day: date
    kind: str
    text: str
    postings: Postings
    corrects: tuple[str, int] | None
    irregularities: tuple[str, ...]


class Closing(msgspec.Struct):
    """What an account holds after everything, and the first day on which anything happened to it."""

    first_on: date
    fen: int = 0


class Bookkeeping:
    """The entries of a ledger, as many as it had when this was made. Errors: `UnknownLedger`."""

    def __init__(self, store: Store, ledger: str) -> None:
        self.ledger = ledger
        self.records = store.length(ledger)
        if self.records == 0:
            raise UnknownLedger(ledger=ledger)
        self._store = store
        self.accounts: dict[str, Closing] = {}
        self.transactions = 0
        self.last_on: date | None = None
        self._close()

    def __iter__(self) -> Iterator[Transaction]:
        """Every transaction, in order of record."""
        for recorded in self._events():
            envelope, event = recorded.envelope, recorded.envelope.data
            if envelope.postings:
                yield Transaction(
                    record=recorded.number,
                    day=envelope.occurred_on,
                    kind=envelope.kind,
                    text=text_of(event) or envelope.note or "",
                    postings=envelope.postings,
                    corrects=_corrected(event),
                    irregularities=envelope.irregularities,
                )

    @property
    def asserted_on(self) -> date | None:
        """The day after the last entry, when every account must hold what is said; none without entries."""
        return self.last_on and self.last_on + timedelta(days=1)

    def _close(self) -> None:
        """Add up every account once, before anything is written: accounts are opened above their entries."""
        for recorded in self._events():
            day, moved = recorded.occurred_on, recorded.envelope.postings
            if not moved and isinstance(recorded.data, FundOpened):  # a fund that holds nothing is there too
                moved = ((accounts.bank(recorded.data.fund), 0),)
            elif moved:
                self.transactions += 1
            for account, fen in moved:
                closing = self.accounts.setdefault(account, Closing(day))
                closing.first_on = min(closing.first_on, day)
                closing.fen += fen
                self.last_on = day if self.last_on is None else max(self.last_on, day)

    def _events(self) -> Iterator[Recorded[Event]]:
        return map(event_of, self._store.history(self.ledger, until=self.records - 1))


def _corrected(event: Event) -> tuple[str, int] | None:
    match event:
        case EntryReversed(number=number):
            return "reverses", number
        case EntryClassified(number=number):
            return "classifies", number
    return None


def yuan(fen: int) -> str:
    """An amount as those programs read it: `-1234.05`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def one_line(text: str) -> str:
    """A text without anything a program could take for the end of a line, or that cannot be seen."""
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text
    )


def aligned(names: Iterable[str]) -> int:
    """The width at which amounts stand in one column."""
    return max(map(len, names), default=0) + 2
