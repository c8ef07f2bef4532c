"""The demonstration served on this machine, and the Chromium it is looked at with."""

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Error, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from api import create_app, demo
from api.services import EXTENSION
from api.settings import Settings
from ledger.rules.semantics import legal_day
from tests.api.signing import sign

NOW = datetime(2026, 11, 20, 1, 46, 18, tzinfo=UTC)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL = "no Chromium found; install one with: .venv/bin/python -m playwright install --with-deps chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the variable CHROMIUM, of the path, or Playwright's own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        except Error as error:
            if os.environ.get("MINGZHANG_REQUIRE_BROWSER") == "1":
                raise AssertionError(INSTALL) from error
            pytest.skip(INSTALL)
        yield opened
        opened.close()


class Quiet(WSGIRequestHandler):
    """Answers without writing each request down."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Site(str):
    """The address of the demonstration; `numbers`: of the last record of every kind in its books."""

    numbers: Mapping[str, int]

    def pages(self, of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Names and whole addresses; `/c/wutongli/events/#vote.opened` is the page of such a record."""
        for name, address in of.items():
            path, _, kind = address.partition("#")
            yield name, f"{self}{path}{self.numbers[kind] if kind else ''}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served."""
    url = f"sqlite:///{tmp_path_factory.mktemp('site')}"
    app = create_app(Settings(database_url=url, secret_key="for tests only, and long enough for anybody"))
    services = app.extensions[EXTENSION]
    demo.build(services.ledger, legal_day(NOW))
    services.store.clock = lambda: NOW
    sign(services, tmp_path_factory.mktemp("log"))
    services.follower.catch_up()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    books, ledger = services.store, demo.INVENTED
    address = Site(f"http://127.0.0.1:{server.server_port}")
    kinds = ((number, books.numbered(ledger, number)) for number in range(books.length(ledger)))
    address.numbers = {recorded.data.kind: number for number, recorded in kinds if recorded}
    yield address
    server.shutdown()
    thread.join()
    server.server_close()
    services.close()
