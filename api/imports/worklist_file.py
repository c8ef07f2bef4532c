"""The subdistrict's task list (002 annex 4, SYS-05) from CSV bytes: read whole, or refused with reasons."""

import calendar
import codecs
import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice

from msgspec import Struct

TASK_COLUMNS = {
    "committee-reelection": "业委会组建换届",
    "area-integration": "区域化整合",
    "firm-merger": "物业服务企业归并",
    "firm-selection": "市场化物业选聘",
    "fee-adjustment": "物业费评估及调价",
    "collection-rate": "收缴率提升",
    "service-improvement": "物业服务提升",
    "model-community": "打造标杆小区",
}
NAME_COLUMNS = {"neighbourhood": "neighbourhood", "community": "compound", "firm": "firm"}
HEADERS = {"number": "seq", **NAME_COLUMNS, **TASK_COLUMNS, "status": "status"}
_COLUMNS = {header: column for column, header in HEADERS.items()}

ISSUED_ON = date(2024, 4, 1)
ROWS_ISSUED = 73
FILE_MAX_BYTES = 1 << 20  # the list as issued has 8,940 bytes
PROBLEMS_MAX = 50  # more than anyone mends in one go
TEXT_MAX_CHARACTERS = 100  # the longest cell as issued has 12

NOT_ASSIGNED = "—"
DONE = "已完成"
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_MONTH = re.compile(r"(?P<year>20[0-9]{2})年(?P<month>[0-9]{1,2})月(?P<ending>底前|底|前|第前)完成")
_TWO_MONTHS = re.compile(r"([0-9]{1,2})月、([0-9]{1,2})月完成")
_YEAR_END = re.compile(r"(20[0-9]{2})年底前完成")
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what surrogateescape leaves of a byte that is not UTF-8
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # Unicode categories nobody can see on paper

Detail = int | str | date | tuple[int, ...]


class Task(Struct, frozen=True):
    """One assigned cell: its text as issued, and what the reading rules make of it."""

    column: str
    text: str
    done: bool
    due_on: tuple[date, ...]


class Row(Struct, frozen=True):
    """One community of the list; `tasks` holds assigned cells only, in the order of TASK_COLUMNS."""

    number: int
    line: int
    neighbourhood: str
    community: str
    firm: str
    tasks: tuple[Task, ...]
    status: str


class Remark(Struct, frozen=True):
    """A warning or a problem: stable code, place (`line` counts the header) and what is needed to word it."""

    code: str
    line: int | None
    row: int | None
    column: str | None
    details: dict[str, Detail]


class WorkListFile(Struct, frozen=True):
    """The list as read: `sha256` of the bytes handed in (hex), rows by number, warnings by row."""

    sha256: str
    rows: tuple[Row, ...]
    warnings: tuple[Remark, ...]


class WorkListRefused(Exception):
    """Nothing was read: the first PROBLEMS_MAX problems in the order of the file, and how many were found."""

    def __init__(self, problems: Iterable[Remark]) -> None:
        found = sorted(problems, key=lambda problem: problem.line or 0)
        super().__init__(f"work list refused: {', '.join(sorted({problem.code for problem in found}))}")
        self.problems = tuple(found[:PROBLEMS_MAX])
        self.total = len(found)


class _Line(Struct, frozen=True):
    """A line of the file with its cells in order; below the header also its row, and its cells by column."""

    number: int
    offset_bytes: int
    text: str
    found: tuple[str, ...]
    row: int | None = None
    cells: dict[str, str] = {}


def read(content: bytes, *, issued_on: date = ISSUED_ON, expected_rows: int = ROWS_ISSUED) -> WorkListFile:
    """Reads the whole list, or raises WorkListRefused. A month without a year falls in the year of issue."""
    if len(content) > FILE_MAX_BYTES:
        raise WorkListRefused(
            [_problem("file.too-large", found_bytes=len(content), max_bytes=FILE_MAX_BYTES)]
        )
    header, *lines = _lines(content, most=1 + expected_rows + PROBLEMS_MAX)
    if _BAD_BYTE.search(header.text):  # most likely the whole file is in another encoding
        raise WorkListRefused([_not_utf8(header, content)])
    if not set(header.found) & set(_COLUMNS):
        raise WorkListRefused([_problem("header.missing", header, text=header.text)])
    records = [_in_columns(line, header.found) for line in lines]
    found_rows = sum(1 for part in content.split(b"\n") if part.strip()) - 1
    problems = [*_header_problems(header), *_list_problems(records, found_rows, expected_rows)]
    for record in records:
        problems += _row_problems(record, len(header.found), issued_on.year)
    if problems:
        raise WorkListRefused(problems)
    rows = tuple(sorted((_row(record, issued_on.year) for record in records), key=lambda row: row.number))
    return WorkListFile(hashlib.sha256(content).hexdigest(), rows, tuple(doubts(rows, issued_on)))


