"""What the figures stand on: the bare rows, and the least code that stores events with leaf and tags."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.store.port import Row
from ledger.store.sqlite_database import SETTINGS


class RawRows(NamedTuple):
    """All rows one command left in the store, ready to be written again: table and values, in order."""

    tables: tuple[tuple[str, list[tuple[object, ...]]], ...]


def raw_rows(folder: Path, after: int) -> list[RawRows]:
    """What each event after a position left in a store's tables, but for guards of limits: a harder floor."""
    connection = opened(folder / "ledger.db")
    events = connection.execute(
        "SELECT * FROM event WHERE position > ? ORDER BY position", (after,)
    ).fetchall()
    of_event, first = defaultdict(list), {}
    for tag, position in connection.execute("SELECT tag, position FROM event_tag ORDER BY position"):
        first.setdefault(tag, position)
        of_event[position].append((tag, position))
    new = defaultdict(list)
    for name, tag in connection.execute("SELECT name, id FROM tag"):
        new[first[tag]].append((name, tag))
    receipts = defaultdict(list)
    for row in connection.execute("SELECT * FROM command_receipt"):
        receipts[row[-1]].append(row)
    connection.close()
    return [
        RawRows(
            (
                ("event", [event]),
                ("tag", new[event[0]]),
                ("event_tag", of_event[event[0]]),
                ("command_receipt", receipts[event[0]]),
            )
        )
        for event in events
    ]


class RawStore:
    """The store's tables and settings without its triggers and without any logic: rows go in as they are."""

    def __init__(self, path: Path, like: Path) -> None:
        self._connection = opened(path)
        create_tables(self._connection, like)

    def append(self, rows: RawRows) -> None:
        """One event's rows, one durable commit."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.tables:
            if values:
                connection.executemany(_insert(table, len(values[0])), values)
        connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class Yardstick:
    """The least code that stores events in order, with number in their ledger, leaf hash and tags."""

    def __init__(self, path: Path, like: Path) -> None:
        self._connection = opened(path)
        create_tables(self._connection, like)
        self._position = 0
        self._lengths: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._tags: dict[str, int] = {}

    def append(self, events: Sequence[tuple[str, str, bytes, Sequence[str]]]) -> None:
        """Ledger, kind, entry and tags of each; one durable commit for all."""
        rows, tags, new_names, new_tags = [], [], [], []
        for ledger, kind, entry, names in events:
            for name in (ledger, kind):
                if name not in self._names:
                    self._names[name] = len(self._names) + 1
                    new_names.append((self._names[name], name))
            self._position += 1
            number = self._lengths[ledger] = self._lengths.get(ledger, -1) + 1
            leaf = hashlib.sha256(b"\x00" + entry).digest()
            rows.append((self._position, self._names[ledger], number, self._names[kind], entry, leaf, 0))
            for name in names:
                tag = self._tags.get(name)
                if tag is None:
                    tag = self._tags[name] = len(self._tags) + 1
                    new_tags.append((name, tag))
                tags.append((tag, self._position))
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_insert("name", 2), new_names)
        self._connection.executemany(_insert("event", 7), rows)
        self._connection.executemany(_insert("tag", 2), new_tags)
        self._connection.executemany(_insert("event_tag", 2), tags)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def stored_events(rows: Sequence[Row], tags: dict[int, list[str]]) -> list[tuple[str, str, bytes, list[str]]]:
    """Stored rows as the yardstick takes them."""
    return [(row.ledger, row.kind, row.entry, tags.get(row.position, [])) for row in rows]


def tag_names(folder: Path) -> dict[int, list[str]]:
    """The names of every event's tags, by position."""
    names: dict[int, list[str]] = defaultdict(list)
    connection = opened(folder / "ledger.db")
    name_of = {tag: name for name, tag in connection.execute("SELECT name, id FROM tag")}
    for tag, position in connection.execute("SELECT tag, position FROM event_tag"):
        names[position].append(name_of[tag])
    connection.close()
    return names


def create_tables(connection: sqlite3.Connection, like: Path) -> None:
    """The tables and indexes of another database file, without its triggers."""
    for sql in _definitions(like):
        connection.execute(sql)


def _definitions(path: Path) -> Iterator[str]:
    source = opened(path)
    found = source.execute(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    ).fetchall()
    source.close()
    return (sql for (sql,) in found)


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"


def opened(path: Path) -> sqlite3.Connection:
    """With the very settings of the store: WAL, every commit flushed."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = wal")
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection
