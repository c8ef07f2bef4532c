"""Published statements: the list, every version with its figures, and each as PDF, XLSX, CSV and JSON."""

import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from flask import Response, current_app, request
from msgspec import Meta

from api import services
from api.documents.notice import notice_pdf
from api.documents.published import issued
from api.documents.statement_csv import statement_csv
from api.documents.workbook import statement_xlsx
from api.errors import Unknown
from api.private import read_privately
from api.reading import ETAG, JSON, VERSION, Answer, Blueprint, Page, PageQuery, Query, cut, followed
from api.schemas import schema_of
from ledger.actors import Role
from ledger.errors import UnknownLedger
from projections import disclosures as view
from projections.alterations import Alteration
from projections.disclosures import DisclosureRow, VersionRow
from projections.statements.statement import Statement

SIGNERS: tuple[Role, ...] = ("secretary", "treasurer", "bookkeeper", "chair", "member", "auditor")
IMMUTABLE = "public, max-age=31536000, immutable"
PDF, CSV = "application/pdf", "text/csv"
BYTES = {"type": "string", "format": "binary"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("Disclosures", __name__, description="Statements that were published, in every form")

Version = Annotated[int, Meta(ge=1, le=1000, description="Version; the one that holds if left out")]


class VersionQuery(Query, kw_only=True):
    """Which version."""

    version: Version | None = None


class FormQuery(VersionQuery, kw_only=True):
    """Which version, in which language."""

    lang: Literal["zh", "en"] = "zh"


# -- the list and one of it ----------------------------------------------------------------------------


class AlteredRow(msgspec.Struct, frozen=True, kw_only=True):
    """What records after a published version changed in it, up to record `until`: so many `figures`.

    `records`: the numbers of those that reach its period. `changes`: section, row, column, old and new value.
    `cautions`: what readers have to be told now, where that is something else.
    """

    until: int
    figures: int
    records: tuple[int, ...]
    changes: tuple[msgspec.Raw, ...]
    cautions: tuple[msgspec.Raw, ...] | None = None


class ListedDisclosure(msgspec.Struct, frozen=True, kw_only=True):
    """A disclosure; `altered`: none while its figures are what the ledger says today."""

    disclosure: DisclosureRow
    altered: AlteredRow | None


class DisclosurePage(Page, kw_only=True):
    """Disclosures in the order in which they were first drafted."""

    disclosures: tuple[ListedDisclosure, ...]


class DisclosureAnswer(Answer, kw_only=True):
    """One disclosure. `version` and `statement`: the version asked for; none before the first was published.

    `altered`: what later records changed in the version that holds, if that is the one asked for.
    """

    disclosure: DisclosureRow
    version: int | None
    statement: msgspec.Raw | None
    altered: AlteredRow | None


@blueprint.read("/ledgers/<id:ledger>/disclosures", query=PageQuery, gives=DisclosurePage, of="ledger")
def disclosures(asked: PageQuery, ledger: str) -> DisclosurePage:
    """Every disclosure with all its versions; of drafts no figures."""
    here = services.current()
    position = here.views.position()
    page, last = cut(view.page(here.views, ledger, after=asked.after, limit=asked.limit + 1), asked.limit)
    altered = here.published.alterations(ledger, page)
    listed = (ListedDisclosure(disclosure=row, altered=_altered(altered.get(row.disclosure))) for row in page)
    return DisclosurePage(
        position=position, disclosures=tuple(listed), next_after=last.number if last else None
    )


@blueprint.read(
    "/ledgers/<id:ledger>/disclosures/<id:identity>", query=VersionQuery, gives=DisclosureAnswer, of="ledger"
)
def disclosure(asked: VersionQuery, ledger: str, identity: str) -> DisclosureAnswer:
    """One disclosure with all its versions, and the figures of one that was published."""
    here = services.current()
    position, row = here.views.position(), _disclosure(ledger, identity)
    if row.published is None and asked.version is None:
        return DisclosureAnswer(position=position, disclosure=row, version=None, statement=None, altered=None)
    version = _version(row, asked.version)
    statement = here.published.statement(ledger, row, version)
    holds = version == row.published
    altered = here.published.alterations(ledger, [row]).get(identity) if holds else None
    return DisclosureAnswer(
        position=position,
        disclosure=row,
        version=version.version,
        statement=msgspec.Raw(statement.entry),
        altered=_altered(altered),
    )


def _disclosure(ledger: str, identity: str) -> DisclosureRow:
    row = view.one(services.current().views, ledger, identity)
    if row is None:
        raise Unknown("record.unknown")
    return row


def _version(row: DisclosureRow, number: int | None) -> VersionRow:
    """The version of that number if it was published, by default the one that holds."""
    version = row.published if number is None else row.version(number)
    if version is None or version.number is None:
        raise Unknown("record.unknown")
    return version


def _altered(altered: Alteration | None) -> AlteredRow | None:
    if altered is None:
        return None
    return AlteredRow(
        until=altered.now.until,
        figures=len(altered.changes),
        records=altered.records,
        changes=tuple(msgspec.Raw(msgspec.json.encode(one)) for one in altered.changes),
        cautions=None
        if altered.cautions is None
        else tuple(msgspec.Raw(msgspec.json.encode(one)) for one in altered.cautions),
    )


# -- what is being checked -----------------------------------------------------------------------------


class DraftAnswer(Answer, kw_only=True):
    """A draft as it is to be read before it is signed; send `statement_sha256` along when approving it."""

    disclosure: DisclosureRow
    version: int
    statement_sha256: str
    statement: msgspec.Raw


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/disclosures/<id:identity>/draft",
    query=Query,
    gives=DraftAnswer,
    reading="read-disclosure-draft",
    roles=SIGNERS,
)
def draft(_: Query, ledger: str, identity: str) -> DraftAnswer:
    """The draft that waits to be approved or published, with its figures."""
    here = services.current()
    position, row = here.views.position(), _disclosure(ledger, identity)
    if row.draft is None:
        raise Unknown("record.unknown")
    statement = here.published.statement(ledger, row, row.draft)
    return DraftAnswer(
        position=position,
        disclosure=row,
        version=row.draft.version,
        statement_sha256=row.draft.statement_sha256,
        statement=msgspec.Raw(statement.entry),
    )


