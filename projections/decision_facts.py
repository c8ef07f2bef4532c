"""What each event says about a decision: its columns, and what it adds to the sums of money and ballots."""

from typing import Any

import msgspec

from ledger.actions.ballot import BallotCast, BallotsDelivered, ConflictingBallotKept
from ledger.actions.decision import (
    CommitteeDecisionRecorded,
    EmergencyRepairAuthorised,
    VoteClosed,
    VoteOpened,
    VoteResultRecorded,
)
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentWithdrawn
from ledger.actions.revenue_spending import PublicRevenueSpent
from ledger.events import Event, Recorded
from ledger.fields import Authorisation
from ledger.rules.counting import CHOICES, Totals
from projections.view import Fields, Key, day_number

DECIDING = (
    CommitteeDecisionRecorded,
    VoteOpened,
    VoteResultRecorded,
    VoteClosed,
    EmergencyRepairAuthorised,
)
BALLOTING = (BallotCast, ConflictingBallotKept, BallotsDelivered)
SPENDING = (
    FundPaymentApproved, FundPaymentWithdrawn, FundPaymentRecorded, PublicRevenueSpent,
    EntryClassified, EntryReversed,
)  # fmt: skip
DAYS = "decided_on opens_on closes_on notice_on reported_to_party_on"
TALLIES = ("participating", *CHOICES, "unreturned")
Changes = tuple[int, ...]


def key_of(recorded: Recorded[Any]) -> Key:
    """Ledger and decision of an event."""
    return recorded.envelope.ledger, recorded.envelope.data.decision


def facts_of(recorded: Recorded[Event]) -> Fields:
    """The columns of a decision that an event sets."""
    match recorded.data:
        case CommitteeDecisionRecorded() as made:
            return {
                "made_by": "committee",
                "title": made.title,
                "status": "passed" if made.valid else "invalid",
                "irregularities": " ".join(recorded.envelope.irregularities) or None,
                "matter": made.matter,
                "decided_on": day_number(made.decided_on),
                "seats": made.seats,
                "present": made.present,
                "signed": made.signed,
                **_asked(made.authorises),
            }
        case VoteOpened() as vote:
            return {**_question(vote), "irregularities": " ".join(recorded.envelope.irregularities) or None}
        case VoteResultRecorded() as result:
            count = {name: getattr(result, name) for name in result.__struct_fields__ if name != "decision"}
            return {**count, "counted_by": "hand"}
        case VoteClosed() as closed:
            return {
                "status": "passed" if closed.approved else "rejected",
                "decided_on": day_number(recorded.occurred_on),
                "threshold": closed.threshold,
                "quorum_met": closed.quorum_met,
                "failed_dimensions": " ".join(closed.failed_dimensions) or None,
                "by_building": msgspec.json.encode(closed.by_building).decode()
                if closed.by_building
                else None,
                **_counted(closed.totals),
            }
        case EmergencyRepairAuthorised(authorises=authorises):
            return {
                "made_by": "emergency",
                "title": authorises.purpose,
                "status": "passed",
                "irregularities": " ".join(recorded.envelope.irregularities) or None,
                "decided_on": day_number(recorded.occurred_on),
                "scope": authorises.scope.name if authorises.scope else "whole",
                **_asked(authorises),
            }
    return {}


def _question(vote: VoteOpened) -> Fields:
    """What was asked, and what was frozen with it."""
    roster, needs = vote.roster, vote.needs
    return {
        "made_by": "owners",
        "title": vote.title,
        "status": "open",
        "matter_number": vote.matter,
        "opens_on": day_number(vote.opens_on),
        "closes_on": day_number(vote.closes_on),
        "notice_on": day_number(vote.notice_on),
        "reported_to_party_on": day_number(vote.reported_to_party_on),
        "scope": vote.scope.name if vote.scope else "whole",
        "topic": vote.topic,
        "plan_sha256": vote.plan_sha256,
        "threshold": needs.threshold,
        "participation_heads_share": needs.participation_heads_share,
        "participation_area_share": needs.participation_area_share,
        "approval_heads_share": needs.approval_heads_share,
        "approval_area_share": needs.approval_area_share,
        "approval_inclusive": needs.inclusive,
        "rules": " ".join(needs.rules) or None,
        "unreturned": vote.unreturned,
        "roster_units": roster.units if roster else None,
        "roster_heads": roster.heads if roster else None,
        "roster_area": roster.area if roster else None,
        "roster_sha256": roster.sha256 if roster else None,
        **_asked(vote.authorises),
    }


def _counted(totals: Totals | None) -> Fields:
    """The totals of the ballots; the count by hand has its own record."""
    if totals is None:
        return {}
    counted: Fields = {"counted_by": "ballots"}
    for name in TALLIES:
        if (tally := getattr(totals, name)) is not None:
            counted |= {f"{name}_heads": tally.heads, f"{name}_area": tally.area}
    return counted


def _asked(authorises: Authorisation | None) -> Fields:
    if authorises is None:
        return {"asked_fen": 0}
    return {"fund": authorises.fund, "purpose": authorises.purpose, "asked_fen": authorises.amount_fen}


def changes_of(event: Event) -> Changes | None:
    """How an event changes what a decision authorised, reserved and paid, and the numbers of its ballots.

    Ballots: all that count, those of them cast online, those in conflict, and units reached; none if nothing.
    """
    match event:
        case BallotCast(channel=channel):
            return 0, 0, 0, 1, int(channel == "online"), 0, 0
        case ConflictingBallotKept():
            return 0, 0, 0, 0, 0, 1, 0
        case BallotsDelivered(units=units):
            return 0, 0, 0, 0, 0, 0, len(units)
    money = _money(event)
    return None if money is None else (*money, 0, 0, 0, 0)


def _money(event: Event) -> tuple[int, int, int] | None:
    """How an event changes what a decision has authorised, reserved and paid; none if it does not."""
    match event:
        case FundPaymentApproved(amount_fen=fen):
            return 0, fen, 0
        case FundPaymentWithdrawn(released_fen=fen):
            return 0, -fen, 0
        case FundPaymentRecorded(amount_fen=fen, charged_fen=None):
            return 0, -fen, fen
        case FundPaymentRecorded() | PublicRevenueSpent() | EntryClassified() | EntryReversed():
            # what was not promised before, and what is undone: as far as the decision itself counts it
            fen = -event.limits().get(f"remaining/{event.decision}", 0)
            return (0, 0, fen) if fen else None
        case (
            CommitteeDecisionRecorded(valid=True, authorises=Authorisation(amount_fen=fen))
            | VoteClosed(approved=True, authorises=Authorisation(amount_fen=fen))
            | EmergencyRepairAuthorised(authorises=Authorisation(amount_fen=fen))
        ):
            return fen, 0, 0
    return None
