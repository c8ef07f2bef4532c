"""An installation that keeps personal data of every sort, each with a value that is found nowhere else."""

from datetime import UTC, datetime
from typing import Any

from tests.api.endpoints.installation import LEDGER, Installation
from tests.api.endpoints.sheets import given

OWNER, PROXY, COUNTERPARTY = "owner-Wisteria-0417", "proxy-Narcissus-88", "个人王建国Peony"
FILE_NAME, SCAN = "scan-Begonia-张三.pdf", b"%PDF-1.7\n% ballot-Camellia\n%%EOF\n"
SECRETS = tuple(word.encode() for word in (OWNER, PROXY, COUNTERPARTY, "Begonia", "Camellia"))
LATER = datetime(2028, 3, 1, 1, 0, 0, tzinfo=UTC)
UNIT = {
    "building": "3",
    "door": "12",
    "floor_area": "90.00",
    "exclusive_area": "72.00",
    "area_basis": "registered",
}


def tell(here: Installation) -> str:
    """Owners, a vote with a proxy and a scan, now closed, a private tenant, paid too. Digest of the scan."""
    scan = given(here, SCAN, name=FILE_NAME, tier="audit", by="secretary")
    units = [{**UNIT, "unit": "3-101", "owner_ref": OWNER}, {**UNIT, "unit": "3-102"}]
    cast = {"decision": "lift-3", "choice": "disagree", "channel": "paper", "cast_on": "2026-11-10"}
    proxy = {"person": PROXY, "authorised_on": "2026-11-09", "opinion": "disagree"}
    vote = {
        "decision": "lift-3", "title": "电梯大修", "matter": 9, "opens_on": "2026-11-01",
        "closes_on": "2026-11-19", "roster": "register", "notice_on": "2026-10-01",
    }  # fmt: skip
    rental = {
        "contract": "stall-3", "head": 1, "location": "3号楼北侧", "counterparty": COUNTERPARTY,
        "counterparty_kind": "individual", "from": "2026-01-01", "to": "2026-12-31",
        "schedule": [{"due_on": "2026-03-01", "amount_fen": 1_000_00}],
    }  # fmt: skip
    fund = {
        "fund": "working", "opened_on": "2026-01-01", "opening_fen": 5_000_00, "bank": "上海银行",
        "account_tail": "4417",
    }  # fmt: skip
    refund = {
        "payment": "stall-3", "fund": "working", "amount_fen": 1_000_00, "payee": COUNTERPARTY,
        "payee_kind": "individual", "purpose": "退还押金", "paid_on": "2026-06-30", "voucher": "2026-9",
    }  # fmt: skip
    steps = [
        ("register-building", {"building": "3", "name": "三号楼", "doors": ["12"]}, "secretary"),
        ("register-units", {"units": units}, "secretary"),
        (
            "open-vote",
            vote | {"occurred_on": "2026-11-01", "reported_to_party_on": "2026-10-01"},
            "secretary",
        ),
        ("cast-ballot", cast | {"unit": "3-101", "proxy": proxy, "attachments": [scan]}, "secretary"),
        ("cast-ballot", cast | {"unit": "3-102", "choice": "agree"}, "secretary"),
        ("close-vote", {"decision": "lift-3"}, "chair"),
        ("register-revenue-contract", rental, "treasurer"),
        ("open-fund", fund, "treasurer"),
        ("record-unauthorised-payment", refund, "treasurer"),
    ]
    for action, body, by in steps:
        _record(here, action, body, by)
    here.catch_up()
    return scan


def _record(here: Installation, action: str, body: dict[str, Any], by: str) -> None:
    """It happened, whatever rule it breaks."""
    answer = here.ask(action, body, by=by)
    if answer.status_code == 409:
        answer = here.ask(action, body | {"acknowledge": answer.get_json().get("rules", [])}, by=by)
    assert answer.status_code == 201, (action, answer.text)


def erase(here: Installation, of: str, subject: str, *, kind: str) -> None:
    """Ask for an erasure, of which this kind of record comes."""
    answer = here.ask(
        "erase-subject", {"of": of, "subject": subject, "ground": "consent-withdrawn"}, by="chair"
    )
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["events"][-1]["kind"] == kind
    here.catch_up()


def later(here: Installation) -> None:
    """More than a year has passed since the vote was closed; those who act have new tokens."""
    here.services.store.clock = lambda: LATER
    for account in ("chair", "auditor"):
        here.tokens[account] = here.services.vault.new_token(account, LATER.date())


def authorised(here: Installation, account: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {here.tokens[account]}"}


def lines(here: Installation, ledger: str = LEDGER) -> list[tuple[str | None, str, str, str]]:
    """The access log, oldest first: who, in which role, what, asked how."""
    found = here.services.vault.accesses.of(ledger, limit=1_000)[::-1]
    return [(one.who, one.role, one.reading, one.about) for one in found]
