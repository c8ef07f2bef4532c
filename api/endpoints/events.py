"""The events themselves, from the stored bytes: by ledger, by number, and as one feed of all ledgers."""

from typing import Annotated

import msgspec
from flask import Response, request
from msgspec import Meta

from api import services
from api.errors import Unknown
from api.reading import JSON, Blueprint, Page, PageQuery, Position, Query, Variation, add_next_link, cut
from ledger.fields import SAFE_INTEGER, Line
from ledger.store.port import Row
from projections import journal

BYTES = "application/octet-stream"
LINES = "application/jsonl"
LINES_AS_ALSO_CALLED = ("application/x-ndjson", "application/ndjson")


def _form_of_event() -> str:
    return "bytes" if request.accept_mimetypes.best_match([JSON, BYTES]) == BYTES else "json"


def _form_of_feed() -> str:
    chosen = request.accept_mimetypes.best_match([JSON, LINES, *LINES_AS_ALSO_CALLED])
    return "lines" if chosen in (LINES, *LINES_AS_ALSO_CALLED) else "json"


blueprint = Blueprint("Events", __name__, description="The recorded events, byte for byte")


class EventRow(msgspec.Struct, frozen=True):
    """One event; `leaf_hash` is the SHA-256 of a zero byte and the bytes of `entry` (RFC 6962 2.1)."""

    ledger: str
    number: int
    position: int
    kind: str
    leaf_hash: str
    entry: msgspec.Raw


class EventAnswer(EventRow, frozen=True, kw_only=True):
    """One event."""


class EventsQuery(PageQuery, kw_only=True):
    """Events of a ledger in order; `after` is a record number."""

    kind: Annotated[str, Meta(pattern=r"^[a-z0-9.-]{1,64}$", description="Only this kind")] | None = None
    tag: Annotated[Line, Meta(description="Only events about this, such as fund:maintenance")] | None = None


class FeedQuery(Query, kw_only=True):
    """All events in order of recording; `after` is a position."""

    after: Position = 0
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many at most")] = 100


class EventPage(Page, kw_only=True):
    """Events in order. After the last page, where `next_after` is null, go on from the last event seen."""

    events: tuple[EventRow, ...]


@blueprint.read("/ledgers/<id:ledger>/events", query=EventsQuery, gives=EventPage, of="ledger")
def events(asked: EventsQuery, ledger: str) -> EventPage:
    """The events of a ledger, from the first record on."""
    here = services.current()
    after = -1 if asked.after is None else asked.after
    if asked.tag is not None:
        kinds = () if asked.kind is None else (asked.kind,)
        rows = here.store.selected(ledger, asked.tag, kinds, after, asked.limit + 1)
    elif asked.kind is not None:
        found = journal.page(here.views, ledger=ledger, after=after, limit=asked.limit + 1, kind=asked.kind)
        rows = [row for line in found for row in here.store.ledger_rows(ledger, line.number - 1, 1)]
    else:
        rows = here.store.ledger_rows(ledger, after, asked.limit + 1)
    page, last = cut(rows, asked.limit)
    return EventPage(
        position=here.views.position(),
        events=tuple(_shown(row) for row in page),
        next_after=last.number if last else None,
    )


@blueprint.read(
    "/ledgers/<id:ledger>/events/<int:number>",
    gives=EventAnswer,
    of="ledger",
    varies=Variation("Accept", _form_of_event),
)
def event(_: Query, ledger: str, number: int) -> Response:
    """One event by its record number; with `Accept: application/octet-stream` exactly the stored bytes."""
    rows = services.current().store.ledger_rows(ledger, number - 1, 1) if number <= SAFE_INTEGER else []
    if not rows or rows[0].number != number:
        raise Unknown("record.unknown", number=number)
    row = rows[0]
    if _form_of_event() == "bytes":
        response = Response(row.entry, content_type=BYTES)
        response.headers["Content-Disposition"] = f'attachment; filename="{ledger}-{number}.json"'
    else:
        response = Response(msgspec.json.encode(_shown(row)), content_type=JSON)
    return response


@blueprint.read("/events", query=FeedQuery, gives=EventPage, varies=Variation("Accept", _form_of_feed))
def feed(asked: FeedQuery) -> EventPage | Response:
    """Every event of every ledger, in order of recording; with `Accept: application/jsonl` one a line.

    `next_after` is null on the last page. To follow the feed, ask again with `after` = the `position` of the
    last event received; with none new the page is empty.
    """
    here = services.current()
    page, last = cut(here.store.rows(asked.after, asked.limit + 1), asked.limit)
    following = last.position if last else None
    shown = tuple(_shown(row) for row in page)
    if _form_of_feed() == "lines":
        response = Response(b"".join(msgspec.json.encode(row) + b"\n" for row in shown), content_type=LINES)
        if following is not None:
            add_next_link(response, following)
        return response
    return EventPage(position=here.views.position(), events=shown, next_after=following)


def _shown(row: Row) -> EventRow:
    return EventRow(
        row.ledger, row.number, row.position, row.kind, row.leaf_hash.hex(), msgspec.Raw(row.entry)
    )
