"""Writing without the web: one command per commit, bulk import (P4), and the bytes it takes (P10)."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from ledger.asked import Asked
from ledger.ledger import GovernanceLedger
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from tests.benchmarks import books
from tests.benchmarks.floors import RawStore, Yardstick, raw_rows, stored_events, tag_names
from tests.benchmarks.measuring import (
    Figure,
    Sample,
    Size,
    alternating,
    median_rate,
    milliseconds,
    rate_ratio,
    timed,
    timed_each,
)


@contextmanager
def opened(folder: Path) -> Iterator[GovernanceLedger]:
    """A ledger in a folder, with its operator."""
    store, vault = SQLiteStore(folder), SQLiteVault(folder)
    vault.key("operator", create=True)
    try:
        yield GovernanceLedger(store, vault)
    finally:
        store.close()
        vault.close()


def _commanded(asked: list[Asked]) -> Sample:
    """One command, one commit, each under its key, on new books."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as ledger:
        books.open_books(ledger)
        keyed = [(one, f"key-{number}") for number, one in enumerate(asked)]
        return timed_each(lambda one: ledger.record(*one), keyed)


def command(size: Size) -> Figure:
    """One command in the store over the raw rows it leaves there, each with its own flushed commit."""
    asked = books.requests(size.commands)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder) as ledger:
            books.open_books(ledger)
            head = ledger.store.head()
            for number, one in enumerate(asked):
                ledger.record(one, f"key-{number}")
        rows = raw_rows(folder, head)

        def raw() -> Sample:
            with tempfile.TemporaryDirectory() as inner:
                store = RawStore(Path(inner) / "ledger.db", like=folder / "ledger.db")
                sample = timed_each(store.append, rows)
                store.close()
                return sample

        samples = alternating(size.rounds, ours=lambda: _commanded(asked), raw=raw)
    ratio = rate_ratio(samples["ours"], samples["raw"])
    return Figure(
        name="command",
        title="one command in the store, SQLite, over the raw rows per commit",
        unit="commands/s",
        ours=median_rate(samples["ours"]),
        floor=median_rate(samples["raw"]),
        ratio=ratio,
        target="≥ 0.5",
        met=ratio >= 0.5,
        more={
            "p50_ms": milliseconds(samples["ours"], 50),
            "p99_ms": milliseconds(samples["ours"], 99),
            "floor_p99_ms": milliseconds(samples["raw"], 99),
        },
    )


def bulk_import(size: Size) -> Figure:
    """Rows imported with every rule decided, a thousand per commit, over the yardstick store."""
    chunks = list(books.in_chunks(books.years(), size.rows))

    def imported(folder: Path) -> Sample:
        with opened(folder) as ledger:
            books.open_books(ledger)

            def work() -> None:
                for number, chunk in enumerate(chunks):
                    ledger.record_all(chunk, f"chunk-{number}")

            return timed(size.rows, work)

    def ours() -> Sample:
        with tempfile.TemporaryDirectory() as inner:
            return imported(Path(inner))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imported(folder)
        store = SQLiteStore(folder)
        head = store.head() - size.rows
        events = stored_events(list(_all_rows(store, head)), tag_names(folder))
        store.close()

        def yardstick() -> Sample:
            with tempfile.TemporaryDirectory() as inner:
                floor = Yardstick(Path(inner) / "ledger.db", like=folder / "ledger.db")

                def work() -> None:
                    for start in range(0, len(events), 1_000):
                        floor.append(events[start : start + 1_000])

                sample = timed(len(events), work)
                floor.close()
                return sample

        samples = alternating(size.rounds, ours=ours, yardstick=yardstick)
    ratio = rate_ratio(samples["ours"], samples["yardstick"])
    return Figure(
        name="P4",
        title=f"bulk import of {size.rows:,} rows, every rule decided, over the yardstick store",
        unit="events/s",
        ours=median_rate(samples["ours"]),
        floor=median_rate(samples["yardstick"]),
        ratio=ratio,
        target="≥ 0.50 (measured)",
        met=ratio >= 0.5,
    )


def _all_rows(store: SQLiteStore, after: int) -> Iterator:
    while rows := store.rows(after):
        yield from rows
        after = rows[-1].position


def bytes_per_event(size: Size) -> Figure:
    """The store's file with all indexes, tags, receipts and guards over the canonical entries in it."""
    count = min(size.rows, 10_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder) as ledger:
            books.open_books(ledger)
            for number, one in enumerate(islice(books.years(), count)):
                ledger.record(one, f"2026-{number:06}")
            entries = [len(row.entry) for row in _all_rows(ledger.store, 0)]
        stored = file_bytes(folder / "ledger.db")
    per_event, canonical = stored / len(entries), sum(entries) / len(entries)
    ratio = per_event / canonical
    return Figure(
        name="P10",
        title="bytes per event in the store, all indexes, tags and receipts, over its canonical JSON",
        unit="bytes",
        ours=per_event,
        floor=canonical,
        ratio=ratio,
        target="≤ 1.5",
        met=ratio <= 1.5,
        more={"events": len(entries), "median_entry": median(entries)},
    )


def file_bytes(path: Path) -> int:
    """The size of a database with all its write-ahead log taken in."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size
