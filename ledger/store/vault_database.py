"""The tables of the vault, and the port each database gives them through; all in them is sealed or a digest.

`subject` in them is a keyed digest: without the key file nobody learns of whom anything is kept.
"""

import os
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ledger.errors import StoreMisused
from ledger.store.sqlite_database import LOCK_SECONDS_MAX, in_our_words

TABLES = """
CREATE TABLE IF NOT EXISTS secret (
    id INTEGER PRIMARY KEY CHECK (id = 1), key_name TEXT NOT NULL, sealed {bytes} NOT NULL,
    swept BIGINT NOT NULL, accesses BIGINT NOT NULL, link {bytes} NOT NULL
);
CREATE TABLE IF NOT EXISTS subject (
    subject {bytes} PRIMARY KEY, sealed {bytes} NOT NULL, restricted INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS vault (
    commitment TEXT PRIMARY KEY, subject {bytes} NOT NULL REFERENCES subject ON DELETE CASCADE,
    name TEXT NOT NULL, sealed {bytes} NOT NULL
);
CREATE INDEX IF NOT EXISTS vault_subject ON vault (subject);
CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY, secret_sha256 {bytes} NOT NULL, expires_on TEXT NOT NULL,
    subject {bytes} NOT NULL REFERENCES subject ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS token_subject ON token (subject);
CREATE TABLE IF NOT EXISTS access (
    number BIGINT PRIMARY KEY, at TEXT NOT NULL, ledger TEXT NOT NULL, subject {bytes} NOT NULL,
    who {bytes} NOT NULL, role TEXT NOT NULL, reading TEXT NOT NULL, about {bytes} NOT NULL,
    oldest BIGINT NOT NULL, link {bytes} NOT NULL
);
CREATE INDEX IF NOT EXISTS access_ledger ON access (ledger, number);
CREATE TABLE IF NOT EXISTS upload (
    ledger TEXT NOT NULL, sha256 TEXT NOT NULL, name {bytes} NOT NULL, type TEXT NOT NULL,
    size BIGINT NOT NULL, tier TEXT NOT NULL, PRIMARY KEY (ledger, sha256)
);
"""
LAST_TABLE = "upload"

Rows = list[tuple[Any, ...]]
T = TypeVar("T")


class Run(Protocol):
    """Runs one statement, with `?` for its values."""

    def __call__(self, sql: str, *values: object) -> Rows: ...


class VaultDatabase(ABC):
    """Where a vault keeps its rows."""

    @abstractmethod
    def run(self, sql: str, *values: object) -> Rows:
        """Run one statement in its own durable transaction."""

    @abstractmethod
    def run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for every row, in one durable transaction; nothing for no rows."""

    @abstractmethod
    def in_turn(self, work: Callable[[Run], T]) -> T:
        """Do some work in one durable transaction, while nobody else writes what it writes."""

    @abstractmethod
    def scrub(self) -> None:
        """Leave nothing of deleted rows in the files of the tables."""

    @abstractmethod
    def close(self) -> None:
        """Close this process's connection; the next use opens a new one."""


class SQLiteVaultDatabase(VaultDatabase):
    """A file of its own: no WAL, freed pages overwritten: what is erased leaves the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def run(self, sql: str, *values: object) -> Rows:
        with self._lock, in_our_words():
            return self._connected().execute(sql, values).fetchall()

    def run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            with self._lock, in_our_words():
                self._in_transaction(lambda connection: connection.executemany(sql, rows))

    def in_turn(self, work: Callable[[Run], T]) -> T:
        def working(connection: sqlite3.Connection) -> T:
            return work(lambda sql, *values: connection.execute(sql, values).fetchall())

        with self._lock, in_our_words():
            return self._in_transaction(working)

    def scrub(self) -> None:
        """Nothing to do: `secure_delete` has written zeros over them."""

    def _in_transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a disk that is full has rolled back already
                connection.execute("ROLLBACK")
            raise
        return done

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection, self._process = self._open(), os.getpid()
        if self._process != os.getpid():
            raise StoreMisused("store.inherited-over-fork", opened_by=self._process, used_by=os.getpid())
        return self._connection

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=LOCK_SECONDS_MAX, isolation_level=None, check_same_thread=False
        )
        try:
            for name, value in _SETTINGS.items():
                connection.execute(f"PRAGMA {name} = {value}")
                if (found := connection.execute(f"PRAGMA {name}").fetchone()[0]) != value:
                    raise StoreMisused("store.unsafe-setting", setting=name, wanted=value, found=found)
            connection.executescript(TABLES.format(bytes="BLOB"))
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
                self._connection = None


_SETTINGS: dict[str, str | int] = {
    "journal_mode": "delete",
    "secure_delete": 1,
    "synchronous": 3,
    "trusted_schema": 0,
    "foreign_keys": 1,
}
