"""How a view's rows reach its tables: many at a time, through the driver, with the same statements on both databases."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Table

from projections.generations import Words
from projections.view import NAMES_TABLE, Fields, Key

KEYS_AT_ONCE = 500  # in one statement; well below the 32,766 values SQLite takes


class Writer:
    """Writes one generation of one view; remembers its words from batch to batch."""

    def __init__(self, tables: Mapping[str, Table], connection: Connection) -> None:
        self.tables = tables
        self.connection = connection
        words = Words()
        words.load(connection, tables[NAMES_TABLE])
        self.numbers = _Numbers(words.numbers)

    def flush(self) -> None:
        """Store the words that were new in this batch."""
        self.insert(NAMES_TABLE, self.numbers.new)
        self.numbers.new = []

    def insert(self, table: str, rows: Iterable[Key]) -> None:
        rows = rows if isinstance(rows, list) else list(rows)
        target = self.tables[table]
        if self.connection.dialect.name == "postgresql" and len(rows) > 1:
            self._copy(target, rows)
        else:
            self._execute(_insert(target, self._mark), rows)

    def add(self, table: str, sums: Mapping[Key, Sequence[int]]) -> None:
        target = self.tables[table]
        self._execute(_upsert(target, self._mark, adds=True), [(*key, *sums[key]) for key in sorted(sums)])

    def known(self, table: str, keys: Iterable[Key]) -> dict[Key, Fields]:
        target, found = self.tables[table], dict[Key, Fields]()
        columns = [column.name for column in target.columns]
        width, remaining = len(target.primary_key), iter(sorted(set(keys)))
        while some := list(islice(remaining, KEYS_AT_ONCE)):
            values = tuple(value for key in some for value in key)
            for row in self.connection.exec_driver_sql(_known(target, self._mark, len(some)), values):
                found[tuple(row[:width])] = dict(zip(columns[width:], row[width:], strict=True))
        return found

    def put(self, table: str, rows: Mapping[Key, Mapping[str, Any]]) -> None:
        target = self.tables[table]
        columns = [column.name for column in target.columns][len(target.primary_key) :]
        for fields in rows.values():
            if unknown := fields.keys() - set(columns):
                raise LookupError(f"{target.name} has no column {', '.join(sorted(unknown))}")
        filled = [(*key, *(rows[key].get(column) for column in columns)) for key in sorted(rows)]
        self._execute(_upsert(target, self._mark, adds=False), filled)

    def change(self, table: str, column: str, values: Mapping[Key, Any]) -> None:
        target = self.tables[table]
        self._execute(_change(target, column, self._mark), [(values[key], *key) for key in sorted(values)])

    @property
    def _mark(self) -> str:
        return "?" if self.connection.dialect.name == "sqlite" else "%s"

    def _execute(self, sql: str, rows: list[Key]) -> None:
        if rows:
            self.connection.exec_driver_sql(sql, rows)

    def _copy(self, target: Table, rows: list[Key]) -> None:
        cursor: Any = self.connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {target.fullname} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class _Numbers(dict[str, int]):
    """Gives a word it does not know the next number, and remembers that it is new."""

    def __init__(self, known: Mapping[str, int]) -> None:
        super().__init__(known)
        self.new: list[Key] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self) + 1
        self.new.append((number, word))
        return number


@cache
def _insert(target: Table, mark: str) -> str:
    return f"INSERT INTO {target.fullname} VALUES ({', '.join([mark] * len(target.columns))})"


@cache
def _upsert(target: Table, mark: str, *, adds: bool) -> str:
    key = [_quoted(column) for column in target.primary_key]
    beside = [_quoted(column) for column in target.columns if not column.primary_key]
    old = {column: f"{target.name}.{column} + " if adds else "" for column in beside}
    changes = ", ".join(f"{column} = {old[column]}excluded.{column}" for column in beside)
    return f"{_insert(target, mark)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


@cache
def _change(target: Table, column: str, mark: str) -> str:
    return f'UPDATE {target.fullname} SET "{column}" = {mark} WHERE {_key_is(target, mark)}'


@cache
def _known(target: Table, mark: str, keys: int) -> str:
    one = f"({', '.join([mark] * len(target.primary_key))})"
    columns = ", ".join(map(_quoted, target.primary_key))
    return f"SELECT * FROM {target.fullname} WHERE ({columns}) IN (VALUES {', '.join([one] * keys)})"


def _key_is(target: Table, mark: str) -> str:
    return " AND ".join(f"{_quoted(column)} = {mark}" for column in target.primary_key)


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'  # a column may be called `row`
