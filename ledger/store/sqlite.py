"""The store on SQLite: one folder, WAL, every commit flushed, one writer at a time in a fair queue."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.errors import (
    LedgerError,
    Refused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreMisused,
    StoreUnavailable,
)
from ledger.store.port import LOCK_SECONDS_MAX, READ_BATCH, Found, Intent, Key, Row, Store

# Triggers make the books append-only and gapless for every program that opens the file, not only for this one:
# `recursive_triggers` is off by default elsewhere, so INSERT OR REPLACE is caught by the place it must take, too.
SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY,
    ledger TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    entry BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    UNIQUE (ledger, number)
) STRICT;
CREATE TABLE IF NOT EXISTS tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS event_tag (
    tag INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command_receipt (
    key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, first_position INTEGER NOT NULL, last_position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS limit_guard (name TEXT PRIMARY KEY, fen INTEGER NOT NULL CHECK (fen >= 0)) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS event_takes_the_next_place BEFORE INSERT ON event
    WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event)
      OR NEW.number <> (SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = NEW.ledger)
    BEGIN SELECT raise(ABORT, 'append-only: this place is not the next one'); END;
CREATE TRIGGER IF NOT EXISTS event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_tag_stays BEFORE UPDATE ON event_tag BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_tag_remains BEFORE DELETE ON event_tag BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS receipt_stays BEFORE UPDATE ON command_receipt BEGIN SELECT raise(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS receipt_remains BEFORE DELETE ON command_receipt BEGIN SELECT raise(ABORT, 'append-only'); END;
"""
SETTINGS = {  # T1: nothing rests on the compile defaults of the libsqlite3 that happens to be loaded
    "journal_mode": "wal",
    "synchronous": 2,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "recursive_triggers": 1,
}
NETWORK_FILE_SYSTEMS = {
    "9p",
    "afs",
    "ceph",
    "cifs",
    "fuse.sshfs",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
}
TAGS_REMEMBERED_MAX = 100_000
_INSERT_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)"
_ROW = "SELECT position, ledger, number, kind, entry, leaf_hash FROM event"


