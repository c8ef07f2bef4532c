"""The tables of the books on SQLite, and the triggers that keep them append-only."""

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any

from ledger.errors import StoreMisused

# Ledgers, kinds and tags are written once and referred to by number. Triggers make the books append-only and
# gapless for every program that opens the file. Elsewhere `recursive_triggers` is off, and INSERT OR REPLACE
# deletes unseen by a DELETE trigger: so what exists already is refused at the insert, too.
SCHEMA = """
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    ledger INTEGER NOT NULL REFERENCES name,
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES name,
    entry BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    receipt INTEGER NOT NULL,
    UNIQUE (ledger, number)
) STRICT;
CREATE VIEW named_event AS
    SELECT position, ledger.name AS ledger, number, kind.name AS kind, entry, leaf_hash
    FROM event
    CROSS JOIN name AS ledger ON ledger.id = event.ledger
    CROSS JOIN name AS kind ON kind.id = event.kind;
CREATE TABLE tag (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE event_tag (
    tag INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE command_receipt (
    key BLOB PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE limit_guard (name TEXT PRIMARY KEY, fen INTEGER NOT NULL CHECK (fen >= 0)) STRICT, WITHOUT ROWID;
CREATE TRIGGER event_takes_the_next_place BEFORE INSERT ON event
    WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event)
      OR NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = NEW.ledger)
    BEGIN SELECT raise(ABORT, 'append-only: this place is not the next one'); END;
CREATE TRIGGER receipt_is_new BEFORE INSERT ON command_receipt
    WHEN EXISTS (SELECT 1 FROM command_receipt WHERE key = NEW.key)
    BEGIN SELECT raise(ABORT, 'append-only: this key is taken'); END;
CREATE TRIGGER name_is_new BEFORE INSERT ON name
    WHEN EXISTS (SELECT 1 FROM name WHERE id = NEW.id OR name = NEW.name)
    BEGIN SELECT raise(ABORT, 'append-only: this name is taken'); END;
CREATE TRIGGER tag_is_new BEFORE INSERT ON tag WHEN EXISTS (SELECT 1 FROM tag WHERE name = NEW.name)
    BEGIN SELECT raise(ABORT, 'append-only: this tag is taken'); END;
""" + "".join(
    f"CREATE TRIGGER {table}_{doing.lower()}_is_refused BEFORE {doing} ON {table} "
    "BEGIN SELECT raise(ABORT, 'append-only'); END;\n"
    for table in ("event", "name", "tag", "event_tag", "command_receipt")
    for doing in ("UPDATE", "DELETE")
)  # fmt: skip


def is_made(connection: sqlite3.Connection) -> bool:
    """Whether the file holds the books already."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return False
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'event'").fetchone() is not None


def make(connection: sqlite3.Connection) -> None:
    """Several processes may come at once: each has its turn, the first makes the tables, all or none."""
    connection.execute("PRAGMA journal_mode = wal")
    if not is_made(connection):
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


def refuse_other_schema(connection: sqlite3.Connection) -> None:
    """A dropped trigger is a lock taken off the door. Errors: `StoreMisused`."""
    found = _objects(connection)
    if changed := sorted({name for name, _ in _schema() ^ found}):
        raise StoreMisused("store.schema-changed", changed=changed)
