"""Tasks of the street's work list in the few words a grid has room for."""

import calendar
from datetime import date

from flask_babel import gettext as _
from markupsafe import Markup
from msgspec import Struct

from api import words
from api.pages.asked import path
from api.pages.frame import lang
from api.services import current
from projections import firms, tasks
from projections.tasks import GridRow, MilestoneRow, TaskCell

SIGNS = {"done": "ok", "submitted": "live", "on-time": "muted", "due-soon": "warn", "overdue": "bad"}
NEED = ("overdue", "due-soon", "submitted", "on-time", "done")  # what asks for attention first

Tag = tuple[str, str, str | None]  # sign, words, address


class Task(Struct, frozen=True):
    """One task of a community: where its record is, and its milestones as tags."""

    column: str
    raw: str
    href: str
    tags: tuple[Tag, ...]


class Work(Struct, frozen=True):
    """What a street's list asks of one community."""

    street: str
    listed: GridRow
    tasks: tuple[Task, ...]
    overdue: int
    done: int
    milestones: int

    @classmethod
    def of(cls, street: str, listed: GridRow, day: date) -> "Work":
        """The work of one row of the grid."""
        cells = list(listed.cells.values())
        return cls(
            street,
            listed,
            tuple(
                Task(cell.column, cell.raw, path(street, "events", cell.number), tags(street, cell, day))
                for cell in cells
            ),
            counted(listed, "overdue"),
            counted(listed, "done"),
            sum(max(len(cell.milestones), 1) for cell in cells),
        )


def work_of(community: str, day: date) -> Work | None:
    """What the list of its street asks of a community; none if it stands on no list."""
    for listed in firms.of(current().views, community).listed:
        for row in tasks.grid(current().views, listed.street, day):
            if row.community == community:
                return Work.of(listed.street, row, day)
    return None


def counted(row: GridRow, state: str) -> int:
    """How many milestones of a community are in a state."""
    return sum(one.state == state for cell in row.cells.values() for one in steps(cell))


def steps(cell: TaskCell) -> tuple[MilestoneRow, ...]:
    """The milestones of a task; a task that was done when it was listed counts as one."""
    return cell.milestones or (MilestoneRow(first_due_on=date.max, due_on=date.max, state=cell.state),)


def tags(street: str, cell: TaskCell, day: date) -> tuple[Tag, ...]:
    """A tag for each milestone: a sign for its state, the day in words; the state in words for listeners."""
    href = path(street, "events", cell.number)
    return tuple((SIGNS[one.state], _words(one, day), href) for one in steps(cell))


def state_word(state: str) -> str:
    """A state in words."""
    words_of: dict[str, str] = {
        "done": _("已完成"),
        "submitted": _("已交材料，待核"),
        "on-time": _("未到期"),
        "due-soon": _("30 天内到期"),
        "overdue": _("逾期"),
    }
    return words_of[state]


def _words(milestone: MilestoneRow, day: date) -> str:
    if milestone.due_on == date.max:
        return str(_("已完成"))
    return Markup('{}<span class="hidden"> {}</span>').format(
        short_day(milestone.due_on, day.year), state_word(milestone.state)
    )


def short_day(day: date, year: int) -> str:
    """`11月底` for the last day of a month, else `11月15日`; with its year if that is another."""
    if lang() == words.CHINESE and day.day == calendar.monthrange(day.year, day.month)[1]:
        return f"{day.month}月底" if day.year == year else f"{day.year}年{day.month}月底"
    return words.chinese_day(day, lang(), short=day.year == year)
