"""How a view's rows reach its tables: many at a time, with the same statements on both databases."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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
        if self._on_postgres and len(rows) > 1:
            self._copy(target, rows)
        else:
            self._execute(f"INSERT INTO {target.fullname} {_values(target, self._mark)}", rows)

    def add(self, table: str, sums: Mapping[Key, Sequence[int]]) -> None:
        self._upsert(self.tables[table], [(*key, *sums[key]) for key in sorted(sums)], adds=True)

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
        self._upsert(target, filled, adds=False)

    def change(self, table: str, column: str, values: Mapping[Key, Any]) -> None:
        target = self.tables[table]
        self._execute(_change(target, column, self._mark), [(values[key], *key) for key in sorted(values)])

    @property
    def _on_postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    @property
    def _mark(self) -> str:
        return "%s" if self._on_postgres else "?"

    def _upsert(self, target: Table, rows: list[Key], *, adds: bool) -> None:
        if self._on_postgres and rows:  # one statement with a list for each column, not one for each row
            lists = tuple(map(list, zip(*rows, strict=True)))
            self.connection.exec_driver_sql(
                _upsert(target, _unnested(target, self.connection), adds=adds), lists
            )
        else:
            self._execute(_upsert(target, _values(target, self._mark), adds=adds), rows)

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


@lru_cache
def _values(target: Table, mark: str) -> str:
    return f"VALUES ({', '.join([mark] * len(target.columns))})"


def _unnested(target: Table, connection: Connection) -> str:
    types = [column.type.compile(connection.dialect) for column in target.columns]
    return f"SELECT * FROM unnest({', '.join(f'%s::{of}[]' for of in types)})"


@lru_cache
def _upsert(target: Table, values: str, *, adds: bool) -> str:
    key = [_quoted(column) for column in target.primary_key]
    beside = [_quoted(column) for column in target.columns if not column.primary_key]
    old = {column: f"{target.name}.{column} + " if adds else "" for column in beside}
    changes = ", ".join(f"{column} = {old[column]}excluded.{column}" for column in beside)
    return f"INSERT INTO {target.fullname} {values} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


def _change(target: Table, column: str, mark: str) -> str:
    return f'UPDATE {target.fullname} SET "{column}" = {mark} WHERE {_key_is(target, mark)}'


def _known(target: Table, mark: str, keys: int) -> str:
    wanted = ", ".join([f"({', '.join([mark] * len(target.primary_key))})"] * keys)
    names = [_quoted(column) for column in target.primary_key]
    same = " AND ".join(f"kept.{name} = wanted.{name}" for name in names)
    # CROSS JOIN keeps SQLite from walking the whole table
    join = "CROSS JOIN" if mark == "?" else "JOIN"
    return f"""WITH wanted({", ".join(names)}) AS (VALUES {wanted})
               SELECT kept.* FROM wanted {join} {target.fullname} kept ON {same}"""


def _key_is(target: Table, mark: str) -> str:
    return " AND ".join(f"{_quoted(column)} = {mark}" for column in target.primary_key)


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'  # a column may be called `row`
