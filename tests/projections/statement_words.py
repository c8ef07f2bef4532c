"""The words of statements: compose one from what was told, read its rows by their keys."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from api.languages import has_words
from ledger.asked import Asked
from ledger.commands import Command
from ledger.composing import Wanted
from ledger.store.port import Receipt
from projections.statements import compose
from projections.statements.statement import Cell, Statement, statement_of
from tests.ledger.story import COMMAND_LINE, TODAY, WUTONGLI, account_of
from tests.projections.books import Books

YEAR_2026 = date(2026, 1, 1), date(2026, 12, 31)
Cells = dict[str, Cell]


def composed(
    books: Books,
    table: str,
    subject: str | None = None,
    *,
    period: tuple[date, date] = YEAR_2026,
    until: int | None = None,
) -> Statement:
    """A statement, of 2026 unless said otherwise: the same bytes each time, and they can be read back."""
    wanted = Wanted(table, *period, subject=subject)
    last = books.number if until is None else until
    found, again = (compose(books.story.store, WUTONGLI, wanted, last) for _ in range(2))
    assert found.entry == again.entry
    assert statement_of(found.entry) == found
    assert [key for key in _words_of(found) if not all(has_words(of, key) for of in ("zh", "en"))] == []
    return found


def _words_of(statement: Statement) -> Iterator[str]:
    """The keys of all names in a statement that readers see in the words of their language."""
    yield from (f"statement.figure.{name}" for name in statement.figures)
    yield from (f"statement.caution.{caution.code}" for caution in statement.cautions)
    for section in statement.sections:
        for column in section.columns:
            cells = {row.cells.get(column.name) for row in section.rows} - {None}
            if column.type == "word":
                for cell in cells:
                    own, general = f"statement.word.{column.name}.{cell}", f"{column.name}.{cell}"
                    yield own if has_words("zh", own) else general


def rows(statement: Statement, section: str) -> dict[str, Cells]:
    """The cells of a section by the keys of its rows; each has only columns of the table."""
    found = statement.section(section)
    names = {column.name for column in found.columns}
    cells = {row.key: row.cells for row in found.rows}
    assert len(cells) == len(found.rows)
    assert all(names.issuperset(row) for row in cells.values())
    return cells


def row(statement: Statement, section: str) -> Cells:
    """The one row of a section."""
    (found,) = rows(statement, section).values()
    return found


def asked(books: Books, command: Command, *, by: str, on: date = TODAY, **of: Any) -> Receipt:
    """Somebody asks, and it is recorded by all rules; the receipt."""
    books.story.ask(Asked(WUTONGLI, command, account_of(by), on, COMMAND_LINE, **of), None, dry_run=False)
    outcome = books.story.told()
    assert isinstance(outcome, Receipt), outcome
    return outcome


def cautions(statement: Statement) -> dict[str, tuple[int, ...]]:
    """The records every caution is about, by its code."""
    return {caution.code: caution.records for caution in statement.cautions}
