"""`/street/{ledger}`: the street's work list, communities down and tasks across, as it stood on a day."""

from datetime import date
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from api.errors import Unknown
from api.imports.worklist_file import TASK_COLUMNS
from api.pages.asked import asked_day, ledger_or_404, path
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.task_states import NEED, SIGNS, Tag, counted, state_word, steps, tags
from api.pages.wording import value_word
from api.pages.work_list_notes import nobody_reported, questions
from api.services import current
from ledger.rules.semantics import month_end
from projections import tasks
from projections.tasks import GridRow

pages = Blueprint("work_list", __name__)

OFFICES = ("street", "district")
BY_NEED = "need"
DAYS_OFFERED_MAX = 6
FAULTS_STATUS = 400

GridLine = tuple[str, str, str, list[tuple[Tag, ...]]]


class Sum(NamedTuple):
    """Milestones in one state: due by the day, still to come, and done when the list was issued."""

    sign: str
    words: str
    due: int
    to_come: int
    undated: int


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
        sums=_sums(rows, day),
        undated=sum(not cell.milestones for one in whole for cell in one.cells.values()),
        unreported=nobody_reported(whole, day),
        questions=questions(whole),
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


def _sums(rows: list[GridRow], day: date) -> list[Sum]:
    """How the milestones of the rows shown add up: states down; due, still to come, without a day, all."""
    milestones = [one for row in rows for cell in row.cells.values() for one in steps(cell)]
    sums = []
    for state in NEED:
        of_state = [one for one in milestones if one.state == state]
        undated = sum(one.due_on == date.max for one in of_state)
        due = sum(one.due_on <= day for one in of_state)
        sums.append(Sum(SIGNS[state], state_word(state), due, len(of_state) - due - undated, undated))
    return sums


def _days_offered(rows: list[GridRow], today: date) -> list[date]:
    """The ends of quarters on which something fell due, and today."""
    due = {one.first_due_on for row in rows for cell in row.cells.values() for one in cell.milestones}
    ends = {month_end(day.year, (day.month + 2) // 3 * 3) for day in due}
    return [*sorted(ends)[-DAYS_OFFERED_MAX:], today]
