"""`/c/{ledger}/projects`: every repair, how far it is, what it may cost and what was paid for it."""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from api.errors import Unknown
from api.pages.asked import asked_number, is_id, ledger_or_404, path
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.steps import payments_under, records_tagged
from api.services import current
from projections import repair_projects
from projections.repair_project_rows import RepairProjectRow

pages = Blueprint("projects", __name__)

ROWS_MAX, LATEST_MAX = 20, 3


@pages.get("/c/<ledger>/projects")
@page
def all_projects(ledger: str) -> Shown:
    """Every repair, the newest plan first."""
    row, after = ledger_or_404(ledger), asked_number("after")
    found = repair_projects.page(current().views, ledger, after=after, limit=ROWS_MAX + 1, newest_first=True)
    shown = found[:ROWS_MAX]
    return render_template(
        "projects.html",
        **place(row, "decisions", (_("维修工程"), None)),
        projects=shown,
        newer=here(after=None) if after is not None else None,
        older=here(after=str(shown[-1].number)) if len(found) > ROWS_MAX else None,
    )


@pages.get("/c/<ledger>/projects/<project>")
@page
def one_project(ledger: str, project: str) -> Shown:
    """One repair with its steps, its money, its plan and every record about it."""
    row = ledger_or_404(ledger)
    found = repair_projects.one(current().views, ledger, project) if is_id(project) else None
    if found is None:
        raise Unknown
    records = records_tagged(ledger, f"project:{project}")
    return render_template(
        "project.html",
        **place(row, "decisions", (_("维修工程"), path(ledger, "projects")), (found.name, None)),
        project=found,
        payments=payments_under(records),
        records=records,
    )


@pages.app_template_global("latest_projects")
def latest_projects(ledger: str) -> list[RepairProjectRow]:
    """The newest repairs, for the public page of a community."""
    return repair_projects.page(current().views, ledger, limit=LATEST_MAX, newest_first=True)
