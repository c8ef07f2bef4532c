"""A piece of the community's own page: the committee's budget of today, head by head."""

from flask import Flask

from api.services import current
from projections import working_budgets
from projections.working_budgets import BudgetRow


def init_app(app: Flask) -> None:
    """Let the page of a community show it."""
    app.jinja_env.globals["working_budget"] = working_budget


def working_budget(ledger: str) -> BudgetRow | None:
    """The budget of the working funds for today, or the latest one; none if there never was one."""
    here = current()
    found = working_budgets.of(here.views, ledger)
    running = (budget for budget in found if budget.starts_on <= here.today <= budget.ends_on)
    return next(running, found[0] if found else None)
