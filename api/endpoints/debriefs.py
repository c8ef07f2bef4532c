"""Debriefs of property firms: their words and figures beside the ledger's, appraisals, who is missing."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, PageQuery, Query, cut
from ledger.fields import FIRST_DAY, LAST_DAY
from projections import debrief_figures, debriefs_missing
from projections import debriefs as view
from projections.debrief_figures import FigureRow
from projections.debrief_rows import DebriefRow
from projections.debriefs_missing import MissingDebrief

blueprint = Blueprint("Debriefs", __name__, description="How property firms reported and were appraised")

Year = Annotated[int, Meta(ge=FIRST_DAY.year, le=LAST_DAY.year, description="A year, such as 2026")]


class DebriefQuery(PageQuery, kw_only=True):
    """A list; with `without`, also the firms that did not report on that year in it."""

    without: Year | None = None


class DebriefPage(Page, kw_only=True):
    """Debriefs in the order in which they were recorded.

    `without`: firms that had not reported on the year asked for by its 31 December, of a community or of
    those on a street's work list; empty if no year was asked for.
    """

    debriefs: tuple[DebriefRow, ...]
    without: tuple[MissingDebrief, ...] = ()


class Elsewhere(msgspec.Struct, frozen=True):
    """A debrief of the same firm in another community."""

    ledger: str
    debrief: str


class DebriefAnswer(Answer, kw_only=True):
    """`figures`: of the debrief's period, the ledger's beside the firm's; `same_words`: where else the firm
    handed in the same text, but for figures and spaces.
    """

    debrief: DebriefRow
    figures: tuple[FigureRow, ...]
    same_words: tuple[Elsewhere, ...]


@blueprint.read("/ledgers/<id:ledger>/debriefs", query=DebriefQuery, gives=DebriefPage, of="ledger")
def debriefs(asked: DebriefQuery, ledger: str) -> DebriefPage:
    """Debriefs in the order in which they were recorded."""
    views = services.current().views
    position = views.position()
    page, last = cut(view.page(views, ledger, after=asked.after, limit=asked.limit + 1), asked.limit)
    without = () if asked.without is None else debriefs_missing.of(views, ledger, asked.without)
    following = last.number if last else None
    return DebriefPage(position=position, debriefs=page, without=without, next_after=following)


@blueprint.read("/ledgers/<id:ledger>/debriefs/<id:identity>", gives=DebriefAnswer, of="ledger")
def debrief(_: Query, ledger: str, identity: str) -> DebriefAnswer:
    """One debrief, with its score sheets once it was appraised."""
    views = services.current().views
    position, row = views.position(), view.one(views, ledger, identity)
    if row is None:
        raise Unknown("record.unknown")
    return DebriefAnswer(
        position=position,
        debrief=row,
        figures=debrief_figures.of(views, ledger, row),
        same_words=tuple(Elsewhere(*one) for one in view.same_words(views, ledger, identity)),
    )
