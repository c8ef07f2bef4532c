"""One loop takes every event to every view: rows and position together, nothing skipped, one fault alone."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ledger.errors import StoreDamaged, StoreFull, StoreMisused, StoreUnavailable
from ledger.events import Event, Recorded
from ledger.store import open_store
from ledger.store.port import Draft, Row
from projections import entries, journal
from projections.batch import Batch
from projections.database import Views
from projections.follower import IDLE_SECONDS, Follower, open_views
from projections.generations import Generation
from projections.snapshot import ViewStale
from projections.view import View, Write
from tests.ledger.happened import deposit_recorded, fund_opened
from tests.ledger.story import WUTONGLI
from tests.postgres_server import PostgresServer
from tests.projections.books import Books, opened

VISIBLE_SECONDS_MAX = 0.05  # P8


class Choking(View):
    """Another view, that cannot take in the event at one position."""

    def __init__(self, view: View, position: int) -> None:
        self.view, self.position = view, position
        self.name, self.version, self.shapes, self.takes = view.name, view.version, view.shapes, view.takes  # type: ignore[misc]

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        self.view.apply(batch, write)
        if any(recorded.position == self.position for recorded in batch):
            raise ZeroDivisionError(f"poisoned at {self.position}")


def choke(views: Views, name: str, position: int) -> None:
    views.views[name] = Choking(views.views[name], position)


@contextmanager
def running(follower: Follower) -> Iterator[threading.Event]:
    """The follower runs in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def positions(views: Views) -> dict[str, int]:
    return {state.view: state.position for state in views.states()}


# -- failing loudly ----------------------------------------------------------------------------------------


