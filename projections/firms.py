"""Property firms: the contracts of a ledger, and the firm a street's list names for a community."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import ColumnElement, select

from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.actions.work_list import CommunityListed, FirmRegistered
from ledger.events import Event, Recorded
from projections.database import reading
from projections.snapshot import Snapshot
from projections.view import (
    COUNT,
    DAY,
    FEN,
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


class ContractRow(msgspec.Struct, frozen=True):
    """A service contract; `number`: its record; `firm_name`: from the contract, else from a street's list.

    `ended_on`: its last day, where it ended before its time.
    """

    contract: str
    number: int
    firm: str
    firm_name: str | None
    starts_on: date
    ends_on: date | None
    signed_on: date | None
    fee_mode: Literal["lump", "remuneration"] | None
    fee_fen_per_m2_month: int | None
    ended_on: date | None = None
    ended_number: int | None = None

    def runs_on(self, day: date) -> bool:
        """Whether the firm served under it on a day."""
        last = self.ended_on or self.ends_on
        return self.starts_on <= day and (last is None or day <= last)


class ListedCommunity(msgspec.Struct, frozen=True):
    """A community as a street's work list has it; `street` is the ledger of the list."""

    street: str
    community: str
    name: str
    row: int
    neighbourhood: str
    firm: str
    firm_name: str | None
    status: str | None = None


class Firms(msgspec.Struct, frozen=True):
    """`contracts`: of this ledger, the last to start first; `listed`: this ledger on streets' lists."""

    contracts: tuple[ContractRow, ...]
    listed: tuple[ListedCommunity, ...]


@reading
def of(snapshot: Snapshot, ledger: str) -> Firms:
    """The firms of a community."""
    contract = snapshot.table("firms", "contract")
    query = select(contract).where(contract.c.ledger == ledger)
    query = query.order_by(contract.c.starts_on.desc(), contract.c.number.desc())
    contracts = [_contract(snapshot, row) for row in snapshot.rows(query)]
    return Firms(
        tuple(contracts), tuple(_listed(snapshot, snapshot.table("firms", "listed").c.community == ledger))
    )


@reading
def serving(snapshot: Snapshot, ledgers: Sequence[str], day: date) -> list[tuple[str, ContractRow]]:
    """The contracts under which firms served on a day, with their ledgers; the last to start comes first."""
    contract = snapshot.table("firms", "contract")
    query = select(contract).where(contract.c.ledger.in_(ledgers))
    query = query.order_by(contract.c.ledger, contract.c.starts_on.desc(), contract.c.number.desc())
    found = [(row.ledger, _contract(snapshot, row)) for row in snapshot.rows(query)]
    return [(ledger, one) for ledger, one in found if one.runs_on(day)]


@reading
def listed(snapshot: Snapshot, street: str) -> list[ListedCommunity]:
    """The communities of a street's work list in order of row."""
    return _listed(snapshot, snapshot.table("firms", "listed").c.ledger == street)


@reading
def named(snapshot: Snapshot, firm: str) -> str | None:
    """The name of a firm: from a street's list, else from its latest contract; none if nobody named it."""
    registered, contract = snapshot.table("firms", "registered"), snapshot.table("firms", "contract")
    on_list = snapshot.rows(
        select(registered.c.name).where(registered.c.firm == firm).order_by(registered.c.ledger).limit(1)
    )
    if on_list:
        return str(on_list[0].name)
    in_contract = snapshot.rows(
        select(contract.c.firm_name)
        .where(contract.c.firm == firm, contract.c.firm_name.is_not(None))
        .order_by(contract.c.starts_on.desc(), contract.c.ledger, contract.c.number.desc())
        .limit(1)
    )
    return str(in_contract[0].firm_name) if in_contract else None


def _contract(snapshot: Snapshot, row: Any) -> ContractRow:
    fields = {**row._mapping}
    del fields["ledger"]
    for day in ("starts_on", "ends_on", "signed_on", "ended_on"):
        fields[day] = day_of(fields[day])
    fields["firm_name"] = row.firm_name or named(snapshot, row.firm)
    return ContractRow(**fields)


def _listed(snapshot: Snapshot, wanted: ColumnElement[bool]) -> list[ListedCommunity]:
    on_list, registered = snapshot.table("firms", "listed"), snapshot.table("firms", "registered")
    same_firm = (on_list.c.ledger == registered.c.ledger) & (on_list.c.firm == registered.c.firm)
    query = select(on_list, registered.c.name.label("firm_name")).outerjoin(registered, same_firm)
    return [
        ListedCommunity(
            row.ledger,
            row.community,
            row.name,
            row.row,
            row.neighbourhood,
            row.firm,
            row.firm_name,
            row.status,
        )
        for row in snapshot.rows(query.where(wanted).order_by(on_list.c.ledger, on_list.c.row))
    ]


class FirmsView(View):
    """Service contracts, streets' lists of communities, and the names of firms."""

    name: ClassVar[str] = "firms"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "contract": Shape(
            {"ledger": TEXT, "contract": TEXT},
            {
                **each(PLACE, "number ended_number"),
                **each(TEXT, "firm firm_name fee_mode"),
                **each(DAY, "starts_on ends_on signed_on ended_on"),
                "fee_fen_per_m2_month": FEN,
            },
        ),
        "listed": Shape(
            {"ledger": TEXT, "community": TEXT},
            {"row": COUNT, **each(TEXT, "name neighbourhood firm status")},
            indexes=(("community",),),
        ),
        "registered": Shape({"ledger": TEXT, "firm": TEXT}, {"name": TEXT}, indexes=(("firm",),)),
    }
    takes = (ServiceContractSigned, ServiceContractEnded, CommunityListed, FirmRegistered)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        ends = [recorded for recorded in batch if isinstance(recorded.data, ServiceContractEnded)]
        rows: dict[str, dict[Key, Fields]] = {"contract": {}, "listed": {}, "registered": {}}
        rows["contract"] = write.known("contract", [_place(recorded)[1] for recorded in ends])
        for recorded in batch:
            table, key = _place(recorded)
            rows[table].setdefault(key, {}).update(_fields(recorded))
        for table, of_table in rows.items():
            write.put(table, of_table)


def _place(recorded: Recorded[Any]) -> tuple[str, Key]:
    """The table and the key of the row an event is about."""
    match recorded.data:
        case FirmRegistered() as firm:
            return "registered", (recorded.ledger, firm.firm)
        case CommunityListed() as listed:
            return "listed", (recorded.ledger, listed.community)
        case contract:
            return "contract", (recorded.ledger, contract.contract)


def _fields(recorded: Recorded[Any]) -> Fields:
    match recorded.data:
        case FirmRegistered() as firm:
            return {"name": firm.name}
        case CommunityListed() as listed:
            return {
                name: getattr(listed, name) for name in ("name", "row", "neighbourhood", "firm", "status")
            }
        case ServiceContractEnded(ended_on=ended_on):
            return {"ended_on": day_number(ended_on), "ended_number": recorded.number}
        case contract:
            days = {
                name: day_number(getattr(contract, name)) for name in ("starts_on", "ends_on", "signed_on")
            }
            names = ("firm", "firm_name", "fee_mode", "fee_fen_per_m2_month")
            fields = {name: getattr(contract, name) for name in names}
            return {"number": recorded.number, **fields, **days}


VIEW = FirmsView()
