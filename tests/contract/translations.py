"""Every code, kind, action, field and role has words in both languages; compiled catalogues are not stale.

Run by `make check` as `python -m tests.contract.translations`. Codes are collected from the source itself, so
a refusal nobody wrote words for cannot be committed.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from msgspec import inspect

import ledger.actions  # noqa: F401  fills the registries
from api import errors, schemas
from api.imports.worklist_file import NAME_COLUMNS, TASK_COLUMNS
from api.languages import LOCALES, TRANSLATIONS
from ledger.actors import ROLES
from ledger.commands import ACTIONS
from ledger.errors import LedgerError
from ledger.events import KINDS
from ledger.fields import Commitment, Fund
from ledger.rules.tables import tables

ROOT = Path(__file__).parents[2]
SOURCES = ("ledger", "projections", "api")
CODE = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MALFORMED = {"Malformed", "BadQuery"}
ANY_DETAIL = None  # of codes whose details cannot be read off the source


class Raised(NamedTuple):
    """A code as the source raises it, and the details its words may name."""

    code: str
    details: frozenset[str] | None


def raised_in_source() -> Iterator[Raised]:
    """Every code the three packages can raise."""
    for package in SOURCES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                yield from _raised_by(node)
    for code in {*schemas.MESSAGES.values(), *schemas.StrictSchema.error_messages.values()}:
        yield Raised(str(code), ANY_DETAIL)
    for code in (
        *schemas.FAULT_OF_PATTERN.values(),
        *errors.CODES.values(),
        "server.error",
        "server.not-shown",
    ):
        yield Raised(code, ANY_DETAIL)


def _raised_by(node: ast.AST) -> Iterator[Raised]:
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            if isinstance(statement, ast.Assign) and [*map(ast.unparse, statement.targets)] == ["code"]:
                yield from (Raised(code, ANY_DETAIL) for code in _codes(statement.value))
    elif isinstance(node, ast.Call) and node.args and _is_error(node.func):
        details = frozenset(
            keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "rules"
        )
        spread = any(keyword.arg is None for keyword in node.keywords)
        code = node.args[1 if _is_judgement(node.func) else 0]
        yield from (Raised(code, ANY_DETAIL if spread else details) for code in _codes(code))
    elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[2], ast.Dict):
        names = frozenset(key.value for key in node.elts[2].keys if isinstance(key, ast.Constant))
        yield from (Raised(code, names) for code in _codes(node.elts[1]))


def _is_error(function: ast.expr) -> bool:
    name = ast.unparse(function).rpartition(".")[2]
    return name == "_fault" or name in ERRORS or _is_judgement(function)


def _is_judgement(function: ast.expr) -> bool:
    """`judge.require(met, code, rules=…)`."""
    return isinstance(function, ast.Attribute) and function.attr == "require"


def _codes(node: ast.expr) -> Iterator[str]:
    return filter(CODE.fullmatch, _constants(node))


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _subclasses(error: type) -> Iterator[str]:
    yield error.__name__
    for subclass in error.__subclasses__():
        yield from _subclasses(subclass)


ERRORS = set(_subclasses(LedgerError))


def wanted() -> dict[str, frozenset[str] | None]:
    """Every key that needs words, with the details they may name."""
    keys: dict[str, frozenset[str] | None] = {}
    for raised in raised_in_source():
        key = f"refusal.{raised.code}"
        known = keys.get(key, raised.details)
        keys[key] = (
            raised.details if known is None else known if raised.details is None else known & raised.details
        )
    keys |= {f"work-list.{raised.code}": raised.details for raised in remarked_in_work_lists()}
    keys |= {f"cli.{raised.code}": raised.details for raised in said_on_the_command_line()}
    plain = [f"action.{name}" for name in ACTIONS]
    plain += [f"event.{kind}" for kind in KINDS if not kind.startswith("test")]
    plain += [f"role.{role}" for role in ROLES]
    plain += [f"fund.{fund}" for fund in get_args(Fund)]
    plain += [f"column.{column}" for column in TASK_COLUMNS]
    plain += words_of_tables()
    plain += [f"problem.{status}" for status in sorted({*errors.STATUS.values(), 405, 413, 415})]
    for struct in (*ACTIONS.values(), *(KINDS[kind] for kind in KINDS if not kind.startswith("test"))):
        plain += _words_of_fields("", inspect.type_info(struct))
    return keys | dict.fromkeys(plain, frozenset())


def words_of_tables() -> Iterator[str]:
    """The title of every table a community publishes, of its sections and of their columns."""
    for name, table in tables().items():
        yield f"statement.{name}"
        for section in table.sections:
            yield f"statement.{name}.{section}"
            yield from (f"statement.{name}.{section}.{column.name}" for column in table.columns(section))


def said_on_the_command_line() -> Iterator[Raised]:
    """Every key the command line says, with its details."""
    for file in ("api/cli.py", "api/rules_commands.py", "api/terminal.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                spread = any(keyword.arg is None for keyword in node.keywords)
                yield from (Raised(key, ANY_DETAIL if spread else names) for key in _constants(node.args[0]))


def remarked_in_work_lists() -> Iterator[Raised]:
    """Every problem and warning the reader of work lists can give."""
    text = frozenset({"text"})
    for node in ast.walk(ast.parse((ROOT / "api/imports/worklist_file.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_problem":
            names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            yield from (Raised(code, names) for code in _codes(node.args[0]))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "faults":
            yield from (Raised(code, text) for key in node.value.keys for code in _codes(key))  # type: ignore[attr-defined]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("remarks["):
            yield Raised(ast.literal_eval(node.targets[0].slice), ANY_DETAIL)  # type: ignore[attr-defined]
    for column in NAME_COLUMNS:
        yield Raised(f"{column}.empty", text)


def _words_of_fields(name: str, of: inspect.Type) -> Iterator[str]:
    """Keys of a field's name and of every fixed word it may hold."""
    match of:
        case inspect.Metadata(type=inner):
            yield from _words_of_fields(name, inner)
        case inspect.VarTupleType(item_type=inner):
            yield from _words_of_fields(name.removesuffix("s"), inner)
        case inspect.UnionType(types=types):
            for inner in types:
                yield from _words_of_fields(name, inner)
        case inspect.LiteralType(values=values):
            yield from (f"{name}.{value}" for value in values)
        case inspect.StructType(cls=cls, fields=fields) if cls is not Commitment:
            for field in fields:
                yield f"field.{field.encode_name}"
                yield from _words_of_fields(field.encode_name, field.type)


