"""Files that people give, and how they are given and asked for."""

from urllib.parse import quote

from werkzeug.test import TestResponse

from tests.api.endpoints.installation import LEDGER, Installation

INVOICE = b"%PDF-1.7\n% invoice 2026-118 of Heng Sheng\n%%EOF\n"


def give(
    here: Installation,
    content: bytes = INVOICE,
    *,
    name: str = "发票.pdf",
    tier: str = "public",
    by: str | None = "treasurer",
    ledger: str = LEDGER,
    **headers: str,
) -> TestResponse:
    """Upload a file."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if by is not None:
        sent["Authorization"] = f"Bearer {here.tokens[by]}"
    path = f"/api/v1/ledgers/{ledger}/uploads?name={quote(name)}&tier={tier}"
    return here.client.post(path, data=content, headers=sent)


def given(here: Installation, content: bytes = INVOICE, **how: str) -> str:
    """Upload a file that is taken; its digest."""
    answer = give(here, content, **how)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.get_json()["sha256"])


def look_at(
    here: Installation, sha256: str, *, by: str | None = None, ledger: str = LEDGER, **headers: str
) -> TestResponse:
    """Ask for a file."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if by is not None:
        sent["Authorization"] = f"Bearer {here.tokens[by]}"
    return here.client.get(f"/files/{ledger}/{sha256}", headers=sent)
