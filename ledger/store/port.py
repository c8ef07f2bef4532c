"""The store's port: append under a condition, exactly once per key, in one transaction; read by place, tag and ledger.

It also is a `DCBRecorder` of the eventsourcing library, so the library's own contract tests run against it.
"""

import os
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBListenNotifySubscription
from eventsourcing.persistence import IntegrityError, ProgrammingError

from ledger.dates import stamp
from ledger.envelope import leaf_hash
from ledger.errors import KeyReused, LedgerError, StoreDamaged, StoreMisused
from ledger.events import Event, Recorded, decode

LOCK_SECONDS_MAX = 5.0  # how long a writer waits for its turn before it says the store is busy
READ_BATCH = 5_000


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

    ledgers: frozenset[str]
    query: DCBQuery | None
    after: int
    key: str | None


class Found(NamedTuple):
    """What it found: the head, the entry there, events per ledger, a conflict, and what the key already stands for."""

    head: int
    last_entry: bytes | None
    lengths: dict[str, int]
    conflict: bool
    receipt: tuple[bytes, int, int] | None


class Conflict(LedgerError):
    """Events the decision did not know of match its condition: read again, decide again."""

    code = "store.conflict"


def qualified(ledger: str, tag: str) -> str:
    """The tag of one ledger, as the store knows it: tags of two ledgers never meet."""
    return f"{ledger}/{tag}"


class Store(DCBRecorder):
    """Base of both stores: the one append, the reads, and the recorder of the eventsourcing library on top of them.

    A store opens its connections lazily, one per thread. `clock` gives the instant events are stamped with.
    """

    clock: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))

    def __init__(self) -> None:
        self._process = 0
        self._opening = threading.Lock()
        self._writing = threading.local()
        self._listeners: set[threading.Event] = set()

    # -- the append ------------------------------------------------------------------------------------------------

    def append_drafts(self, drafts: Sequence[Draft], condition: Condition | None, key: Key | None) -> Receipt:
        """Store the drafts in one durable transaction, unless the key is known or the condition fails.

        Returns the receipt once it is safe on disk. Errors: `Conflict`, `KeyReused`, `StoreBusy`, `StoreFull`,
        `StoreUnavailable`; after any of them nothing of this command is stored (`StoreUnavailable`: ask again with the key).
        """
        query = None
        if condition is not None and condition.tags:
            query = DCBQuery([DCBQueryItem(tags=[qualified(ledger, tag)]) for ledger, tag in condition.tags])
        return self._append(drafts, query, condition.after if condition else 0, key)

    def _append(
        self, drafts: Sequence[Draft], query: DCBQuery | None, after: int, key: Key | None
    ) -> Receipt:
        intent = Intent(frozenset(draft.ledger for draft in drafts), query, after, key.key if key else None)
        with self._transaction():
            found = self._look_up(intent)
            if key is not None and found.receipt is not None:
                return self._replayed(key, found.receipt)
            if found.conflict:
                raise Conflict
            rows, lines = self._stamped(drafts, found)
            self._write(rows, [draft.tags for draft in drafts], self._limits(drafts), key)
        self._notify()
        return Receipt(tuple(lines), rows[-1].position)

    def _stamped(self, drafts: Sequence[Draft], found: Found) -> tuple[list[Row], list[ReceiptLine]]:
        recorded_at = max(stamp(self.clock()), _stamp_of(found.last_entry))
        stamped = recorded_at.encode()
        rows, lines, lengths = [], [], dict(found.lengths)
        for position, draft in enumerate(drafts, found.head + 1):
            entry = draft.before + (stamped + draft.after if draft.after else b"")
            number = lengths.get(draft.ledger, 0)
            lengths[draft.ledger] = number + 1
            row = Row(position, draft.ledger, number, draft.kind, entry, leaf_hash(entry))
            rows.append(row)
            lines.append(
                ReceiptLine(
                    draft.event_id, row.kind, row.ledger, number, position, row.leaf_hash.hex(), recorded_at
                )
            )
        return rows, lines

    @staticmethod
    def _limits(drafts: Sequence[Draft]) -> dict[str, int]:
        limits: dict[str, int] = {}
        for draft in drafts:
            for name, fen in draft.limits.items():
                name = qualified(draft.ledger, name)
                limits[name] = limits.get(name, 0) + fen
        return limits

    def receipt(self, key: Key) -> Receipt | None:
        """What was recorded under a key, marked as replayed; none if the key is new. Errors: `KeyReused`."""
        found = self._receipt(key.key)
        return self._replayed(key, found) if found else None

    def _replayed(self, key: Key, found: tuple[bytes, int, int]) -> Receipt:
        fingerprint, first, last = found
        if fingerprint != key.fingerprint:
            raise KeyReused(key=key.key)
        rows = self.rows(first - 1, last - first + 1)
        return Receipt(tuple(map(_receipt_line, rows)), last, replayed=True)

    # -- reading ---------------------------------------------------------------------------------------------------

    def tagged(self, ledger: str, tag: str, after: int) -> Iterator[Recorded[Event]]:
        """The events of a ledger that carry a tag, after a position, in order."""
        for position, number, kind, entry in self._tagged(qualified(ledger, tag), after):
            yield Recorded(position, number, decode(kind, entry))

    def numbered(self, ledger: str, number: int) -> Recorded[Event] | None:
        """One event by its number in its ledger."""
        rows = self.ledger_rows(ledger, number - 1, 1)
        if not rows or rows[0].number != number:
            return None
        return Recorded(rows[0].position, number, decode(rows[0].kind, rows[0].entry))

    def deep_check(self) -> int:
        """Hash every entry again and check that places have no gap; returns how many there are.

        Errors: `StoreDamaged` naming the first event that is not what was recorded.
        """
        position, lengths = 0, dict[str, int]()
        while rows := self.rows(position, READ_BATCH):
            for row in rows:
                expected = position + 1, lengths.get(row.ledger, 0)
                if (row.position, row.number) != expected:
                    raise StoreDamaged(
                        "store.gap", position=row.position, ledger=row.ledger, number=row.number
                    )
                if leaf_hash(row.entry) != row.leaf_hash:
                    raise StoreDamaged(
                        "store.hash-mismatch", position=row.position, ledger=row.ledger, number=row.number
                    )
                if row.ledger:
                    decode(row.kind, row.entry)
                position, lengths[row.ledger] = row.position, row.number + 1
        return position

    # -- what each database does its own way -------------------------------------------------------------------------

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the writer's turn of this thread: inside, what was read cannot change before it is appended."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[None]:
        """The writer's turn and one transaction in it; commits on leaving, undoes everything on any error."""

    @abstractmethod
    def _look_up(self, intent: Intent) -> Found: ...

    @abstractmethod
    def _write(
        self, rows: Sequence[Row], tags: Sequence[tuple[str, ...]], limits: Mapping[str, int], key: Key | None
    ) -> None: ...

    @abstractmethod
    def _receipt(self, key: str) -> tuple[bytes, int, int] | None: ...

    @abstractmethod
    def _tagged(self, qualified_tag: str, after: int) -> Iterable[tuple[int, int, str, bytes]]: ...

    @abstractmethod
    def _matching(
        self, query: DCBQuery, after: int, limit: int | None
    ) -> list[tuple[int, str, bytes, list[str]]]: ...

    @abstractmethod
    def head(self) -> int:
        """The position of the last event; 0 for an empty store."""

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
        """Close this process's connections."""

    # -- processes and waiting -----------------------------------------------------------------------------------------

    def _check_process(self) -> None:
        """Refuse a store that was opened before a fork: two processes on one connection corrupt each other."""
        if self._process != os.getpid():
            with self._opening:
                if self._process == 0:
                    self._process = os.getpid()
                elif self._process != os.getpid():
                    raise StoreMisused(
                        "store.inherited-over-fork", opened_by=self._process, used_by=os.getpid()
                    )

    def wait_for(self, position: int, seconds: float) -> int:
        """Wait until the head is past `position` or time is up; the head then. Wakes at once for this process's writes."""
        changed = threading.Event()
        self._listeners.add(changed)
        until = time.monotonic() + seconds
        try:
            while (head := self.head()) <= position and (left := until - time.monotonic()) > 0:
                self._await_change(changed, min(left, POLL_SECONDS))
                changed.clear()
            return head
        finally:
            self._listeners.discard(changed)

    def _await_change(self, changed: threading.Event, seconds: float) -> None:
        changed.wait(seconds)

    def _notify(self) -> None:
        for changed in tuple(self._listeners):
            changed.set()

    # -- DCBRecorder -----------------------------------------------------------------------------------------------------

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        """Append plain events of the library; they belong to no ledger. Errors: `IntegrityError` if the condition fails."""
        if not events:
            raise ProgrammingError("Should be at least one event. Avoid this elsewhere")
        drafts = [Draft("", event.type, tuple(event.tags), event.data, b"") for event in events]
        try:
            return self._append(
                drafts,
                condition.fail_if_events_match if condition else None,
                (condition.after or 0) if condition else 0,
                None,
            ).position
        except Conflict as conflict:
            raise IntegrityError(condition) from conflict

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """See `DCBRecorder.read`."""
        head = self.head()
        found = self._matching(query or DCBQuery(), after or 0, limit)
        events = [
            DCBSequencedEvent(DCBEvent(type=kind, data=entry, tags=tags), position)
            for position, kind, entry, tags in found
        ]
        if limit is not None:
            return _Response(events, events[-1].position if events else None)
        return _Response(events, max(head, events[-1].position if events else 0) or None)

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "Subscription":
        """See `DCBRecorder.subscribe`."""
        return Subscription(recorder=self, query=query, after=after)


