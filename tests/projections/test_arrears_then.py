"""Arrears as of any day, as known at any record, are what a plain fold of the events up to then says."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import arrears
from tests.ledger.happened import NEW_YEAR, entry_reversed, revenue_recorded
from tests.ledger.revenue_words import contract_amended, contract_ended, contract_registered
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import opened

Told = tuple[int, Fact]
CONTRACTS = ("a", "b")


def plainly(told: list[Told], contract: str, on: date) -> tuple[list[tuple[Any, ...]], int] | None:
    """What the lines should be: everything told, in order, with no view in between."""
    due: dict[date, int] = {}
    last, is_on_file, undone = date.max, False, set()
    for _, fact in told:
        if fact.event.kind == "entry.reversed":
            undone.add(fact.event.number)
        if getattr(fact.event, "contract", None) != contract:
            continue
        if fact.event.kind in ("revenue-contract.registered", "revenue-contract.amended"):
            is_on_file = is_on_file or fact.event.kind == "revenue-contract.registered"
            due = {day: fen for day, fen in due.items() if day < fact.on}
            due |= {line.due_on: line.amount_fen for line in fact.event.schedule}
        if fact.event.kind == "revenue-contract.ended":
            last = fact.event.ended_on
    if not is_on_file:
        return None
    came = sorted(
        (fact.on, fact.event.gross_fen)
        for number, fact in told
        if fact.event.kind == "public-revenue.recorded"
        and fact.event.contract == contract
        and number not in undone
    )
    total, before, lines = sum(fen for _, fen in came), 0, []
    for day in sorted(day for day in due if day <= last):
        after = before + due[day]
        got = min(max(total - before, 0), due[day])
        settled = next(
            (d for i, (d, _) in enumerate(came) if sum(f for _, f in came[: i + 1]) >= after), None
        )
        if settled:
            days, status = max((settled - day).days, 0), "late" if settled > day else "received"
        else:
            days = max((on - day).days, 0)
            status = "upcoming" if on <= day else "short" if got else "missing"
        lines.append((day, due[day], got, status, days, settled))
        before = after
    return lines, max(total - before, 0)


class Telling:
    """Facts about two contracts that could have happened, each a record of its own."""

    def __init__(self) -> None:
        self.on_file: set[str] = set()
        self.ended: set[str] = set()
        self.receipts: list[tuple[int, Fact]] = []

    def next(self, kind: str, contract: str, days: int, fen: int, number: int) -> Fact | None:
        day = NEW_YEAR + timedelta(days)
        lines = [(day + timedelta(7 * step), fen + step) for step in range(fen % 4 + 1)]
        running = contract in self.on_file - self.ended
        if kind == "register" and contract not in self.on_file:
            self.on_file.add(contract)
            return contract_registered(contract, *lines, on=day)
        if kind == "amend" and running:
            return contract_amended(contract, *lines, on=day)
        if kind == "end" and running:
            self.ended.add(contract)
            return contract_ended(contract, on=day)
        if kind == "undo" and self.receipts:
            undone, fact = self.receipts.pop(fen % len(self.receipts))
            return entry_reversed(undone, fact, reason="记错")._replace(on=max(day, fact.on))
        receipt = revenue_recorded(fen=fen, contract=contract, on=day)
        self.receipts.append((number, receipt))
        return receipt


steps = st.tuples(
    st.sampled_from(("register", "register", "amend", "end", "undo", "receive", "receive")),
    st.sampled_from(CONTRACTS),
    st.integers(0, 60),
    st.integers(1, 50),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(steps, min_size=1, max_size=16), st.integers(0, 100), st.integers(0, 16))
def test_as_of_any_day_as_known_at_any_record_it_is_what_a_plain_fold_says(
    drawn: list[tuple[str, str, int, int]], days: int, known: int
) -> None:
    on = NEW_YEAR + timedelta(days)
    with TemporaryDirectory() as folder, opened(f"sqlite:///{Path(folder) / 'books'}") as books:
        told: list[Told] = []
        telling = Telling()
        for kind, contract, after, fen in drawn:
            fact = telling.next(kind, contract, after, fen, books.number + 1)
            if fact is not None:
                told.append((books.tell(fact), fact))
        known_at = told[min(known, len(told) - 1)][0]
        views = books.shown()
        for until in (None, known_at):
            counted = [
                (number, fact)
                for number, fact in told
                if fact.on <= on and (until is None or number <= until)
            ]
            for contract in CONTRACTS:
                row = arrears.one(views, WUTONGLI, contract, on, until)
                plain = plainly(counted, contract, on)
                if plain is None:
                    assert row is None
                    continue
                assert row is not None
                running = [line for line in row.lines if line.status != "lapsed"]
                assert [
                    (one.due_on, one.amount_fen, one.received_fen, one.status, one.days, one.settled_on)
                    for one in running
                ] == plain[0]
                assert row.overpaid_fen == plain[1]
            each = [arrears.one(views, WUTONGLI, contract, on, until) for contract in CONTRACTS]
            found = arrears.of(views, WUTONGLI, on, until).contracts
            assert sorted(found, key=lambda row: row.contract) == [row for row in each if row is not None]
