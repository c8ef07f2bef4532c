"""Every kind of governance action, one file each. A new file and its name in this list: the kind exists."""

from importlib import import_module

NAMES = (
    "community",
    "role",
    "rules",
    "committee",
    "decision",
    "vote",
    "fund",
    "fund_payment",
    "public_revenue",
    "entry",
    "service_contract",
    "firm_debrief",
    "rectification",
    "work_list",
    "task_list",
)

for _name in NAMES:
    import_module(f"{__name__}.{_name}")
