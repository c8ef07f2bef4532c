"""Personal data apart from the books: a secret key per person, and the values behind commitments. Erasable.

Its own database file on SQLite, its own schema on PostgreSQL. Tokens live here too, as digests: they are about persons.
"""

import hashlib
import os
import secrets
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import StoreUnavailable
from ledger.store.sqlite import translated

SCHEMA = """
CREATE TABLE IF NOT EXISTS subject (subject TEXT PRIMARY KEY, key {bytes} NOT NULL);
CREATE TABLE IF NOT EXISTS vault (commitment TEXT PRIMARY KEY, subject TEXT NOT NULL, name TEXT NOT NULL, disclosure TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token (id TEXT PRIMARY KEY, secret_sha256 {bytes} NOT NULL, account TEXT NOT NULL, expires_on TEXT NOT NULL);
"""
TOKEN_DAYS_MAX = 365


class TokenHolder(NamedTuple):
    """Whose token it is, and the last day it is good for."""

    account: str
    expires_on: date


class Vault(ABC):
    """Base of both vaults. Keys are kept in memory once read: every command needs its author's."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._tokens: dict[str, TokenHolder] = {}

    def key(self, subject: str, *, create: bool = False) -> bytes | None:
        """The 32-byte secret key of a person; made on demand with `create`, else none for a stranger."""
        known = self._keys.get(subject)
        if known is None:
            rows = self._run("SELECT key FROM subject WHERE subject = ?", subject)
            if not rows and create:
                # two processes may try at once: the first key stays
                self._run(
                    "INSERT INTO subject VALUES (?, ?) ON CONFLICT DO NOTHING",
                    subject,
                    secrets.token_bytes(32),
                )
                rows = self._run("SELECT key FROM subject WHERE subject = ?", subject)
            if not rows:
                return None
            known = self._keys[subject] = bytes(rows[0][0])
        return known

    def keep(self, commitment: str, subject: str, name: str, disclosed: str) -> None:
        """Keep the disclosure behind a commitment, so that it can be shown to who may see it."""
        sql = "INSERT INTO vault VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._run(sql, commitment, subject, name, disclosed)

    def disclosed(self, commitment: str) -> str | None:
        """The disclosure behind a commitment; none once erased."""
        rows = self._run("SELECT disclosure FROM vault WHERE commitment = ?", commitment)
        return rows[0][0] if rows else None

    def new_token(self, account: str, expires_on: date) -> str:
        """A new bearer token `mz_<id>_<secret>`, shown this once; only its digest is kept."""
        self.key(account, create=True)
        token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        digest = hashlib.sha256(secret.encode()).digest()
        self._run("INSERT INTO token VALUES (?, ?, ?, ?)", token_id, digest, account, expires_on.isoformat())
        return f"mz_{token_id}_{secret}"

    def holder(self, token: str) -> TokenHolder | None:
        """Whose token this is; none for a token that was never given out."""
        known = self._tokens.get(token)
        if known is None:
            parts = token.split("_", 2)
            if len(parts) != 3 or parts[0] != "mz":
                return None
            rows = self._run("SELECT secret_sha256, account, expires_on FROM token WHERE id = ?", parts[1])
            digest = hashlib.sha256(parts[2].encode()).digest()
            if not rows or not secrets.compare_digest(bytes(rows[0][0]), digest):
                return None
            known = self._tokens[token] = TokenHolder(rows[0][1], date.fromisoformat(rows[0][2]))
        return known

    @abstractmethod
    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement in its own durable transaction."""

    @abstractmethod
    def close(self) -> None:
        """Close this process's connections."""


class SQLiteVault(Vault):
    """`vault.db` in the store's folder: no WAL and freed pages overwritten, so that what is erased is gone from the file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = folder / "vault.db"
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _translated():
            if self._connection is None or self._process != os.getpid():
                self._connection, self._process = self._open(), os.getpid()
            return self._connection.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
        for pragma in (
            "journal_mode = DELETE",
            "secure_delete = ON",
            "synchronous = EXTRA",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA.format(bytes="BLOB"))
        return connection

    def close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error) from error
    except OSError as error:
        raise StoreUnavailable(reason=str(error)) from error
