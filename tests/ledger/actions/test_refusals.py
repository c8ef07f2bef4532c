"""Every way in which an action can be refused is specified somewhere beside this file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger.actions
import ledger.rules
from ledger.commands import ACTIONS
from ledger.rules.pack import packs

ACTION_FILES = sorted(Path(ledger.actions.__file__).parent.glob("*.py"))
REFUSING = ACTION_FILES + sorted(Path(ledger.rules.__file__).parent.glob("*.py"))
SPECS = sorted(Path(__file__).parent.glob("test_*.py"))
RULE_SPECS = sorted((Path(__file__).parents[1] / "rules").glob("test_*.py"))


def refusals(path: Path) -> Iterator[str]:
    """The codes a file refuses or judges with; one that is not written out cannot be looked up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") == "Refused":
            code = node.args[0]
        elif getattr(node.func, "attr", "") == "require":
            code = node.args[1]
            if ast.unparse(code) == "fault.code":  # a refusal that is written out where it was raised
                continue
        else:
            continue
        written = [part.value for part in ast.walk(code) if _is_code(part)]
        assert written or path.stem == "law", f"{path.name}:{node.lineno} has a code that is not written out"
        yield from written


def marks(path: Path) -> dict[str, str]:
    """The codes that never refuse, since their rule is no block: what a spec sees is the rule's id."""
    severities = {rule.id: rule.severity for pack in packs().values() for rule in pack.rule}
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "require":
            rules = next(keyword.value for keyword in node.keywords if keyword.arg == "rules")
            written = [part.value for part in ast.walk(rules) if _is_code(part)]
            if written and severities.get(written[0]) != "block":
                found |= {part.value: written[0] for part in ast.walk(node.args[1]) if _is_code(part)}
    return found


def _is_code(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def specified() -> set[str]:
    """Every text a spec names."""
    return {
        part.value
        for path in SPECS + RULE_SPECS
        if path != Path(__file__)
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _is_code(part)
    }


@pytest.mark.parametrize("path", REFUSING, ids=lambda path: path.stem)
def test_every_refusal_has_a_spec(path):
    assert sorted(set(refusals(path)) - set(marks(path)) - specified()) == []


@pytest.mark.parametrize("path", REFUSING, ids=lambda path: path.stem)
def test_every_mark_of_an_irregularity_has_a_spec(path):
    assert sorted(set(marks(path).values()) - specified()) == []


def test_refusals_are_found_at_all():
    assert len({code for path in REFUSING for code in refusals(path)}) > 50


@pytest.mark.parametrize("path", REFUSING, ids=lambda path: path.stem)
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
