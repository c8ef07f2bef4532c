"""What has to be done by when and what is late: of a community, across a street, as a calendar."""

from datetime import date, timedelta
from typing import Annotated

import msgspec
from flask import Response, request
from msgspec import Meta

from api import languages, services
from api.documents.calendar import CALENDAR, calendar_of
from api.errors import BadQuery
from api.reading import BY_LANGUAGE, ETAG, Blueprint, Page, PageQuery, Query, followed, state_tag, with_tag
from api.schemas import schema_of
from api.times import KnownAt, known_at_of
from ledger.errors import UnknownLedger
from ledger.fields import Day
from projections import duties as view
from projections import ledgers
from projections.duties import CommunityDuties
from projections.duty_states import WRONG, Duty, State

AHEAD = timedelta(days=366)  # what a calendar shows of what is to come

blueprint = Blueprint("Duties", __name__, description="What the rules ask for, by when, and how it was done")


class DutiesQuery(PageQuery, kw_only=True):
    """`on`: the day it is looked at; `until`: with what begins by then; `state`: only what stands so."""

    on: Annotated[Day, Meta(description="How it stood on this day; today if left out")] | None = None
    until: (
        Annotated[Day, Meta(description="Also what begins by this day; that day itself if left out")] | None
    ) = None
    known_at: KnownAt | None = None
    state: State | None = None


class CommunityDuty(Duty, frozen=True, kw_only=True):
    """A duty, and whose it is."""

    ledger: str
    name: str


class DutyCounts(msgspec.Struct, frozen=True):
    """How many there are of each, on whatever page."""

    due: int = 0
    amber: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    incomplete: int = 0
    too_short: int = 0


class DutiesAnswer(Page, kw_only=True):
    """Of a community by due day; of a street what is wrong first, the latest before all others."""

    on: date
    known_at: str | None
    counts: DutyCounts
    duties: tuple[CommunityDuty, ...]


@blueprint.read("/ledgers/<id:ledger>/duties", query=DutiesQuery, gives=DutiesAnswer, of="ledger")
def duties(asked: DutiesQuery, ledger: str) -> DutiesAnswer:
    """What the rules in force ask for, and how it stands on a day, by what was known on any day."""
    here = services.current()
    on, position, known_at = asked.on or here.today, here.views.position(), known_at_of(asked.known_at)
    row = ledgers.one(here.views, ledger)
    if row is None or row.kind == "community":
        own = view.of(here.views, ledger, on, until=asked.until, known_at=known_at)
        found = _named(CommunityDuties(ledger=ledger, name=row.name if row else ledger, duties=tuple(own)))
    else:
        if isinstance(known_at, int):  # every ledger counts its own records
            raise BadQuery(("/known_at", "instant.malformed", {}))
        across = view.across(here.views, ledger, on, until=asked.until, known_at=known_at)
        found = sorted((duty for one in across for duty in _named(one)), key=_late_first)
    shown = [duty for duty in found if asked.state in (None, duty.state)]
    start = asked.after or 0
    end = start + asked.limit
    return DutiesAnswer(
        position=position,
        on=on,
        known_at=asked.known_at,
        counts=_counts(found),
        duties=tuple(shown[start:end]),
        next_after=end if end < len(shown) else None,
    )


def _named(community: CommunityDuties) -> list[CommunityDuty]:
    return [
        CommunityDuty(ledger=community.ledger, name=community.name, **msgspec.structs.asdict(duty))
        for duty in community.duties
    ]


def _late_first(duty: CommunityDuty) -> tuple[bool, int, date, str]:
    return duty.state not in WRONG, -duty.late_days, duty.due_on or date.max, duty.ledger


def _counts(found: list[CommunityDuty]) -> DutyCounts:
    states = [duty.state for duty in found]
    return DutyCounts(**{name: states.count(name.replace("_", "-")) for name in DutyCounts.__struct_fields__})  # type: ignore[arg-type]


def calendar(asked: Query, ledger: str) -> Response:
    """What is due in the year ahead and what is overdue, as a calendar to subscribe to (RFC 5545)."""
    here = services.current()
    tag = f"{state_tag(followed(asked.min_position))}-{languages.language()}"
    row = ledgers.one(here.views, ledger)
    if row is None:
        raise UnknownLedger(ledger=ledger)
    if tag in request.if_none_match.as_set(include_weak=True):
        return with_tag(Response(status=304), tag, BY_LANGUAGE)
    last = here.store.numbered(ledger, row.events - 1)
    found = view.of(here.views, ledger, here.today, until=here.today + AHEAD)
    text = calendar_of(row, found, last.envelope.recorded_at if last else "", languages.language())
    return with_tag(Response(text, content_type=CALENDAR), tag, BY_LANGUAGE)


# the plain decorators of flask-smorest have no types; `Blueprint.read` is for JSON
_documented = blueprint.response(200, {"type": "string"}, headers={"ETag": ETAG}, content_type=CALENDAR)(
    calendar
)
_documented = blueprint.alt_response(304, description="Unchanged since the given ETag", success=True)(
    _documented
)
for _status in (400, 404, 503):
    _documented = blueprint.problem(_status)(_documented)
_documented = blueprint.arguments(schema_of(Query), location="query", required=False)(_documented)
blueprint.route("/ledgers/<id:ledger>/duties.ics")(_documented)
