"""`/c/{ledger}/exceptions/{query}`: one query of the auditor's programme, what it finds and what was said."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api import languages
from api.errors import Unknown
from api.pages.asked import asked_day, asked_number, ledger_or_404, path
from api.pages.exceptions import broken_rules
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.pages.wording import value_word, word
from api.services import current
from ledger.rules.semantics import CalendarMissing
from projections.audit_books import AuditBooks
from projections.audit_programme import Parameter, Query, Row, programme, rows_of

pages = Blueprint("audit_programme", __name__)

ROWS_MAX = 50
RECORDS_MAX = 10  # of one row, a link each; of more the first and the last
FEN_IN_YUAN = 100


class Count(Struct, frozen=True):
    """A query and how much it finds; none where a day cannot be counted."""

    name: str
    title: str
    means: str
    rows: int | None
    open: int | None


class Field(Struct, frozen=True):
    """A parameter as the form asks for it; amounts in whole yuan."""

    name: str
    label: str
    value: int
    least: int
    most: int


class Line(Struct, frozen=True):
    """A row in words. `facts`: one short phrase each."""

    row: Row
    title: str
    sign: str
    label: str
    facts: tuple[str, ...]
    is_span: bool


@pages.app_template_global("audit_programme")
def audit_programme(ledger: str) -> list[Count]:
    """Every query with its count, by default; those that find something first."""
    with current().views.snapshot() as snapshot:
        books = AuditBooks(snapshot, current().store, ledger, current().today)
        counts = [_count(books, query) for query in programme().values()]
    return sorted(counts, key=lambda one: (not one.open, not one.rows))


def _count(books: AuditBooks, query: Query) -> Count:
    title, means = word(f"query.{query.name}"), word(f"query.{query.name}.means")
    try:
        rows = rows_of(books, query)
    except CalendarMissing:
        return Count(query.name, title, means, None, None)
    return Count(query.name, title, means, len(rows), sum(row.state == "open" for row in rows))


@pages.get("/c/<ledger>/exceptions/<query>")
@page
def one_query(ledger: str, query: str) -> Shown:
    """What one query finds, the newest first, with a form to look otherwise."""
    row, named = ledger_or_404(ledger), programme().get(query)
    if named is None:
        raise Unknown("audit-query.unknown", query=query[:64])
    faults: list[tuple[str, str]] = []
    as_of, settings = asked_day("as_of", faults), _settings(named, faults)
    rows = [] if faults else _rows(ledger, named, settings, as_of, faults)
    first = min(asked_number("after") or 0, len(rows))
    shown = rows[first : first + ROWS_MAX]
    return render_template(
        "audit_query.html",
        **place(
            row,
            "exceptions",
            (_("不合规和说不清的事"), path(ledger, "exceptions")),
            (word(f"query.{named.name}"), None),
        ),
        query=named.name,
        means=word(f"query.{named.name}.means"),
        rules=broken_rules(named.rules),
        fields=[_field(named, one, settings) for one in named.parameters],
        as_of=as_of,
        faults=faults,
        total=len(rows),
        rows=[_line(one, named.name) for one in shown],
        newer=here(after=None) if first else None,
        older=here(after=str(first + ROWS_MAX)) if first + ROWS_MAX < len(rows) else None,
        csv_url=f"/api/v1/ledgers/{ledger}/exceptions/{named.name}.csv?{_asked_of_csv(settings, as_of)}",
    )


def _rows(
    ledger: str,
    query: Query,
    settings: Mapping[str, int],
    as_of: date | None,
    faults: list[tuple[str, str]],
) -> list[Row]:
    with current().views.snapshot() as snapshot:
        books = AuditBooks(snapshot, current().store, ledger, current().today, as_of=as_of)
        try:
            return rows_of(books, query, settings)[::-1]
        except CalendarMissing as missing:
            code = f"refusal.{missing.code}"
            faults.append(("as_of", languages.phrase(languages.language(), code, missing.details)))
            return []


def _asked_of_csv(settings: Mapping[str, int], as_of: date | None) -> str:
    return urlencode({**settings, **({} if as_of is None else {"as_of": as_of.isoformat()})})


# -- parameters ----------------------------------------------------------------------------------------------


def _settings(query: Query, faults: list[tuple[str, str]]) -> dict[str, int]:
    """Every parameter as the form gave it, or by default; what makes no sense is a fault in words."""
    settings = query.settled({})
    for one in query.parameters:
        if not request.args.get(one.name, "").strip():
            continue
        unit, given = _unit(one), asked_number(one.name)
        if given is None or not one.least <= given * unit <= one.most:
            least, most = -(-one.least // unit), one.most // unit
            faults.append((one.name, _("请写 %(least)s 到 %(most)s 之间的整数。", least=least, most=most)))
        else:
            settings[one.name] = given * unit
    return settings


def _field(query: Query, one: Parameter, settings: Mapping[str, int]) -> Field:
    unit, label = _unit(one), word(f"query.{query.name}.{one.name}")
    least, most = -(-one.least // unit), one.most // unit
    if one.name == "fen":
        label = str(_("%(what)s（元）", what=label))
    return Field(one.name, label, settings[one.name] // unit, least, most)


def _unit(one: Parameter) -> int:
    """People think in yuan; everything else is taken as it stands."""
    return FEN_IN_YUAN if one.name == "fen" else 1


# -- a row in words ------------------------------------------------------------------------------------------


def _line(row: Row, query: str) -> Line:
    sign, label = _tag(row, query)
    is_span = row.count is not None and row.count > RECORDS_MAX
    return Line(row, _title(row), sign, label, tuple(_facts(row, query)), is_span)


def _tag(row: Row, query: str) -> tuple[str, str]:
    if row.state == "explained":
        return "ok", _("有说明")
    if row.state == "answered":
        return "warn", _("只有记录人自己的说明")
    return "bad", word(f"audit.why.{row.why}") if row.why else word(f"query.{query}")


def _title(row: Row) -> str:
    """What it is about: the books' own words, or whose or which it is."""
    if row.text is not None:
        return row.text
    if row.role is not None:
        return value_word("role", row.role)
    if row.item is not None and row.count is None:
        about, _space, day = row.item.partition(" ")
        return f"{word(f'audit.statement.{about}', otherwise=about)} · {day}"
    return str(_("%(count)s 条记录", count=row.count or len(row.records)))


def _facts(row: Row, query: str) -> list[str]:
    """Amounts and days, as the query means them."""
    said = {
        "amount": {"amount_fen": row.amount_fen},
        "limit": {"limit_fen": row.limit_fen},
        "days": {"days": row.days},
    }
    lang, facts = languages.language(), []
    for kind, details in said.items():
        if None in details.values():
            continue
        own, common = f"audit.{kind}.{query}", f"audit.{kind}"
        key = own if languages.has_words(lang, own) else common
        facts.append(languages.phrase(lang, key, details))
    return facts
