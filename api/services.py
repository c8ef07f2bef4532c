"""The parts an application works with, wired in one place: store, vault, ledger, views and their follower."""

import logging
import os
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask, current_app

from api.documents.composer import StatementComposer
from api.documents.published import PublishedStatements
from api.publishing import Logs, Places
from api.settings import ORIGIN, Settings
from ledger.actors import Role
from ledger.ledger import GovernanceLedger
from ledger.rules.semantics import legal_day
from ledger.store import open_files, open_store, open_vault
from projections import ledgers
from projections.follower import Follower, open_views

EXTENSION = "mingzhang"
LOG = logging.getLogger("mingzhang")
RETRY_SECONDS = 1.0


class Services:
    """Everything behind one database URL; nothing is opened before its first use.

    `files`: the folder of files, by default beside an SQLite store. `origin`: the address on printed papers.
    `vault_key_file`: the key of the vault, by default beside an SQLite store.
    """

    def __init__(
        self,
        database_url: str,
        files: Path | None = None,
        origin: str = ORIGIN,
        *,
        vault_key_file: Path | None = None,
        logs: Places | None = None,
    ) -> None:
        self.database_url = database_url
        self.store = open_store(database_url)
        self.vault = open_vault(database_url, vault_key_file)
        self.files = open_files(database_url, files)
        self.composer = StatementComposer(self.store, self.files, origin)
        self.published = PublishedStatements(self.store, self.files, self.composer)
        self.ledger = GovernanceLedger(self.store, self.vault, self.composer, self.files)
        self.logs = Logs(
            logs or Places.of(Settings(database_url=database_url)), self.ledger, lambda: self.today
        )
        self.views = open_views(database_url)
        self.follower = Follower(self.store, self.views)
        self._following_in = 0
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Services":
        """The services of an installation."""
        return cls(
            settings.database_url,
            settings.files,
            settings.origin,
            vault_key_file=settings.vault_key_file,
            logs=Places.of(settings),
        )

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
                    work = {"follower": self.follower.run} | (
                        {"publisher": self.publish} if self.logs.signs else {}
                    )
                    self._threads = tuple(
                        threading.Thread(target=self._keep_on, args=(one, self._stop), name=name, daemon=True)
                        for name, one in work.items()
                    )
                    for thread in self._threads:
                        thread.start()
                    self._following_in = os.getpid()

    def publish(self, stop: threading.Event) -> None:
        """Publish the logs until told to stop; a lock lets one publisher work in an installation."""
        self.logs.publisher().run(stop, self.views.lock("publisher"))

    def _keep_on(self, work: Callable[[threading.Event], None], stop: threading.Event) -> None:
        """Work until told to stop, whatever happens to the disk meanwhile."""
        while not stop.is_set():
            try:
                work(stop)
            except Exception:
                LOG.exception("%s stopped; trying again", threading.current_thread().name)
                stop.wait(RETRY_SECONDS)

    def roles_of(self, account: str) -> set[Role]:
        """The roles an account holds today, on any ledger; reads the grants of all of them."""
        self.follower.catch_up()
        every = ledgers.all(self.views)
        return set().union(*(self.ledger.roles_of(one.ledger, account, self.today) for one in every))

    def close(self) -> None:
        """Stop following and close this process's connections."""
        self._stop.set()
        if self._following_in == os.getpid():
            for thread in self._threads:
                thread.join(timeout=5)
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
