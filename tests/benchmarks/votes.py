"""Closing a vote by ballots: a roster of 5,000 units, every ballot opened, counted, judged and recorded."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from ledger.actions.ballot import CastBallot
from ledger.actions.community import RegisterBuilding, RegisterUnits, UnitEntry
from ledger.actions.vote import OpenVote
from ledger.actions.vote_result import CloseVote
from ledger.asked import Asked
from ledger.commands import Command
from ledger.ledger import GovernanceLedger
from ledger.rules.counting import CHOICES
from tests.benchmarks import books
from tests.benchmarks.measuring import Figure, Size
from tests.benchmarks.writing import opened

UNITS_MAX = 5_000
SECONDS_MAX = 2.0
UNITS_AT_ONCE = 200
BALLOTS_AT_ONCE = 50
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 15), date(2026, 5, 15)


def closing(size: Size) -> Figure:
    """Seconds to close, its append with it, in a process that knows nothing yet; and in one that does."""
    units = min(UNITS_MAX, size.rows // 20)
    with tempfile.TemporaryDirectory() as name:
        ready = Path(name) / "ready"
        ready.mkdir()
        with opened(ready) as ledger:
            _vote(ledger, units)
        cold = [_seconds(ready, warm=False) for _ in range(size.rounds)]
        warm = [_seconds(ready, warm=True) for _ in range(size.rounds)]
    ours = median(cold)
    return Figure(
        name="vote",
        title=f"closing a vote of {units:,} units, its append with it",
        unit="s",
        ours=ours,
        floor=None,
        ratio=None,
        target=f"≤ {SECONDS_MAX} s",
        met=ours <= SECONDS_MAX,
        more={"warm_s": median(warm)},
    )


def _seconds(ready: Path, *, warm: bool) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "books"
        shutil.copytree(ready, folder)
        with opened(folder) as ledger:
            asked = Asked(books.LEDGER, CloseVote(decision="lift"), "wang-chair", MAY)
            if warm:
                ledger.record(asked, dry_run=True)
            began = perf_counter()
            ledger.record(asked, "close")
            return perf_counter() - began


def _vote(ledger: GovernanceLedger, units: int) -> None:
    """Units of ten buildings, every tenth owner with two of them; all vote."""
    books.open_books(ledger)
    for command in _register(units):
        ledger.record(Asked(books.LEDGER, command, "wang-secretary", MARCH))
    question = OpenVote(
        decision="lift",
        title="电梯大修",
        matter=5,
        opens_on=APRIL,
        closes_on=MAY,
        reported_to_party_on=MARCH,
        notice_on=MARCH,
        notified=("housing-office", "neighbourhood"),
    )
    ledger.record(Asked(books.LEDGER, question, "wang-secretary", APRIL))
    ballots = [_ballot(number) for number in range(units)]
    for start in range(0, units, BALLOTS_AT_ONCE):
        some = ballots[start : start + BALLOTS_AT_ONCE]
        ledger.record_all([Asked(books.LEDGER, one, "wang-secretary", APRIL) for one in some])


def _register(units: int) -> Iterator[Command]:
    for building in range(10):
        yield RegisterBuilding(building=f"b{building}", title=f"{building}号楼")
    entries = [
        UnitEntry(
            unit=f"u-{number}",
            building=f"b{number % 10}",
            floor_area="120.00",
            exclusive_area=f"{80 + number % 40}.{number % 100:02d}",
            area_basis="registered",
            owner_ref=f"登记簿第{number - number % 10 // 9}号",
        )
        for number in range(units)
    ]
    for start in range(0, units, UNITS_AT_ONCE):
        yield RegisterUnits(units=tuple(entries[start : start + UNITS_AT_ONCE]))


def _ballot(number: int) -> CastBallot:
    choice = CHOICES[0] if number % 3 else CHOICES[number // 3 % len(CHOICES)]
    return CastBallot(decision="lift", unit=f"u-{number}", choice=choice, channel="paper", cast_on=APRIL)
