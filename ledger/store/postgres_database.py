"""PostgreSQL, safely: settings read back, no endless waits, tables made once, our words for errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ledger.errors import (
    LedgerError,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreMisused,
    StoreUnavailable,
)
from ledger.store.sqlite_database import LOCK_SECONDS_MAX

# Waiting for the network is bounded by the client, all other waiting by the server.
NETWORK = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "application_name": "mingzhang",
}
SETTINGS = {
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "lock_timeout": f"{int(LOCK_SECONDS_MAX)}s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",  # who is stopped in the middle of its turn loses it
    "client_min_messages": "warning",
    # every statement walks along indexes: plans are made once and do not depend on statistics
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
REQUIRED = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}  # what durability rests on
SERVER_MIN = 150_000  # MERGE
MAKING_TABLES = 0x6D696E67  # the advisory lock of whoever makes tables: "ming"


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that remembers whether the server warned of something."""

    warned: str = ""


def connect(url: str, search_path: str | None = None) -> Connection:
    """A connection in autocommit. Errors: `StoreUnavailable`; `StoreMisused` if it does not flush."""
    with in_our_words():
        chosen = {name: value for name, value in NETWORK.items() if name not in conninfo_to_dict(url)}
        connection = Connection.connect(url, autocommit=True, prepare_threshold=0, **chosen)  # type: ignore[arg-type]
        try:
            _prepare(connection, search_path)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: Connection, search_path: str | None) -> None:
    if connection.info.server_version < SERVER_MIN:
        raise StoreMisused("store.server-too-old", found=connection.info.server_version, wanted=SERVER_MIN)
    settings = SETTINGS | ({"search_path": search_path} if search_path else {})
    connection.execute(
        "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS chosen (name, value)",
        (list(settings), list(settings.values())),
        prepare=False,
    )
    found = connection.execute(
        "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", (list(REQUIRED),), prepare=False
    ).fetchall()
    for name, value in found:
        if value != REQUIRED[name]:
            raise StoreMisused("store.unsafe-setting", setting=name, wanted=REQUIRED[name], found=value)
    connection.add_notice_handler(lambda notice: _warn(connection, notice))


def _warn(connection: Connection, notice: psycopg.errors.Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        connection.warned = notice.message_primary or "warning"


def make_once(connection: Connection, schema: str | None, last_table: str, statements: str) -> None:
    """Run the statements that make tables in a schema, unless they ran; many processes may come (T10).

    By default it is the first schema of the search path. `@` in the statements stands for it.
    """
    with in_our_words():
        if _exists(connection, schema, last_table):
            return
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING_TABLES,))
            if not _exists(connection, schema, last_table):
                [[quoted]] = connection.execute(
                    "SELECT quote_ident(coalesce(%s, current_schema()))", (schema,)
                ).fetchall()
                connection.execute(statements.replace("@", quoted), prepare=False)


def _exists(connection: Connection, schema: str | None, table: str) -> bool:
    # asks the table of tables: to_regclass() may remember that there was none before the lock was waited for
    sql = "SELECT FROM pg_tables WHERE schemaname = coalesce(%s, current_schema()) AND tablename = %s"
    return connection.execute(sql, (schema, table)).fetchone() is not None


@contextmanager
def in_our_words() -> Iterator[None]:
    """Errors of PostgreSQL become those of the store."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from error


_MEANINGS: tuple[tuple[tuple[str, ...], Callable[..., LedgerError]], ...] = (
    # lock_timeout, statement_timeout, deadlock, serialization, too many connections
    (("55P03", "57014", "40P01", "40001", "53300"), StoreBusy),
    (("53100",), StoreFull),
    (("08", "57P", "25006", "25P03", "53", "58"), StoreUnavailable),
    (("XX001", "XX002"), StoreDamaged),
)


def translated(error: psycopg.Error) -> LedgerError:
    """What an error of PostgreSQL means for whoever asked."""
    state = error.sqlstate or "08000"  # the driver's own errors are of the connection
    reason = f"{state}: {str(error).partition(chr(10))[0]}"
    for states, meaning in _MEANINGS:
        if state.startswith(states):
            return meaning() if meaning in (StoreBusy, StoreFull) else meaning(reason=reason)
    return StoreError(reason=reason)
