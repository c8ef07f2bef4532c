"""What was decided, and what became of the money it set free: authorised, reserved, paid, remaining."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import Select, func, select

from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed, VoteOpened, VoteResultRecorded
from ledger.actions.entry import EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded
from ledger.events import Event, Recorded
from ledger.fields import Authorisation, Fund
from ledger.money.accounts import fund_of_bank
from projections.database import reading
from projections.snapshot import Snapshot, paged
from projections.view import (
    COUNT,
    DAY,
    FEN,
    FLAG,
    PLACE,
    TEXT,
    Fields,
    Key,
    Shape,
    View,
    Write,
    day_number,
    day_of,
    each,
)


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that began it. Areas are as recorded, m² with two decimals (`"91.20"`).

    Committee: `matter` in words, `seats`, `present`, `signed`. Owners: `matter_number` 1 to 9 (VOTE-01),
    `opens_on`, `closes_on`, the count once there is one, `threshold` to `failed_dimensions` once closed.
    `decided_on`: when it was decided, or the vote closed. Money: `asked_fen` is what it would set free,
    `authorised_fen` what it did; remaining = authorised - reserved - paid.
    """

    decision: str
    number: int
    made_by: Literal["committee", "owners"]
    title: str
    status: Literal["open", "passed", "rejected"]
    matter: str | None = None
    matter_number: int | None = None
    decided_on: date | None = None
    seats: int | None = None
    present: int | None = None
    signed: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    scope: str | None = None
    roster_heads: int | None = None
    roster_area: str | None = None
    participating_heads: int | None = None
    participating_area: str | None = None
    agree_heads: int | None = None
    agree_area: str | None = None
    disagree_heads: int | None = None
    disagree_area: str | None = None
    threshold: Literal["ordinary", "special"] | None = None
    quorum_met: bool | None = None
    failed_dimensions: tuple[str, ...] = ()
    fund: Fund | None = None
    purpose: str | None = None
    asked_fen: int = 0
    authorised_fen: int = 0
    reserved_fen: int = 0
    paid_fen: int = 0
    remaining_fen: int = 0


@reading
def page(
    snapshot: Snapshot, ledger: str, *, after: int | None = None, limit: int = 50, newest_first: bool = False
) -> list[DecisionRow]:
    """Decisions of a ledger in order of record number; `after`: number of the last row of the page before."""
    number = snapshot.table("decisions", "decision").c.number
    query = _decisions(snapshot, ledger)
    query = paged(query, number, after=after, limit=limit, newest_first=newest_first)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def one(snapshot: Snapshot, ledger: str, decision: str) -> DecisionRow | None:
    """One decision, none if there is no such id."""
    table = snapshot.table("decisions", "decision")
    found = snapshot.rows(_decisions(snapshot, ledger).where(table.c.decision == decision))
    return _row(found[0]) if found else None


def _decisions(snapshot: Snapshot, ledger: str) -> Select[Any]:
    decision, money = snapshot.table("decisions", "decision"), snapshot.table("decisions", "money")
    sums = [
        func.coalesce(money.c[name], 0).label(name) for name in ("authorised_fen", "reserved_fen", "paid_fen")
    ]
    of_decision = (decision.c.ledger == money.c.ledger) & (decision.c.decision == money.c.decision)
    return select(decision, *sums).outerjoin(money, of_decision).where(decision.c.ledger == ledger)


def _row(row: Any) -> DecisionRow:
    fields = {**row._mapping}
    del fields["ledger"]
    for day in ("decided_on", "opens_on", "closes_on"):
        fields[day] = day_of(fields[day])
    fields["failed_dimensions"] = tuple((fields["failed_dimensions"] or "").split())
    remaining = fields["authorised_fen"] - fields["reserved_fen"] - fields["paid_fen"]
    return DecisionRow(**fields, remaining_fen=remaining)


DECIDING = (CommitteeDecisionRecorded, VoteOpened, VoteResultRecorded, VoteClosed)


