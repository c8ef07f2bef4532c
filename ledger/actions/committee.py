"""The owners' committee: seated for a term, with its members (COM-01, COM-02)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Line, Part
from ledger.state import Slice, State

Post = Literal["chair", "vice-chair", "member", "secretary", "treasurer", "alternate"]


class Member(Part, frozen=True, kw_only=True):
    """A member by name and post; both are published by law (privacy.md: statutory)."""

    name: Line
    post: Post = "member"


Members = Annotated[tuple[Member, ...], Meta(min_length=1, max_length=30)]


class CommitteeSeated(Event, frozen=True, kw_only=True):
    """A committee took office for a term."""

    kind: ClassVar[str] = "committee.seated"

    term: Id
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    members: Members

    @property
    def seats(self) -> int:
        """Members elected; alternates stand in without a vote and have no seat (COM-09)."""
        return sum(member.post != "alternate" for member in self.members)

    def tags(self) -> tuple[str, ...]:
        return ("committee",)


class Committee(State):
    """The committees of a community, one after the other."""

    subject = "committee"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.terms: list[CommitteeSeated] = []

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case CommitteeSeated() as seated:
                self.terms.append(seated)

    def in_office(self, day: date) -> CommitteeSeated | None:
        """The committee in office on a day; of two whose terms meet, the later."""
        serving = [term for term in self.terms if term.starts_on <= day <= term.ends_on]
        return serving[-1] if serving else None


class SeatCommittee(Command, frozen=True, kw_only=True):
    """Record a committee and its members for a term."""

    name: ClassVar[str] = "seat-committee"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "neighbourhood")

    term: Id
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    members: Members

    def query(self) -> tuple[Slice, ...]:
        return (Committee.of(),)

    def decide(self, by: Actor, committee: Committee) -> CommitteeSeated:  # noqa: ARG002
        if self.ends_on < self.starts_on:
            raise Refused("period.ends-before-it-starts", starts_on=self.starts_on, ends_on=self.ends_on)
        if any(term.term == self.term for term in committee.terms):
            raise Refused("committee.term-taken", term=self.term)
        for term in committee.terms:
            if self.starts_on <= term.ends_on and term.starts_on <= self.ends_on:
                raise Refused("committee.terms-overlap", term=term.term, ends_on=term.ends_on)
        if [member.post for member in self.members].count("chair") > 1:
            raise Refused("committee.one-chair")
        return CommitteeSeated(
            term=self.term, starts_on=self.starts_on, ends_on=self.ends_on, members=self.members
        )
