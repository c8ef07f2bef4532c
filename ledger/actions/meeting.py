"""Meetings a rule asks for every month: the owners are received, all sides sit together (COM-13, COM-14)."""

from typing import ClassVar, Literal

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.events import Event
from ledger.fields import Count, Day, Paragraph

Meeting = Literal["reception", "joint"]


class MeetingHeld(Event, frozen=True, kw_only=True):
    """Owners were received, or neighbourhood, committee and firm met; how many came, without their names."""

    kind: ClassVar[str] = "meeting.held"

    meeting: Meeting
    held_on: Day
    attended: Count | None = None
    topics: Paragraph | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"meeting:{self.meeting}",)


class RecordMeeting(Command, frozen=True, kw_only=True):
    """Record a day on which the committee received owners, or sat in the joint meeting (`joint`).

    A joint meeting the committee stayed away from is none: its duty is to attend. Never name private persons.
    """

    name: ClassVar[str] = "record-meeting"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "member", "neighbourhood")
    already_happened: ClassVar[bool] = True

    meeting: Meeting
    held_on: Day
    attended: Count | None = None
    topics: Paragraph | None = None

    def happened_on(self) -> Day:
        return self.held_on

    def decide(self, by: Actor) -> MeetingHeld:  # noqa: ARG002
        return MeetingHeld.sharing(self)
