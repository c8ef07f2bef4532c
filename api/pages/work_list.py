"""`/street/{ledger}`: the street's work list, communities down and tasks across, as it stood on a day."""

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from api.errors import Unknown
from api.imports.worklist_file import TASK_COLUMNS
from api.pages.asked import asked_day, ledger_or_404, path
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.task_states import NEED, Tag, counted, state_word, tags
from api.pages.wording import value_word
from api.services import current
from ledger.dates import month_end
from projections import tasks
from projections.ledgers import LedgerRow
from projections.tasks import GridRow, MilestoneRow

pages = Blueprint("work_list", __name__)

OFFICES = ("street", "district")
BY_NEED = "need"
DAYS_OFFERED_MAX = 6
FAULTS_STATUS = 400

GridLine = tuple[str, str, str, list[tuple[Tag, ...]]]


@pages.get("/street/<ledger>")
@page
def work_list(ledger: str) -> Shown:
    """The whole list, or the part of one neighbourhood or firm."""
    row = ledger_or_404(ledger)
    if row.kind not in OFFICES:
        raise Unknown
    faults: list[tuple[str, str]] = []
    asked = asked_day("as_of", faults)
    day = asked or current().today
    whole = tasks.grid(current().views, ledger, day)
    chosen = {name: request.args.get(name, "") for name in ("neighbourhood", "firm")}
    rows = [one for one in whole if _matches(one, chosen)]
    by_need = request.args.get("sort") == BY_NEED
    if by_need:
        rows.sort(key=lambda one: ([-counted(one, state) for state in NEED[:3]], one.row))
    columns = _columns(whole)
    html = render_template(
        "work_list.html",
        **place(row, "work", (_("工作清单"), None)),
        day=day,
        values={"as_of": request.args.get("as_of", "")[:20] if faults else day.isoformat()},
        faults=faults,
        days=_days_offered(whole, current().today),
        whole=whole,
        chosen=chosen,
        by_need=by_need,
        columns=[value_word("column", column) for column in columns],
        lines=[_line(row.ledger, one, columns, day) for one in rows],
        summary=tasks.summary(current().views, ledger, day),
        shown=_shown_counts(rows),
        warnings=_warnings(row, whole),
        legend=[(state, state_word(state)) for state in NEED],
        here=here,
    )
    return (html, FAULTS_STATUS) if faults else html


def _columns(rows: list[GridRow]) -> list[str]:
    """The columns in use: those of the printed list in its order, then any other."""
    used = dict.fromkeys(column for row in rows for column in row.cells)
    return [
        *(column for column in TASK_COLUMNS if column in used),
        *(column for column in used if column not in TASK_COLUMNS),
    ]


def _matches(row: GridRow, chosen: dict[str, str]) -> bool:
    return chosen["neighbourhood"] in ("", row.neighbourhood) and chosen["firm"] in ("", row.firm)


def _line(street: str, row: GridRow, columns: list[str], day: date) -> GridLine:
    cells = [tags(street, row.cells[column], day) if column in row.cells else () for column in columns]
    remark = f"{row.row} · {row.neighbourhood_name} · {row.firm_name}"
    return row.name, path(row.community), remark, cells


def _shown_counts(rows: list[GridRow]) -> dict[str, int]:
    """How many milestones of the rows shown are in each state."""
    return {state: sum(counted(row, state) for row in rows) for state in NEED}


def _days_offered(rows: list[GridRow], today: date) -> list[date]:
    """The ends of quarters on which something fell due, and today."""
    due = {day for row in rows for day in _due(row)}
    ends = {month_end(day.year, (day.month + 2) // 3 * 3) for day in due}
    return [*sorted(ends)[-DAYS_OFFERED_MAX:], today]


def _warnings(street: LedgerRow, rows: list[GridRow]) -> list[str]:
    """What about the list itself deserves a question, in words."""
    found = []
    early = [row for row in rows if any(day < street.opened_on for day in _due(row))]
    if early:
        found.append(
            _(
                "第 %(rows)s 行的期限早于清单下发的日子，下发时就已经过期。",
                rows=_("、").join(str(row.row) for row in early),
            )
        )
    for row in rows:
        selection, reelection = (
            _first_day(row, column) for column in ("firm-selection", "committee-reelection")
        )
        if selection and reelection and selection < reelection:
            found.append(
                _(
                    "第 %(row)s 行（%(name)s）的选聘期限早于业委会换届期限：新一届业委会还没产生。",
                    row=row.row,
                    name=row.name,
                )
            )
    moved = [row for row in rows if any(one.moved > 1 for one in _milestones(row))]
    if moved:
        found.append(
            _("有任务的期限改了不止一次：%(names)s。", names=_("、").join(row.name for row in moved))
        )
    return found


def _milestones(row: GridRow) -> list[MilestoneRow]:
    return [one for cell in row.cells.values() for one in cell.milestones]


def _due(row: GridRow) -> list[date]:
    return [one.first_due_on for one in _milestones(row)]


def _first_day(row: GridRow, column: str) -> date | None:
    cell = row.cells.get(column)
    return cell.milestones[0].first_due_on if cell and cell.milestones else None
