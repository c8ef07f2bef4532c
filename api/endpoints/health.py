"""Is the process alive; can it do its work: store, views, disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from flask import Response

from api import services
from api.reading import JSON, Blueprint
from api.schemas import schema_of
from ledger.errors import LedgerError
from projections.batch import of_another_history

FREE_DISK_PERCENT_MIN = 5
LAG_MAX = 10_000  # events a view may be behind before people are sent elsewhere

blueprint = Blueprint("Health", __name__, description="For those who run the machine")


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str


class ViewState(msgspec.Struct, frozen=True):
    """One view: how far it is, how many events behind the store, whether it stopped.

    `other_history`: the last event it took in is not in the store, which was restored under it.
    """

    view: str
    position: int
    lag: int
    failed: bool
    other_history: bool


class Readiness(msgspec.Struct, frozen=True):
    """Whether requests can be served well; `problems` are codes of what is wrong."""

    ready: bool
    problems: tuple[str, ...]
    position: int | None
    views: tuple[ViewState, ...]
    free_disk_percent: int | None


def healthz() -> Response:
    """The process is alive."""
    return _answer(200, Health("ok"))


def readyz() -> Response:
    """The store answers, every view follows, the disk has room."""
    readiness = look(services.current())
    return _answer(200 if readiness.ready else 503, readiness)


NOT_READY = blueprint.alt_response(
    503, schema=schema_of(Readiness), content_type=JSON, description="Not ready"
)
blueprint.add_url_rule("/healthz", view_func=blueprint.response(200, schema_of(Health))(healthz))
blueprint.add_url_rule("/readyz", view_func=NOT_READY(blueprint.response(200, schema_of(Readiness))(readyz)))


def look(here: services.Services) -> Readiness:
    """How things are, asked of the store, the views and the disk themselves."""
    problems: list[str] = []
    position: int | None = None
    views: tuple[ViewState, ...] = ()
    free = _free_disk_percent(here)
    try:
        position = head = here.store.head()
        states = here.views.states()
        strangers = of_another_history(here.store, states)
        views = tuple(
            ViewState(
                state.view,
                state.position,
                max(0, head - state.position),
                state.failed_reason is not None,
                state in strangers,
            )
            for state in states
        )
    except LedgerError as error:
        problems.append(error.code)
    for state in views:
        if state.other_history:
            ahead = position is not None and state.position > position
            problems.append(f"views.{'ahead-of-store' if ahead else 'other-history'}/{state.view}")
    problems += [f"views.failed/{state.view}" for state in views if state.failed]
    problems += [f"views.behind/{state.view}" for state in views if not state.failed and state.lag > LAG_MAX]
    if free is not None and free < FREE_DISK_PERCENT_MIN:
        problems.append("disk.nearly-full")
    # who reads the pages must still see why a log is no longer signed, so that alone takes nothing away
    return Readiness(not problems, (*problems, *_stopped_logs(here)), position, views, free)


def _stopped_logs(here: services.Services) -> Iterator[str]:
    for why in sorted(here.logs.folder.glob("*/stopped.json")) if here.logs.folder else ():
        yield f"log.stopped/{why.parent.name}"


def _free_disk_percent(here: services.Services) -> int | None:
    """Of the disk the books lie on; none where they lie on another machine."""
    if not here.follows_itself:
        return None
    folder = Path(here.database_url.removeprefix("sqlite:///"))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(os.fspath(folder))
    return usage.free * 100 // usage.total


def _answer(status: int, body: msgspec.Struct) -> Response:
    response = Response(msgspec.json.encode(body), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