def test_an_event_one_view_cannot_take_in_stops_that_view_just_before_it(
    both_books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    both_books.tell(
        fund_opened("working", fen=1_00), *(deposit_recorded("working", fen=1) for _ in range(40))
    )
    head = both_books.story.store.head()
    choke(both_books.views, "entries", head - 7)
    with caplog.at_level(logging.ERROR):
        assert both_books.follower.catch_up() == head
    assert positions(both_books.views) == {**dict.fromkeys(both_books.views.views, head), "entries": head - 8}
    failed = next(state for state in both_books.views.states() if state.view == "entries")
    assert (failed.failed_position, failed.failed_reason) == (
        head - 7,
        f"ZeroDivisionError: poisoned at {head - 7}",
    )
    assert f"view entries stops before position {head - 7}" in caplog.text
    assert len(journal.page(both_books.views, ledger=WUTONGLI, limit=100)) == both_books.number + 1
    assert entries.page(both_books.views, WUTONGLI, limit=100)[-1].position == head - 8


def test_nothing_after_it_is_taken_in(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    head = books.story.store.head()
    choke(books.views, "entries", head)
    books.follower.catch_up()
    books.tell(deposit_recorded("working", fen=1))
    assert books.follower.catch_up() == head + 1
    assert entries.page(books.views, WUTONGLI) == []
    assert books.views.position() == head - 1
    assert books.views.position("journal", "balances") == head + 1


def test_a_repaired_view_goes_on_from_its_own_place(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=1))
    choke(both_books.views, "entries", both_books.story.store.head())
    both_books.follower.catch_up()
    both_books.tell(deposit_recorded("working", fen=2))
    both_books.follower.catch_up()
    repaired = open_views(both_books.url)
    assert Follower(both_books.story.store, repaired).catch_up() == both_books.story.store.head()
    assert [row.balance_fen for row in entries.page(repaired, WUTONGLI)] == [1_00, 1_01, 1_03]
    assert all(state.failed_reason is None for state in repaired.states())
    assert Follower(both_books.story.store, repaired).check() == []
    repaired.close()


def test_an_unknown_kind_stops_every_view_before_it(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    books.tell(fund_opened("working", fen=1_00))
    head = books.story.store.head()
    _append_unknown(books)
    with caplog.at_level(logging.ERROR):
        books.follower.catch_up()
    states = books.views.states()
    assert {state.position for state in states} == {head}
    assert {state.failed_position for state in states} == {head + 1}
    assert all("store.unknown-kind" in (state.failed_reason or "") for state in states)
    assert "store.unknown-kind" in caplog.text


class Rests(threading.Event):
    """Told to stop after so many rests; remembers how long each was to be."""

    def __init__(self, rests: int) -> None:
        super().__init__()
        self.rests, self.seconds = rests, list[float | None]()

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        if len(self.seconds) == self.rests:
            self.set()
        return self.is_set()


def test_a_follower_with_nothing_left_to_follow_rests_until_it_is_stopped(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    _append_unknown(books)
    books.follower.catch_up()
    stop, states = Rests(5), books.views.states
    looks = list[int]()

    def look() -> list[Generation]:
        looks.append(len(stop.seconds))
        assert len(looks) <= 5, "it looked again without a rest"
        return states()

    monkeypatch.setattr(books.views, "states", look)
    books.follower.run(stop)
    assert looks == [0, 1, 2, 3, 4]
    assert stop.seconds == [IDLE_SECONDS] * 5


def test_a_batch_that_does_not_follow_is_refused() -> None:
    row = Row(7, WUTONGLI, 6, "fund.opened", b"{}", b"")
    with pytest.raises(StoreDamaged, match=r"store\.gap"):
        Batch.of([row], after=5)
    with pytest.raises(StoreDamaged, match=r"store\.gap"):
        Batch.of([row, row._replace(position=9)], after=6)


# -- rows and position together ----------------------------------------------------------------------------


def test_a_follower_killed_in_the_middle_of_a_batch_leaves_rows_and_position_together(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00), *(deposit_recorded("working", fen=1) for _ in range(60)))
    head = books.story.store.head()
    for killed_at in (head - 50, head - 21, head - 3):
        child = multiprocessing.get_context("fork").Process(
            target=_follow_until_killed, args=(books.url, killed_at)
        )
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        views = open_views(books.url)
        reached = positions(views)
        assert set(reached.values()) == {(killed_at - 1) // 10 * 10}
        shown = entries.page(views, WUTONGLI, limit=100)
        assert [row.position for row in shown] == [
            row.position for row in journal.page(views, limit=500) if row.kind.startswith("fund")
        ]
        assert not shown or shown[-1].position <= reached["entries"]
        views.close()
    assert len(entries.page(books.shown(), WUTONGLI, limit=100)) == 61
    assert books.follower.check() == []


def _follow_until_killed(url: str, position: int) -> None:
    """In batches of ten; the last view to take in a batch is killed in the middle of it."""

    class Killing(Choking):
        def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
            self.view.apply(batch, write)
            if any(recorded.position == self.position for recorded in batch):
                os.kill(os.getpid(), signal.SIGKILL)

    views = open_views(url)
    views.views["entries"] = Killing(views.views["entries"], position)
    Follower(open_store(url), views, batch=10).catch_up()


def test_what_was_not_committed_is_taken_in_again(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    with pytest.raises(KeyboardInterrupt):
        _mark_and_fail(books.views)
    assert books.views.position() == 0
    assert len(entries.page(books.shown(), WUTONGLI)) == 1


# -- who leads ---------------------------------------------------------------------------------------------


def test_a_second_follower_waits_until_the_first_has_gone(both_books: Books) -> None:
    second_views = open_views(both_books.url)
    second = Follower(both_books.story.store, second_views)
    applied: list[str] = []
    for name, view in second_views.views.items():
        second_views.views[name] = _Telling(view, applied)
    with running(both_books.follower):
        both_books.views.wait_for(both_books.story.store.head(), 5)
        with running(second):
            both_books.tell(fund_opened("working", fen=1_00))
            assert (
                both_books.views.wait_for(both_books.story.store.head(), 5) == both_books.story.store.head()
            )
            assert applied == []
    with running(second):
        both_books.tell(deposit_recorded("working", fen=1))
        assert second_views.wait_for(both_books.story.store.head(), 5) == both_books.story.store.head()
    assert applied != []
    second_views.close()


class _Telling(Choking):
    def __init__(self, view: View, applied: list[str]) -> None:
        super().__init__(view, -1)
        self.applied = applied

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        self.applied.append(self.name)
        super().apply(batch, write)


def test_catching_up_waits_for_the_follower_that_leads(both_books: Books) -> None:
    with running(both_books.follower):
        both_books.tell(fund_opened("working", fen=1_00))
        other = open_views(both_books.url)
        assert Follower(both_books.story.store, other).catch_up() == both_books.story.store.head()
        assert len(entries.page(other, WUTONGLI)) == 1
        other.close()


def test_a_follower_whose_database_went_away_for_a_moment_leads_again(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with opened(postgres_url) as books, running(books.follower):
        books.views.wait_for(books.story.store.head(), 5)
        ended = postgres_server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'mingzhang views'"
        )
        assert ended != []
        books.tell(fund_opened("working", fen=1_00))
        head, until = books.story.store.head(), time.monotonic() + 10
        while _reached(books.views) < head and time.monotonic() < until:
            time.sleep(0.05)
        assert len(entries.page(books.views, WUTONGLI)) == 1


def _reached(views: Views) -> int:
    try:
        return views.position()
    except StoreUnavailable:
        return 0


def test_catching_up_does_not_wait_for_a_leader_that_has_nothing_left_to_follow(books: Books) -> None:
    _append_unknown(books)
    with running(books.follower):
        while {state.failed_reason for state in books.views.states()} == {None}:
            time.sleep(0.01)
        assert Follower(books.story.store, books.views).catch_up() == books.story.store.head() - 1


# -- how soon ----------------------------------------------------------------------------------------------


def test_a_new_entry_is_visible_at_once(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    waited = []
    with running(both_books.follower):
        both_books.views.wait_for(both_books.story.store.head(), 5)
        for _ in range(50):
            both_books.tell(deposit_recorded("working", fen=1))
            recorded, head = time.perf_counter(), both_books.story.store.head()
            assert both_books.views.wait_for(head, 1) == head
            waited.append(time.perf_counter() - recorded)
    assert sorted(waited)[len(waited) // 2] < VISIBLE_SECONDS_MAX


def test_waiting_ends_when_time_is_up_and_says_how_far_it_is(books: Books) -> None:
    books.shown()
    started = time.monotonic()
    assert books.views.wait_for(1_000_000, 0.1) == books.story.store.head()
    assert 0.1 <= time.monotonic() - started < 1


def test_views_that_were_never_followed_are_empty_and_at_the_beginning(both_books: Books) -> None:
    assert both_books.views.position() == 0
    assert entries.page(both_books.views, WUTONGLI) == []


# -- versions and processes --------------------------------------------------------------------------------


NEXT_VERSION = entries.VIEW.version + 1


def test_a_view_of_another_version_is_built_again_at_the_next_start(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    newer = open_views(both_books.url)
    newer.views["entries"] = changed = Choking(newer.views["entries"], -1)
    changed.version = NEXT_VERSION  # type: ignore[misc]
    with pytest.raises(ViewStale):
        entries.page(newer, WUTONGLI)
    assert journal.page(newer, ledger=WUTONGLI) != []
    Follower(both_books.story.store, newer).catch_up()
    assert len(entries.page(newer, WUTONGLI)) == 1
    generations = {state.view: (state.version, state.number) for state in newer.states()}
    assert generations["entries"] == (NEXT_VERSION, 2)
    newer.close()


def test_a_new_version_that_cannot_be_built_is_reported_and_the_others_go_on(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    books.shown()
    newer = open_views(books.url)
    newer.views["entries"] = changed = Choking(newer.views["entries"], books.story.store.head())
    changed.version = NEXT_VERSION  # type: ignore[misc]
    books.tell(deposit_recorded("working", fen=1))
    assert Follower(books.story.store, newer).catch_up() == books.story.store.head()
    state = next(state for state in newer.states() if state.view == "entries")
    before = NEXT_VERSION - 1
    assert (state.version, state.failed_reason) == (before, f"made by version {before}; rebuild failed")
    newer.close()


def test_views_opened_before_a_fork_are_opened_anew_after_it(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    books.shown()
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    child = context.Process(target=lambda: found.put(len(entries.page(books.views, WUTONGLI))))
    child.start()
    assert found.get(timeout=10) == 1
    child.join()
    assert len(entries.page(books.views, WUTONGLI)) == 1


def test_a_file_of_views_that_is_none_is_reported_and_can_be_thrown_away(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    books.story.store.head()
    file = Path(books.url.removeprefix("sqlite:///")) / "views.db"
    file.write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreDamaged, match=r"store\.unreadable"):
        books.views.position()
    file.unlink()
    assert len(entries.page(books.shown(), WUTONGLI)) == 1


def test_a_database_that_cannot_work_is_no_fault_of_an_event(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    books.views.position()
    full = books.views.views["entries"]
    books.views.views["entries"] = _OnAFullDisk(full, -1)
    with pytest.raises(StoreFull):
        books.follower.catch_up()
    assert {state.failed_reason for state in books.views.states()} == {None}
    assert books.views.position() == 0
    books.views.views["entries"] = full
    assert len(entries.page(books.shown(), WUTONGLI)) == 1


class _OnAFullDisk(Choking):
    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        raise OperationalError("INSERT", (), Exception("database or disk is full"))


def test_a_url_of_no_store_is_refused() -> None:
    for url in ("mysql://books", "sqlite://", "sqlite:///", "books"):
        with pytest.raises(StoreMisused):
            open_views(url)


def _mark_and_fail(views: Views) -> None:
    with views.writing() as connection:
        views.generations.mark(connection, [state._replace(position=1_000) for state in views.states()])
        raise KeyboardInterrupt


def _append_unknown(books: Books) -> None:
    """An event as a newer version of the software would leave it."""
    draft = Draft(WUTONGLI, "fund.abolished", (), b'{"recorded_at":"', b'"}')
    books.story.store.append_drafts([draft], None, None)
