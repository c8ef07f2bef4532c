"""The paper of a statement: A4, readable by screen readers (PDF/UA-1), the same bytes whenever it is made."""

import io
import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import segno
import typst

from api import words
from api.documents.cell_words import day_words, sentence
from api.documents.notice_layout import BREAK, FLEXIBLE, PADDING_PT, Laid, breakable, evenly, groups, laid_out
from api.documents.statement_words import (
    Figure,
    Shown,
    ShownSection,
    StatementWords,
    in_words,
)
from api.languages import phrase
from projections.statements.statement import Statement

TEMPLATE = Path(__file__).with_name("notice.typ")
FONTS = Path(__file__).parents[1] / "fonts"
LABELS = (
    "amount-unit", "cautions", "changes", "changed-figure", "old", "new", "nothing-here", "by-number",
    "check", "check-how", "address", "code", "fingerprint", "questions", "contact", "prepared-by",
    "reviewed-by", "signature", "seal", "posted-on", "posted-at", "removed-on", "made-of", "page", "of-pages",
)  # fmt: skip


class Issued(NamedTuple):
    """What stands on the paper beside the statement. `prepared_by`, `reviewed_by`: roles, never names."""

    disclosure: str
    version: int
    published_on: date
    url: str
    code: str
    prepared_by: str
    reviewed_by: str


def notice_pdf(statement: Statement, issued: Issued | None, language: str = "zh") -> bytes:
    """The notice in `zh` or `en`. Same statement, same issue: same bytes, on any machine, on any day.

    Without an issue: what is one owner's alone, with nothing on it about posting.
    """
    data = legible(
        json.dumps(
            _page(in_words(statement, language), statement, issued), ensure_ascii=False, sort_keys=True
        )
    )
    made: bytes = typst.compile(
        TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,  # what is installed here must not decide what is printed there
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    return made


def legible(text: str) -> str:
    """The text with `〔U+1F600〕` for a character no letter of ours exists for: never a box.

    Nor a refusal: what was once recorded cannot be written otherwise, and its statement is still due.
    """
    missing = set(text) - printable() - {BREAK}
    return text.translate({ord(sign): f"〔U+{ord(sign):04X}〕" for sign in missing})


@cache
def printable() -> frozenset[str]:
    """The characters both weights of the font have."""
    listed = resources.files("api").joinpath("fonts/characters.txt").read_text(encoding="utf-8")
    return frozenset(listed)


def qr_svg(url: str) -> str:
    """A QR code to be scanned off a door: level M stands a little dirt."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _page(said: StatementWords, statement: Statement, issued: Issued | None) -> dict[str, Any]:
    language = said.language
    sections = [_as_printed(section) for section in said.sections]
    lies, layout = laid_out(sections)
    day = issued.published_on if issued else statement.ends_on
    return {
        **(_posted(said, issued) if issued else _private(said)),
        "language": language,
        "lies": lies,
        "date": [day.year, day.month, day.day],
        "said": {label: phrase(language, f"notice.{label}") for label in LABELS},
        "community": said.community,
        "period": sentence(said.period),
        "title": said.title,
        "days": "　".join((*({said.days} - {said.period}), phrase(language, "notice.in-yuan"))),
        "sum": [_figure(figure) for figure in said.sum],
        "key": _figure(said.key) if said.key else None,
        "figures": [_figure(figure) for figure in said.figures],
        "sections": [_section(*pair) for pair in zip(sections, layout, strict=True)],
        "cautions": said.cautions,
        "restated": said.restated,
        "changes": said.changes,
        "header": said.header,
        "fingerprint": words.fingerprint(statement.sha256),
    }


def _posted(said: StatementWords, issued: Issued) -> dict[str, Any]:
    """What a posted paper says of itself: when, which, how to check it, who answers for it."""
    language = said.language
    version = phrase(language, "notice.version", {"version": issued.version})
    return {
        "subtitle": [
            *([said.part] if said.part != phrase(language, "scope.whole") else []),
            phrase(language, "notice.published-on", {"day": day_words(issued.published_on, language)}),
            phrase(language, "notice.numbered", {"disclosure": issued.disclosure}),
            version,
        ],
        "running": f"{said.community} · {issued.disclosure} · {version}",
        "prepared_by": phrase(language, f"role.{issued.prepared_by}"),
        "reviewed_by": phrase(language, f"role.{issued.reviewed_by}"),
        "url": issued.url,
        "code": issued.code.upper(),
        "qr": qr_svg(issued.url),
        "qr_words": phrase(language, "notice.qr", {"url": issued.url}),
    }


def _private(said: StatementWords) -> dict[str, Any]:
    """What nobody posts says who it is for."""
    return {
        "subtitle": [phrase(said.language, "notice.private")],
        "running": f"{said.community} · {said.title}",
        "url": None,
        "code": "",
    }


def _figure(figure: Figure) -> dict[str, str]:
    return {"title": figure.title, "text": figure.shown.text, "sign": figure.sign, "capital": figure.capital}


def _as_printed(section: ShownSection) -> ShownSection:
    """Before it is laid out: a number of a character needs more room than the character."""
    rows = tuple(tuple(cell._replace(text=legible(cell.text)) for cell in row) for row in section.rows)
    return section._replace(rows=rows)


def _section(section: ShownSection, laid: Laid) -> dict[str, Any]:
    rooms = [(width - PADDING_PT) / laid.size for width in laid.widths]
    titles = [column.title for column in section.columns]
    if rooms:
        titles = [evenly(title, room) for title, room in zip(titles, rooms, strict=True)]
    return {
        "title": section.title,
        "size": laid.size,
        "widths": laid.widths,
        "columns": [
            {"title": title, "flexible": column.type in FLEXIBLE}
            for title, column in zip(titles, section.columns, strict=True)
        ],
        "rows": [_texts(row) for row in section.rows],
        "sums": _texts(section.sums),
        "groups": [] if laid.widths else [[_texts(row) for row in group] for group in groups(section)],
    }


def _texts(row: Iterable[Shown]) -> list[str]:
    return [breakable(cell.text) if isinstance(cell.value, str) else cell.text for cell in row]
