"""The owners are asked about one of the nine matters of Civil Code 278.

What decides is frozen when the vote opens: who may vote with which area, what is needed, which plan.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from ledger.actions.committee import Committee
from ledger.actions.community import Register, RegisteredUnit
from ledger.actions.decision import (
    RECORDERS,
    Decision,
    Notified,
    Roster,
    VoteClosed,
    VoteOpened,
    check_authorisation,
    check_scope,
    must_be_new,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command, check_period
from ledger.envelope import canonical
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import (
    AREA_MAX_CENTI_M2,
    Authorisation,
    Count,
    Day,
    Id,
    Line,
    Matter,
    Personal,
    Scope,
    Sha256,
    area_text,
    centi_m2,
)
from ledger.rules.counting import Holding, Voter, tally_of, with_heads
from ledger.rules.law import Judged, Judgement
from ledger.rules.vote_gates import check_matter, check_petition, check_preparation, is_listed
from ledger.rules.voting import PARKING_CHARGES, Topic, threshold_of, unreturned_of
from ledger.state import Slice, State

UNITS_ON_A_PAGE = 300  # of the roster, so that a page stays within what may be withheld in one value


# -- the roster ------------------------------------------------------------------------------------


def frozen(decision: str, voters: Sequence[Voter], *, complete: bool) -> Roster:
    """The roster as the event holds it; its pages go to the vault."""
    everybody = tally_of(voters)
    public = [[voter.unit, voter.centi_m2, voter.building] for voter in voters]
    pages = [voters[start : start + UNITS_ON_A_PAGE] for start in range(0, len(voters), UNITS_ON_A_PAGE)]
    return Roster(
        units=len(voters),
        heads=everybody.heads,
        area=everybody.area,
        sha256=hashlib.sha256(json.dumps(public, separators=(",", ":")).encode("ascii")).hexdigest(),
        pages=tuple(
            Personal.of(f"roster/{decision}", canonical([list(voter) for voter in page]).decode())
            for page in pages
        ),
        complete=complete,
    )


def thawed(roster: Roster, by: Actor) -> list[Voter]:
    """The voters on a frozen roster. Errors: `Refused` if a page of it was erased."""
    pages = [by.disclosed.get(page.digest) for page in roster.pages]
    if None in pages:
        raise Refused("vote.roster-erased")
    return [Voter(*voter) for page in pages if page is not None for voter in json.loads(page)]


def _holding(unit: RegisteredUnit, by: Actor) -> Holding:
    # an owner whose data were erased is not known to own another unit: the unit is a head of its own
    owner = by.disclosed.get(unit.owner_ref.digest) if unit.owner_ref else None
    return Holding(
        unit.unit, centi_m2(unit.exclusive_area), unit.building, owner, unit.held_by == "developer"
    )


# -- what must be known ----------------------------------------------------------------------------


class ParkingCharges(State):
    """Whether the owners, in these books, have once introduced charges for parking on common land."""

    subject = PARKING_CHARGES
    introduced = False

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case VoteClosed(approved=True):
                self.introduced = True


# -- the owners are asked --------------------------------------------------------------------------


class OpenVote(Command, frozen=True, kw_only=True):
    """Ask the owners to decide one of the nine matters; the money it would free is part of the question.

    Without `roster` the units registered in the scope are frozen as far as they go: ballots are taken for
    them, or a count by hand, whose roster may be larger than the register and never smaller. `register` says
    that the register is complete, so a count by hand has exactly its roster; `on-paper` that there are no
    ballots, only a count by hand. Where no unit is registered every vote is counted by hand.

    What sum is large (VOTE-17) the community's own rules say. While they are silent, money may be asked for
    without a report to the party organisation, and is marked irregular for it.

    The law of the day it opens judges, or of the day it is asked if that is later; a vote held long ago is
    entered with its `occurred_on`. `covenant_clause`: the clause that provides for this repair while a
    re-election is under way.
    """

    name: ClassVar[str] = "open-vote"
    roles: ClassVar[tuple[Role, ...]] = (*RECORDERS, "neighbourhood")

    decision: Id
    title: Line
    matter: Matter
    opens_on: Day
    closes_on: Day
    scope: Scope | None = None
    authorises: Authorisation | None = None
    topic: Topic | None = None
    roster: Literal["register", "on-paper"] | None = None
    plan_sha256: Sha256 | None = None
    notice_on: Day | None = None
    notified: Notified = ()
    reported_to_party_on: Day | None = None
    petition_heads: Count | None = None
    covenant_clause: Line | None = None

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Register.of(), Committee.of(), Rules.of(), ParkingCharges.of()

    def discloses(self, decision: Decision, register: Register, *others: object) -> Iterator[str]:  # noqa: ARG002
        """The owners of the units asked: who owns several counts once."""
        for unit in register.in_scope(self.scope) if self.roster != "on-paper" else ():
            if unit.owner_ref is not None:
                yield unit.owner_ref.digest

    def decide(
        self,
        by: Actor,
        decision: Decision,
        register: Register,
        committee: Committee,
        rules: Rules,
        charges: ParkingCharges,
    ) -> Judged:
        must_be_new(decision)
        check_period(self.opens_on, self.closes_on)
        check_scope(self.scope, register)
        check_authorisation(self.authorises, register)
        judge = rules.judge(self, on=max(self.legal_date, self.opens_on))
        check_matter(self, judge, introduced=charges.introduced)
        needs = threshold_of(judge.law, self.matter, self.scope, self.topic)
        check_preparation(self, judge)
        self._check_freeze(by, committee, judge)
        units = register.in_scope(self.scope)
        _check_sum(units)
        return judge.of(
            VoteOpened(
                decision=self.decision,
                title=self.title,
                matter=self.matter,
                opens_on=self.opens_on,
                closes_on=self.closes_on,
                needs=needs,
                scope=self.scope,
                authorises=self.authorises,
                topic=self.topic,
                unreturned=unreturned_of(judge.law, needs),
                roster=self._frozen_roster(by, units, judge),
                registered_area=area_text(_sum(units)) if units and self.roster == "on-paper" else None,
                plan_sha256=self.plan_sha256,
                notice_on=self.notice_on,
                notified=self.notified,
                reported_to_party_on=self.reported_to_party_on,
                petition_heads=self.petition_heads,
                covenant_clause=self.covenant_clause,
            )
        )

    def _frozen_roster(self, by: Actor, units: Sequence[RegisteredUnit], judge: Judgement) -> Roster | None:
        if not units or self.roster == "on-paper":
            return None
        voters = with_heads([_holding(unit, by) for unit in units], judge.law)
        roster = frozen(self.decision, voters, complete=self.roster == "register")
        check_petition(self, judge, roster.heads)
        return roster

    def _check_freeze(self, by: Actor, committee: Committee, judge: Judgement) -> None:
        """While a re-election is under way the committee asks nothing that is major (VOTE-23)."""
        group = committee.reelection_on(self.legal_date) or committee.reelection_on(self.opens_on)
        judge.require(
            group is None or by.role not in RECORDERS or not is_listed(self, judge.law, "VOTE-23"),
            "vote.frozen-by-reelection",
            rules=("VOTE-23",),
            group=group.group if group else "",
            created_on=group.created_on if group else None,
        )


def _check_sum(units: Sequence[RegisteredUnit]) -> None:
    """Refuse areas whose sum no event can hold: somewhere a point was left out."""
    if _sum(units) > AREA_MAX_CENTI_M2:
        raise Refused("vote.areas-too-large", area_max=area_text(AREA_MAX_CENTI_M2))


def _sum(units: Sequence[RegisteredUnit]) -> int:
    return sum(centi_m2(unit.exclusive_area) for unit in units)
