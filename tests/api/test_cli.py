"""The command line: what an operator may do, one clear line on errors, a status scripts can trust."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from api import cli
from api import terminal as terminal_words
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault
from projections.follower import open_views

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "api" / "samples" / "dongming_tasks.csv"


class Terminal:
    """A terminal in an empty folder."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.patch, self.capture = folder, patch, capture
        patch.chdir(folder)
        patch.setattr(terminal_words, "LANG", "en")
        self.at(f"sqlite:///{folder / 'books'}")

    def at(self, url: str) -> None:
        """The installation the commands that follow work on."""
        self.patch.setenv("MINGZHANG_DATABASE_URL", url)

    def run(self, *arguments: object) -> tuple[int, str, str]:
        """Status, output and errors of one command."""
        self.patch.setattr(sys, "argv", ["mingzhang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        status = ended.value.code
        return (status or 0, *self.capture.readouterr())

    def ok(self, *arguments: object) -> str:
        """What a command that succeeds prints."""
        status, printed, said = self.run(*arguments)
        assert status == 0, said
        return printed

    def refused(self, *arguments: object, status: int = 1) -> str:
        """What a command that ends with this status says."""
        ended, _, said = self.run(*arguments)
        assert ended == status
        return said.strip()


@pytest.fixture
def terminal(tmp_path, monkeypatch, capsys):
    return Terminal(tmp_path, monkeypatch, capsys)


def process(folder, *arguments, lang="en_GB.UTF-8"):
    """The same as a process of its own."""
    environment = {
        "MINGZHANG_DATABASE_URL": f"sqlite:///{folder / 'books'}",
        "LANG": lang,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_operator_opens_a_ledger_and_lets_people_act_on_it(terminal):
    assert "ledger wutongli, record 0" in terminal.ok(
        "open", "wutongli", "--kind", "community", "--name", "梧桐里"
    )
    assert "record 1" in terminal.ok(
        "grant", "ms-chen", "treasurer", "--ledger", "wutongli", "--from", "2026-01-01"
    )
    assert "record 2" in terminal.ok("revoke", "ms-chen", "treasurer", "--ledger", "wutongli")
    assert "All 3 events are what was recorded." in terminal.ok("verify", "--store")
    store = SQLiteStore(terminal.folder / "books")
    assert [row.kind for row in store.rows(0)] == ["ledger.opened", "role.granted", "role.revoked"]
    assert store.numbered("wutongli", 0).envelope.source.via == "command-line"
    assert b"ms-chen" not in b"".join(row.entry for row in store.rows(0))
    store.close()


def test_what_an_operator_may_not_do_is_said_in_one_line(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    assert terminal.refused("open", "wutongli", "--kind", "community", "--name", "又一个") == (
        "This ledger is already open (梧桐里). Choose another id."
    )
    assert "no ledger nowhere" in terminal.refused("grant", "ms-chen", "chair", "--ledger", "nowhere")
    assert "does not hold the role" in terminal.refused("revoke", "ms-chen", "chair", "--ledger", "wutongli")
    assert "account: An id has 1 to 64" in terminal.refused(
        "grant", "Ms Chen", "chair", "--ledger", "wutongli"
    )
    assert "1 to 64 of a-z" in terminal.refused(
        "open", "Wutongli!", "--kind", "community", "--name", "梧桐里"
    )


def test_the_words_are_chinese_in_a_chinese_terminal(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    with process(
        terminal.folder, "open", "wutongli", "--kind", "community", "--name", "梧桐里", lang="zh_CN.UTF-8"
    ) as again:
        _, said = again.communicate(timeout=60)
    assert (again.returncode, said) == (1, "这本账已经开设（梧桐里）。请换一个账本编号。\n")
    with process(terminal.folder, "--help", lang="zh_CN.UTF-8") as asked:
        printed, _ = asked.communicate(timeout=60)
    assert "住宅小区的公开账本" in printed
    assert printed.startswith("用法: mingzhang ")
    with process(terminal.folder, "opne", lang="zh_CN.UTF-8") as mistyped:
        _, said = mistyped.communicate(timeout=60)
    assert said.endswith("说明请看：mingzhang --help\n\n出错了：没有 'opne' 这个命令。 是不是 'open'？\n")


def test_why_a_file_cannot_be_written_is_said_in_chinese_too(terminal, monkeypatch):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    monkeypatch.setattr(terminal_words, "LANG", "zh")
    export = ("export", "wutongli", "--format", "beancount", "--to", "nowhere/book.beancount")
    assert terminal.refused(*export) == "出错了：文件 'nowhere/book.beancount' 打不开：没有这个文件或文件夹"


@pytest.mark.parametrize("day", ["2026-02-30", "20260101", "tomorrow", "2026-1-1", "2026-W01-1"])
def test_a_day_that_does_not_exist_is_refused(terminal, day):
    assert "must exist" in terminal.refused("grant", "a", "chair", "--ledger", "b", "--from", day, status=2)


def test_a_token_is_printed_once_and_opens_the_door_of_its_account(terminal):
    token = terminal.ok("token", "ms-chen").strip()
    assert re.fullmatch(r"mz_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", token)
    vault = SQLiteVault(terminal.folder / "books")
    assert vault.holder(token).account == "ms-chen"
    vault.close()
    assert token.encode() not in (terminal.folder / "books" / "vault.db").read_bytes()


def test_a_token_of_an_account_without_a_role_is_printed_with_a_warning(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    terminal.ok(
        "grant", "ms-chen", "treasurer", "--ledger", "wutongli", "--to", "2026-01-01", "--from", "2025-01-01"
    )
    status, token, said = terminal.run("token", "ms-chen")
    assert (status, token[:3]) == (0, "mz_")
    assert "the account ms-chen has no role on any ledger today" in said
    assert "mingzhang grant ms-chen ROLE --ledger LEDGER" in said
    terminal.ok("grant", "ms-chen", "treasurer", "--ledger", "wutongli")
    _, token, said = terminal.run("token", "ms-chen")
    assert token.startswith("mz_")
    assert "no role" not in said


@pytest.mark.parametrize("whole", [False, True])
def test_a_token_is_taken_back_by_the_id_it_was_printed_with(terminal, whole):
    _, printed, said = terminal.run("token", "ms-chen")
    token, token_id = printed.strip(), re.search("mingzhang revoke-token ([0-9a-f]{8})", said)[1]
    assert f"id {token_id}" in said
    other = terminal.ok("token", "ms-chen").strip()
    assert f"Token {token_id} opens no door" in terminal.ok("revoke-token", token if whole else token_id)
    vault = SQLiteVault(terminal.folder / "books")
    assert vault.holder(token) is None
    assert vault.holder(other).account == "ms-chen"
    vault.close()


@pytest.mark.parametrize(
    "token_id", ["1234567", "123456789", "ABCDEF12", "ms-chen", "mz_12345678", "x_12345678_y"]
)
def test_what_is_no_id_of_a_token_is_said_so(terminal, token_id):
    terminal.ok("token", "ms-chen")
    assert f"“{token_id}” is no token id" in terminal.refused("revoke-token", token_id)


@pytest.mark.parametrize("expires", ["2000-01-01", "2199-12-31"])
def test_a_token_expires_within_a_year(terminal, expires):
    assert "expires between today and 365 days" in terminal.refused("token", "ms-chen", "--expires", expires)


def test_a_work_list_is_tried_recorded_and_known_again(terminal):
    _, tried, said = terminal.run("import", "worklist", SAMPLE, "--ledger", "dongming", "--dry-run")
    assert (
        "There is no ledger dongming yet: the import opens it, as that of a street called “dongming”" in said
    )
    assert "39 neighbourhoods, 73 communities, 18 firms, 205 tasks, 313 milestones" in tried
    assert "Dry run: nothing was recorded." in tried
    warned = [line for line in tried.splitlines() if line.startswith(("row ", "status"))]
    assert f"Warnings: {len(warned)}." in tried
    recorded = terminal.ok("import", "worklist", SAMPLE, "--ledger", "dongming", "--name", "东明路街道")
    events = int(re.search(r"Events recorded: (\d+)", recorded)[1])
    _, again, said = terminal.run("import", "worklist", SAMPLE, "--ledger", "dongming")
    assert ("imported before" in again, said) == (True, "")
    assert f"All {events} events" in terminal.ok("verify", "--store")
    assert f"position {events}" in terminal.ok("check")


def test_a_street_opened_beforehand_takes_its_list_once_the_account_has_its_role(terminal):
    terminal.ok("open", "dongming", "--kind", "street", "--name", "东明路街道")
    said = terminal.refused("import", "worklist", SAMPLE, "--ledger", "dongming")
    command = "mingzhang grant street-office street --ledger dongming"
    assert "the account street-office, which holds no street role on the ledger dongming" in said
    assert command in said
    assert "All 1 events" in terminal.ok("verify", "--store")
    terminal.ok(*command.split()[1:])
    assert "Events recorded: 408." in terminal.ok("import", "worklist", SAMPLE, "--ledger", "dongming")


def test_a_broken_work_list_is_refused_with_row_and_column_and_nothing_is_recorded(terminal):
    broken = terminal.folder / "broken.csv"
    text = SAMPLE.read_text(encoding="utf-8")
    broken.write_text(re.sub("2024年[0-9]+月底完成", "2024年13月底完成", text, count=1), encoding="utf-8")
    said = terminal.refused("import", "worklist", broken, "--ledger", "dongming")
    assert re.search(r"row \d+, \S+: “2024年13月底完成” names a month that does not exist", said)
    broken.write_bytes(text.encode("gbk", errors="replace"))
    assert "not UTF-8" in terminal.refused("import", "worklist", broken, "--ledger", "dongming")
    assert "All 0 events" in terminal.ok("verify", "--store")


def test_a_file_that_is_not_there_is_said_so(terminal):
    assert "nothing.csv" in terminal.refused(
        "import", "worklist", "nothing.csv", "--ledger", "dongming", status=2
    )


def test_views_are_rebuilt_by_name_and_equal_what_was_followed(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    assert "Every view equals its rebuild (position 1)." in terminal.ok("check")
    assert "Rebuilt to position 1: journal" in terminal.ok("rebuild", "journal")
    assert "Rebuilt to position 1: ledgers, " in terminal.ok("rebuild")
    assert "There is no view “nothing”" in terminal.refused("rebuild", "nothing")


def tamper_with(database):
    """What nobody should do: change a figure of a view by hand."""
    with sqlite3.connect(database) as books:
        tables = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        (table,) = [name for name in tables if name.startswith("journal_event")]
        books.execute(f"UPDATE {table} SET position = 7")
    books.close()


def test_a_view_that_was_tampered_with_is_found(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    terminal.ok("check")
    tamper_with(terminal.folder / "books" / "views.db")
    status, printed, said = terminal.run("check")
    assert status == 1
    assert "Rows that differ: 2." in said
    assert "journal.event live" in printed
    assert "journal.event fresh" in printed


def test_a_follower_of_its_own_stops_when_told(terminal):
    terminal.ok("open", "wutongli", "--kind", "community", "--name", "梧桐里")
    with process(terminal.folder, "follow") as follower:
        views = open_views(f"sqlite:///{terminal.folder / 'books'}")
        assert views.wait_for(1, 20) == 1
        os.kill(follower.pid, signal.SIGTERM)
        _, said = follower.communicate(timeout=20)
        views.close()
    assert (follower.returncode, said) == (0, "")


def served(folder, port):
    """The demonstration as it is served: what it printed, and its first page."""
    with process(folder, "demo", "--port", str(port)) as demo:
        printed = [demo.stdout.readline()]
        while f"http://127.0.0.1:{port}" not in printed[-1]:
            printed.append(demo.stdout.readline())
            assert printed[-1], demo.stderr.read()
        until = time.monotonic() + 30
        page = None
        while page is None and time.monotonic() < until:
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                page = answer.read().decode()
        os.kill(demo.pid, signal.SIGTERM)
        demo.communicate(timeout=30)
    return "".join(printed), page


def test_the_demonstration_is_built_once_and_served_again(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    first, page = served(tmp_path, port)
    assert "Building the demonstration" in first
    assert re.search(r"wutongli-treasurer +mz_", first)
    assert "梧桐里" in page
    assert "东明路街道" in page
    events = (tmp_path / "var" / "demo" / "ledger.db").stat().st_size
    again, page = served(tmp_path, port)
    assert "Building" not in again
    assert "梧桐里" in page
    assert (tmp_path / "var" / "demo" / "ledger.db").stat().st_size == events
    (tmp_path / "var" / "demo" / "complete").unlink()
    rebuilt, _ = served(tmp_path, port)
    assert "Building the demonstration" in rebuilt


@pytest.mark.parametrize("url", ["mysql://books", "books"])
def test_a_database_that_makes_no_sense_stops_every_command(terminal, url):
    for command in (["check"], ["token", "ms-chen"], ["verify", "--store"]):
        terminal.at(url)
        assert "MINGZHANG_DATABASE_URL makes no sense" in terminal.refused(*command)


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["demo"],
        ["serve"],
        ["follow"],
        ["rebuild"],
        ["check"],
        ["import"],
        ["import", "worklist"],
        ["open"],
        ["grant"],
        ["revoke"],
        ["token"],
        ["revoke-token"],
        ["verify"],
    ],
)
def test_every_command_explains_itself(terminal, command):
    shown = terminal.ok(*command, "--help")
    assert shown.startswith(f"Usage: mingzhang {' '.join(command)}".rstrip())
    assert "cli." not in shown


def commands(group, *names):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield pytest.param(command, id=" ".join((*names, name)))


@pytest.mark.parametrize("command", list(commands(cli.mingzhang)))
def test_every_option_says_what_it_is_for(command):
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_key_and_the_checkpoint_to_check_a_pack_with_are_in_the_help_of_verify(terminal):
    shown = terminal.ok("verify", "--help")
    assert "--vkey" in shown
    assert "--checkpoint" in shown
