"""What every public GET does the same way: strict query, waiting for a position, ETag and 304, paging links.

An endpoint says what it takes and what it gives as structs; the wire and its documentation follow from them.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import flask_smorest
import msgspec
from flask import Flask, Response, current_app, request
from msgspec import Meta

from api import languages, services
from api.errors import PROBLEM_JSON, BadQuery, Problem, ViewsBehind
from api.schemas import Fault, WholeNumber, YesNo, faults_of, schema_of
from api.times import AsOf, KnownAt
from ledger.errors import UnknownLedger
from ledger.fields import SAFE_INTEGER
from projections.generations import Generation
from projections.snapshot import ViewStale

WAIT_SECONDS_MAX = 1.0
JSON = "application/json"
VERSION = "api-version"
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,15}")

Position = Annotated[int, Meta(ge=0, le=SAFE_INTEGER, description="Place of an event in the store, from 1")]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most")]


def init_app(app: Flask) -> None:
    """Know the program by its views' versions: what an older one answered is not current."""
    here: services.Services = app.extensions[services.EXTENSION]
    known = ",".join(f"{name}={view.version}" for name, view in sorted(here.views.views.items()))
    app.extensions[VERSION] = hashlib.sha256(f"{version('mingzhang')} {known}".encode()).hexdigest()[:8]


