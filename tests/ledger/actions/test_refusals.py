"""Every way in which an action can be refused is specified somewhere beside this file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger.actions
from ledger.commands import ACTIONS

ACTION_FILES = sorted(Path(ledger.actions.__file__).parent.glob("*.py"))
SPECS = sorted(Path(__file__).parent.glob("test_*.py"))


def refusals(path: Path) -> Iterator[str]:
    """The codes of every `Refused(...)` in a file; one that is not written out cannot be looked up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
            written = [part.value for part in ast.walk(node.args[0]) if _is_code(part)]
            assert written, f"{path.name}:{node.lineno} refuses with a code that is not written out"
            yield from written


def _is_code(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def specified() -> set[str]:
    """Every text a spec names."""
    return {
        part.value
        for path in SPECS
        if path != Path(__file__)
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _is_code(part)
    }


@pytest.mark.parametrize("path", ACTION_FILES, ids=lambda path: path.stem)
def test_every_refusal_has_a_spec(path):
    assert sorted(set(refusals(path)) - specified()) == []


def test_refusals_are_found_at_all():
    assert len({code for path in ACTION_FILES for code in refusals(path)}) > 50


@pytest.mark.parametrize("path", ACTION_FILES, ids=lambda path: path.stem)
def test_a_refusal_is_a_subject_and_a_reason(path):
    for code in refusals(path):
        subject, _, reason = code.partition(".")
        assert subject.replace("-", "").isalpha(), code
        assert reason.replace("-", "").isalpha(), code


def test_every_action_says_who_may_ask_and_what_it_does():
    for action in ACTIONS.values():
        assert action.roles, action.name
        assert action.__doc__, action.name


def test_every_action_file_has_its_spec():
    written = {path.stem for path in ACTION_FILES} - {"__init__"}
    assert written == {path.stem.removeprefix("test_") for path in SPECS} - {"refusals"}