POLL_SECONDS = 0.01  # how soon a write of another process is seen


class Subscription(DCBListenNotifySubscription[Store]):
    """Follows the store as it grows, whichever process writes."""

    def __init__(self, recorder: Store, query: DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder=recorder, query=query, after=after)
        self._watch = threading.Thread(target=self._watch_head, daemon=True)
        self._watch.start()

    def _watch_head(self) -> None:
        head = 0
        while not self._has_been_stopped:
            with suppress(LedgerError):
                newer = self._recorder.wait_for(head, 0.1)
                if newer > head:
                    head = newer
                    self._has_been_notified.set()

    def stop(self) -> None:
        super().stop()
        if threading.current_thread() is not self._watch:
            self._watch.join()


class _Response(DCBReadResponse):
    def __init__(self, events: list[DCBSequencedEvent], head: int | None) -> None:
        self._events = iter(events)
        self._head = head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)


class _Stamped(msgspec.Struct):
    recorded_at: str = ""
    id: str = ""


def _stamp_of(entry: bytes | None) -> str:
    return _stamped(entry).recorded_at if entry else ""


def _stamped(entry: bytes) -> _Stamped:
    try:
        return msgspec.json.decode(entry, type=_Stamped)
    except msgspec.DecodeError:
        return _Stamped()  # appended through the bare recorder, which knows no envelope


def _receipt_line(row: Row) -> ReceiptLine:
    stamped = _stamped(row.entry)
    return ReceiptLine(
        stamped.id, row.kind, row.ledger, row.number, row.position, row.leaf_hash.hex(), stamped.recorded_at
    )
