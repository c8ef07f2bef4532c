"""What a repair costs each unit, for those who keep or check the books: never public (FUND-33, FUND-36)."""

from flask import Response

from api import services
from api.endpoints.unit_accounts import READERS
from api.errors import Unknown
from api.private import read_privately
from api.reading import Blueprint, Query
from api.shares import Split, register_before, shares_as_csv
from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.repair_project import ProjectApportioned
from ledger.events import Event, Recorded
from ledger.fields import Id

blueprint = Blueprint("Project shares", __name__, description="What a repair costs each unit")


class ProjectSharesQuery(Query, kw_only=True):
    """The units of one door number or building, all in the scope if neither is given."""

    project: Id
    door: Id | None = None
    building: Id | None = None


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/project-shares.csv",
    query=ProjectSharesQuery,
    gives=None,
    reading="read-unit-accounts",
    roles=READERS,
)
def project_shares_as_csv(asked: ProjectSharesQuery, ledger: str) -> Response:
    """The share of every unit as CSV (RFC 4180, UTF-8), one unit in a line, as it was apportioned."""
    last: Recorded[Event] | None = None
    for step in services.current().store.tagged(ledger, f"project:{asked.project}", 0):
        if isinstance(step.data, ProjectApportioned | ApportionmentReversed):
            last = step
    if last is None or not isinstance(last.data, ProjectApportioned):
        raise Unknown("record.unknown")
    event, register = last.data, register_before(ledger, last.number)
    areas = register.floor_areas(event.scope)
    split = Split(last.number, event.total_fen, areas, event.shares_digest)
    return shares_as_csv(register, split, door=asked.door, building=asked.building)
