"""The accounts of units in the maintenance fund, for those who keep or check the books: never public."""

from collections.abc import Sequence

from flask import Response

from api import services
from api.private import as_csv, read_privately, values_of
from api.reading import Answer, Blueprint, Query
from api.times import AsOf, KnownAt, known_at_of
from ledger.actors import Role
from ledger.fields import Id
from projections import unit_accounts as view
from projections.unit_accounts import UnitAccount

blueprint = Blueprint("Unit accounts", __name__, description="Whose the maintenance fund is, unit by unit")
READERS: tuple[Role, ...] = ("treasurer", "bookkeeper", "secretary", "chair", "member", "auditor")
READING = "read-unit-accounts"
FIELDS = "unit", "building", "door", "floor_area", "first_deposit_fen", "balance_fen"


class UnitAccountsQuery(Query, kw_only=True):
    """One door number or building, all units if neither is given; `as_of` and `known_at` as for balances."""

    door: Id | None = None
    building: Id | None = None
    as_of: AsOf | None = None
    known_at: KnownAt | None = None


class UnitAccountsAnswer(Answer, kw_only=True):
    """The accounts of units by unit id, and what they hold together."""

    units: tuple[UnitAccount, ...]
    first_deposit_fen: int
    balance_fen: int


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/unit-accounts",
    query=UnitAccountsQuery,
    gives=UnitAccountsAnswer,
    reading=READING,
    roles=READERS,
)
def unit_accounts(asked: UnitAccountsQuery, ledger: str) -> UnitAccountsAnswer:
    """The account of every unit of a door number, a building or the community."""
    position, units = services.current().views.position(), _asked(asked, ledger)
    return UnitAccountsAnswer(
        position=position,
        units=tuple(units),
        first_deposit_fen=sum(unit.first_deposit_fen for unit in units),
        balance_fen=sum(unit.balance_fen for unit in units),
    )


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/unit-accounts.csv",
    query=UnitAccountsQuery,
    gives=None,
    reading=READING,
    roles=READERS,
)
def unit_accounts_as_csv(asked: UnitAccountsQuery, ledger: str) -> Response:
    """The same as CSV (RFC 4180, UTF-8), one unit in a line."""
    units = _asked(asked, ledger)
    return as_csv(FIELDS, ([getattr(unit, field) for field in FIELDS] for unit in units))


def _asked(asked: UnitAccountsQuery, ledger: str) -> Sequence[UnitAccount]:
    here = services.current()
    units = view.of(
        here.views,
        ledger,
        values_of,
        as_of=asked.as_of,
        known_at=known_at_of(asked.known_at),
    )
    return [
        unit for unit in units if asked.door in (None, unit.door) and asked.building in (None, unit.building)
    ]
