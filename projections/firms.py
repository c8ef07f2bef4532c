"""Property firms: the contracts of a ledger, and the firm a street's list names for a community."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

import msgspec
from sqlalchemy import ColumnElement, select

from ledger.actions.service_contract import ServiceContractSigned
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
    """A service contract; `number`: its record; `firm_name`: from the contract, else from a street's list."""

    contract: str
    number: int
    firm: str
    firm_name: str | None
    starts_on: date
    ends_on: date | None
    signed_on: date | None
    fee_mode: Literal["lump", "remuneration"] | None
    fee_fen_per_m2_month: int | None


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
    contracts = []
    for row in snapshot.rows(query):
        name = row.firm_name or named(snapshot, row.firm)
        starts_on, ends_on, signed_on = day_of(row.starts_on), day_of(row.ends_on), day_of(row.signed_on)
        contracts.append(
            ContractRow(row.contract, row.number, row.firm, name, starts_on, ends_on, signed_on, row.fee_mode,
                        row.fee_fen_per_m2_month)
        )  # fmt: skip
    return Firms(
        tuple(contracts), tuple(_listed(snapshot, snapshot.table("firms", "listed").c.community == ledger))
    )


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
    shapes: ClassVar[Mapping[str, Shape]] = {
        "contract": Shape(
            {"ledger": TEXT, "contract": TEXT},
            {
                "number": PLACE,
                **each(TEXT, "firm firm_name fee_mode"),
                **each(DAY, "starts_on ends_on signed_on"),
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
    takes = (ServiceContractSigned, CommunityListed, FirmRegistered)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        rows: dict[str, dict[Key, Fields]] = {"contract": {}, "listed": {}, "registered": {}}
        for recorded in batch:
            table, identity, fields = _fields(recorded)
            rows[table][recorded.ledger, identity] = fields
        for table, of_table in rows.items():
            write.put(table, of_table)


def _fields(recorded: Recorded[Any]) -> tuple[str, str, Fields]:
    match recorded.data:
        case FirmRegistered() as firm:
            return "registered", firm.firm, {"name": firm.name}
        case CommunityListed() as listed:
            fields = {
                name: getattr(listed, name) for name in ("name", "row", "neighbourhood", "firm", "status")
            }
            return "listed", listed.community, fields
        case contract:
            days = {
                name: day_number(getattr(contract, name)) for name in ("starts_on", "ends_on", "signed_on")
            }
            names = ("firm", "firm_name", "fee_mode", "fee_fen_per_m2_month")
            fields = {name: getattr(contract, name) for name in names}
            return "contract", contract.contract, {"number": recorded.number, **fields, **days}


VIEW = FirmsView()
