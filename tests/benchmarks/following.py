"""Views: how fast they are followed from empty (P6), and how much room they take (P10)."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from api.services import Services
from tests.benchmarks import books
from tests.benchmarks.hledger import text_of
from tests.benchmarks.measuring import Figure, Sample, Size, alternating, median_rate, rate_ratio, timed
from tests.benchmarks.writing import file_bytes
from tests.postgres_server import PostgresServer
from tests.vault_keys import key_file_of

BATCH = 5_000


def filled(url: str, rows: int) -> Services:
    """Services over books of that many events; nothing follows yet."""
    services = Services(url, vault_key_file=key_file_of(url))
    services.vault.key("operator", create=True)
    books.open_books(services.ledger)
    for number, chunk in enumerate(books.in_chunks(books.years(), rows)):
        services.ledger.record_all(chunk, f"chunk-{number}")
    return services


def followed(services: Services) -> Sample:
    """All views, from nothing to the head."""
    head = services.store.head()
    sample = timed(head, services.follower.catch_up)
    if services.views.position() != head:
        raise RuntimeError(f"the views stopped at {services.views.position()}")
    return sample


def on_sqlite(size: Size) -> Figure:
    """P6, over writing the very rows of the views with nothing computed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        services = filled(f"sqlite:///{folder}", size.rows)
        followed(services)
        services.close()
        rows = _rows(folder / "views.db")
        head = services.store.head()

        def ours() -> Sample:
            for file in folder.glob("views.db*"):
                file.unlink()
            following = Services(f"sqlite:///{folder}")
            try:
                return followed(following)
            finally:
                following.close()

        def raw() -> Sample:
            with tempfile.TemporaryDirectory() as inner:
                return _written(rows, Path(inner) / "views.db", like=folder / "views.db", events=head)

        samples = alternating(size.rounds, ours=ours, raw=raw)
        services.close()
    return Figure(
        name="P6",
        title=f"follow all views from empty, {head:,} events, SQLite, over the same rows written raw",
        unit="events/s",
        ours=median_rate(samples["ours"]),
        floor=median_rate(samples["raw"]),
        ratio=rate_ratio(samples["ours"], samples["raw"]),
        target="≥ 60,000 events/s",
        met=median_rate(samples["ours"]) >= 60_000,
    )


def on_postgres(size: Size) -> Figure:
    """P6 on PostgreSQL."""
    server = PostgresServer()
    with ExitStack() as stack:
        stack.callback(server.remove)
        database = server.new_database()
        url = server.url(database)
        filled(url, size.rows).close()

        def ours() -> Sample:
            server.execute("DROP SCHEMA IF EXISTS views CASCADE", database)
            following = Services(url, vault_key_file=key_file_of(url))
            try:
                return followed(following)
            finally:
                following.close()

        samples = alternating(size.rounds, ours=ours)["ours"]
    return Figure(
        name="P6-postgres",
        title="follow all views from empty, PostgreSQL",
        unit="events/s",
        ours=median_rate(samples),
        floor=None,
        ratio=None,
        target="≥ 50,000 events/s",
        met=median_rate(samples) >= 50_000,
    )


def bytes_per_event(size: Size) -> Figure:
    """P10, the views over the same books as hledger text."""
    with tempfile.TemporaryDirectory() as name:
        services = filled(f"sqlite:///{name}", size.rows)
        followed(services)
        events = services.store.head()
        text = sum(len(text_of(row.kind, row.entry).encode()) for row in _all_rows(services))
        services.close()
        stored = file_bytes(Path(name) / "views.db")
    return Figure(
        name="P10-views",
        title="bytes per event in the views, over hledger's text of the same books",
        unit="bytes",
        ours=stored / events,
        floor=text / events,
        ratio=stored / text,
        target="≤ 1.2",
        met=stored / text <= 1.2,
    )


def _all_rows(services: Services):
    after = 0
    while rows := services.store.rows(after):
        yield from rows
        after = rows[-1].position


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    connection.close()
    return rows


def _written(rows: dict[str, list[tuple[object, ...]]], path: Path, like: Path, events: int) -> Sample:
    """The rows of all views as they are at the end, in as many transactions as a follower makes."""
    source = sqlite3.connect(like)
    definitions = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    source.close()
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = wal", "synchronous = normal", "cache_size = -16000"):
        connection.execute(f"PRAGMA {setting}")
    for sql in definitions:
        connection.execute(sql)
    batches = -(-events // BATCH)

    def work() -> None:
        for batch in range(batches):
            connection.execute("BEGIN")
            for table, of_table in rows.items():
                some = _part(of_table, batch, batches)
                if some:
                    connection.executemany(
                        f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some
                    )
            connection.execute("COMMIT")

    sample = timed(events, work)
    connection.close()
    return sample


def _part(rows: Sequence[tuple[object, ...]], batch: int, batches: int) -> Sequence[tuple[object, ...]]:
    return rows[len(rows) * batch // batches : len(rows) * (batch + 1) // batches]
