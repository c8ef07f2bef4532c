"""The owners' committee: seated for a term, its seats that end early, its re-election (COM-01, -02, -19)."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actions.community import Community
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Count, Day, Id, Line, Part, centi_m2
from ledger.rules.law import Judged, Judgement
from ledger.rules.semantics import at_least, days_after, months_after
from ledger.state import Slice, State

Post = Literal["chair", "vice-chair", "member", "secretary", "treasurer", "alternate"]
SeatEndReason = Literal["ownership-lost", "resigned", "unable", "dismissed"]


class Member(Part, frozen=True, kw_only=True):
    """A member by name and post; both are published by law (privacy.md: statutory)."""

    name: Line
    post: Post = "member"


Members = Annotated[tuple[Member, ...], Meta(min_length=1, max_length=30)]


# -- what can have happened ------------------------------------------------------------------------


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
        return len(self.members) - len(self.alternates)

    @property
    def alternates(self) -> list[str]:
        """Names of those who may fill a seat that falls vacant (COM-20)."""
        return [member.name for member in self.members if member.post == "alternate"]

    def tags(self) -> tuple[str, ...]:
        return ("committee",)


class SeatEnded(Event, frozen=True, kw_only=True):
    """A member left before the term was over (COM-19). Who was not lawfully dismissed stays one (`valid`)."""

    kind: ClassVar[str] = "seat.ended"

    term: Id
    member: Line
    reason: SeatEndReason
    ended_on: Day
    decision: Id | None = None
    valid: bool = True

    def tags(self) -> tuple[str, ...]:
        return ("committee",) if self.decision is None else ("committee", f"decision:{self.decision}")


class ReelectionStarted(Event, frozen=True, kw_only=True):
    """The group that prepares the next committee was formed (VOTE-23, VOTE-26)."""

    kind: ClassVar[str] = "reelection.started"

    group: Id
    created_on: Day
    members: Count
    owners: Count
    chaired_by: Literal["street", "neighbourhood", "owners"] = "street"

    def tags(self) -> tuple[str, ...]:
        return ("committee",)


# -- what must be known ----------------------------------------------------------------------------


class Committee(State):
    """The committees of a community, one after the other."""

    subject = "committee"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.terms: list[CommitteeSeated] = []
        self.ended: list[SeatEnded] = []
        self.reelections: list[ReelectionStarted] = []

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case CommitteeSeated() as seated:
                self.terms.append(seated)
            case SeatEnded(valid=True) as ended:
                self.ended.append(ended)
            case ReelectionStarted() as started:
                self.reelections.append(started)

    def in_office(self, day: date) -> CommitteeSeated | None:
        """The committee in office on a day; of two whose terms meet, the later."""
        serving = [term for term in self.terms if term.starts_on <= day <= term.ends_on]
        return serving[-1] if serving else None

    def filled(self, term: CommitteeSeated, day: date) -> int:
        """The seats of a term that are still filled on a day."""
        left = self._left(term, day)
        return term.seats - sum(member not in term.alternates for member in left)

    def present_max(self, term: CommitteeSeated, day: date) -> int:
        """How many members can have met: those who had not left before, and alternates in others' place.

        Alternates fill seats in order of their votes where the rules provide for it (COM-20).
        """
        left = self._left(term, days_after(day, -1))
        return min(term.seats, len(term.members) - len(left))

    def _left(self, term: CommitteeSeated, day: date) -> list[str]:
        return [ended.member for ended in self.ended if ended.term == term.term and ended.ended_on <= day]

    def is_replaced(self, term: CommitteeSeated, day: date) -> bool:
        """Whether a re-election begun in a term ends it early, with a committee that sits from a day on."""
        started = self.reelection_on(days_after(day, -1))
        return started is not None and term.starts_on <= started.created_on

    def reelection_on(self, day: date) -> ReelectionStarted | None:
        """The re-election under way: from the day its group was formed until the next committee sits."""
        for started in self.reelections:
            ended = any(started.created_on < term.starts_on <= day for term in self.terms)
            if started.created_on <= day and not ended:
                return started
        return None


# -- what may be asked -----------------------------------------------------------------------------

RECORDERS: tuple[Role, ...] = ("secretary", "neighbourhood")


class SeatCommittee(Command, frozen=True, kw_only=True):
    """Record a committee and its members for a term; it ends the re-election, and the term before with it."""

    name: ClassVar[str] = "seat-committee"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS
    already_happened: ClassVar[bool] = True

    term: Id
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    members: Members

    def query(self) -> tuple[Slice, ...]:
        return Committee.of(), Community.of(), Rules.of()

    def decide(self, by: Actor, committee: Committee, community: Community, rules: Rules) -> Judged:  # noqa: ARG002
        check_period(self.starts_on, self.ends_on)
        if any(term.term == self.term for term in committee.terms):
            raise Refused("committee.term-taken", term=self.term)
        for term in committee.terms:
            overlap = self.starts_on <= term.ends_on and term.starts_on <= self.ends_on
            if overlap and not committee.is_replaced(term, self.starts_on):
                raise Refused("committee.terms-overlap", term=term.term, ends_on=term.ends_on)
        if [member.post for member in self.members].count("chair") > 1:
            raise Refused("committee.one-chair")
        seated = CommitteeSeated(
            term=self.term, starts_on=self.starts_on, ends_on=self.ends_on, members=self.members
        )
        judge = rules.judge(self)
        _check_size(judge, seated.seats, community.opened.total_floor_area if community.opened else None)
        _check_length(judge, self.starts_on, self.ends_on)
        return judge.of(seated)


def _check_size(judge: Judgement, seats: int, floor_area: Area | None) -> None:
    """An odd number, at least five; three are enough where all floor area is 10,000 m² or less (COM-01)."""
    if not judge.law.is_in_force("COM-01"):
        return
    fewest = judge.law.number("COM-01", "members_min")
    small = judge.law.number("COM-01", "small_area_m2_max") * 100
    if floor_area is not None and centi_m2(floor_area) <= small:
        fewest = judge.law.number("COM-01", "small_members_min")
    judge.require(seats % 2 == 1, "committee.seats-even", rules=("COM-01",), seats=seats)
    judge.require(seats >= fewest, "committee.too-small", rules=("COM-01",), seats=seats, fewest=fewest)


def _check_length(judge: Judgement, starts_on: date, ends_on: date) -> None:
    """Three to five years (COM-02), written up to the last day or up to the same-numbered day (SEM-05)."""
    if not judge.law.is_in_force("COM-02"):
        return
    fewest, most = (judge.law.number("COM-02", f"years_{end}") for end in ("min", "max"))
    judge.require(
        months_after(starts_on, 12 * fewest) <= days_after(ends_on, 1)
        and ends_on <= months_after(starts_on, 12 * most),
        "committee.term-length",
        rules=("COM-02",),
        fewest=fewest,
        most=most,
    )


class StartReelection(Command, frozen=True, kw_only=True):
    """Record the group that prepares the next committee: odd, half of it owners, chaired by the street."""

    name: ClassVar[str] = "start-reelection"
    roles: ClassVar[tuple[Role, ...]] = ("street", "neighbourhood", "secretary")
    already_happened: ClassVar[bool] = True

    group: Id
    created_on: Day
    members: Count
    owners: Count
    chaired_by: Literal["street", "neighbourhood", "owners"] = "street"

    def happened_on(self) -> Day:
        return self.created_on

    def query(self) -> tuple[Slice, ...]:
        return Committee.of(), Rules.of()

    def decide(self, by: Actor, committee: Committee, rules: Rules) -> Judged:  # noqa: ARG002
        if any(started.group == self.group for started in committee.reelections):
            raise Refused("reelection.group-taken", group=self.group)
        if running := committee.reelection_on(self.created_on):
            raise Refused("reelection.under-way", group=running.group, created_on=running.created_on)
        if self.owners > self.members:
            raise Refused("reelection.counts", members=self.members, owners=self.owners)
        judge = rules.judge(self)
        odd, of_street = self.members % 2 == 1, self.chaired_by == "street"
        judge.require(odd, "reelection.members-even", rules=("VOTE-26",), members=self.members)
        judge.require(of_street, "reelection.not-chaired-by-the-street", rules=("VOTE-26",))
        if judge.law.is_in_force("VOTE-26"):
            share = judge.law.share("VOTE-26", "owners_share_min")
            judge.require(
                at_least(self.owners, self.members, share),
                "reelection.too-few-owners",
                rules=("VOTE-26",),
                members=self.members,
                owners=self.owners,
            )
        return judge.of(
            ReelectionStarted(
                group=self.group,
                created_on=self.created_on,
                members=self.members,
                owners=self.owners,
                chaired_by=self.chaired_by,
            )
        )
