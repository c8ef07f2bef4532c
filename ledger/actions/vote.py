"""The owners vote on one of the nine matters of Civil Code 278: asked, counted, closed by the law.

What decides is frozen when the vote opens: who may vote with which area, what is needed, which plan. The
arithmetic is whole-number cross-multiplication in both dimensions, never percentages (SEM-01 to SEM-03).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Literal

from ledger.actions.ballot import Ballots
from ledger.actions.committee import Committee
from ledger.actions.community import Register, RegisteredUnit
from ledger.actions.decision import (
    RECORDERS,
    Decision,
    Notified,
    Roster,
    VoteClosed,
    VoteOpened,
    VoteResultRecorded,
    check_authorisation,
    check_scope,
    must_be_new,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.envelope import canonical
from ledger.errors import Refused
from ledger.fields import Area, Authorisation, Count, Day, Id, Line, Matter, Personal, Scope, Sha256, centi_m2
from ledger.rules.counting import (
    BuildingCount,
    Holding,
    Tally,
    Voter,
    by_building,
    count,
    tally_of,
    with_heads,
)
from ledger.rules.law import Judged, Judgement
from ledger.rules.vote_gates import check_matter, check_petition, check_preparation, is_listed
from ledger.rules.voting import Topic, Unreturned, threshold_of, verdict
from ledger.state import Slice

UNITS_ON_A_PAGE = 300  # of the roster, so that a page stays within what may be withheld in one value


# -- the roster ------------------------------------------------------------------------------------


def frozen(decision: str, voters: Sequence[Voter]) -> Roster:
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


# -- the owners are asked --------------------------------------------------------------------------


class OpenVote(Command, frozen=True, kw_only=True):
    """Ask the owners to decide one of the nine matters; the money it would free is part of the question.

    `roster`: `register` freezes the registered units of the scope as those who may vote; `on-paper` is for a
    community whose register is not complete: its vote is counted by hand. `covenant_clause`: the clause that
    provides for this repair while a re-election is under way.
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
    roster: Literal["register", "on-paper"] = "register"
    plan_sha256: Sha256 | None = None
    notice_on: Day | None = None
    notified: Notified = ()
    reported_to_party_on: Day | None = None
    petition_heads: Count | None = None
    covenant_clause: Line | None = None

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Register.of(), Committee.of(), Rules.of()

    def discloses(self, decision: Decision, register: Register, *others: object) -> Iterator[str]:  # noqa: ARG002
        """The owners of the units asked: who owns several counts once."""
        for unit in self._units(register):
            if unit.owner_ref is not None:
                yield unit.owner_ref.digest

    def decide(
        self, by: Actor, decision: Decision, register: Register, committee: Committee, rules: Rules
    ) -> Judged:
        must_be_new(decision)
        if self.closes_on < self.opens_on:
            raise Refused("period.ends-before-it-starts", starts_on=self.opens_on, ends_on=self.closes_on)
        check_scope(self.scope, register)
        check_authorisation(self.authorises, register)
        judge = rules.judge(self)
        needs = threshold_of(judge.law, self.matter, self.scope, self.topic)
        check_matter(self, judge)
        check_preparation(self, judge)
        self._check_freeze(by, committee, judge)
        roster = self._frozen_roster(by, register, judge)
        unreturned = judge.law.term("VOTE-11", "unreturned")
        counted: Unreturned = (
            "with-the-majority" if unreturned == "with-the-majority" else "not-participating"
        )
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
                unreturned=counted,
                roster=roster,
                plan_sha256=self.plan_sha256,
                notice_on=self.notice_on,
                notified=self.notified,
                reported_to_party_on=self.reported_to_party_on,
                petition_heads=self.petition_heads,
                covenant_clause=self.covenant_clause,
            )
        )

    def _units(self, register: Register) -> list[RegisteredUnit]:
        return register.in_scope(self.scope) if self.roster == "register" else []

    def _frozen_roster(self, by: Actor, register: Register, judge: Judgement) -> Roster | None:
        units = self._units(register)
        if not units:
            return None
        voters = with_heads([_holding(unit, by) for unit in units], judge.law)
        roster = frozen(self.decision, voters)
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


# -- a count by hand -------------------------------------------------------------------------------


