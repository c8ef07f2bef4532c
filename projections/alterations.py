"""What later records changed in a statement that was published: a published period never changes silently.

Composing a statement again reads every event, so that is not done after a record that cannot reach it. Which
those are is told here, kind by kind; all others may.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.actions.disclosure import DisclosureApproved, DisclosureDrafted, DisclosurePublished
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundDepositRecorded, FundInterestRecorded
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentRequested
from ledger.actions.posting import PostingRecorded, RemovalRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.revenue_spending import PublicRevenueSpent
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from projections.statements.changes import changes
from projections.statements.statement import Caution, Changed, Statement

ABOUT_STATEMENTS = DisclosureDrafted, DisclosureApproved, DisclosurePublished  # no table reads them
ABOUT_PAPERS = PostingRecorded, RemovalRecorded  # nor these, where the paper is a statement's
OF_THEIR_DAY = (  # what a fund's table shows on their own day and no earlier
    FundDepositRecorded,
    FundInterestRecorded,
    FundPaymentApproved,
    FundPaymentRecorded,
    FundPaymentRequested,
    PublicRevenueRecorded,
    PublicRevenueSpent,
    RevenueCostRecorded,
)
FUND_OF = {"T1": "public-revenue", "T3": "maintenance"}


class Alteration(NamedTuple):
    """A published statement beside the same `now`, composed of all that is recorded.

    `records`: those after it that reach its period. `cautions`: what readers have to be told now, where the
    published statement says something else.
    """

    now: Statement
    records: tuple[int, ...]
    changes: tuple[Changed, ...]
    cautions: tuple[Caution, ...] | None


def may_reach(wanted: Wanted, recorded: Recorded[Event]) -> bool:
    """Whether a record could change a statement it is not part of. Never no where it does."""
    event = recorded.data
    if isinstance(event, ABOUT_STATEMENTS) or (
        isinstance(event, ABOUT_PAPERS) and event.about == "disclosure"
    ):
        return False
    is_later = recorded.occurred_on > wanted.ends_on
    return not (wanted.table in FUND_OF and is_later and isinstance(event, OF_THEIR_DAY))


def touches(wanted: Wanted, recorded: Recorded[Event]) -> bool:
    """Whether a record that may reach a statement is of its fund and period: readers are pointed to it."""
    fund, event = FUND_OF.get(wanted.table), recorded.data
    if fund is not None and f"fund:{fund}" not in recorded.envelope.tags:
        return False
    if isinstance(event, EntryClassified):
        return event.seen_on <= wanted.ends_on  # it changes what stands on the day the money moved
    undoes_that = isinstance(event, EntryReversed) and event.reversed_kind == EntryClassified.kind
    return undoes_that or recorded.occurred_on <= wanted.ends_on


def alteration(old: Statement, new: Statement, records: Sequence[int]) -> Alteration | None:
    """How a statement differs from the same composed later; none if it says the same."""
    changed = changes(old, new)
    if not changed and old.cautions == new.cautions:
        return None
    cautions = None if old.cautions == new.cautions else new.cautions
    return Alteration(new, tuple(records), changed, cautions)
