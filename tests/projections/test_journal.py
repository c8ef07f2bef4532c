"""Every event, one row."""

from ledger.actions.community import OpenLedger
from ledger.asked import Asked
from projections import journal, ledgers
from tests.ledger.happened import deposit_recorded, fund_opened
from tests.ledger.story import COMMAND_LINE, TODAY, WUTONGLI
from tests.projections.books import Books


def test_every_event_has_its_row(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=2_00))
    rows = journal.page(both_books.shown(), limit=1_000)
    assert [row.position for row in rows] == list(range(1, both_books.story.store.head() + 1))
    assert rows[-1] == journal.JournalRow(
        ledger=WUTONGLI,
        number=both_books.number,
        position=both_books.story.store.head(),
        kind="fund-deposit.recorded",
        occurred_on=rows[-1].occurred_on,
        recorded_at=rows[-1].recorded_at,
        role="treasurer",
    )
    assert rows[-1].occurred_on.isoformat() == "2026-03-20"


def test_the_newest_come_first_when_asked(books: Books) -> None:
    books.tell(fund_opened("working", fen=1_00))
    rows = journal.page(books.shown(), ledger=WUTONGLI, limit=2, newest_first=True)
    assert [row.number for row in rows] == [books.number, books.number - 1]
    rows = journal.page(books.views, ledger=WUTONGLI, after=rows[-1].number, limit=1, newest_first=True)
    assert [row.number for row in rows] == [books.number - 2]


def test_one_kind_can_be_picked(both_books: Books) -> None:
    both_books.tell(fund_opened("working", fen=1_00), deposit_recorded("working", fen=2_00))
    shown = both_books.shown()
    assert [row.number for row in journal.page(shown, kind="fund.opened")] == [both_books.number - 1]
    assert journal.page(shown, ledger=WUTONGLI, kind="no-such.kind") == []


def test_a_ledger_shows_only_its_own(books: Books) -> None:
    books.story.begin("jinqi-road")
    shown = books.shown()
    assert {row.ledger for row in journal.page(shown, ledger="jinqi-road")} == {"jinqi-road"}
    assert journal.page(shown, ledger="nowhere") == []


def test_a_page_after_minus_one_is_the_first(books: Books) -> None:
    assert journal.page(books.shown(), ledger=WUTONGLI, after=-1, limit=1)[0].number == 0


def test_ledgers_come_in_order_of_opening_with_how_far_they_are(both_books: Books) -> None:
    both_books.story.begin("jinqi-road")
    both_books.tell(fund_opened("working", fen=1_00))
    shown = both_books.shown()
    first, second = ledgers.all(shown)
    assert (first.ledger, first.kind, first.name, first.parent) == (WUTONGLI, "community", "梧桐里", None)
    assert (first.events, first.position) == (both_books.number + 1, both_books.story.store.head())
    assert second.ledger == "jinqi-road"
    assert second.events == both_books.story.store.length("jinqi-road")
    assert ledgers.one(shown, "jinqi-road") == second
    assert ledgers.one(shown, "nowhere") is None


def test_a_ledger_knows_those_opened_under_it(both_books: Books) -> None:
    opening = OpenLedger(of="community", title="三林苑", parent=WUTONGLI)
    both_books.story.ledger.record(Asked("sanlin", opening, "the-operator", TODAY, COMMAND_LINE))
    shown = both_books.shown()
    assert ledgers.children(shown, WUTONGLI) == [ledgers.one(shown, "sanlin")]
    assert ledgers.children(shown, "sanlin") == []
