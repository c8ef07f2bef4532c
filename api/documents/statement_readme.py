"""What goes with the rows of a download: what it is of and how to check it, and what every column means."""

from api import words
from api.documents.cell_words import day_words
from api.documents.notice import Issued
from api.documents.statement_words import (
    Labelled,
    ShownColumn,
    StatementWords,
    in_words,
)
from api.languages import phrase
from projections.statements.statement import Statement

README = ("表", "Section", "列", "Column", "说明", "Meaning")  # a line says its things in both languages
Meaning = tuple[str, str, str, str, str, str]


def about(said: StatementWords, statement: Statement, issued: Issued | None) -> list[Labelled]:
    """The head of the statement; of one that was issued also its paper, and how to compare the two."""
    language = said.language
    found = list(said.header)
    if issued is not None:
        named = {
            "disclosure": issued.disclosure,
            "version-number": str(issued.version),
            "published": day_words(issued.published_on, language),
            "prepared-by": phrase(language, f"role.{issued.prepared_by}"),
            "reviewed-by": phrase(language, f"role.{issued.reviewed_by}"),
            "address": issued.url,
            "code": issued.code.upper(),
        }
        found += [(phrase(language, f"notice.{key}").rstrip("：:"), text) for key, text in named.items()]
    found += [
        (phrase(language, "notice.fingerprint"), words.fingerprint(statement.sha256)),
        (phrase(language, "notice.whole-fingerprint"), statement.sha256),
    ]
    if said.restated is not None:
        found.append(said.restated)
        found += [(change.where, f"{change.old} → {change.new}") for change in said.changes]
    return found + [(phrase(language, "notice.cautions"), caution) for caution in said.cautions]


def readme(statement: Statement) -> list[Meaning]:
    """A line for every column, in both languages whoever asks in whichever."""
    chinese, english = in_words(statement, "zh"), in_words(statement, "en")
    lines: list[Meaning] = []
    for one, other in zip(chinese.sections, english.sections, strict=True):
        for column, translated in zip(one.columns, other.columns, strict=True):
            lines.append((one.title, other.title, column.title, translated.title, *_meaning(column)))
    return lines


def _meaning(column: ShownColumn) -> tuple[str, str]:
    return phrase("zh", f"notice.type.{column.type}"), phrase("en", f"notice.type.{column.type}")
