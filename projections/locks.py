"""Locks that go when their holder dies: an flock on a file, or an advisory lock of PostgreSQL."""

import fcntl
import os
from pathlib import Path
from typing import Protocol
from zlib import crc32

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError


class Lock(Protocol):
    """Held by at most one at a time."""

    def acquired(self) -> bool:
        """Take the lock if nobody else holds it; whether it is held now."""

    def release(self) -> None:
        """Let the next one take it."""


class FileLock:
    """An flock on a file of the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquired(self) -> bool:
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLock:
    """A lock of one session of the database; its connection serves nothing else."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._key = crc32(f"mingzhang.views.{name}".encode())
        self._connection: Connection | None = None

    def acquired(self) -> bool:
        try:
            if self._connection is None:
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                if not self._connection.scalar(select(func.pg_try_advisory_lock(self._key))):
                    self.release()
            else:
                self._connection.scalar(select(1))  # with the session the lock is gone
        except DBAPIError:  # who cannot ask does not hold it
            self.release()
        return self._connection is not None

    def release(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()  # ends the session and with it the lock, whatever state it is in
            connection.close()
