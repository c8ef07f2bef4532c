"""Other programs add up our books and find the same: beancount, and hledger where it is installed."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api import cli, demo
from api import terminal as terminal_words
from api.documents import beancount, hledger
from api.documents.account_names import account_name
from api.documents.bookkeeping import Bookkeeping, yuan
from api.services import Services
from ledger.actions.fund import FundDepositRecorded
from ledger.fields import Scope
from ledger.money.apportionment import apportion
from projections import balances
from tests.ledger.happened import (
    deposit_recorded,
    entry_reversed,
    fund_opened,
    interest_recorded,
    revenue_cost_recorded,
    revenue_recorded,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books, opened

ENTRIES = 10_000
NEW_YEAR = date(2026, 1, 1)
TEXTS = (
    '引号 " 与 “弯引号”', "反斜杠 \\ 和 \\n", "分号 ; 后面不是注释", "竖线 | 前面不是商户", "🏠 🧾 👩‍🔧",
    "(12) 不是凭证号", "! 不是待定", "* 星号", "=2026-01-01", "date:2026-13-45",
    "  前后有空格  ", "@ 3 USD", "# ^链接 #标签",
)  # fmt: skip


def text_of(number: int) -> str:
    return f"{TEXTS[number % len(TEXTS)]} {number}"


# -- books to check -----------------------------------------------------------------------------------------


def generated() -> Iterator[Fact]:
    """Deposits split in three and in seven with odd fen, income, costs, interest."""
    yield fund_opened("maintenance", fen=12_345_678_91)
    yield fund_opened("public-revenue", fen=98_765_43)
    yield fund_opened("working", fen=0)
    told: list[Fact] = []
    for number in range(ENTRIES // 11 + 1):
        day = NEW_YEAR + timedelta(number % 320)
        for parts, kind in ((3, "building"), (7, "door")):
            areas = {f"{part}": 1 for part in range(parts)}
            for part, fen in apportion(100_00 + 7 * number, areas).shares.items():
                told.append(
                    Fact(
                        FundDepositRecorded(
                            fund="maintenance",
                            amount_fen=fen,
                            received_on=day,
                            origin=text_of(number),
                            scope=Scope(kind=kind, id=part),
                        ),
                        "treasurer",
                        day,
                    )
                )
        told.append(
            (
                revenue_recorded(fen=333 * number + 1, head=number % 7 + 1, on=day),
                revenue_cost_recorded(fen=number + 1, on=day),
                interest_recorded("working", fen=number + 1, on=day),
                deposit_recorded("working", fen=10**12 + number, on=day),
            )[number % 4]
        )
    yield from told[: ENTRIES - 102]


class Checked(NamedTuple):
    """Exported books: the file, and every account as the view shows it, under its name there."""

    beancount: Path
    hledger: Path
    accounts: dict[str, int]


def exported(services: Services | Books, store: object, ledger: str, folder: Path) -> Checked:
    files = {}
    for form, write in (("beancount", beancount.written), ("hledger", hledger.written)):
        files[form] = folder / f"{ledger}.{form}"
        with files[form].open("w", encoding="utf-8") as file:
            file.writelines(write(Bookkeeping(store, ledger)))
    shown = balances.of(services.views, ledger)
    assert len(shown.accounts) > 2
    return Checked(**files, accounts={account_name(one.account): one.fen for one in shown.accounts})


@pytest.fixture(scope="module")
def of_ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    folder = tmp_path_factory.mktemp("books")
    with opened(f"sqlite:///{folder}") as books:
        facts = list(generated())
        number = books.number + 1
        books.tell(*facts)
        reversible = [(number + index, fact) for index, fact in enumerate(facts) if index > 2][
            :: ENTRIES // 100
        ]
        books.tell(*(entry_reversed(place, fact, reason=text_of(place)) for place, fact in reversible[:100]))
        books.shown()
        yield exported(books, books.story.store, WUTONGLI, folder)


@pytest.fixture(scope="module")
def of_the_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    folder = tmp_path_factory.mktemp("demo")
    here = Services(f"sqlite:///{folder}")
    demo.build(here.ledger, TODAY)
    here.follower.catch_up()
    yield exported(here, here.store, demo.INVENTED, folder)
    here.close()


@pytest.fixture(params=["of_ten_thousand", "of_the_demonstration"])
def checked(request: pytest.FixtureRequest) -> Checked:
    return request.getfixturevalue(request.param)


# -- the other programs ----------------------------------------------------------------------------


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*map(str, arguments)], check=False, env=environment, capture_output=True, text=True, timeout=120
    )


def bean(tool: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run(Path(sys.executable).parent / tool, *arguments)


def in_hledger(*arguments: object) -> subprocess.CompletedProcess[str]:
    if shutil.which("hledger") is None:
        pytest.skip("hledger is not installed; apt-get install hledger")
    return run("hledger", *arguments)


def fen_of(amount: str) -> int:
    """`-1234.5` of a program's answer, in fen."""
    sign, whole, cents = re.fullmatch(r"\s*(-?)(\d+)(?:\.(\d{1,2}))?\s*(?:CNY)?\s*", amount).groups()
    return (-1 if sign else 1) * (int(whole) * 100 + int((cents or "").ljust(2, "0")))


