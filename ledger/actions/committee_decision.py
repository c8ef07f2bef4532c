"""The committee decides by the signatures of more than half of all members (COM-08, COM-09)."""

from typing import ClassVar

from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.decision import (
    RECORDERS,
    CommitteeDecisionRecorded,
    Decision,
    check_authorisation,
    must_be_new,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Authorisation, Count, Day, Id, Line, Paragraph
from ledger.rules.law import Judged, Judgement
from ledger.rules.semantics import more_than
from ledger.state import Slice


class RecordCommitteeDecision(Command, frozen=True, kw_only=True):
    """Record what the committee decided: seats, members present, members signing. It may set money free.

    A decision that is not valid can be recorded as what it is, with `acknowledge`; it sets no money free.
    """

    name: ClassVar[str] = "record-committee-decision"
    roles: ClassVar[tuple[Role, ...]] = RECORDERS
    already_happened: ClassVar[bool] = True

    decision: Id
    title: Line
    matter: Paragraph
    decided_on: Day
    seats: Count
    present: Count
    signed: Count
    authorises: Authorisation | None = None

    def happened_on(self) -> Day:
        return self.decided_on

    def query(self) -> tuple[Slice, ...]:
        return Decision.of(self.decision), Committee.of(), Register.of(), Rules.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        decision: Decision,
        committee: Committee,
        register: Register,
        rules: Rules,
    ) -> Judged:
        must_be_new(decision)
        judge = rules.judge(self)
        in_office = self._check_seats(committee, judge)
        check_authorisation(self.authorises, register)
        valid = all([in_office, self._has_met(judge), self._has_signed(judge), self._may_decide(judge)])
        return judge.of(
            CommitteeDecisionRecorded(
                decision=self.decision,
                title=self.title,
                matter=self.matter,
                decided_on=self.decided_on,
                seats=self.seats,
                present=self.present,
                signed=self.signed,
                authorises=self.authorises,
                valid=valid,
            )
        )

    def _check_seats(self, committee: Committee, judge: Judgement) -> bool:
        """Whether a committee was in office; refused if it has another number of seats than stated."""
        serving = committee.in_office(self.decided_on)
        # books may begin before the first election is entered
        in_office = serving is not None or not committee.terms
        judge.require(in_office, "committee.none-in-office", rules=("COM-09",), day=self.decided_on)
        if serving is not None:
            # COM-09's base is the seats elected, unless the community's own rules say: those still filled
            by_office = judge.law.term("COM-09", "base") == "in-office"
            seated = committee.filled(serving, self.decided_on) if by_office else serving.seats
            if self.seats != seated:
                raise Refused("committee-decision.seats-differ", seats=self.seats, seated=seated)
            if self.present > (most := committee.present_max(serving, self.decided_on)):
                raise Refused("committee-decision.more-than-in-office", present=self.present, most=most)
        if not self.signed <= self.present <= self.seats:
            raise Refused(
                "committee-decision.counts", seats=self.seats, present=self.present, signed=self.signed
            )
        return in_office

    def _has_met(self, judge: Judgement) -> bool:
        if not judge.law.is_in_force("COM-08"):
            return True
        met = more_than(self.present, self.seats, judge.law.share("COM-08", "present_share_over"))
        judge.require(
            met, "committee-decision.no-quorum", rules=("COM-08",), present=self.present, seats=self.seats
        )
        return met

    def _has_signed(self, judge: Judgement) -> bool:
        if not judge.law.is_in_force("COM-09"):
            return True
        enough = more_than(self.signed, self.seats, judge.law.share("COM-09", "signed_share_over"))
        judge.require(
            enough,
            "committee-decision.too-few-signatures",
            rules=("COM-09",),
            signed=self.signed,
            seats=self.seats,
        )
        return enough

    def _may_decide(self, judge: Judgement) -> bool:
        """The maintenance fund is the owners' to free (VOTE-01, matter 5)."""
        may = self.authorises is None or self.authorises.fund != "maintenance"
        judge.require(may, "committee-decision.maintenance-fund-needs-a-vote", rules=("FUND-09", "VOTE-01"))
        return may
