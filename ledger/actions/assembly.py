"""Whether there is an owners' assembly: before it exists other rules hold (REV-16, FUND-11, EMG-05)."""

from datetime import date
from typing import ClassVar

from ledger.actions.committee import Committee
from ledger.actions.decision import VoteClosed
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Line
from ledger.state import Slice, State


class AssemblyEstablished(Event, frozen=True, kw_only=True):
    """The owners held their first assembly; `filing`: the number of its filing with the street."""

    kind: ClassVar[str] = "assembly.established"

    established_on: Day
    filing: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return ("assembly",)


class Assembly(State):
    """The owners' assembly, and the first vote of the owners that passed in these books."""

    subject = "assembly"
    established_on: date | None = None
    first_vote_on: date | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case AssemblyEstablished(established_on=established_on):
                self.established_on = established_on
            case VoteClosed(approved=True) if self.first_vote_on is None:
                self.first_vote_on = recorded.occurred_on

    def exists(self, day: date, committee: Committee) -> bool:
        """Whether there is an assembly on a day.

        Books that do not say when it was established show it by what only an assembly has: a committee, from
        its first term on, or a vote of the owners that passed.
        """
        if self.established_on is not None:
            return self.established_on <= day
        shown_by = [term.starts_on for term in committee.terms]
        if self.first_vote_on is not None:
            shown_by.append(self.first_vote_on)
        return any(first <= day for first in shown_by)


class RecordAssemblyEstablished(Command, frozen=True, kw_only=True):
    """Record the day on which the owners' assembly was established."""

    name: ClassVar[str] = "record-assembly-established"
    roles: ClassVar[tuple[Role, ...]] = ("neighbourhood", "secretary")
    already_happened: ClassVar[bool] = True

    established_on: Day
    filing: Line | None = None

    def happened_on(self) -> Day:
        return self.established_on

    def query(self) -> tuple[Slice, ...]:
        return (Assembly.of(),)

    def decide(self, by: Actor, assembly: Assembly) -> AssemblyEstablished:  # noqa: ARG002
        if assembly.established_on is not None:
            raise Refused("assembly.already-established", established_on=assembly.established_on)
        return AssemblyEstablished(established_on=self.established_on, filing=self.filing)
