"""Time and chance come in from outside, and money is whole fen: no clock, no dice, no float, no division."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger

ROOT = Path(ledger.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
DECIDING = [
    *sorted((ROOT / "actions").glob("*.py")),
    ROOT / "state.py",
    ROOT / "commands.py",
    ROOT / "dates.py",
    ROOT / "rules" / "semantics.py",
    ROOT / "money" / "apportionment.py",
]
IMPURE_MODULES = {
    "time",
    "random",
    "uuid",
    "os",
    "secrets",
    "socket",
    "threading",
    "sqlite3",
    "io",
    "pathlib",
}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "urandom", "getrandom"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imported(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("path", DECIDING, ids=named)
def test_a_decision_looks_at_no_clock_and_throws_no_dice(path):
    assert imported(path) & IMPURE_MODULES == set()
    looked = {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)} & CLOCKS
    assert looked == set()


@pytest.mark.parametrize("path", sorted((ROOT / "actions").glob("*.py")), ids=named)
def test_an_action_knows_neither_the_store_nor_the_ledger(path):
    modules = {node.module for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.module}
    assert not {module for module in modules if module.startswith(("ledger.store", "ledger.ledger"))}


# store, log and verifier join paths with `/` and wait in seconds; parse() reads the fractions others send
WITHOUT_FRACTIONS = [path for path in FILES if path.parent.name not in {"store", "transparency", "verifier"}]


@pytest.mark.parametrize("path", WITHOUT_FRACTIONS, ids=named)
def test_nothing_is_divided_and_no_number_has_a_fraction(path):
    for node in nodes(path):
        assert not isinstance(node, ast.Div), "split with apportion, which loses no fen"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.value
        if path.name != "envelope.py":
            assert not (isinstance(node, ast.Name) and node.id in {"float", "Decimal", "round"}), node.id


def test_the_rule_looks_at_the_files_it_is_about():
    found = {named(path) for path in WITHOUT_FRACTIONS}
    assert {"money/postings.py", "actions/decision.py", "events.py", "fields.py"} <= found
