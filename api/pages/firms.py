"""`/c/{ledger}/firms`: the property firm, its contract, its yearly debrief, and what it has to put right."""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from api.pages.asked import ledger_or_404
from api.pages.frame import Shown, lang, page
from api.pages.place import place
from api.services import current
from api.words import chinese_day
from projections import debriefs, firms, rectifications

pages = Blueprint("firms", __name__)

DEBRIEFS_MAX, ITEMS_MAX = 20, 100


@pages.get("/c/<ledger>/firms")
@page
def property_firms(ledger: str) -> Shown:
    """Contracts, debriefs with their scores, and the rectification ledger (整改台账)."""
    row, views, today = ledger_or_404(ledger), current().views, current().today
    items = rectifications.page(views, ledger, limit=ITEMS_MAX, newest_first=True)
    # what is late comes first, then what is due next, then what is done
    items.sort(
        key=lambda item: (item.stage == "accepted", item.due_on if item.stage != "accepted" else today)
    )
    held = debriefs.page(views, ledger, limit=DEBRIEFS_MAX, newest_first=True)
    return render_template(
        "firms.html",
        **place(row, "firms", (_("物业"), None)),
        firms=firms.of(views, ledger),
        debriefs=held,
        sources={one.debrief: _("%(day)s述职评议", day=chinese_day(one.held_on, lang())) for one in held},
        items=items,
        today=today,
    )
