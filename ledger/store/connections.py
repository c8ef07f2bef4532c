"""One connection per thread, opened when first used, closed when its thread ends, never used over a fork."""

import os
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

from ledger.errors import StoreMisused


class Closable(Protocol):
    """A connection of either driver."""

    def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


class Connections(Generic[C]):
    """The connections of one store in one process."""

    def __init__(self, open_one: Callable[[], C]) -> None:
        self._open_one = open_one
        self._of_thread = threading.local()
        self._all: weakref.WeakSet[_Held[C]] = weakref.WeakSet()
        self._guard = threading.Lock()
        self._process = 0
        _every.add(self)

    def get(self) -> C:
        """The connection of this thread. Errors: `StoreMisused` in a process forked after the first use."""
        held: _Held[C] | None = getattr(self._of_thread, "held", None)
        return held.connection if held is not None else self._open()

    def current(self) -> C | None:
        """The connection of this thread, if it has one."""
        held: _Held[C] | None = getattr(self._of_thread, "held", None)
        return held.connection if held is not None else None

    def _claim(self) -> None:
        with self._guard:
            if self._process == 0:
                self._process = os.getpid()
            elif self._process != os.getpid():
                # two processes on one connection corrupt each other
                raise StoreMisused("store.inherited-over-fork", opened_by=self._process, used_by=os.getpid())

    def _open(self) -> C:
        self._claim()
        held = _Held(self._open_one())
        self._of_thread.held = held
        with self._guard:
            self._all.add(held)
        return held.connection

    def drop(self) -> None:
        """Close the connection of this thread; its next use opens a new one."""
        held: _Held[C] | None = getattr(self._of_thread, "held", None)
        if held is not None:
            self._of_thread.held = None
            held.close()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            if self._process == os.getpid():
                for held in list(self._all):
                    held.close()
                self._process = 0
            self._of_thread = threading.local()


_every: "weakref.WeakSet[Connections[Any]]" = weakref.WeakSet()


def _leave_what_is_inherited() -> None:
    """A forked process has no connections; asking for one tells it so."""
    for connections in tuple(_every):
        connections._of_thread = threading.local()


os.register_at_fork(after_in_child=_leave_what_is_inherited)


class _Held(Generic[C]):
    """A connection as its thread holds it: when the thread ends, this goes, and the connection is closed."""

    def __init__(self, connection: C) -> None:
        self.connection = connection
        self.close = weakref.finalize(self, _close, connection, os.getpid())


_inherited: list[
    Any
] = []  # closing a connection of the parent process could release what the parent still holds


def _close(connection: Closable, opened_by: int) -> None:
    if os.getpid() != opened_by:
        _inherited.append(connection)
        return
    with suppress(Exception):  # it may be broken, which is why it is closed
        connection.close()
