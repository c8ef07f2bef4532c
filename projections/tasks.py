"""The street's work list: every task and milestone as of a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import ColumnElement, select

from ledger.actions.task_list import (
    OfMilestone,
    TaskAssigned,
    TaskClosed,
    TaskDeadlineMoved,
    TaskEvidenceSubmitted,
    TaskRejected,
)
from ledger.events import Event, Recorded
from projections import firms, ledgers
from projections.database import reading
from projections.snapshot import Snapshot
from projections.view import DAY, FLAG, PLACE, TEXT, Fields, Key, Shape, View, Write, day_number, day_of, each

DUE_SOON_DAYS = 30
TaskState = Literal["done", "on-time", "due-soon", "overdue", "submitted"]


class MilestoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which something is due. `first_due_on` names it in commands; `moved`: how often it was.

    `submitted_on`, `evidence`: what waits to be judged, or was accepted; `reason`: why it was sent back.
    """

    first_due_on: date
    due_on: date
    state: TaskState
    moved: int = 0
    submitted_on: date | None = None
    evidence: str | None = None
    rejections: int = 0
    reason: str | None = None
    closed_on: date | None = None


class TaskCell(msgspec.Struct, frozen=True):
    """One task as of a day. `due_on`: of the first milestone not closed. `number`: of its assignment.

    `assigned_on`: its legal date, for tasks of a list the day the list was issued.
    """

    task: str
    community: str
    column: str
    number: int
    raw: str
    state: TaskState
    due_on: date | None
    milestones: tuple[MilestoneRow, ...]
    assigned_on: date | None = None


class GridRow(msgspec.Struct, frozen=True):
    """A community of the list with its tasks by column."""

    community: str
    name: str
    row: int
    neighbourhood: str
    neighbourhood_name: str
    firm: str
    firm_name: str
    cells: dict[str, TaskCell]
    status: str | None = None


class TaskCount(msgspec.Struct, frozen=True):
    """Of the whole list (`id` and `name` empty), one firm or one neighbourhood.

    `done`, `due` by the day and `overdue` count milestones; a task that came in as done counts as one.
    """

    id: str
    name: str
    communities: int
    tasks: int
    milestones: int
    done: int
    due: int
    overdue: int


class Summary(msgspec.Struct, frozen=True):
    """The whole list and its parts, in the order of the list."""

    total: TaskCount
    by_firm: tuple[TaskCount, ...]
    by_neighbourhood: tuple[TaskCount, ...]


@reading
def grid(snapshot: Snapshot, street: str, as_of: date) -> list[GridRow]:
    """The list as of a day: every community in order of row, with a cell for each of its tasks."""
    cells: dict[str, dict[str, TaskCell]] = {}
    for cell in _cells(snapshot, street, as_of):
        cells.setdefault(cell.community, {})[cell.column] = cell
    names = {ledger.ledger: ledger.name for ledger in ledgers.all(snapshot)}
    return [
        GridRow(
            one.community,
            one.name,
            one.row,
            one.neighbourhood,
            names.get(one.neighbourhood, one.neighbourhood),
            one.firm,
            one.firm_name or one.firm,
            cells.get(one.community, {}),
            one.status,
        )
        for one in firms.listed(snapshot, street)
    ]


@reading
def summary(snapshot: Snapshot, street: str, as_of: date) -> Summary:
    """How far the list has come as of a day: in all, by firm, by neighbourhood."""
    rows = grid(snapshot, street, as_of)
    by_firm: dict[tuple[str, str], list[GridRow]] = {}
    by_neighbourhood: dict[tuple[str, str], list[GridRow]] = {}
    for row in rows:
        by_firm.setdefault((row.firm, row.firm_name), []).append(row)
        by_neighbourhood.setdefault((row.neighbourhood, row.neighbourhood_name), []).append(row)
    return Summary(
        _count("", "", rows, as_of),
        tuple(_count(*part, of_part, as_of) for part, of_part in by_firm.items()),
        tuple(_count(*part, of_part, as_of) for part, of_part in by_neighbourhood.items()),
    )


@reading
def page(
    snapshot: Snapshot, ledger: str, as_of: date, *, after: int | None = None, limit: int = 50
) -> list[TaskCell]:
    """Tasks of a list in order of record number; `after`: number of the last one of the page before."""
    task = snapshot.table("tasks", "task")
    numbers = select(task.c.number).where(task.c.ledger == ledger).order_by(task.c.number).limit(limit)
    if after is not None and after >= 0:
        numbers = numbers.where(task.c.number > after)
    return _cells(snapshot, ledger, as_of, task.c.number.in_([row.number for row in snapshot.rows(numbers)]))


@reading
def one(snapshot: Snapshot, ledger: str, task: str, as_of: date) -> TaskCell | None:
    """One task as of a day, none if there is no such id."""
    found = _cells(snapshot, ledger, as_of, snapshot.table("tasks", "task").c.task == task)
    return found[0] if found else None


def _cells(
    snapshot: Snapshot, ledger: str, as_of: date, wanted: ColumnElement[bool] | None = None
) -> list[TaskCell]:
    task, step = snapshot.table("tasks", "task"), snapshot.table("tasks", "step")
    assigned = select(task).where(task.c.ledger == ledger)
    taken = select(step).where(step.c.ledger == ledger, step.c.occurred_on <= as_of.toordinal())
    if wanted is not None:
        assigned = assigned.where(wanted)
        taken = taken.join(task, (task.c.ledger == step.c.ledger) & (task.c.task == step.c.task)).where(
            wanted
        )
    steps: dict[str, list[Any]] = {}
    for row in snapshot.rows(taken.order_by(step.c.number)):
        steps.setdefault(row.task, []).append(row)
    return [
        _cell(row, steps.get(row.task, ()), as_of) for row in snapshot.rows(assigned.order_by(task.c.number))
    ]


