"""The tasks of a street's work list, as they stand on a day."""

from typing import Annotated

from msgspec import Meta

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, PageQuery, Query, cut
from ledger.fields import Day
from projections import tasks as view
from projections.tasks import TaskCell

blueprint = Blueprint("Tasks", __name__, description="The work list of a street")

AsOf = Annotated[Day, Meta(description="How things stand on this day; today if left out")]


class TasksQuery(PageQuery, kw_only=True):
    """Tasks in the order in which they were assigned."""

    as_of: AsOf | None = None


class TaskQuery(Query, kw_only=True):
    """One task as it stands on a day."""

    as_of: AsOf | None = None


class TaskPage(Page, kw_only=True):
    """Tasks in the order in which they were assigned."""

    tasks: tuple[TaskCell, ...]


class TaskAnswer(Answer, kw_only=True):
    """One task with its milestones."""

    task: TaskCell


@blueprint.read("/ledgers/<id:ledger>/tasks", query=TasksQuery, gives=TaskPage, of="ledger")
def tasks(asked: TasksQuery, ledger: str) -> TaskPage:
    """The tasks on the list of this street."""
    here = services.current()
    position = here.views.position()
    rows = view.page(here.views, ledger, asked.as_of or here.today, after=asked.after, limit=asked.limit + 1)
    page, last = cut(rows, asked.limit)
    return TaskPage(position=position, tasks=page, next_after=last.number if last else None)


@blueprint.read("/ledgers/<id:ledger>/tasks/<id:identity>", query=TaskQuery, gives=TaskAnswer, of="ledger")
def task(asked: TaskQuery, ledger: str, identity: str) -> TaskAnswer:
    """One task with its milestones."""
    here = services.current()
    position, row = here.views.position(), view.one(here.views, ledger, identity, asked.as_of or here.today)
    if row is None:
        raise Unknown("record.unknown")
    return TaskAnswer(position=position, task=row)
