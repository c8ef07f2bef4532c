"""The sections of a statement as tables: what names a row, what leads to a page, how a phone shows it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from api.documents.statement_words import Shown, ShownColumn, StatementWords
from api.pages.asked import path
from api.pages.names import named

LINKED = {  # cells that lead to a page, and what they name there
    "authority_ref": ("decision", "project"),
    "decision": ("decision",),
    "contract_no": ("contract",),
    "contract": ("contract",),
    "project": ("project",),
}
OF_RECORDS = frozenset({"record", "reverses", "corrects"})
KIND_OF = {"fen": "figure", "number": "figure", "date": "date"}
FIGURES = {"line_no": "line", **dict.fromkeys(OF_RECORDS, "other")}
NAMES_OF_ROWS = ("title", "name", "problem")
SIDE_BY_SIDE = 2  # a table of so few rows and many columns is read line by line
COLUMNS_MAX = 8


class Cell(NamedTuple):
    """A cell as it is read, and where it leads."""

    text: str
    href: str | None = None


class Table(NamedTuple):
    """A section: `heads` as (kind, title). `by_line`: its columns are lines, its rows stand side by side."""

    name: str
    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[Cell, ...]
    by_line: bool


def tables_of(ledger: str, said: StatementWords) -> Iterator[Table]:
    """The sections, in the order of the statement, each row with the links of its cells."""
    for section in said.sections:
        columns = section.columns
        shown = [tuple(map(_cell, [ledger] * len(row), row, columns)) for row in section.rows]
        sums = tuple(Cell(cell.text) for cell in section.sums)
        is_wide = len(columns) > COLUMNS_MAX and len(shown) <= SIDE_BY_SIDE
        heads = tuple(zip(_kinds(columns), (column.title for column in columns), strict=True))
        rows = tuple(shown) if is_wide else tuple(_told(row, heads) for row in shown)
        yield Table(section.name, section.title, heads, rows, sums, by_line=is_wide)


def _told(row: tuple[Cell, ...], heads: Sequence[tuple[str, str]]) -> tuple[Cell, ...]:
    """A row; one that holds nothing but its name says so beside it."""
    others = [at for at, (kind, _title) in enumerate(heads) if kind not in ("what", "line")]
    if not others or any(row[at].text for at in others):
        return row
    beside = next((at for at in others if heads[at][0] == "amount"), others[0])
    return (*row[:beside], Cell(_("没有记")), *row[beside + 1 :])


def _kinds(columns: Sequence[ShownColumn]) -> list[str]:
    """What names a row, and which amount stands beside it on a phone; all else goes below, with its title."""
    kinds = [FIGURES.get(column.name) or KIND_OF.get(column.type, "other") for column in columns]
    named_by = [
        *(at for at, column in enumerate(columns) if column.name in NAMES_OF_ROWS),
        *(at for at, column in enumerate(columns) if column.type == "word"),
        *(at for at, column in enumerate(columns) if column.type == "text"),
    ]
    amounts = [at for at, column in enumerate(columns) if column.type == "fen"]
    for beside in amounts[-1:]:
        kinds[beside] = "amount"
    kinds[named_by[0] if named_by else 0] = "what"
    return kinds


def _cell(ledger: str, cell: Shown, column: ShownColumn) -> Cell:
    if column.name in OF_RECORDS and isinstance(cell.value, int):
        return Cell(_("第 %(number)s 条", number=cell.text), path(ledger, "events", cell.value))
    if column.name in LINKED and isinstance(cell.value, str):
        found = (named(field, cell.value, ledger) for field in LINKED[column.name])
        known = next((one for one in found if one is not None), None)
        if known is not None:
            return Cell(*known)
    return Cell(cell.text)
