"""`mingzhang key` and `mingzhang publish` at a terminal."""

import re
import stat

import pytest

from ledger.transparency.log_folder import PublishingStopped
from ledger.transparency.note import COSIGNATURE, SigningKey
from ledger.transparency.signed_log import SignedLog
from tests.api.test_cli import Terminal


@pytest.fixture
def terminal(tmp_path, monkeypatch, capsys):
    """A terminal with one ledger and the name of a key file."""
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("MINGZHANG_ORIGIN", "https://zhang.example")
    monkeypatch.setenv("MINGZHANG_LOG_KEY_FILE", str(tmp_path / "log.key"))
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    return terminal


def test_a_key_is_made_once_and_shown_without_its_secret(terminal):
    said = terminal.ok("key", "create")
    file = terminal.folder / "log.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.search(r"^zhang\.example/t/wutongli\+[0-9a-f]{8}\+\S{44}$", said, re.MULTILINE)
    secret = file.read_text().strip().rpartition("+")[2]
    assert secret not in said
    assert terminal.ok("key", "show") in said
    assert "never written over" in terminal.refused("key", "create")


def test_a_key_in_a_folder_that_is_not_there_is_not_made(terminal, monkeypatch):
    monkeypatch.setenv("MINGZHANG_LOG_KEY_FILE", "safe/log.key")
    assert "The folder safe for the key is not there" in terminal.refused("key", "create")
    (terminal.folder / "safe").mkdir()
    terminal.ok("key", "create")


def test_the_key_of_the_demonstration_is_found_where_it_was_made(terminal, monkeypatch):
    monkeypatch.setenv("MINGZHANG_LOG_KEY_FILE", "var/demo/log.key")
    terminal.at("sqlite:///var/demo")
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    terminal.ok("key", "create")
    shown = terminal.ok("key", "show")
    monkeypatch.delenv("MINGZHANG_LOG_KEY_FILE")
    assert terminal.ok("key", "show") == shown


def test_what_is_recorded_is_signed_when_somebody_says_so(terminal):
    terminal.ok("key", "create")
    assert terminal.ok("publish", "--once") == "wutongli: 2 records signed and published.\n"
    assert (terminal.folder / "books" / "log" / "wutongli" / "checkpoint").exists()
    terminal.ok("grant", "ms-chen", "chair", "--ledger", "wutongli")
    assert terminal.ok("publish", "--once") == "wutongli: 3 records signed and published.\n"


def test_a_key_is_replaced_in_two_steps(terminal):
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    old = terminal.ok("key", "show").strip()
    assert "Finish it first" not in terminal.ok("key", "rotate")
    new = terminal.ok("key", "show").strip()
    assert new != old
    assert "does not say yet" in terminal.refused("key", "rotate", "--finish")
    assert "under way" in terminal.refused("key", "rotate")
    terminal.ok("publish", "--once")
    terminal.ok("key", "rotate", "--finish")
    assert terminal.ok("publish", "--once") == "wutongli: 3 records signed and published.\n"
    assert terminal.ok("key", "show").strip() == new
    assert "no rotation" in terminal.refused("key", "rotate", "--finish")


def test_the_first_key_stays_until_it_has_signed_that_it_is_replaced(terminal, monkeypatch):
    """Without its signature over that record nobody who trusts it could trust the next one."""
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    terminal.ok("key", "rotate")
    with monkeypatch.context() as broken:
        broken.setattr(SignedLog, "grow", cut_short)
        terminal.refused("publish", "--once")
    assert "does not say yet" in terminal.refused("key", "rotate", "--finish")
    terminal.ok("publish", "--once")
    terminal.ok("key", "rotate", "--finish")


def cut_short(_log):
    raise PublishingStopped("publisher.signed-by-another")


def test_who_was_given_the_first_key_can_check_a_pack_of_after_it_was_replaced(terminal):
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    first, pack = terminal.ok("key", "show").strip(), terminal.folder / "pack.zip"
    kept = terminal.folder / "books" / "log" / "wutongli" / "checkpoint"
    (terminal.folder / "kept").write_bytes(kept.read_bytes())
    terminal.ok("key", "rotate")
    terminal.ok("publish", "--once")
    terminal.ok("key", "rotate", "--finish")
    terminal.ok("grant", "ms-chen", "chair", "--ledger", "wutongli")
    terminal.ok("publish", "--once")
    terminal.ok("export", "wutongli", "--to", str(pack))
    said = terminal.ok("verify", str(pack), "--vkey", first, "--checkpoint", str(terminal.folder / "kept"))
    assert "signed by the key that took the place of the one you trust" in said
    assert terminal.ok("key", "show").strip() in said


def test_what_keeps_it_from_signing_is_one_clear_line(terminal, monkeypatch):
    assert "cannot be used" in terminal.refused("publish", "--once")
    terminal.ok("key", "create")
    (terminal.folder / "log.key").chmod(0o644)
    assert "chmod 600" in terminal.refused("publish", "--once")
    (terminal.folder / "log.key").chmod(0o600)
    terminal.ok("publish", "--once")
    (terminal.folder / "log.key").unlink()
    terminal.ok("key", "create")
    said = terminal.refused("publish", "--once")
    assert "wutongli: not signed." in said
    assert "was not signed by this key" in said
    monkeypatch.delenv("MINGZHANG_LOG_KEY_FILE")
    assert "Set MINGZHANG_LOG_KEY_FILE" in terminal.refused("publish", "--once")
    assert "Set MINGZHANG_LOG_KEY_FILE" in terminal.refused("key", "show")


def test_a_restored_backup_is_not_signed_while_its_log_is_there(terminal, monkeypatch):
    terminal.ok("key", "create")
    terminal.ok("publish", "--once")
    backup = {path: path.read_bytes() for path in (terminal.folder / "books").glob("ledger.db*")}
    terminal.ok("grant", "ms-chen", "chair", "--ledger", "wutongli")
    terminal.ok("publish", "--once")
    for path in (terminal.folder / "books").glob("ledger.db*"):
        path.unlink()
    for path, content in backup.items():
        path.write_bytes(content)
    said = terminal.refused("publish", "--once")
    assert "3 records were signed, and from record 2 on they are gone" in said
    monkeypatch.setenv("MINGZHANG_LOG", str(terminal.folder / "new"))
    (terminal.folder / "new").mkdir()
    assert terminal.ok("publish", "--once") == "wutongli: 2 records signed and published.\n"


def test_witnesses_that_are_not_there_keep_readers_waiting(terminal, monkeypatch):
    policy = terminal.folder / "policy.txt"
    vkey = SigningKey("witness.example", b"w" * 32, COSIGNATURE).vkey
    monkeypatch.setenv("MINGZHANG_WITNESS_POLICY", str(policy))
    terminal.ok("key", "create")
    assert "cannot be read" in terminal.refused("publish", "--once")
    policy.write_text(f"witness far {vkey} http://127.0.0.1:9\nquorum far\n")
    assert terminal.ok("publish", "--once") == (
        "wutongli: 2 records signed, waiting for witnesses; published are still 0.\n"
    )
    policy.write_text("quorum far\n")
    assert "Line 1" in terminal.refused("publish", "--once")
