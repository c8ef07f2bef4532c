"""The owners' answer: counted from the ballots or by hand, and judged by what was frozen with the question.

The arithmetic is whole-number cross-multiplication in both dimensions, never percentages (SEM-01 to SEM-03).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar

from ledger.actions.ballot import Ballots
from ledger.actions.decision import Decision, VoteClosed, VoteOpened, VoteResultRecorded
from ledger.actions.vote import thawed
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Area, Count, Id, centi_m2
from ledger.rules.counting import BuildingCount, Tally, by_building, count, tally_of
from ledger.rules.law import Judged
from ledger.rules.voting import verdict
from ledger.state import Slice

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
        self._check_roster(vote)
        self._check_counts()
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

    def _check_roster(self, vote: VoteOpened) -> None:
        """The roster counted by is the frozen one, or at least has everybody on it who was registered."""
        if (roster := vote.roster) is None:
            heads, area = 0, vote.registered_area or "0.00"
        else:
            heads, area = roster.heads, roster.area
        if roster is not None and roster.complete and (self.roster_heads, self.roster_area) != (heads, area):
            raise Refused("vote-result.roster-differs", heads=heads, area=area)
        if self.roster_heads < heads or centi_m2(self.roster_area) < centi_m2(area):
            raise Refused("vote-result.roster-below-register", heads=heads, area=area)

    def _check_counts(self) -> None:
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
    """Close a vote: the ledger computes from the ballots, or from the count by hand, whether it passed.

    Whoever counted, or entered a ballot or its delivery, leaves the closing to somebody else.
    """

    name: ClassVar[str] = "close-vote"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "neighbourhood", "secretary")

    decision: Id

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Ballots.of(self.decision)

    def discloses(self, decision: Decision, ballots: Ballots) -> Iterable[str]:
        """The roster, the ballots and, where it matters, whom ballots had reached."""
        return to_be_opened(decision, ballots)

    def decide(self, by: Actor, decision: Decision, ballots: Ballots) -> Judged:
        _must_be_over(decision.open_vote(), self.legal_date)
        if any(by.wrote(one) for one in (decision.counted_by, *ballots.entered)):
            raise Refused("vote.same-person")
        # by the law of the day the vote opened
        return Judged(outcome(decision, ballots, by), decision.judged_by, ())


def to_be_opened(decision: Decision, ballots: Ballots) -> Iterator[str]:
    """Every commitment whose value a count must know."""
    vote = decision.vote
    if vote is None or vote.roster is None or not ballots.cast:
        return
    yield from (page.digest for page in vote.roster.pages)
    for unit, kept in ballots.cast.items():
        yield from (unit, kept.choice)
    if vote.unreturned == "with-the-majority":
        yield from ballots.delivered


def outcome(decision: Decision, ballots: Ballots, by: Actor) -> VoteClosed:
    """What the ballots, or the count by hand, come to. `by`: whoever opened them, now or for a recount."""
    vote = decision.open_vote()
    totals, buildings = None, tuple[BuildingCount, ...]()
    if vote.roster is not None and ballots.cast:
        voters, choices = thawed(vote.roster, by), ballots.choices(by)
        roster = tally_of(voters)
        totals = count(voters, choices, ballots.reached(by) if vote.unreturned != "not-participating" else ())
        participating, agree = totals.participating, totals.agree
        buildings = by_building(voters, choices)
    elif (result := decision.result) is not None:
        roster = Tally(heads=result.roster_heads, area=result.roster_area)
        participating = Tally(heads=result.participating_heads, area=result.participating_area)
        agree = Tally(heads=result.agree_heads, area=result.agree_area)
    else:
        raise Refused("vote.not-counted")
    found = verdict(vote.needs, roster=roster, participating=participating, agree=agree)
    return VoteClosed(
        decision=vote.decision,
        threshold=vote.needs.threshold,
        quorum_met=found.quorum_met,
        approved=found.approved,
        failed_dimensions=found.failed,
        authorises=vote.authorises,
        totals=totals,
        by_building=buildings,
        topic=vote.topic,
    )


def _must_be_over(vote: VoteOpened, day: date) -> None:
    if day < vote.closes_on:
        raise Refused("vote.not-over", closes_on=vote.closes_on)
