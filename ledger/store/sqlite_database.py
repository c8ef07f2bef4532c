"""SQLite, safely: settings read back, local file systems only, a fair queue, our words for errors."""

import fcntl
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from ledger.errors import (
    LedgerError,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreMisused,
    StoreUnavailable,
)

LOCK_SECONDS_MAX = 5.0  # how long a writer waits for its turn before it says the store is busy
SETTINGS: dict[
    str, str | int
] = {  # T1: nothing rests on the compile defaults of the libsqlite3 that is loaded
    "synchronous": 2,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "recursive_triggers": 1,
}
NETWORK_FILE_SYSTEMS = frozenset(
    [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    ]
)


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in autocommit, with what durability rests on read back. Errors: `StoreMisused`."""
    connection = sqlite3.connect(
        path, timeout=LOCK_SECONDS_MAX, isolation_level=None, check_same_thread=False
    )
    try:
        for name, value in SETTINGS.items():
            connection.execute(f"PRAGMA {name} = {value}")
            must_be(connection, name, value)
    except BaseException:
        connection.close()
        raise
    return connection


def must_be(connection: sqlite3.Connection, name: str, wanted: str | int) -> None:
    """Refuse to work when a setting is not what we asked for. Errors: `StoreMisused`."""
    found = connection.execute(f"PRAGMA {name}").fetchone()[0]
    if found != wanted:
        raise StoreMisused("store.unsafe-setting", setting=name, wanted=wanted, found=found)


def refuse_network_file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> None:
    """WAL needs shared memory and locks, which those only pretend to have. Errors: `StoreMisused`."""
    if not mounts.exists():
        return
    mounted_at, kind = "", ""
    resolved = f"{folder.resolve()}/"
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, escaped, this_kind, *_ = line.split(" ")
        point = escaped.replace("\\040", " ")
        if resolved.startswith(point.rstrip("/") + "/") and len(point) >= len(mounted_at):
            mounted_at, kind = point, this_kind
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreMisused("store.network-file-system", folder=str(folder), kind=kind)


class FairTurn:
    """Holds a lock file, across threads and processes. Errors: `StoreBusy` when it does not come in time.

    The kernel queues those who wait, and takes the lock back when its holder dies; SQLite's own busy wait
    polls, and lets some starve for half a second. The threads of a process wait in a line of their own, and
    only the first of them in the kernel's: with eight there, a quarter of the work gets done.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._line = threading.Lock()
        self._file: int | None = None
        self._waiter: _Waiter | None = None
        _turns.add(self)

    def __enter__(self) -> None:
        until = time.monotonic() + LOCK_SECONDS_MAX
        if not self._line.acquire(timeout=LOCK_SECONDS_MAX):
            raise StoreBusy
        try:
            self._lock(until)
        except BaseException as error:
            self._line.release()
            if isinstance(error, OSError):
                raise StoreUnavailable(reason=str(error)) from error
            raise

    def _lock(self, until: float) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file, self._file = self._file, None
            waiter, self._waiter = self._waiter or _Waiter(), None
            waiter.wait(file, max(0.0, until - time.monotonic()))
            self._file, self._waiter = file, waiter

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._line.release()

    def close(self) -> None:
        """Close the file; the next turn opens it again."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.end()


_turns: "weakref.WeakSet[FairTurn]" = weakref.WeakSet()


def _leave_what_is_inherited() -> None:
    """A lock is of the open file, not of the process: a child that kept it open could keep it locked."""
    for turn in tuple(_turns):
        turn.close()


os.register_at_fork(after_in_child=_leave_what_is_inherited)


class _Waiter:
    """Waits for locks in a thread of its own: nothing else ends a wait when the holder is stopped.

    Under load nearly every turn is waited for, so the thread stays for the next one.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[int | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._granted = threading.Lock()  # released by the thread for whoever waits
        self._granted.acquire()
        self._given_up = False
        threading.Thread(target=self._run, name="mingzhang-turn", daemon=True).start()

    def _run(self) -> None:
        while (lock := self._asked.get()) is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._guard:
                if self._given_up:
                    os.close(lock)
                    return
                self._granted.release()

    def wait(self, lock: int, seconds_max: float) -> None:
        """Errors: `StoreBusy`; the lock file is closed by then, or will be, and this waiter is of no use."""
        self._asked.put(lock)
        try:
            in_time = self._granted.acquire(timeout=seconds_max)
        except BaseException:  # interrupted: nobody would ever give the turn back
            if self._granted_after_all():
                os.close(lock)
                self.end()
            raise
        if not in_time and not self._granted_after_all():
            raise StoreBusy

    def _granted_after_all(self) -> bool:
        with self._guard:
            self._given_up = not self._granted.acquire(blocking=False)
            return not self._given_up

    def end(self) -> None:
        """Let the thread go; nobody waits any more."""
        self._asked.put(None)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Errors of SQLite and of the file system become those of the store."""
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
        return StoreUnavailable(reason=f"{name}: {error}")
    return StoreError(reason=f"{name}: {error}")
