"""The street's work list: dated tasks with evidence, struck off by somebody else (SYS-04, SYS-05)."""

from datetime import date

import pytest

from ledger.actions.task_list import (
    CloseTask,
    MoveTaskDeadline,
    RejectTask,
    SubmitTaskEvidence,
    Task,
)
from tests.ledger.asked import assign_task
from tests.ledger.happened import (
    deadline_moved,
    evidence_submitted,
    task_assigned,
    task_closed,
    task_rejected,
)
from tests.ledger.story import given, state_of, then, then_refused, when

JUNE, SEPTEMBER, DECEMBER = date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)
CLOSE, REJECT = CloseTask(task="shed"), RejectTask(task="shed", reason="照片看不清。")
SUBMIT = SubmitTaskEvidence(task="shed", evidence="停车棚已启用。")


def move(due_on, milestone=None):
    return MoveTaskDeadline(task="shed", due_on=due_on, reason="雨季停工。", milestone=milestone)


def given_a_task(**of):
    given(task_assigned("shed", **{"due_on": JUNE, **of}))


# -- tasks -----------------------------------------------------------------------------------------


def test_a_task_is_assigned_with_its_days():
    when(assign_task("shed", due_on=JUNE, further_due_on=(SEPTEMBER, DECEMBER), raw="6月、9月、12月底前"))
    then(task_assigned("shed", due_on=JUNE, further=(SEPTEMBER, DECEMBER), raw="6月、9月、12月底前"))
    assert list(state_of(Task, "shed").milestones) == [JUNE, SEPTEMBER, DECEMBER]


def test_a_task_may_be_done_already():
    when(assign_task("shed", done=True))
    then(task_assigned("shed", done=True))


def test_a_task_is_assigned_once():
    given_a_task()
    when(assign_task("shed", due_on=JUNE, column="greenery"))
    then_refused("task.already-assigned", task="shed")


@pytest.mark.parametrize("fields", [{"done": True, "due_on": JUNE}, {}, {"further_due_on": (JUNE,)}])
def test_a_task_is_either_due_or_done(fields):
    when(assign_task("shed", **fields))
    then_refused("task.due-or-done")


@pytest.mark.parametrize(
    "days", [{"due_on": SEPTEMBER, "further_due_on": (JUNE,)}, {"due_on": JUNE, "further_due_on": (JUNE,)},
             {"done": True, "further_due_on": (JUNE,)}]
)  # fmt: skip
def test_the_days_of_a_task_are_in_order(days):
    when(assign_task("shed", **days))
    then_refused("task.days-out-of-order")


def test_a_community_has_one_task_in_a_column():
    given_a_task(community="compound-5", column="parking")
    when(assign_task("shed-2", due_on=JUNE))
    then_refused("task.column-taken", community="compound-5", column="parking")
    when(assign_task("shed-2", due_on=JUNE, community="compound-6"))
    then(task_assigned("shed-2", due_on=JUNE, community="compound-6"))


# -- evidence and close-out ------------------------------------------------------------------------


def test_evidence_is_submitted_for_the_first_open_milestone():
    given_a_task(further=(SEPTEMBER,))
    when(SUBMIT)
    then(evidence_submitted("shed", milestone=JUNE))


def test_evidence_may_name_its_milestone():
    given_a_task(further=(SEPTEMBER,))
    when(SubmitTaskEvidence(task="shed", evidence="停车棚已启用。", milestone=SEPTEMBER))
    then(evidence_submitted("shed", milestone=SEPTEMBER))


def test_evidence_waits_to_be_judged():
    given_a_task()
    given(evidence_submitted("shed", milestone=JUNE))
    when(SUBMIT)
    then_refused("task.evidence-already-submitted", task="shed", milestone=JUNE)


def test_somebody_else_strikes_the_milestone_off():
    given_a_task()
    given(evidence_submitted("shed", milestone=JUNE))
    when(CLOSE)
    then(task_closed("shed", milestone=JUNE))


@pytest.mark.parametrize("judgement", [CLOSE, REJECT])
def test_nobody_judges_their_own_evidence(judgement):
    given_a_task()
    given(evidence_submitted("shed", milestone=JUNE, by="neighbourhood"))
    when(judgement, by="the-neighbourhood")
    then_refused("task.own-evidence", task="shed")


@pytest.mark.parametrize("judgement", [CLOSE, REJECT])
def test_without_evidence_nothing_is_judged(judgement):
    given_a_task()
    when(judgement)
    then_refused("task.no-evidence", task="shed", milestone=JUNE)


def test_what_is_sent_back_wants_new_evidence():
    given_a_task()
    given(evidence_submitted("shed", milestone=JUNE))
    when(REJECT)
    then(task_rejected("shed", milestone=JUNE))
    when(CLOSE)
    then_refused("task.no-evidence", task="shed", milestone=JUNE)
    when(SUBMIT)
    then(evidence_submitted("shed", milestone=JUNE))


@pytest.mark.parametrize("command", [SUBMIT, CLOSE, REJECT, move(SEPTEMBER)])
def test_a_task_nobody_assigned_is_unknown(command):
    when(command)
    then_refused("task.unknown", task="shed")


@pytest.mark.parametrize("command", [SUBMIT, CLOSE, REJECT, move(SEPTEMBER)])
def test_a_task_struck_off_is_over(command):
    given_a_task()
    given(evidence_submitted("shed", milestone=JUNE), task_closed("shed", milestone=JUNE))
    when(command)
    then_refused("task.already-closed", task="shed")


def test_a_milestone_struck_off_is_over_while_others_run():
    given_a_task(further=(SEPTEMBER,))
    given(evidence_submitted("shed", milestone=JUNE), task_closed("shed", milestone=JUNE))
    when(CloseTask(task="shed", milestone=JUNE))
    then_refused("task.already-closed", task="shed")
    when(SUBMIT)
    then(evidence_submitted("shed", milestone=SEPTEMBER))


def test_a_task_done_from_the_start_is_over():
    given(task_assigned("shed", done=True))
    when(SUBMIT)
    then_refused("task.already-closed", task="shed")


def test_a_milestone_is_one_of_the_task():
    given_a_task()
    when(CloseTask(task="shed", milestone=DECEMBER))
    then_refused("task.no-such-milestone", task="shed", milestone=DECEMBER)


# -- moved deadlines -------------------------------------------------------------------------------


def test_a_deadline_moves_with_a_reason_and_keeps_its_name():
    given_a_task()
    when(move(SEPTEMBER))
    then(deadline_moved("shed", milestone=JUNE, due_on=SEPTEMBER))
    assert state_of(Task, "shed").milestones[JUNE].due_on == SEPTEMBER


def test_a_deadline_moves_to_another_day():
    given_a_task()
    given(deadline_moved("shed", milestone=JUNE, due_on=SEPTEMBER))
    when(move(SEPTEMBER))
    then_refused("task.deadline-unchanged", task="shed", due_on=SEPTEMBER)
    when(move(JUNE))
    then(deadline_moved("shed", milestone=JUNE, due_on=JUNE))
