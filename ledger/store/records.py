"""What the store takes and gives: drafts, conditions, keys, receipts and rows."""

from collections.abc import Mapping
from typing import NamedTuple

from ledger.errors import LedgerError


class Draft(NamedTuple):
    """An event ready to be stored but for the instant: its entry is `before + recorded_at + after`."""

    ledger: str
    kind: str
    tags: tuple[str, ...]
    before: bytes
    after: bytes
    event_id: str = ""
    limits: Mapping[str, int] = {}


class Condition(NamedTuple):
    """The append fails if an event after position `after` carries any of these (ledger, tag)."""

    tags: tuple[tuple[str, str], ...]
    after: int


class Key(NamedTuple):
    """An idempotency key (scoped by its ledger) and the SHA-256 of what was asked under it."""

    key: str
    fingerprint: bytes


class ReceiptLine(NamedTuple):
    """Where one event of a command went."""

    id: str
    kind: str
    ledger: str
    number: int
    position: int
    leaf_hash: str
    recorded_at: str


class Receipt(NamedTuple):
    """The answer to a recorded command; `position` is that of its last event."""

    events: tuple[ReceiptLine, ...]
    position: int
    replayed: bool = False


class Row(NamedTuple):
    """A stored event as it lies in the table."""

    position: int
    ledger: str
    number: int
    kind: str
    entry: bytes
    leaf_hash: bytes


class Intent(NamedTuple):
    """What a writer must look up once it has its turn."""

    ledgers: tuple[str, ...]
    key: str | None


class KeptReceipt(NamedTuple):
    """What a key stands for: a digest of what was asked, and the places of its first and last event."""

    fingerprint: bytes
    first: int
    last: int


class Found(NamedTuple):
    """What it found: the head, its instant, events per ledger, what the key stands for, the head's leaf."""

    head: int
    recorded_at: str
    lengths: dict[str, int]
    receipt: KeptReceipt | None
    leaf_hash: bytes = b""  # where the database gives it at no cost


class Ahead(NamedTuple):
    """What a decision may know when its turn begins: the newest event, and what the key stands for."""

    position: int
    leaf_hash: bytes
    replayed: "Receipt | None"


class Addition(NamedTuple):
    """All that one append adds: rows, tags as (qualified tag, position), changes of limits, the receipt."""

    recorded_at: str
    rows: list[Row]
    tags: list[tuple[str, int]]
    limits: dict[str, int]
    receipt: tuple[str, KeptReceipt] | None


class Conflict(LedgerError):
    """Events the decision did not know of match its condition: read again, decide again."""

    code = "store.conflict"


def qualified(ledger: str, tag: str) -> str:
    """The tag of one ledger, as the store knows it: tags of two ledgers never meet."""
    return f"{ledger}/{tag}" if ledger else tag
