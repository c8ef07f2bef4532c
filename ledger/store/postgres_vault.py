"""The vault on PostgreSQL: a schema of its own, granted, copied and erased apart from the books."""

import os
import threading
from collections.abc import Sequence
from typing import Any

import psycopg

from ledger.errors import StoreMisused
from ledger.store.postgres_database import Connection, connect, make_once, translated
from ledger.store.vault import TABLES, Vault


class PostgresVault(Vault):
    """Tables in the schema `vault` of the store's database."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._process = 0

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
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

    def _run_all(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if not rows:
            return
        self._run("SELECT 1")  # opens the connection, again if it was lost
        with self._lock:
            assert self._connection is not None  # noqa: S101
            try:
                with self._connection.transaction(), self._connection.cursor() as cursor:
                    cursor.executemany(sql.replace("?", "%s"), rows)
            except psycopg.Error as error:
                raise translated(error) from error

    def _execute(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection, self._process = self._open(), os.getpid()
        if self._process != os.getpid():
            raise StoreMisused("store.inherited-over-fork", opened_by=self._process, used_by=os.getpid())
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def _open(self) -> Connection:
        connection = connect(self._url, search_path="vault")
        try:
            tables = TABLES.format(bytes="BYTEA")
            make_once(connection, "vault", "token", f"CREATE SCHEMA IF NOT EXISTS @; {tables}")
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
