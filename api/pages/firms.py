"""`/c/{ledger}/firms`: the property firm, its contract, its yearly debrief, and what it has to put right."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from msgspec import Struct

from api.pages.asked import ledger_or_404, path
from api.pages.frame import Shown, page
from api.pages.place import place
from api.services import current
from projections import debrief_figures, debriefs, firms, ledgers, rectifications
from projections.debrief_figures import FigureRow, FirmYear
from projections.debrief_rows import AppraisalRow, DebriefRow
from projections.firms import ContractRow

pages = Blueprint("firms", __name__)

DEBRIEFS_MAX, ITEMS_MAX = 10, 100


class Told(Struct, frozen=True):
    """A debrief beside the books. `elsewhere`: communities in which the firm handed in the same text.

    `corrected`: score sheets put right, each with the one it stands in place of.
    """

    row: DebriefRow
    firm: str
    figures: tuple[FigureRow, ...]
    elsewhere: tuple[tuple[str, str], ...]
    corrected: tuple[tuple[AppraisalRow, AppraisalRow], ...]


class Running(Struct, frozen=True):
    """The year so far of a firm that has no debrief on it yet."""

    firm: str
    year: FirmYear
    figures: tuple[FigureRow, ...]


@pages.get("/c/<ledger>/firms")
@page
def property_firms(ledger: str) -> Shown:
    """Contracts, debriefs with their scores, and the rectification ledger (整改台账)."""
    row, views, today = ledger_or_404(ledger), current().views, current().today
    of_firms = firms.of(views, ledger)
    found = debriefs.page(views, ledger, limit=DEBRIEFS_MAX, newest_first=True)
    return render_template(
        "firms.html",
        **place(row, "firms", (_("物业"), None)),
        firms=of_firms,
        debriefs=[_told(ledger, one) for one in found],
        running=[_running(ledger, one) for one in of_firms.contracts if _is_untold(one, found)],
        sources={one.debrief: _("%(year)s年度述职评议", year=one.year) for one in found},
        items=rectifications.urgent_first(views, ledger, limit=ITEMS_MAX),
        today=today,
    )


def _told(ledger: str, row: DebriefRow) -> Told:
    views = current().views
    sheets = {sheet.number: sheet for sheet in row.appraisals}
    return Told(
        row=row,
        firm=row.firm_name or firms.named(views, row.firm) or row.firm,
        figures=debrief_figures.of(views, ledger, row),
        elsewhere=tuple(_named(other) for other in _others(ledger, row)),
        corrected=tuple(
            (sheets[sheet.corrects], sheet) for sheet in row.appraisals if sheet.corrects in sheets
        ),
    )


def _others(ledger: str, row: DebriefRow) -> list[str]:
    same = debriefs.same_words(current().views, ledger, row.debrief)
    return list(dict.fromkeys(other for other, _debrief in same))


def _named(ledger: str) -> tuple[str, str]:
    """The name of a community and where its firm's page is."""
    row = ledgers.one(current().views, ledger)
    return (row.name if row else ledger), path(ledger, "firms")


def _is_untold(contract: ContractRow, found: list[DebriefRow]) -> bool:
    """Whether a firm serves now and has neither held nor planned a debrief on this year."""
    today = current().today
    told = any(one.firm == contract.firm and one.year == today.year for one in found)
    return contract.runs_on(today) and not told


def _running(ledger: str, contract: ContractRow) -> Running:
    today = current().today
    starts_on = max(today.replace(month=1, day=1), contract.starts_on)
    year = FirmYear(ledger, contract.firm, starts_on, today)
    return Running(contract.firm_name or contract.firm, year, debrief_figures.of_year(current().views, year))