class RecordVoteResult(Command, frozen=True, kw_only=True):
    """Record the count of a paper vote; a recount replaces it until the vote is closed."""

    name: ClassVar[str] = "record-vote-result"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "neighbourhood")

    decision: Id
    roster_heads: Count
    roster_area: Area
    participating_heads: Count
    participating_area: Area
    agree_heads: Count
    agree_area: Area
    disagree_heads: Count | None = None
    disagree_area: Area | None = None

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Ballots.of(self.decision)

    def decide(self, by: Actor, decision: Decision, ballots: Ballots) -> VoteResultRecorded:  # noqa: ARG002
        vote = decision.open_vote()
        _must_be_over(vote, self.legal_date)
        if ballots.cast:
            raise Refused("vote-result.ballots-were-cast", ballots=len(ballots.cast))
        self._check_counts(vote.roster)
        return VoteResultRecorded(
            decision=self.decision,
            roster_heads=self.roster_heads,
            roster_area=self.roster_area,
            participating_heads=self.participating_heads,
            participating_area=self.participating_area,
            agree_heads=self.agree_heads,
            agree_area=self.agree_area,
            disagree_heads=self.disagree_heads,
            disagree_area=self.disagree_area,
        )

    def _check_counts(self, roster: Roster | None) -> None:
        if roster is not None and (self.roster_heads, self.roster_area) != (roster.heads, roster.area):
            raise Refused("vote-result.roster-differs", heads=roster.heads, area=roster.area)
        heads = self.agree_heads + (self.disagree_heads or 0)
        area = centi_m2(self.agree_area) + centi_m2(self.disagree_area or "0.00")
        roster_area, participating_area = centi_m2(self.roster_area), centi_m2(self.participating_area)
        if (
            not heads <= self.participating_heads <= self.roster_heads
            or not area <= participating_area <= roster_area
        ):
            raise Refused("vote-result.counts")
        if self.roster_heads == 0 or roster_area == 0:
            raise Refused("vote-result.empty-roster")


# -- the result ------------------------------------------------------------------------------------


class CloseVote(Command, frozen=True, kw_only=True):
    """Close a vote: the ledger computes from the ballots, or from the count by hand, whether it passed."""

    name: ClassVar[str] = "close-vote"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "neighbourhood", "secretary")

    decision: Id

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Ballots.of(self.decision)

    def discloses(self, decision: Decision, ballots: Ballots) -> Iterable[str]:
        """The roster, the ballots and, where it matters, whom ballots had reached."""
        vote = decision.vote
        if vote is None or vote.roster is None or not ballots.cast:
            return
        yield from (page.digest for page in vote.roster.pages)
        for unit, kept in ballots.cast.items():
            yield from (unit, kept.choice)
        if vote.unreturned == "with-the-majority":
            yield from ballots.delivered

    def decide(self, by: Actor, decision: Decision, ballots: Ballots) -> Judged:
        vote = decision.open_vote()
        _must_be_over(vote, self.legal_date)
        totals, buildings = None, tuple[BuildingCount, ...]()
        if vote.roster is not None and ballots.cast:
            voters, choices = thawed(vote.roster, by), ballots.choices(by)
            roster = tally_of(voters)
            totals = count(
                voters, choices, ballots.reached(by) if vote.unreturned != "not-participating" else ()
            )
            participating, agree = totals.participating, totals.agree
            buildings = by_building(voters, choices)
        elif (result := decision.result) is not None:
            if by.wrote(decision.counted_by):
                raise Refused("vote.same-person")
            roster = Tally(heads=result.roster_heads, area=result.roster_area)
            participating = Tally(heads=result.participating_heads, area=result.participating_area)
            agree = Tally(heads=result.agree_heads, area=result.agree_area)
        else:
            raise Refused("vote.not-counted")
        found = verdict(vote.needs, roster=roster, participating=participating, agree=agree)
        closed = VoteClosed(
            decision=self.decision,
            threshold=vote.needs.threshold,
            quorum_met=found.quorum_met,
            approved=found.approved,
            failed_dimensions=found.failed,
            authorises=vote.authorises,
            totals=totals,
            by_building=buildings,
        )
        return Judged(closed, decision.judged_by, ())  # by the law of the day the vote opened


def _must_be_over(vote: VoteOpened, day: date) -> None:
    if day < vote.closes_on:
        raise Refused("vote.not-over", closes_on=vote.closes_on)
