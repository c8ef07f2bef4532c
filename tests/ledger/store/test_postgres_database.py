"""PostgreSQL: tables made once, waits that end, lost servers, and successes that are none."""

import builtins
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.errors import StoreBusy, StoreFull, StoreMisused, StoreUnavailable
from ledger.store import open_store, open_vault, postgres_database
from ledger.store.port import Store
from tests.ledger.store.drafting import draft, key, start_together
from tests.postgres_server import PostgresServer


@pytest.fixture
def store(postgres_url: str, opened: Callable[[str], Store]) -> Store:
    return opened(postgres_url)


@pytest.fixture
def foreign(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else on the same database."""
    with closing(psycopg.connect(postgres_url)) as connection:
        yield connection


def test_many_processes_may_make_the_tables_at_once(postgres_url: str, store: Store) -> None:
    """T10."""
    script = (
        "import sys, psycopg; from ledger.store import open_store, open_vault\n"
        "from tests.vault_keys import key_file_of\n"
        "from tests.ledger.store.drafting import draft\n"
        "print('loaded', flush=True); sys.stdin.read(1)\n"
        f"url = {postgres_url!r}\n"
        "store, vault = open_store(url), open_vault(url, key_file_of(url))\n"
        "vault.key('anna', create=True); store.append_drafts([draft()], None, None)\n"
        "store.close(); vault.close()"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    assert start_together(makers) == [0] * 6
    assert store.head() == 6


def test_a_held_head_is_busy_in_bounded_time_and_then_goes_on(
    store: Store, foreign: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T13."""
    monkeypatch.setitem(postgres_database.SETTINGS, "lock_timeout", "300ms")
    store.append_drafts([draft("before")], None, None)
    foreign.execute("SELECT FROM head FOR UPDATE")
    started = time.monotonic()
    with pytest.raises(StoreBusy):
        store.append_drafts([draft("during")], None, key("wutongli/k-1"))
    with pytest.raises(StoreBusy), store.exclusive():
        pass
    assert time.monotonic() - started < 5
    assert store.head() == 1
    foreign.rollback()
    assert store.append_drafts([draft("after")], None, key("wutongli/k-1")).position == 2


def test_no_wait_is_without_end(store: Store) -> None:
    store.head()
    waits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    shown = [store._connections.get().execute(f"SHOW {name}").fetchone()[0] for name in waits]  # type: ignore[attr-defined]
    assert shown == ["5s", "30s", "30s"]


def test_a_writer_whose_connection_is_cut_says_so_and_the_next_append_succeeds(
    store: Store, foreign: psycopg.Connection[Any]
) -> None:
    store.append_drafts([draft("before")], None, None)

    def append_over_a_cut() -> None:
        with store.exclusive():
            _cut_all_others(foreign)
            store.append_drafts([draft("during")], None, key("wutongli/k-1"))

    with pytest.raises(StoreUnavailable):
        append_over_a_cut()
    assert store.receipt(key("wutongli/k-1")) is None
    assert store.append_drafts([draft("after")], None, key("wutongli/k-1")).position == 2


def test_a_reader_whose_connection_was_cut_meanwhile_notices_nothing(
    store: Store, foreign: psycopg.Connection[Any]
) -> None:
    store.append_drafts([draft("before")], None, None)
    _cut_all_others(foreign)
    assert store.head() == 1


def _cut_all_others(foreign: psycopg.Connection[Any]) -> None:
    foreign.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    foreign.commit()


def test_a_server_that_is_not_there_is_unavailable_at_once(
    tmp_path: object, opened: Callable[[str], Store]
) -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        opened(f"postgresql://postgres:lotus-moon@/books?host={tmp_path}").head()
    assert time.monotonic() - started < 6


def test_a_commit_that_waits_for_a_lost_standby_and_is_cancelled_is_no_success(
    store: Store, postgres_server: PostgresServer, foreign: psycopg.Connection[Any]
) -> None:
    """T20: PostgreSQL says COMMIT, with a mere warning; the event is on one machine and may go with it."""
    store.append_drafts([draft("before")], None, None)
    foreign.autocommit = True
    outcome: list[BaseException] = []

    def append() -> None:
        try:
            store.append_drafts([draft("during")], None, key("wutongli/k-1"))
        except StoreUnavailable as error:
            outcome.append(error)

    writer = threading.Thread(target=append)
    try:
        postgres_server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        postgres_server.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)
        writer.start()
        _cancel_when_waiting(foreign)
        writer.join(10)
    finally:
        postgres_server.execute("ALTER SYSTEM RESET synchronous_standby_names")
        postgres_server.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)
    assert [type(error) for error in outcome] == [StoreUnavailable]
    assert "synchronous replication" in outcome[0].details["reason"]  # type: ignore[attr-defined]
    receipt = store.append_drafts([draft("during")], None, key("wutongli/k-1"))
    assert (receipt.position, receipt.replayed) == (2, True)  # asking again with the key tells


