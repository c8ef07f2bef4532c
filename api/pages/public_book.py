"""`/c/{ledger}`: what a community holds, took in, spent and decided; for an office, what lies under it."""

from datetime import date

from flask import Blueprint, render_template, request
from msgspec import Struct

from api.pages import money, periods
from api.pages.asked import ledger_or_404
from api.pages.frame import LARGE, Shown, lang, page, size
from api.pages.news import latest_news
from api.pages.place import place
from api.pages.steps import Payment, payments_under, records_tagged
from api.pages.task_states import Work, work_of
from api.services import current
from ledger.actions.entry import EntryReversed
from projections import balances, debriefs, decisions, entries, firms, ledgers, rectifications, tasks
from projections.entries import EntryRow
from projections.ledgers import LedgerRow
from projections.tasks import GridRow

pages = Blueprint("public_book", __name__)

ENTRIES_SHOWN, DECISIONS_SHOWN, RECORDS_SHOWN, CORRECTIONS_SHOWN = 6, 5, 6, 3
FIRST_CHOICE = ("public-revenue", "maintenance", "working")  # what changes most is what people ask for


class Correction(Struct, frozen=True):
    """An entry that was reversed, the record that says so and why, and what was paid instead."""

    wrong: EntryRow
    reversal: EntryRow
    reason: str | None
    instead: Payment | None


@pages.get("/c/<ledger>")
@page
def public_book(ledger: str) -> Shown:
    """A community's book, or an office's list of what lies under it."""
    row = ledger_or_404(ledger)
    return _community(row) if row.kind == "community" else _office(row)


def _community(row: LedgerRow) -> str:
    views, today, ledger = current().views, current().today, row.ledger
    held = balances.of(views, ledger)
    funds = [fund.fund for fund in held.funds]
    asked = request.args.get("fund")
    fund = asked if asked in funds else next((name for name in FIRST_CHOICE if name in funds), None)
    period = periods.asked_period(request.args.get("period", ""), today) or periods.last_year(today)
    return render_template(
        "public_book.html",
        **place(row, "book"),
        held=held,
        fund=fund,
        period=period,
        periods=periods.offered(today),
        flow=money.flow(ledger, fund, period) if fund else None,
        year=money.year(ledger, fund, today, lang=lang(), large=size() == LARGE) if fund else None,
        corrections=_corrections(ledger, today),
        entries=entries.page(views, ledger, limit=ENTRIES_SHOWN, newest_first=True),
        decisions=decisions.page(views, ledger, limit=DECISIONS_SHOWN, newest_first=True),
        firms=firms.of(views, ledger),
        debriefs=debriefs.page(views, ledger, limit=1, newest_first=True, held=True),
        items=rectifications.counted(views, ledger, today),
        work=work_of(ledger, today),
        news=latest_news(ledger, RECORDS_SHOWN),
        today=today,
    )


def _corrections(ledger: str, today: date) -> list[Correction]:
    """What was put right in the last twelve months, the latest first."""
    start = periods.last_year(today).start
    found: list[Correction] = []
    for reversal in entries.page(current().views, ledger, start=start, limit=money.BATCH, newest_first=True):
        if reversal.reverses is None or len(found) == CORRECTIONS_SHOWN:
            continue
        wrong = entries.one(current().views, ledger, reversal.reverses)
        recorded = current().store.numbered(ledger, reversal.number)
        reason = recorded.data.reason if recorded and isinstance(recorded.data, EntryReversed) else None
        if wrong is not None:
            found.append(Correction(wrong, reversal, reason, _instead(ledger, wrong, reversal)))
    return found


def _instead(ledger: str, wrong: EntryRow, reversal: EntryRow) -> Payment | None:
    """The first payment asked for under the same decision after the reversal."""
    if wrong.decision is None:
        return None
    payments = payments_under(records_tagged(ledger, f"decision:{wrong.decision}"))
    after = (one for one in payments if one.requested and one.requested.number > reversal.number)
    return next((one for one in after if one.paid and not one.reversed), None)


def _office(row: LedgerRow) -> str:
    """A street or neighbourhood: its communities, with what they still have to do."""
    views, today = current().views, current().today
    children = ledgers.children(views, row.ledger)
    return render_template(
        "office.html",
        **place(row, "book"),
        children=children,
        grandchildren={child.ledger: ledgers.children(views, child.ledger) for child in children}
        if row.kind in ("street", "district")
        else {},
        work=_work_under(row, today),
        summary=tasks.summary(views, row.ledger, today) if row.kind == "street" else None,
        news=latest_news(row.ledger, RECORDS_SHOWN),
    )


def _work_under(row: LedgerRow, today: date) -> dict[str, Work]:
    """The tasks of a neighbourhood's communities, by community."""
    if row.kind != "neighbourhood" or row.parent is None:
        return {}
    grid: list[GridRow] = tasks.grid(current().views, row.parent, today)
    return {
        listed.community: Work.of(row.parent, listed, today)
        for listed in grid
        if listed.neighbourhood == row.ledger
    }
