"""A statement put into a language: what its page, paper, workbook and CSV all show, word for word."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from api import words
from api.documents.cell_words import cell_words, day_words, say, scope_words, word
from api.documents.figures import others_of, sum_of, type_of
from api.languages import phrase
from ledger.rules.semantics import days_after, months_after
from ledger.rules.tables import Column, ColumnType, tables
from projections.statements.statement import Caution, Cell, Changed, Section, Statement

LINE_NO = "line_no"  # put in front of every row; no table has to count itself
RECORDS_NAMED_MAX = 10
Labelled = tuple[str, str]


class ShownColumn(NamedTuple):
    """A column under the title a reader sees."""

    name: str
    type: ColumnType
    title: str


class Shown(NamedTuple):
    """A cell as people read it, and what it is; none where it is empty."""

    text: str
    value: Cell | None = None


class ShownSection(NamedTuple):
    """Rows of one kind; `sums` is one more row, or empty."""

    name: str
    title: str
    columns: tuple[ShownColumn, ...]
    rows: tuple[tuple[Shown, ...], ...]
    sums: tuple[Shown, ...]


class Figure(NamedTuple):
    """A figure people look at first. `sign`: how it goes into the sum; `capital`: as cheques spell it."""

    name: str
    title: str
    shown: Shown
    type: ColumnType
    sign: str = ""
    capital: str = ""


class Change(NamedTuple):
    """One figure that is not what it was."""

    where: str
    old: str
    new: str


class StatementWords(NamedTuple):
    """A statement in words. `sum`: figures that add up to the last of them, which is the one that counts.

    `header`: what it is of and made of, as (label, words). `restated`: heading and reason, if it takes the
    place of an earlier version.
    """

    language: str
    community: str
    title: str
    period: str
    days: str
    part: str
    header: tuple[Labelled, ...]
    sum: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    sections: tuple[ShownSection, ...]
    cautions: tuple[str, ...]
    restated: tuple[str, str] | None
    changes: tuple[Change, ...]

    @property
    def key(self) -> Figure | None:
        """The figure that counts."""
        return self.sum[-1] if self.sum else None


def in_words(statement: Statement, language: str = "zh") -> StatementWords:
    """The statement in `zh` or `en`: the same for the same statement, wherever and whenever it is asked."""
    restates = statement.restates
    table = f"statement.{statement.table}"
    return StatementWords(
        language=language,
        community=statement.community,
        title=word(language, table, otherwise=statement.table),
        period=period_words(statement.starts_on, statement.ends_on, language),
        days=_days(statement, language),
        part=scope_words(statement.scope or "whole", language),
        header=tuple(_header(statement, language)),
        sum=tuple(_figure(statement, name, language, sign) for sign, name in sum_of(statement)),
        figures=tuple(_figure(statement, name, language) for name in others_of(statement)),
        sections=tuple(_section(statement.table, section, language) for section in statement.sections),
        cautions=tuple(caution_words(caution, language) for caution in statement.cautions),
        restated=None
        if restates is None
        else (
            say(language, "restated", version=restates.version + 1, before=restates.version),
            restates.reason,
        ),
        changes=()
        if restates is None
        else tuple(_change(statement, one, language) for one in restates.changes),
    )


# -- the header --------------------------------------------------------------------------------------


def period_words(starts_on: date, ends_on: date, language: str) -> str:
    """`2026年第三季度`, `first half of 2026`, `2026年度`; other periods by their days."""
    months = {3: "quarter", 6: "half", 12: "year"}
    for count, name in months.items():
        part, rest = divmod(starts_on.month - 1, count)
        if starts_on.day == 1 and rest == 0 and ends_on == days_after(months_after(starts_on, count), -1):
            return say(language, f"period.{name}.{part + 1}", year=str(starts_on.year))
    return days_words(starts_on, ends_on, language)


def days_words(starts_on: date, ends_on: date, language: str) -> str:
    """From the first day to the last."""
    first, last = day_words(starts_on, language), day_words(ends_on, language)
    return first if starts_on == ends_on else say(language, "days", first=first, last=last)


def _days(statement: Statement, language: str) -> str:
    return days_words(statement.starts_on, statement.ends_on, language)


def _header(statement: Statement, language: str) -> Sequence[Labelled]:
    """What disclosures.md wants at the head of every table, as far as the statement itself knows it."""
    found = {
        "community": statement.community,
        "ledger": statement.ledger,
        "part": None
        if tables()[statement.table].is_private
        else scope_words(statement.scope or "whole", language),
        "period": _days(statement, language),
        "unit": say(language, "unit-yuan"),
        "subject": statement.subject,
        "records": say(language, "records-to", until=str(statement.until)),
        "head": words.fingerprint(statement.head, 64),
        "rules": "、".join(statement.rules) if language == "zh" else ", ".join(statement.rules),
        "template": statement.template,
    }
    return [(say(language, name), text) for name, text in found.items() if text]


# -- figures, sections, cells ------------------------------------------------------------------------


def _figure(statement: Statement, name: str, language: str, sign: str = "") -> Figure:
    value = statement.figures[name]
    kind = type_of(statement, name, value)
    is_fen = kind == "fen" and isinstance(value, int)
    return Figure(
        name=name,
        title=word(language, f"statement.figure.{name}", otherwise=name.replace("_", " ")),
        shown=Shown(cell_words(value, kind, name, language), value),
        type=kind,
        sign=sign,
        capital=words.capital_yuan(int(value)) if is_fen and language == "zh" else "",
    )


def _section(table: str, section: Section, language: str) -> ShownSection:
    key = f"statement.{table}.{section.name}"
    columns = tuple(
        ShownColumn(one.name, one.type, column_title(key, one, language)) for one in section.columns
    )
    counted = len(section.rows) > 1 and LINE_NO not in {column.name for column in columns}
    number = ShownColumn(LINE_NO, "number", say(language, "line-no"))
    rows = [
        tuple(_shown(row.cells.get(column.name), column, language) for column in columns)
        for row in section.rows
    ]
    if counted:
        columns = (number, *columns)
        rows = [(Shown(str(place), place), *row) for place, row in enumerate(rows, start=1)]
    return ShownSection(
        name=section.name,
        title=word(language, key, otherwise=section.name),
        columns=columns,
        rows=tuple(rows),
        sums=_sums(section.sums, columns, language) if section.sums and section.rows else (),
    )


def _sums(sums: Mapping[str, int], columns: Sequence[ShownColumn], language: str) -> tuple[Shown, ...]:
    row = [_shown(sums.get(column.name), column, language) for column in columns]
    if columns[0].name not in sums:
        row[0] = Shown(say(language, "sum"))
    return tuple(row)


def column_title(section: str, column: Column, language: str) -> str:
    """The title a template gives a column in this language, else the table's own words."""
    own = column.zh if language == "zh" else column.en
    return own or word(language, f"{section}.{column.name}", otherwise=column.name.replace("_", " "))


