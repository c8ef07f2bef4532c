"""What hangs where and since when: papers go up at places and come down again, both with their day.

A posting is an interval with places, not a flag. Whether it was up in time, everywhere and long enough is not
judged here: that follows from the rules in force (projections/duties.py).
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta

from ledger.actions.audit import Audit
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.repair_project import RepairPlanPublished
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Part, Whole
from ledger.state import Slice, State

About = Literal[
    "disclosure", "decision", "project", "term", "audit_engagement", "audit_report", "revenue_plan", "agenda"
]
ABOUT: dict[About, str] = {  # what a paper can be about, and the tag of what it is then part of
    "disclosure": "disclosure",
    "decision": "decision",
    "project": "project",
    "term": "committee",
    "audit_engagement": "audit",
    "audit_report": "audit",
    "revenue_plan": "revenue-plan",
    "agenda": "agenda",
}
COMING: tuple[About, ...] = ("revenue_plan", "agenda")  # what they are about is not on record yet
POSTERS: tuple[Role, ...] = ("secretary", "treasurer", "member", "chair", "firm", "neighbourhood")


class Place(Part, frozen=True, kw_only=True):
    """The service desk, the notice board, or the entrance of a door number (REV-06)."""

    kind: Literal["desk", "board", "door"]
    door: Id | None = None

    @property
    def name(self) -> str:
        """`desk`, `board`, `door-12`."""
        return self.kind if self.door is None else f"{self.kind}-{self.door}"


Places = Annotated[tuple[Place, ...], Meta(min_length=1, max_length=500)]
PlanYear = Annotated[int, Meta(ge=1950, le=2199, description="The year a plan of public revenue is for")]
Version = Annotated[int, Meta(ge=1, le=1000, description="Version of a published statement, from 1")]


class Paper(NamedTuple):
    """What a paper is about; every version of a statement is the same paper to those who look for it."""

    about: About
    id: str

    @property
    def tags(self) -> tuple[str, str]:
        """Of the paper itself, and of what it is part of."""
        of = ABOUT[self.about]
        own = f"posting:{self.about.replace('_', '-')}-{self.id}"
        return own, of if of == "committee" else f"{of}:{self.id}"


# -- what can have happened ------------------------------------------------------------------------


class OfPaper(Event, frozen=True, kw_only=True):
    """Base of events about one paper; `id`: of the disclosure .., year of a plan, day of a meeting."""

    about: About
    id: Id

    @property
    def paper(self) -> Paper:
        """The paper meant."""
        return Paper(self.about, self.id)

    def tags(self) -> tuple[str, ...]:
        return self.paper.tags


class PostingRecorded(OfPaper, frozen=True, kw_only=True):
    """A paper was put up at these places on a day. `version`: which one of a statement it says it is."""

    kind: ClassVar[str] = "posting.recorded"

    places: Places
    posted_on: Day
    version: Whole | None = None


class RemovalRecorded(OfPaper, frozen=True, kw_only=True):
    """A paper came down from these places on a day."""

    kind: ClassVar[str] = "removal.recorded"

    places: Places
    removed_on: Day


# -- what must be known ----------------------------------------------------------------------------


class Hanging(NamedTuple):
    """What is up at one place: since when, and which version of a statement."""

    posted_on: date
    version: int | None


class Posting(State):
    """One paper: where it hangs, and until when it hung where it was taken down."""

    subject = "posting"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.up: dict[Place, Hanging] = {}
        self.down: dict[Place, date] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case PostingRecorded(places=places, posted_on=posted_on, version=version):
                self.up |= dict.fromkeys(places, Hanging(posted_on, version))
            case RemovalRecorded(places=places, removed_on=removed_on):
                for place in places:
                    self.up.pop(place, None)
                    self.down[place] = removed_on


class Subject(State):
    """What papers are about, whichever it is: since when there is something to post."""

    since: date | None = None

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.versions: dict[int, date] = {}  # of a statement, and when each was published

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case DisclosurePublished(version=version, published_on=published_on):
                self.versions[version] = published_on
            case CommitteeDecisionRecorded() | VoteClosed() | RepairPlanPublished():
                self.since = recorded.occurred_on


STATES: dict[About, type[State]] = {"audit_engagement": Audit, "audit_report": Audit, "term": Committee}


# -- what may be asked -----------------------------------------------------------------------------


class OnPaper(Command, frozen=True, kw_only=True):
    """Base of commands about one paper: exactly one of these is given.

    `term`: the names of a committee; `revenue_plan`: the year a plan of public revenue is for; `agenda`: the
    day of the committee meeting whose agenda it is (COM-10).
    """

    roles: ClassVar[tuple[Role, ...]] = POSTERS
    already_happened: ClassVar[bool] = True

    disclosure: Id | None = None
    decision: Id | None = None
    project: Id | None = None
    term: Id | None = None
    audit_engagement: Id | None = None
    audit_report: Id | None = None
    revenue_plan: PlanYear | None = None
    agenda: Day | None = None

    @property
    def paper(self) -> Paper:
        """The one paper meant. Errors: `Refused` when it is none or several."""
        given = [Paper(about, str(of)) for about in ABOUT if (of := getattr(self, about)) is not None]
        if len(given) != 1:
            raise Refused("posting.one-paper", given=len(given))
        return given[0]

    def query(self) -> tuple[Slice, ...]:
        own, of = self.paper.tags
        return Slice(Posting, own), Slice(STATES.get(self.paper.about, Subject), of), Register.of()


class RecordPosting(OnPaper, frozen=True, kw_only=True):
    """Record where a paper was put up, and on which day; what it is about must be on record and public.

    `version`: of a published statement, by default the newest; what the paper in the photo says counts.
    """

    name: ClassVar[str] = "record-posting"

    places: Places
    posted_on: Day
    version: Version | None = None

    def happened_on(self) -> Day:
        return self.posted_on

    def decide(self, by: Actor, posting: Posting, about: State, register: Register) -> PostingRecorded:  # noqa: ARG002
        _check_places(self.places, register)
        version = self._check_subject(about)
        for place in self.places:
            up, down = posting.up.get(place), posting.down.get(place)
            if up is not None and up.version == version:
                raise Refused("posting.already-up", place=place.name, posted_on=up.posted_on)
            last = max(filter(None, (up and up.posted_on, down)), default=None)
            if last is not None and self.posted_on < last:
                raise Refused("posting.before-the-last", place=place.name, last_on=last)
        return PostingRecorded.sharing(self, **self.paper._asdict(), version=version)

    def _check_subject(self, about: State) -> int | None:
        """Which version it is, once there is something to post. Errors: `Refused`."""
        version, since = None, None
        match about:
            case Subject() if self.disclosure is not None:
                if not about.versions:
                    raise Refused("posting.not-published", disclosure=self.disclosure)
                version = self.version or max(about.versions)
                if version not in about.versions:
                    raise Refused("posting.version-unknown", version=version, newest=max(about.versions))
                since = about.versions[version]
            case Subject():
                since = about.since
            case Audit():
                since = about.engaged_on if self.audit_engagement is not None else about.received_on
            case Committee():
                since = next((term.starts_on for term in about.terms if term.term == self.term), None)
        if self.version is not None and self.disclosure is None:
            raise Refused("posting.only-statements-have-versions")
        if since is None and self.paper.about not in COMING:
            raise Refused("posting.nothing-to-post", paper=self.paper.id)
        # names are posted when they are elected, which may be before the term begins
        if since is not None and self.term is None and self.posted_on < since:
            raise Refused("posting.too-early", since=since)
        return version


class RecordRemoval(OnPaper, frozen=True, kw_only=True):
    """Record that a paper was taken down on a day: everywhere, or at some `places`."""

    name: ClassVar[str] = "record-removal"

    removed_on: Day
    places: Places | None = None

    def happened_on(self) -> Day:
        return self.removed_on

    def decide(self, by: Actor, posting: Posting, about: State, register: Register) -> RemovalRecorded:  # noqa: ARG002
        if not posting.up and not posting.down:
            raise Refused("removal.never-posted", paper=self.paper.id)
        if self.places is not None:
            _check_places(self.places, register)
        places = self.places or tuple(posting.up)
        if not places or any(place not in posting.up for place in places):
            last = max(posting.down.values(), default=None)
            raise Refused("removal.not-up", paper=self.paper.id, removed_on=last)
        since = max(posting.up[place].posted_on for place in places)
        if self.removed_on < since:
            raise Refused("removal.before-posting", posted_on=since)
        return RemovalRecorded.sharing(self, **self.paper._asdict(), places=places)


def _check_places(places: Places, register: Register) -> None:
    """Refuse a door nobody registered, a door without number, and a place named twice."""
    doors = set().union(*register.doors.values())
    for place in places:
        if (place.kind == "door") != (place.door is not None):
            raise Refused("posting.door-missing" if place.door is None else "posting.door-not-asked")
        if place.door is not None and place.door not in doors:
            raise Refused("posting.door-unknown", door=place.door)
    if len(set(places)) < len(places):
        raise Refused("posting.place-twice")
