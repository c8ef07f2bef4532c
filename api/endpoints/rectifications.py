"""Findings to be put right: by whom, by when, how far."""

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, PageQuery, Query, cut
from projections import rectifications as view
from projections.rectifications import RectificationRow

blueprint = Blueprint("Rectifications", __name__, description="What must be put right, by whom and by when")


class RectificationPage(Page, kw_only=True):
    """Rectifications in the order in which they were opened."""

    rectifications: tuple[RectificationRow, ...]


class RectificationAnswer(Answer, kw_only=True):
    """One rectification."""

    rectification: RectificationRow


@blueprint.read("/ledgers/<id:ledger>/rectifications", query=PageQuery, gives=RectificationPage, of="ledger")
def rectifications(asked: PageQuery, ledger: str) -> RectificationPage:
    """Rectifications in the order in which they were opened."""
    views = services.current().views
    position = views.position()
    page, last = cut(view.page(views, ledger, after=asked.after, limit=asked.limit + 1), asked.limit)
    return RectificationPage(position=position, rectifications=page, next_after=last.number if last else None)


@blueprint.read("/ledgers/<id:ledger>/rectifications/<id:identity>", gives=RectificationAnswer, of="ledger")
def rectification(_: Query, ledger: str, identity: str) -> RectificationAnswer:
    """One rectification."""
    views = services.current().views
    position, row = views.position(), view.one(views, ledger, identity)
    if row is None:
        raise Unknown("record.unknown")
    return RectificationAnswer(position=position, rectification=row)
