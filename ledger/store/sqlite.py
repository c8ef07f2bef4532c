"""The store on SQLite: one folder, WAL, every commit flushed, one writer at a time in a fair queue."""

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

import msgspec
from eventsourcing.dcb.api import DCBQuery

from ledger.errors import Refused, StoreBusy, StoreError, StoreFull
from ledger.store.connections import Connections
from ledger.store.deep_check import WITHOUT_RECEIPT, StoredReceipt, receipt_digest
from ledger.store.entries import recorded_at_of
from ledger.store.port import READ_BATCH, Store
from ledger.store.recorder import matching_sql
from ledger.store.records import Addition, Found, KeptReceipt, Key, Row
from ledger.store.sqlite_database import (
    FairTurn,
    in_our_words,
    must_be,
    open_database,
    refuse_network_file_system,
    translated,
)
from ledger.store.sqlite_numbers import Numbers
from ledger.store.sqlite_schema import is_made, make, refuse_other_schema

_RECEIPT = "SELECT fingerprint, first_position, last_position FROM command_receipt WHERE key = ?"
_NEWEST = "SELECT position, leaf_hash, entry FROM event ORDER BY position DESC LIMIT 1"
_ADD_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)"
_LENGTH = (
    "SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = (SELECT id FROM name WHERE name = ?)"
)
_LEDGERS = """
SELECT name FROM name
WHERE name <> '' AND EXISTS (SELECT 1 FROM event WHERE ledger = name.id) ORDER BY name"""
_ROWS = "SELECT position, ledger, number, kind, entry, leaf_hash FROM named_event"
_ROWS_OF_LEDGER = """
SELECT position, ?1, number, kind.name, entry, leaf_hash
FROM event CROSS JOIN name AS kind ON kind.id = event.kind
WHERE ledger = (SELECT id FROM name WHERE name = ?1) AND number > ?2 ORDER BY number LIMIT ?3"""
_TAG = "SELECT id FROM tag WHERE name = ?"
# CROSS JOIN keeps SQLite from starting at the event table
_TAGGED = """
SELECT event.position, number, kind.name, entry
FROM event_tag CROSS JOIN event USING (position) CROSS JOIN name AS kind ON kind.id = event.kind
WHERE tag = ? AND event_tag.position > ?
ORDER BY event_tag.position LIMIT ?"""

_LOOSE_NAME = """
SELECT name FROM tag WHERE NOT EXISTS (SELECT 1 FROM event_tag WHERE event_tag.tag = tag.id)
UNION ALL SELECT max(name) FROM tag GROUP BY id HAVING count(*) > 1
UNION ALL SELECT CAST(tag AS TEXT) FROM event_tag WHERE tag NOT IN (SELECT id FROM tag)
UNION ALL SELECT name FROM name
WHERE NOT EXISTS (SELECT 1 FROM event WHERE ledger = name.id OR kind = name.id) LIMIT 1"""
_RECEIPTS = """
SELECT key, fingerprint, first_position, last_position, receipt
FROM command_receipt LEFT JOIN event ON position = last_position WHERE key > ? ORDER BY key LIMIT ?"""