def _cancel_when_waiting(foreign: psycopg.Connection[Any]) -> None:
    until = time.monotonic() + 10
    sql = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while not foreign.execute(sql).fetchall():  # type: ignore[arg-type]
        assert time.monotonic() < until, "nobody waits for a standby"
        time.sleep(0.02)


ADDED_TO = ("event", "tag", "event_tag", "limit_guard", "command_receipt")  # in this order


@pytest.mark.parametrize("table", ADDED_TO)
def test_a_full_disk_undoes_all_of_an_append_and_writing_goes_on_when_there_is_space_again(
    store: Store, postgres_server: PostgresServer, foreign: psycopg.Connection[Any], table: str
) -> None:
    payment = [
        draft("lift", "fund:working", limits={"bank/working": 9_000_00}),
        draft("roof", "fund:working", "decision:roof-1"),
    ]
    assert store.head() == 0
    connection = store._connections.get()  # type: ignore[attr-defined]
    foreign.autocommit = True

    def stored() -> list[int]:
        return [foreign.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ADDED_TO]  # type: ignore[arg-type, index]

    with _no_space_for(table, postgres_server, foreign):
        for _ in range(2):
            with pytest.raises(StoreFull):
                store.append_drafts(payment, None, key("wutongli/k-1"))
            assert (store.head(), store.receipt(key("wutongli/k-1"))) == (0, None)
    assert stored() == [0, 0, 0, 0, 0]
    receipt = store.append_drafts(payment, None, key("wutongli/k-1"))
    assert (receipt.position, receipt.replayed) == (2, False)
    assert stored() == [2, 2, 3, 1, 1]
    assert store._connections.get() is connection  # type: ignore[attr-defined]  # a full disk is no lost server


@contextmanager
def _no_space_for(table: str, server: PostgresServer, foreign: psycopg.Connection[Any]) -> Iterator[None]:
    """The file of an empty table is one to which Linux answers what it answers for a full disk (full(4))."""
    [[folder, path]] = foreign.execute(
        "SELECT current_setting('data_directory'), pg_relation_filepath(%s)", (table,)
    ).fetchall()
    file = Path(folder) / path
    assert file.stat().st_size == 0
    foreign.execute("CHECKPOINT")  # so that none comes meanwhile and flushes what cannot be
    kept = file.rename(f"{file}.kept")
    file.symlink_to("/dev/full")
    _open_files_anew(server)
    try:
        yield
    finally:
        file.unlink()
        kept.rename(file)
        _open_files_anew(server)


def _open_files_anew(server: PostgresServer) -> None:
    server.drop_database(server.new_database())  # for which every process closes all it has open


@pytest.mark.parametrize(("setting", "value"), [("fsync", "off"), ("full_page_writes", "off")])
def test_a_server_that_does_not_flush_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    """This server flushes, so here the wish is turned round: what is not as required is refused."""
    monkeypatch.setitem(postgres_database.REQUIRED, setting, value)
    with pytest.raises(StoreMisused) as misused:
        store.head()
    assert misused.value.details == {"setting": setting, "wanted": "off", "found": "on"}


def test_synchronous_commit_is_on_whatever_the_database_says(
    store: Store, postgres_url: str, foreign: psycopg.Connection[Any]
) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    foreign.autocommit = True
    foreign.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # type: ignore[arg-type]
    store.head()
    shown = store._connections.get().execute("SHOW synchronous_commit").fetchone()  # type: ignore[attr-defined]
    assert shown == ("on",)


def test_two_stores_in_two_schemas_of_one_database_never_meet(
    postgres_url: str, opened: Callable[[str], Store], foreign: psycopg.Connection[Any]
) -> None:
    foreign.autocommit = True
    for schema in ("north", '"South; bank"'):
        foreign.execute(f"CREATE SCHEMA {schema}")  # type: ignore[arg-type]
    north = opened(f"{postgres_url}&options=-csearch_path%3Dnorth")
    south = opened(f"{postgres_url}&options=-csearch_path%3D%22South;%5C%20bank%22")
    north.append_drafts([draft("north", "fund:working")], None, key("wutongli/k-1"))
    south.append_drafts([draft("south")], None, key("wutongli/k-1"))
    assert (north.head(), south.head()) == (1, 1)


def test_the_postgres_extra_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without_psycopg(name: str, *rest: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    for open_one in (open_store, open_vault):
        with pytest.raises(StoreMisused) as misused:
            open_one("postgresql://localhost/books")
        assert misused.value.details == {"install": "pip install 'mingzhang[postgres]'"}
