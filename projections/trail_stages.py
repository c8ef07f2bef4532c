"""The natural steps of a trail, and which of them every kind of record is."""

from typing import Literal, get_args

from ledger.events import Event, Recorded

Stage = Literal[
    "plan", "vote", "decision", "contract", "seal", "due", "request", "approval", "money", "cost", "to-fund",
    "distribution", "works", "correction", "explanation", "statement", "posting", "other",
]  # fmt: skip
STAGES: tuple[Stage, ...] = get_args(Stage)

STAGE_OF: dict[str, Stage] = {
    "repair-plan.published": "plan", "emergency.declared": "plan", "top-up.started": "plan",
    "vote.opened": "vote", "vote-result.recorded": "vote", "vote.closed": "vote",
    "committee-decision.recorded": "decision", "emergency-repair.authorised": "decision",
    "revenue-authority.recorded": "decision", "working-budget.set": "decision",
    "repair-contract.signed": "contract", "price-review.engaged": "contract",
    "price-review.recorded": "contract", "revenue-contract.registered": "contract",
    "revenue-contract.amended": "contract", "revenue-contract.ended": "contract",
    "service-contract.signed": "contract", "seal.used": "seal",
    "fund-payment.requested": "request", "fund-payment.approved": "approval",
    "fund-payment.withdrawn": "approval", "revenue-cost.recorded": "cost",
    "revenue-to-fund.transferred": "to-fund", "net-revenue.moved": "to-fund",
    "public-revenue.apportioned": "distribution", "works.accepted": "works",
    "completion-notice.posted": "works", "warranty-expiry.recorded": "works",
    "project.apportioned": "works", "entry.reversed": "correction", "entry.classified": "correction",
    "apportionment.reversed": "correction", "irregularity.resolved": "correction",
    "exception.explained": "explanation", "disclosure.drafted": "statement",
    "disclosure.approved": "statement", "disclosure.published": "statement",
    "posting.recorded": "posting", "removal.recorded": "posting",
}  # fmt: skip


def stage_of(one: Recorded[Event]) -> Stage:
    """Which step of a trail a record is; whatever else moves money is the money itself."""
    return STAGE_OF.get(one.envelope.kind, "money" if one.envelope.postings else "other")
