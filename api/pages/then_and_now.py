"""`/c/{ledger}/then-and-now`: one statement as it was known on a day, beside what is known of it today."""

import re
from datetime import date, datetime, time
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from api.documents.statement_words import Change, Figure, StatementWords, in_words, period_words
from api.pages.asked import asked_day, asked_number, ledger_or_404, path
from api.pages.frame import ENGLISH, Shown, lang, page
from api.pages.place import place
from api.pages.wording import value_word
from api.services import current
from ledger.composing import Composing, Wanted
from ledger.dates import instant
from ledger.rules.semantics import SHANGHAI, days_after, legal_day, months_after
from ledger.rules.tables import MONTHS, Table, tables
from projections import journal
from projections.disclosures import DisclosureRow, VersionRow
from projections.statements.changes import changes, restated
from projections.statements.statement import Statement

pages = Blueprint("then_and_now", __name__)

PERIODS_OFFERED = 4
FAULTS_STATUS = 400
_OF = re.compile(r"(T[0-9]{1,2})\.(19[5-9][0-9]|2[01][0-9]{2})-([0-9]{2})")


class Offer(NamedTuple):
    """One statement people can ask for; `key` is how the address names it: `T1.2026-07`."""

    key: str
    label: str


class Row(NamedTuple):
    """One figure, then and now; what was not there is empty."""

    title: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether it is another figure now."""
        return self.then != self.now


@pages.get("/c/<ledger>/then-and-now")
@page
def then_and_now(ledger: str) -> Shown:
    """Two columns: what the statement said then, what it says now, and every figure that differs."""
    row = ledger_or_404(ledger)
    faults: list[tuple[str, str]] = []
    offers = _offers(current().today)
    asked = request.args.get("of", "")[:20] or offers[0].key
    wanted = _wanted(asked, faults)
    newest = current().store.length(row.ledger) - 1
    until, day = _known(row.ledger, newest, wanted, faults)
    steps = (_("当时和现在"), None)
    frame = place(row, "book", steps)
    if faults or wanted is None:
        html = render_template("then_and_now.html", **frame, offers=offers, asked=asked, faults=faults)
        return html, FAULTS_STATUS
    now = current().composer.statement(row.ledger, Composing(wanted, newest))
    then = current().composer.statement(row.ledger, Composing(wanted, until))
    return render_template(
        "then_and_now.html",
        **frame,
        offers=_with(offers, asked, wanted),
        asked=asked,
        faults=(),
        known_on=day,
        until=until,
        newest=newest,
        words=_words(now),
        rows=_rows(_words(then), _words(now)),
        changes=_changes(then, now),
        differing=len(changes(then, now)),
        records=path(row.ledger, "events"),
    )


def beside_now(ledger: str, row: DisclosureRow, version: VersionRow) -> str | None:
    """Where a published statement stands beside what is known now; none for those not offered here."""
    table = tables()[row.table]
    if row.scope or row.subject or table.period not in MONTHS:
        return None
    return f"{path(ledger, 'then-and-now')}?of={row.table}.{row.starts_on:%Y-%m}&record={version.until}"


# -- what is asked for -------------------------------------------------------------------------------


def _offers(today: date) -> list[Offer]:
    """The last periods that are over, of every table about the whole book, the newest first."""
    return [
        Offer(f"{name}.{first:%Y-%m}", _label(name, first, table))
        for name, table in tables().items()
        if table.about is None and not table.is_private
        for first in _firsts(table, today)
    ]


def _firsts(table: Table, today: date) -> list[date]:
    months = MONTHS.get(table.period, 12)
    running = date(today.year, (today.month - 1) // months * months + 1, 1)
    return [months_after(running, -months * back) for back in range(1, PERIODS_OFFERED + 1)]


def _label(name: str, first: date, table: Table) -> str:
    words = value_word("table", name)
    return f"{words} · {period_words(first, _last(table, first), _language())}"


def _last(table: Table, first: date) -> date:
    return days_after(months_after(first, MONTHS.get(table.period, 12)), -1)


def _wanted(asked: str, faults: list[tuple[str, str]]) -> Wanted | None:
    """The statement an address names, if there is such a table and period."""
    found = _OF.fullmatch(asked)
    table = tables().get(found[1]) if found else None
    if found and table and table.about is None and not table.is_private and 1 <= int(found[3]) <= 12:
        first = date(int(found[2]), int(found[3]), 1)
        if table.covers(first, _last(table, first)):
            return Wanted(found[1], first, _last(table, first))
    faults.append(("of", _("没有“%(text)s”这样的公示。请从下面选一张。", text=asked)))
    return None


def _with(offers: list[Offer], asked: str, wanted: Wanted) -> list[Offer]:
    """An older period somebody's link asks for stands in the list, too."""
    if any(offer.key == asked for offer in offers):
        return offers
    return [Offer(asked, _label(wanted.table, wanted.starts_on, tables()[wanted.table])), *offers]


def _known(
    ledger: str, newest: int, wanted: Wanted | None, faults: list[tuple[str, str]]
) -> tuple[int, date]:
    """The last record known then, and the day: of a number, or by the end of a day in Shanghai.

    Unless asked, of the last day the statement is about: what came later is what people should see.
    """
    record, asked, today = asked_number("record"), asked_day("known", faults), current().today
    if record is not None:
        until = min(record, newest)
        return until, _day_of(ledger, until)
    day = asked or (min(wanted.ends_on, today) if wanted else today)
    evening = datetime.combine(days_after(day, 1), time.min, SHANGHAI).isoformat()
    with current().views.snapshot() as snapshot:
        until = journal.number_at(snapshot, ledger, evening, 0)
    if until < 0 and asked:
        faults.append(("known", _("那一天这本账还没有开始。请选晚一些的日子。")))
    return (until, day) if until >= 0 else (newest, today)


def _day_of(ledger: str, number: int) -> date:
    recorded = current().store.numbered(ledger, number)
    return legal_day(instant(recorded.envelope.recorded_at)) if recorded else current().today


# -- in words ----------------------------------------------------------------------------------------


def _language() -> str:
    return "en" if lang() == ENGLISH else "zh"


def _words(statement: Statement) -> StatementWords:
    return in_words(statement, _language())


def _rows(then: StatementWords, now: StatementWords) -> list[Row]:
    before = {figure.name: figure for figure in (*then.sum, *then.figures)}
    shown: list[Figure] = [*now.sum, *now.figures]
    shown += [figure for name, figure in before.items() if name not in {one.name for one in shown}]
    after = {figure.name: figure for figure in (*now.sum, *now.figures)}
    return [
        Row(figure.title, _text(before.get(figure.name)), _text(after.get(figure.name))) for figure in shown
    ]


def _text(figure: Figure | None) -> str:
    return figure.shown.text if figure else ""


def _changes(then: Statement, now: Statement) -> list[Change]:
    """Every cell that differs, in words; the figures stand side by side already."""
    both = restated(now, then, 1, "…")
    differing = both.restates.changes if both.restates else ()
    return [
        words
        for words, changed in zip(_words(both).changes, differing, strict=True)
        if changed.section and changed.row
    ]
