"""The owners vote on one of the nine matters of Civil Code 278: opened, counted on paper, closed by the law.

The arithmetic is whole-number cross-multiplication in both dimensions, never percentages (SEM-01 to SEM-03).
"""

from datetime import date
from typing import ClassVar

from ledger.actions.community import Register
from ledger.actions.decision import (
    RECORDERS,
    Decision,
    Dimension,
    VoteClosed,
    VoteOpened,
    VoteResultRecorded,
    check_authorisation,
    check_scope,
    must_be_new,
)
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Area, Authorisation, Count, Day, Id, Line, Matter, Scope, centi_m2
from ledger.state import Slice

USE_OF_THE_FUND = 5  # VOTE-01: matter 5 is the use of the maintenance fund
SPECIAL_MATTERS = frozenset({6, 7, 8})  # VOTE-04: raising the fund, rebuilding, business use of common parts


# -- the law ---------------------------------------------------------------------------------------


def quorum_failures(result: VoteResultRecorded) -> tuple[Dimension, ...]:
    """Where participation is below two thirds of the roster; exactly that is enough (VOTE-02, SEM-01)."""
    area, heads = _areas(result), _heads(result)
    return _dimensions(3 * area[1] >= 2 * area[0], 3 * heads[1] >= 2 * heads[0])


def approval_failures(result: VoteResultRecorded, *, special: bool) -> tuple[Dimension, ...]:
    """Where agreement falls short: three quarters for special matters, else more than half (VOTE-03, -04)."""
    area, heads = _areas(result), _heads(result)
    if special:
        return _dimensions(4 * area[2] >= 3 * area[1], 4 * heads[2] >= 3 * heads[1])
    return _dimensions(2 * area[2] > area[1], 2 * heads[2] > heads[1])


def _areas(result: VoteResultRecorded) -> tuple[int, int, int]:
    return centi_m2(result.roster_area), centi_m2(result.participating_area), centi_m2(result.agree_area)


def _heads(result: VoteResultRecorded) -> tuple[int, int, int]:
    return result.roster_heads, result.participating_heads, result.agree_heads


def _dimensions(area_met: bool, heads_met: bool) -> tuple[Dimension, ...]:
    failed: list[Dimension] = []
    if not area_met:
        failed.append("area")
    if not heads_met:
        failed.append("heads")
    return tuple(failed)


# -- what may be asked -----------------------------------------------------------------------------


class OpenVote(Command, frozen=True, kw_only=True):
    """Ask the owners to decide one of the nine matters; the money it would free is part of the question."""

    name: ClassVar[str] = "open-vote"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS

    decision: Id
    title: Line
    matter: Matter
    opens_on: Day
    closes_on: Day
    scope: Scope | None = None
    authorises: Authorisation | None = None

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Register.of()

    def decide(self, by: Actor, decision: Decision, register: Register) -> VoteOpened:  # noqa: ARG002
        must_be_new(decision)
        if self.closes_on < self.opens_on:
            raise Refused("period.ends-before-it-starts", starts_on=self.opens_on, ends_on=self.closes_on)
        check_scope(self.scope, register)
        check_authorisation(self.authorises, register)
        if self.authorises is not None:
            self._check_freed(self.authorises)
        return VoteOpened(
            decision=self.decision,
            title=self.title,
            matter=self.matter,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            scope=self.scope,
            authorises=self.authorises,
        )

    def _check_freed(self, authorises: Authorisation) -> None:
        if (authorises.fund == "maintenance") != (self.matter == USE_OF_THE_FUND):
            raise Refused("vote.matter-does-not-fit-fund", rules=("VOTE-01", "FUND-09"), fund=authorises.fund)
        voting, freed = self.scope or Scope(), authorises.scope or Scope()
        # the owners of one building or door decide about the money of that building or door alone
        if voting.kind != "whole" and freed != voting:
            raise Refused(
                "vote.scope-differs", rules=("VOTE-19", "FUND-21"), voting=voting.name, freed=freed.name
            )


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
        return (Decision.of(self.decision),)

    def decide(self, by: Actor, decision: Decision) -> VoteResultRecorded:  # noqa: ARG002
        vote = _open_vote(decision)
        _must_be_over(vote, self.legal_date)
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


class CloseVote(Command, frozen=True, kw_only=True):
    """Close a vote: the ledger computes from the count whether it passed."""

    name: ClassVar[str] = "close-vote"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "neighbourhood", "secretary")

    decision: Id

    def query(self) -> tuple[Slice, ...]:
        return (Decision.of(self.decision),)

    def decide(self, by: Actor, decision: Decision) -> VoteClosed:  # noqa: ARG002
        vote = _open_vote(decision)
        _must_be_over(vote, self.legal_date)
        if decision.result is None:
            raise Refused("vote.not-counted")
        special = vote.matter in SPECIAL_MATTERS
        without_quorum = quorum_failures(decision.result)
        failed = without_quorum or approval_failures(decision.result, special=special)
        return VoteClosed(
            decision=self.decision,
            threshold="special" if special else "ordinary",
            quorum_met=not without_quorum,
            approved=not failed,
            failed_dimensions=failed,
            authorises=vote.authorises,
        )


def _open_vote(decision: Decision) -> VoteOpened:
    if decision.vote is None:
        raise Refused("vote.unknown", decision=decision.identity)
    if decision.passed is not None:
        raise Refused("vote.already-closed", decision=decision.identity)
    return decision.vote


def _must_be_over(vote: VoteOpened, day: date) -> None:
    if day < vote.closes_on:
        raise Refused("vote.not-over", closes_on=vote.closes_on)
