"""Ballots on paper and online: one counts for each unit and matter, and how anybody voted stays withheld."""

from typing import Annotated, ClassVar, Literal, NamedTuple

from msgspec import Meta

from ledger.actions.community import Register, RegisteredUnit
from ledger.actions.decision import Decision
from ledger.actions.rules import Rules
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, Id, Line, Part, Personal, Scope
from ledger.rules.counting import CHOICES, Choice
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice, State

Channel = Literal["paper", "online"]


def voter(unit: str) -> str:
    """The person a ballot is about, as the vault knows them: whoever votes for a unit."""
    return f"unit/{unit}"


# -- what can have happened ------------------------------------------------------------------------


class Proxy(Part, frozen=True, kw_only=True):
    """Who voted for the owner, authorised in writing (VOTE-10)."""

    person: Commitment
    authorised_on: Day | None = None


class BallotCast(Event, frozen=True, kw_only=True):
    """A ballot for one unit; only when and how it came in is public."""

    kind: ClassVar[str] = "ballot.cast"
    withheld: ClassVar[frozenset[str]] = frozenset(
        {"unit", "choice", "proxy/person", "co_owner_representative"}
    )

    decision: Id
    unit: Commitment
    choice: Commitment
    channel: Channel
    cast_on: Day
    proxy: Proxy | None = None
    co_owner_representative: Commitment | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"ballots:{self.decision}",)


class ConflictingBallotKept(Event, frozen=True, kw_only=True):
    """A further ballot for a unit that has voted: kept, never counted.

    Which ballot counts instead only the vault tells: two public records of one voter would point at them.
    """

    kind: ClassVar[str] = "conflicting-ballot.kept"
    withheld: ClassVar[frozenset[str]] = BallotCast.withheld

    decision: Id
    unit: Commitment
    choice: Commitment
    channel: Channel
    cast_on: Day
    proxy: Proxy | None = None
    co_owner_representative: Commitment | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"ballots:{self.decision}",)


class BallotsDelivered(Event, frozen=True, kw_only=True):
    """Ballot papers reached these units, and there is proof of it (VOTE-11)."""

    kind: ClassVar[str] = "ballots.delivered"
    withheld: ClassVar[frozenset[str]] = frozenset({"units"})

    decision: Id
    units: tuple[Commitment, ...]
    delivered_on: Day
    proof: Line

    def tags(self) -> tuple[str, ...]:
        return (f"ballots:{self.decision}",)


# -- what must be known ----------------------------------------------------------------------------


class KeptBallot(NamedTuple):
    """A ballot that counts: its withheld choice, and the number of its record."""

    choice: str
    number: int


class Ballots(State):
    """The ballots of one vote by the commitments to their units, in the order they came."""

    subject = "ballots"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.cast: dict[str, KeptBallot] = {}
        self.delivered: list[str] = []
        self.entered: list[Authorship] = []

    def evolve(self, recorded: Recorded[Event]) -> None:
        self.entered.append(Authorship.of(recorded))
        match recorded.data:
            case BallotCast(unit=unit, choice=choice):
                self.cast[unit.digest] = KeptBallot(choice.digest, recorded.number)
            case BallotsDelivered(units=units):
                self.delivered += [unit.digest for unit in units]

    def of_unit(self, unit: str, by: Actor) -> KeptBallot | None:
        """The ballot that was cast for a unit, found among all that is kept about its voter."""
        kept = by.commitments.get(voter(unit), frozenset())
        return next((self.cast[digest] for digest in kept if digest in self.cast), None)

    def choices(self, by: Actor) -> dict[str, Choice]:
        """Every ballot opened: unit and choice. Errors: `Refused` if one was erased; no count were right."""
        opened: dict[str, Choice] = {}
        for unit, kept in self.cast.items():
            shown = by.disclosed.get(kept.choice)
            choice = next((one for one in CHOICES if one == shown), None)
            if unit not in by.disclosed or choice is None:
                raise Refused("vote.ballot-erased", number=kept.number)
            opened[by.disclosed[unit]] = choice
        return opened

    def reached(self, by: Actor) -> set[str]:
        """The units a ballot paper was delivered to. Errors: as `choices`."""
        if any(unit not in by.disclosed for unit in self.delivered):
            raise Refused("vote.delivery-erased")
        return {by.disclosed[unit] for unit in self.delivered}


# -- what may be asked -----------------------------------------------------------------------------

COLLECTORS: tuple[Role, ...] = ("secretary", "neighbourhood")


def check_on_roster(unit: str, decision: Decision, register: Register) -> None:
    """Refuse a unit that was not on the roster when the vote opened."""
    vote = decision.open_vote()
    if vote.roster is None:
        raise Refused("ballot.no-roster", decision=vote.decision)
    found, opened = register.units.get(unit), decision.opened_number or 0
    if found is None or register.entered[unit] > opened or not _is_in(found, vote.scope):
        raise Refused("ballot.unit-not-on-roster", unit=unit)


