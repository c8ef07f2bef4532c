"""The street's work list as of a day."""

from datetime import date

import pytest

from projections import tasks
from projections.tasks import TaskCell, TaskCount
from tests.ledger.happened import (
    community_listed,
    deadline_moved,
    evidence_submitted,
    firm_registered,
    task_assigned,
    task_closed,
    task_rejected,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books

JUNE, DECEMBER = date(2024, 6, 30), date(2024, 12, 31)


def on(day: date, fact: Fact) -> Fact:
    return fact._replace(on=day)


def cell(books: Books, as_of: date, task: str = "t-1") -> TaskCell:
    found = tasks.one(books.shown(), WUTONGLI, task, as_of)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        (date(2024, 5, 30), "on-time"),
        (date(2024, 5, 31), "due-soon"),
        (JUNE, "due-soon"),
        (date(2024, 7, 1), "overdue"),
    ],
)
def test_a_task_is_overdue_from_the_day_after(books: Books, as_of: date, state: str) -> None:
    books.tell(task_assigned("t-1", due_on=JUNE))
    assert (cell(books, as_of).state, cell(books, as_of).due_on) == (state, JUNE)


def test_a_task_that_came_in_as_done_is_done(both_books: Books) -> None:
    both_books.tell(task_assigned("t-1", done=True, raw="已完成"))
    assert cell(both_books, date(2024, 4, 1)) == TaskCell(
        "t-1", "compound-5", "parking", both_books.number, "已完成", "done", None, (), TODAY
    )


def test_evidence_given_in_time_waits_for_the_judge_and_is_not_late(both_books: Books) -> None:
    both_books.tell(task_assigned("t-1", due_on=JUNE), on(JUNE, evidence_submitted("t-1", milestone=JUNE)))
    assert cell(both_books, date(2024, 6, 29)).state == "due-soon"
    assert cell(both_books, JUNE).state == "submitted"
    assert cell(both_books, date(2024, 8, 1)).state == "submitted"


def test_evidence_given_late_leaves_the_task_overdue_until_it_is_closed(books: Books) -> None:
    late = date(2024, 7, 5)
    books.tell(task_assigned("t-1", due_on=JUNE), on(late, evidence_submitted("t-1", milestone=JUNE)))
    books.tell(on(date(2024, 7, 9), task_closed("t-1", milestone=JUNE)))
    assert cell(books, date(2024, 7, 8)).state == "overdue"
    assert cell(books, date(2024, 7, 9)).state == "done"


def test_rejected_evidence_opens_the_milestone_again(both_books: Books) -> None:
    both_books.tell(
        task_assigned("t-1", due_on=JUNE),
        on(date(2024, 6, 1), evidence_submitted("t-1", milestone=JUNE)),
        on(date(2024, 6, 10), task_rejected("t-1", milestone=JUNE)),
    )
    assert cell(both_books, date(2024, 6, 9)).state == "submitted"
    (milestone,) = cell(both_books, date(2024, 6, 10)).milestones
    assert (milestone.state, milestone.rejections, milestone.reason) == ("due-soon", 1, "照片看不清。")
    assert milestone.submitted_on is None


def test_one_milestone_closed_leaves_the_next_one(both_books: Books) -> None:
    both_books.tell(
        task_assigned("t-1", due_on=JUNE, further=(DECEMBER,)),
        on(JUNE, evidence_submitted("t-1", milestone=JUNE)),
        on(JUNE, task_closed("t-1", milestone=JUNE)),
    )
    found = cell(both_books, date(2024, 7, 1))
    assert (found.state, found.due_on) == ("on-time", DECEMBER)
    assert [one.state for one in found.milestones] == ["done", "on-time"]
    assert found.milestones[0].closed_on == JUNE


def test_a_late_milestone_makes_the_task_overdue_whatever_comes_after(books: Books) -> None:
    books.tell(task_assigned("t-1", due_on=JUNE, further=(DECEMBER,)))
    assert cell(books, date(2024, 9, 1)).state == "overdue"


def test_a_moved_deadline_counts_from_the_day_it_was_moved(both_books: Books) -> None:
    both_books.tell(
        task_assigned("t-1", due_on=JUNE),
        on(date(2024, 7, 10), deadline_moved("t-1", milestone=JUNE, due_on=date(2024, 8, 31))),
        on(date(2024, 7, 20), deadline_moved("t-1", milestone=JUNE, due_on=DECEMBER)),
    )
    assert cell(both_books, date(2024, 7, 9)).state == "overdue"
    assert cell(both_books, date(2024, 7, 10)).due_on == date(2024, 8, 31)
    (milestone,) = cell(both_books, date(2024, 7, 20)).milestones
    assert (milestone.first_due_on, milestone.due_on, milestone.moved) == (JUNE, DECEMBER, 2)


def test_the_grid_has_a_row_for_every_community_and_a_cell_for_every_task(both_books: Books) -> None:
    both_books.tell(
        firm_registered(),
        community_listed("compound-5"),
        task_assigned("t-1", column="parking", due_on=JUNE),
        task_assigned("t-2", column="lifts", done=True),
    )
    (row,) = tasks.grid(both_books.shown(), WUTONGLI, date(2024, 4, 1))
    assert (row.community, row.name, row.row, row.firm_name) == ("compound-5", "三林苑", 5, "恒升物业")
    assert (row.neighbourhood, row.neighbourhood_name) == ("neighbourhood-2", "neighbourhood-2")
    assert {column: one.state for column, one in row.cells.items()} == {"parking": "on-time", "lifts": "done"}


def test_the_summary_counts_milestones_in_all_and_by_firm(both_books: Books) -> None:
    both_books.tell(
        firm_registered(),
        community_listed("compound-5"),
        task_assigned("t-1", column="parking", due_on=JUNE, further=(DECEMBER,)),
        task_assigned("t-2", column="lifts", done=True),
    )
    summary = tasks.summary(both_books.shown(), WUTONGLI, date(2024, 7, 1))
    assert summary.total == TaskCount("", "", communities=1, tasks=2, milestones=3, done=1, due=1, overdue=1)
    assert summary.by_firm == (TaskCount("heng-sheng", "恒升物业", 1, 2, 3, 1, 1, 1),)
    assert [part.id for part in summary.by_neighbourhood] == ["neighbourhood-2"]


def test_tasks_come_in_pages_by_record(both_books: Books) -> None:
    both_books.tell(
        *(task_assigned(f"t-{index}", column=f"column-{index}", due_on=JUNE) for index in range(3))
    )
    shown = both_books.shown()
    first = tasks.page(shown, WUTONGLI, JUNE, limit=2)
    rest = tasks.page(shown, WUTONGLI, JUNE, after=first[-1].number)
    assert [one.task for one in first + rest] == ["t-0", "t-1", "t-2"]
    assert tasks.one(shown, WUTONGLI, "t-9", JUNE) is None
