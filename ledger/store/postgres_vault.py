"""The vault on PostgreSQL: a schema of its own, granted, copied and erased apart from the books.

After an erasure the tables are written anew, since a deleted row stays in its page. It stays in the
write-ahead log and in base backups for as long as those are kept. There it is sealed; it dies for good with
the key file of its time: `mingzhang key vault --rotate`.
"""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from ledger.errors import StoreMisused
from ledger.store.postgres_database import Connection, connect, make_once, translated
from ledger.store.vault import Vault
from ledger.store.vault_database import LAST_TABLE, TABLES, Rows, Run, T, VaultDatabase
from ledger.store.vault_key import KeyFile


class PostgresVault(Vault):
    """Tables in the schema `vault` of the store's database; the key where it is said to be."""

    def __init__(self, url: str, key_file: Path | None = None) -> None:
        super().__init__(PostgresVaultDatabase(url), KeyFile(key_file))


class PostgresVaultDatabase(VaultDatabase):
    """One connection, opened again when it was lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._process = 0

    def run(self, sql: str, *values: object) -> Rows:
        statement = sql.replace("?", "%s")
        with self._lock:
            was_open = self._connection is not None
            try:
                return self._execute(statement, values)
            except psycopg.OperationalError as error:
                self._drop()
                if not was_open:
                    raise translated(error) from error
            except psycopg.Error as error:
                raise translated(error) from error
            try:  # the connection was lost while nobody looked; every statement here may safely run twice
                return self._execute(statement, values)
            except psycopg.Error as error:
                self._drop()
                raise translated(error) from error

    def run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if not rows:
            return
        self.run("SELECT 1")  # opens the connection, again if it was lost
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction(), connection.cursor() as cursor:
                    cursor.executemany(sql.replace("?", "%s"), rows)
            except psycopg.Error as error:
                raise translated(error) from error

    def in_turn(self, work: Callable[[Run], T]) -> T:
        self.run("SELECT 1")
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    # one at a time: what a turn reads, it may write
                    connection.execute("SELECT 1 FROM secret FOR UPDATE")
                    return work(lambda sql, *values: self._execute(sql.replace("?", "%s"), values))
            except psycopg.Error as error:
                raise translated(error) from error

    def scrub(self) -> None:
        # FULL writes new files: without it the bytes stay in the free room of a page until that is used again
        self.run("VACUUM (FULL) subject, vault, token, upload")

    def _execute(self, statement: str, values: tuple[object, ...]) -> Rows:
        cursor = self._connected().execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection, self._process = self._open(), os.getpid()
        if self._process != os.getpid():
            raise StoreMisused("store.inherited-over-fork", opened_by=self._process, used_by=os.getpid())
        return self._connection

    def _open(self) -> Connection:
        connection = connect(self._url, search_path="vault")
        try:
            tables = TABLES.format(bytes="BYTEA")
            make_once(connection, "vault", LAST_TABLE, f"CREATE SCHEMA IF NOT EXISTS @; {tables}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        with self._lock:
            self._drop()
