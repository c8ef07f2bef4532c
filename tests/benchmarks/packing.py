"""P12, the audit pack of ten thousand events: how long it takes, and that more takes no more memory."""

import tempfile
import tracemalloc
from pathlib import Path
from statistics import median

from api.documents.audit_pack import Source, write_pack
from api.services import Services
from tests.benchmarks import books
from tests.benchmarks.following import filled
from tests.benchmarks.measuring import Figure, Sample, Size, median_rate, timed

SECONDS_MAX = 10.0
MEMORY_RATIO_MAX = 1.25  # of twice the book over the book; reading goes in batches


def audit_pack(size: Size) -> Figure:
    """The pack of a book, beside the memory of one of twice the size."""
    with tempfile.TemporaryDirectory() as folder:
        services = filled(f"sqlite:///{folder}/books", size.small)
        samples = [_packed(services, Path(folder) / f"{number}.zip") for number in range(size.rounds)]
        peak = _peak_bytes(services, Path(folder) / "small.zip")
        services.close()
        twice = filled(f"sqlite:///{folder}/twice", 2 * size.small)
        peak_of_twice = _peak_bytes(twice, Path(folder) / "large.zip")
        twice.close()
    seconds = median(sample.seconds for sample in samples)
    growth = peak_of_twice / peak
    return Figure(
        name="P12-pack",
        title=f"audit pack of {size.small:,} events",
        unit="s",
        ours=seconds,
        floor=None,
        ratio=None,
        target=f"≤ {SECONDS_MAX:.0f} s, constant memory",
        met=seconds <= SECONDS_MAX and growth <= MEMORY_RATIO_MAX,
        more={
            "events_per_s": median_rate(samples),
            "peak_mb": peak / 1e6,
            "peak_of_twice_mb": peak_of_twice / 1e6,
        },
    )


def _packed(services: Services, to: Path) -> Sample:
    return timed(services.store.length(books.LEDGER), lambda: _write(services, to))


def _write(services: Services, to: Path) -> None:
    source = Source(services.store, services.vault, services.files, services.composer)
    write_pack(source, books.LEDGER, "public", to)


def _peak_bytes(services: Services, to: Path) -> int:
    tracemalloc.start()
    try:
        _write(services, to)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
