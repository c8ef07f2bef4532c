"""`/c/{ledger}/disclosures`: what was published and what is being checked; each statement with its proof."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import msgspec
import segno
from flask import Blueprint, render_template
from flask_babel import gettext as _

from api import languages
from api.documents.notice import notice_pdf
from api.documents.published import issued
from api.documents.statement_csv import statement_csv
from api.documents.statement_words import (
    Change,
    StatementWords,
    caution_words,
    in_words,
)
from api.documents.workbook import statement_xlsx
from api.errors import Unknown
from api.pages.asked import asked_number, is_id, ledger_or_404, path
from api.pages.frame import Shown as Page
from api.pages.frame import here, page
from api.pages.names import about, title_of
from api.pages.place import place
from api.pages.statement_tables import tables_of
from api.pages.then_and_now import beside_now
from api.services import current
from ledger.actions.posting import Paper
from projections import disclosures, duties
from projections.alterations import Alteration
from projections.disclosures import DisclosureRow, VersionRow
from projections.displays import DOOR
from projections.statements.statement import Restated, Statement

pages = Blueprint("disclosures", __name__)

ROWS_MAX, RECORDS_SHOWN = 20, 20
SPENT = {"cost": ("cost", "amount"), "use": ("use", "amount"), "spending": ("kind", "amount")}
RECEIVED = {"income": ("head", "gross_income")}
BARS = ("T1",)


class Listed(NamedTuple):
    """One disclosure of the list; `figure`: title and fen of what counts in it, once it is published."""

    row: DisclosureRow
    title: str
    href: str
    figure: tuple[str, int] | None
    altered: Alteration | None


class Download(NamedTuple):
    """A form to take along: its kind in words, its size in bytes."""

    label: str
    href: str
    size: int


class Hanging(NamedTuple):
    """Where the paper hangs now, since when, and at how many doors; `missing`: those without it."""

    places: tuple[str, ...]
    missing: tuple[str, ...]
    since: date
    doors: int
    doors_in_all: int


# -- the list ------------------------------------------------------------------------------------------


@pages.get("/c/<ledger>/disclosures")
@page
def all_disclosures(ledger: str) -> Page:
    """What is published and what is being checked, the newest first."""
    row, after = ledger_or_404(ledger), asked_number("after")
    found = disclosures.page(current().views, ledger, after=after, limit=ROWS_MAX + 1, newest_first=True)
    shown = found[:ROWS_MAX]
    altered = current().published.alterations(ledger, shown)
    listed = [_listed(ledger, one, altered.get(one.disclosure)) for one in shown]
    return render_template(
        "disclosures.html",
        **place(row, "disclosures", (_("公示"), None)),
        published=[one for one in listed if one.row.published],
        drafts=[one for one in listed if one.row.draft],
        newer=here(after=None) if after is not None else None,
        older=here(after=str(shown[-1].number)) if len(found) > ROWS_MAX else None,
    )


def _listed(ledger: str, row: DisclosureRow, altered: Alteration | None = None) -> Listed:
    version, figure = row.published, None
    if version is not None:
        key = in_words(current().published.statement(ledger, row, version), languages.language()).key
        if key is not None and key.type == "fen" and isinstance(key.shown.value, int):
            figure = key.title, key.shown.value
    return Listed(row, title_of(ledger, row), path(ledger, "disclosures", row.disclosure), figure, altered)


@pages.app_template_global("newest_disclosures")
def newest_disclosures(ledger: str) -> list[Listed]:
    """The newest published statement of every table, for the public page of a community."""
    found = disclosures.newest(current().views, ledger)
    altered = current().published.alterations(ledger, found)
    return [_listed(ledger, row, altered.get(row.disclosure)) for row in found]


# -- one of it -----------------------------------------------------------------------------------------


@pages.get("/c/<ledger>/disclosures/<disclosure>")
@page
def one_disclosure(ledger: str, disclosure: str) -> Page:
    """A published version: its figures, what became of them, and how to check them; of a draft no figures."""
    book = ledger_or_404(ledger)
    row = disclosures.one(current().views, ledger, disclosure) if is_id(disclosure) else None
    if row is None:
        raise Unknown
    asked = asked_number("version")
    version = row.published if asked is None else row.version(asked)
    if (version is None and asked is not None) or (version is not None and version.number is None):
        raise Unknown
    common = {
        **place(book, "disclosures", (_("公示"), path(ledger, "disclosures")), (title_of(ledger, row), None)),
        "row": row,
        "title": title_of(ledger, row),
        "draft": row.draft,
        "about": about(ledger, row) if row.subject else None,
        "hanging": _hanging(ledger, row),
    }
    if version is None:
        return render_template("disclosure_draft.html", **common)
    return render_template("disclosure.html", **common, **_shown(ledger, row, version))


def _shown(ledger: str, row: DisclosureRow, version: VersionRow) -> dict[str, object]:
    published, language = current().published, languages.language()
    statement = published.statement(ledger, row, version)
    said = in_words(statement, language)
    holds = version == row.published
    altered = published.alterations(ledger, [row]).get(row.disclosure) if holds else None
    changed = _changes_in(altered, language) if altered else ()
    return {
        "version": version,
        "said": said,
        "sum": [(one.title, one.shown.value, PARTS[one.sign]) for one in said.sum],
        "flow": _flow(said),
        "cautions": _cautions(statement, language),
        "altered": altered,
        "then_and_now": beside_now(ledger, row, _before(row, version)),
        "changed": changed,
        "records": altered.records[:RECORDS_SHOWN] if altered else (),
        "cautions_now": [caution_words(one, language) for one in altered.cautions]
        if altered and altered.cautions is not None
        else None,
        "spent": _bars(statement, said, SPENT),
        "received": _bars(statement, said, RECEIVED),
        "tables": [table for table in tables_of(ledger, said) if table.rows],
        "empty": [section.title for section in said.sections if not section.rows],
        "picture": _picture(str(version.url)),
        "downloads": _downloads(ledger, row, version, statement, language),
    }


def _before(row: DisclosureRow, version: VersionRow) -> VersionRow:
    """The version restated by another, else itself: what people were told before."""
    return (row.version(version.version - 1) if version.version > 1 else None) or version


PARTS = {"": "start", "+": "in", "−": "out", "=": "end"}


def _hanging(ledger: str, row: DisclosureRow) -> Hanging | None:
    """Where the paper of a disclosure hangs now, of whichever version; none if it hangs nowhere."""
    display = duties.display_of(current().views, ledger, Paper("disclosure", row.disclosure))
    up = [one for one in display.intervals if one.removed_on is None]
    if not up:
        return None
    names = {one.place for one in up}
    doors = sorted(name.removeprefix(DOOR) for name in names if name.startswith(DOOR))
    return Hanging(
        tuple(sorted(name for name in names if not name.startswith(DOOR))),
        tuple(sorted(display.doors - set(doors))),
        min(one.posted_on for one in up),
        len(doors),
        len(display.doors),
    )


class Flow(NamedTuple):
    """What came in, went out, and is left, in fen."""

    in_fen: int
    out_fen: int
    left_fen: int


def _flow(said: StatementWords) -> Flow | None:
    """The sum in one sentence, of a table that goes from what there was to what is left."""
    if not said.sum or said.sum[0].name != "opening":
        return None
    fen = dict.fromkeys(PARTS, 0)
    for one in said.sum:
        if not isinstance(one.shown.value, int):
            return None
        fen[one.sign] += one.shown.value
    return Flow(fen["+"], fen["−"], fen["="])


def _cautions(statement: Statement, language: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(caution_words(one, language), one.records[:RECORDS_SHOWN]) for one in statement.cautions]


def _changes_in(altered: Alteration, language: str) -> tuple[Change, ...]:
    """What later records changed, in the words of a restatement."""
    as_if_restated = Restated(version=0, reason="", changes=altered.changes)
    return in_words(msgspec.structs.replace(altered.now, restates=as_if_restated), language).changes


def _bars(
    statement: Statement, said: StatementWords, of: dict[str, tuple[str, str]]
) -> list[tuple[str, int]]:
    """Money by what it was for, or where it came from: sections, and in each the name and its amount."""
    if statement.table not in BARS:
        return []
    sums: defaultdict[str, int] = defaultdict(int)
    for section in said.sections:
        if section.name in of:
            places = {column.name: place for place, column in enumerate(section.columns)}
            name, amount = (places[column] for column in of[section.name])
            for row in section.rows:
                fen = row[amount].value
                sums[row[name].text] += fen if isinstance(fen, int) else 0
    return list(sums.items())


# -- proof ---------------------------------------------------------------------------------------------


def _picture(url: str) -> str:
    """The QR code of the paper as a drawing; level M stands a little dirt."""
    code = segno.make(url, error="m", micro=False)
    drawing: str = code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return drawing


def _downloads(
    ledger: str, row: DisclosureRow, version: VersionRow, statement: Statement, language: str
) -> list[Download]:
    """The paper as it was published, and the same rows for spreadsheets and programs."""
    paper, by = current().published.paper(ledger, row, version), issued(row, version)
    address = f"/api/v1/ledgers/{ledger}/disclosures/{row.disclosure}"
    number = f"?version={version.version}"
    further = f"{number}&lang={language}"
    found = [Download(_("纸质公示原件（PDF）"), f"{address}.pdf{number}", len(paper))]
    if language != languages.DEFAULT:
        found += [
            Download(_("译文（PDF）"), f"{address}.pdf{further}", len(notice_pdf(statement, by, language)))
        ]
    workbook, text = statement_xlsx(statement, by, language), statement_csv(statement, by, language)
    return [
        *found,
        Download(_("电子表格（XLSX）"), f"{address}.xlsx{further}", len(workbook)),
        Download(_("文本表格（CSV）"), f"{address}.csv{further}", len(text)),
        Download(_("原始数据（JSON）"), f"{address}.json{number}", len(statement.entry)),
    ]


@pages.app_template_filter("file_size")
def file_size(size: int) -> str:
    """A size people know from their phones: `96 KB`, `1.2 MB`."""
    kilobytes = max(1, (size + 512) // 1024)
    if kilobytes < 1000:
        return f"{kilobytes} KB"
    tenths = (kilobytes * 10 + 512) // 1024
    return f"{tenths // 10}.{tenths % 10} MB"
