"""What the READMEs say is so: commands and folders exist, the example action works as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")

TRY_THE_EXAMPLE = """
import sys, types
from datetime import date
from pathlib import Path
from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.events import Source
from ledger.asked import Asked
from ledger.ledger import GovernanceLedger
from ledger.errors import Refused
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault

module = types.ModuleType("ledger.actions.opinion")
sys.modules[module.__name__] = module
exec(compile(Path(sys.argv[1]).read_text(encoding="utf-8"), "opinion.py", "exec"), module.__dict__)

folder, today = Path(sys.argv[2]), date(2026, 11, 20)
store, vault = SQLiteStore(folder), SQLiteVault(folder)
ledger = GovernanceLedger(store, vault)
vault.key("operator", create=True)
operator = Source(via="command-line")
ledger.record(Asked("elm-court", OpenLedger(of="community", title="榆园"), "operator", today, operator))
grant = GrantRole(account="ms-lin", role="secretary", starts_on=today)
ledger.record(Asked("elm-court", grant, "operator", today, operator))
said = module.RecordOpinion(opinion="bench-1", text="座椅坏了")
assert ledger.record(Asked("elm-court", said, "ms-lin", today)).events[0].kind == "opinion.recorded"
try:
    ledger.record(Asked("elm-court", said, "ms-lin", today))
except Refused as refused:
    assert refused.code == "opinion.already-recorded"
else:
    raise AssertionError("recorded twice")

from api import create_app
from api.settings import Settings
app = create_app(Settings(database_url=f"sqlite:///{folder}", secret_key="of-a-test-only-and-long-enough"))
app.extensions["mingzhang"].follower.catch_up()
client = app.test_client()
assert "record-opinion" in [action["name"] for action in client.get("/api/v1/actions").json["actions"]]
assert "/api/v1/ledgers/{ledger}/actions/record-opinion" in client.get("/api/v1/openapi.json").json["paths"]
answer = client.get("/api/v1/ledgers/elm-court/events/2")
assert answer.json["entry"]["data"] == {"opinion": "bench-1", "text": "座椅坏了"}
page = client.get("/c/elm-court/events/2")
assert page.status_code == 200 and "座椅坏了" in page.text
print("the example works")
"""


def text(readme):
    return (ROOT / readme).read_text(encoding="utf-8")


def blocks(readme, language):
    return re.findall(rf"```{language}\n(.*?)```", text(readme), re.DOTALL)


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_and_folder_a_readme_names_is_there(readme):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)", text(readme)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for folder in re.findall(r"`([a-z]+(?:/[a-z.]+)*/)`", text(readme)):
        within = [ROOT / folder, ROOT / "api" / folder, ROOT / "ledger" / folder]
        assert any(path.is_dir() for path in within), folder
    for target in re.findall(r"\]\(([^)#:]+)", text(readme)):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("readme", READMES)
def test_every_command_line_a_readme_shows_is_understood(readme):
    for line in "\n".join(blocks(readme, "sh")).splitlines():
        found = re.search(r"bin/mingzhang ([a-z]+)", line)
        if found:
            shown = subprocess.run(
                [sys.executable, "-m", "api.cli", found[1], "--help"],
                capture_output=True,
                text=True,
                check=False,
                cwd=ROOT,
            )
            assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize("readme", READMES)
def test_a_street_begins_as_a_readme_says(readme, tmp_path):
    (flow,) = [block for block in blocks(readme, "sh") if "--kind street" in block]
    printed = ""
    for line in re.findall(r"bin/mingzhang ([^#\n]+)", flow):
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *line.split()],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=os.environ | {"MINGZHANG_DATABASE_URL": f"sqlite:///{tmp_path}", "LANG": "en_GB.UTF-8"},
        )
        assert done.returncode == 0, done.stderr
        assert "has no role" not in done.stderr
        printed += done.stdout
    assert "Events recorded: 408." in printed


@pytest.mark.parametrize("readme", READMES)
def test_the_settings_a_readme_gives_are_those_serving_needs(readme):
    (block,) = [block for block in blocks(readme, "sh") if "mingzhang serve" in block]
    settings = f"{sys.executable} -c 'from api.settings import Settings; Settings.from_environment()'"
    done = subprocess.run(
        ["sh", "-e", "-c", block.replace(".venv/bin/mingzhang serve", settings)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MINGZHANG_")},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_of_a_new_kind_of_action_works_as_it_stands(tmp_path):
    (example,) = blocks("README.md", "python")
    (tmp_path / "opinion.py").write_text(example, encoding="utf-8")
    (tmp_path / "store").mkdir()
    tried = subprocess.run(
        [sys.executable, "-c", TRY_THE_EXAMPLE, str(tmp_path / "opinion.py"), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "the example works" in tried.stdout, tried.stderr
