"""Contracts that bring public revenue, and due against received as it stood on any day."""

from datetime import date

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, ThenPageQuery, ThenQuery, cut
from api.times import known_at_of
from projections import arrears as view
from projections.arrears import ContractRow, NotOnFile, PlaceRow

blueprint = Blueprint(
    "Revenue contracts", __name__, description="Who uses common parts for what, what is due and what came"
)


class ContractPage(Page, kw_only=True):
    """Contracts in the order in which they were put on file."""

    as_of: date
    known_at: str | None
    contracts: tuple[ContractRow, ...]


class ContractAnswer(Answer, kw_only=True):
    """One contract with every line of its schedule."""

    as_of: date
    known_at: str | None
    contract: ContractRow


class ArrearsPage(Page, kw_only=True):
    """Contracts in the order in which they were put on file.

    On every page: all of them by place, and all money under contracts that are not on file.
    """

    as_of: date
    known_at: str | None
    contracts: tuple[ContractRow, ...]
    places: tuple[PlaceRow, ...]
    not_on_file: tuple[NotOnFile, ...]


@blueprint.read(
    "/ledgers/<id:ledger>/revenue-contracts", query=ThenPageQuery, gives=ContractPage, of="ledger"
)
def contracts(asked: ThenPageQuery, ledger: str) -> ContractPage:
    """Contracts in the order in which they were put on file."""
    here = services.current()
    day, known_at = asked.as_of or here.today, known_at_of(asked.known_at)
    position = here.views.position()
    rows = view.page(here.views, ledger, day, known_at=known_at, after=asked.after, limit=asked.limit + 1)
    page, last = cut(rows, asked.limit)
    return ContractPage(
        position=position,
        as_of=day,
        known_at=asked.known_at,
        contracts=page,
        next_after=last.number if last else None,
    )


@blueprint.read(
    "/ledgers/<id:ledger>/revenue-contracts/<id:identity>",
    query=ThenQuery,
    gives=ContractAnswer,
    of="ledger",
)
def contract(asked: ThenQuery, ledger: str, identity: str) -> ContractAnswer:
    """One contract: every line received, late, short, missing or still to come."""
    here = services.current()
    day, known_at = asked.as_of or here.today, known_at_of(asked.known_at)
    position, row = here.views.position(), view.one(here.views, ledger, identity, day, known_at)
    if row is None:
        raise Unknown("record.unknown")
    return ContractAnswer(position=position, as_of=day, known_at=asked.known_at, contract=row)


@blueprint.read("/ledgers/<id:ledger>/arrears", query=ThenPageQuery, gives=ArrearsPage, of="ledger")
def arrears(asked: ThenPageQuery, ledger: str) -> ArrearsPage:
    """Due against received, by contract and by place."""
    here = services.current()
    day = asked.as_of or here.today
    found = view.of(here.views, ledger, day, known_at_of(asked.known_at))
    after = -1 if asked.after is None else asked.after
    page, last = cut([row for row in found.contracts if row.number > after], asked.limit)
    return ArrearsPage(
        position=found.position,
        as_of=day,
        known_at=asked.known_at,
        contracts=page,
        places=found.places,
        not_on_file=found.not_on_file,
        next_after=last.number if last else None,
    )