def _lines(content: bytes, most: int) -> Iterator[_Line]:
    """The first lines in their place; a BOM and CRLF, which spreadsheets add, change no cell."""
    body = content.removeprefix(codecs.BOM_UTF8)
    offset_bytes = len(content) - len(body)
    for number, part in enumerate(body.removesuffix(b"\n").split(b"\n")[:most], start=1):
        text = part.removesuffix(b"\r").decode(errors="surrogateescape")
        found: list[str] = []
        with suppress(csv.Error):  # a line without cells is a problem of its row
            found = [] if "\r" in text else next(csv.reader([text], strict=True))
        yield _Line(number, offset_bytes, text, tuple(found))
        offset_bytes += len(part) + 1


def _in_columns(line: _Line, header: tuple[str, ...]) -> _Line:
    """Columns go by their header, wherever a spreadsheet moved them; a ragged line keeps only its number."""
    pairs = zip(header, line.found, strict=False)
    cells = {_COLUMNS[text]: cell for text, cell in pairs if text in _COLUMNS}
    row = int(cells["number"]) if _NUMBER.fullmatch(cells.get("number", "")) else None
    aligned = len(line.found) == len(header)
    return _Line(line.number, line.offset_bytes, line.text, line.found, row, cells if aligned else {})


def _row(record: _Line, year_of_issue: int) -> Row:
    assigned = {column: text for column in TASK_COLUMNS if (text := record.cells[column]) != NOT_ASSIGNED}
    tasks = tuple(
        Task(column, text, text == DONE, _due_on(text, year_of_issue)) for column, text in assigned.items()
    )
    names = {column: record.cells[column] for column in (*NAME_COLUMNS, "status")}
    return Row(number=int(record.cells["number"]), line=record.number, tasks=tasks, **names)


def _due_on(text: str, year_of_issue: int) -> tuple[date, ...]:
    """The last days in time; none where no reading rule fits, ValueError where there is no such month."""
    if found := _MONTH.fullmatch(text):
        year, month = int(found["year"]), int(found["month"])
        before = found["ending"] == "前"
        return (date(year, month, 1) - timedelta(days=1) if before else _month_end(year, month),)
    if found := _TWO_MONTHS.fullmatch(text):
        ends = tuple(_month_end(year_of_issue, int(month)) for month in found.groups())
        return ends if ends[0] < ends[1] else ()
    if found := _YEAR_END.fullmatch(text):
        return (date(int(found[1]), 12, 31),)
    return ()


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _header_problems(header: _Line) -> Iterator[Remark]:
    unexpected = {position: text for position, text in enumerate(header.found) if text not in _COLUMNS}
    for position, (column, text) in enumerate(HEADERS.items()):
        times = header.found.count(text)
        if times > 1:
            yield _problem("column.repeated", header, column, times=times)
        elif not times and position in unexpected:
            yield _problem("column.renamed", header, column, expected=text, text=unexpected.pop(position))
        elif not times:
            yield _problem("column.missing", header, column, expected=text)
    for position, text in islice(unexpected.items(), PROBLEMS_MAX):
        yield _problem("column.unexpected", header, position=position + 1, text=text)


def _list_problems(records: list[_Line], found_rows: int, expected_rows: int) -> Iterator[Remark]:
    """What is wrong with the list as a whole: each number once, each community once, none left out."""
    if found_rows != expected_rows:
        yield _problem("row.wrong-count", found_rows=found_rows, expected_rows=expected_rows)
    numbers: dict[int, _Line] = {}
    names: dict[str, _Line] = {}
    for record in records:
        if record.row and (earlier := numbers.setdefault(record.row, record)) is not record:
            yield _problem("sequence.duplicate", record, "number", first_line=earlier.number)
        if record.row and record.row > expected_rows:
            yield _problem("sequence.out-of-range", record, "number", expected_rows=expected_rows)
        name = record.cells.get("community", "")
        # spellings that differ in width, case or spacing alone are one community
        key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        if key and (earlier := names.setdefault(key, record)) is not record:
            yield _problem("community.duplicate", record, "community", text=name, first_line=earlier.number)
    missing = tuple(number for number in range(1, expected_rows + 1) if number not in numbers)
    # an unread number may be the missing one: claim only what is certain
    if missing and len(records) <= expected_rows and all(record.row for record in records):
        yield _problem("sequence.missing", column="number", numbers=missing)


