"""Sums of entries over any period are right, and of a long past cost no more than of a short one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.fields import FIRST_DAY, LAST_DAY
from projections import entries
from projections.entries import Totals
from projections.entry_sums import Period, sums
from projections.snapshot import Snapshot
from tests.ledger.happened import deposit_recorded, fund_opened, interest_recorded
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books, opened

DAYS = [
    date(year, month, day)
    for year in (2021, 2022, 2024)
    for month, day in ((1, 1), (1, 31), (2, 1), (6, 15), (11, 30), (12, 1), (12, 31))
]
EDGES = [
    FIRST_DAY, date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2), date(2021, 12, 31), date(2022, 1, 1),
    date(2022, 6, 15), date(2022, 12, 31), date(2024, 1, 31), date(2024, 2, 1), date(2024, 12, 31), LAST_DAY,
]  # fmt: skip


@pytest.fixture(scope="module")
def three_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Entries on the edges of months and years; every amount is in a place of its own."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('years')}") as books:
        facts = [deposit_recorded("working", fen=2**place, on=day) for place, day in enumerate(DAYS)]
        books.tell(*facts)
        books.shown()
        yield books


@pytest.mark.parametrize("start", [None, *EDGES])
def test_any_period_holds_what_lies_in_it(three_years: Books, start: date | None) -> None:
    with three_years.views.snapshot() as snapshot:
        for end in (None, *EDGES):
            if start is not None and end is not None and end < start:
                continue
            found = sums(snapshot, Period(WUTONGLI, "working", start, end))
            inside = [
                place
                for place, day in enumerate(DAYS)
                if (start is None or start <= day) and (end is None or day <= end)
            ]
            assert sum(row.in_fen for row in found) == sum(2**place for place in inside)
            assert sum(row.entries for row in found) == len(inside)
            assert sum(row.out_fen for row in found) == 0


def test_nothing_lies_before_the_first_day_of_all(three_years: Books) -> None:
    totals = entries.totals(three_years.views, WUTONGLI, "working", FIRST_DAY, LAST_DAY)
    assert totals == Totals(0, 2 ** len(DAYS) - 1, 0, 2 ** len(DAYS) - 1)


# -- what it costs -------------------------------------------------------------------------------------------


@contextmanager
def years_of_entries(folder: Path, years: int) -> Iterator[Books]:
    """Two entries in each month of so many years, the last of them 2025."""
    with opened(f"sqlite:///{folder / str(years)}") as books:
        months = [date(year, month, 9) for year in range(2026 - years, 2026) for month in range(1, 13)]
        books.tell(
            fund_opened("working", fen=100_00),
            *(deposit_recorded("working", fen=1_00, on=day) for day in months),
            *(interest_recorded("working", fen=3, on=day) for day in months),
        )
        books.shown()
        yield books


def steps_of(books: Books, ask: Callable[[Snapshot], Any]) -> int:
    """How many steps SQLite's machine takes to answer: the same on any computer."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    with books.views.snapshot() as snapshot:
        ask(snapshot)  # the words of the view are known now
        machine: Any = snapshot._connection.connection.driver_connection
        machine.set_progress_handler(step, 1)
        ask(snapshot)
        machine.set_progress_handler(None, 1)
    return taken


ASKED: dict[str, Callable[[Snapshot], Any]] = {
    "everything": lambda shown: entries.totals(shown, WUTONGLI, "working", FIRST_DAY, LAST_DAY),
    "everything by category": lambda shown: entries.by_category(
        shown, WUTONGLI, "working", FIRST_DAY, LAST_DAY
    ),
    "how many": lambda shown: entries.count(shown, WUTONGLI),
    "the last year": lambda shown: entries.totals(
        shown, WUTONGLI, "working", date(2025, 1, 1), date(2025, 12, 31)
    ),
    "the last month": lambda shown: entries.totals(
        shown, WUTONGLI, "working", date(2025, 12, 1), date(2025, 12, 31)
    ),
}


def test_thirty_years_cost_no_more_than_one(tmp_path: Path) -> None:
    cost: dict[int, dict[str, int]] = {}
    for years in (1, 30):
        with years_of_entries(tmp_path, years) as books:
            cost[years] = {name: steps_of(books, ask) for name, ask in ASKED.items()}
    assert cost[30] == cost[1]
    assert max(cost[30].values()) < 2_000
