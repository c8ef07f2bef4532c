"""The right to be erased (PIPL 47), against a log that forgets nothing: the vault does, the digests stay.

What is recorded here names nobody. The values, their key and private files go once it is recorded
(ledger/erasing.py); while ballots may be needed before a court they are only locked away (PIPL 47(2)).
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import ClassVar, Literal, NamedTuple

from ledger.actions.ballot import Ballots, voter
from ledger.actions.decision import VoteClosed, VoteOpened
from ledger.actions.role import GRANTERS, OVERSEERS, Roles
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role, RoleRevoked, commit
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Count, Day, Line, Personal
from ledger.rules.semantics import months_after
from ledger.state import Slice, State

SubjectKind = Literal["account", "owner", "unit", "counterparty", "file"]
Ground = Literal["purpose-achieved", "period-expired", "consent-withdrawn", "unlawful"]  # PIPL 47
COMMITTEE: tuple[Role, ...] = ("secretary", "chair")


# -- what can have happened ------------------------------------------------------------------------


class PersonalDataErased(Event, frozen=True, kw_only=True):
    """All that was kept about somebody is erased: how many values. Which ones would tie them together."""

    kind: ClassVar[str] = "personal-data.erased"
    withheld: ClassVar[frozenset[str]] = frozenset({"subject"})

    of: SubjectKind
    subject: Commitment
    ground: Ground
    values: Count

    def tags(self) -> tuple[str, ...]:
        return ("erasures",)


class PersonalDataRestricted(Event, frozen=True, kw_only=True):
    """What is kept about somebody is hidden from everyone but the auditor, and stays until it may go.

    `until`: the last day it may be needed; none while a vote it belongs to is not closed.
    """

    kind: ClassVar[str] = "personal-data.restricted"
    withheld: ClassVar[frozenset[str]] = PersonalDataErased.withheld

    of: SubjectKind
    subject: Commitment
    ground: Ground
    until: Day | None = None

    def tags(self) -> tuple[str, ...]:
        return ("erasures",)


# -- what must be known ----------------------------------------------------------------------------


class Votes(State):
    """Every vote of the owners, and the day it was closed on."""

    subject = "votes"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.closed_on: dict[str, date | None] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case VoteOpened(decision=decision):
                self.closed_on[decision] = None
            case VoteClosed(decision=decision):
                self.closed_on[decision] = recorded.occurred_on

    def contestable(self, day: date, months: int) -> Iterator[tuple[str, date | None]]:
        """Votes that may still be brought before a court, and the last day they may (VOTE-24)."""
        for decision, closed_on in self.closed_on.items():
            until = months_after(closed_on, months) if closed_on else None
            if until is None or day <= until:
                yield decision, until


class Restriction(NamedTuple):
    """A restriction as it is recorded."""

    event_id: str
    subject: str
    until: date | None


class Restrictions(State):
    """Every restriction of personal data on this ledger."""

    subject = "erasures"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.recorded: list[Restriction] = []

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case PersonalDataRestricted(subject=subject, until=until):
                self.recorded.append(Restriction(recorded.envelope.id, subject.digest, until))

    def of_subject(self, subject: str, key: bytes) -> Iterator[Restriction]:
        """The restrictions of one person's data."""
        for one in self.recorded:
            if commit(key, one.event_id, "subject", subject) == one.subject:
                yield one


# -- what may be asked -----------------------------------------------------------------------------


class EraseSubject(Command, frozen=True, kw_only=True):
    """Erase all that is kept about an account, an owner, a unit's voter, a private counterparty or a file.

    `subject`: its name as the ledger was told it: `3-101`, the owner's reference, `stall-3/王建国`, a digest.
    Ballots stay locked away until nobody can contest their vote any more; ask again then. Nobody records it
    for their own account. It takes no `note`, which would stand in the open for good.
    """

    name: ClassVar[str] = "erase-subject"
    roles: ClassVar[tuple[Role, ...]] = (*COMMITTEE, "neighbourhood")
    erases: ClassVar[bool] = True

    of: SubjectKind
    subject: Line
    ground: Ground

    @property
    def person(self) -> str:
        """The person as actions name them."""
        return self.subject if self.of == "account" else f"{self.of}/{self.subject}"

    def subjects(self) -> tuple[str, ...]:
        return (self.person,)

    def query(self) -> tuple[Slice, ...]:
        return Votes.of(), Roles.of(), Restrictions.of(), Rules.of()

    def query_further(self, votes: Votes, *others: State) -> tuple[Slice, ...]:
        if self.of != "unit":  # of an owner a count needs nothing: whose head is whose was frozen
            return ()
        *_, rules = others
        assert isinstance(rules, Rules)  # noqa: S101
        return tuple(Ballots.of(decision) for decision in self._contestable(votes, rules))

    def _contestable(self, votes: Votes, rules: Rules) -> dict[str, date | None]:
        law = rules.law(self.legal_date)
        months = law.number("VOTE-24", "months_max") if law.is_in_force("VOTE-24") else 0
        return dict(votes.contestable(self.legal_date, months))

    def decide(
        self,
        by: Actor,
        votes: Votes,
        roles: Roles,
        restrictions: Restrictions,
        rules: Rules,
        *ballots: Ballots,
    ) -> list[Event]:
        if self.note is not None:
            raise Refused("erasure.note-is-public")
        key = by.keys.get(self.person)
        if key is None:
            raise Refused("erasure.nothing-kept", of=self.of)
        revoked = self._ended(by, roles, key) if self.of == "account" else []
        deadlines = self._contestable(votes, rules)
        needed = [deadlines[one.identity] for one in ballots if self._voted(one, by)]
        subject = Personal.of(self.person)
        if needed:
            until = None if None in needed else max(day for day in needed if day is not None)
            if any(one.until == until for one in restrictions.of_subject(self.person, key)):
                raise Refused("erasure.restricted", rules=("VOTE-24",), until=until)
            return [PersonalDataRestricted(of=self.of, subject=subject, ground=self.ground, until=until)]
        values = len(by.commitments.get(self.person, ()))
        return [*revoked, PersonalDataErased(of=self.of, subject=subject, ground=self.ground, values=values)]

    def _voted(self, ballots: Ballots, by: Actor) -> bool:
        kept = by.commitments.get(voter(self.subject), frozenset())
        return bool(kept.intersection(ballots.cast) or kept.intersection(ballots.delivered))

    def _ended(self, by: Actor, roles: Roles, key: bytes) -> Iterable[Event]:
        """The account's roles here end with it. Errors: `Refused` where that is not this person's to do."""
        if self.subject == by.account:
            raise Refused("erasure.own-account")
        if by.acts_elsewhere:
            raise Refused("erasure.acts-elsewhere")
        grants = roles.grants_of(self.subject, key)
        if by.role in COMMITTEE and any(grant.role in OVERSEERS for grant in grants):
            raise Refused("erasure.oversees-the-committee")
        yesterday = by.received_on - timedelta(days=1)
        running = [grant for grant in grants if grant.ends_on is None or grant.ends_on > yesterday]
        if running and by.role not in GRANTERS:
            raise Refused("erasure.still-in-office", roles=[grant.role for grant in running])
        account = Personal.of(self.subject)
        return [
            RoleRevoked(account=account, role=grant.role, grant=grant.number, ends_on=yesterday)
            for grant in running
        ]