def _row_problems(record: _Line, width: int, year_of_issue: int) -> Iterator[Remark]:
    if _BAD_BYTE.search(record.text):
        yield _not_utf8(record, record.text.encode(errors="surrogateescape"))
    if not record.found:
        unread = "text.control-character" if "\r" in record.text else "line.malformed"
        yield _problem(unread if record.text else "line.blank", record, text=record.text)
    elif len(record.found) != width:
        yield _problem("row.ragged", record, found_cells=len(record.found), expected_cells=width)
    for column, text in record.cells.items():
        fault = _text_fault(column, text) or _task_fault(column, text, year_of_issue)
        if fault and not _BAD_BYTE.search(text):
            yield _problem(fault, record, column, text=text)


def _text_fault(column: str, text: str) -> str | None:
    faults = {
        "text.control-character": any(unicodedata.category(character) in _UNSEEN for character in text),
        "text.replacement-character": "\N{REPLACEMENT CHARACTER}" in text,
        "text.not-normalised": not unicodedata.is_normalized("NFC", text),
        "text.too-long": len(text) > TEXT_MAX_CHARACTERS,
        "sequence.unreadable": column == "number" and not _NUMBER.fullmatch(text),
        f"{column}.empty": column in NAME_COLUMNS and not text.strip(),
        # 临客嘉物 业 beside 临客嘉物业 would be two firms
        "text.white-space": column in NAME_COLUMNS and any(character.isspace() for character in text),
    }
    return next((code for code, holds in faults.items() if holds), None)


def _task_fault(column: str, text: str, year_of_issue: int) -> str | None:
    if column not in TASK_COLUMNS or text in (NOT_ASSIGNED, DONE):
        return None
    try:
        return None if _due_on(text, year_of_issue) else "task.unreadable" if text.strip() else "task.empty"
    except ValueError:
        return "task.impossible-month"


def _not_utf8(line: _Line, sample: bytes) -> Remark:
    """The first byte of the line that is not UTF-8; `sample` is what its encoding is judged by."""
    before = _BAD_BYTE.split(line.text, maxsplit=1)[0]
    column = next((column for column, text in line.cells.items() if _BAD_BYTE.search(text)), None)
    looks_like = "unknown"
    for encoding in ("utf-16-be", "utf-16", "big5", "gb18030", "gbk"):  # the narrowest that fits is said
        with suppress(UnicodeDecodeError):
            looks_like = encoding if "完成" in sample.decode(encoding) else looks_like  # stands in every row
    offset_bytes = line.offset_bytes + len(before.encode())
    return _problem("text.not-utf8", line, column, offset_bytes=offset_bytes, looks_like=looks_like)


def _problem(code: str, at: _Line | None = None, column: str | None = None, **details: Detail) -> Remark:
    shown = {name: _shown(value) if isinstance(value, str) else value for name, value in details.items()}
    return Remark(code, at.number if at else None, at.row if at else None, column, shown)


def _shown(text: str) -> str:
    """Text of a broken file, bounded and safe to print: what cannot be seen is written as its code point."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:TEXT_MAX_CHARACTERS])


def doubts(rows: Iterable[Row], issued_on: date) -> Iterator[Remark]:
    """What about the text of a list a person should read again, row by row."""
    tasks = [(row, task, task.due_on[0]) for row in rows for task in row.tasks if task.due_on]
    elected = {row.number: due_on for row, task, due_on in tasks if task.column == "committee-reelection"}
    month_ends: dict[tuple[str, date], list[int]] = {}
    for row, task, due_on in tasks:
        if "月底" in task.text:
            without_end = due_on.replace(day=1) - timedelta(
                days=1
            )  # what 10月前 beside this 10月底前 is read as
            month_ends.setdefault((task.column, without_end), []).append(row.number)
    for row, task, due_on in tasks:
        remarks: dict[str, dict[str, Detail]] = {}
        if due_on < issued_on:
            remarks["due-date.before-issue"] = {"issued_on": issued_on}
        if "月第前" in task.text:
            remarks["due-date.slip"] = {}
        if "月前" in task.text and (others := month_ends.get((task.column, due_on))):
            remarks["due-date.ambiguous"] = {"other_rows": tuple(others)}
        committee_due_on = elected.get(row.number, due_on)
        if task.column == "firm-selection" and due_on < committee_due_on:
            remarks["firm-selection.before-committee-reelection"] = {"committee_due_on": committee_due_on}
        read_as: dict[str, Detail] = {"text": task.text, "due_on": due_on}
        for code, details in remarks.items():
            yield Remark(code, row.line, row.number, task.column, read_as | details)
    if not any(row.status.strip() for row in rows):
        yield Remark("status.empty", None, None, "status", {})
