"""The yearly statement of one unit's account (T5), for those who keep or check the books: never public."""

from typing import Annotated, Literal

import msgspec
from flask import Response
from msgspec import Meta

from api import services
from api.documents.notice import notice_pdf
from api.endpoints.unit_accounts import READERS, READING
from api.errors import Unknown
from api.private import read_privately, values_of
from api.reading import Answer, Blueprint, Query
from ledger.errors import Refused
from ledger.fields import Id
from projections.statements import composed
from projections.statements.statement import Statement
from projections.statements.unit_year import opened_for_units, year_of

blueprint = Blueprint("Unit statement", __name__, description="What one owner gets of the maintenance fund")

PDF = "application/pdf"
Year = Annotated[int, Meta(ge=1950, le=2198, description="A calendar year")]


class UnitStatementQuery(Query, kw_only=True):
    """Of which unit, and of which year."""

    unit: Id
    year: Year


class UnitPaperQuery(UnitStatementQuery, kw_only=True):
    """Of which unit and year, in which language."""

    lang: Literal["zh", "en"] = "zh"


class UnitStatementAnswer(Answer, kw_only=True):
    """The statement of all that is recorded now, and the SHA-256 of its canonical bytes."""

    statement_sha256: str
    statement: msgspec.Raw


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/unit-statement",
    query=UnitStatementQuery,
    gives=UnitStatementAnswer,
    reading=READING,
    roles=READERS,
)
def unit_statement(asked: UnitStatementQuery, ledger: str) -> UnitStatementAnswer:
    """Opening, income by kind, spending by kind and closing of one unit's account in a year."""
    statement = _statement(asked, ledger)
    return UnitStatementAnswer(
        position=services.current().views.position(),
        statement_sha256=statement.sha256,
        statement=msgspec.Raw(statement.entry),
    )


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/unit-statement.pdf",
    query=UnitPaperQuery,
    gives=PDF,
    reading=READING,
    roles=READERS,
)
def unit_statement_as_pdf(asked: UnitPaperQuery, ledger: str) -> Response:
    """The same on paper, for the owner."""
    response = Response(notice_pdf(_statement(asked, ledger), None, asked.lang), content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{ledger}-{asked.unit}-{asked.year}.pdf"'
    return response


def _statement(asked: UnitStatementQuery, ledger: str) -> Statement:
    """Errors: `Unknown` for a unit that is not registered."""
    here = services.current()
    last = here.store.length(ledger) - 1
    with opened_for_units(here.store, ledger, last, values_of) as books:
        try:
            return composed(books, year_of(asked.unit, asked.year))
        except Refused as refused:
            raise Unknown("record.unknown") from refused
