"""Tasks of the street's work list: due on days, shown done with evidence, struck off by another (SYS-04)."""

from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actions.work_list import OFFICES
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Line, Paragraph, Sha256
from ledger.state import Slice, State

# -- what can have happened ------------------------------------------------------------------------


class TaskAssigned(Event, frozen=True, kw_only=True):
    """A community has a task: done already, or due on days (milestones). `raw` is the list's own wording."""

    kind: ClassVar[str] = "task.assigned"

    task: Id
    community: Id
    column: Id
    raw: Line
    due_on: Day | None = None
    further_due_on: Annotated[tuple[Day, ...], Meta(max_length=12)] = ()
    done: bool = False

    def tags(self) -> tuple[str, ...]:
        return f"task:{self.task}", f"listed:{self.community}"

    @property
    def milestones(self) -> tuple[date, ...]:
        """The days on which something is due, in order."""
        return () if self.due_on is None else (self.due_on, *self.further_due_on)


class OfMilestone(Event, frozen=True, kw_only=True):
    """Base of what happens to one milestone of a task; `milestone` is its first due date."""

    task: Id
    milestone: Day

    def tags(self) -> tuple[str, ...]:
        return (f"task:{self.task}",)


class TaskEvidenceSubmitted(OfMilestone, frozen=True, kw_only=True):
    """The community shows what was done."""

    kind: ClassVar[str] = "task-evidence.submitted"

    evidence: Paragraph
    file: Sha256 | None = None


class TaskClosed(OfMilestone, frozen=True, kw_only=True):
    """Somebody else looked and struck the milestone off (销号)."""

    kind: ClassVar[str] = "task.closed"


class TaskRejected(OfMilestone, frozen=True, kw_only=True):
    """The evidence was not enough; the milestone is open again."""

    kind: ClassVar[str] = "task.rejected"

    reason: Paragraph


class TaskDeadlineMoved(OfMilestone, frozen=True, kw_only=True):
    """A milestone is due on another day; the first due date stays in the history."""

    kind: ClassVar[str] = "task-deadline.moved"

    due_on: Day
    reason: Paragraph


# -- what must be known ----------------------------------------------------------------------------


class Milestone(msgspec.Struct):
    """One milestone as it stands."""

    due_on: date
    submitted_by: Authorship | None = None
    is_closed: bool = False


class Task(State):
    """One task and its milestones, by first due date."""

    subject = "task"
    assigned: TaskAssigned | None = None

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.milestones: dict[date, Milestone] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case TaskAssigned() as assigned:
                self.assigned = assigned
                self.milestones = {day: Milestone(day) for day in assigned.milestones}
            case TaskEvidenceSubmitted(milestone=day):
                self.milestones[day].submitted_by = Authorship.of(recorded)
            case TaskClosed(milestone=day):
                self.milestones[day].is_closed = True
            case TaskRejected(milestone=day):
                self.milestones[day].submitted_by = None
            case TaskDeadlineMoved(milestone=day, due_on=due_on):
                self.milestones[day].due_on = due_on

    def running(self, day: date | None) -> date:
        """The milestone meant: the one named, or the first that is not closed. Errors: `Refused`."""
        if self.assigned is None:
            raise Refused("task.unknown", task=self.identity)
        unfinished = [first for first, milestone in self.milestones.items() if not milestone.is_closed]
        if not unfinished:
            raise Refused("task.already-closed", task=self.identity)
        if day is not None and day not in self.milestones:
            raise Refused("task.no-such-milestone", task=self.identity, milestone=day)
        if day is not None and day not in unfinished:
            raise Refused("task.already-closed", task=self.identity)
        return unfinished[0] if day is None else day

    def submitted(self, day: date | None, by: Actor) -> date:
        """The milestone to judge; refuses one without evidence, or with the judge's own."""
        milestone = self.running(day)
        author = self.milestones[milestone].submitted_by
        if author is None:
            raise Refused("task.no-evidence", task=self.identity, milestone=milestone)
        if by.wrote(author):
            raise Refused("task.own-evidence", task=self.identity)
        return milestone


class TaskColumns(State):
    """The columns of the list in which one community has a task."""

    subject = "listed"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.columns: set[str] = set()

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, TaskAssigned):
            self.columns.add(recorded.data.column)


