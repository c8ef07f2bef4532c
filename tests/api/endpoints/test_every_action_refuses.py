"""Whoever asks wrongly is refused by every action alike, so that a new one is covered by itself."""

from datetime import timedelta

import pytest

import ledger.actions  # noqa: F401  fills the registry
from ledger.commands import ACTIONS
from tests.api.endpoints.bodies import body_of
from tests.api.endpoints.installation import (
    GRANTABLE,
    LEDGER,
    OPENING,
    OTHER_LEDGER,
    TODAY,
    Installation,
    problem_of,
)

every_action = pytest.mark.parametrize("action", ACTIONS)
A_KEY_THAT_WAS_USED = "open-the-fund"


@pytest.fixture(scope="module")
def long_open(shared: Installation) -> Installation:
    """Every role has also been held by somebody whose term ended yesterday, and one key has been used."""
    for role in GRANTABLE:
        shared.grant(f"former-{role}", role, to=TODAY - timedelta(days=1))
    opened = shared.ask("open-fund", {"fund": "working", **OPENING}, key=A_KEY_THAT_WAS_USED)
    assert opened.status_code == 201
    return shared


def must_be_refused(here: Installation, action: str, status: int, code: str, **asked: str) -> None:
    role = next(role for role in ACTIONS[action].roles if role != "operator")
    body, head = body_of(ACTIONS[action]), here.head()
    if action == "open-ledger":  # the role is needed on the ledger above
        asked["ledger"], body["parent"] = "new-ledger", asked.get("ledger", LEDGER)
    by = asked.pop("by", "{}").format(role)
    problem_of(here.ask(action, body, by=by, **asked), status, code)
    assert here.head() == head


@every_action
def test_who_held_the_role_until_yesterday_may_not_ask_today(long_open: Installation, action: str) -> None:
    must_be_refused(long_open, action, 403, "role.missing", by="former-{}")


@every_action
def test_a_role_on_one_ledger_opens_no_door_of_another(long_open: Installation, action: str) -> None:
    must_be_refused(long_open, action, 403, "role.missing", ledger=OTHER_LEDGER)


# a ledger that is not open yet has no keys
@pytest.mark.parametrize("action", [action for action in ACTIONS if action != "open-ledger"])
def test_a_key_that_was_used_for_something_else_records_nothing(long_open: Installation, action: str) -> None:
    must_be_refused(long_open, action, 422, "idempotency-key.reused", key=A_KEY_THAT_WAS_USED)
