"""What a repair costs each unit, for those who keep or check the books: never public (FUND-33, FUND-36)."""

import csv
import io
from collections.abc import Mapping

from flask import Response

from api import services
from api.endpoints.unit_accounts import READERS
from api.errors import Unknown
from api.private import read_privately
from api.reading import Blueprint, Query
from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.community import Register
from ledger.actions.repair_project import ProjectApportioned
from ledger.errors import StoreDamaged
from ledger.events import Event, Recorded
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
    register, shares = _apportioned(asked.project, ledger)
    return as_csv(register, shares, door=asked.door, building=asked.building)


def as_csv(
    register: Register, shares: Mapping[str, int], *, door: str | None, building: str | None
) -> Response:
    """The shares of the units of one door number or building, of all if neither is given."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("unit", "building", "door", "floor_area", "exclusive_area", "share_fen"))
    for unit, fen in shares.items():
        of = register.units[unit]
        if door in (None, of.door) and building in (None, of.building):
            lines.writerow((unit, of.building, of.door, of.floor_area, of.exclusive_area, fen))
    # the mark tells spreadsheets that it is UTF-8
    return Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")


def register_before(ledger: str, number: int) -> Register:
    """The units as they were registered when a record was made."""
    register = Register()
    for entered in services.current().store.tagged(ledger, Register.subject, 0):
        if entered.number < number:
            register.evolve(entered)
    return register


def _apportioned(project: str, ledger: str) -> tuple[Register, dict[str, int]]:
    """The units as they were registered when the cost was split, and their shares, computed again."""
    store = services.current().store
    recorded: Recorded[Event] | None = None
    for step in store.tagged(ledger, f"project:{project}", 0):
        if isinstance(step.data, ProjectApportioned | ApportionmentReversed):
            recorded = step
    if recorded is None or not isinstance(recorded.data, ProjectApportioned):
        raise Unknown("record.unknown")
    register = register_before(ledger, recorded.number)
    split = apportion(recorded.data.total_fen, register.floor_areas(recorded.data.scope))
    if split.digest != recorded.data.shares_digest:
        raise StoreDamaged(number=recorded.number)
    return register, dict(split.shares)
