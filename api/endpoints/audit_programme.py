"""The auditor's programme (AUD-04): named queries with parameters, what each finds, and the same as CSV."""

from datetime import date
from typing import Annotated, Any

import msgspec
from flask import Response
from msgspec import Meta

from api import languages, services
from api.errors import BadQuery, Unknown
from api.private import as_csv
from api.reading import Answer, Blueprint, Limit, Page, Position, ThenQuery, cut
from api.schemas import Fault
from api.times import known_at_of
from ledger.fields import AMOUNT_MAX_FEN
from ledger.rules.law import title
from ledger.rules.semantics import CalendarMissing
from projections.audit_books import AuditBooks
from projections.audit_programme import Explanation, Parameter, Query, Row, State, programme, rows_of
from projections.snapshot import Snapshot

PARAMETERS = ("days", "late_days", "count", "fen")
blueprint = Blueprint(
    "Auditor's programme", __name__, description="Named queries an auditor runs, and what they find"
)

Days = Annotated[int, Meta(ge=0, le=3650, description="Of queries that count days")]
LateDays = Annotated[int, Meta(ge=1, le=3650, description="Recorded so many days late, or more")]
Count = Annotated[int, Meta(ge=2, le=1000, description="So many records, or more")]
ThresholdFen = Annotated[
    int, Meta(ge=1, le=AMOUNT_MAX_FEN, description="The amount below which each part lies")
]


class RowsQuery(ThenQuery, kw_only=True):
    """A query as it stands or stood, with those of the parameters it takes; the others by default."""

    days: Days | None = None
    late_days: LateDays | None = None
    count: Count | None = None
    fen: ThresholdFen | None = None


class RowsPageQuery(RowsQuery, kw_only=True):
    """The same, a page of it; `after` is the `next_after` of the page before."""

    after: Position | None = None
    limit: Limit = 50


class RuleLooked(msgspec.Struct, frozen=True):
    """A rule of law a query looks after."""

    id: str
    title_zh: str
    title_en: str


class ParameterShown(msgspec.Struct, frozen=True):
    """A whole number a query takes."""

    name: str
    title_zh: str
    title_en: str
    default: int
    least: int
    most: int


class QueryShown(msgspec.Struct, frozen=True):
    """A query in words, its rules and its parameters."""

    query: str
    title_zh: str
    title_en: str
    means_zh: str
    means_en: str
    rules: tuple[RuleLooked, ...]
    parameters: tuple[ParameterShown, ...]


class QueryCounted(msgspec.Struct, frozen=True):
    """A query, and how many rows it finds by default; `open`: neither explained nor answered.

    Both are null where a day cannot be counted: nobody entered the holidays of its year.
    """

    query: QueryShown
    rows: int | None
    open: int | None


class ProgrammeAnswer(Answer, kw_only=True):
    """All queries."""

    as_of: date
    known_at: str | None
    queries: tuple[QueryCounted, ...]


class FoundRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row a query finds. `records` and `item` name it when it is explained (`explain-exception`).

    `why` says which of the query's reasons, in words too. `amount_fen`: what is missing, too much, at stake;
    `limit_fen`: what was allowed, agreed or is the threshold; `count`: how many records. More than 200 are
    named by the first and the last, and by `item`: how many they are by which settings.
    """

    records: tuple[int, ...]
    item: str | None
    on: date
    why: str | None
    why_zh: str | None
    why_en: str | None
    text: str | None
    decision: str | None
    role: str | None
    amount_fen: int | None
    limit_fen: int | None
    days: int | None
    count: int | None
    due_on: date | None
    state: State
    explanations: tuple[Explanation, ...]


class Setting(msgspec.Struct, frozen=True):
    """A parameter as it was taken."""

    name: str
    value: int


class FoundPage(Page, kw_only=True):
    """What a query finds, by the day each row is about; `settings`: every parameter as it was taken."""

    as_of: date
    known_at: str | None
    query: QueryShown
    settings: tuple[Setting, ...]
    total: int
    open: int
    rows: tuple[FoundRow, ...]


@blueprint.read(
    "/ledgers/<id:ledger>/exceptions/programme", query=ThenQuery, gives=ProgrammeAnswer, of="ledger"
)
def queries(asked: ThenQuery, ledger: str) -> ProgrammeAnswer:
    """The auditor's programme: every query, its rules and parameters, and how much it finds."""
    here = services.current()
    with here.views.snapshot() as snapshot:
        books = _books(snapshot, ledger, asked.as_of, asked.known_at)
        return ProgrammeAnswer(
            position=snapshot.position("journal"),
            as_of=books.day,
            known_at=asked.known_at,
            queries=tuple(_counted(books, query) for query in programme().values()),
        )


