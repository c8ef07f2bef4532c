"""What was recorded cannot be changed through the database; if somebody manages it, it is found and named."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from ledger.errors import NewerSchema, StoreDamaged, StoreMisused, UnknownKind
from ledger.events import KINDS
from ledger.store.port import Condition, Conflict, Store
from tests.ledger.store.drafting import draft, key
from tests.ledger.store.spenders import begin

Execute = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def books(store_url: str) -> str:
    begin(store_url)
    return store_url


@pytest.fixture
def execute(store_url: str) -> Iterator[Execute]:
    """SQL from somebody else's program, with that program's own settings."""
    if store_url.startswith("sqlite"):
        path = Path(store_url.removeprefix("sqlite:///")) / "ledger.db"
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as foreign:
            yield lambda sql, *values: foreign.execute(sql, values).fetchall()
    else:
        with psycopg.connect(store_url, autocommit=True) as server:

            def run(sql: str, *values: object) -> list[tuple[Any, ...]]:
                cursor = server.execute(sql.replace("?", "%s"), values)
                return cursor.fetchall() if cursor.description else []

            yield run


@pytest.fixture
def unlock(store_url: str, execute: Execute) -> Callable[[], None]:
    """Takes the triggers off, as somebody who owns the database can."""

    def take_off() -> None:
        if store_url.startswith("sqlite"):
            for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                execute(f"DROP TRIGGER {name}")
        else:
            for table in ("event", "tag", "event_tag", "command_receipt"):
                execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    return take_off


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET entry = leaf_hash WHERE position = 3",
        "DELETE FROM event WHERE position = (SELECT max(position) FROM event)",
        "DELETE FROM event",
        "UPDATE tag SET name = 'wutongli/fund:maintenance' WHERE name = 'wutongli/fund:working'",
        "DELETE FROM tag",
        "UPDATE event_tag SET position = position + 1",
        "DELETE FROM event_tag",
        "UPDATE command_receipt SET last_position = 1",
        "DELETE FROM command_receipt",
        "INSERT INTO event SELECT 99, ledger, 98, kind, entry, leaf_hash, 0 FROM event LIMIT 1",
        "INSERT INTO event SELECT 1000, ledger, number, kind, entry, leaf_hash, 0 FROM event LIMIT 1",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(
    books: str, opened: Callable[[str], Store], execute: Execute, change: str
) -> None:
    store = opened(books)
    store.append_drafts([draft(ledger="other")], None, key("other/k-1"))
    before = store.rows(0)
    with pytest.raises((sqlite3.Error, psycopg.Error), match="append-only"):
        execute(change)
    assert store.rows(0) == before
    assert store.receipt(key("other/k-1")) is not None


@pytest.mark.parametrize(
    "change",
    [
        "REPLACE INTO event SELECT position, ledger, number, kind, leaf_hash, leaf_hash, 0 FROM event",
        "REPLACE INTO event SELECT max(position) + 1, ledger, 0, kind, entry, leaf_hash, 0 FROM event",
        "INSERT OR REPLACE INTO command_receipt SELECT key, fingerprint, 1, 1 FROM command_receipt",
        "INSERT OR REPLACE INTO tag SELECT name, 1 FROM tag",
        "INSERT OR REPLACE INTO name SELECT id, name || 'x' FROM name",
        "INSERT OR REPLACE INTO name SELECT id + 900, name FROM name",
    ],
)
def test_insert_or_replace_is_no_way_round(
    sqlite_url: str, opened: Callable[[str], Store], change: str
) -> None:
    begin(sqlite_url)
    store = opened(sqlite_url)
    store.append_drafts([draft(ledger="other")], None, key("other/k-1"))
    with closing(sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")) / "ledger.db")) as foreign:
        assert foreign.execute("PRAGMA recursive_triggers").fetchone() == (
            0,
        )  # which hides replaced rows from triggers
        with pytest.raises(sqlite3.Error, match="append-only"):
            foreign.execute(change)


@pytest.mark.parametrize("table", ["event", "tag", "event_tag", "command_receipt"])
def test_truncate_is_refused(postgres_url: str, opened: Callable[[str], Store], table: str) -> None:
    opened(postgres_url).head()
    with psycopg.connect(postgres_url) as server, pytest.raises(psycopg.Error, match="append-only"):
        server.execute(f"TRUNCATE {table}")  # type: ignore[arg-type]


def test_a_changed_byte_is_found_and_named(
    books: str, opened: Callable[[str], Store], execute: Execute, unlock: Callable[[], None]
) -> None:
    store = opened(books)
    assert store.deep_check() == store.head()
    row = store.rows(8)[0]
    assert (row.ledger, row.number) == ("meihuayuan", 1)
    unlock()
    execute("UPDATE event SET entry = ? WHERE position = 9", row.entry.replace(b"2026-01-01", b"2026-01-02"))
    with pytest.raises(StoreDamaged) as damaged:
        store.deep_check()
    assert damaged.value.code == "store.hash-mismatch"
    assert damaged.value.details == {"position": 9, "ledger": "meihuayuan", "number": 1}


def test_a_lost_event_is_found_and_named(
    books: str, opened: Callable[[str], Store], execute: Execute, unlock: Callable[[], None]
) -> None:
    store = opened(books)
    store.head()
    unlock()
    execute("DELETE FROM event WHERE position = 5")
    with pytest.raises(StoreDamaged) as damaged:
        store.deep_check()
    assert (damaged.value.code, damaged.value.details["position"]) == ("store.gap", 6)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM event_tag WHERE position = 5",
        "INSERT INTO event_tag SELECT tag, 1 FROM event_tag WHERE position = 5",
        "UPDATE event_tag SET position = 1 WHERE position = 5",
    ],
)
def test_a_tag_index_that_does_not_fit_the_entries_is_found(
    books: str, opened: Callable[[str], Store], execute: Execute, unlock: Callable[[], None], change: str
) -> None:
    store = opened(books)
    store.head()
    unlock()
    execute(change)
    with pytest.raises(StoreDamaged, match=r"store\.index-mismatch"):
        store.deep_check()


def test_taken_off_triggers_are_noticed_when_the_store_is_opened(
    sqlite_url: str, opened: Callable[[str], Store]
) -> None:
    opened(sqlite_url).head()
    with closing(sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")) / "ledger.db")) as foreign:
        foreign.execute("DROP TRIGGER event_update_is_refused")
    with pytest.raises(StoreMisused) as misused:
        opened(sqlite_url).head()
    assert misused.value.details == {"changed": ["event_update_is_refused"]}


def test_an_unknown_kind_stops_loudly(store: Store) -> None:
    """Written by a newer version, or put there by somebody: a stored name never makes code run (T7)."""
    for kind in ("balcony.enclosed", "os:system", "ledger.events.Event"):
        store.append_drafts([draft("new", "fund:working", kind=kind)], None, None)
        number = store.length("wutongli") - 1
        for read in (_by_tag, _by_number):
            with pytest.raises(UnknownKind) as unknown:
                read(store, number)
            assert unknown.value.details == {"kind": kind}
    with pytest.raises(UnknownKind):
        store.deep_check()


def _by_tag(store: Store, number: int) -> object:
    return list(store.tagged("wutongli", "fund:working", number))


def _by_number(store: Store, number: int) -> object:
    return store.numbered("wutongli", number)


def test_a_newer_schema_of_a_known_kind_stops_loudly(books: str, opened: Callable[[str], Store]) -> None:
    store = opened(books)
    kind, entry = store.rows(0)[0].kind, store.rows(0)[0].entry
    newer = KINDS[kind].schema + 1
    assert b'"schema":1' in entry
    raised = replace(
        draft("x", kind=kind), before=entry.replace(b'"schema":1', b'"schema":%d' % newer), after=b""
    )
    position = store.append_drafts([raised], None, None).position
    with pytest.raises(NewerSchema) as refused:
        store.numbered("wutongli", store.length("wutongli") - 1)
    assert refused.value.details == {"kind": kind, "schema": newer, "known": newer - 1}
    assert store.head() == position


@pytest.mark.parametrize(
    "data",
    [
        '{"_type_":"nosuch","_data_":{}}',
        '{"_type_":"uuid_hex","_data_":"00"}',
        '{"fund":NaN}',
        "[]",
        "null",
        "",
        '"working"',
    ],
)
def test_data_that_its_kind_does_not_store_is_damage_and_never_guessed_at(
    books: str, opened: Callable[[str], Store], data: str
) -> None:
    """T8, T12: no transcodings, no free dicts and no NaN ever come out of the store."""
    store = opened(books)
    before, _, after = store.rows(4)[0].entry.partition(b'"data":')
    entry = before + b'"data":' + data.encode() + after[after.index(b',"id":') :]
    store.append_drafts([replace(draft(kind=store.rows(4)[0].kind), before=entry, after=b"")], None, None)
    with pytest.raises(StoreDamaged, match=r"store\.undecodable"):
        store.numbered("wutongli", store.length("wutongli") - 1)
    with pytest.raises(StoreDamaged) as damaged:
        store.deep_check()
    assert damaged.value.details["position"] == store.head()


def test_a_follower_sees_every_position_in_order_while_others_write(store: Store) -> None:
    """T2: what is committed later never has the lower position."""
    store.head()
    writers = [
        threading.Thread(
            target=lambda: [store.append_drafts([draft(), draft()], None, None) for _ in range(40)]
        )
        for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < 240:
        assert store.wait_for(len(seen), 30) > len(seen)
        seen += [row.position for row in store.rows(len(seen), 7)]
    for writer in writers:
        writer.join()
    assert seen == list(range(1, 241))


def test_a_store_put_back_to_an_earlier_state_takes_no_event_that_stands_on_the_lost_ones(
    sqlite_url: str, opened: Callable[[str], Store]
) -> None:
    """T3: a process that lived through a restore must not go on from what it remembers."""
    folder = Path(sqlite_url.removeprefix("sqlite:///"))
    store, ledger = opened(sqlite_url), "wutongli"
    store.append_drafts([draft("one", "fund:working")], None, None)
    store.close()
    backup = (folder / "ledger.db").read_bytes()
    lost = store.append_drafts([draft("two", "fund:working")], None, None)
    store.close()
    (folder / "ledger.db").write_bytes(backup)
    with pytest.raises(Conflict):
        store.append_drafts([draft("three")], Condition(((ledger, "fund:working"),), lost.position), None)
    assert store.head() == 1
