"""What every file of an audit pack is, and every column in it, in both languages."""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from string import Template

from msgspec import inspect

from api.documents.statement_words import column_title
from api.languages import has_words, phrase
from ledger.events import KINDS
from ledger.fields import Commitment
from ledger.rules.tables import tables

TEXT = Path(__file__).with_name("audit_pack.md")


def readme(*, kinds: Set[str], used: Set[str], **facts: object) -> str:
    """The README of a pack that holds records of these kinds and statements by these tables."""
    text = Template(TEXT.read_text(encoding="utf-8"))
    return text.substitute(
        facts,
        kinds="\n".join(_kind(kind) for kind in sorted(kinds)),
        members=_rows(
            (f"`{name}`", *_both(f"field.{name}"))
            for name in sorted({name for kind in kinds for name in _members(inspect.type_info(KINDS[kind]))})
        ),
        columns=_rows(_columns(used)) or "| — | — | — | — |",
    )


def _kind(kind: str) -> str:
    members = ", ".join(f"`{field.encode_name}`" for field in _fields(inspect.type_info(KINDS[kind])))
    return f"| `{kind}` | {' | '.join(_both(f'event.{kind}'))} | {members} |"


def _columns(used: Set[str]) -> Iterator[tuple[str, ...]]:
    for name, table in tables().items():
        for section in table.sections if name in used else ():
            for column in table.columns(section):
                titles = (column_title(f"statement.{name}.{section}", column, lang) for lang in ("zh", "en"))
                yield (name, f"`{section}.{column.name}`", *titles)


def _members(of: inspect.Type) -> Iterator[str]:
    """The names of all fields, however deep."""
    match of:
        case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
            yield from _members(inner)
        case inspect.UnionType(types=types):
            for inner in types:
                yield from _members(inner)
        case inspect.StructType(cls=cls) if cls is not Commitment:
            for field in _fields(of):
                yield field.encode_name
                yield from _members(field.type)


def _fields(of: inspect.Type) -> tuple[inspect.Field, ...]:
    return of.fields if isinstance(of, inspect.StructType) else ()


def _both(key: str) -> tuple[str, ...]:
    """The words for a key in both languages, or its name where there are none."""
    return tuple(
        phrase(lang, key) if has_words(lang, key) else key.partition(".")[2] for lang in ("zh", "en")
    )


def _rows(cells: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
