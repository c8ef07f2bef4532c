"""Decisions of committee and owners, with the money they set free: authorised, reserved, paid, remaining."""

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, ThenPageQuery, ThenQuery, cut
from api.times import known_at_of
from projections import decisions as view
from projections.decisions import DecisionRow

blueprint = Blueprint("Decisions", __name__, description="What was decided, and what became of the money")


class DecisionPage(Page, kw_only=True):
    """Decisions in the order in which they were first recorded."""

    decisions: tuple[DecisionRow, ...]


class DecisionAnswer(Answer, kw_only=True):
    """One decision."""

    decision: DecisionRow


@blueprint.read("/ledgers/<id:ledger>/decisions", query=ThenPageQuery, gives=DecisionPage, of="ledger")
def decisions(asked: ThenPageQuery, ledger: str) -> DecisionPage:
    """Decisions in the order in which they were first recorded."""
    views = services.current().views
    position = views.position()
    rows = view.page(
        views,
        ledger,
        after=asked.after,
        limit=asked.limit + 1,
        as_of=asked.as_of,
        known_at=known_at_of(asked.known_at),
    )
    page, last = cut(rows, asked.limit)
    return DecisionPage(position=position, decisions=page, next_after=last.number if last else None)


@blueprint.read(
    "/ledgers/<id:ledger>/decisions/<id:identity>", query=ThenQuery, gives=DecisionAnswer, of="ledger"
)
def decision(asked: ThenQuery, ledger: str, identity: str) -> DecisionAnswer:
    """One decision."""
    views = services.current().views
    known_at = known_at_of(asked.known_at)
    position, row = views.position(), view.one(views, ledger, identity, as_of=asked.as_of, known_at=known_at)
    if row is None:
        raise Unknown("record.unknown")
    return DecisionAnswer(position=position, decision=row)
