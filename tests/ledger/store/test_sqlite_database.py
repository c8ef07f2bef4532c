"""The SQLite file: safe settings, a fair and bounded queue, clear errors when the disk lets us down."""

import multiprocessing
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import Refused, StoreBusy, StoreDamaged, StoreFull, StoreMisused, StoreUnavailable
from ledger.store import open_store, sqlite_database
from ledger.store.port import Store
from ledger.store.sqlite import SQLiteStore
from ledger.store.sqlite_database import FairTurn, refuse_network_file_system
from tests.ledger.store.drafting import draft, key, start_together, text_of

LONG = "a long story " * 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "books"


@pytest.fixture
def store(folder: Path, opened: Callable[[str], Store]) -> SQLiteStore:
    store = opened(f"sqlite:///{folder}")
    assert isinstance(store, SQLiteStore)
    return store


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_database, "LOCK_SECONDS_MAX", 0.3)


# -- settings ------------------------------------------------------------------------------------------------


def test_durability_does_not_rest_on_compile_defaults(store: SQLiteStore) -> None:
    """T1: what is asked for is what is there, on every connection."""
    store.head()
    found = {
        name: store._connections.get().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "trusted_schema", "cell_size_check", "recursive_triggers")
    }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "recursive_triggers": 1,
    }


def test_a_setting_that_does_not_take_is_refused(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sqlite_database.SETTINGS, "synchronous", 9)
    with pytest.raises(StoreMisused) as misused:
        store.head()
    assert misused.value.code == "store.unsafe-setting"
    assert misused.value.details["setting"] == "synchronous"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs"])
def test_a_network_file_system_is_refused(tmp_path: Path, kind: str) -> None:
    shared = tmp_path / "shared books"
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/vda / ext4 rw 0 0\nserver:/x {str(shared).replace(' ', chr(92) + '040')} {kind} rw 0 0\n"
    )
    with pytest.raises(StoreMisused) as misused:
        refuse_network_file_system(shared / "books", mounts)
    assert misused.value.details["kind"] == kind
    refuse_network_file_system(tmp_path / "shared books elsewhere", mounts)
    refuse_network_file_system(shared, tmp_path / "no such file")


