"""How a figure comes about: ours and the floor in alternating rounds, medians, ratios, percentiles."""

import gc
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """One round: how many things in how many seconds, and how long each took where that was looked at."""

    count: int
    seconds: float
    latencies: Sequence[float] = ()

    @property
    def rate(self) -> float:
        """Things per second."""
        return self.count / self.seconds


class Size(NamedTuple):
    """How much work a run does."""

    rounds: int
    commands: int  # one at a time, each with its own commit
    rows: int  # imported and followed in bulk
    small: int  # events of the smaller store of P9
    large: int  # and of the larger
    seen: int  # entries looked for right after they were recorded
    times: int  # how often a read is done in a round


FULL = Size(rounds=5, commands=2_000, rows=100_000, small=10_000, large=1_000_000, seen=1_000, times=60)
QUICK = Size(rounds=3, commands=500, rows=5_000, small=10_000, large=30_000, seen=100, times=20)
SMALLEST = Size(
    rounds=1, commands=20, rows=100, small=50, large=100, seen=5, times=3
)  # for the test that this still works


class Figure(NamedTuple):
    """One line of the table. `met` is none where performance.md asks for a measurement and for no more."""

    name: str
    title: str
    unit: str
    ours: float
    floor: float | None
    ratio: float | None
    target: str
    met: bool | None
    more: Mapping[str, Any] = {}

    def as_json(self) -> str:
        """The figure as one line of JSON."""
        return json.dumps(self._asdict(), ensure_ascii=False, default=str)


def alternating(rounds: int, **subjects: Callable[[], Sample]) -> dict[str, list[Sample]]:
    """Run every subject once per round, each round in the other order: a drifting machine drifts for all."""
    samples: dict[str, list[Sample]] = {name: [] for name in subjects}
    for number in range(rounds):
        order = list(subjects) if number % 2 == 0 else list(subjects)[::-1]
        for name in order:
            gc.collect()
            samples[name].append(subjects[name]())
    return samples


def median_rate(samples: Sequence[Sample]) -> float:
    """The median of the rounds' rates."""
    return statistics.median(sample.rate for sample in samples)


def rate_ratio(ours: Sequence[Sample], floor: Sequence[Sample]) -> float:
    """The median of the ratios of the same round: rates of different rounds are never compared."""
    return statistics.median(one.rate / other.rate for one, other in zip(ours, floor, strict=True))


def milliseconds(samples: Sequence[Sample], percent: int) -> float:
    """The median over the rounds of each round's percentile, in ms."""
    return statistics.median(percentile(sample.latencies, percent) * 1_000 for sample in samples)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` % of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def timed_each(work: Callable[[Any], object], items: Sequence[Any]) -> Sample:
    """Do the work for each item and note how long each took."""
    latencies = []
    began = before = perf_counter()
    for item in items:
        work(item)
        now = perf_counter()
        latencies.append(now - before)
        before = now
    return Sample(len(items), before - began, latencies)


def timed(count: int, work: Callable[[], object]) -> Sample:
    """Do `count` things as one piece of work."""
    began = perf_counter()
    work()
    return Sample(count, perf_counter() - began)


def say(text: str) -> None:
    """Tell whoever waits what is being done; the table alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)
