"""The committee's working funds: budget, spent, reserved and left, by heads."""

from api import services
from api.reading import Answer, Blueprint, Query
from projections import working_budgets as view
from projections.working_budgets import BudgetRow

blueprint = Blueprint("Working budgets", __name__, description="What the owners granted the committee")


class WorkingBudgetsAnswer(Answer, kw_only=True):
    """Every budget, the latest period first."""

    working_budgets: tuple[BudgetRow, ...]


@blueprint.read("/ledgers/<id:ledger>/working-budgets", gives=WorkingBudgetsAnswer, of="ledger")
def working_budgets(_: Query, ledger: str) -> WorkingBudgetsAnswer:
    """Every budget of the working funds, the latest period first."""
    views = services.current().views
    return WorkingBudgetsAnswer(position=views.position(), working_budgets=tuple(view.of(views, ledger)))
