"""What of public revenue falls to each unit, for those who keep or check the books: never public (REV-18)."""

from typing import Annotated

from flask import Response
from msgspec import Meta

from api import services
from api.endpoints.unit_accounts import READERS
from api.errors import Unknown
from api.private import read_privately
from api.reading import Blueprint, Query
from api.shares import Split, register_before, shares_as_csv
from ledger.actions.revenue_distribution import PublicRevenueApportioned, areas_of
from ledger.fields import Id, RecordNumber

blueprint = Blueprint("Revenue shares", __name__, description="What of public revenue falls to each unit")


class RevenueSharesQuery(Query, kw_only=True):
    """The units of one door number or building, all in the scope if neither is given."""

    number: Annotated[RecordNumber, Meta(description="The record that divided the revenue")]
    door: Id | None = None
    building: Id | None = None


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/revenue-shares.csv",
    query=RevenueSharesQuery,
    gives=None,
    reading="read-unit-accounts",
    roles=READERS,
)
def revenue_shares_as_csv(asked: RevenueSharesQuery, ledger: str) -> Response:
    """The share of every unit as CSV (RFC 4180, UTF-8), one unit in a line, as it was divided."""
    store = services.current().store
    recorded = store.numbered(ledger, asked.number)
    undone = any(store.tagged(ledger, f"apportionment:{asked.number}", 0))
    if recorded is None or undone or not isinstance(recorded.data, PublicRevenueApportioned):
        raise Unknown("record.unknown")
    event, register = recorded.data, register_before(ledger, asked.number)
    areas = areas_of(register, event.scope, event.base)
    split = Split(asked.number, event.total_fen, areas, event.shares_digest)
    return shares_as_csv(register, split, door=asked.door, building=asked.building)