def test_bean_check_finds_nothing_wrong(checked: Checked) -> None:
    found = bean("bean-check", checked.beancount)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_bean_query_agrees_on_every_account(checked: Checked) -> None:
    query = "SELECT account, sum(number) AS total GROUP BY account"
    answer = bean("bean-query", "-f", "csv", checked.beancount, query)
    rows = list(csv.reader(answer.stdout.splitlines()))
    assert rows[0] == ["account", "total"]
    sums = {account.strip(): fen_of(total) for account, total in rows[1:]}
    assert {name: sums.pop(name, 0) for name in checked.accounts} == checked.accounts
    assert sums == {}


def test_hledger_finds_nothing_wrong_and_agrees_on_every_account(checked: Checked) -> None:
    strict = in_hledger("-f", checked.hledger, "check", "--strict")
    assert (strict.returncode, strict.stderr) == (0, "")
    answer = in_hledger("-f", checked.hledger, "balance", "--flat", "--empty", "--no-total", "-O", "csv")
    rows = list(csv.reader(answer.stdout.splitlines()))
    assert {account: fen_of(total) for account, total in rows[1:]} == checked.accounts


@pytest.mark.parametrize("wrong_by", [1, -1])
def test_a_single_fen_does_not_pass(of_the_demonstration: Checked, tmp_path: Path, wrong_by: int) -> None:
    """In the last assertion of each file: what the other programs check is really checked."""
    checked = of_the_demonstration
    name, fen = max(checked.accounts.items())
    for file, found in ((checked.beancount, bean), (checked.hledger, in_hledger)):
        before, right, after = file.read_text(encoding="utf-8").rpartition(yuan(fen))
        changed = tmp_path / file.name
        changed.write_text(before + yuan(fen + wrong_by) + after, encoding="utf-8")
        arguments = ("bean-check", changed) if found is bean else ("-f", changed, "check")
        said = found(*arguments)
        assert right
        assert said.returncode != 0
        assert name in said.stderr


# -- names and texts -------------------------------------------------------------------------------

ids = st.text("abxz1-", min_size=1, max_size=4)
parts = ids | st.text("aXZx1-/ _é层", max_size=4).map(lambda part: part.replace("/", ""))
roots = st.sampled_from(["bank", "fund", "income", "cost", "use", "suspense", "elsewhere", "other", "head"])
names = st.builds(lambda root, more: "/".join([root, *more]), roots, st.lists(parts, max_size=3))


@settings(max_examples=100, deadline=None)
@given(st.lists(names, unique=True, max_size=60))
@example(["fund/a-b", "fund/a/b", "fund/xx", "fund/-", "fund/x", "fund/x2dz", "fund/-x2dz"])
@example(["income/3", "income/head-3", "income/head/3", "other/a", "elsewhere/a", "bank", "other/bank"])
def test_two_accounts_never_get_one_name(accounts: list[str]) -> None:
    assert len({account_name(account) for account in accounts}) == len(accounts)


