"""What people see, computed from events and rebuilt at will. One file per view, followed in this order."""

NAMES = (
    "ledgers",
    "journal",
    "balances",
    "entries",
    "decisions",
    "firms",
    "debriefs",
    "rectifications",
    "tasks",
)
