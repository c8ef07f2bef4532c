"""Views are disposable: what is built again equals, to the byte, what was followed."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import inspect

from projections import balances, decisions, entries
from projections.follower import Follower, open_views
from projections.rebuild import Difference, ViewFailed
from tests.ledger.happened import deposit_recorded, fund_opened
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books, opened
from tests.projections.histories import KINDS, History, Spells, spells
from tests.projections.test_following import choke, running


def live_through(books: Books, told: Spells) -> list[Fact]:
    """Tell the history in spells, and follow after each in batches of its size; everything that was told."""
    history = History()
    facts = history.beginning()
    books.tell(*facts)
    for spell, batch in told:
        before = len(facts)
        for kind, fen, days in spell:
            facts += history.next(kind, fen, days, books.number + 1 + len(facts) - before)
        books.tell(*facts[before:])
        assert Follower(books.story.store, books.views, batch=batch).catch_up() == books.story.store.head()
    return facts


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(spells)
def test_rebuilt_equals_followed_and_the_sums_are_the_plain_sums_for_any_history(told: Spells) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}") as books:
        facts = live_through(books, told)
        assert books.follower.check() == []
        assert_sums_are_plain(books, facts)


def test_rebuilt_equals_followed_on_both_databases(both_books: Books) -> None:
    spell = [(kind, fen, fen % 300) for fen in (3, 1_024, 77, 9_998) for kind in KINDS]
    facts = live_through(both_books, [(spell, 1), (spell, 3), (spell[::-1], 5_000)])
    assert both_books.follower.check() == []
    assert_sums_are_plain(both_books, facts)


def assert_sums_are_plain(books: Books, facts: list[Fact]) -> None:
    """Balances, entries and decisions against the simplest fold there is."""
    sums: dict[str, int] = {}
    authorised: dict[str, int] = {}
    for fact in facts:
        for account, fen in fact.event.postings():
            sums[account] = sums.get(account, 0) + fen
        for limit, fen in fact.event.limits().items():
            authorised[limit] = authorised.get(limit, 0) + fen
    shown = balances.of(books.views, WUTONGLI)
    assert {account.account: account.fen for account in shown.accounts} == sums
    assert sum(account.fen for account in shown.accounts) == 0
    assert balances.of(books.views, WUTONGLI, known_at=books.number) == shown
    assert balances.of(books.views, WUTONGLI, as_of=date(2199, 12, 31)) == shown
    for fund in shown.funds:
        assert fund.available_fen == authorised[f"available/{fund.fund}"]
        newest = entries.page(books.views, WUTONGLI, fund=fund.fund, limit=1, newest_first=True)
        assert newest[0].balance_fen == fund.balance_fen == sums[f"bank/{fund.fund}"]
    for decision in decisions.page(books.views, WUTONGLI, limit=1_000):
        assert decision.remaining_fen == authorised.get(f"remaining/{decision.decision}", 0)


# -- check -------------------------------------------------------------------------------------------------


def test_check_names_a_row_that_was_changed(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    with both_books.shown().writing() as connection:
        table = _tables(both_books, "entries")["entry"]
        connection.execute(table.update().values(fen=99))
    found = both_books.follower.check()
    assert {(one.view, one.table, one.found_in) for one in found} == {
        ("entries", "entry", "live"),
        ("entries", "entry", "fresh"),
    }
    assert [one.row[table.columns.keys().index("fen")] for one in found] == [99, 1_00]


def test_check_names_a_row_that_is_missing_and_one_too_many(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    with both_books.shown().writing() as connection:
        connection.execute(_tables(both_books, "entries")["running"].delete())
        connection.execute(_tables(both_books, "debriefs")["name"].insert().values(id=1, word="extra"))
    assert [(one.view, one.table, one.found_in) for one in both_books.follower.check()] == [
        ("entries", "running", "fresh"),
        ("debriefs", "name", "live"),
    ]
    assert both_books.follower.check(["journal"]) == []


def test_check_names_an_event_that_a_fresh_view_cannot_take_in(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    head = books.story.store.head()
    choke(books.shown(), "entries", head)
    reason = f"ZeroDivisionError: poisoned at {head}"
    assert books.follower.check() == [Difference("entries", "", "live", (head, reason))]


def test_check_leaves_nothing_behind(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    before = _names_of_tables(both_books)
    both_books.follower.check()
    assert _names_of_tables(both_books) == before
    assert {state.number for state in both_books.views.states()} == {1}


def test_check_works_while_the_follower_runs_and_people_write(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    with running(books.follower), writing_on(books):
        other = Follower(books.story.store, books.views)
        assert [other.check() for _ in range(3)] == [[], [], []]


# -- rebuild -----------------------------------------------------------------------------------------------


def test_a_rebuild_switches_to_new_tables_and_drops_the_old(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    tables = len(_names_of_tables(both_books))
    assert both_books.follower.rebuild() == both_books.story.store.head()
    assert {state.number for state in both_books.views.states()} == {2}
    assert len(_names_of_tables(both_books)) == tables
    assert len(entries.page(both_books.views, WUTONGLI)) == 1


def test_a_rebuild_mends_what_was_broken(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    with both_books.shown().writing() as connection:
        connection.execute(_tables(both_books, "entries")["entry"].delete())
    both_books.follower.rebuild(["entries"])
    assert both_books.follower.check() == []
    assert {state.view: state.number for state in both_books.views.states()}["journal"] == 1


def test_following_goes_on_in_the_new_tables(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    both_books.shown()
    Follower(both_books.story.store, both_books.views).rebuild()
    both_books.tell(deposit_recorded("working", fen=5))
    assert [row.balance_fen for row in entries.page(both_books.shown(), WUTONGLI)] == [1_00, 1_05]
    assert both_books.follower.check() == []


def test_a_rebuild_while_the_follower_runs_loses_nothing(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    other = open_views(both_books.url)
    with running(both_books.follower), writing_on(both_books):
        for _ in range(3):
            Follower(both_books.story.store, other).rebuild()
            assert entries.page(both_books.views, WUTONGLI, limit=1)[0].balance_fen == 1_00
    both_books.shown()
    assert both_books.follower.check() == []
    other.close()


def test_a_view_that_cannot_be_built_keeps_its_old_tables_and_the_others_are_switched(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    choke(books.shown(), "entries", books.story.store.head())
    with pytest.raises(ViewFailed, match="view=entries"):
        books.follower.rebuild()
    numbers = {state.view: state.number for state in books.views.states()}
    assert (numbers["entries"], numbers["journal"]) == (1, 2)
    assert len(entries.page(books.views, WUTONGLI)) == 1


def test_what_a_rebuild_that_was_cut_short_left_behind_is_dropped_by_the_next(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00))
    before = len(_names_of_tables(both_books))
    with both_books.shown().writing() as connection:
        both_books.views.generations.create(connection, "entries")
    assert len(_names_of_tables(both_books)) > before
    both_books.follower.rebuild(["journal"])
    assert len(_names_of_tables(both_books)) == before


def _tables(books: Books, view: str) -> Any:
    state = next(state for state in books.views.states() if state.view == view)
    return books.views.generations.tables(state)


def _names_of_tables(books: Books) -> set[str]:
    with books.views.writing() as connection:
        return set(inspect(connection).get_table_names(books.views.generations.schema))


@contextmanager
def writing_on(books: Books) -> Iterator[None]:
    """Somebody goes on recording deposits."""
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.002):
            books.tell(deposit_recorded("working", fen=1))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