class SQLiteStore(Store):
    """`folder` holds `ledger.db`; it is made when missing."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._writers = FairTurn(str(self.folder / "ledger.lock"))
        self._connections = Connections(self._open)
        self._numbers = Numbers()
        self._newest = _Newest()

    def _open(self) -> sqlite3.Connection:
        path = self.folder / "ledger.db"
        with in_our_words():
            self.folder.mkdir(parents=True, exist_ok=True)
            refuse_network_file_system(self.folder)
            connection = open_database(path)
            try:
                if not is_made(connection):
                    with self._writers:
                        make(connection)
                must_be(connection, "journal_mode", "wal")
                refuse_other_schema(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def close(self) -> None:
        self._connections.close()
        self._writers.close()

    # -- the append ------------------------------------------------------------------------------------------

    def _queue(self) -> AbstractContextManager[None]:
        self._connections.get()  # makes the folder that holds the lock
        return self._writers

    def _begin(self) -> None:
        connection = self._connections.get()
        if not connection.in_transaction:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise translated(error) from error

    def _look_up(self, ledgers: tuple[str, ...], key: Key | None) -> Found:
        self._begin()
        connection, newest = self._connections.get(), self._newest
        try:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            kept = connection.execute(_RECEIPT, (_packed(key.key),)).fetchone() if key else None
        except sqlite3.Error as error:
            raise translated(error) from error
        if newest.version != version or newest.connection is not connection:
            newest = self._newest = self._look_afresh(connection, version)
        for ledger in ledgers:
            if ledger not in newest.lengths:
                newest.lengths[ledger] = self.length(ledger)
        receipt = KeptReceipt(*kept) if kept else None
        return Found(newest.position, newest.recorded_at, newest.lengths, receipt, newest.leaf_hash)

    def _look_afresh(self, connection: sqlite3.Connection, version: int) -> "_Newest":
        position, leaf_hash, entry = self._read(_NEWEST).fetchone() or (0, b"", b"")
        self._numbers.check(connection, position, leaf_hash)
        return _Newest(connection, version, position, leaf_hash, recorded_at_of(entry) if entry else "")

    def _recorded_at(self, position: int) -> str:
        rows = self.rows(position - 1, 1)
        return recorded_at_of(rows[0].entry) if rows else ""

    def _has(self, query: DCBQuery, after: int) -> bool:
        sql, values = matching_sql(query, after, events="named_event", mark="?")
        return self._read(f"{sql} LIMIT 1", values).fetchone() is not None

    def _commit(self, addition: Addition) -> None:
        connection = self._connections.get()
        try:
            self._insert(connection, addition)
            if addition.limits:
                _change_limits(connection, addition.limits)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise translated(error) from error
        last = addition.rows[-1]
        self._numbers.commit(last.position, last.leaf_hash)
        self._newest.take_in(addition)

    def _insert(self, connection: sqlite3.Connection, addition: Addition) -> None:
        digests = [0] * len(addition.rows)
        if addition.receipt is not None:
            key, kept = addition.receipt
            receipt = _packed(key), *kept
            connection.execute("INSERT INTO command_receipt VALUES (?, ?, ?, ?)", receipt)
            digests[-1] = receipt_digest(*receipt)
        numbers = self._numbers.of_names(connection, addition.rows)
        rows = [
            (position, numbers[ledger], number, numbers[kind], entry, leaf_hash, digest)
            for (position, ledger, number, kind, entry, leaf_hash), digest in zip(
                addition.rows, digests, strict=True
            )
        ]
        connection.executemany(_ADD_EVENT, rows)
        numbers = self._numbers.of_tags(connection, addition.tags)
        tagged = [(numbers[tag], position) for tag, position in addition.tags]
        connection.executemany("INSERT INTO event_tag VALUES (?, ?)", tagged)

    def _undo(self, error: BaseException | None) -> None:
        connection = self._connections.current()
        if connection is None:
            return
        if error is not None:
            self._numbers.forget()  # what was given out may not be in the file
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._connections.drop()
        # after a failed flush the state of the file is unknown: never retry on the same connection
        if isinstance(error, StoreError) and not isinstance(error, StoreBusy | StoreFull):
            self._connections.drop()

    # -- reading ---------------------------------------------------------------------------------------------

    def _read(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._connections.get().execute(sql, values)
        except sqlite3.Error as error:
            raise translated(error) from error

    def _receipt(self, key: str) -> KeptReceipt | None:
        found = self._read(_RECEIPT, (_packed(key),)).fetchone()
        return KeptReceipt(*found) if found else None

    def _tagged(self, qualified_tag: str, after: int, limit: int) -> Sequence[tuple[int, int, str, bytes]]:
        tag = self._read(_TAG, (qualified_tag,)).fetchone()
        return self._read(_TAGGED, (*tag, after, limit)).fetchall() if tag else ()  # most are new

    def _matching(self, query: DCBQuery, after: int, limit: int | None) -> list[Row]:
        sql, values = matching_sql(query, after, events="named_event", mark="?")
        clause = f"WHERE position IN ({sql}) ORDER BY position LIMIT ?"
        return self._rows(f"{_ROWS} {clause}", (*values, -1 if limit is None else limit))

    # -- checking itself ------------------------------------------------------------------------------------

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self._read("BEGIN")
        try:
            yield
        finally:
            self._read("ROLLBACK")

    def _kept_head(self) -> tuple[int, str]:
        head = self.head()
        return head, self._recorded_at(head)

    def _missing_in_index(self, tags: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
        sql = "SELECT 1 FROM event_tag WHERE tag = (SELECT id FROM tag WHERE name = ?) AND position = ?"
        return next((pair for pair in tags if self._read(sql, pair).fetchone() is None), None)

    def _index_length(self) -> int:
        return self._number("SELECT count(*) FROM event_tag")

    def _loose_name(self) -> str | None:
        found = self._read(_LOOSE_NAME).fetchone()
        return found[0] if found else None

    def _limits(self) -> dict[str, int]:
        return dict(self._read("SELECT name, fen FROM limit_guard").fetchall())

    def _receipts(self, after: bytes) -> list[tuple[StoredReceipt, int | None]]:
        found = self._read(_RECEIPTS, (after, READ_BATCH)).fetchall()
        return [(tuple(receipt), digest) for *receipt, digest in found]

    def _without_receipt(self) -> int | None:
        found = self._read(WITHOUT_RECEIPT).fetchone()
        return found[0] if found else None

    # -- lengths and rows ------------------------------------------------------------------------------------

    def head(self) -> int:
        return self._number("SELECT coalesce(max(position), 0) FROM event")

    def ledgers(self) -> list[str]:
        return [name for (name,) in self._read(_LEDGERS).fetchall()]

    def length(self, ledger: str) -> int:
        return self._number(_LENGTH, ledger)

    def _number(self, sql: str, *values: object) -> int:
        number: int = self._read(sql, values).fetchone()[0]
        return number

    def rows(self, after: int, limit: int = READ_BATCH) -> list[Row]:
        return self._rows(f"{_ROWS} WHERE position > ? ORDER BY position LIMIT ?", (after, limit))

    def ledger_rows(self, ledger: str, after: int, limit: int) -> list[Row]:
        return self._rows(_ROWS_OF_LEDGER, (ledger, after, limit))

    def _rows(self, sql: str, values: tuple[object, ...]) -> list[Row]:
        return list(map(Row._make, self._read(sql, values).fetchall()))

    def _await_change(self, changed: threading.Event, seconds: float) -> None:
        changed.wait(min(seconds, POLL_SECONDS))


class _Newest(msgspec.Struct):
    """The newest event, and lengths of ledgers, as the writer of a connection knows them.

    They hold as long as its `PRAGMA data_version` stays the same: then nobody else wrote.
    """

    connection: sqlite3.Connection | None = None
    version: int = 0
    position: int = 0
    leaf_hash: bytes = b""
    recorded_at: str = ""
    lengths: dict[str, int] = {}

    def take_in(self, addition: Addition) -> None:
        """What this connection has just committed."""
        for row in addition.rows:
            self.lengths[row.ledger] = row.number + 1
        self.position, self.leaf_hash, self.recorded_at = row.position, row.leaf_hash, addition.recorded_at


POLL_SECONDS = 0.01  # how soon a write of another process is seen


_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@lru_cache(maxsize=8)  # a writer looks for its key, then keeps it
def _packed(key: str) -> bytes:
    """A key as it is stored: UUIDs, which most keys are, take 17 bytes instead of 36."""
    scope, slash, given = key.rpartition("/")
    if _UUID.fullmatch(given):
        return f"{scope}{slash}\0".encode() + bytes.fromhex(given.replace("-", ""))
    return key.encode()


def _change_limits(connection: sqlite3.Connection, limits: dict[str, int]) -> None:
    for name, fen in limits.items():
        try:
            changed = connection.execute("UPDATE limit_guard SET fen = fen + ? WHERE name = ?", (fen, name))
            if not changed.rowcount:
                connection.execute("INSERT INTO limit_guard VALUES (?, ?)", (name, fen))
        except sqlite3.IntegrityError as error:
            raise Refused("limit.below-zero", limit=name, fen=fen) from error
