"""What a trail comes to, in one word: whether all agrees, what is missing, what is wrong."""

from collections import defaultdict
from typing import Literal

import msgspec

from ledger.actions.decision import VoteClosed, VoteOpened
from ledger.actions.entry import EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentRequested
from ledger.actions.irregularity import IrregularityResolved
from ledger.actions.revenue_spending import PublicRevenueSpent
from projections import decisions
from projections.snapshot import Snapshot
from projections.trails import Trail

Sign = Literal["ok", "warn", "bad"]
Code = Literal[
    "irregular", "amounts-differ", "beyond-decision", "money-missing", "reversed", "not-approved", "not-paid",
    "vote-open", "nothing-spent", "received", "agrees",
]  # fmt: skip
PAYING = (FundPaymentRequested, FundPaymentApproved, FundPaymentRecorded)
SPENT = (FundPaymentRecorded, PublicRevenueSpent)


class Verdict(msgspec.Struct, frozen=True):
    """Bad: a rule is broken or a sum is wrong; warn: something is still to come. `records`: which show it."""

    sign: Sign
    code: Code
    records: tuple[int, ...] = ()


def verdict_of(snapshot: Snapshot, ledger: str, trail: Trail) -> Verdict | None:
    """The worst that is to be said of a trail; none of one with nothing to compare."""
    return _wrong(snapshot, ledger, trail) or _unfinished(trail) or _right(trail)


def _wrong(snapshot: Snapshot, ledger: str, trail: Trail) -> Verdict | None:
    if irregular := _irregular(trail):
        return Verdict("bad", "irregular", irregular)
    for payment in _payments(trail).values():
        if len({fen for _, fen in payment}) > 1:
            return Verdict("bad", "amounts-differ", tuple(number for number, _ in payment))
    for name in dict.fromkeys(_decisions(trail)):
        decided = decisions.one(snapshot, ledger, name)
        if decided is not None and decided.remaining_fen < 0:
            return Verdict("bad", "beyond-decision", (decided.number,))
    overdue = [step for step in trail.at("due") if step.line and step.line.status in ("short", "missing")]
    if overdue:
        return Verdict("bad", "money-missing", tuple(dict.fromkeys(one.recorded.number for one in overdue)))
    return None


def _unfinished(trail: Trail) -> Verdict | None:
    kinds = {type(step.recorded.data) for step in trail.steps}
    reversals = {
        one.recorded.data.number: one.recorded.number
        for one in trail.at("correction")
        if isinstance(one.recorded.data, EntryReversed)
    }
    spent = [one for one in trail.steps if isinstance(one.recorded.data, SPENT) and not one.pooled]
    undone = [reversals[one.recorded.number] for one in spent if one.recorded.number in reversals]
    if trail.root.number in reversals or (spent and len(undone) == len(spent)):
        return Verdict("warn", "reversed", tuple(undone) or (reversals[trail.root.number],))
    if FundPaymentRequested in kinds and not kinds & {FundPaymentApproved, FundPaymentRecorded}:
        return Verdict("warn", "not-approved")
    if kinds & {FundPaymentApproved, FundPaymentRequested} and FundPaymentRecorded not in kinds:
        return Verdict("warn", "not-paid")
    if VoteOpened in kinds and VoteClosed not in kinds:
        return Verdict("warn", "vote-open")
    if not spent and any(getattr(one.recorded.data, "authorises", None) for one in trail.steps):
        return Verdict("warn", "nothing-spent")
    return None


def _right(trail: Trail) -> Verdict | None:
    if any(isinstance(step.recorded.data, SPENT) and not step.pooled for step in trail.steps):
        return Verdict("ok", "agrees")
    return Verdict("ok", "received") if trail.at("due") else None


def _irregular(trail: Trail) -> tuple[int, ...]:
    """The records that break a rule nobody has put right since."""
    events = [step.recorded for step in trail.steps if step.line is None and not step.pooled]
    resolved = {one.data.number for one in events if isinstance(one.data, IrregularityResolved)}
    return tuple(one.number for one in events if one.envelope.irregularities and one.number not in resolved)


def _payments(trail: Trail) -> dict[str, list[tuple[int, int]]]:
    """Record number and amount of every step of every payment."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for step in trail.steps:
        if isinstance(step.recorded.data, PAYING):
            found[step.recorded.data.payment].append((step.recorded.number, step.recorded.data.amount_fen))
    return found


def _decisions(trail: Trail) -> list[str]:
    named = (getattr(step.recorded.data, "decision", None) for step in trail.steps if not step.pooled)
    return [name for name in named if isinstance(name, str)]
