"""Whatever is changed in the store behind its back is refused or reported, and the right record is named.

Every column of every table, on both databases: changed, borrowed from another row, swapped; every table: rows
deleted, inserted, reordered. Then what only somebody can do who adjusts all that follows from an entry, too.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.envelope import leaf_hash
from ledger.errors import LedgerError
from tests.faults.mutations import COLUMNS, OTHER, Books, Execute, Shelf, Table, Values
from tests.ledger.story import WUTONGLI

ALONE = {"head"}  # a table of one row: there is nothing to swap
OF_COLUMNS = [
    pytest.param(database, table, column, doing, id=f"{database}-{table}-{column}-{doing}")
    for database, tables in COLUMNS.items()
    for table, columns in tables.items()
    for column in columns
    for doing in (("change",) if table in ALONE else ("change", "borrow", "swap"))
]
OF_ROWS = [
    pytest.param(database, table, at, id=f"{database}-{table}-{at}")
    for database, tables in COLUMNS.items()
    for table in tables
    for at in ((0,) if table in ALONE else (0, 5, -1))
]
OF_TABLES = [
    pytest.param(database, table, id=f"{database}-{table}")
    for database, tables in COLUMNS.items()
    for table in tables
]
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)  # by the database itself


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("told"), lambda: request.getfixturevalue("postgres_server"))


@pytest.fixture
def books(shelf: Shelf, database: str, tmp_path: Path) -> Iterator[Books]:
    with shelf.copy(database, tmp_path / "books-of-this-case") as copied:
        yield copied


def mutated(books: Books, database: str, name: str, do: Callable[[Table], list[Values]]) -> list[Values]:
    """Do it; the rows touched, as they were and as they are."""
    with books.database() as execute:
        return do(Table(execute, name, COLUMNS[database][name]))


def must_be_reported(books: Books, touched: list[Values], table: str) -> None:
    """The store or its publisher says so; of an entry, which one it is, or the one after it."""
    reports = books.reports()
    assert reports, "nobody noticed"
    if table == "event":
        positions, numbers = ({row[at] for row in touched} for at in (0, 2))
        near = {one + after for one in positions for after in (0, 1)}
        near_numbers = {one + after for one in numbers for after in (0, 1)}
        assert any(
            report.details.get("position") in near or report.details.get("number") in near_numbers
            for report in reports
        ), reports


@pytest.mark.parametrize("database", COLUMNS)
def test_the_matrix_has_every_table_and_column(books: Books, database: str) -> None:
    with books.database() as execute:
        if database == "sqlite":
            tables = [name for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {(table, row[1]) for table in tables for row in execute(f"PRAGMA table_info({table})")}
        else:
            asked = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ?"
            found = set(execute(asked, "public"))
    assert found == {(table, column) for table, columns in COLUMNS[database].items() for column in columns}


@pytest.mark.parametrize(("database", "table", "column", "doing"), OF_COLUMNS)
def test_a_value_that_was_changed_is_found(
    books: Books, database: str, table: str, column: str, doing: str
) -> None:
    try:
        touched = mutated(books, database, table, lambda rows: getattr(rows, doing)(column))
    except REFUSED:
        assert books.reports() == []
        return
    must_be_reported(books, touched, table)


@pytest.mark.parametrize(("database", "table", "at"), OF_ROWS)
def test_a_row_that_is_gone_is_missed(books: Books, database: str, table: str, at: int) -> None:
    touched = mutated(books, database, table, lambda rows: rows.delete(min(at, len(rows.rows) - 1)))
    must_be_reported(books, touched, table)


@pytest.mark.parametrize(("database", "table"), OF_TABLES)
def test_a_row_that_was_put_there_is_found(books: Books, database: str, table: str) -> None:
    def insert(rows: Table) -> list[Values]:
        last = rows.rows[-1]
        return rows.insert(position=last[0] + 1, number=last[2] + 1) if table == "event" else rows.insert()

    try:
        touched = mutated(books, database, table, insert)
    except REFUSED:
        assert table in ALONE
        return
    must_be_reported(books, touched, table)


@pytest.mark.parametrize("database", COLUMNS)
def test_rows_that_changed_places_are_found(books: Books, database: str) -> None:
    touched = mutated(books, database, "event", lambda rows: rows.swap("position", "number"))
    must_be_reported(books, touched, "event")


# -- by somebody who knows what follows from an entry -------------------------------------------------------


def rewrite(execute: Execute, entry: bytes, position: int) -> None:
    altered = entry.replace("号楼".encode(), "号院".encode())
    assert altered != entry
    execute(
        "UPDATE event SET entry = ?, leaf_hash = ? WHERE position = ?", altered, leaf_hash(altered), position
    )


def shift(execute: Execute, after: int, by: int) -> None:
    """All records after a position, which are of one ledger, move by so many places with their tags."""
    for table, changes in (
        ("event", "position = -(position + ?), number = -(number + ?)"),
        ("event_tag", "position = -(position + ?)"),
    ):
        values = [by] * changes.count("?")
        execute(f"UPDATE {table} SET {changes} WHERE position > ?", *values, after)
    execute("UPDATE event SET position = -position, number = -number WHERE position < 0")
    execute("UPDATE event_tag SET position = -position WHERE position < 0")


def remove(execute: Execute, position: int) -> None:
    execute("DELETE FROM event_tag WHERE position = ?", position)
    execute("DELETE FROM event WHERE position = ?", position)
    execute("DELETE FROM tag WHERE NOT EXISTS (SELECT 1 FROM event_tag WHERE event_tag.tag = tag.id)")
    shift(execute, position, -1)


def repeat(execute: Execute, position: int) -> None:
    """A record stands there twice."""
    shift(execute, position, 1)
    execute(
        "INSERT INTO event SELECT position + 1, ledger, number + 1, kind, entry, leaf_hash, 0"
        " FROM event WHERE position = ?",
        position,
    )
    execute("INSERT INTO event_tag SELECT tag, position + 1 FROM event_tag WHERE position = ?", position)


def exchange(execute: Execute, position: int) -> None:
    """A record and the next one stand in each other's place."""
    for table, also in (("event", ", number = number + ?"), ("event_tag", "")):
        for place, by in ((position, 1_000), (position + 1, -1), (position + 1_000, -999)):
            values = [by] * (2 if also else 1)
            execute(f"UPDATE {table} SET position = position + ?{also} WHERE position = ?", *values, place)