@settings(max_examples=100, deadline=None)
@given(names)
def test_every_name_is_one_of_beancount(account: str) -> None:
    root, *more = account_name(account).split(":")
    assert root in ("Assets", "Equity", "Income", "Expenses")
    assert more
    assert all(re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", part) for part in more)


def test_names_say_what_an_account_is() -> None:
    said = {
        "bank/public-revenue": "Assets:Bank:Public-Revenue",
        "fund/maintenance/door-12": "Equity:Fund:Maintenance:Door-12",
        "income/3": "Income:Head-3",
        "cost/tax/building-2": "Expenses:Cost:Tax:Building-2",
        "use/working": "Expenses:Use:Working",
        "suspense/working": "Equity:Suspense:Working",
    }
    assert {account: account_name(account) for account in said} == said


texts = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\;|\n\r\t\x85\u2028 🏠'), max_size=30
    ),
    min_size=40,
    max_size=40,
)
SPACED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@settings(max_examples=3, deadline=None)
@given(texts)
def test_no_text_breaks_the_files(tmp_path_factory: pytest.TempPathFactory, drawn: list[str]) -> None:
    folder = tmp_path_factory.mktemp("texts")
    words = [*drawn, *TEXTS, "\n2026-01-01 open Assets:Forged", '"\n', "\\"]
    lines = {
        "beancount": [f"2026-01-01 * {beancount.quoted(text)}\n\n" for text in words],
        "hledger": [f"2026-01-01 * (7) {hledger.described(text)}  ; kind:a\n\n" for text in words],
    }
    files = {form: folder / form for form in lines}
    for form, file in files.items():
        file.write_text("".join(lines[form]), encoding="utf-8", newline="")
    answer = bean("bean-query", "-f", "csv", files["beancount"], "SELECT narration FROM #transactions")
    rows = list(csv.reader(answer.stdout.splitlines(keepends=True)))
    assert [row[0].strip() for row in rows[1:]] == [SPACED.sub(" ", text).strip() for text in words]
    printed = json.loads(in_hledger("-f", files["hledger"], "print", "-O", "json").stdout)
    assert [one["tdescription"] for one in printed] == [
        SPACED.sub(" ", text).replace(";", "；").replace("|", "｜").strip() for text in words
    ]


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    with opened(f"sqlite:///{tmp_path / 'books'}") as books:
        wrong = deposit_recorded("working", fen=30_05, on=NEW_YEAR)
        number = books.tell(fund_opened("working", fen=0), wrong)
        books.tell(entry_reversed(number, wrong, reason="重复入账；“两次”"))
    monkeypatch.setattr(terminal_words, "LANG", "en")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{tmp_path / 'books'}")

    def mingzhang(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return mingzhang


def test_a_journal_goes_to_the_terminal_or_into_a_file(terminal, tmp_path: Path) -> None:
    status, printed, _ = terminal("export", WUTONGLI, "--format", "beancount")
    assert status == 0
    assert terminal("export", WUTONGLI, "--format", "beancount", "--to", tmp_path / "books.beancount") == (
        0,
        f"2 entries written to {tmp_path / 'books.beancount'}\n",
        "",
    )
    assert (tmp_path / "books.beancount").read_text(encoding="utf-8") == printed
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["books.beancount"]
    reversal, reversed_ = re.search(
        r'2026-11-20 \* "重复入账；“两次”" \^record-(\d+) \^record-(\d+)\n', printed
    ).groups()
    assert int(reversal) == int(reversed_) + 1
    assert f"  reverses: {reversed_}\n" in printed
    assert printed.count(f"^record-{reversed_}") == 2
    assert re.search(r"balance Assets:Bank:Working +0.00 ~ 0.00 CNY", printed)


def test_hledger_gets_its_own_form(terminal) -> None:
    status, printed, _ = terminal("export", WUTONGLI, "--format", "hledger")
    assert status == 0
    assert re.search(
        r"2026-11-20 \* \(\d+\) 重复入账；“两次”  ; kind:entry.reversed, reverses:\d+\n", printed
    )
    assert re.search(
        r"\n    Equity:Fund:Working:Whole +-30\.05 CNY\n    Assets:Bank:Working +30\.05 CNY\n", printed
    )


def test_what_cannot_be_exported_is_said_in_one_line(terminal, tmp_path: Path) -> None:
    status, _, said = terminal("export", "nowhere", "--format", "hledger")
    assert (status, "nowhere" in said) == (1, True)
    status, _, said = terminal("export", WUTONGLI, "--format", "hledger", "--to", tmp_path / "none" / "books")
    assert (status, "No such file or directory" in said) == (1, True)