class Decisions(View):
    """One row per decision, and the sums of its money."""

    name: ClassVar[str] = "decisions"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "decision": Shape(
            {"ledger": TEXT, "decision": TEXT},
            {
                "number": PLACE,
                **each(TEXT, "made_by title status matter scope threshold failed_dimensions fund purpose"),
                **each(TEXT, "roster_area participating_area agree_area disagree_area"),
                **each(COUNT, "matter_number seats present signed"),
                **each(COUNT, "roster_heads participating_heads agree_heads disagree_heads"),
                **each(DAY, "decided_on opens_on closes_on"),
                "quorum_met": FLAG,
                "asked_fen": FEN,
            },
        ),
        "money": Shape({"ledger": TEXT, "decision": TEXT}, each(FEN, "authorised_fen reserved_fen paid_fen")),
    }
    takes = (*DECIDING, FundPaymentApproved, FundPaymentRecorded, EntryReversed)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        deciding = [recorded for recorded in batch if type(recorded.envelope.data) in DECIDING]
        rows = write.known("decision", [_key(recorded) for recorded in deciding])
        for recorded in deciding:
            rows.setdefault(_key(recorded), {"number": recorded.number}).update(_facts(recorded))
        write.put("decision", rows)
        sums: dict[Key, list[int]] = {}
        for recorded in batch:
            if (money := _money(recorded.envelope.data)) is not None:
                of_decision = sums.get(key := _key(recorded))
                if of_decision is None:
                    of_decision = sums[key] = [0, 0, 0]
                authorised, reserved, paid = money
                of_decision[0] += authorised
                of_decision[1] += reserved
                of_decision[2] += paid
        write.add("money", sums)


def _key(recorded: Recorded[Any]) -> Key:
    return recorded.envelope.ledger, recorded.envelope.data.decision


def _facts(recorded: Recorded[Event]) -> Fields:
    match recorded.data:
        case CommitteeDecisionRecorded() as made:
            return {
                "made_by": "committee",
                "title": made.title,
                "status": "passed",
                "matter": made.matter,
                "decided_on": day_number(made.decided_on),
                "seats": made.seats,
                "present": made.present,
                "signed": made.signed,
                **_asked(made.authorises),
            }
        case VoteOpened() as vote:
            return {
                "made_by": "owners",
                "title": vote.title,
                "status": "open",
                "matter_number": vote.matter,
                "opens_on": day_number(vote.opens_on),
                "closes_on": day_number(vote.closes_on),
                "scope": vote.scope.name if vote.scope else "whole",
                **_asked(vote.authorises),
            }
        case VoteResultRecorded() as result:
            return {name: getattr(result, name) for name in result.__struct_fields__ if name != "decision"}
        case VoteClosed() as closed:
            return {
                "status": "passed" if closed.approved else "rejected",
                "decided_on": day_number(recorded.occurred_on),
                "threshold": closed.threshold,
                "quorum_met": closed.quorum_met,
                "failed_dimensions": " ".join(closed.failed_dimensions) or None,
            }
    return {}


def _asked(authorises: Authorisation | None) -> Fields:
    if authorises is None:
        return {"asked_fen": 0}
    return {"fund": authorises.fund, "purpose": authorises.purpose, "asked_fen": authorises.amount_fen}


def _money(event: Event) -> tuple[int, int, int] | None:
    """How an event changes what a decision has authorised, reserved and paid; none if it does not."""
    match event:
        case FundPaymentApproved(amount_fen=fen):
            return 0, fen, 0
        case FundPaymentRecorded(amount_fen=fen):
            return 0, -fen, fen
        case EntryReversed(decision=str(), entries=entries):
            return 0, 0, -sum(fen for account, fen in entries if fund_of_bank(account))
        case CommitteeDecisionRecorded(authorises=Authorisation(amount_fen=fen)):
            return fen, 0, 0
        case VoteClosed(approved=True, authorises=Authorisation(amount_fen=fen)):
            return fen, 0, 0
    return None


VIEW = Decisions()
