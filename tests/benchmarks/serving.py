"""Over HTTP: appends of one client (P1) and of eight (P2, on PostgreSQL P3), and how soon a new entry is seen (P8)."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from api.services import Services
from ledger.store.sqlite import SQLiteStore
from tests.benchmarks import books
from tests.benchmarks.client import Connection, get, payments
from tests.benchmarks.floors import create_tables, opened
from tests.benchmarks.measuring import (
    Figure,
    Sample,
    Size,
    alternating,
    median_rate,
    milliseconds,
    percentile,
    rate_ratio,
)

WARM = 20  # requests of each client before the clock starts
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30
_numbers = count(1_000_000, 100_000)  # every client of every round has numbers of its own


class Target(NamedTuple):
    """A running server and what to send to it."""

    port: int
    path: str
    token: str


@contextmanager
def served(order: dict[str, Any]) -> Iterator[int]:
    """A server process on a free port, stopped in good order."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.server", json.dumps(order | {"port": port})],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )
    try:
        _wait_until_it_answers(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS_MAX)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            Connection(port).ask(get("/healthz"))
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextmanager
def ours(url: str) -> Iterator[Target]:
    """Our server over new books with a treasurer who has a token."""
    services = Services(url)
    services.vault.key("operator", create=True)
    books.open_books(services.ledger)
    token = services.vault.new_token("wang-treasurer", date(2199, 1, 1))
    services.follower.catch_up()
    services.close()
    with served({"serves": "ours", "url": url}) as port:
        yield Target(port, f"/api/v1/ledgers/{books.LEDGER}/actions/request-fund-payment", token)


@contextmanager
def floor_on_sqlite(folder: Path, like: Path) -> Iterator[Target]:
    """The floor over the same tables and indexes, without triggers."""
    folder.mkdir()
    connection = opened(folder / "ledger.db")
    create_tables(connection, like)
    connection.executemany("INSERT INTO name VALUES (?, ?)", [(1, books.LEDGER), (2, "fund-payment.requested")])
    connection.close()
    with served({"serves": "floor", "folder": str(folder)}) as port:
        yield Target(port, "/floor", "none")


