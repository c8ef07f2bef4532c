"""What people see, computed from events and rebuilt at will. One file per subject; names in order of following."""

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