# -- the forms -----------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A published version asked for in a form."""

    ledger: str
    row: DisclosureRow
    version: VersionRow
    lang: str

    @property
    def statement(self) -> Statement:
        """What was published."""
        return services.current().published.statement(self.ledger, self.row, self.version)


Make = Callable[[Asked], bytes]


def _form(suffix: str, content_type: str, query: type[VersionQuery] = FormQuery) -> Callable[[Make], Make]:
    """Register one form of a published version.

    Bytes that were frozen are answered under their own digest, for ever where the address names the version.
    The words of all other forms are this program's, which may learn better ones.
    """

    def decorator(make: Make) -> Make:
        @functools.wraps(make)
        def answering(given: Any, ledger: str, identity: str) -> Response:
            followed(given.min_position)
            if services.current().store.length(ledger) == 0:
                raise UnknownLedger(ledger=ledger)
            row = _disclosure(ledger, identity)
            asked = Asked(ledger, row, _version(row, given.version), getattr(given, "lang", "zh"))
            digest = _frozen(suffix, asked)
            tag = digest or f"{asked.version.statement_sha256}-{asked.lang}-{current_app.extensions[VERSION]}"
            if tag in request.if_none_match.as_set(include_weak=True):
                response = Response(status=304)
            else:
                response = Response(make(asked), content_type=content_type)
                shown = "inline" if suffix in ("pdf", "json") else "attachment"
                name = f"{ledger}-{identity}-v{asked.version.version}.{suffix}"
                response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
            response.set_etag(tag)
            stays = digest is not None and given.version is not None
            response.headers["Cache-Control"] = IMMUTABLE if stays else "public, no-cache"
            return response

        answering.__name__ = f"disclosure_{suffix}"
        kind = {"headers": {"ETag": ETAG}, "content_type": content_type}
        documented = blueprint.response(200, BYTES, **kind)(answering)
        documented = blueprint.alt_response(304, description="Unchanged since the given ETag", success=True)(
            documented
        )
        for status in (400, 404, 503):
            documented = blueprint.problem(status)(documented)
        documented = blueprint.arguments(schema_of(query), location="query", required=False)(documented)
        blueprint.route(f"/ledgers/<id:ledger>/disclosures/<id:identity>.{suffix}")(documented)
        return make

    return decorator


def _frozen(suffix: str, asked: Asked) -> str | None:
    """The digest of a form whose bytes were frozen when it was published."""
    if suffix == "json":
        return asked.version.statement_sha256
    return asked.version.pdf_sha256 if suffix == "pdf" and asked.lang == "zh" else None


@_form("json", JSON, VersionQuery)
def as_json(asked: Asked) -> bytes:
    """The canonical bytes of a published version, RFC 8785: their SHA-256 is `statement_sha256`."""
    return asked.statement.entry


@_form("pdf", PDF)
def as_pdf(asked: Asked) -> bytes:
    """The paper: in Chinese exactly the bytes that were published, whose SHA-256 is `pdf_sha256`."""
    if asked.lang == "zh":
        return services.current().published.paper(asked.ledger, asked.row, asked.version)
    return notice_pdf(asked.statement, issued(asked.row, asked.version), asked.lang)


@_form("xlsx", XLSX)
def as_xlsx(asked: Asked) -> bytes:
    """The same rows and sums as a workbook."""
    return statement_xlsx(asked.statement, issued(asked.row, asked.version), asked.lang)


@_form("csv", CSV)
def as_csv(asked: Asked) -> bytes:
    """The same rows and sums as CSV (RFC 4180, UTF-8)."""
    return statement_csv(asked.statement, issued(asked.row, asked.version), asked.lang)
