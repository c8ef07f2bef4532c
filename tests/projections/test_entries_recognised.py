"""What was in suspense stands in the books as what it was, from the day it came; its old name is kept."""

from datetime import date

import pytest

from projections import arrears, entries, revenue_statements
from projections.entries import CategoryTotal, Totals
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    committee_decided,
    deposit_recorded,
    entry_reversed,
    fund_opened,
)
from tests.ledger.revenue_words import ADVERTS, DOOR_12, contract_registered
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books

MARCH = date(2026, 3, 1), date(2026, 3, 31)
YEAR = NEW_YEAR, date(2026, 12, 31)
PARKING_UNEXPLAINED = suspense_seen("public-revenue", fen=600_00)  # on 20 March


def recognised(number: int, *, on: date = TODAY, head: int = 1, contract: str | None = None) -> Fact:
    return entry_classified(
        number, "public-revenue", fen=600_00, became="revenue", account=f"income/{head}", head=head,
        contract=contract, on=on,
    )  # fmt: skip


def sums(books: Books, start: date, end: date, **then: object) -> dict[str, int]:
    found = entries.by_category(books.shown(), WUTONGLI, "public-revenue", start, end, **then)  # type: ignore[arg-type]
    return {one.category: one.fen for one in found}


def row_of(books: Books, number: int) -> tuple[str, int | None]:
    row = entries.one(books.shown(), WUTONGLI, number)
    assert row is not None
    return row.category, row.classified_by


def test_money_nobody_could_explain_shows_what_it_was_and_which_record_says_so(both_books: Books) -> None:
    number = both_books.tell(fund_opened("public-revenue", fen=100_00), PARKING_UNEXPLAINED)
    assert row_of(both_books, number) == ("suspense", None)
    assert sums(both_books, *MARCH) == {"suspense": 600_00}
    by = both_books.tell(recognised(number))
    assert row_of(both_books, number) == ("income/1", by)
    assert sums(both_books, *MARCH) == {"income/1": 600_00}  # in the month it came, not the one it was known
    assert sums(both_books, date(2026, 11, 1), date(2026, 11, 30)) == {}
    assert entries.totals(both_books.views, WUTONGLI, "public-revenue", *MARCH) == Totals(
        100_00, 600_00, 0, 700_00
    )
    assert entries.count(both_books.views, WUTONGLI) == 2
    row = entries.one(both_books.views, WUTONGLI, number)
    assert row is not None
    assert row.kind == "suspense-entry.recorded"


def test_taken_back_it_is_unexplained_again_and_can_be_recognised_otherwise(both_books: Books) -> None:
    number = both_books.tell(fund_opened("public-revenue", fen=100_00), PARKING_UNEXPLAINED)
    wrong = recognised(number)
    by = both_books.tell(wrong)
    both_books.shown()
    undone = both_books.tell(entry_reversed(by, wrong, reason="认错了"))
    assert row_of(both_books, number) == ("suspense", None)
    assert sums(both_books, *YEAR) == {"opening": 100_00, "suspense": 600_00}
    again = both_books.tell(recognised(number, head=3))
    assert row_of(both_books, number) == ("income/3", again)
    assert sums(both_books, *YEAR) == {"opening": 100_00, "income/3": 600_00}
    stood = {
        known: entries.page(both_books.views, WUTONGLI, known_at=known)[1].category
        for known in (number, by, undone, again)
    }
    assert stood == {number: "suspense", by: "income/1", undone: "suspense", again: "income/3"}
    by_march = {known: sums(both_books, *MARCH, known_at=known) for known in stood}
    assert by_march == {known: {category: 600_00} for known, category in stood.items()}


def test_all_in_one_batch_is_the_same(books: Books) -> None:
    number = books.tell(fund_opened("public-revenue", fen=100_00), PARKING_UNEXPLAINED)
    wrong = recognised(number)
    books.tell(wrong, entry_reversed(number + 1, wrong, reason="认错了"), recognised(number, head=3))
    assert row_of(books, number) == ("income/3", number + 3)
    assert sums(books, *YEAR) == {"opening": 100_00, "income/3": 600_00}


def test_as_of_a_day_before_it_was_recognised_it_is_unexplained(both_books: Books) -> None:
    number = both_books.tell(fund_opened("public-revenue", fen=100_00), PARKING_UNEXPLAINED)
    wrong = recognised(number, on=SUMMER)
    by = both_books.tell(wrong)
    both_books.tell(entry_reversed(by, wrong, reason="认错了")._replace(on=TODAY))
    stood = {
        day: entries.page(both_books.shown(), WUTONGLI, as_of=day)[1].classified_by
        for day in (SPRING, date(2026, 6, 29), SUMMER, date(2026, 11, 19), TODAY)
    }
    assert list(stood.values()) == [None, None, by, by, None]
    assert [list(sums(both_books, *MARCH, as_of=day)) for day in stood] == [
        ["suspense"],
        ["suspense"],
        ["income/1"],
        ["income/1"],
        ["suspense"],
    ]