# -- as of a day: what had happened by then, folded when it is read ------------------------------------------


def _cell(row: Any, steps: Iterable[Any], as_of: date) -> TaskCell:
    milestones: dict[int, Fields] = {day: {"due_on": day} for day in map(int, row.milestones.split())}
    for step in steps:
        _take(milestones[step.milestone], step)
    rows = tuple(_milestone(first, fields, as_of) for first, fields in milestones.items())
    unfinished = [one for one in rows if one.state != "done"]
    state: TaskState = unfinished[0].state if unfinished else "done"
    if any(one.state == "overdue" for one in unfinished):
        state = "overdue"
    due_on = unfinished[0].due_on if unfinished else None
    return TaskCell(
        row.task,
        row.community,
        row.list_column,
        row.number,
        row.raw,
        state,
        due_on,
        rows,
        day_of(row.assigned_on),
    )


def _take(milestone: Fields, step: Any) -> None:
    match step.what:
        case "submitted":
            milestone.update(submitted_on=step.occurred_on, evidence=step.text)
        case "rejected":
            milestone.update(submitted_on=None, evidence=None, reason=step.text)
            milestone["rejections"] = milestone.get("rejections", 0) + 1
        case "moved":
            milestone.update(due_on=step.due_on, moved=milestone.get("moved", 0) + 1)
        case "closed":
            milestone["closed_on"] = step.occurred_on


def _milestone(first_due_on: int, fields: Fields, as_of: date) -> MilestoneRow:
    for name in ("due_on", "submitted_on", "closed_on"):
        fields[name] = day_of(fields.get(name))
    state = _state(fields["due_on"], fields["submitted_on"], fields["closed_on"], as_of)
    return MilestoneRow(first_due_on=day_of(first_due_on), state=state, **fields)


def _state(due_on: date, submitted_on: date | None, closed_on: date | None, as_of: date) -> TaskState:
    if closed_on is not None:
        return "done"
    in_time = submitted_on is not None and submitted_on <= due_on  # who waits for the judge is not late
    if due_on < as_of and not in_time:
        return "overdue"
    if submitted_on is not None:
        return "submitted"
    return "due-soon" if due_on <= as_of + timedelta(days=DUE_SOON_DAYS) else "on-time"


def _count(identity: str, name: str, rows: Sequence[GridRow], as_of: date) -> TaskCount:
    cells = [cell for row in rows for cell in row.cells.values()]
    milestones = [one for cell in cells for one in cell.milestones]
    came_in_done = sum(not cell.milestones for cell in cells)
    return TaskCount(
        id=identity,
        name=name,
        communities=len(rows),
        tasks=len(cells),
        milestones=len(milestones) + came_in_done,
        done=sum(one.state == "done" for one in milestones) + came_in_done,
        due=sum(one.due_on <= as_of for one in milestones),
        overdue=sum(one.state == "overdue" for one in milestones),
    )


class Tasks(View):
    """One row per task, and one per step taken on one of its milestones."""

    name: ClassVar[str] = "tasks"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "task": Shape(
            {"ledger": TEXT, "task": TEXT},
            {
                "number": PLACE,
                **each(TEXT, "community list_column raw milestones"),
                "done": FLAG,
                "assigned_on": DAY,
            },
        ),
        "step": Shape(
            {"ledger": TEXT, "task": TEXT, "number": PLACE},
            {"milestone": DAY, "occurred_on": DAY, "what": TEXT, "due_on": DAY, "text": TEXT},
        ),
    }
    takes = (TaskAssigned, TaskEvidenceSubmitted, TaskClosed, TaskRejected, TaskDeadlineMoved)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        tasks: dict[Key, Fields] = {}
        steps: list[Key] = []
        for recorded in batch:
            data = recorded.data
            if isinstance(data, TaskAssigned):
                tasks[recorded.ledger, data.task] = _assigned(recorded, data)
            elif isinstance(data, OfMilestone):
                what, due_on, text = _step(data)
                day, milestone = day_number(recorded.occurred_on), day_number(data.milestone)
                steps.append(
                    (recorded.ledger, data.task, recorded.number, milestone, day, what, due_on, text)
                )
        write.put("task", tasks)
        write.insert("step", steps)


def _assigned(recorded: Recorded[Event], task: TaskAssigned) -> Fields:
    return {
        "number": recorded.number,
        "assigned_on": day_number(recorded.occurred_on),
        "community": task.community,
        "list_column": task.column,
        "raw": task.raw,
        "milestones": " ".join(str(day.toordinal()) for day in task.milestones),
        "done": task.done,
    }


def _step(data: OfMilestone) -> tuple[str, int | None, str | None]:
    match data:
        case TaskEvidenceSubmitted(evidence=evidence):
            return "submitted", None, evidence
        case TaskRejected(reason=reason):
            return "rejected", None, reason
        case TaskDeadlineMoved(due_on=due_on, reason=reason):
            return "moved", day_number(due_on), reason
    return "closed", None, None


VIEW = Tasks()
