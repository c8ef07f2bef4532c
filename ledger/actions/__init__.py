"""Every kind of governance action, one file each. A new file and its name in this list: the kind exists."""

from importlib import import_module

NAMES = (
    "community",
    "role",
    "rules",
    "committee",
    "decision",
    "committee_decision",
    "seat",
    "ballot",
    "vote",
    "fund",
    "fund_payment",
    "payment_record",
    "repair_project",
    "repair_contract",
    "price_review",
    "works_acceptance",
    "project_apportionment",
    "emergency",
    "assembly",
    "revenue_contract",
    "public_revenue",
    "revenue_to_fund",
    "revenue_authority",
    "revenue_spending",
    "bank_reconciliation",
    "entry",
    "unit",
    "unit_account",
    "top_up",
    "working_fund",
    "suspense_entry",
    "irregularity",
    "service_contract",
    "firm_debrief",
    "rectification",
    "work_list",
    "task_list",
)

for _name in NAMES:
    import_module(f"{__name__}.{_name}")
