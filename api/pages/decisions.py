"""`/c/{ledger}/decisions`: what was decided, by whom, and what became of the money it set free."""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from api.errors import Unknown
from api.pages.asked import asked_number, is_id, ledger_or_404, path
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.steps import payments_under, records_tagged
from api.pages.votes import needs_of, rule_titles, vote_of
from api.services import current
from ledger.fields import centi_m2
from projections import decisions

pages = Blueprint("decisions", __name__)

ROWS_MAX = 20


@pages.get("/c/<ledger>/decisions")
@page
def all_decisions(ledger: str) -> Shown:
    """Every decision, the newest first."""
    row, after = ledger_or_404(ledger), asked_number("after")
    found = decisions.page(current().views, ledger, after=after, limit=ROWS_MAX + 1, newest_first=True)
    shown = found[:ROWS_MAX]
    return render_template(
        "decisions.html",
        **place(row, "decisions", (_("决定"), None)),
        decisions=shown,
        newer=here(after=None) if after is not None else None,
        older=here(after=str(shown[-1].number)) if len(found) > ROWS_MAX else None,
    )


@pages.get("/c/<ledger>/decisions/<decision>")
@page
def one_decision(ledger: str, decision: str) -> Shown:
    """One decision with its vote, its money and every record about it."""
    row = ledger_or_404(ledger)
    found = decisions.one(current().views, ledger, decision) if is_id(decision) else None
    if found is None:
        raise Unknown
    records = records_tagged(ledger, f"decision:{decision}")
    return render_template(
        "decision.html",
        **place(row, "decisions", (_("决定"), path(ledger, "decisions")), (found.title, None)),
        decision=found,
        vote=vote_of(found),
        needs=needs_of(found),
        rules=rule_titles(found.rules),
        centi_m2=centi_m2,
        broken=rule_titles(found.irregularities),
        payments=payments_under(records),
        records=records,
        today=current().today,
    )