@pytest.mark.parametrize(
    ("fund", "direction", "of", "account", "category"),
    [
        ("maintenance", "in", {"became": "deposit"}, "fund/maintenance/whole", "deposit"),
        ("working", "in", {"became": "interest"}, "fund/working/whole", "interest"),
        (
            "public-revenue",
            "in",
            {"became": "revenue", "head": 2, "scope": DOOR_12},
            "income/2/door-12",
            None,
        ),
        ("public-revenue", "out", {"became": "cost", "cost": "tax"}, "cost/tax", None),
        ("public-revenue", "out", {"became": "payment", "use": "upkeep"}, "use/public-revenue/upkeep", None),
        ("maintenance", "out", {"became": "payment"}, "fund/maintenance/whole", "payment"),
        ("working", "out", {"became": "payment", "use": "office"}, "use/working/office", "payment"),
    ],
)
def test_it_is_called_as_if_it_had_been_recorded_so_at_once(
    books: Books, fund: str, direction: str, of: dict[str, object], account: str, category: str | None
) -> None:
    seen = suspense_seen(fund, fen=600_00, direction=direction)  # type: ignore[arg-type]
    number = books.tell(fund_opened(fund, fen=900_00), seen)  # type: ignore[arg-type]
    books.tell(entry_classified(number, fund, fen=600_00, account=account, direction=direction, **of))  # type: ignore[arg-type]
    assert row_of(books, number)[0] == (category or account)
    fen = 600_00 if direction == "in" else -600_00
    assert entries.by_category(books.views, WUTONGLI, fund, *MARCH) == [
        CategoryTotal(category or account, fen)
    ]


def test_a_payment_recognised_names_the_decision_it_rests_on(books: Books) -> None:
    number = books.tell(
        fund_opened("working", fen=900_00),
        committee_decided("printer", authorises=700_00),
        suspense_seen("working", fen=600_00, direction="out"),
    )
    of = {"became": "payment", "decision": "printer", "charged_fen": 600_00, "direction": "out"}
    seen = entry_classified(number, "working", fen=600_00, account="use/working", **of)  # type: ignore[arg-type]
    by = books.tell(seen)
    row, before = (entries.page(books.shown(), WUTONGLI, known_at=known)[1] for known in (by, by - 1))
    assert (row.decision, before.decision) == ("printer", None)
    books.tell(entry_reversed(by, seen, reason="认错了"))
    (_, after) = entries.page(books.shown(), WUTONGLI)
    assert after.decision is None


def test_rent_recognised_late_was_received_on_the_day_it_came(both_books: Books) -> None:
    both_books.tell(fund_opened("public-revenue", fen=0))
    both_books.tell(contract_registered("lockers", (SPRING, 600_00), head=ADVERTS))
    number = both_books.tell(PARKING_UNEXPLAINED)
    wrong = recognised(number, head=ADVERTS, contract="lockers")
    by = both_books.tell(wrong)

    def line(on: date, known_at: int | None = None) -> tuple[str, int, date | None]:
        row = arrears.one(both_books.shown(), WUTONGLI, "lockers", on, known_at)
        assert row is not None
        return row.lines[0].status, row.lines[0].days, row.lines[0].settled_on

    assert line(TODAY) == ("received", 0, SPRING)
    # as in all books as of a day: what is dated later had not happened, and that it was rent is said today
    assert line(SUMMER) == ("missing", (SUMMER - SPRING).days, None)
    assert line(SUMMER, known_at=by - 1) == ("missing", (SUMMER - SPRING).days, None)
    both_books.tell(entry_reversed(by, wrong, reason="认错了"))
    assert line(TODAY) == ("missing", (TODAY - SPRING).days, None)


def test_it_counts_in_the_quarter_it_came(both_books: Books) -> None:
    number = both_books.tell(fund_opened("public-revenue", fen=0), PARKING_UNEXPLAINED)
    both_books.tell(recognised(number))
    net = {
        quarter: revenue_statements.of(both_books.shown(), WUTONGLI, quarter).by_scope["whole"].net_fen
        for quarter in ("2026-q1", "2026-q4")
    }
    assert net == {"2026-q1": 600_00, "2026-q4": 0}


def test_a_deposit_beside_it_stays_what_it_was(books: Books) -> None:
    number = books.tell(fund_opened("public-revenue", fen=0), PARKING_UNEXPLAINED)
    books.tell(deposit_recorded("public-revenue", fen=5_00, on=SPRING), recognised(number))
    assert sums(books, *MARCH) == {"deposit": 5_00, "income/1": 600_00}
