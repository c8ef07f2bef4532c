"""The parts an application works with, wired in one place: store, vault, ledger, views and their follower."""

import logging
import os
import threading
from datetime import date

from flask import Flask, current_app

from ledger.actors import Role
from ledger.ledger import GovernanceLedger
from ledger.rules.semantics import legal_day
from ledger.store import open_store, open_vault
from projections import ledgers
from projections.follower import Follower, open_views

EXTENSION = "mingzhang"
LOG = logging.getLogger("mingzhang")
RETRY_SECONDS = 1.0


class Services:
    """Everything behind one database URL; nothing is opened before its first use."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.store = open_store(database_url)
        self.vault = open_vault(database_url)
        self.ledger = GovernanceLedger(self.store, self.vault)
        self.views = open_views(database_url)
        self.follower = Follower(self.store, self.views)
        self._following_in = 0
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def today(self) -> date:
        """The legal date now, in Shanghai (SEM-09)."""
        return legal_day(self.store.clock())

    @property
    def follows_itself(self) -> bool:
        """Small installs have no process of their own for the views; a leader lock lets one follower work."""
        return self.database_url.startswith("sqlite:")

    def follow(self) -> None:
        """Make sure a follower runs in this process if it is one that follows itself; cheap to ask again."""
        if self._following_in != os.getpid() and self.follows_itself:
            with self._starting:
                if self._following_in != os.getpid():
                    self._stop = threading.Event()
                    self._thread = threading.Thread(
                        target=self._follow, args=(self._stop,), name="follower", daemon=True
                    )
                    self._thread.start()
                    self._following_in = os.getpid()

    def _follow(self, stop: threading.Event) -> None:
        """Follow until told to stop, whatever happens to the disk meanwhile."""
        while not stop.is_set():
            try:
                self.follower.run(stop)
            except Exception:
                LOG.exception("the follower stopped; trying again")
                stop.wait(RETRY_SECONDS)

    def roles_of(self, account: str) -> set[Role]:
        """The roles an account holds today, on any ledger; reads the grants of all of them."""
        self.follower.catch_up()
        every = ledgers.all(self.views)
        return set().union(*(self.ledger.roles_of(one.ledger, account, self.today) for one in every))

    def close(self) -> None:
        """Stop following and close this process's connections."""
        self._stop.set()
        if self._thread is not None and self._following_in == os.getpid():
            self._thread.join(timeout=5)
        self._following_in = 0
        self.views.close()
        self.store.close()
        self.vault.close()


def init_app(app: Flask, services: Services) -> None:
    """Attach the services; the first request of a process starts its follower."""
    app.extensions[EXTENSION] = services
    app.before_request(services.follow)


def current() -> Services:
    """The services of the application that handles this request."""
    services: Services = current_app.extensions[EXTENSION]
    return services