def sent(target: Target, clients: int, commands: int) -> Sample:
    """So many clients, each in its own process with one kept-alive connection, send so many payments in all."""
    each = max(1, commands // clients)
    orders = [
        {
            "does": "write",
            "port": target.port,
            "path": target.path,
            "token": target.token,
            "body": msgspec.to_builtins(books.payment_request("", "repair-standing")),
            "first": next(_numbers),
            "count": each + WARM,
            "warm": WARM,
        }
        for _ in range(clients)
    ]
    marks = [mark for of_client in _asked(orders) for mark in of_client]
    refused = {status for _, _, status in marks} - {201}
    if refused:
        raise RuntimeError(f"not recorded: {refused}")
    began, ended = min(mark[0] for mark in marks), max(mark[1] for mark in marks)
    return Sample(len(marks), ended - began, [end - begin for begin, end, _ in marks])


def _asked(orders: Sequence[dict[str, Any]]) -> list[Any]:
    """Start a client process per order, let them all begin at once, and collect what they noted."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-S", str(Path(__file__).with_name("client.py"))],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for _ in orders
        ]  # fmt: skip
        for client, order in zip(clients, orders, strict=True):
            client.stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]
            client.stdin.flush()  # type: ignore[union-attr]
        for client in clients:
            client.stdout.readline()  # type: ignore[union-attr]
        for client in clients:
            client.stdin.write("go\n")  # type: ignore[union-attr]
            client.stdin.flush()  # type: ignore[union-attr]
        return [json.loads(client.stdout.readline()) for client in clients]  # type: ignore[union-attr]


def _appends(name: str, title: str, size: Size, clients: int, limit: float | None, target: float, pair: ExitStack,
             subjects: tuple[Target, Target]) -> Figure:  # fmt: skip
    mine, floor = subjects
    commands = max(size.commands, 5 * clients)
    samples = alternating(
        size.rounds,
        ours=lambda: sent(mine, clients, commands),
        floor=lambda: sent(floor, clients, commands),
    )
    pair.close()
    ratio = rate_ratio(samples["ours"], samples["floor"])
    p99 = milliseconds(samples["ours"], 99)
    required = f"≥ {target:.2f}" + (f", p99 ≤ {limit:g} ms" if limit else " (measured)")
    return Figure(
        name=name,
        title=title,
        unit="requests/s",
        ours=median_rate(samples["ours"]),
        floor=median_rate(samples["floor"]),
        ratio=ratio,
        target=required,
        met=ratio >= target and (limit is None or p99 <= limit),
        more={
            "p50_ms": milliseconds(samples["ours"], 50),
            "p99_ms": p99,
            "floor_p50_ms": milliseconds(samples["floor"], 50),
            "floor_p99_ms": milliseconds(samples["floor"], 99),
        },
    )


def _on_sqlite(name: str, title: str, size: Size, clients: int, limit: float, target: float) -> Figure:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mine = stack.enter_context(ours(f"sqlite:///{folder / 'ours'}"))
        floor = stack.enter_context(floor_on_sqlite(folder / "floor", like=folder / "ours" / "ledger.db"))
        return _appends(name, title, size, clients, limit, target, stack, (mine, floor))


def one_client(size: Size) -> Figure:
    """P1."""
    return _on_sqlite("P1", "HTTP append of a fund payment, 1 client, over POST + raw commit", size, 1, 5, 0.60)


def eight_clients(size: Size) -> Figure:
    """P2."""
    return _on_sqlite("P2", "the same, 8 clients, 2 worker processes, SQLite", size, 8, 20, 0.70)


def eight_clients_on_postgres(size: Size) -> Figure:
    """P3."""
    from tests.postgres_server import PostgresServer  # noqa: PLC0415  only this figure needs it

    server = PostgresServer()
    with ExitStack() as stack:
        stack.callback(server.remove)
        url, floor_url = (server.url(server.new_database()) for _ in range(2))
        mine = stack.enter_context(ours(url))
        Services(floor_url).store.head()  # makes the tables
        for table in ("event", "tag", "event_tag", "command_receipt"):
            server.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER", floor_url.split("/")[3].split("?")[0])
        port = stack.enter_context(served({"serves": "floor", "url": floor_url}))
        title = "the same on PostgreSQL, 8 clients, over POST + PostgreSQL commit"
        return _appends("P3", title, size, 8, None, 0.60, stack, (mine, Target(port, "/floor", "none")))


def seen(size: Size) -> Figure:
    """P8: the first GET with min_position after the 201 shows the entry; and how long until any reader sees it."""
    with tempfile.TemporaryDirectory() as name, ours(f"sqlite:///{name}/books") as target:
        deposit = target._replace(path=target.path.replace("request-fund-payment", "record-fund-deposit"))
        latencies, lags, shown = _seen(deposit, size.seen)
    p99 = percentile(lags, 99) * 1_000
    return Figure(
        name="P8",
        title=f"a new entry seen at the first GET with min_position, of {size.seen:,}; p99 until any reader sees it",
        unit="ms",
        ours=p99,
        floor=None,
        ratio=None,
        target=f"{size.seen:,} of {size.seen:,}, ≤ 50 ms",
        met=shown == size.seen and p99 <= 50,
        more={
            "shown": shown,
            "of": size.seen,
            "any_reader_p50_ms": percentile(lags, 50) * 1_000,
            "first_get_p50_ms": percentile(latencies, 50) * 1_000,
            "first_get_p99_ms": percentile(latencies, 99) * 1_000,
        },
    )


def _seen(target: Target, entries: int) -> tuple[list[float], list[float], int]:
    """How long each first GET took, how long until another reader who does not wait saw the position, how many were shown."""
    writer, reader = Connection(target.port), Connection(target.port)
    page = f"/api/v1/ledgers/{books.LEDGER}"
    order = {"body": {"fund": "maintenance", "amount_fen": 1_00, "received_on": "2026-01-05"}, "path": target.path,
             "token": target.token, "first": next(_numbers), "count": entries + WARM}  # fmt: skip
    watching = {"does": "watch", "port": target.port, "path": f"{page}/balances", "seconds_max": 120, "until": 10**9}
    acknowledged, latencies, shown = {}, [], 0
    with subprocess.Popen(
        [sys.executable, "-S", str(Path(__file__).with_name("client.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as watcher:  # fmt: skip
        assert watcher.stdin is not None
        assert watcher.stdout is not None
        last = _last_position(target, entries + WARM)
        watcher.stdin.write(json.dumps(watching | {"until": last}) + "\n")
        watcher.stdin.flush()
        watcher.stdout.readline()
        watcher.stdin.write("go\n")
        watcher.stdin.flush()
        for request in _deposits(order)[WARM:]:
            status, body = writer.ask(request)
            told = time.monotonic()
            event = json.loads(body)["events"][0]
            acknowledged[event["position"]] = told
            path = f"{page}/entries?after={event['number'] - 1}&min_position={event['position']}"
            status, body = reader.ask(get(path))
            latencies.append(time.monotonic() - told)
            shown += status == 200 and any(entry["number"] == event["number"] for entry in json.loads(body)["entries"])
        sightings = json.loads(watcher.stdout.readline())
    return latencies, _lags(acknowledged, sightings), shown


def _deposits(order: dict[str, Any]) -> list[bytes]:
    from tests.benchmarks.client import post  # noqa: PLC0415

    made = []
    for number in range(order["first"], order["first"] + order["count"]):
        headers = f"Authorization: Bearer {order['token']}\r\nIdempotency-Key: key-{number}\r\n"
        made.append(post(order["path"], json.dumps(order["body"]).encode(), headers))
    return made
