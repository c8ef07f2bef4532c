"""What rules cost: a payment decided on a fund with a long history, costs apportioned over many units."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from ledger.actions.fund import RecordFundDeposit
from ledger.asked import Asked
from ledger.ledger import GovernanceLedger
from ledger.money.apportionment import apportion
from tests.benchmarks import books
from tests.benchmarks.measuring import Figure, Sample, Size, alternating, milliseconds, say, timed_each
from tests.benchmarks.writing import opened

UNITS = 5_000
APPORTION_MS_MAX = 50.0
SHORT_FUND = 100


@contextmanager
def fund_with(entries: int) -> Iterator[GovernanceLedger]:
    """Books whose working fund was paid into that many times."""
    deposit = RecordFundDeposit(fund="working", amount_fen=1_280_00, received_on=books.BEGAN_ON)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as ledger:
        books.open_books(ledger)
        deposits = (Asked(books.LEDGER, deposit, "wang-treasurer", books.BEGAN_ON) for _ in range(entries))
        for chunk in books.in_chunks(deposits, entries):
            ledger.record_all(chunk)
        yield ledger


def payment(size: Size) -> Figure:
    """Deciding and recording a payment request on a long fund over the same on a short one."""
    numbers = count()

    def decided(ledger: GovernanceLedger) -> Sample:
        return timed_each(ledger.record, books.requests(size.times, next(numbers) * size.times))

    with fund_with(min(size.rows, SHORT_FUND)) as short, fund_with(size.rows) as long:
        say(f"  funds with {SHORT_FUND} and {size.rows:,} entries are there")
        for ledger in (short, long):
            decided(ledger)  # the fund is folded once, when it is first needed
        samples = alternating(size.rounds, short=lambda: decided(short), long=lambda: decided(long))
    ours, floor = (milliseconds(samples[name], 50) for name in ("long", "short"))
    return Figure(
        name="payment",
        title=f"a payment decided on a fund with {size.rows:,} entries, over one with {SHORT_FUND}",
        unit="ms",
        ours=ours,
        floor=floor,
        ratio=ours / floor,
        target="≤ 1.5",
        met=ours / floor <= 1.5,
    )


def apportionment(size: Size) -> Figure:
    """31,415.93 yuan over 5,000 units by floor area, over the bare multiplication that loses fen."""
    areas = {f"{unit // 100}-{unit % 100:02}": 4_000 + unit * 7919 % 9_973 for unit in range(UNITS)}
    total, fen = sum(areas.values()), 31_415_93

    def bare(_: int) -> list[int]:
        return [fen * area // total for area in areas.values()]

    samples = alternating(
        size.rounds,
        ours=lambda: timed_each(lambda _: apportion(fen, areas), range(size.times)),
        bare=lambda: timed_each(bare, range(size.times)),
    )
    ours, floor = (milliseconds(samples[name], 50) for name in ("ours", "bare"))
    return Figure(
        name="apportionment",
        title=f"costs apportioned over {UNITS:,} units, no fen lost, over bare division that loses some",
        unit="ms",
        ours=ours,
        floor=floor,
        ratio=ours / floor,
        target=f"≤ {APPORTION_MS_MAX:.0f} ms",
        met=ours <= APPORTION_MS_MAX,
    )