class Query(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of what a read may be asked with; the answer must show the write at `min_position`."""

    min_position: Position | None = None


class PageQuery(Query, kw_only=True):
    """A list in the order of its records; `after` is the `next_after` of the page before."""

    after: Annotated[int, Meta(ge=0, le=SAFE_INTEGER, description="next_after of the page before")] | None = (
        None
    )
    limit: Limit = 50


class ThenQuery(Query, kw_only=True):
    """As it stands, or stood then."""

    as_of: AsOf | None = None
    known_at: KnownAt | None = None


class ThenPageQuery(PageQuery, kw_only=True):
    """A list as it stands, or stood then."""

    as_of: AsOf | None = None
    known_at: KnownAt | None = None


class Answer(msgspec.Struct, kw_only=True):
    """Base of what a read gives; `position` is how far the views had come."""

    position: Position


class Page(Answer, kw_only=True):
    """Base of lists; `next_after` is none on the last page."""

    next_after: (
        Annotated[int, Meta(description="The `after` of the next page; null on the last page there is now")]
        | None
    ) = None


class Variation(NamedTuple):
    """What an answer also depends on: a request header, and what was chosen by it."""

    header: str
    chosen: Callable[[], str]


BY_LANGUAGE = Variation("Accept-Language", languages.language)

Q = TypeVar("Q", bound=Query)
Row = TypeVar("Row")


# -- reading the query ---------------------------------------------------------------------------------


class QueryReader:
    """Reads query parameters into their struct, in place of webargs, which lets doubles through."""

    DEFAULT_VALIDATION_STATUS = 400

    def use_args(self, schema: Any, **_: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Hand the struct to the endpoint as its first argument."""

        def decorator(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(endpoint)
            def reading(*args: Any, **kwargs: Any) -> Any:
                return endpoint(query_of(schema.struct), *args, **kwargs)

            return reading

        return decorator


def query_of(struct: type[Q]) -> Q:
    """The query of this request. Errors: `BadQuery` for unknown, doubled or malformed parameters."""
    if not request.query_string and msgspec.NODEFAULT not in struct.__struct_defaults__:
        return struct()
    fields = schema_of(struct)._declared_fields
    values: dict[str, Any] = {}
    doubled: list[Fault] = []
    for name, given in request.args.lists():
        values[name] = _typed(fields.get(name), given[0])
        if len(given) > 1:
            doubled.append((f"/{name}", "query.twice", {}))
    faults = (*doubled, *faults_of(struct, values))
    if faults:
        raise BadQuery(*faults)
    return msgspec.convert(values, struct)


def _typed(field: Any, text: str) -> Any:
    if isinstance(field, WholeNumber) and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if isinstance(field, YesNo) and text in ("true", "false"):
        return text == "true"
    return text


# -- the answer ----------------------------------------------------------------------------------------


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """Endpoints of one file."""

    ARGUMENTS_PARSER = QueryReader()

    def read(
        self,
        rule: str,
        *,
        query: type[Query] = Query,
        gives: type[msgspec.Struct] | str,
        of: str | None = None,
        varies: Variation | None = None,
        may_be_unknown: bool = False,
    ) -> Callable[[Callable[..., Answer | Response]], Callable[..., Response]]:
        """Register a public GET. `of`: the path's parameter that names a ledger, 404 unless it is open.

        `gives`: the struct of its JSON, or the media type of anything else. `may_be_unknown`: what the query
        names may not be there, 404.
        """

        def decorator(endpoint: Callable[..., Answer | Response]) -> Callable[..., Response]:
            @functools.wraps(endpoint)
            def reading(asked: Query, **path: str) -> Response:
                states = followed(asked.min_position)
                if of is not None and services.current().store.length(path[of]) == 0:
                    raise UnknownLedger(ledger=path[of])
                tag = state_tag(states) + (f"-{varies.chosen()}" if varies is not None else "")
                if tag in request.if_none_match.as_set(include_weak=True):
                    return with_tag(Response(status=304), tag, varies)
                answer = endpoint(asked, **path)
                return with_tag(answer if isinstance(answer, Response) else as_json(answer), tag, varies)

            made = _described(gives)
            documented = self.response(200, headers={"ETag": ETAG, **links(gives)}, **made)(reading)
            documented = self.alt_response(304, description="Unchanged since the given ETag", success=True)(
                documented
            )
            for status in (400, 404, 503) if of or "<" in rule or may_be_unknown else (400, 503):
                documented = self.problem(status)(documented)
            documented = self.arguments(schema_of(query), location="query", required=False)(documented)
            self.route(rule)(documented)
            return documented  # type: ignore[no-any-return]

        return decorator

    def problem(self, status: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Document an error answer."""
        decorator: Callable[[Callable[..., Any]], Callable[..., Any]] = self.alt_response(
            status, schema=schema_of(Problem), content_type=PROBLEM_JSON
        )
        return decorator


ETAG = {"description": "Changes whenever the answer may", "schema": {"type": "string"}}
LINK = {"description": 'The next page, rel="next" (RFC 8288)', "schema": {"type": "string"}}


def _described(gives: type[msgspec.Struct] | str) -> dict[str, Any]:
    if isinstance(gives, str):
        return {"schema": {"type": "string"}, "content_type": gives}
    return {"schema": schema_of(gives)}


def links(gives: type[msgspec.Struct] | str | None) -> dict[str, Any]:
    """The header that leads to the next page, where there are pages."""
    is_page = isinstance(gives, type) and "next_after" in gives.__struct_fields__
    return {"Link": LINK} if is_page else {}


def as_json(answer: Answer) -> Response:
    """The answer as JSON, with a link to the next page if there is one."""
    response = Response(msgspec.json.encode(answer), content_type=JSON)
    following = getattr(answer, "next_after", None)
    if following is not None:
        add_next_link(response, following)
    return response


def add_next_link(response: Response, following: object) -> None:
    """Say where the next page is (RFC 8288)."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "min_position")}
    query = urlencode(kept | {"after": str(following)})
    response.headers["Link"] = f'<{quote(request.path)}?{query}>; rel="next"'


def state_tag(states: Sequence[Generation]) -> str:
    """Changes with the address, the books, every view, the day and the program; costs one small read."""
    here = services.current()
    program = current_app.extensions[VERSION]
    about = f"{request.full_path}|{here.store.head()}|{states}|{here.today:%Y%m%d}"
    return f"{program}-{hashlib.sha256(about.encode()).hexdigest()[:20]}"


def with_tag(response: Response, tag: str, varies: Variation | None = None) -> Response:
    """The response, to be asked for again with this tag."""
    response.set_etag(tag)
    if varies is not None:
        response.vary.add(varies.header)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def followed(position: int | None = None) -> list[Generation]:
    """The views once they show a position, by default the first of all; waits one second at most.

    Not at all for a position that no event has yet, nor for a view that stopped before its first event.
    Errors: `ViewsBehind`; `ViewStale` while nothing is shown of what was recorded: it is no empty list.
    """
    here = services.current()
    asked, states = position or 0, here.views.states()
    wanted = max(1, asked)
    behind = [state for state in states if state.position < wanted and (asked or not state.failed_reason)]
    if not behind or ((head := here.store.head()) == 0 and not asked):
        return states
    names = {state.view for state in behind}
    if wanted <= head:
        here.views.wait_for(wanted, WAIT_SECONDS_MAX, *names)
        states = here.views.states()
    reached = min(state.position for state in states if state.view in names)
    if reached >= wanted:
        return states
    raise ViewsBehind(position=reached, asked=asked, head=head) if asked else ViewStale(head=head)


def must_be_in_order(first: date | None, last: date | None) -> None:
    """Refuse a period that ends before it starts. Errors: `BadQuery`."""
    if first is not None and last is not None and last < first:
        raise BadQuery(("/to", "period.ends-before-it-starts", {"starts_on": first, "ends_on": last}))


def cut(rows: Sequence[Row], limit: int) -> tuple[tuple[Row, ...], Row | None]:
    """At most `limit` of the rows, and the last of them if there were more: the next page starts after it."""
    kept = tuple(rows[:limit])
    return kept, kept[-1] if len(rows) > limit else None
