"""`mingzhang backup` and `restore`: whole or not at all, and proven before it takes the place of anything."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api import terminal as terminal_words
from api.services import Services
from tests.ledger.happened import fund_opened
from tests.ledger.story import WUTONGLI, Story, given, telling


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Services]:
    """梧桐里 with a fund, and a file kept beside its books."""
    services = Services(f"sqlite:///{tmp_path / 'books'}")
    story = Story(services.store, services.vault)
    story.begin()
    for _ in telling(story):
        given(fund_opened("maintenance", fen=8_000_00))
        services.files.put("发票".encode())
        yield services
    services.close()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(terminal_words, "LANG", "en")

    def running(store: str, *arguments: Any) -> tuple[int, str]:
        monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{tmp_path / store}")
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return running


def head_of(folder: Path) -> tuple[int, str]:
    services = Services(f"sqlite:///{folder}")
    try:
        row = services.store.rows(services.store.head() - 1, 1)[0]
        return row.position, row.leaf_hash.hex()
    finally:
        services.close()


def test_what_was_backed_up_is_restored_to_the_same_last_record(here, run, tmp_path):
    status, said = run("books", "backup", tmp_path / "copy")
    assert status == 0
    expected = head_of(tmp_path / "books")
    assert expected[1] in said
    status, said = run("elsewhere", "restore", tmp_path / "copy")
    assert status == 0
    assert "point MINGZHANG_LOG at the folder of the log it had before" in said
    assert head_of(tmp_path / "elsewhere") == expected
    restored = Services(f"sqlite:///{tmp_path / 'elsewhere'}")
    assert restored.files.get(here.files.put("发票".encode())) == "发票".encode()
    assert restored.store.length(WUTONGLI) == here.store.length(WUTONGLI)
    restored.close()


def test_others_go_on_recording_while_it_is_copied(here, run, tmp_path):
    run("books", "backup", tmp_path / "copy")
    given(fund_opened("working", fen=1_00))
    assert json.loads((tmp_path / "copy/backup.json").read_text())["position"] == here.store.head() - 1


def test_no_secret_and_no_view_is_in_a_backup(here, run, tmp_path):
    run("books", "backup", tmp_path / "copy")
    names = {path.name for path in (tmp_path / "copy").iterdir()}
    assert names == {"ledger.db", "vault.db", "files", "backup.json"}


def test_a_folder_that_is_there_is_never_written_into(here, run, tmp_path):
    (tmp_path / "copy").mkdir()
    status, said = run("books", "backup", tmp_path / "copy")
    assert status == 1
    assert "Choose a new folder" in said
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_store_that_is_there_is_never_overwritten(here, run, tmp_path):
    run("books", "backup", tmp_path / "copy")
    before = head_of(tmp_path / "books")
    status, said = run("books", "restore", tmp_path / "copy")
    assert status == 1
    assert "never overwritten" in said
    assert head_of(tmp_path / "books") == before


def test_a_backup_with_a_record_missing_at_the_end_is_refused(here, run, tmp_path):
    run("books", "backup", tmp_path / "copy")
    described = json.loads((tmp_path / "copy/backup.json").read_text())
    (tmp_path / "copy/backup.json").write_text(
        json.dumps({**described, "position": 1, "leaf_hash": "00" * 32})
    )
    status, said = run("elsewhere", "restore", tmp_path / "copy")
    assert status == 1
    assert "not what it says it is" in said
    assert not (tmp_path / "elsewhere/ledger.db").exists()


def test_a_backup_with_a_changed_record_is_refused(here, run, tmp_path):
    run("books", "backup", tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy/ledger.db", isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            "UPDATE event SET entry = CAST(replace(CAST(entry AS TEXT), '800000', '900000') AS BLOB)"
        )
        for _, sql in guards:
            connection.execute(sql)
    status, said = run("elsewhere", "restore", tmp_path / "copy")
    assert status == 1
    assert "does not match its hash" in said
    assert not (tmp_path / "elsewhere/ledger.db").exists()


def test_what_is_no_backup_is_said_so(here, run, tmp_path):
    (tmp_path / "empty").mkdir()
    status, said = run("elsewhere", "restore", tmp_path / "empty")
    assert status == 1
    assert "is no backup" in said
