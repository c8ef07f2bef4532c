"""Whatever is changed in the vault behind its back is found, and the record it belongs to is named."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import LedgerError, StoreDamaged, StoreMisused
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from ledger.vault_check import check_vault
from tests.ledger.secret_words import LAST_SPRING, YEARS_AGO, erase, voted
from tests.ledger.story import Story, given, then_recorded, when


@pytest.fixture(autouse=True)
def told(a_story: Story) -> Story:
    """Two units have voted: two ballots are kept, and the names of many who acted."""
    given(*voted("lift-3", "u-1", "u-2", closed_on=YEARS_AGO))
    assert check_vault(a_story.store, a_story.vault) == len(rows_of(folder_of(a_story), "vault")) > 2
    return a_story


def folder_of(story: Story) -> Path:
    assert isinstance(story.store, SQLiteStore)
    return story.store.folder


def run(folder: Path, sql: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(folder / "vault.db", isolation_level=None)) as connection:
        return connection.execute(sql, values).fetchall()


def rows_of(folder: Path, table: str) -> list[tuple]:
    return run(folder, f"SELECT rowid, * FROM {table} ORDER BY rowid")


def checked(folder: Path) -> LedgerError | None:
    """What somebody is told who checks the vault with a fresh process."""
    store, vault = SQLiteStore(folder), SQLiteVault(folder)
    try:
        check_vault(store, vault)
    except (StoreDamaged, StoreMisused) as damaged:
        return damaged
    finally:
        store.close()
        vault.close()
    return None


ALTERED = {
    "changed": "UPDATE {table} SET {column} = {other} WHERE rowid = {row}",
    "borrowed": "UPDATE OR IGNORE {table} SET {column} ="
    " (SELECT {column} FROM {table} WHERE rowid <> {row} ORDER BY rowid DESC LIMIT 1) WHERE rowid = {row}",
}


@pytest.mark.parametrize("doing", ALTERED)
@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("vault", "commitment", "substr(commitment, 2) || 'A'"),
        ("vault", "subject", "zeroblob(16)"),
        ("vault", "name", "name || 'x'"),
        ("vault", "sealed", "CAST(sealed || x'00' AS BLOB)"),
        ("subject", "subject", "zeroblob(16)"),
        ("subject", "sealed", "CAST(sealed || x'00' AS BLOB)"),
        ("secret", "sealed", "CAST(sealed || x'00' AS BLOB)"),
    ],
)
def test_a_value_that_was_changed_is_found(
    told: Story, table: str, column: str, other: str, doing: str
) -> None:
    folder, before = folder_of(told), rows_of(folder_of(told), table)
    told.vault.close()
    row = before[-2 if doing == "borrowed" and len(before) > 1 else 0][0]
    run(folder, ALTERED[doing].format(table=table, column=column, other=other, row=row))
    if rows_of(folder, table) == before:
        assert (doing, table) == ("borrowed", "secret") or column in ("commitment", "subject", "name")
        assert checked(folder) is None
        return
    found = checked(folder)
    assert found is not None
    if table == "vault":
        assert found.details["ledger"] == "wutongli"
        assert found.details["number"] > 0


@pytest.mark.parametrize("at", [0, -1])
@pytest.mark.parametrize("table", ["vault", "subject"])
def test_a_row_that_is_gone_is_missed(told: Story, table: str, at: int) -> None:
    folder = folder_of(told)
    told.vault.close()
    (row, *_) = rows_of(folder, table)[at]
    run(folder, f"DELETE FROM {table} WHERE rowid = ?", row)
    found = checked(folder)
    assert found is not None
    assert found.code == "vault.value-missing"
    assert found.details["number"] >= 0


def test_what_the_books_say_was_erased_is_not_missed(told: Story) -> None:
    when(erase("u-1"))
    then_recorded()
    assert checked(folder_of(told)) is None


def test_what_was_taken_away_after_an_erasure_is(told: Story) -> None:
    when(erase("u-1"))
    then_recorded()
    given(*voted("door-2", "u-2", closed_on=YEARS_AGO))
    told.vault.close()
    run(folder_of(told), "DELETE FROM vault WHERE rowid = (SELECT max(rowid) FROM vault)")
    found = checked(folder_of(told))
    assert found is not None
    assert found.code == "vault.value-missing"


def test_a_copy_of_the_vault_put_back_that_knows_the_erased_is_found(told: Story) -> None:
    folder = folder_of(told)
    told.vault.close()
    copy = (folder / "vault.db").read_bytes()
    when(erase("u-1"))
    then_recorded()
    told.vault.close()
    (folder / "vault.db").write_bytes(copy)
    found = checked(folder)
    assert found is not None
    assert found.code == "vault.not-erased"


def test_a_restriction_that_was_lifted_by_hand_is_found(told: Story) -> None:
    given(*voted("gate", "u-2", closed_on=LAST_SPRING))
    when(erase("u-2"))
    then_recorded()
    assert checked(folder_of(told)) is None
    told.vault.close()
    assert run(folder_of(told), "SELECT count(*) FROM subject WHERE restricted = 1") != [(0,)]
    run(folder_of(told), "UPDATE subject SET restricted = 0")
    found = checked(folder_of(told))
    assert found is not None
    assert found.code == "vault.restriction-differs"