def test_a_disk_mounted_inside_a_network_file_system_is_fine(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs rw 0 0\n/dev/vdb {tmp_path}/disk ext4 rw 0 0\n")
    refuse_network_file_system(tmp_path / "disk" / "books", mounts)


def test_many_processes_may_make_the_store_at_once(folder: Path) -> None:
    script = (
        "import sys; from ledger.store import open_store\n"
        "from tests.ledger.store.drafting import draft; print('loaded', flush=True); sys.stdin.read(1)\n"
        f"store = open_store('sqlite:///{folder}'); store.append_drafts([draft()], None, None); store.close()"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    assert start_together(makers) == [0] * 6
    with closing(SQLiteStore(folder)) as store:
        assert store.head() == 6


# -- forks ---------------------------------------------------------------------------------------------------


def test_a_store_inherited_over_a_fork_is_refused_and_the_parent_goes_on(
    store: SQLiteStore, folder: Path
) -> None:
    store.append_drafts([draft("before")], None, None)
    child = multiprocessing.get_context("fork").Process(
        target=_use_in_child, args=(store, store._connections.get())
    )
    child.start()
    child.join(30)
    assert child.exitcode == 0
    store.append_drafts([draft("after")], None, None)
    with closing(SQLiteStore(folder)) as other:
        assert other.head() == 2


def _use_in_child(store: SQLiteStore, inherited: sqlite3.Connection) -> None:
    for use in (store.head, lambda: store.append_drafts([draft("by the child")], None, None)):
        with pytest.raises(StoreMisused, match=r"store\.inherited-over-fork"):
            use()
    store.close()
    assert inherited.execute("SELECT count(*) FROM event").fetchone() == (
        1,
    )  # closing it is for the parent alone
    with pytest.raises(StoreMisused, match=r"store\.inherited-over-fork"):
        store.head()


def test_a_store_first_used_after_the_fork_works_in_both_processes(store: SQLiteStore) -> None:
    child = multiprocessing.get_context("fork").Process(target=_append_in_child, args=(store,))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert store.append_drafts([draft("by the parent")], None, None).position == 2


def _append_in_child(store: SQLiteStore) -> None:
    store.append_drafts([draft("by the child")], None, None)
    store.close()


# -- who waits -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_is_busy_in_bounded_time_and_then_goes_on(store: SQLiteStore, folder: Path) -> None:
    store.append_drafts([draft("before")], None, None)
    store.close()
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(StoreBusy):
            store.append_drafts([draft("during")], None, key("wutongli/k-1"))
        assert time.monotonic() - started < 3
        assert store.head() == 1  # who reads does not wait
        foreign.execute("ROLLBACK")
    assert store.append_drafts([draft("after")], None, key("wutongli/k-1")).position == 2


@pytest.mark.usefixtures("impatient")
def test_a_writer_that_is_stopped_in_its_turn_keeps_nobody_waiting_for_ever(
    store: SQLiteStore, folder: Path
) -> None:
    store.append_drafts([draft("before")], None, None)
    script = (
        "from ledger.store import open_store\n"
        f"store = open_store('sqlite:///{folder}')\n"
        "with store.exclusive(): print('in turn', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"in turn\n"
        os.kill(holder.pid, signal.SIGSTOP)
        started = time.monotonic()
        for _ in range(2):
            with pytest.raises(StoreBusy):
                store.append_drafts([draft("during")], None, key("wutongli/k-1"))
        assert time.monotonic() - started < 5
        holder.kill()
    assert store.append_drafts([draft("after")], None, key("wutongli/k-1")).position == 2


def test_who_asks_while_others_write_gets_a_turn(tmp_path: Path) -> None:
    """A writer that comes back at once does not keep the turn to itself."""
    lock, turns, over = str(tmp_path / "lock"), {"greedy": 0, "modest": 0}, threading.Event()

    def write(name: str, pause: float) -> None:
        while not over.is_set():
            with FairTurn(lock):
                turns[name] += 1
                time.sleep(0.001)
            time.sleep(pause)

    writers = [threading.Thread(target=write, args=("greedy", 0.0001)) for _ in range(4)]
    writers.append(threading.Thread(target=write, args=("modest", 0.002)))
    for writer in writers:
        writer.start()
    time.sleep(1)
    over.set()
    for writer in writers:
        writer.join()
    assert turns["modest"] > 20


def test_waiting_again_and_again_takes_one_thread_which_goes_with_the_store(tmp_path: Path) -> None:
    there = set(threading.enumerate())
    holder, other = FairTurn(str(tmp_path / "lock")), FairTurn(str(tmp_path / "lock"))

    def waiters() -> set[threading.Thread]:
        return {one for one in threading.enumerate() if one.name == "mingzhang-turn"} - there

    def wait_for_a_turn() -> None:
        with other:
            pass

    for _ in range(3):
        with holder:
            asking = threading.Thread(target=wait_for_a_turn)
            asking.start()
            asking.join(0.05)
            assert asking.is_alive()
        asking.join()
    (waiter,) = waiters()
    other.close()
    waiter.join(5)
    assert waiters() == set()
    holder.close()


# -- the disk ------------------------------------------------------------------------------------------------


def test_a_full_disk_refuses_and_writing_goes_on_when_there_is_space_again(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite_database.SETTINGS, "max_page_count", 60)
    recorded = _append_until_full(store)
    with pytest.raises(StoreFull):
        store.append_drafts([draft(LONG)], None, key("wutongli/once more"))
    assert 5 < recorded == store.head()
    assert store.receipt(key(f"wutongli/{recorded}")) is None
    store._connections.get().execute("PRAGMA max_page_count = 10000")
    receipt = store.append_drafts([draft(f"{recorded} {LONG}")], None, key(f"wutongli/{recorded}"))
    assert (receipt.position, receipt.replayed) == (recorded + 1, False)
    assert store._connections.get().execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _append_until_full(store: SQLiteStore) -> int:
    for recorded in range(200):
        try:
            store.append_drafts(
                [draft(f"{recorded} {LONG}", f"n:{recorded}")], None, key(f"wutongli/{recorded}")
            )
        except StoreFull:
            return recorded
    raise AssertionError("the disk is never full")


def test_a_write_that_fails_half_way_is_undone_and_the_next_one_succeeds(
    store: SQLiteStore, folder: Path
) -> None:
    store.append_drafts([draft("before")], None, None)
    size = max(path.stat().st_size for path in folder.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8_000, hard))
        with pytest.raises((StoreUnavailable, StoreFull)):
            store.append_drafts([draft(f"{index} {LONG}") for index in range(20)], None, key("wutongli/k-1"))
        assert store.head() == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.receipt(key("wutongli/k-1")) is None
    assert store.append_drafts([draft("after")], None, key("wutongli/k-1")).position == 2


def test_a_failed_flush_is_never_tried_again_on_the_same_connection(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append_drafts([draft("before")], None, None)
    before = store._connections.get()

    def fail(addition: object) -> None:
        raise StoreUnavailable(reason="SQLITE_IOERR_FSYNC: disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(store, "_commit", fail)
        with pytest.raises(StoreUnavailable):
            store.append_drafts([draft("lost")], None, None)
    assert store.append_drafts([draft("after")], None, None).position == 2
    assert store._connections.get() is not before


def test_a_file_that_is_no_database_is_damage(store: SQLiteStore, folder: Path) -> None:
    folder.mkdir()
    (folder / "ledger.db").write_bytes(b"these are not the books you are looking for" * 100)
    with pytest.raises(StoreDamaged, match=r"store\.unreadable"):
        store.head()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    (tmp_path / "in the way").write_text("")
    with pytest.raises(StoreUnavailable):
        opened(f"sqlite:///{tmp_path / 'in the way' / 'books'}").head()


def test_other_urls_are_refused_without_repeating_their_password() -> None:
    with pytest.raises(StoreMisused) as misused:
        open_store("mysql://committee:lotus-moon@db/books")
    assert "lotus-moon" not in str(misused.value)


# -- size ----------------------------------------------------------------------------------------------------


def test_a_key_that_is_a_uuid_is_kept_in_sixteen_bytes_and_told_from_all_others(store: SQLiteStore) -> None:
    names = [
        "w/01a1fe21-fd3b-7e0a-b45f-2b399d5c8948",
        "w/01A1FE21-FD3B-7E0A-B45F-2B399D5C8948",
        "w/01a1fe21fd3b7e0ab45f2b399d5c8948",
        "v/01a1fe21-fd3b-7e0a-b45f-2b399d5c8948",
        "w/k-1",
    ]
    for name in names:
        store.append_drafts([draft(name)], None, key(name))
    assert [store.receipt(key(name)).position for name in names] == [1, 2, 3, 4, 5]  # type: ignore[union-attr]
    sizes = store._connections.get().execute(
        "SELECT min(length(key)) FROM command_receipt WHERE first_position < 3"
    )
    assert sizes.fetchone() == (19,)


# -- remembered numbers --------------------------------------------------------------------------------------


def test_events_stand_under_their_own_tags_after_the_file_was_put_back(
    store: SQLiteStore, folder: Path
) -> None:
    store.append_drafts([draft("first", "fund:maintenance")], None, None)
    with (
        closing(sqlite3.connect(":memory:")) as earlier,
        closing(sqlite3.connect(folder / "ledger.db")) as file,
    ):
        file.backup(earlier)
        store.append_drafts(
            [draft("lost", "decision:lift-3", "firm:heng-sheng", kind="loss.noted")], None, None
        )
        earlier.backup(file)
    store.append_drafts([draft("second", "firm:heng-sheng", "decision:lift-3")], None, None)
    store.append_drafts([draft("third", "decision:lift-3", kind="loss.noted")], None, None)
    under = {
        tag: [text_of(row) for row in store.selected("wutongli", tag, [], -1, 10)]
        for tag in ("fund:maintenance", "firm:heng-sheng", "decision:lift-3")
    }
    assert under == {
        "fund:maintenance": ["first"],
        "firm:heng-sheng": ["second"],
        "decision:lift-3": ["second", "third"],
    }
    assert [row.kind for row in store.rows(0)] == ["note.taken", "note.taken", "loss.noted"]


def test_two_processes_of_writers_agree_on_the_numbers_of_tags(
    store: SQLiteStore, folder: Path, opened: Callable[[str], Store]
) -> None:
    other = opened(f"sqlite:///{folder}")
    for number, writer in enumerate([store, other, other, store, other, store]):
        writer.append_drafts([draft(f"note {number}", f"day:{number % 3}", f"own:{number}")], None, None)
    assert [len(store.selected("wutongli", f"day:{day}", [], -1, 10)) for day in range(3)] == [2, 2, 2]
    assert [len(other.selected("wutongli", f"own:{number}", [], -1, 10)) for number in range(6)] == [1] * 6


def test_a_tag_first_used_in_a_write_that_failed_is_new_again(store: SQLiteStore) -> None:
    with pytest.raises(Refused, match="limit"):
        store.append_drafts([draft("too much", "fund:working", limits={"bank/working": -1})], None, None)
    store.append_drafts([draft("enough", "fund:working", limits={"bank/working": 1})], None, None)
    assert [text_of(row) for row in store.selected("wutongli", "fund:working", [], -1, 10)] == ["enough"]
