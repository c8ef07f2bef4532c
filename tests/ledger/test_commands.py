"""What may be asked: a closed registry of actions, each known by a name that no other has."""

import re
from datetime import date
from typing import ClassVar

import pytest

import ledger.actions  # noqa: F401  registers every action
from ledger.commands import ACTIONS, Command
from ledger.errors import LedgerError
from tests.ledger.generated import fields_of

ISSUED = {
    "open-ledger", "register-building", "register-units", "grant-role", "revoke-role", "seat-committee",
    "record-committee-decision", "open-vote", "record-vote-result", "close-vote",
    "open-fund", "record-fund-deposit", "record-fund-interest",
    "request-fund-payment", "approve-fund-payment", "record-fund-payment",
    "record-public-revenue", "record-revenue-cost", "reverse-entry", "sign-service-contract", "hold-debrief",
    "record-appraisal", "open-rectification", "report-rectification", "accept-rectification",
    "reject-rectification", "assign-task", "submit-task-evidence", "close-task", "reject-task",
    "move-task-deadline",
}  # fmt: skip


def test_every_action_outsiders_rely_on_is_there():
    assert ISSUED - set(ACTIONS) == set()


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_is_a_verb_and_a_noun(name):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    assert ACTIONS[name].name == name


def test_a_name_is_taken_once():
    with pytest.raises(LedgerError, match=r"actions\.name-taken"):

        class OpenFundAgain(Command, frozen=True, kw_only=True):
            name: ClassVar[str] = "open-fund"

    assert ACTIONS["open-fund"].__name__ == "OpenFund"


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_takes_what_all_actions_take(name):
    common = {"occurred_on", "note", "attachments", "basis", "acknowledge"}
    fields = fields_of(ACTIONS[name])
    assert common <= set(fields)
    assert not any(fields[field].required for field in common)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_amount_is_called_fen_and_a_date_on(name):
    for field in fields_of(ACTIONS[name]):
        assert not re.search(r"(_date|_yuan|_cents|_at)$", field), field
        assert "amount" not in field or field.endswith("_fen"), field


def test_the_legal_date_is_known_once_the_ledger_has_taken_a_command_in():
    undated = ACTIONS["close-vote"](decision="lift-3")
    with pytest.raises(LedgerError, match=r"command\.undated"):
        _ = undated.legal_date
    assert ACTIONS["close-vote"](decision="lift-3", occurred_on=date(2026, 3, 20)).legal_date == date(
        2026, 3, 20
    )
