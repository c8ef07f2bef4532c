"""The store on SQLite: one folder, WAL, every commit flushed, one writer at a time in a fair queue."""

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

from eventsourcing.dcb.api import DCBQuery

from ledger.errors import Refused, StoreBusy, StoreError, StoreFull, StoreMisused, StoreUnavailable
from ledger.store.connections import Connections
from ledger.store.port import READ_BATCH, Store, recorded_at_of
from ledger.store.recorder import matching_sql
from ledger.store.records import Addition, Found, Intent, KeptReceipt, Row
from ledger.store.sqlite_database import (
    fair_turn,
    in_our_words,
    must_be,
    open_database,
    refuse_network_file_system,
    translated,
)

# Ledgers, kinds and tags are written once and referred to by number. Triggers make the books append-only and gapless for
# every program that opens the file: `recursive_triggers` is off elsewhere, where INSERT OR REPLACE deletes unseen by a
# DELETE trigger, so what exists already is refused at the insert, too.
SCHEMA = """
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    ledger INTEGER NOT NULL REFERENCES name,
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES name,
    entry BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    UNIQUE (ledger, number)
) STRICT;
CREATE VIEW named_event AS
    SELECT position, ledger.name AS ledger, number, kind.name AS kind, entry, leaf_hash
    FROM event CROSS JOIN name AS ledger ON ledger.id = event.ledger CROSS JOIN name AS kind ON kind.id = event.kind;
CREATE TABLE tag (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE event_tag (tag INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)) STRICT, WITHOUT ROWID;
CREATE TABLE command_receipt (
    key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, first_position INTEGER NOT NULL, last_position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE limit_guard (name TEXT PRIMARY KEY, fen INTEGER NOT NULL CHECK (fen >= 0)) STRICT, WITHOUT ROWID;
CREATE TRIGGER event_takes_the_next_place BEFORE INSERT ON event
    WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event)
      OR NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = NEW.ledger)
    BEGIN SELECT raise(ABORT, 'append-only: this place is not the next one'); END;
CREATE TRIGGER receipt_is_new BEFORE INSERT ON command_receipt
    WHEN EXISTS (SELECT 1 FROM command_receipt WHERE key = NEW.key)
    BEGIN SELECT raise(ABORT, 'append-only: this key is taken'); END;
CREATE TRIGGER name_is_new BEFORE INSERT ON name WHEN EXISTS (SELECT 1 FROM name WHERE id = NEW.id OR name = NEW.name)
    BEGIN SELECT raise(ABORT, 'append-only: this name is taken'); END;
CREATE TRIGGER tag_is_new BEFORE INSERT ON tag WHEN EXISTS (SELECT 1 FROM tag WHERE name = NEW.name)
    BEGIN SELECT raise(ABORT, 'append-only: this tag is taken'); END;
""" + "".join(
    f"CREATE TRIGGER {table}_{doing.lower()}_is_refused BEFORE {doing} ON {table} "
    "BEGIN SELECT raise(ABORT, 'append-only'); END;\n"
    for table in ("event", "name", "tag", "event_tag", "command_receipt")
    for doing in ("UPDATE", "DELETE")
)  # fmt: skip

_LOOK_UP = """
SELECT event.position, event.entry,
       (SELECT max(number) + 1 FROM event WHERE ledger = (SELECT id FROM name WHERE name = ?1)),
       fingerprint, first_position, last_position
FROM (SELECT max(position) AS head FROM event)
LEFT JOIN event ON event.position = head LEFT JOIN command_receipt ON command_receipt.key = ?2"""
_ADD_NAME = "INSERT INTO name (name) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM name WHERE name = ?1)"
_ADD_EVENT = """
INSERT INTO event SELECT ?1, ledger.id, ?3, kind.id, ?5, ?6
FROM name AS ledger CROSS JOIN name AS kind WHERE ledger.name = ?2 AND kind.name = ?4"""
_ROWS = "SELECT position, ledger, number, kind, entry, leaf_hash FROM named_event"
_ROWS_OF_LEDGER = """
SELECT position, ?1, number, kind.name, entry, leaf_hash FROM event CROSS JOIN name AS kind ON kind.id = event.kind
WHERE ledger = (SELECT id FROM name WHERE name = ?1) AND number > ?2 ORDER BY number LIMIT ?3"""
# CROSS JOIN keeps SQLite from starting at the event table
_TAGGED = """
SELECT event.position, number, kind.name, entry
FROM event_tag CROSS JOIN event USING (position) CROSS JOIN name AS kind ON kind.id = event.kind
WHERE tag = (SELECT id FROM tag WHERE name = ?) AND event_tag.position > ? ORDER BY event_tag.position"""


