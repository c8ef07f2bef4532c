"""The committee's working funds: budget, spent, reserved and left, by heads."""

from api import services
from api.reading import Blueprint, Page, PageQuery, cut
from projections import working_budgets as view
from projections.working_budgets import BudgetRow

blueprint = Blueprint("Working budgets", __name__, description="What the owners granted the committee")


class WorkingBudgetPage(Page, kw_only=True):
    """Budgets in the order in which they were set."""

    working_budgets: tuple[BudgetRow, ...]


@blueprint.read("/ledgers/<id:ledger>/working-budgets", query=PageQuery, gives=WorkingBudgetPage, of="ledger")
def working_budgets(asked: PageQuery, ledger: str) -> WorkingBudgetPage:
    """Budgets of the working funds in the order in which they were set."""
    views = services.current().views
    position = views.position()
    page, last = cut(view.page(views, ledger, after=asked.after, limit=asked.limit + 1), asked.limit)
    return WorkingBudgetPage(
        position=position, working_budgets=page, next_after=last.number if last else None
    )
