"""Flat cost (P9): the same work on a history of a million events and on one of ten thousand, side by side."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

from flask.testing import FlaskClient

from api import create_app
from api.services import EXTENSION, Services
from api.settings import Settings
from projections import balances, entries
from tests.benchmarks import books
from tests.benchmarks.following import filled, followed
from tests.benchmarks.measuring import Figure, Sample, Size, alternating, milliseconds, say

QUARTER = {
    "start": date(1996, 7, 1),
    "end": date(1996, 9, 30),
}  # as long in the short history as in the long one


class Installation:
    """Books of one length, with what is timed on them."""

    def __init__(self, folder: Path, events: int) -> None:
        url = f"sqlite:///{folder}"
        began = time.monotonic()
        services = filled(url, events)
        recorded = time.monotonic()
        followed(services)
        services.close()
        done = time.monotonic()
        say(f"  {events:,} events: recorded in {recorded - began:.0f} s, followed in {done - recorded:.0f} s")
        self.app = create_app(Settings(database_url=url, secret_key="not-a-secret-" * 4))
        self.services: Services = self.app.extensions[EXTENSION]
        self.services.follow = lambda: None  # type: ignore[method-assign]  what is timed here is not shared with a follower
        self.reader: FlaskClient = self.app.test_client()
        self._numbers = count(10_000_000)
        began = time.monotonic()
        self.append(0)
        self.first_append_seconds = time.monotonic() - began

    def append(self, _: int) -> None:
        """A payment request, all checks, one commit."""
        number = next(self._numbers)
        (asked,) = books.requests(1, number)
        self.services.ledger.record(asked, f"key-{number}")

    def follow(self, _: int) -> None:
        """What is new, in every view."""
        self.services.follower.catch_up()

    def append_and_follow(self, number: int) -> None:
        """One more event in every view, so that no page is as it was."""
        self.append(number)
        self.follow(number)

    def page(self, _: int) -> None:
        """The public page of all entries, rendered: it changed since it was last asked for."""
        answer = self.reader.get(f"/c/{books.LEDGER}/entries")
        if answer.status_code != 200:
            raise RuntimeError(answer.status)

    def balance(self, _: int) -> None:
        """What every fund and account holds."""
        balances.of(self.services.views, books.LEDGER)

    def quarter(self, _: int) -> None:
        """The entries and the sums of a quarter of one fund."""
        found = entries.page(self.services.views, books.LEDGER, fund="working", **QUARTER)
        sums = entries.totals(self.services.views, books.LEDGER, "working", QUARTER["start"], QUARTER["end"])
        if not found or not sums.out_fen:
            raise RuntimeError("no entries in the quarter")


class Work(NamedTuple):
    """What is timed, and what is done before without being timed."""

    timed: Callable[[Installation, int], None]
    before: Callable[[Installation, int], None] = lambda _, __: None


WORK = {
    "append": Work(Installation.append),
    "follow": Work(Installation.follow, before=Installation.append),
    "page": Work(Installation.page, before=Installation.append_and_follow),
    "balance": Work(Installation.balance),
    "quarter": Work(Installation.quarter),
}


@contextmanager
def _installation(events: int) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name), events)
        yield installation
        installation.services.close()


def flat(size: Size) -> Figure:
    """P9: the largest of the ratios, and each of them."""
    with ExitStack() as stack:
        small, large = (stack.enter_context(_installation(events)) for events in (size.small, size.large))
        ratios, more = {}, {}
        for name, work in WORK.items():
            samples = alternating(
                size.rounds,
                small=_repeated(work, small, size.times),
                large=_repeated(work, large, size.times),
            )
            ratios[name] = median(
                milliseconds([one], 50) / milliseconds([other], 50)
                for one, other in zip(samples["large"], samples["small"], strict=True)
            )
            more[name] = f"{ratios[name]:.2f} ({milliseconds(samples['large'], 50):.2f} ms)"
        more["first_append_after_start_s"] = f"{large.first_append_seconds:.2f}"
    worst = max(ratios.values())
    return Figure(
        name="P9",
        title=f"append, page, balance, a quarter: {size.large:,} events over {size.small:,}",
        unit="× at most",
        ours=worst,
        floor=None,
        ratio=worst,
        target="≤ 1.2",
        met=worst <= 1.2,
        more=more,
    )


def _repeated(work: Work, on: Installation, times: int) -> Callable[[], Sample]:
    def run() -> Sample:
        latencies = []
        for number in range(times):
            work.before(on, number)
            began = time.perf_counter()
            work.timed(on, number)
            latencies.append(time.perf_counter() - began)
        return Sample(times, sum(latencies), latencies)

    return run
