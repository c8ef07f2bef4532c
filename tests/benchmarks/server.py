"""The servers the clients ask: ours, and the floor under the very same gunicorn settings."""

import json
import sqlite3
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication

from api import create_app
from api.serving import OPTIONS, SWITCH_SECONDS, Server
from api.settings import Settings
from tests.benchmarks.floors import opened
from tests.vault_keys import key_file_of

_ENTRY = b'{"an entry":"' + b"." * 500 + b'"}'
_ANSWER = b'{"events":[{"position":1}],"position":1,"replayed":false,"fills":"' + b"." * 250 + b'"}'
_RECEIPT = 2**62 + 1
LEDGER_AND_KIND, TAGS = (1, 2), (1, 2)


class FloorServer(BaseApplication):
    """Flask, one POST, the bare rows of one event in one flushed commit. No check, no rule, no order."""

    def __init__(self, port: int, **options: Any) -> None:
        self._order = options
        self._options = {**OPTIONS, "bind": f"127.0.0.1:{port}"}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        sys.setswitchinterval(SWITCH_SECONDS)
        return floor_app(self._order)


def floor_app(order: dict[str, Any]) -> Flask:
    """The least that answers a POST once its rows are safe."""
    app = Flask("floor", static_folder=None)
    commit = _on_postgres(order["url"]) if "url" in order else _on_sqlite(Path(order["folder"]))

    @app.post("/floor")
    def floor() -> Response:
        body = request.get_data()
        commit(int(request.headers["X-Number"]), len(body))
        return Response(_ANSWER, 201, content_type="application/json")

    return app


def _on_sqlite(folder: Path) -> Any:
    local = threading.local()

    def commit(number: int, _: int) -> None:
        connection: sqlite3.Connection | None = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = opened(folder / "ledger.db")
        ledger, kind = LEDGER_AND_KIND
        connection.execute("BEGIN IMMEDIATE")
        event = connection.execute(
            "INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (ledger, number, kind, _ENTRY, b"." * 32, _RECEIPT),
        )
        position = event.lastrowid
        connection.execute("INSERT INTO tag VALUES (?, ?)", (f"wutongli/payment:payment-{number}", number))
        tags = [(tag, position) for tag in (*TAGS, number)]
        connection.executemany("INSERT INTO event_tag VALUES (?, ?)", tags)
        receipt = f"wutongli/key-{number}".encode(), b"." * 16, position, position
        connection.execute("INSERT INTO command_receipt VALUES (?, ?, ?, ?)", receipt)
        connection.execute("COMMIT")

    return commit


def _on_postgres(url: str) -> Any:
    import psycopg  # noqa: PLC0415  the SQLite figures need no driver

    local = threading.local()

    def commit(number: int, _: int) -> None:
        connection = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        values = {
            "n": number,
            "entry": _ENTRY,
            "hash": b"." * 32,
            "mark": b"." * 16,
            "receipt": _RECEIPT,
            "tag": f"wutongli/payment:payment-{number}",
        }
        with connection.pipeline():
            connection.execute("BEGIN")
            connection.execute(
                "INSERT INTO event (position, ledger, number, kind, entry, leaf_hash, receipt)"
                " VALUES (%(n)s, 'wutongli', %(n)s, 'fund-payment.requested', %(entry)s, %(hash)s,"
                " %(receipt)s)",
                values,
            )
            connection.execute(
                "INSERT INTO tag (id, name) OVERRIDING SYSTEM VALUE VALUES (%(n)s, %(tag)s)", values
            )
            connection.execute(
                "INSERT INTO event_tag (tag, position) VALUES (1, %(n)s), (2, %(n)s), (%(n)s, %(n)s)", values
            )
            connection.execute(
                "INSERT INTO command_receipt (key, fingerprint, first_position, last_position)"
                " VALUES (%(tag)s, %(mark)s, %(n)s, %(n)s)",
                values,
            )
            connection.execute("COMMIT")

    return commit


def main(order: dict[str, Any]) -> None:
    """Serve until told to stop."""
    port = order.pop("port")
    if order.pop("serves") == "floor":
        FloorServer(port, **order).run()
    else:
        settings = Settings(
            database_url=order["url"],
            vault_key_file=key_file_of(order["url"]),
            secret_key="not-a-secret-" * 4,
            origin=f"http://127.0.0.1:{port}",
        )
        Server(partial(create_app, settings), "127.0.0.1", port).run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
