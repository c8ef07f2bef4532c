"""`mingzhang replay`: what was said about a ledger comes out of its events again, or it says where not."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api import terminal as terminal_words
from api.services import Services
from ledger.envelope import leaf_hash
from tests.ledger.disclosure_words import APPROVE, PUBLISH, draft, restate
from tests.ledger.happened import fund_opened, vote_closed, vote_counted, vote_opened
from tests.ledger.revenue_words import PARKING, income
from tests.ledger.story import Story, given, telling, then_recorded, when

AUGUST = date(2026, 8, 8)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Services]:
    """梧桐里 with a published quarter, as an installation has it."""
    services = Services(f"sqlite:///{tmp_path / 'books'}")
    story = Story(services.store, services.vault)
    story.begin()
    story.ledger = services.ledger
    for _ in telling(story):
        given(fund_opened("public-revenue", fen=0), income(600_00, PARKING, on=AUGUST))
        given(vote_opened("lift-3"), vote_counted("lift-3"), vote_closed("lift-3"))
        for command in (draft(), APPROVE, PUBLISH):
            when(command)
            then_recorded()
        yield services
    services.close()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Replays 梧桐里: the exit status and everything that was said."""
    monkeypatch.setattr(terminal_words, "LANG", "en")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{tmp_path / 'books'}")

    def running(*arguments: Any) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", "replay", "wutongli", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return running


def altered(here: Services, kind: str, pattern: str, instead: str, *, rehashed: bool = True) -> None:
    """Somebody with the database changes the last record of a kind and puts its guards up again behind them.

    `rehashed`: its hash is made to fit.
    """
    rows = here.store.ledger_rows("wutongli", -1, 1_000)
    position, entry = [(row.position, row.entry) for row in rows if row.kind == kind][-1]
    here.close()
    folder = here.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(f"{folder}/ledger.db") as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = re.sub(pattern, instead, entry.decode()).encode()
        assert changed != entry
        connection.execute("UPDATE event SET entry = ? WHERE position = ?", (changed, position))
        if rehashed:
            hashed = leaf_hash(changed)
            connection.execute("UPDATE event SET leaf_hash = ? WHERE position = ?", (hashed, position))
        for _, sql in guards:
            connection.execute(sql)


def test_what_was_published_comes_out_again_to_the_byte(here, run):
    status, said = run()
    assert status == 0
    assert "equal statement q3-revenue/1" in said
    assert "equal vote lift-3" in said
    assert "equal balance public revenue" in said
    assert said.endswith("All equal.\n")


def test_duties_are_named_as_the_agenda_names_them_and_late_is_said_of_the_late_alone(here, run, monkeypatch):
    _, said = run()
    assert "✓ equal duty Post the public-revenue statement third quarter of 2026 " in said
    assert "late by 0" not in said
    monkeypatch.setattr(terminal_words, "LANG", "zh")
    _, said = run()
    assert "✓ 一致 该办的事 公示公共收益收支 2026年第三季度 " in said


def test_the_statements_are_printed_as_they_stood(here, run):
    _, said = run()
    assert "Public revenue" in said
    assert "600.00" in said


def test_a_restated_version_comes_out_again_beside_the_first(here, run):
    given(income(700_00, PARKING, on=AUGUST))
    for command in (restate(), APPROVE, PUBLISH):
        when(command)
        then_recorded()
    status, said = run()
    assert (status, "q3-revenue/1" in said, "q3-revenue/2" in said) == (0, True, True)


def test_an_earlier_record_shows_what_stood_then(here, run):
    status, said = run("--until", 12)
    assert status == 0
    assert "records 0 to 12" in said
    assert "q3-revenue" not in said


def test_an_instant_is_the_last_record_made_by_then(here, run):
    last = here.store.numbered("wutongli", 11).envelope.recorded_at
    status, said = run("--until", last)
    assert status == 0
    assert re.search("records 0 to 1[0-9],", said)


@pytest.mark.parametrize("until", ["yesterday", "2026-13-01T00:00:00Z", "999999", "1999-01-01T00:00:00Z"])
def test_what_is_no_record_and_no_instant_is_said_so(here, run, until):
    status, said = run("--until", until)
    assert status == 2
    assert "--until" in said


def test_a_figure_changed_behind_the_ledger_is_found_and_named(here, run):
    altered(here, "public-revenue.recorded", "60000", "50000")
    status, said = run()
    assert status == 1
    assert "First difference: statement q3-revenue/1" in said
    assert "60000" in said
    assert "50000" in said


def test_a_vote_whose_outcome_was_changed_is_found(here, run):
    altered(here, "vote.closed", '"approved":true', '"approved":false')
    status, said = run()
    assert status == 1
    assert "differs vote lift-3" in said


def test_a_record_whose_hash_does_not_fit_is_named(here, run):
    altered(here, "vote.closed", '"approved":true', '"approved":false', rehashed=False)
    number = here.store.length("wutongli") - 4  # before draft, approval and publication
    status, said = run()
    assert status == 1
    assert f"Record {number} " in said


def test_a_ledger_nobody_opened_cannot_be_replayed(here, run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["mingzhang", "replay", "nowhere"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "nowhere" in capsys.readouterr().err
