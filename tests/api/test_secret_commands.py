"""`mingzhang disclose`, `recount` and `key vault` at a terminal."""

import hashlib
import json
import subprocess
import sys

import pytest
from msgspec.structs import replace

from api import secret_commands
from api.settings import Settings
from tests.api.endpoints.installation import LEDGER, Installation
from tests.api.endpoints.secrets_told import lines, tell
from tests.api.test_cli import ROOT, Terminal


@pytest.fixture
def terminal(tmp_path, monkeypatch, capsys):
    """A terminal beside an installation with a closed vote, its log signed."""
    here = Installation(f"sqlite:///{tmp_path / 'books'}")
    here.begin()
    tell(here)
    here.close()
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("MINGZHANG_ORIGIN", "https://zhang.example")
    monkeypatch.setenv("MINGZHANG_LOG_KEY_FILE", str(tmp_path / "log.key"))
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    return terminal


def accesses(terminal):
    here = Installation(f"sqlite:///{terminal.folder / 'books'}")
    try:
        return lines(here)
    finally:
        here.close()


# -- disclose --------------------------------------------------------------------------------------


def test_an_owner_proves_with_outside_tools_that_the_own_ballot_was_counted_as_cast(terminal):
    file = terminal.folder / "own.json"
    said = terminal.ok("disclose", LEDGER, "--unit", "3-101", "--vote", "lift-3", "--to", file)
    assert "2 records, 2 of them with a proof" in said
    assert file.stat().st_mode & 0o777 == 0o600
    told = json.loads(file.read_text())
    assert (told["format"], told["unit"], told["decision"]) == ("mingzhang-disclosure/1", "3-101", "lift-3")
    cast, closed = told["records"]
    assert (cast["kind"], closed["kind"]) == ("ballot.cast", "vote.closed")
    assert cast["record"] < closed["record"]
    assert {one["path"] for one in cast["disclosures"]} == {"unit", "choice", "proxy/person"}
    vkey = next(one for one in terminal.ok("key", "show").split() if f"/t/{LEDGER}+" in one)
    for record in (cast, closed):
        (terminal.folder / "entry").write_text(record["entry"])
        (terminal.folder / "proof").write_text(record["proof"])
        assert hashlib.sha256(b"\0" + record["entry"].encode()).hexdigest() == record["leaf_hash"]
        verifying = [sys.executable, ROOT / "ledger" / "verifier" / "verify.py", "--vkey", vkey]
        with_proof = ["--proof", terminal.folder / "proof", "--entry", terminal.folder / "entry"]
        checked = subprocess.run([*verifying, *with_proof], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        (terminal.folder / "entry").write_text(
            record["entry"].replace("paper", "online").replace("true", "false")
        )
        forged = subprocess.run([*verifying, *with_proof], capture_output=True, text=True, check=False)
        assert forged.returncode == 1


def test_giving_it_out_is_written_down(terminal):
    terminal.ok("disclose", LEDGER, "--unit", "3-101", "--to", terminal.folder / "own.json")
    assert accesses(terminal)[-1][1:] == ("operator", "read-unit-disclosure", "unit=3-101 decision=")


def test_a_unit_or_ledger_nobody_knows_leaves_no_file(terminal):
    for ledger, unit in ((LEDGER, "9-999"), ("nowhere", "3-101")):
        assert terminal.refused("disclose", ledger, "--unit", unit, "--to", terminal.folder / "own.json")
    assert not (terminal.folder / "own.json").exists()


# -- recount ---------------------------------------------------------------------------------------


def test_a_recount_comes_to_what_was_recorded_and_is_written_down(terminal):
    assert "2 ballots come to what record" in terminal.ok("recount", LEDGER, "--decision", "lift-3")
    assert accesses(terminal)[-1][1:] == ("operator", "recount", "decision=lift-3")


def test_a_recount_that_comes_to_something_else_ends_with_status_1(terminal, monkeypatch):
    sound = secret_commands.recount

    def told_otherwise(*of):
        found = sound(*of)
        return found._replace(recorded=replace(found.counted, approved=not found.counted.approved))

    monkeypatch.setattr(secret_commands, "recount", told_otherwise)
    status, printed, _ = terminal.run("recount", LEDGER, "--decision", "lift-3")
    assert status == 1
    assert "Passed: recorded true, counted false" in printed
    assert "do NOT come to" in printed


def test_a_vote_nobody_opened_is_one_clear_line(terminal):
    assert terminal.refused("recount", LEDGER, "--decision", "never")


# -- key vault -------------------------------------------------------------------------------------


def test_the_key_of_a_vault_elsewhere_is_made_once(terminal, monkeypatch):
    terminal.at(f"sqlite:///{terminal.folder / 'new'}")
    monkeypatch.setenv("MINGZHANG_VAULT_KEY_FILE", str(terminal.folder / "safe.key"))
    opening = ("open", "xinghuali", "--kind", "community", "--name", "杏花里")
    assert "mingzhang key vault" in terminal.refused(*opening)
    assert "safe.key" in terminal.ok("key", "vault")
    assert (terminal.folder / "safe.key").stat().st_mode & 0o777 == 0o600
    assert "is there already" in terminal.refused("key", "vault")
    terminal.ok(*opening)
    assert not (terminal.folder / "new" / "vault.key").exists()


def test_rotating_it_leaves_everything_readable_and_kills_the_old_key(terminal):
    folder = terminal.folder / "books"
    old = (folder / "vault.key").read_bytes()
    assert "wrapped anew" in terminal.ok("key", "vault", "--rotate")
    assert "2 ballots come to" in terminal.ok("recount", LEDGER, "--decision", "lift-3")
    (folder / "vault.key").write_bytes(old)
    assert "vault.key" in terminal.refused("recount", LEDGER, "--decision", "lift-3")


def test_a_key_others_may_read_stops_everything_with_one_clear_line(terminal):
    (terminal.folder / "books" / "vault.key").chmod(0o644)
    assert "chmod 600" in terminal.refused("recount", LEDGER, "--decision", "lift-3")


def test_an_export_with_private_files_is_a_look_and_a_public_one_is_not(terminal):
    terminal.ok("export", LEDGER, "--to", terminal.folder / "public.zip")
    assert accesses(terminal) == []
    terminal.ok("export", LEDGER, "--tier", "audit", "--to", terminal.folder / "audit.zip")
    assert accesses(terminal)[-1][1:] == ("operator", "export", "tier=audit")


def test_the_settings_name_the_file():
    named = {"MINGZHANG_VAULT_KEY_FILE": "/run/secrets/vault.key"}
    assert str(Settings.from_environment(named, signs=False).vault_key_file) == "/run/secrets/vault.key"
    assert Settings.from_environment({}, signs=False).vault_key_file is None
