"""The store's port: append under a condition, once per key, in one piece; read by place, tag and ledger."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import ClassVar

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.dates import stamp
from ledger.envelope import leaf_hash
from ledger.errors import KeyReused, StoreMisused
from ledger.events import Event, Recorded, decode
from ledger.store.deep_check import READ_BATCH, SelfChecking
from ledger.store.entries import event_of, receipt_line
from ledger.store.recorder import LibraryRecorder
from ledger.store.records import (
    Addition,
    Condition,
    Conflict,
    Draft,
    Found,
    KeptReceipt,
    Key,
    Receipt,
    ReceiptLine,
    Row,
    qualified,
)

__all__ = [
    "READ_BATCH",
    "Condition",
    "Conflict",
    "Draft",
    "Key",
    "Receipt",
    "ReceiptLine",
    "Row",
    "Store",
    "qualified",
]

FINGERPRINT_BYTES = 16  # kept of the SHA-256: to tell two bodies under one key apart 128 bits are plenty


class Store(SelfChecking, LibraryRecorder):
    """Base of both stores: one append, reads, and on top of them the recorder of the eventsourcing library.

    A store opens its connections lazily, one per thread. `clock` gives the instant events are stamped with.
    """

    clock: Callable[[], datetime] = staticmethod(partial(datetime.now, UTC))
    remote: ClassVar[bool] = False  # whether every read is a round trip, best not made while others wait

    def __init__(self) -> None:
        self._turns = threading.local()
        self._waiting: set[threading.Event] = set()

    # -- the append ------------------------------------------------------------------------------------------

    def append_drafts(
        self,
        drafts: Sequence[Draft],
        condition: Condition | None,
        key: Key | None,
        ahead: Found | None = None,
    ) -> Receipt:
        """Store the drafts in one durable transaction, unless the key is known or the condition fails.

        `ahead`: what `look_ahead` found for their one ledger and key. Returns the receipt once it is safe on
        disk. Errors: `Conflict`, `KeyReused`, `Refused` by a limit, `StoreBusy`, `StoreFull`,
        `StoreUnavailable`; after any of them nothing of this command is stored, but after
        `StoreUnavailable` only asking again with the same key tells.
        """
        if not drafts:
            raise StoreMisused("store.nothing-to-append")
        if condition is None:
            condition = Condition((), 0)
        query = partial(_about, condition.tags) if condition.tags else None
        if ahead is not None:
            return self._write(drafts, query, condition.after, key, ahead)
        return self._append(drafts, query, condition.after, key)

    def _append(
        self,
        drafts: Sequence[Draft],
        query: Callable[[], DCBQuery] | None,
        after: int,
        key: Key | None,
    ) -> Receipt:
        with _Turn(self, begins=False):
            found = self._look_up(tuple({draft.ledger: None for draft in drafts}), key)
            if key is not None and found.receipt is not None:
                return self._replayed(key, found.receipt)
            return self._write(drafts, query, after, key, found)

    def _write(
        self,
        drafts: Sequence[Draft],
        query: Callable[[], DCBQuery] | None,
        after: int,
        key: Key | None,
        found: Found,
    ) -> Receipt:
        # T3: after a restore the tail a decision stood on may be gone
        if found.head < after or (query and found.head > after and self._has(query(), after)):
            raise Conflict
        try:
            addition, lines = self._stamped(drafts, found, key)
            self._commit(addition)
        except BaseException as error:
            self._undo(error)
            raise
        self._notify()
        return Receipt(tuple(lines), addition.rows[-1].position)

    def _stamped(
        self, drafts: Sequence[Draft], found: Found, key: Key | None
    ) -> tuple[Addition, list[ReceiptLine]]:
        recorded_at = max(stamp(self.clock()), found.recorded_at)  # clocks jump; the books go forward only
        stamped = recorded_at.encode()
        receipt = _receipt(key, found.head + 1, found.head + len(drafts))
        rows, tags, lines = [], [], []
        lengths: dict[str, int] = {}
        limits: dict[str, int] = {}
        for position, draft in enumerate(drafts, found.head + 1):
            ledger, kind = draft.ledger, draft.kind
            entry = draft.before + stamped + draft.after if draft.after else draft.before
            number = lengths.get(ledger, found.lengths.get(ledger, 0))
            lengths[ledger] = number + 1
            hashed = leaf_hash(entry)
            rows.append(Row(position, ledger, number, kind, entry, hashed))
            tags += [(qualified(ledger, tag), position) for tag in draft.tags]
            for name, fen in draft.limits.items():
                limit = qualified(ledger, name)
                limits[limit] = limits.get(limit, 0) + fen
            lines.append(
                ReceiptLine(draft.event_id, kind, ledger, number, position, hashed.hex(), recorded_at)
            )
        return Addition(recorded_at, rows, tags, limits, receipt), lines

    def look_ahead(self, ledger: str, key: Key | None) -> Found:
        """Inside `exclusive`, look once for the decision and for the append after it."""
        return self._look_up((ledger,), key)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold this thread's turn to write: what is read inside cannot change before its first append."""
        return _Turn(self, begins=True)

    def receipt(self, key: Key) -> Receipt | None:
        """What was recorded under a key, marked as replayed; none if the key is new. Errors: `KeyReused`."""
        found = self._receipt(key.key)
        return self._replayed(key, found) if found else None

    def _replayed(self, key: Key, kept: KeptReceipt) -> Receipt:
        if kept.fingerprint != key.fingerprint[:FINGERPRINT_BYTES]:
            raise KeyReused(key=key.key)
        rows = self.rows(kept.first - 1, kept.last - kept.first + 1)
        return Receipt(tuple(map(receipt_line, rows)), kept.last, replayed=True)

    # -- reading ---------------------------------------------------------------------------------------------

    def tagged(self, ledger: str, tag: str, after: int) -> Iterator[Recorded[Event]]:
        """The events of a ledger that carry a tag, after a position, in order."""
        while True:  # no more than one batch in memory
            rows = self._tagged(qualified(ledger, tag), after, READ_BATCH)
            for position, number, kind, entry in rows:
                yield Recorded(position, number, decode(kind, entry))
            if len(rows) < READ_BATCH:
                return
            after = rows[-1][0]

    def numbered(self, ledger: str, number: int) -> Recorded[Event] | None:
        """One event by its number in its ledger."""
        rows = self.ledger_rows(ledger, number - 1, 1)
        if not rows or rows[0].number != number:
            return None
        return event_of(rows[0])

    def batches(self, ledger: str, after: int = -1, until: int | None = None) -> Iterator[list[Row]]:
        """The stored events of a ledger after one number, up to another or to the last there is, in order."""
        while until is None or after < until:
            limit = READ_BATCH if until is None else min(READ_BATCH, until - after)
            if not (rows := self.ledger_rows(ledger, after, limit)):
                return
            yield rows
            after = rows[-1].number

    def history(self, ledger: str, after: int = -1, until: int | None = None) -> Iterator[Row]:
        """The same one by one, with no more than one batch in memory."""
        return chain.from_iterable(self.batches(ledger, after, until))

    def selected(self, ledger: str, tag: str, kinds: Sequence[str], after: int, limit: int) -> list[Row]:
        """Stored events of a ledger that carry a tag and are of one of the kinds, if any, after a number."""
        if after >= self.length(ledger):
            return []
        start = self.ledger_rows(ledger, after - 1, 1)[0].position if after >= 0 else 0
        query = DCBQuery([DCBQueryItem(types=list(kinds), tags=[qualified(ledger, tag)])])
        return self._matching(query, start, limit)

    # -- what each database does its own way -----------------------------------------------------------------

    @abstractmethod
    def _queue(self) -> AbstractContextManager[None]:
        """Wait, fairly and not for ever, until this thread may begin to write. Errors: `StoreBusy`."""

    @abstractmethod
    def _begin(self) -> None:
        """Open the writer's transaction if it is not open."""

    @abstractmethod
    def _look_up(self, ledgers: tuple[str, ...], key: Key | None) -> Found:
        """What a writer must know, inside its transaction (opened here if need be)."""

    @abstractmethod
    def _has(self, query: DCBQuery, after: int) -> bool:
        """Whether any event after a position matches."""

    @abstractmethod
    def _commit(self, addition: Addition) -> None:
        """Write and commit durably."""

    @abstractmethod
    def _undo(self, error: BaseException | None) -> None:
        """Roll back what is not committed; after errors that leave the connection in doubt, drop it."""

    @abstractmethod
    def _receipt(self, key: str) -> KeptReceipt | None: ...

    @abstractmethod
    def _tagged(
        self, qualified_tag: str, after: int, limit: int
    ) -> Sequence[tuple[int, int, str, bytes]]: ...

    @abstractmethod
    def head(self) -> int:
        """The position of the last event; 0 for an empty store."""

    @abstractmethod
    def ledgers(self) -> list[str]:
        """Every ledger that has an event, in the order of their ids."""

    @abstractmethod
    def length(self, ledger: str) -> int:
        """How many events a ledger has; the number of its next one."""

    @abstractmethod
    def rows(self, after: int, limit: int = READ_BATCH) -> list[Row]:
        """Stored events in order of position, after one position."""

    @abstractmethod
    def ledger_rows(self, ledger: str, after: int, limit: int) -> list[Row]:
        """Stored events of one ledger in order of number, after one number (-1: from the first)."""

    @abstractmethod
    def close(self) -> None:
        """Close this process's connections; the next use opens new ones."""

    # -- waiting for more ------------------------------------------------------------------------------------

    def wait_for(self, position: int, seconds: float) -> int:
        """Wait until the head is past `position` or time is up; the head then."""
        changed = threading.Event()
        self._waiting.add(changed)
        until = time.monotonic() + seconds
        try:
            with self._listening():
                while (head := self.head()) <= position and (left := until - time.monotonic()) > 0:
                    self._await_change(changed, left)
                    changed.clear()
                return head
        finally:
            self._waiting.discard(changed)

    def _listening(self) -> AbstractContextManager[None]:
        return nullcontext()

    @abstractmethod
    def _await_change(self, changed: threading.Event, seconds: float) -> None:
        """Wait until something may have been appended, by this process (`changed`) or another."""

    def _notify(self) -> None:
        for changed in tuple(self._waiting):
            changed.set()


class _Turn(AbstractContextManager[None]):
    """A thread's turn to write. Taken again inside, it is the same turn."""

    def __init__(self, store: Store, *, begins: bool) -> None:
        self._store = store
        self._begins = begins
        self._queue: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        store = self._store
        if not getattr(store._turns, "held", False):
            queue = store._queue()
            queue.__enter__()
            self._queue, store._turns.held = queue, True
        if self._begins:
            try:
                store._begin()
            except BaseException:
                self.__exit__()
                raise

    def __exit__(self, *_: object) -> None:
        if self._queue is not None:
            self._store._turns.held = False
            try:
                self._store._undo(None)
            finally:
                self._queue.__exit__(None, None, None)


def _about(tags: Iterable[tuple[str, str]]) -> DCBQuery:
    return DCBQuery([DCBQueryItem(tags=[qualified(ledger, tag)]) for ledger, tag in tags])


def _receipt(key: Key | None, first: int, last: int) -> tuple[str, KeptReceipt] | None:
    return (key.key, KeptReceipt(key.fingerprint[:FINGERPRINT_BYTES], first, last)) if key else None