class SQLiteStore(Store):
    """`folder` holds `ledger.db`; it is made when missing."""

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._local = threading.local()
        self._opened: list[sqlite3.Connection | int] = []
        self._tag_ids: dict[str, int] = {}

    # -- connections -----------------------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            self._check_process()
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return connection or self._connect()

    def _connect(self) -> sqlite3.Connection:
        with _translated():
            self.folder.mkdir(parents=True, exist_ok=True)
            refuse_network_file_system(self.folder)
            connection = open_database(self.folder / "ledger.db")
            with self._opening:
                if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'event'").fetchone() is None:
                    with self._turn():
                        connection.executescript(SCHEMA)
        self._local.connection = connection
        self._opened.append(connection)
        return connection

    def close(self) -> None:
        if self._process == os.getpid():
            for opened in self._opened:
                if isinstance(opened, int):
                    os.close(opened)
                else:
                    opened.close()
        self._opened.clear()
        self._local = threading.local()

    def _drop_connection(self) -> None:
        """After a failed flush the state of the file is unknown: never retry on the same connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            self._opened.remove(connection)
            connection.close()

    # -- the writer's turn -------------------------------------------------------------------------------------------

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        if getattr(self._writing, "held", False):
            yield
            return
        self._connection()
        with self._turn():
            self._writing.held = True
            try:
                yield
            finally:
                self._writing.held = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A file lock queues writers fairly; SQLite's own busy wait lets some starve for half a second."""
        lock: int | None = getattr(self._local, "lock", None)
        if lock is None:
            lock = os.open(self.folder / "ledger.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._local.lock = lock
            self._opened.append(lock)
        asked = time.monotonic()
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if time.monotonic() - asked > LOCK_SECONDS_MAX:
                raise StoreBusy
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self.exclusive():
            connection = self._connection()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield
                connection.execute("COMMIT")
            except BaseException as error:
                self._undo(connection)
                if isinstance(error, sqlite3.Error):
                    raise translated(error) from error
                raise
            for name, tag_id in getattr(self._local, "new_tags", ()):
                self._tag_ids[name] = tag_id
            self._local.new_tags = []

    def _undo(self, connection: sqlite3.Connection) -> None:
        self._local.new_tags = []
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._drop_connection()

    # -- the append ----------------------------------------------------------------------------------------------------

    def _look_up(self, intent: Intent) -> Found:
        connection = self._connection()
        last = connection.execute(
            "SELECT position, entry FROM event ORDER BY position DESC LIMIT 1"
        ).fetchone()
        head, entry = last or (0, None)
        lengths = {ledger: self.length(ledger) for ledger in intent.ledgers}
        conflict = (
            intent.query is not None
            and head > intent.after
            and bool(self._matching(intent.query, intent.after, 1))
        )
        return Found(head, entry, lengths, conflict, self._receipt(intent.key) if intent.key else None)

    def _write(
        self, rows: Sequence[Row], tags: Sequence[tuple[str, ...]], limits: Mapping[str, int], key: Key | None
    ) -> None:
        connection = self._connection()
        connection.executemany(_INSERT_EVENT, rows)
        pairs = [(self._tag_id(connection, f"{row.ledger}/{tag}" if row.ledger else tag), row.position)
                 for row, of_row in zip(rows, tags, strict=True) for tag in of_row]  # fmt: skip
        connection.executemany("INSERT INTO event_tag VALUES (?, ?)", pairs)
        self._limit(connection, limits)
        if key is not None:
            receipt = key.key, key.fingerprint, rows[0].position, rows[-1].position
            connection.execute("INSERT INTO command_receipt VALUES (?, ?, ?, ?)", receipt)

    @staticmethod
    def _limit(connection: sqlite3.Connection, limits: Mapping[str, int]) -> None:
        for name, fen in limits.items():
            try:
                changed = connection.execute(
                    "UPDATE limit_guard SET fen = fen + ? WHERE name = ?", (fen, name)
                ).rowcount
                if not changed:
                    connection.execute("INSERT INTO limit_guard VALUES (?, ?)", (name, fen))
            except sqlite3.IntegrityError as error:
                raise Refused("limit.below-zero", limit=name, fen=fen) from error

    def _tag_id(self, connection: sqlite3.Connection, name: str) -> int:
        known = self._tag_ids.get(name)
        if known is not None:
            return known
        found = connection.execute("SELECT id FROM tag WHERE name = ?", (name,)).fetchone()
        if found is None:
            found = connection.execute("INSERT INTO tag (name) VALUES (?) RETURNING id", (name,)).fetchone()
        if len(self._tag_ids) > TAGS_REMEMBERED_MAX:
            self._tag_ids.clear()
        self._local.new_tags = [*getattr(self._local, "new_tags", ()), (name, found[0])]
        return int(found[0])

    # -- reading ---------------------------------------------------------------------------------------------------------

    def _receipt(self, key: str) -> tuple[bytes, int, int] | None:
        sql = "SELECT fingerprint, first_position, last_position FROM command_receipt WHERE key = ?"
        found: tuple[bytes, int, int] | None = self._read(sql, (key,)).fetchone()
        return found

    def _tagged(self, qualified_tag: str, after: int) -> Iterable[tuple[int, int, str, bytes]]:
        # CROSS JOIN keeps SQLite from starting at the event table
        sql = """SELECT event.position, number, kind, entry
                 FROM event_tag CROSS JOIN event USING (position)
                 WHERE tag = (SELECT id FROM tag WHERE name = ?) AND event_tag.position > ? ORDER BY event_tag.position"""
        return self._read(sql, (qualified_tag, after)).fetchall()

    def _matching(
        self, query: DCBQuery, after: int, limit: int | None
    ) -> list[tuple[int, str, bytes, list[str]]]:
        parts, values = [], list[object]()
        for item in query.items or [DCBQueryItem()]:
            sql, of_item = _positions(item, after)
            parts.append(sql)
            values += of_item
        statement = f"""SELECT event.position, kind, entry FROM ({" UNION ".join(parts)}) JOIN event USING (position)
                        ORDER BY event.position LIMIT ?"""
        found = self._read(statement, (*values, -1 if limit is None else limit)).fetchall()
        names = (
            "SELECT name FROM event_tag JOIN tag ON tag.id = event_tag.tag WHERE position = ? ORDER BY name"
        )
        return [
            (position, kind, entry, [name for (name,) in self._read(names, (position,))])
            for position, kind, entry in found
        ]

    def head(self) -> int:
        return self._read("SELECT coalesce(max(position), 0) FROM event", ()).fetchone()[0]  # type: ignore[no-any-return]

    def length(self, ledger: str) -> int:
        sql = "SELECT coalesce(max(number), -1) + 1 FROM event WHERE ledger = ?"
        return self._read(sql, (ledger,)).fetchone()[0]  # type: ignore[no-any-return]

    def rows(self, after: int, limit: int = READ_BATCH) -> list[Row]:
        return self._rows("WHERE position > ? ORDER BY position LIMIT ?", (after, limit))

    def ledger_rows(self, ledger: str, after: int, limit: int) -> list[Row]:
        return self._rows("WHERE ledger = ? AND number > ? ORDER BY number LIMIT ?", (ledger, after, limit))

    def _rows(self, clause: str, values: tuple[object, ...]) -> list[Row]:
        return [Row(*row) for row in self._read(f"{_ROW} {clause}", values)]

    def _read(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        try:
            return self._connection().execute(sql, values)  # type: ignore[arg-type]
        except sqlite3.Error as error:
            raise translated(error) from error


def _positions(item: DCBQueryItem, after: int) -> tuple[str, list[object]]:
    """SQL for the positions of events that match one query item: all its tags, and one of its types if it has any."""
    kinds = f"kind IN ({', '.join('?' * len(item.types))})" if item.types else "1"
    if not item.tags:
        return f"SELECT position FROM event WHERE position > ? AND {kinds}", [after, *item.types]
    tagged = " INTERSECT ".join(
        "SELECT position FROM event_tag WHERE tag = (SELECT id FROM tag WHERE name = ?) AND position > ?"
        for _ in item.tags
    )
    values: list[object] = [value for tag in item.tags for value in (tag, after)]
    if not item.types:
        return f"SELECT position FROM ({tagged})", values
    return f"SELECT position FROM ({tagged}) JOIN event USING (position) WHERE {kinds}", [
        *values,
        *item.types,
    ]


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in autocommit with the settings durability rests on, read back. Errors: `StoreMisused`."""
    connection = sqlite3.connect(
        path, timeout=LOCK_SECONDS_MAX, isolation_level=None, check_same_thread=False
    )
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        if (read_back := connection.execute(f"PRAGMA {name}").fetchone()[0]) != value:
            connection.close()
            raise StoreMisused("store.unsafe-setting", setting=name, wanted=value, found=read_back)
    return connection


def refuse_network_file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> None:
    """WAL needs shared memory and locks that network file systems only pretend to have. Errors: `StoreMisused`."""
    if not mounts.exists():
        return
    best = ("", "")
    resolved = f"{folder.resolve()}/"
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, mounted_at, kind, *_ = line.split(" ")
        if resolved.startswith(mounted_at.rstrip("/") + "/") and len(mounted_at) >= len(best[0]):
            best = mounted_at, kind
    if best[1] in NETWORK_FILE_SYSTEMS:
        raise StoreMisused("store.network-file-system", folder=str(folder), kind=best[1])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error) from error
    except OSError as error:
        raise StoreUnavailable(reason=str(error)) from error


def translated(error: sqlite3.Error) -> LedgerError:
    """What an error of SQLite means for whoever asked."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy()
    if name.startswith("SQLITE_FULL"):
        return StoreFull()
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreDamaged("store.unreadable", reason=str(error))
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")):
        return StoreUnavailable(reason=str(error))
    return StoreError(reason=f"{name}: {error}")
