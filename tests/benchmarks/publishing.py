"""The log: how long after it was recorded a record is in a public checkpoint; how fast a book is signed."""

import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

from api.publishing import Places
from api.services import Services
from ledger.transparency import keys
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import parsed
from tests.benchmarks import books
from tests.benchmarks.following import filled
from tests.benchmarks.measuring import Figure, Size, percentile

SECONDS_MAX = 15.0
SECONDS_BETWEEN = 0.3
EVENTS_MAX = 200  # a minute: six rounds of the publisher
LOOK_SECONDS = 0.01


def public(size: Size) -> Figure:
    """From the receipt of an event to a checkpoint readers see, p99, beside a book that is there already."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        services = filled(f"sqlite:///{folder}/books", size.rows)
        keys.create(folder / "log.key", "bench.example/t")
        services.logs._places = Places(folder / "log", folder / "log.key")
        first = _seconds_to_publish(services)
        again = _seconds_to_publish(services)  # by one just started, which looks at every record again
        latencies = _latencies(services, size.rows, min(size.seen, EVENTS_MAX))
        services.close()
    p99 = percentile(latencies, 99)
    return Figure(
        name="log-public",
        title=f"event to public checkpoint, p99, in a book of {size.rows:,}",
        unit="s",
        ours=p99,
        floor=None,
        ratio=None,
        target=f"≤ {SECONDS_MAX:.0f} s",
        met=p99 <= SECONDS_MAX,
        more={
            "median_s": percentile(latencies, 50),
            "first_events_per_s": size.rows / first,
            "guard_events_per_s": size.rows / again,
        },
    )


def _seconds_to_publish(services: Services) -> float:
    began = time.perf_counter()
    services.logs.publisher().publish(books.LEDGER)
    return time.perf_counter() - began


def _latencies(services: Services, first: int, count: int) -> list[float]:
    stop = threading.Event()
    running = threading.Thread(target=services.publish, args=(stop,))
    running.start()
    waiting: list[tuple[int, float]] = []
    found: list[float] = []
    files = LogFolder(services.logs.folder / books.LEDGER)  # type: ignore[operator]
    asked = islice(books.years(), first, None)  # what comes after the book that is there
    due = time.perf_counter()
    try:
        while len(found) < count:
            now = time.perf_counter()
            if now >= due and len(found) + len(waiting) < count:
                receipt = services.ledger.record(next(asked), f"late-{len(found) + len(waiting)}")
                waiting.append((receipt.events[-1].number, time.perf_counter()))
                due += SECONDS_BETWEEN
            size = _shown(files)
            found += [time.perf_counter() - at for number, at in waiting if number < size]
            waiting = [one for one in waiting if one[0] >= size]
            time.sleep(LOOK_SECONDS)
    finally:
        stop.set()
        running.join()
    return found


def _shown(files: LogFolder) -> int:
    raw = files.checkpoint()
    return checkpoint_of(parsed(raw).text).size if raw else 0