class SQLiteStore(Store):
    """`folder` holds `ledger.db`; it is made when missing."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._lock_file = str(self.folder / "ledger.lock")
        self._connections = Connections(self._open)
        self._named: set[str] = set()  # ledgers and kinds known to be in the table of names

    def _open(self) -> sqlite3.Connection:
        path = self.folder / "ledger.db"
        with in_our_words():
            self.folder.mkdir(parents=True, exist_ok=True)
            refuse_network_file_system(self.folder)
            connection = open_database(path)
            try:
                if not _is_made(connection):
                    with fair_turn(self._lock_file):
                        _make(connection)
                must_be(connection, "journal_mode", "wal")
                _refuse_other_schema(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def close(self) -> None:
        self._connections.close()

    # -- the append ----------------------------------------------------------------------------------------------------

    def _queue(self) -> AbstractContextManager[None]:
        self._connections.get()  # makes the folder that holds the lock
        return fair_turn(self._lock_file)

    def _begin(self) -> None:
        connection = self._connections.get()
        if not connection.in_transaction:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise translated(error) from error

    def _look_up(self, intent: Intent) -> Found:
        self._begin()
        ledger, *others = intent.ledgers
        found = self._read(_LOOK_UP, (ledger, _packed(intent.key))).fetchone()
        head, entry, length, *receipt = found
        return Found(
            head or 0,
            recorded_at_of(entry) if entry else "",
            {ledger: length or 0} | {other: self.length(other) for other in others},
            intent.query is not None and (head or 0) > intent.after and self._has(intent.query, intent.after),
            KeptReceipt(*receipt) if receipt[0] is not None else None,
        )

    def _has(self, query: DCBQuery, after: int) -> bool:
        sql, values = matching_sql(query, after, events="named_event", mark="?")
        return self._read(f"{sql} LIMIT 1", values).fetchone() is not None

    def _commit(self, addition: Addition) -> None:
        connection = self._connections.get()
        try:
            names = {name for row in addition.rows for name in (row.ledger, row.kind)}
            connection.executemany(_ADD_NAME, [(name,) for name in names - self._named])
            if connection.executemany(_ADD_EVENT, addition.rows).rowcount != len(addition.rows):
                self._named.clear()  # the file was put back to an earlier state under us
                raise StoreUnavailable(reason="a name is gone")
            _add_tags(connection, addition.tags)
            _change_limits(connection, addition.limits)
            if addition.receipt is not None:
                key, kept = addition.receipt
                connection.execute("INSERT INTO command_receipt VALUES (?, ?, ?, ?)", (_packed(key), *kept))
            connection.execute("COMMIT")
            self._named |= names
        except sqlite3.Error as error:
            raise translated(error) from error

    def _undo(self, error: BaseException | None) -> None:
        connection = self._connections.current()
        if connection is None:
            return
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._connections.drop()
        # after a failed flush the state of the file is unknown: never retry on the same connection
        if isinstance(error, StoreError) and not isinstance(error, StoreBusy | StoreFull):
            self._connections.drop()

    # -- reading ---------------------------------------------------------------------------------------------------------

    def _read(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._connections.get().execute(sql, values)
        except sqlite3.Error as error:
            raise translated(error) from error

    def _receipt(self, key: str) -> KeptReceipt | None:
        sql = "SELECT fingerprint, first_position, last_position FROM command_receipt WHERE key = ?"
        found = self._read(sql, (_packed(key),)).fetchone()
        return KeptReceipt(*found) if found else None

    def _tagged(self, qualified_tag: str, after: int) -> Iterable[tuple[int, int, str, bytes]]:
        return self._read(_TAGGED, (qualified_tag, after)).fetchall()

    def _matching(self, query: DCBQuery, after: int, limit: int | None) -> list[tuple[int, str, str, bytes]]:
        sql, values = matching_sql(query, after, events="named_event", mark="?")
        statement = f"""SELECT position, ledger, kind, entry FROM named_event
                        WHERE position IN ({sql}) ORDER BY position LIMIT ?"""
        return self._read(statement, (*values, -1 if limit is None else limit)).fetchall()

    def _missing_in_index(self, tags: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
        sql = "SELECT 1 FROM event_tag WHERE tag = (SELECT id FROM tag WHERE name = ?) AND position = ?"
        return next((pair for pair in tags if self._read(sql, pair).fetchone() is None), None)

    def _index_length(self) -> int:
        return self._number("SELECT count(*) FROM event_tag")

    def head(self) -> int:
        return self._number("SELECT coalesce(max(position), 0) FROM event")

    def length(self, ledger: str) -> int:
        sql = "SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = (SELECT id FROM name WHERE name = ?)"
        return self._number(sql, ledger)

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


POLL_SECONDS = 0.01  # how soon a write of another process is seen


_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _packed(key: str | None) -> bytes | None:
    """A key as it is stored: UUIDs, which most keys are, take 17 bytes instead of 36."""
    if key is None:
        return None
    scope, slash, given = key.rpartition("/")
    if _UUID.fullmatch(given):
        return f"{scope}{slash}\0".encode() + bytes.fromhex(given.replace("-", ""))
    return key.encode()


def _add_tags(connection: sqlite3.Connection, tags: Sequence[tuple[str, int]]) -> None:
    ids: dict[str, int] = {}
    last = 0
    for name in dict.fromkeys(name for name, _ in tags):
        found = connection.execute("SELECT id FROM tag WHERE name = ?", (name,)).fetchone()
        if found is not None:
            ids[name] = found[0]
            continue
        if last == 0:  # every tag has an event, so the highest number in use is in the index
            last = connection.execute("SELECT coalesce(max(tag), 0) FROM event_tag").fetchone()[0]
        last += 1
        connection.execute("INSERT INTO tag VALUES (?, ?)", (name, last))
        ids[name] = last
    connection.executemany("INSERT INTO event_tag VALUES (?, ?)", [(ids[name], position) for name, position in tags])


def _change_limits(connection: sqlite3.Connection, limits: dict[str, int]) -> None:
    for name, fen in limits.items():
        try:
            changed = connection.execute("UPDATE limit_guard SET fen = fen + ? WHERE name = ?", (fen, name))
            if not changed.rowcount:
                connection.execute("INSERT INTO limit_guard VALUES (?, ?)", (name, fen))
        except sqlite3.IntegrityError as error:
            raise Refused("limit.below-zero", limit=name, fen=fen) from error


# -- the file ------------------------------------------------------------------------------------------------------------


def _is_made(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return False
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'event'").fetchone() is not None


def _make(connection: sqlite3.Connection) -> None:
    """Several processes may come here at once; each has its turn, the first one makes the tables, all of them or none."""
    connection.execute("PRAGMA journal_mode = wal")
    if not _is_made(connection):
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")


@cache
def _schema() -> frozenset[tuple[str, str]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(SCHEMA)
        return _objects(connection)
    finally:
        connection.close()


def _objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    found: Iterable[tuple[Any, Any]] = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    )
    return frozenset(found)


def _refuse_other_schema(connection: sqlite3.Connection) -> None:
    """A dropped trigger is a lock taken off the door. Errors: `StoreMisused`."""
    found = _objects(connection)
    if changed := sorted({name for name, _ in _schema() ^ found}):
        raise StoreMisused("store.schema-changed", changed=changed)