# -- what may be asked -----------------------------------------------------------------------------


class OfTask(Command, frozen=True, kw_only=True):
    """Base of commands about one task; `milestone`: its first due date, by default the first one open."""

    task: Id
    milestone: Day | None = None

    def query(self) -> tuple[Slice, ...]:
        return (Task.of(self.task),)


class AssignTask(Command, frozen=True, kw_only=True):
    """Give a community a task, due on a day (and further days), or done already."""

    name: ClassVar[str] = "assign-task"
    roles: ClassVar[tuple[Role, ...]] = (*OFFICES, "neighbourhood")

    task: Id
    community: Id
    column: Id
    raw: Line | None = None
    due_on: Day | None = None
    further_due_on: Annotated[tuple[Day, ...], Meta(max_length=12)] = ()
    done: bool = False

    def query(self) -> tuple[Slice, ...]:
        return Task.of(self.task), TaskColumns.of(self.community)

    def decide(self, by: Actor, task: Task, community: TaskColumns) -> TaskAssigned:  # noqa: ARG002
        if task.assigned is not None:
            raise Refused("task.already-assigned", task=self.task)
        if self.done == (self.due_on is not None):
            raise Refused("task.due-or-done")
        days = () if self.due_on is None else (self.due_on, *self.further_due_on)
        if sorted(set(days)) != list(days) or (self.further_due_on and not days):
            raise Refused("task.days-out-of-order")
        if self.column in community.columns:
            raise Refused("task.column-taken", community=self.community, column=self.column)
        return TaskAssigned(
            task=self.task,
            community=self.community,
            column=self.column,
            raw=self.raw or self.column,
            due_on=self.due_on,
            further_due_on=self.further_due_on,
            done=self.done,
        )


class SubmitTaskEvidence(OfTask, frozen=True, kw_only=True):
    """Show what was done for a milestone."""

    name: ClassVar[str] = "submit-task-evidence"
    roles: ClassVar[tuple[Role, ...]] = ("neighbourhood", "firm", "secretary", "street")

    evidence: Paragraph
    file: Sha256 | None = None

    def decide(self, by: Actor, task: Task) -> TaskEvidenceSubmitted:  # noqa: ARG002
        milestone = task.running(self.milestone)
        if task.milestones[milestone].submitted_by is not None:
            raise Refused("task.evidence-already-submitted", task=self.task, milestone=milestone)
        return TaskEvidenceSubmitted(
            task=self.task, milestone=milestone, evidence=self.evidence, file=self.file
        )


class CloseTask(OfTask, frozen=True, kw_only=True):
    """Strike a milestone off; not by who submitted its evidence."""

    name: ClassVar[str] = "close-task"
    roles: ClassVar[tuple[Role, ...]] = (*OFFICES, "neighbourhood")

    def decide(self, by: Actor, task: Task) -> TaskClosed:
        return TaskClosed(task=self.task, milestone=task.submitted(self.milestone, by))


class RejectTask(OfTask, frozen=True, kw_only=True):
    """Send a milestone back, with the reason; not by who submitted its evidence."""

    name: ClassVar[str] = "reject-task"
    roles: ClassVar[tuple[Role, ...]] = (*OFFICES, "neighbourhood")

    reason: Paragraph

    def decide(self, by: Actor, task: Task) -> TaskRejected:
        return TaskRejected(task=self.task, milestone=task.submitted(self.milestone, by), reason=self.reason)


class MoveTaskDeadline(OfTask, frozen=True, kw_only=True):
    """Move a milestone to another day, with the reason."""

    name: ClassVar[str] = "move-task-deadline"
    roles: ClassVar[tuple[Role, ...]] = OFFICES

    due_on: Day
    reason: Paragraph

    def decide(self, by: Actor, task: Task) -> TaskDeadlineMoved:  # noqa: ARG002
        milestone = task.running(self.milestone)
        if task.milestones[milestone].due_on == self.due_on:
            raise Refused("task.deadline-unchanged", task=self.task, due_on=self.due_on)
        return TaskDeadlineMoved(task=self.task, milestone=milestone, due_on=self.due_on, reason=self.reason)
