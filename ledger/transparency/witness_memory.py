"""What a witness must never forget, in an SQLite file of its own beside its key.

A witness whose memory is lost, or brought back from a backup, could sign a second history: it is made with
the key, never by itself, and one that is not there, or is of another key, stops the witness.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.durable import make_folder, sync_folder
from ledger.errors import LedgerError
from ledger.store.sqlite_database import in_our_words, must_be, open_database, refuse_network_file_system
from ledger.transparency.keys import KeyUnusable, Seed, read_seeds, write_seeds
from ledger.transparency.note import COSIGNATURE, NoteInvalid, SigningKey, VerifierKey
from ledger.transparency.witness import Logs, Seen, Witness

FILE = "witness.db"
_SCHEMA = """
CREATE TABLE witness (vkey TEXT NOT NULL) STRICT;
CREATE TABLE seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
_REMEMBER = "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)"
_RECALL = "SELECT size, root, time, note FROM seen WHERE origin = ?"


class MemoryUnusable(LedgerError):
    """The witness does not know what it signed, so it must not sign."""

    code = "witness.memory-missing"


class SQLiteMemory:
    """The file in a folder. A connection lasts for one transaction: threads and forks share none."""

    def __init__(self, folder: Path, vkey: VerifierKey) -> None:
        self._folder = folder
        with self._opened() as connection:
            (found,) = connection.execute("SELECT vkey FROM witness").fetchone()
        if found != str(vkey):
            raise MemoryUnusable("witness.memory-of-another", folder=str(folder))

    def seen(self, origin: str) -> Seen | None:
        """What was signed last of a log."""
        with self._opened() as connection:
            row = connection.execute(_RECALL, (origin,)).fetchone()
        return Seen(*row) if row else None

    def change(self, origin: str, decide: Callable[[Seen], Seen]) -> Seen:
        """Put what `decide` makes of it in its place. Errors: `StoreBusy` and others of a store."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(_RECALL, (origin,)).fetchone()
            seen = decide(Seen(*row) if row else Seen())
            connection.execute(_REMEMBER, (origin, *seen))
            connection.execute("COMMIT")
        return seen

    def accuse(self, size: int, first: str, second: str) -> None:
        """Keep two notes as a file: who has it and the log's key needs nothing else to see the fork."""
        name = hashlib.sha256(second.encode()).hexdigest()[:16]
        with suppress(FileExistsError), (self._folder / f"fork-{size}-{name}.txt").open("x") as file:
            file.write(f"{first}\n{second}")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """What was not committed when it is closed never was."""
        if not (self._folder / FILE).is_file():
            raise MemoryUnusable(folder=str(self._folder))
        with in_our_words():
            connection = open_database(self._folder / FILE)
            try:
                must_be(connection, "journal_mode", "wal")
                yield connection
            finally:
                connection.close()


def create_witness(key_file: Path, name: str, folder: Path | None = None) -> VerifierKey:
    """A new key, and the memory of one that has signed nothing, by default beside it.

    Errors: `KeyUnusable`, `MemoryUnusable` if there is one already: it is never touched.
    """
    folder = folder or key_file.parent
    seed = Seed.new(name, COSIGNATURE)
    vkey = SigningKey(*seed).vkey
    try:
        VerifierKey.of(str(vkey))
    except NoteInvalid:
        raise KeyUnusable("key.name", name=name) from None
    make_folder(folder, 0o700)
    make_folder(key_file.parent, 0o700)
    refuse_network_file_system(folder)
    if (folder / FILE).exists():
        raise MemoryUnusable("witness.memory-of-another", folder=str(folder))
    write_seeds(key_file, (seed,))
    _make(folder, vkey)
    return vkey


def open_witness(key_file: Path, logs: Logs, folder: Path | None = None) -> Witness:
    """A witness with its key and its memory, by default beside it.

    Errors: `KeyUnusable`, `MemoryUnusable`.
    """
    seeds = read_seeds(key_file, COSIGNATURE)
    if len(seeds) != 1:
        raise KeyUnusable("key.malformed", file=str(key_file))
    key = SigningKey(*seeds[0])
    return Witness(key, logs, SQLiteMemory(folder or key_file.parent, key.vkey))


def _make(folder: Path, vkey: VerifierKey) -> None:
    unfinished = folder / f".{FILE}.unfinished"
    unfinished.unlink(missing_ok=True)
    with in_our_words():
        connection = open_database(unfinished)
        try:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO witness VALUES (?)", (str(vkey),))
            connection.execute("PRAGMA journal_mode = wal")
        finally:
            connection.close()
        unfinished.rename(folder / FILE)
    sync_folder(folder)