def adjusted(books: Books, forge: Callable[[Execute, int], None], before_last: int) -> int:
    """Forge a record, so many before the last, and the head with it; its number."""
    with books.database() as execute:
        last, number = execute("SELECT max(position), max(number) FROM event WHERE position > 20")[0]
        forge(execute, last - before_last)
        if books.url.startswith("postgresql"):
            execute("UPDATE head SET position = (SELECT max(position) FROM event)")
            entry = bytes(execute("SELECT entry FROM event ORDER BY position DESC LIMIT 1")[0][0])
            at = entry.index(b'"recorded_at":"') + 15
            execute("UPDATE head SET recorded_at = ?", entry[at : at + 24].decode())
    return number - before_last


def forge_entry(execute: Execute, position: int) -> None:
    rewrite(execute, execute("SELECT entry FROM event WHERE position = ?", position)[0][0], position)


FORGERIES = [(forge_entry, 3), (forge_entry, 0), (remove, 3), (remove, 0), (repeat, 3), (exchange, 3)]


@pytest.mark.parametrize("database", COLUMNS)
@pytest.mark.parametrize(("forge", "before_last"), FORGERIES)
def test_what_the_store_cannot_tell_the_log_does(
    books: Books, database: str, forge: Any, before_last: int, tmp_path: Path
) -> None:
    """The store is sound in itself; nothing is signed, and the record is named, by the verifier as well."""
    number = adjusted(books, forge, before_last)
    books.deep_check()
    with pytest.raises(LedgerError) as refused:
        books.publish()
    first_that_differs = number + 1 if forge is repeat else number
    assert refused.value.details["ledger"] == WUTONGLI
    assert refused.value.details["number"] == first_that_differs
    report = books.verified(tmp_path / "pack")
    assert (report.status, report.first_bad) == (1, first_that_differs)


@pytest.mark.parametrize("database", COLUMNS)
@pytest.mark.parametrize(("forge", "before_last"), FORGERIES)
def test_published_anew_it_does_not_extend_a_checkpoint_that_anybody_kept(
    books: Books, database: str, forge: Any, before_last: int, tmp_path: Path
) -> None:
    """The operator throws away the log and signs another history with the right key."""
    kept = books.seen
    adjusted(books, forge, before_last)
    shutil.rmtree(books.folder / "log")
    books.publish()
    assert books.seen.origin == kept.origin
    assert books.seen.size < kept.size or books.root_at(kept.size) != kept.root
    assert books.verified(tmp_path / "pack", kept)["grown"].state == "fail"


# -- the files of the log -----------------------------------------------------------------------------------


def flip(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])


DONE = {
    "changed": flip,
    "deleted": Path.unlink,
    "emptied": lambda path: path.write_bytes(b""),
    "longer": lambda path: path.write_bytes(path.read_bytes() + path.read_bytes()[-40:]),
    "another's": lambda path: path.write_bytes(
        Path(str(path).replace(f"/{WUTONGLI}/", f"/{OTHER}/")).read_bytes()
    ),
}
FILES = ("checkpoint", "checkpoints.log", "policy", "vkey", "tile/0/000.p", "tile/entries/000.p")


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("doing", DONE)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_log_that_was_changed_stops_it_or_is_put_right(
    books: Books, database: str, name: str, doing: str
) -> None:
    folder = books.folder / "log" / WUTONGLI
    path = next((folder / name).iterdir()) if name.endswith(".p") else folder / name
    if name.endswith(".p"):
        other = next((books.folder / "log" / OTHER / name).iterdir())
        other.rename(other.with_name(path.name))  # as wide as that tile says it is
    was = path.read_bytes()
    DONE[doing](path)
    try:
        books.publish()
    except LedgerError:
        return
    if (name, doing) == ("checkpoints.log", "longer"):
        was += was[-40:]  # taken for a note cut short, which the next one is written over
    assert path.read_bytes() == was