@blueprint.read(
    "/ledgers/<id:ledger>/exceptions/<id:query>", query=RowsPageQuery, gives=FoundPage, of="ledger"
)
def found(asked: RowsPageQuery, ledger: str, query: str) -> FoundPage:
    """What one query of the auditor's programme finds."""
    here, named = services.current(), _named(query)
    settings = _settings(named, asked)
    with here.views.snapshot() as snapshot:
        books = _books(snapshot, ledger, asked.as_of, asked.known_at)
        rows = rows_of(books, named, settings)
        after = asked.after or 0
        page, last = cut(rows[after:], asked.limit)
        return FoundPage(
            position=snapshot.position("journal"),
            as_of=books.day,
            known_at=asked.known_at,
            query=_shown(named),
            settings=tuple(Setting(*one) for one in named.settled(settings).items()),
            total=len(rows),
            open=sum(row.state == "open" for row in rows),
            rows=tuple(_row(row) for row in page),
            next_after=after + asked.limit if last else None,
        )


@blueprint.read(
    "/ledgers/<id:ledger>/exceptions/<id:query>.csv", query=RowsQuery, gives="text/csv", of="ledger"
)
def found_as_csv(asked: RowsQuery, ledger: str, query: str) -> Response:
    """All rows of one query for a spreadsheet, one line a row; explanations stand in one cell."""
    here, named = services.current(), _named(query)
    settings = _settings(named, asked)
    with here.views.snapshot() as snapshot:
        books = _books(snapshot, ledger, asked.as_of, asked.known_at)
        rows = [_row(row) for row in rows_of(books, named, settings)]
    cells = ((named.name, *map(_cell, msgspec.structs.astuple(row))) for row in rows)
    response = as_csv(("query", *FoundRow.__struct_fields__), cells)
    response.headers["Content-Disposition"] = f'attachment; filename="{ledger}-{named.name}.csv"'
    return response


def _books(snapshot: Snapshot, ledger: str, as_of: date | None, known_at: str | None) -> AuditBooks:
    here = services.current()
    return AuditBooks(snapshot, here.store, ledger, here.today, as_of=as_of, known_at=known_at_of(known_at))


def _named(query: str) -> Query:
    known = programme().get(query)
    if known is None:
        raise Unknown("audit-query.unknown", query=query)
    return known


def _settings(query: Query, asked: RowsQuery) -> dict[str, int]:
    """The parameters that were given. Errors: `BadQuery` for one this query does not take."""
    given = {name: getattr(asked, name) for name in PARAMETERS if getattr(asked, name) is not None}
    taken = {parameter.name for parameter in query.parameters}
    faults: list[Fault] = [(f"/{name}", "field.unknown", {}) for name in given if name not in taken]
    if faults:
        raise BadQuery(*faults)
    return given


def _counted(books: AuditBooks, query: Query) -> QueryCounted:
    try:
        rows = rows_of(books, query)
    except CalendarMissing:
        return QueryCounted(_shown(query), None, None)
    return QueryCounted(_shown(query), len(rows), sum(row.state == "open" for row in rows))


def _shown(query: Query) -> QueryShown:
    return QueryShown(
        query.name,
        *_words(f"query.{query.name}"),
        *_words(f"query.{query.name}.means"),
        rules=tuple(RuleLooked(rule, title(rule, "zh"), title(rule, "en")) for rule in query.rules),
        parameters=tuple(_parameter(query, one) for one in query.parameters),
    )


def _parameter(query: Query, one: Parameter) -> ParameterShown:
    return ParameterShown(
        one.name, *_words(f"query.{query.name}.{one.name}"), one.default, one.least, one.most
    )


def _words(key: str) -> tuple[str, str]:
    zh, en = (languages.phrase(lang, key) for lang in ("zh", "en"))
    return zh, en


def _row(row: Row) -> FoundRow:
    why_zh, why_en = (None, None) if row.why is None else _words(f"audit.why.{row.why}")
    return FoundRow(
        **{name: getattr(row, name) for name in row.__struct_fields__}, why_zh=why_zh, why_en=why_en
    )


def _cell(value: Any) -> object:
    """A cell of the spreadsheet: record numbers with a space between, explanations one after the other."""
    if not isinstance(value, tuple):
        return value
    return " ".join(
        f"{one.number}: {one.text}" if isinstance(one, Explanation) else str(one) for one in value
    )
