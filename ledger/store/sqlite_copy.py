"""A copy of an SQLite database as of one moment, while others go on writing."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.errors import StoreDamaged

PAGES_AT_ONCE = 1_000


def copy_database(source: Path, target: Path) -> None:
    """Copy a database into a new file. Errors: `StoreDamaged` if it cannot be read."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here, pages=PAGES_AT_ONCE)
    except sqlite3.Error as error:
        raise StoreDamaged("store.unreadable", reason=str(error)) from error
