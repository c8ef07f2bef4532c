"""The ledgers: which there are, and one with its head."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api import services
from api.reading import Answer, Blueprint, Query
from ledger.errors import UnknownLedger
from ledger.fields import Id
from projections import ledgers as view
from projections.ledgers import LedgerRow

blueprint = Blueprint("Ledgers", __name__, description="The ledgers and their heads")


class LedgersQuery(Query, kw_only=True):
    """Ledgers in order of opening; `after`: the last ledger of the page before."""

    after: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many at most")] = 200


class LedgerList(Answer, kw_only=True):
    """Ledgers in order of opening; `next_after` is none on the last page."""

    ledgers: tuple[LedgerRow, ...]
    next_after: str | None = None


class Head(msgspec.Struct, frozen=True):
    """The last record of a ledger: its number, its place in the store and its leaf hash."""

    number: int
    position: int
    leaf_hash: str


class LedgerAnswer(Answer, kw_only=True):
    """One ledger as it stands in the books."""

    ledger: str
    head: Head
    about: LedgerRow | None


@blueprint.read("/ledgers", query=LedgersQuery, gives=LedgerList)
def ledgers(asked: LedgersQuery) -> LedgerList:
    """All ledgers: communities, neighbourhoods, streets, districts."""
    views = services.current().views
    position, rows = views.position(), view.all(views)
    places = {row.ledger: place for place, row in enumerate(rows, 1)}
    start = places.get(asked.after, len(rows)) if asked.after is not None else 0
    page = tuple(rows[start : start + asked.limit])
    more = start + len(page) < len(rows)
    return LedgerList(position=position, ledgers=page, next_after=page[-1].ledger if more else None)


@blueprint.read("/ledgers/<id:ledger>", gives=LedgerAnswer, of="ledger")
def ledger(_: Query, ledger: str) -> LedgerAnswer:
    """One ledger with its head. `about` is none while a new ledger is not in the views yet."""
    here = services.current()
    last = here.store.ledger_rows(ledger, here.store.length(ledger) - 2, 1)
    if not last:
        raise UnknownLedger(ledger=ledger)
    head = Head(number=last[0].number, position=last[0].position, leaf_hash=last[0].leaf_hash.hex())
    return LedgerAnswer(
        position=here.views.position(), ledger=ledger, head=head, about=view.one(here.views, ledger)
    )
