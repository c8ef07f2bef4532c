"""What people see, computed from events and rebuilt at will. One file per view, followed in this order."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.view import View

NAMES = (
    "ledgers",
    "rules",
    "disclosures",
    "journal",
    "balances",
    "entries",
    "unit_accounts",
    "top_ups",
    "decisions",
    "repair_projects",
    "revenue_contracts",
    "firms",
    "debriefs",
    "rectifications",
    "duties",
    "exceptions",
    "working_budgets",
    "tasks",
)


def view_named(name: str) -> "View":
    """The view of a name."""
    view: View = import_module(f"projections.{name}").VIEW
    return view
