"""Every movement of a fund, with the running balance in every row."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api import services
from api.reading import Blueprint, Page, PageQuery, cut, must_be_in_order
from api.times import AsOf, KnownAt, known_at_of
from ledger.fields import Day, Fund, Line
from projections import entries as view
from projections.entries import EntryRow

blueprint = Blueprint("Entries", __name__, description="Movements of the funds, with running balances")


class EntriesQuery(PageQuery, kw_only=True):
    """Entries in order of record; days are legal dates, both included.

    Balances run in that order too. With `as_of` or `known_at` they count no more than the books held then.
    """

    fund: Fund | None = None
    first: Annotated[Day, Meta(description="From this day")] | None = msgspec.field(name="from", default=None)
    last: Annotated[Day, Meta(description="To this day")] | None = msgspec.field(name="to", default=None)
    q: Annotated[Line, Meta(description="Only entries whose text holds this")] | None = None
    as_of: AsOf | None = None
    known_at: KnownAt | None = None


class EntryPage(Page, kw_only=True):
    """Entries in order of record."""

    entries: tuple[EntryRow, ...]


@blueprint.read("/ledgers/<id:ledger>/entries", query=EntriesQuery, gives=EntryPage, of="ledger")
def entries(asked: EntriesQuery, ledger: str) -> EntryPage:
    """What came in and went out."""
    must_be_in_order(asked.first, asked.last)
    views = services.current().views
    position = views.position()
    rows = view.page(
        views,
        ledger,
        fund=asked.fund,
        start=asked.first,
        end=asked.last,
        q=asked.q,
        after=asked.after,
        limit=asked.limit + 1,
        as_of=asked.as_of,
        known_at=known_at_of(asked.known_at),
    )
    page, last = cut(rows, asked.limit)
    return EntryPage(position=position, entries=page, next_after=last.number if last else None)
