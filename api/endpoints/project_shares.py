"""What a repair costs each unit, for those who keep or check the books: never public (FUND-33, FUND-36)."""

import csv
import io

from flask import Response

from api import services
from api.endpoints.unit_accounts import READERS
from api.errors import Unknown
from api.private import read_privately
from api.reading import Blueprint, Query
from ledger.actions.community import Register
from ledger.actions.repair_project import ProjectApportioned
from ledger.errors import StoreDamaged
from ledger.fields import Id
from ledger.money.apportionment import apportion

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
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("unit", "building", "door", "floor_area", "share_fen"))
    register, shares = _apportioned(asked.project, ledger)
    for unit, fen in shares.items():
        of = register.units[unit]
        if asked.door in (None, of.door) and asked.building in (None, of.building):
            lines.writerow((unit, of.building, of.door, of.floor_area, fen))
    # the mark tells spreadsheets that it is UTF-8
    return Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")


def _apportioned(project: str, ledger: str) -> tuple[Register, dict[str, int]]:
    """The units as they were registered when the cost was split, and their shares, computed again."""
    store = services.current().store
    for recorded in store.tagged(ledger, f"project:{project}", 0):
        if isinstance(recorded.data, ProjectApportioned):
            break
    else:
        raise Unknown("record.unknown")
    register = Register()
    for entered in store.tagged(ledger, Register.subject, 0):
        if entered.number < recorded.number:
            register.evolve(entered)
    split = apportion(recorded.data.total_fen, register.floor_areas(recorded.data.scope))
    if split.digest != recorded.data.shares_digest:
        raise StoreDamaged(number=recorded.number)
    return register, dict(split.shares)
