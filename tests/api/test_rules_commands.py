"""`mingzhang rules`: packs are checked strictly, and what is in force on a day is listed."""

import re
import sys

import pytest

from api import cli
from api import terminal as terminal_words

PACK = """
id = "street"
title_zh = "街道"
title_en = "Street"
jurisdiction = "CN-31-PD-DM"
version = 2026-11-21

[sources.S17]
name = "方案"

[[rule]]
id = "VOTE-13"
title_zh = "提前二十日通知"
title_en = "Twenty days of notice"
source = "S17"
clause = "一"
level = "policy"
valid_from = 2026-01-01
confidence = "verified"
severity = "violation"
parameters = { days_min = 20 }
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs one command in an empty folder: its status and everything it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal_words, "LANG", "en")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{tmp_path / 'books'}")

    def running(*arguments):
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out + printed.err

    return running


def test_the_shipped_packs_are_sound(run):
    status, said = run("rules", "check")
    assert status == 0
    assert "cn-31/2026-11-21 (rules: 118)" in said
    assert "All sound. Packs: 6." in said


def test_a_sound_file_is_sound(run, tmp_path):
    file = tmp_path / "street.toml"
    file.write_text(PACK, encoding="utf-8")
    assert run("rules", "check", file) == (0, "street/2026-11-21 (rules: 1)\nAll sound. Packs: 1.\n")


@pytest.mark.parametrize(
    ("said", "instead", "fault"),
    [
        ("days_min = 20", "weeks_min = 3", "rule[0] VOTE-13.parameters.weeks_min: unknown parameter"),
        ('source = "S17"', 'source = "S6"', "rule[0] VOTE-13.source: S6 is not among the sources"),
        ("jurisdiction", "area", "area: Object contains unknown field `area`"),
    ],
)
def test_a_fault_ends_with_1_and_names_file_and_key(run, tmp_path, said, instead, fault):
    file = tmp_path / "street.toml"
    file.write_text(PACK.replace(said, instead, 1), encoding="utf-8")
    status, printed = run("rules", "check", file)
    assert status == 1
    assert "street.toml" in printed
    assert fault in printed


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"# Mingzhang\n\nThe public book\n", 3),
        (b'id = "street"\ntitle_zh = """', 2),
        (b"# packs\n\xff", 2),
    ],
)
def test_what_is_no_toml_is_said_so_with_the_line(run, tmp_path, monkeypatch, content, line):
    (tmp_path / "README.md").write_bytes(content)
    status, said = run("rules", "check", tmp_path / "README.md")
    assert status == 1
    assert f"README.md is not TOML: it cannot be read on from line {line} (" in said
    monkeypatch.setattr(terminal_words, "LANG", "zh")
    assert (
        f"文件 README.md 不是 TOML，第 {line} 行读不下去（"
        in run("rules", "check", tmp_path / "README.md")[1]
    )


def test_files_are_checked_against_each_other(run, tmp_path):
    city = PACK.replace('"street"', '"city"').replace("CN-31-PD-DM", "CN-31")
    (tmp_path / "city.toml").write_text(city, encoding="utf-8")
    (tmp_path / "street.toml").write_text(PACK, encoding="utf-8")
    status, said = run("rules", "check", tmp_path / "city.toml", tmp_path / "street.toml")
    assert status == 1
    assert "street.toml" in said
    assert "rule[0] VOTE-13.in_place_of: city has this rule at the same time" in said


def test_a_file_that_is_not_there_is_said(run):
    status, said = run("rules", "check", "nowhere.toml")
    assert status == 2
    assert "nowhere.toml" in said


def test_the_rules_of_a_day_are_listed_with_their_sources(run):
    status, said = run("rules", "list", "--on", "2026-06-30")
    assert status == 0
    assert "VOTE-27  block     cn-31-pd" in said
    assert "AUD-06   violation cn-31     The change-of-term audit is finished within a month" in said
    assert "[沪房规范〔2021〕6号 十一]" in said
    assert re.search(r"\nRules in force on 30 Jun 2026: \d+\.\n$", said)
    assert "AUD-06" not in run("rules", "list", "--on", "2026-07-01")[1]


def test_the_rules_of_a_ledger_are_those_it_adopted(run):
    run("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    status, said = run("rules", "list", "--ledger", "wutongli", "--on", "2026-07-01")
    assert status == 0
    assert "VOTE-02  block" in said
    assert "VOTE-27" not in said


def test_a_ledger_that_is_not_there_has_no_rules(run):
    run("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    status, said = run("rules", "list", "--ledger", "nobody")
    assert status == 1
    assert "nobody" in said
