"""The store as a `DCBRecorder` of the eventsourcing library: its own contract tests run against ours."""

import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress

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

from ledger.errors import LedgerError
from ledger.store.records import Conflict, Draft, Key, Receipt, Row, qualified


class PlainEvent(msgspec.Struct):
    """The entry of an event of the library: it belongs to no ledger and its data may be any bytes."""

    data: bytes
    tags: list[str]


_encode = msgspec.json.Encoder(order="sorted").encode
_plain = msgspec.json.Decoder(PlainEvent)


def tags_of_plain_event(entry: bytes) -> list[str]:
    """The tags of an event that came in through the library's interface."""
    return list(dict.fromkeys(_plain.decode(entry).tags))


class LibraryRecorder(DCBRecorder):
    """Base of the store: the library's append, read and subscribe in terms of ours."""

    @abstractmethod
    def _append(
        self, drafts: Sequence[Draft], query: Callable[[], DCBQuery] | None, after: int, key: Key | None
    ) -> Receipt: ...

    @abstractmethod
    def _matching(self, query: DCBQuery, after: int, limit: int | None) -> list[Row]: ...

    @abstractmethod
    def head(self) -> int: ...

    @abstractmethod
    def wait_for(self, position: int, seconds: float) -> int: ...

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        """See `DCBRecorder.append`. Errors: `IntegrityError` if the condition fails."""
        if not events:
            raise ProgrammingError("Should be at least one event. Avoid this elsewhere")
        drafts = [_draft(event) for event in events]
        try:
            if condition is None:
                return self._append(drafts, None, 0, None).position
            return self._append(
                drafts, lambda: condition.fail_if_events_match, condition.after or 0, None
            ).position
        except Conflict as conflict:
            raise IntegrityError(condition) from conflict

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """See `DCBRecorder.read`."""
        head = self.head()
        found = self._matching(query or DCBQuery(), after or 0, limit)
        events = [DCBSequencedEvent(_event(row), row.position) for row in found]
        last = events[-1].position if events else None
        return _Response(events, last if limit is not None else max(head, last or 0) or None)

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "Subscription":
        """See `DCBRecorder.subscribe`."""
        return Subscription(self, query, after)


def _draft(event: DCBEvent) -> Draft:
    entry = _encode(PlainEvent(event.data, event.tags))
    return Draft("", event.type, tuple(dict.fromkeys(event.tags)), entry, b"")


def _event(row: Row) -> DCBEvent:
    if row.ledger:
        tags = [qualified(row.ledger, tag) for tag in msgspec.json.decode(row.entry).get("tags", [])]
        return DCBEvent(row.kind, row.entry, tags)
    plain = _plain.decode(row.entry)
    return DCBEvent(row.kind, plain.data, plain.tags)


def matching_sql(query: DCBQuery, after: int, *, events: str, mark: str) -> tuple[str, list[object]]:
    """SQL for the positions of events that match any item of a query; an empty query matches every event.

    `events` has `position` and `kind`; `mark` is how the driver writes the place of a value.
    """
    parts, values = [], list[object]()
    for item in query.items or [DCBQueryItem()]:
        sql, of_item = _item_sql(item, after, events, mark)
        parts.append(f"SELECT position FROM ({sql}) AS item")
        values += of_item
    return " UNION ".join(parts), values


def _item_sql(item: DCBQueryItem, after: int, events: str, mark: str) -> tuple[str, list[object]]:
    """All of its tags, and one of its types if it has any."""
    of_kinds = f"kind IN ({', '.join([mark] * len(item.types))})" if item.types else "true"
    if not item.tags:
        return f"SELECT position FROM {events} WHERE position > {mark} AND {of_kinds}", [after, *item.types]
    of_tag = f"tag = (SELECT id FROM tag WHERE name = {mark})"
    with_tag = f"SELECT position FROM event_tag WHERE {of_tag} AND position > {mark}"
    tagged = " INTERSECT ".join([with_tag] * len(item.tags))
    values: list[object] = [value for tag in item.tags for value in (tag, after)]
    if not item.types:
        return tagged, values
    joined = f"SELECT position FROM ({tagged}) AS tagged JOIN {events} USING (position) WHERE {of_kinds}"
    return joined, [*values, *item.types]


class Subscription(DCBListenNotifySubscription[LibraryRecorder]):
    """Follows the store as it grows, whichever process writes."""

    def __init__(self, recorder: LibraryRecorder, query: DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder=recorder, query=query, after=after)
        self._watch = threading.Thread(target=self._watch_head, daemon=True)
        self._watch.start()

    def _watch_head(self) -> None:
        head = 0
        while not self._has_been_stopped:
            with suppress(LedgerError):  # a store that cannot be reached now is asked again
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
