"""A store restored from a backup holds another history: its views say so and begin again by themselves."""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from ledger.store import open_store
from ledger.store.port import Store
from projections import entries, journal
from projections.batch import OtherHistory, of_another_history
from projections.follower import Follower, open_views
from projections.rebuild import rebuild
from tests.ledger.happened import deposit_recorded, fund_opened
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books, opened
from tests.projections.test_following import choke, running


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Books]:
    """A store of 梧桐里 that lived through something else."""
    with opened(f"sqlite:///{tmp_path / 'another'}") as found:
        yield found


@contextmanager
def restored(backup: Path, folder: Path) -> Iterator[Store]:
    """The store of a backup, in a folder of its own."""
    shutil.copytree(backup, folder)
    store = open_store(f"sqlite:///{folder}")
    yield store
    store.close()


def amounts(books: Books) -> list[int]:
    return [row.fen for row in entries.page(books.views, WUTONGLI)]


def test_views_of_another_history_are_followed_again_from_the_first_event(
    both_books: Books, another: Books, caplog: pytest.LogCaptureFixture
) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=5))
    both_books.shown()
    another.tell(fund_opened("working", fen=7_77), deposit_recorded("working", fen=8))
    with caplog.at_level(logging.ERROR):
        follower = Follower(another.story.store, both_books.views)
        assert follower.catch_up() == another.story.store.head()
    assert amounts(both_books) == [7_77, 8]
    assert follower.check() == []
    assert f"the store (head {another.story.store.head()}) holds another history" in caplog.text


def test_a_store_restored_to_an_earlier_state_takes_its_views_with_it(
    books: Books, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(books.url.removeprefix("sqlite:///"))
    books.tell(fund_opened("working", fen=1_00))
    books.story.store.close()
    shutil.copytree(folder, tmp_path / "backup")
    books.tell(deposit_recorded("working", fen=5))
    position = books.shown().position()
    with restored(tmp_path / "backup", tmp_path / "restored") as earlier:
        assert earlier.head() == position - 1
        assert Follower(earlier, books.views).catch_up() == position - 1
        assert f"has followed to position {position}, but the store (head {position - 1})" in caplog.text
        assert amounts(books) == [1_00]
        assert Follower(earlier, books.views).check() == []


def test_a_store_restored_to_nothing_leaves_views_of_nothing(both_books: Books, tmp_path: Path) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    empty = open_store(f"sqlite:///{tmp_path / 'empty'}")
    assert Follower(empty, both_books.views).catch_up() == 0
    assert journal.page(both_books.views) == []
    empty.close()


def test_views_that_had_not_come_so_far_go_on_from_where_they_are(books: Books, tmp_path: Path) -> None:
    folder = Path(books.url.removeprefix("sqlite:///"))
    books.tell(fund_opened("working", fen=1_00))
    head = books.story.store.head()
    choke(books.views, "entries", head)
    books.follower.catch_up()
    books.story.store.close()
    shutil.copytree(folder, tmp_path / "backup")
    books.tell(deposit_recorded("working", fen=5))
    books.follower.catch_up()
    with restored(tmp_path / "backup", tmp_path / "restored") as earlier:
        strangers = {state.view for state in of_another_history(earlier, books.views.states())}
        assert strangers == books.views.views.keys() - {"entries"}
        repaired = open_views(books.url)
        assert Follower(earlier, repaired).catch_up() == head
        numbers = {state.view: state.number for state in repaired.states()}
        assert (numbers["entries"], numbers["journal"]) == (1, 2)
        assert Follower(earlier, repaired).check() == []
        repaired.close()


def test_a_running_follower_notices_though_nothing_is_appended(both_books: Books, another: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=5))
    both_books.shown()
    both_books.follower.store = another.story.store
    with running(both_books.follower):
        until = time.monotonic() + 10
        while both_books.views.position() != another.story.store.head() and time.monotonic() < until:
            time.sleep(0.02)
    assert both_books.follower.check() == []
    assert amounts(both_books) == []


def test_who_waits_for_the_leader_waits_until_the_views_are_of_this_history(
    both_books: Books, another: Books
) -> None:
    another.tell(fund_opened("working", fen=7_77))
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=5))
    both_books.shown()
    both_books.follower.store = another.story.store
    with running(both_books.follower):
        other = open_views(both_books.url)
        assert Follower(another.story.store, other).catch_up() == another.story.store.head()
        assert [row.fen for row in entries.page(other, WUTONGLI)] == [7_77]
        other.close()


def test_a_check_names_every_view_of_another_history(both_books: Books, another: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    position = both_books.shown().position()
    found = Follower(another.story.store, both_books.views).check()
    assert {one.view for one in found} == set(both_books.views.views)
    assert {(one.found_in, one.row) for one in found} == {("live", (position, "views.other-history"))}
    assert Follower(another.story.store, both_books.views).check(["journal"]) == [
        one for one in found if one.view == "journal"
    ]


def test_a_rebuild_mends_views_of_another_history_and_leaves_nothing_behind(
    both_books: Books, another: Books
) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=5))
    both_books.shown()
    assert rebuild(another.story.store, both_books.views, [*both_books.views.views]) == (
        another.story.store.head()
    )
    assert Follower(another.story.store, both_books.views).check() == []


def test_old_tables_are_dropped_with_the_history_they_show(both_books: Books, another: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    before = names_of_tables(both_books)
    Follower(another.story.store, both_books.views).catch_up()
    assert names_of_tables(both_books) == {
        name if name.startswith("view_") else f"{name.removesuffix('_1')}_2" for name in before
    }


def names_of_tables(books: Books) -> set[str]:
    with books.views.writing() as connection:
        return set(inspect(connection).get_table_names(books.views.generations.schema))


def test_a_rebuild_under_which_the_store_is_restored_stops(books: Books, another: Books) -> None:
    another.tell(fund_opened("working", fen=7_77))
    first, then = books.story.store, another.story.store

    class Restored(type(then)):  # type: ignore[misc]
        """The first two batches come from one history, all others from the next."""

        def __init__(self) -> None:
            self.asked = 0

        def head(self) -> int:
            return then.head()

        def rows(self, after: int, limit: int = 5_000) -> list[object]:
            self.asked += 1
            return list((first if self.asked <= 2 else then).rows(after, limit))

    with pytest.raises(OtherHistory, match=r"views\.other-history: position=4"):
        rebuild(Restored(), books.views, ["journal"], batch=2)
    books.shown()
    assert books.follower.check() == []


def test_marks_of_an_older_program_are_thrown_away_with_their_views(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    with both_books.shown().writing() as connection:
        table = both_books.views.generations.live_sql.split(" JOIN ")[1].split()[0]
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN leaf_hash"))
    newer = open_views(both_books.url)
    assert newer.position() == 0
    assert Follower(both_books.story.store, newer).catch_up() == both_books.story.store.head()
    assert [row.fen for row in entries.page(newer, WUTONGLI)] == [1_00]
    assert Follower(both_books.story.store, newer).check() == []
    newer.close()
