"""gunicorn with our settings: what `mingzhang serve` and `mingzhang demo` run."""

import socket
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from api.services import EXTENSION
from ledger.errors import LedgerError

OPTIONS: dict[str, Any] = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 8,
    "reuse_port": True,  # without it one worker takes every kept-alive connection in four runs of ten
    "control_socket_disable": True,  # it would write to a home that may be read-only
    "max_requests": 100_000,  # a bound on leaks; rare, for a new worker takes a second to import
    "max_requests_jitter": 10_000,
    "graceful_timeout": 20,
    "loglevel": "warning",
    "proc_name": "mingzhang",
}
# how long a request may wait for the follower, which shares its interpreter; by default longer than it takes
SWITCH_SECONDS = 0.0005


class AddressTaken(LedgerError):
    """Another program answers at this address already."""

    code = "server.address-taken"


def must_be_free(host: str, port: int) -> None:
    """Refuse an address somebody listens on: `reuse_port` would let two servers answer in turns."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # one that ended a moment ago is no matter
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressTaken(host=host, port=port) from error


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The application `make` makes, in worker processes; each opens the store for itself, after the fork."""

    def __init__(self, make: Callable[[], Flask], host: str, port: int, **options: Any) -> None:
        self._make = make
        self._options = {**OPTIONS, **options, "bind": f"{host}:{port}", "worker_exit": _close}
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn, which refuses those it does not know."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker."""
        sys.setswitchinterval(SWITCH_SECONDS)
        return self._make()


def _close(_: Any, worker: Any) -> None:
    """Let the follower finish its batch and close the files before the worker goes."""
    app = getattr(worker, "app", None)
    built = getattr(app, "callable", None) if app is not None else None
    if isinstance(built, Flask) and EXTENSION in built.extensions:
        built.extensions[EXTENSION].close()
