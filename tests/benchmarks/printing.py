"""What a paper costs: a notice of 200 rows, put into words, laid out and printed."""

from itertools import count

import msgspec

from api.documents.notice import notice_pdf
from projections.statements.statement import Statement
from tests.api.documents.papers import ISSUED, revenue
from tests.benchmarks.measuring import Figure, Size, alternating, milliseconds, timed_each

ROWS = 200
NOTICE_MS_MAX = 500.0
TIMES_MAX = 20


def notice(size: Size) -> Figure:
    """A notice of 200 rows over one of a single row: what the paper itself costs."""
    times = min(size.times, TIMES_MAX)

    def printed(statement: Statement) -> object:
        return notice_pdf(statement, ISSUED)

    numbers = count()
    samples = alternating(
        size.rounds,
        ours=lambda: timed_each(printed, [_another(ROWS, next(numbers)) for _ in range(times)]),
        floor=lambda: timed_each(printed, [_another(1, next(numbers)) for _ in range(times)]),
    )
    ours, floor = milliseconds(samples["ours"], 50), milliseconds(samples["floor"], 50)
    return Figure(
        name="notice",
        title=f"a notice of {ROWS} rows as PDF, over one of a single row",
        unit="ms",
        ours=ours,
        floor=floor,
        ratio=ours / floor,
        target=f"≤ {NOTICE_MS_MAX:.0f} ms",
        met=ours <= NOTICE_MS_MAX,
        more={"p99_ms": milliseconds(samples["ours"], 99)},
    )


def _another(rows: int, number: int) -> Statement:
    """Like no other: Typst remembers what it has laid out."""
    statement = revenue(rows)
    sections = []
    for section in statement.sections:
        lines = (
            {name: f"{cell} {number}" if name == "text" else cell for name, cell in row.cells.items()}
            for row in section.rows
        )
        shown = tuple(
            msgspec.structs.replace(row, cells=cells) for row, cells in zip(section.rows, lines, strict=True)
        )
        sections.append(msgspec.structs.replace(section, rows=shown))
    return msgspec.structs.replace(statement, sections=tuple(sections))