def _shown(value: Cell | None, column: ShownColumn, language: str) -> Shown:
    return Shown("") if value is None else Shown(cell_words(value, column.type, column.name, language), value)


# -- what must be known first ------------------------------------------------------------------------


def caution_words(caution: Caution, language: str) -> str:
    """A caution as a sentence, with its amount and the records it is about."""
    named = [str(number) for number in caution.records[:RECORDS_NAMED_MAX]]
    records = ("、" if language == "zh" else ", ").join(named)
    if len(caution.records) > RECORDS_NAMED_MAX:
        records = say(language, "records-and-more", records=records, count=len(caution.records))
    return phrase(
        language,
        f"statement.caution.{caution.code}",
        {"fen": words.yuan(caution.fen or 0), "records": records, "count": str(len(caution.records))},
    )


def _change(statement: Statement, changed: Changed, language: str) -> Change:
    kind: ColumnType = "text"
    if changed.section:
        section = statement.section(changed.section)
        column = next(one for one in section.columns if one.name == changed.column)
        key = f"statement.{statement.table}.{changed.section}"
        where = [word(language, key, otherwise=section.name), column_title(key, column, language)]
        kind = column.type
        where.insert(1, _row_words(section, changed.row, language) if changed.row else say(language, "sum"))
    else:
        value = changed.new if changed.new is not None else changed.old
        kind = type_of(statement, changed.column, "" if value is None else value)
        where = [word(language, f"statement.figure.{changed.column}", otherwise=changed.column)]
    old, new = (
        say(language, "nothing") if value is None else cell_words(value, kind, changed.column, language)
        for value in (changed.old, changed.new)
    )
    return Change(" · ".join(where), old, new)


def _row_words(section: Section, key: str, language: str) -> str:
    """A row by its place in the new version and what stands first in it; one that is gone by its key."""
    for place, row in enumerate(section.rows, start=1):
        if row.key == key:
            told = (
                cell_words(row.cells[column.name], column.type, column.name, language)
                for column in section.columns
                if column.type in ("text", "word") and column.name in row.cells
            )
            return " ".join((say(language, "row", number=str(place)), next(told, "")))
    return say(language, "row-gone", row=key)
