"""A statement as a workbook (XLSX): what it is, a sheet for every section, and what every column means."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from api.documents.notice import Issued
from api.documents.notice_layout import width
from api.documents.statement_readme import README, about, readme
from api.documents.statement_words import Shown, ShownColumn, ShownSection, StatementWords, in_words
from api.languages import phrase
from projections.statements.statement import Statement

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,  # a text that begins with "=" is a text
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
TITLE_MAX = 31
NO_TITLE = re.compile(r"[\[\]:*?/\\']")
WIDTH_MAX = 60
FORMATS = {"fen": "#,##0.00", "date": "yyyy-mm-dd", "number": "0"}
HEADING = {"bold": True, "bg_color": "#e8f0f8", "border": 1, "text_wrap": True, "valign": "vcenter"}


def statement_xlsx(statement: Statement, issued: Issued | None = None, language: str = "zh") -> bytes:
    """The workbook in `zh` or `en`; amounts in yuan, days as days. Same statement: same bytes."""
    said, written = in_words(statement, language), io.BytesIO()
    made_on = issued.published_on if issued else statement.ends_on
    book = xlsxwriter.Workbook(written, OPTIONS)
    book.set_properties(
        {
            "title": f"{said.community} {said.period} {said.title}",
            "author": said.community,
            "created": datetime.combine(made_on, time(), UTC).replace(tzinfo=None),
        }
    )
    sheets = Sheets(book)
    sheets.about(said, about(said, statement, issued))
    for number, section in enumerate(said.sections, start=1):
        sheets.section(f"{number} {section.title}", section)
    sheets.readme(language, readme(statement))
    book.close()
    return written.getvalue()


class Sheets:
    """The sheets of one workbook, written from top to bottom."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._heading = book.add_format(HEADING)
        self._bold = {
            kind: book.add_format({"num_format": form, "bold": True, "top": 1})
            for kind, form in FORMATS.items()
        }
        self._plain = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._sum = book.add_format({"bold": True, "top": 1})
        self._title = book.add_format({"bold": True, "font_size": 16})

    def about(self, said: StatementWords, lines: Sequence[tuple[str, str]]) -> None:
        """The first sheet: title, figures, where it comes from, how to check it."""
        sheet = self._sheet(phrase(said.language, "notice.about"), (32, 70))
        sheet.write_string(0, 0, f"{said.community} {said.period} {said.title}", self._title)
        figures = (*said.sum, *said.figures)
        for row, figure in enumerate(figures, start=2):
            sheet.write_string(row, 0, f"{figure.sign} {figure.title}".strip(), self._text)
            self._cell(sheet, (row, 1), figure.shown, figure.type)
        for row, line in enumerate(lines, start=3 + len(figures)):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text, self._text)

    def section(self, title: str, section: ShownSection) -> None:
        """Titles, rows, and their sums."""
        rows = [*section.rows, section.sums] if section.sums else section.rows
        sheet = self._sheet(
            title, [_wide(column, place, rows) for place, column in enumerate(section.columns)]
        )
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(section.columns):
            sheet.write_string(0, place, column.title, self._heading)
        for number, row in enumerate(rows, start=1):
            is_sum = number > len(section.rows)
            for place, (cell, column) in enumerate(zip(row, section.columns, strict=True)):
                self._cell(sheet, (number, place), cell, column.type, is_sum=is_sum)

    def readme(self, language: str, lines: Iterable[Sequence[str]]) -> None:
        """What every column means."""
        sheet = self._sheet(phrase(language, "notice.readme"), (24, 28, 24, 28, 48, 56))
        for row, line in enumerate((README, *lines)):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text, self._text if row else self._heading)

    def _sheet(self, title: str, widths: Iterable[float]) -> Any:
        sheet = self._book.add_worksheet(NO_TITLE.sub(" ", title)[:TITLE_MAX].strip())
        for place, wide in enumerate(widths):
            sheet.set_column(place, place, wide)
        return sheet

    def _cell(
        self, sheet: Any, place: tuple[int, int], cell: Shown, kind: str, *, is_sum: bool = False
    ) -> None:
        """A figure as a figure, a day as a day, all else as it is read."""
        formats, value = (self._bold if is_sum else self._plain), cell.value
        if isinstance(value, int) and not isinstance(value, bool) and kind in ("fen", "number"):
            figure = Decimal(value).scaleb(-2) if kind == "fen" else value  # exact: no float loses a fen
            sheet.write_number(*place, figure, formats[kind])
        elif isinstance(value, str) and kind == "date":
            sheet.write_datetime(*place, datetime.combine(date.fromisoformat(value), time()), formats["date"])
        elif cell.text or is_sum:
            sheet.write_string(*place, cell.text, self._sum if is_sum else self._text)


def _wide(column: ShownColumn, place: int, rows: Iterable[Sequence[Shown]]) -> float:
    longest = max((width(row[place].text) for row in rows), default=0)
    return min(WIDTH_MAX, 2 * max(longest, width(column.title)) + 3)
