"""What people see, computed from events and rebuilt at will. One file per view, followed in this order."""

NAMES = (
    "ledgers",
    "rules",
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
    "exceptions",
    "working_budgets",
    "tasks",
)
