"""Where views are kept: `views.db` beside `ledger.db`, or the schema `views` of the same PostgreSQL."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from ledger.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreMisused, StoreUnavailable
from projections.generations import Generation, Generations
from projections.locks import AdvisoryLock, FileLock, Lock
from projections.snapshot import Snapshot
from projections.view import View

P = ParamSpec("P")
T = TypeVar("T")

SCHEMA = "views"  # of PostgreSQL
LOCK_SECONDS_MAX = 30  # a rebuild and the follower take turns, batch by batch
POLL_SECONDS = 0.005  # how soon the follower of another process is seen
WRITERS_TURN = "SELECT pg_advisory_xact_lock(6877842)"
NOT_FLUSHED = "SET LOCAL synchronous_commit = off"  # what a power cut takes, rows and mark, is followed again
SQLITE_SETTINGS = (
    "journal_mode = wal",
    "synchronous = normal",
    "cache_size = -16000",
    "wal_autocheckpoint = 4000",
)


class Views:
    """The views of one store. Opens lazily, once per process; safe for threads."""

    def __init__(self, url: str, views: Sequence[View]) -> None:
        scheme, _, self._place = url.partition("://")
        self._on_sqlite = scheme == "sqlite" and self._place.startswith("/") and len(self._place) > 1
        if not self._on_sqlite and scheme not in ("postgresql", "postgres"):
            raise StoreMisused("store.url", scheme=scheme)
        self.generations = Generations(views, None if self._on_sqlite else SCHEMA)
        self._process = 0
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._changed = threading.Condition()

    @property
    def views(self) -> dict[str, View]:
        """Every view by name, in the order they are followed."""
        return self.generations.views

    # -- reading -------------------------------------------------------------------------------------------

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """All views as they stand now, to read several of them as of one moment."""
        with self._errors(), self._opened().connect() as connection:
            if not self._on_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Snapshot(self.generations, connection)

    def read(self, query: Callable[[Snapshot], T]) -> T:
        """What a function finds in a snapshot; asked once more if a rebuild dropped the tables under it."""
        try:
            with self.snapshot() as snapshot:
                return query(snapshot)
        except ProgrammingError:  # PostgreSQL shows tables as of now, whatever the snapshot
            with self.snapshot() as snapshot:
                return query(snapshot)

    def states(self) -> list[Generation]:
        """Every live view with its position and, if it stopped, why."""
        with self._errors():
            # every answer of the API asks this: through the driver it takes a fifth of the time
            connection = self._opened().raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(self.generations.live_sql)
                return self.generations.in_order(cursor.fetchall())
            finally:
                connection.close()

    def position(self, *names: str) -> int:
        """How far the named views, by default all, have been followed."""
        wanted = names or tuple(self.views)
        return min(state.position for state in self.states() if state.view in wanted)

    def wait_for(self, position: int, seconds: float, *names: str) -> int:
        """Wait until the named views, by default all, have taken in a position or time is up.

        Returns the position they have reached.
        """
        until = time.monotonic() + seconds
        while (reached := self.position(*names)) < position and (left := until - time.monotonic()) > 0:
            with self._changed:
                self._changed.wait(min(left, POLL_SECONDS))
        return reached

    # -- writing -------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that no other writer of views overlaps; undone as a whole on any error."""
        with self._errors(), self._opened().connect() as connection:
            connection.execution_options(views_write=True)
            with connection.begin():
                if not self._on_sqlite:
                    connection.exec_driver_sql(WRITERS_TURN)
                    connection.exec_driver_sql(NOT_FLUSHED)
                yield connection

    def notify(self) -> None:
        """Wake those of this process who wait for a position."""
        with self._changed:
            self._changed.notify_all()

    def lock(self, name: str) -> Lock:
        """A lock between processes and threads: a file in the folder, or an advisory lock of the database."""
        if self._on_sqlite:
            return FileLock(self._folder / f"{name}.lock")
        return AdvisoryLock(self._opened(), name)

    # -- connections ---------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close this process's connections."""
        if self._engine is not None and self._process == os.getpid():
            self._engine.dispose()
        self._engine = None

    @property
    def _folder(self) -> Path:
        return Path(self._place[1:])

    def _opened(self) -> Engine:
        if self._engine is not None and self._process == os.getpid():
            return self._engine
        with self._opening:
            if self._engine is None or self._process != os.getpid():
                if self._engine is not None:
                    self._engine.dispose(close=False)  # the parent's connections are the parent's
                self._engine, self._process = self._open(), os.getpid()
            return self._engine

    def _open(self) -> Engine:
        with self._errors():
            engine = self._sqlite() if self._on_sqlite else self._postgres()
            with engine.connect() as connection:
                connection.execution_options(views_write=True)
                with connection.begin():
                    if not self._on_sqlite:
                        connection.exec_driver_sql(WRITERS_TURN)
                        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                    self.generations.begin(connection)
        return engine

    def _sqlite(self) -> Engine:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "views.db"
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": LOCK_SECONDS_MAX})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", begin_sqlite)
        return engine

    def _postgres(self) -> Engine:
        named = {"application_name": "mingzhang views"}
        return create_engine(f"postgresql+psycopg://{self._place}", connect_args=named)

    @property
    def _driver_error(self) -> type[Exception]:
        driver = self._engine.dialect.loaded_dbapi if self._engine is not None else None
        return cast(type[Exception], driver.Error) if driver is not None else DBAPIError

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if not is_of_the_database(error):
                raise
            raise translated(error.orig or error) from error
        except self._driver_error as error:
            raise translated(error) from error
        except OSError as error:  # the folder or its lock cannot be opened
            raise StoreUnavailable(reason=str(error)) from error


def reading(
    function: Callable[Concatenate[Snapshot, P], T],
) -> Callable[Concatenate[Views | Snapshot, P], T]:
    """Lets a read of a snapshot also take `Views`, and then read them as they stand now."""

    @wraps(function)
    def read(source: Views | Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if isinstance(source, Snapshot):
            return function(source, *args, **kwargs)
        return source.read(lambda snapshot: function(snapshot, *args, **kwargs))

    return read


def is_of_the_database(error: DBAPIError) -> bool:
    """Whether the database could not work, and not what it was asked to do is at fault."""
    return not isinstance(error, ProgrammingError | IntegrityError | DataError)


def translated(error: BaseException) -> StoreError:
    """What an error of the database under the views means for whoever asked."""
    reason = str(error)
    if "locked" in reason:
        return StoreBusy()
    if "full" in reason or getattr(error, "sqlstate", None) == "53100":
        return StoreFull()
    if "malformed" in reason or "not a database" in reason:
        return StoreDamaged("store.unreadable", reason=reason)
    return StoreUnavailable(reason=reason)


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    for setting in SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction as what it is for, instead of where the driver guesses."""
    writes = connection.get_execution_options().get("views_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
