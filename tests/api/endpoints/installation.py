"""梧桐里 with one account for every role, asked through HTTP as anybody would."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import create_app
from api.services import EXTENSION, Services
from api.settings import Settings
from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.actors import ROLES
from ledger.asked import Asked
from ledger.events import Source
from tests.vault_keys import key_file_of

NOW = datetime(2026, 11, 20, 1, 46, 18, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LEDGER, OTHER_LEDGER = "wutongli", "xinghuali"
BY_OPERATOR = Source(via="command-line")
SECRET = "for tests only, and long enough for anybody"
GRANTABLE = tuple(role for role in ROLES if role != "operator")
OPENING = {"opened_on": "2026-01-01", "opening_fen": 900_000, "bank": "上海银行", "account_tail": "1234"}


class Installation:
    """An application over its own store; `tokens` by account, and accounts are called after their role."""

    def __init__(self, database_url: str, files: Path | None = None) -> None:
        key_file = key_file_of(database_url)
        self.app = create_app(
            Settings(database_url=database_url, files=files, secret_key=SECRET, vault_key_file=key_file)
        )
        self.services: Services = self.app.extensions[EXTENSION]
        self.services.store.clock = lambda: NOW
        self.client: FlaskClient = self.app.test_client()
        self.tokens: dict[str, str] = {}
        self._keys = 0

    def begin(self) -> None:
        """Open two ledgers; every role has its account on the first only."""
        self.services.vault.key("operator", create=True)
        self.open(LEDGER, "梧桐里")
        self.open(OTHER_LEDGER, "杏花里")
        for role in GRANTABLE:
            self.grant(role, role)
        self.tokens["operator"] = self.services.vault.new_token("operator", date(2027, 6, 30))

    def open(self, ledger: str, name: str) -> None:
        """Open a ledger as the operator does."""
        self._record(ledger, OpenLedger(of="community", title=name))

    def grant(self, account: str, role: str, *, ledger: str = LEDGER, to: date | None = None) -> None:
        """Let an account act, and give it a token."""
        self._record(ledger, GrantRole(account=account, role=role, starts_on=date(2025, 1, 1), ends_on=to))
        if account not in self.tokens:
            self.tokens[account] = self.services.vault.new_token(account, date(2027, 6, 30))

    def _record(self, ledger: str, command: OpenLedger | GrantRole) -> None:
        self.services.ledger.record(Asked(ledger, command, "operator", TODAY, BY_OPERATOR))

    def ask(
        self,
        action: str,
        body: object,
        *,
        by: str | None = "treasurer",
        ledger: str = LEDGER,
        key: str | None = None,
        query: str = "",
        raw: bytes | None = None,
        content_type: str | None = "application/json",
        **headers: str,
    ) -> TestResponse:
        """Ask for an action; a fresh key unless one is given. `raw` is sent in place of the body."""
        self._keys += 1
        sent = {"Idempotency-Key": key or f"key-{self._keys}"}
        if by is not None:
            sent["Authorization"] = f"Bearer {self.tokens[by]}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1/ledgers/{ledger}/actions/{action}{query}",
            data=json.dumps(body).encode() if raw is None else raw,
            content_type=content_type,
            headers=sent,
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read; header names with `_` for `-`."""
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def catch_up(self) -> int:
        """Let every view take in all there is."""
        return self.services.follower.catch_up()

    def head(self) -> int:
        """How many events there are in all: what a refused request must leave as it is."""
        return self.services.store.head()

    def close(self) -> None:
        """Stop the follower and close the files."""
        self.services.close()


def problem_of(answer: TestResponse, status: int, code: str | None = None) -> dict[str, object]:
    """The problem+json of an answer, which must have this status and code and say what to do."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 8192
    problem: dict[str, object] = answer.get_json()
    assert {"type", "title", "status", "detail", "code"} <= set(problem)
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{problem['code']}"
    assert str(problem["detail"]).strip() != f"refusal.{problem['code']}", "no words for this code"
    if code is not None:
        assert problem["code"] == code
    return problem


def pointers(problem: dict[str, object]) -> list[str]:
    """Where the fields at fault stand."""
    return [error["pointer"] for error in problem.get("errors", [])]  # type: ignore[attr-defined, index]
