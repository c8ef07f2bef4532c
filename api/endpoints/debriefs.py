"""Debriefs of property firms and their appraisals."""

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, PageQuery, Query, cut
from projections import debriefs as view
from projections.debriefs import DebriefRow

blueprint = Blueprint("Debriefs", __name__, description="How property firms reported and were appraised")


class DebriefPage(Page, kw_only=True):
    """Debriefs in the order in which they were recorded."""

    debriefs: tuple[DebriefRow, ...]


class DebriefAnswer(Answer, kw_only=True):
    """One debrief, with its score sheet once it was appraised."""

    debrief: DebriefRow


@blueprint.read("/ledgers/<id:ledger>/debriefs", query=PageQuery, gives=DebriefPage, of="ledger")
def debriefs(asked: PageQuery, ledger: str) -> DebriefPage:
    """Debriefs in the order in which they were recorded."""
    views = services.current().views
    position = views.position()
    page, last = cut(view.page(views, ledger, after=asked.after, limit=asked.limit + 1), asked.limit)
    return DebriefPage(position=position, debriefs=page, next_after=last.number if last else None)


@blueprint.read("/ledgers/<id:ledger>/debriefs/<id:identity>", gives=DebriefAnswer, of="ledger")
def debrief(_: Query, ledger: str, identity: str) -> DebriefAnswer:
    """One debrief, with its score sheet once it was appraised."""
    views = services.current().views
    position, row = views.position(), view.one(views, ledger, identity)
    if row is None:
        raise Unknown("record.unknown")
    return DebriefAnswer(position=position, debrief=row)
