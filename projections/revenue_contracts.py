"""Contracts that bring public revenue, what they make due and what came: rows to be read as of any day."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.actions.revenue_contract import (
    RevenueContractAmended,
    RevenueContractEnded,
    RevenueContractRegistered,
    Schedule,
)
from ledger.actions.revenue_to_fund import NetRevenueMoved, RevenueToFundTransferred
from ledger.events import Event, Recorded
from projections.view import COUNT, DAY, FEN, PLACE, TEXT, Key, Shape, View, Write, day_number, each

UNDOABLE = frozenset({PublicRevenueRecorded.kind, EntryClassified.kind, RevenueToFundTransferred.kind})


class RevenueContracts(View):
    """Every step of a contract with the lines it set, every receipt under it, every receipt undone.

    Nothing is allocated here: what covers what depends on the day and on what was known, and is worked out
    when somebody asks (`arrears.py`).
    """

    name: ClassVar[str] = "revenue_contracts"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "contract": Shape(
            {"ledger": TEXT, "contract": TEXT},
            {
                "number": PLACE,
                "head": COUNT,
                **each(TEXT, "location counterparty scope part consents"),
                **each(TEXT, "standard management_cost distribution filed_with"),
                **each(DAY, "signed_on starts_on registered_on"),
            },
            indexes=(("ledger", "number"),),
        ),
        # `ends_on`: how long it runs from this step on, none for as long as before
        "step": Shape(
            {"ledger": TEXT, "number": PLACE},
            {"contract": TEXT, "kind": TEXT, **each(DAY, "occurred_on ends_on"), "reason": TEXT},
        ),
        "line": Shape({"ledger": TEXT, "number": PLACE, "due_on": DAY}, {"contract": TEXT, "fen": FEN}),
        # `received_on`: what was recognised later came in time or late on the day the bank showed it
        "receipt": Shape(
            {"ledger": TEXT, "number": PLACE},
            {"contract": TEXT, **each(DAY, "occurred_on received_on"), "fen": FEN},
        ),
        # what became of a quarter's net: `kind` to-fund or moved
        "share": Shape(
            {"ledger": TEXT, "number": PLACE},
            {**each(TEXT, "kind quarter scope"), "occurred_on": DAY, "fen": FEN},
        ),
        "reversal": Shape({"ledger": TEXT, "number": PLACE}, {"reverses": PLACE, "occurred_on": DAY}),
    }
    takes = (
        RevenueContractRegistered,
        RevenueContractAmended,
        RevenueContractEnded,
        PublicRevenueRecorded,
        EntryClassified,
        EntryReversed,
        RevenueToFundTransferred,
        NetRevenueMoved,
    )

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        contracts: list[Key] = []
        rows: dict[str, list[Key]] = {"step": [], "line": [], "receipt": [], "share": [], "reversal": []}
        for recorded in batch:
            if isinstance(recorded.data, RevenueContractRegistered):
                contracts.append(_contract(recorded, recorded.data))
            if (row := _row(recorded)) is not None:
                rows[row[0]].append(row[1])
            rows["line"] += _lines(recorded)
        write.insert("contract", sorted(contracts))
        for table, found in rows.items():
            write.insert(table, sorted(found, key=lambda row: row[:3]))


def _contract(recorded: Recorded[Any], of: RevenueContractRegistered) -> Key:
    return (
        recorded.ledger,
        of.contract,
        recorded.number,
        of.head,
        of.location,
        of.counterparty,
        of.scope.name if of.scope else "whole",
        of.part,
        " ".join(of.consents),
        of.standard,
        of.management_cost,
        of.distribution,
        of.filed_with,
        day_number(of.signed_on),
        day_number(of.starts_on),
        day_number(recorded.occurred_on),
    )


def _row(recorded: Recorded[Any]) -> tuple[str, Key] | None:
    of = recorded.data
    at, day = (recorded.ledger, recorded.number), day_number(recorded.occurred_on)
    row: tuple[str, Key] | None = None
    match of:
        case RevenueContractRegistered():
            row = "step", (*at, of.contract, "registered", day, day_number(of.ends_on), None)
        case RevenueContractAmended():
            row = "step", (*at, of.contract, "amended", day, day_number(of.ends_on), of.reason)
        case RevenueContractEnded():
            row = "step", (*at, of.contract, "ended", day, day_number(of.ended_on), of.reason)
        case PublicRevenueRecorded(contract=str(contract), gross_fen=fen):
            row = "receipt", (*at, contract, day, day, fen)
        case EntryClassified(contract=str(contract), direction="in", amount_fen=fen, seen_on=seen_on):
            row = "receipt", (*at, contract, day, day_number(seen_on), fen)
        case RevenueToFundTransferred(quarter=quarter, scope=scope, amount_fen=fen):
            row = "share", (*at, "to-fund", quarter, scope.name if scope else "whole", day, fen)
        case NetRevenueMoved(quarter=quarter, amount_fen=fen):
            row = "share", (*at, "moved", quarter, "whole", day, fen)
        case EntryReversed(number=number, reversed_kind=kind) if kind in UNDOABLE:
            row = "reversal", (*at, number, day)
    return row


def _lines(recorded: Recorded[Any]) -> list[Key]:
    schedule: Schedule = getattr(recorded.data, "schedule", ())
    contract = getattr(recorded.data, "contract", None)
    at = recorded.ledger, recorded.number
    return [(*at, day_number(line.due_on), contract, line.amount_fen) for line in schedule]


VIEW = RevenueContracts()