def faults() -> Iterator[str]:
    """What is wrong with the catalogues, one line each."""
    keys = wanted()
    for locale in LOCALES.values():
        source = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
        catalogue = _read(source)
        words = {message.id: message.string for message in catalogue if isinstance(message.id, str)}
        for key, details in sorted(keys.items()):
            if not words.get(key):
                yield f"{locale}: no words for {key}"
            elif details is not None and (unknown := set(PLACEHOLDER.findall(words[key])) - details):
                yield f"{locale}: {key} names {', '.join(sorted(unknown))}, which is not given with it"
        for message in catalogue:
            if message.fuzzy:
                yield f"{locale}: fuzzy words for {message.id}"
        if _compiled(source) != _words(catalogue):
            yield f"{locale}: messages.mo is stale; run python -m tests.contract.translations --compile"


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _compiled(source: Path) -> dict[str, str]:
    """The words of the .mo file beside a catalogue; its header has dates, which do not matter."""
    target = source.with_suffix(".mo")
    if not target.exists():
        return {}
    with target.open("rb") as file:
        return _words(read_mo(file))


def _words(catalogue: Catalog) -> dict[str, str]:
    """Every text; of one with a plural, which only the library of the command line has, both forms."""
    return {
        "|".join(_forms(message.id)): "|".join(_forms(message.string)) for message in catalogue if message.id
    }


def _forms(text: str | Iterable[str]) -> Iterable[str]:
    return (text,) if isinstance(text, str) else text


def main() -> int:
    """Check, or with `--compile` write the compiled catalogues first."""
    if "--compile" in sys.argv:
        for locale in LOCALES.values():
            source = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
            with source.with_suffix(".mo").open("wb") as target:
                write_mo(target, _read(source))
    found = list(faults())
    print("\n".join(found) or f"{len(wanted())} keys have words in {len(LOCALES)} languages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
