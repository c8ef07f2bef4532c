"""`/`: every ledger of this server, streets first, with a search that needs no JavaScript."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from msgspec import Struct

from api.pages.asked import asked_text
from api.pages.frame import Shown, page
from api.pages.news import front_page_news
from api.services import current
from projections import balances, ledgers, tasks
from projections.balances import FundBalance
from projections.ledgers import LedgerRow
from projections.tasks import TaskCount

pages = Blueprint("ledgers", __name__)

BOOKS_MAX = 24  # communities shown with what their funds hold; the others are in the list below
NEWS_MAX = 6


class Street(Struct, frozen=True):
    """A street office with what lies under it, and its work list if it keeps one."""

    row: LedgerRow
    neighbourhoods: int
    communities: int
    work: TaskCount | None


class Book(Struct, frozen=True):
    """A community that keeps books here."""

    row: LedgerRow
    funds: tuple[FundBalance, ...]


class Area(Struct, frozen=True):
    """A neighbourhood with its communities; none for communities that belong to nobody here."""

    row: LedgerRow | None
    communities: tuple[LedgerRow, ...]


@pages.get("/")
@page
def all_ledgers() -> Shown:
    """The first page."""
    rows, sought = ledgers.all(current().views), asked_text("q")
    found = [row for row in rows if _matches(row, sought)] if sought else rows
    return render_template(
        "ledgers.html",
        sought=sought,
        total=len(rows),
        found=found,
        kinds=_counted(rows),
        streets=[_street(row, rows) for row in rows if row.kind in ("street", "district")]
        if not sought
        else [],
        books=_books(found),
        areas=_areas(rows, found),
        news=[] if sought else front_page_news(NEWS_MAX),
        names={row.ledger: row.name for row in rows},
        crumb=[(_("全部账本"), None)],
    )


def _matches(row: LedgerRow, sought: str) -> bool:
    return sought.casefold() in row.name.casefold() or sought.casefold() == row.ledger


def _counted(rows: list[LedgerRow]) -> dict[str, int]:
    kinds = [row.kind for row in rows]
    return {kind: kinds.count(kind) for kind in ("street", "neighbourhood", "community") if kind in kinds}


def _street(row: LedgerRow, rows: list[LedgerRow]) -> Street:
    views, today = current().views, current().today
    neighbourhoods = {other.ledger for other in rows if other.parent == row.ledger}
    communities = [other for other in rows if other.parent in neighbourhoods | {row.ledger}]
    work = tasks.summary(views, row.ledger, today).total
    return Street(
        row,
        sum(other.kind == "neighbourhood" for other in rows if other.parent == row.ledger),
        sum(other.kind == "community" for other in communities),
        work if work.tasks else None,
    )


def _books(rows: list[LedgerRow]) -> list[Book]:
    """Communities with funds; those whose ledger holds no more than its opening need not be asked."""
    books: list[Book] = []
    for row in rows:
        if row.kind == "community" and row.events > 1 and len(books) < BOOKS_MAX:
            funds = balances.of(current().views, row.ledger).funds
            if funds:
                books.append(Book(row, funds))
    return books


def _areas(rows: list[LedgerRow], found: list[LedgerRow]) -> list[Area]:
    """Neighbourhoods in order of opening, each with those of its communities that were found."""
    shown = {row.ledger for row in found}
    offices = [row for row in rows if row.kind != "community"]
    areas = []
    for office in offices:
        inside = tuple(
            row
            for row in rows
            if row.kind == "community"
            and row.parent == office.ledger
            and (row.ledger in shown or office.ledger in shown)
        )
        if inside or (office.ledger in shown and office.kind == "neighbourhood"):
            areas.append(Area(office, inside))
    known = {office.ledger for office in offices}
    alone = tuple(row for row in found if row.kind == "community" and row.parent not in known)
    return [Area(None, alone), *areas] if alone else areas
