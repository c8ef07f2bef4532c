"""Personal data apart from the books: a secret key per person, and the values behind commitments. Erasable.

Its own file on SQLite, its own schema on PostgreSQL. Tokens live here too: they are about persons.
"""

import base64
import hashlib
import json
import os
import secrets
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import StoreMisused
from ledger.store.sqlite_database import LOCK_SECONDS_MAX, in_our_words

TABLES = """
CREATE TABLE IF NOT EXISTS subject (subject TEXT PRIMARY KEY, key {bytes} NOT NULL);
CREATE TABLE IF NOT EXISTS vault (
    commitment TEXT PRIMARY KEY, subject TEXT NOT NULL, name TEXT NOT NULL, disclosure TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS vault_subject ON vault (subject);
CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY, secret_sha256 {bytes} NOT NULL, account TEXT NOT NULL, expires_on TEXT NOT NULL
);
"""
TOKEN_DAYS_MAX = 365
TOKEN_SECONDS_REMEMBERED = 3.0  # a revoked token is refused by every process after at most so long
TOKENS_REMEMBERED_MAX = 10_000
VALUES_AT_ONCE = 500  # values bound to one statement


class Kept(NamedTuple):
    """A commitment, whom it is about, where it stands in its event, and what shows the value behind it."""

    commitment: str
    subject: str
    name: str
    disclosure: str


class TokenHolder(NamedTuple):
    """Whose token it is, and the last day it is good for."""

    account: str
    expires_on: date


class Vault(ABC):
    """Base of both vaults. Keys are kept in memory once read: every command needs its author's."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._tokens: dict[bytes, tuple[float, TokenHolder]] = {}

    # -- persons ---------------------------------------------------------------------------------------------

    def key(self, subject: str, *, create: bool = False) -> bytes | None:
        """The 32-byte secret key of a person; made on demand with `create`, else none for a stranger."""
        known = self._keys.get(subject)
        if known is None:
            rows = self._run("SELECT key FROM subject WHERE subject = ?", subject)
            if not rows and create:
                # two processes may try at once: the first key stays
                made = secrets.token_bytes(32)
                self._run("INSERT INTO subject VALUES (?, ?) ON CONFLICT DO NOTHING", subject, made)
                rows = self._run("SELECT key FROM subject WHERE subject = ?", subject)
            if not rows:
                return None
            known = self._keys[subject] = bytes(rows[0][0])
        return known

    def keys(self, subjects: Iterable[str], *, create: bool = False) -> dict[str, bytes]:
        """The keys of many persons; with `create` those missing are made in one transaction."""
        if create:
            new = [(subject, secrets.token_bytes(32)) for subject in subjects if subject not in self._keys]
            self._run_all("INSERT INTO subject VALUES (?, ?) ON CONFLICT DO NOTHING", new)
        found = {subject: self.key(subject) for subject in subjects}
        return {subject: key for subject, key in found.items() if key is not None}

    def keep(self, kept: Iterable[Kept]) -> None:
        """Keep the disclosures behind commitments, all in one transaction, for who may see them."""
        self._run_all("INSERT INTO vault VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", list(kept))

    def commitments(self, subject: str) -> frozenset[str]:
        """Every commitment kept about a person."""
        rows = self._run("SELECT commitment FROM vault WHERE subject = ?", subject)
        return frozenset(row[0] for row in rows)

    def disclosed(self, commitment: str) -> str | None:
        """The disclosure behind a commitment; none once erased."""
        rows = self._run("SELECT disclosure FROM vault WHERE commitment = ?", commitment)
        return rows[0][0] if rows else None

    def values(self, commitments: Iterable[str]) -> dict[str, str]:
        """The values behind commitments, by commitment; those erased are left out."""
        wanted, found = list(commitments), {}
        for start in range(0, len(wanted), VALUES_AT_ONCE):
            some = wanted[start : start + VALUES_AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT commitment, disclosure FROM vault WHERE commitment IN ({marks})"
            found.update({row[0]: value_of(row[1]) for row in self._run(sql, *some)})
        return found

    # -- tokens ----------------------------------------------------------------------------------------------

    def new_token(self, account: str, expires_on: date) -> str:
        """A new bearer token `mz_<id>_<secret>`, shown this once; only its digest is kept."""
        self.key(account, create=True)
        token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        digest = hashlib.sha256(secret.encode()).digest()
        self._run("INSERT INTO token VALUES (?, ?, ?, ?)", token_id, digest, account, expires_on.isoformat())
        return f"mz_{token_id}_{secret}"

    def revoke_token(self, token_id: str) -> bool:
        """Take a token back, by its id (its middle part); whether there was one."""
        found = self._run("DELETE FROM token WHERE id = ? RETURNING id", token_id)
        self._tokens.clear()
        return bool(found)

    def holder(self, token: str) -> TokenHolder | None:
        """Whose token this is; none for a token that was never given out, or was taken back."""
        asked = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        until, known = self._tokens.get(asked, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        found = self._holder(token)
        if found is None:
            self._tokens.pop(asked, None)
        else:
            if len(self._tokens) >= TOKENS_REMEMBERED_MAX:
                self._tokens.clear()
            self._tokens[asked] = time.monotonic() + TOKEN_SECONDS_REMEMBERED, found
        return found

    def _holder(self, token: str) -> TokenHolder | None:
        prefix, _, rest = token.partition("_")
        token_id, _, secret = rest.partition("_")
        if prefix != "mz" or not secret or not token.isascii() or not token.isprintable():
            return None
        rows = self._run("SELECT secret_sha256, account, expires_on FROM token WHERE id = ?", token_id)
        digest = hashlib.sha256(secret.encode()).digest()
        if not rows or not secrets.compare_digest(bytes(rows[0][0]), digest):
            return None
        return TokenHolder(rows[0][1], date.fromisoformat(rows[0][2]))

    # -- the database ----------------------------------------------------------------------------------------

    @abstractmethod
    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement in its own durable transaction."""

    @abstractmethod
    def _run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for every row, in one durable transaction; nothing for no rows."""

    @abstractmethod
    def close(self) -> None:
        """Close this process's connection; the next use opens a new one."""


class SQLiteVault(Vault):
    """`vault.db` in the store's folder: no WAL, freed pages overwritten: what is erased leaves the file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = Path(folder) / "vault.db"
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, in_our_words():
            if self._connection is None:
                self._connection, self._process = self._open(), os.getpid()
            if self._process != os.getpid():
                raise StoreMisused("store.inherited-over-fork", opened_by=self._process, used_by=os.getpid())
            return self._connection.execute(sql, values).fetchall()

    def _run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if not rows:
            return
        self._run("SELECT 1")  # opens the connection, or says why it cannot be used
        with self._lock, in_our_words():
            assert self._connection is not None  # noqa: S101
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

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


def value_of(disclosure: str) -> str:
    """The value in a disclosure, base64url of [salt, name, value] (RFC 9901 4.2.1)."""
    raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
    return str(json.loads(raw)[2])


_SETTINGS: dict[str, str | int] = {
    "journal_mode": "delete",
    "secure_delete": 1,
    "synchronous": 3,
    "trusted_schema": 0,
}