def _is_in(unit: RegisteredUnit, scope: Scope | None) -> bool:
    match scope:
        case Scope(kind="building", id=building):
            return unit.building == building
        case Scope(kind="door", id=door):
            return unit.door == door
    return True


class ProxyGiven(Part, frozen=True, kw_only=True):
    """Who votes for the owner: since when authorised in writing, and the owner's own opinion (VOTE-10)."""

    person: Line
    authorised_on: Day | None = None
    opinion: Choice | None = None


class CastBallot(Command, frozen=True, kw_only=True):
    """Enter one unit's ballot; a second one for the same unit is kept as a conflict and not counted.

    A ballot takes neither `note` nor `basis`: they would stand beside it in the open, for good.
    """

    name: ClassVar[str] = "cast-ballot"
    roles: ClassVar[tuple[Role, ...]] = COLLECTORS

    decision: Id
    unit: Id
    choice: Choice
    channel: Channel
    cast_on: Day
    proxy: ProxyGiven | None = None
    co_owner_representative: Line | None = None

    def happened_on(self) -> Day:
        return self.cast_on

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Ballots.of(self.decision), Register.of(), Rules.of()

    def subjects(self) -> tuple[str, ...]:
        return (voter(self.unit),)

    def decide(
        self, by: Actor, decision: Decision, ballots: Ballots, register: Register, rules: Rules
    ) -> Judged:
        check_on_roster(self.unit, decision, register)
        if self.note is not None or self.basis:
            raise Refused("ballot.note-is-public")
        vote = decision.open_vote()
        if not vote.opens_on <= self.cast_on <= vote.closes_on:
            raise Refused("ballot.outside-the-vote", opens_on=vote.opens_on, closes_on=vote.closes_on)
        if decision.result is not None:
            raise Refused("ballot.counted-by-hand")
        judge = rules.judge(self)
        proxy = self._proxy(judge)
        person = voter(self.unit)
        cast = BallotCast(
            decision=self.decision,
            unit=Personal.of(person, self.unit),
            choice=Personal.of(person, self.choice),
            channel=self.channel,
            cast_on=self.cast_on,
            proxy=proxy,
            co_owner_representative=(
                Personal.of(person, self.co_owner_representative) if self.co_owner_representative else None
            ),
        )
        if ballots.of_unit(self.unit, by) is None:
            return judge.of(cast)
        return judge.of(ConflictingBallotKept.sharing(cast))

    def _proxy(self, judge: Judgement) -> Proxy | None:
        """A proxy is authorised in writing and votes as the owner said (VOTE-10)."""
        if self.proxy is None:
            return None
        authorised_on = self.proxy.authorised_on
        judge.require(
            authorised_on is not None and authorised_on <= self.cast_on,
            "ballot.proxy-not-authorised",
            rules=("VOTE-10",),
        )
        judge.require(
            self.proxy.opinion == self.choice, "ballot.proxy-without-the-owners-opinion", rules=("VOTE-10",)
        )
        return Proxy(
            person=Personal.of(voter(self.unit), self.proxy.person),
            authorised_on=authorised_on,
        )


class RecordBallotDelivery(Command, frozen=True, kw_only=True):
    """Record that ballot papers reached these units, with the proof kept of it; up to 200 at a time."""

    name: ClassVar[str] = "record-ballot-delivery"
    roles: ClassVar[tuple[Role, ...]] = COLLECTORS

    decision: Id
    units: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=200)]
    delivered_on: Day
    proof: Line

    def happened_on(self) -> Day:
        return self.delivered_on

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Ballots.of(self.decision), Register.of()

    def subjects(self) -> tuple[str, ...]:
        return tuple(voter(unit) for unit in dict.fromkeys(self.units))

    def decide(self, by: Actor, decision: Decision, ballots: Ballots, register: Register) -> BallotsDelivered:
        if len(set(self.units)) != len(self.units):
            raise Refused("ballot-delivery.unit-twice")
        delivered = set(ballots.delivered)
        for unit in self.units:
            check_on_roster(unit, decision, register)
            if by.commitments.get(voter(unit), frozenset()) & delivered:
                raise Refused("ballot-delivery.unit-twice")
        vote = decision.open_vote()
        if self.delivered_on > vote.closes_on:
            raise Refused("ballot-delivery.too-late", closes_on=vote.closes_on)
        return BallotsDelivered(
            decision=self.decision,
            units=tuple(Personal.of(voter(unit), unit) for unit in self.units),
            delivered_on=self.delivered_on,
            proof=self.proof,
        )
