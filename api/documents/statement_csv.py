"""A statement as CSV for people (RFC 4180): opens in a spreadsheet in Chinese, and runs nothing there."""

import csv
import io
from collections.abc import Iterator, Sequence

from api.documents.notice import Issued
from api.documents.statement_readme import README, about, readme
from api.documents.statement_words import Shown, StatementWords, in_words
from api.formulas import guarded
from api.languages import phrase
from ledger.rules.tables import ColumnType
from projections.statements.statement import Statement

BYTE_ORDER_MARK = "\ufeff"  # without it Excel in China reads UTF-8 as GBK


def statement_csv(statement: Statement, issued: Issued | None = None, language: str = "zh") -> bytes:
    """The sections one below the other, with their sums; then what every column means. Amounts in yuan."""
    said = in_words(statement, language)
    rows = list(_rows(said, statement, issued))
    widest, written = max(map(len, rows)), io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([*row, *[""] * (widest - len(row))])  # RFC 4180 2.4: as many fields in every line
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def _rows(said: StatementWords, statement: Statement, issued: Issued | None) -> Iterator[Sequence[str]]:
    yield (guarded(f"{said.community} {said.period} {said.title}"),)
    for line in about(said, statement, issued):
        yield [guarded(text) for text in line]
    yield ()
    for figure in (*said.sum, *said.figures):
        yield guarded(figure.title), _field(figure.shown, figure.type)
    for section in said.sections:
        yield ()
        yield (guarded(section.title),)
        yield [guarded(column.title) for column in section.columns]
        for row in (*section.rows, *([section.sums] if section.sums else [])):
            yield [_field(cell, column.type) for cell, column in zip(row, section.columns, strict=True)]
    yield ()
    yield (phrase(said.language, "notice.readme"),)
    yield README
    for meaning in readme(statement):
        yield [guarded(text) for text in meaning]


def _field(cell: Shown, kind: ColumnType) -> str:
    """Figures and days as programs read them, too; whatever somebody wrote, so that it stays text."""
    if isinstance(cell.value, bool) or cell.value is None or kind not in ("fen", "number", "date"):
        return guarded(cell.text)
    if kind == "fen" and isinstance(cell.value, int):
        return f"{'-' if cell.value < 0 else ''}{abs(cell.value) // 100}.{abs(cell.value) % 100:02d}"
    return str(cell.value)
