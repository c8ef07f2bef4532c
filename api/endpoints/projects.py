"""Repairs from the maintenance fund: plan, vote, contract, payments, review, acceptance, retention."""

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Page, ThenPageQuery, ThenQuery, cut
from api.times import known_at_of
from projections import repair_projects as view
from projections.repair_project_rows import RepairProjectRow

blueprint = Blueprint("Projects", __name__, description="What is repaired, what it costs, how far it is")


class ProjectPage(Page, kw_only=True):
    """Repairs in the order of their plans."""

    projects: tuple[RepairProjectRow, ...]


class ProjectAnswer(Answer, kw_only=True):
    """One repair."""

    project: RepairProjectRow


@blueprint.read("/ledgers/<id:ledger>/projects", query=ThenPageQuery, gives=ProjectPage, of="ledger")
def projects(asked: ThenPageQuery, ledger: str) -> ProjectPage:
    """Repairs in the order of their plans."""
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
    return ProjectPage(position=position, projects=page, next_after=last.number if last else None)


@blueprint.read(
    "/ledgers/<id:ledger>/projects/<id:identity>", query=ThenQuery, gives=ProjectAnswer, of="ledger"
)
def project(asked: ThenQuery, ledger: str, identity: str) -> ProjectAnswer:
    """One repair."""
    views = services.current().views
    known_at = known_at_of(asked.known_at)
    position, row = views.position(), view.one(views, ledger, identity, as_of=asked.as_of, known_at=known_at)
    if row is None:
        raise Unknown("record.unknown")
    return ProjectAnswer(position=position, project=row)
