"""A member leaves the committee before the term is over (COM-19)."""

from typing import ClassVar

from ledger.actions.committee import RECORDERS, Committee, SeatEnded, SeatEndReason
from ledger.actions.decision import Decision
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Day, Id, Line
from ledger.rules.law import Judged
from ledger.rules.voting import ELECTION
from ledger.state import Slice

BY_THE_ASSEMBLY = frozenset({"unable", "dismissed"})  # the other reasons end a seat by themselves


class EndSeat(Command, frozen=True, kw_only=True):
    """Record that a member left before the term was over; the assembly alone dismisses (`decision`).

    That a committee dismissed a member itself can be recorded as what it is; the member has not left by it.
    """

    name: ClassVar[str] = "end-seat"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS
    already_happened: ClassVar[bool] = True

    term: Id
    member: Line
    reason: SeatEndReason
    ended_on: Day
    decision: Id | None = None

    def happened_on(self) -> Day:
        return self.ended_on

    def query(self) -> tuple[Slice, ...]:
        decided = () if self.decision is None else (Decision.of(self.decision),)
        return Committee.of(), Rules.of(), *decided

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        committee: Committee,
        rules: Rules,
        decision: Decision | None = None,
    ) -> Judged:
        self._check_member(committee)
        judge = rules.judge(self)
        valid = self.reason not in BY_THE_ASSEMBLY or (decision is not None and _elects(decision))
        judge.require(valid, "seat.needs-a-decision", rules=("COM-19",))
        return judge.of(
            SeatEnded(
                term=self.term,
                member=self.member,
                reason=self.reason,
                ended_on=self.ended_on,
                decision=self.decision,
                valid=valid,
            )
        )

    def _check_member(self, committee: Committee) -> None:
        term = next((term for term in committee.terms if term.term == self.term), None)
        if term is None:
            raise Refused("seat.term-unknown", term=self.term)
        left = [ended.member for ended in committee.ended if ended.term == self.term].count(self.member)
        if [member.name for member in term.members].count(self.member) <= left:
            raise Refused("seat.not-filled", term=self.term)
        if not term.starts_on <= self.ended_on <= term.ends_on:
            raise Refused("seat.ends-outside-its-term", starts_on=term.starts_on, ends_on=term.ends_on)


def _elects(decision: Decision) -> bool:
    """Whether the owners decided it, about who sits on the committee (VOTE-01, matter 3)."""
    return decision.passed is True and decision.vote is not None and decision.vote.matter == ELECTION
