"""Whether there is an owners' assembly: before it exists other rules hold (REV-16, FUND-08, -11, EMG-05)."""

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


class AssemblyReportFiled(Event, frozen=True, kw_only=True):
    """The developer reported that an assembly is to be set up: now the fund may be used (FUND-08)."""

    kind: ClassVar[str] = "assembly-report.filed"

    filed_on: Day
    filing: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return ("assembly",)


class AssemblyEstablished(Event, frozen=True, kw_only=True):
    """The owners held their first assembly; `filing`: the number of its filing with the street."""

    kind: ClassVar[str] = "assembly.established"

    established_on: Day
    filing: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return ("assembly",)


class Assembly(State):
    """The owners' assembly, how it came about, and the first vote that passed in these books."""

    subject = "assembly"
    report_filed_on: date | None = None
    established_on: date | None = None
    first_vote_on: date | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case AssemblyReportFiled(filed_on=filed_on):
                self.report_filed_on = filed_on
            case AssemblyEstablished(established_on=established_on):
                self.established_on = established_on
            case VoteClosed(approved=True) if self.first_vote_on is None:
                self.first_vote_on = recorded.occurred_on

    def exists(self, day: date, committee: Committee) -> bool:
        """Whether there is an assembly on a day.

        Books that do not say when it was established show it by what only an assembly has: a committee, from
        its first term on, or a vote of the owners that passed. Where the report of the developer is on file
        and no assembly yet, a vote shows nothing: owners vote on a repair before there is one (FUND-11).
        """
        if self.established_on is not None:
            return self.established_on <= day
        shown_by = [term.starts_on for term in committee.terms]
        if self.first_vote_on is not None and self.report_filed_on is None:
            shown_by.append(self.first_vote_on)
        return any(first <= day for first in shown_by)

    def was_reported(self, day: date, committee: Committee, *, by_vote: bool) -> bool:
        """Whether the developer had filed the report for setting up an assembly by a day (FUND-08).

        Books that do not say when show it by what comes after it, whenever they say so: an assembly, a
        committee or, `by_vote`, a vote of the owners that passed.
        """
        if self.report_filed_on is not None:
            return self.report_filed_on <= day
        voted = by_vote and self.first_vote_on is not None
        return self.established_on is not None or bool(committee.terms) or voted


class RecordAssemblyReport(Command, frozen=True, kw_only=True):
    """Record the day on which the developer filed the report for setting up the owners' assembly."""

    name: ClassVar[str] = "record-assembly-report"
    roles: ClassVar[tuple[Role, ...]] = ("neighbourhood", "street", "secretary")
    already_happened: ClassVar[bool] = True

    filed_on: Day
    filing: Line | None = None

    def happened_on(self) -> Day:
        return self.filed_on

    def query(self) -> tuple[Slice, ...]:
        return (Assembly.of(),)

    def decide(self, by: Actor, assembly: Assembly) -> AssemblyReportFiled:  # noqa: ARG002
        if assembly.report_filed_on is not None:
            raise Refused("assembly-report.already-recorded", filed_on=assembly.report_filed_on)
        if assembly.established_on is not None and assembly.established_on < self.filed_on:
            raise Refused("assembly-report.after-the-assembly", established_on=assembly.established_on)
        return AssemblyReportFiled(filed_on=self.filed_on, filing=self.filing)


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
        if assembly.report_filed_on is not None and self.established_on < assembly.report_filed_on:
            raise Refused("assembly.before-its-report", filed_on=assembly.report_filed_on)
        return AssemblyEstablished(established_on=self.established_on, filing=self.filing)
