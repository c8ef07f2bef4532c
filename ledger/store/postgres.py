"""The store on PostgreSQL: one locked row is the writers' queue, an append takes two round trips."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import psycopg
from eventsourcing.dcb.api import DCBQuery
from psycopg.pq import TransactionStatus

from ledger.errors import Refused, StoreBusy, StoreError, StoreFull, StoreUnavailable
from ledger.store.connections import Connections
from ledger.store.deep_check import WITHOUT_RECEIPT, StoredReceipt, receipt_digest
from ledger.store.port import READ_BATCH, Store
from ledger.store.postgres_database import Connection, connect, make_once, translated
from ledger.store.postgres_schema import SCHEMA
from ledger.store.recorder import matching_sql
from ledger.store.records import Addition, Found, KeptReceipt, Key, Row

_LOCK = "SELECT FROM head FOR UPDATE"
_TAKE_TURN = "SELECT * FROM take_turn(%b::text[], %b::text)"
_APPEND = """
SELECT append_events(%b::int8[], %b::text[], %b::int8[], %b::text[], %b::bytea[], %b::bytea[],
                     %b::text, %b::text[], %b::int8[], %b::text[], %b::int8[],
                     %b::text, %b::bytea, %b::int8)"""
_RECEIPT = "SELECT fingerprint, first_position, last_position FROM command_receipt WHERE key = %s"
_FIRST_BELOW_ZERO = """
SELECT given.name, given.fen FROM unnest(%s::text[], %s::int8[]) AS given (name, fen)
LEFT JOIN limit_guard AS kept USING (name) WHERE coalesce(kept.fen, 0) + given.fen < 0 LIMIT 1"""
_ROWS = "SELECT position, ledger, number, kind, entry, leaf_hash FROM event"
_TAGGED = """
SELECT event.position, number, kind, entry FROM event_tag JOIN event USING (position)
WHERE tag = (SELECT id FROM tag WHERE name = %s) AND event_tag.position > %s
ORDER BY event_tag.position LIMIT %s"""
CHANNEL = "ledger_appended"
_MISSING_IN_INDEX = """
SELECT given.name, given.position FROM unnest(%b::text[], %b::int8[]) AS given (name, position)
LEFT JOIN tag USING (name)
LEFT JOIN event_tag ON event_tag.tag = tag.id AND event_tag.position = given.position
WHERE event_tag.position IS NULL ORDER BY given.position LIMIT 1"""
_LOOSE_NAME = """
SELECT name FROM tag WHERE NOT EXISTS (SELECT 1 FROM event_tag WHERE event_tag.tag = tag.id)
UNION ALL SELECT tag::text FROM event_tag WHERE NOT EXISTS (SELECT 1 FROM tag WHERE tag.id = event_tag.tag)
LIMIT 1"""
_RECEIPTS = """
SELECT key, fingerprint, first_position, last_position, receipt
FROM command_receipt LEFT JOIN event ON position = last_position WHERE key > %s ORDER BY key LIMIT %s"""
T = TypeVar("T")


class PostgresStore(Store):
    """The tables lie in the first schema of the connection's search path; they are made when missing."""

    remote = True

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._connections = Connections(self._open)

    def _open(self) -> Connection:
        connection = connect(self._url)
        try:
            make_once(connection, None, "limit_guard", SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        self._connections.close()

    # -- the append ------------------------------------------------------------------------------------------

    def _queue(self) -> AbstractContextManager[None]:
        return nullcontext()  # the row of the head is the queue

    def _begin(self) -> None:
        connection = self._connections.get()
        if _is_idle(connection):
            with self._in_our_words(), connection.pipeline():
                connection.execute("BEGIN", prepare=False)
                connection.execute(_LOCK)

    def _look_up(self, ledgers: tuple[str, ...], key: Key | None) -> Found:
        connection = self._connections.get()
        asked = list(ledgers), key.key if key else None
        with self._in_our_words():
            if _is_idle(connection):
                with connection.pipeline():
                    connection.execute("BEGIN", prepare=False)
                    turn = connection.execute(_TAKE_TURN, asked)
            else:
                turn = connection.execute(_TAKE_TURN, asked)
            [(head, recorded_at, lengths, *receipt)] = turn.fetchall()
        kept = KeptReceipt(*receipt) if receipt[0] is not None else None
        return Found(head, recorded_at, dict(zip(ledgers, lengths, strict=True)), kept)

    def _has(self, query: DCBQuery, after: int) -> bool:
        sql, values = matching_sql(query, after, events="event", mark="%s")
        return bool(self._fetch(f"{sql} LIMIT 1", values))

    def _commit(self, addition: Addition) -> None:
        connection = self._connections.get()
        connection.warned = ""
        rows = [list(column) for column in zip(*addition.rows, strict=True)]
        tags = [list(column) for column in zip(*addition.tags, strict=True)] or [[], []]
        limits = list(addition.limits), list(addition.limits.values())
        key, kept = addition.receipt or (None, None)
        fingerprint = kept.fingerprint if kept else None
        digest = receipt_digest(key.encode(), *kept) if key and kept else 0
        try:
            with connection.pipeline():
                receipt = key, fingerprint, digest
                connection.execute(_APPEND, (*rows, addition.recorded_at, *tags, *limits, *receipt))
                connection.execute("COMMIT", prepare=False)
        except psycopg.errors.CheckViolation as error:
            raise self._below_zero(addition.limits) from error
        except psycopg.Error as error:
            raise translated(error) from error
        if connection.warned:
            # T20: "canceling wait for synchronous replication" is a success that is on one machine only
            raise StoreUnavailable(reason=connection.warned)

    def _below_zero(self, limits: Mapping[str, int]) -> Refused:
        self._undo(None)
        found = self._fetch(_FIRST_BELOW_ZERO, (list(limits), list(limits.values())))
        name, fen = found[0] if found else (next(iter(limits)), 0)
        return Refused("limit.below-zero", limit=name, fen=fen)

    def _undo(self, error: BaseException | None) -> None:
        connection = self._connections.current()
        if connection is None:
            return
        if isinstance(error, StoreError) and not isinstance(error, StoreBusy | StoreFull):
            self._connections.drop()
            return
        try:
            if not _is_idle(connection):
                connection.execute("ROLLBACK", prepare=False)
        except psycopg.Error:
            self._connections.drop()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            meaning = translated(error)
            if isinstance(meaning, StoreUnavailable):
                self._connections.drop()
            raise meaning from error

    # -- reading ---------------------------------------------------------------------------------------------

    def _fetch(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read; once more on a new connection if the old one was lost and held nothing but this read."""
        connection = self._connections.get()
        in_turn = not _is_idle(connection)
        try:
            with self._in_our_words():
                return connection.execute(sql, values).fetchall()
        except StoreUnavailable:
            if in_turn:
                raise
        with self._in_our_words():
            return self._connections.get().execute(sql, values).fetchall()

    def _receipt(self, key: str) -> KeptReceipt | None:
        found = self._fetch(_RECEIPT, (key,))
        return KeptReceipt(*found[0]) if found else None

    def _tagged(self, qualified_tag: str, after: int, limit: int) -> Sequence[tuple[int, int, str, bytes]]:
        return self._fetch(_TAGGED, (qualified_tag, after, limit))

    def _matching(self, query: DCBQuery, after: int, limit: int | None) -> list[Row]:
        sql, values = matching_sql(query, after, events="event", mark="%s")
        return self._rows(f"WHERE position IN ({sql}) ORDER BY position LIMIT %s", *values, limit)

    # -- checking itself ------------------------------------------------------------------------------------

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self._fetch_nothing("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._undo(None)

    def _kept_head(self) -> tuple[int, str]:
        found = self._fetch("SELECT position, recorded_at FROM head")
        return found[0] if len(found) == 1 else (0, "")

    def _missing_in_index(self, tags: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
        names, positions = [name for name, _ in tags], [position for _, position in tags]
        found = self._fetch(_MISSING_IN_INDEX, (names, positions))
        return (found[0][0], found[0][1]) if found else None

    def _index_length(self) -> int:
        return self._number("SELECT count(*) FROM event_tag")

    def _loose_name(self) -> str | None:
        found = self._fetch(_LOOSE_NAME)
        return found[0][0] if found else None

    def _limits(self) -> dict[str, int]:
        return dict(self._fetch("SELECT name, fen FROM limit_guard"))

    def _receipts(self, after: bytes) -> list[tuple[StoredReceipt, int | None]]:
        found = self._fetch(_RECEIPTS, (after.decode(), READ_BATCH))
        return [((key.encode(), mark, first, last), digest) for key, mark, first, last, digest in found]

    def _without_receipt(self) -> int | None:
        found = self._fetch(WITHOUT_RECEIPT)
        return found[0][0] if found else None

    # -- lengths and rows ------------------------------------------------------------------------------------

    def head(self) -> int:
        return self._number("SELECT position FROM head")

    def ledgers(self) -> list[str]:
        return [
            name
            for (name,) in self._fetch("SELECT DISTINCT ledger FROM event WHERE ledger <> '' ORDER BY 1", ())
        ]

    def length(self, ledger: str) -> int:
        return self._number("SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = %s", ledger)

    def _number(self, sql: str, *values: object) -> int:
        number: int = self._fetch(sql, values)[0][0]
        return number

    def rows(self, after: int, limit: int = READ_BATCH) -> list[Row]:
        return self._rows("WHERE position > %s ORDER BY position LIMIT %s", after, limit)

    def ledger_rows(self, ledger: str, after: int, limit: int) -> list[Row]:
        return self._rows("WHERE ledger = %s AND number > %s ORDER BY number LIMIT %s", ledger, after, limit)

    def _rows(self, clause: str, *values: object) -> list[Row]:
        return list(map(Row._make, self._fetch(f"{_ROWS} {clause}", values)))

    # -- waiting for more ------------------------------------------------------------------------------------

    @contextmanager
    def _listening(self) -> Iterator[None]:
        self._fetch_nothing(f"LISTEN {CHANNEL}")
        try:
            yield
        finally:
            self._fetch_nothing(f"UNLISTEN {CHANNEL}")

    def _fetch_nothing(self, sql: str) -> None:
        with self._in_our_words():
            self._connections.get().execute(sql, prepare=False)

    def _await_change(self, changed: threading.Event, seconds: float) -> None:  # noqa: ARG002  writes of this process notify, too
        with self._in_our_words():
            for _ in self._connections.get().notifies(timeout=seconds, stop_after=1):
                pass


def _is_idle(connection: Connection) -> bool:
    return connection.info.transaction_status == TransactionStatus.IDLE
