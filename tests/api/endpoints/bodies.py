"""Bodies made from the types of an action: right ones, and every way to spoil them."""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from ledger.commands import Command
from ledger.events import Event
from ledger.fields import AREA_PATTERN, ID_PATTERN, TEXT_PATTERN
from ledger.rules.public_revenue import QUARTER_PATTERN

SHARE_PATTERN = "^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$"
SAMPLES = {
    ID_PATTERN: "lift-3",
    AREA_PATTERN: "91.20",
    TEXT_PATTERN: "电梯维修",
    QUARTER_PATTERN: "2025-q4",
    SHARE_PATTERN: "2/3",
    # of what has happened only
    "^[0-9]{1,6}/[0-9]{1,6}$": "2/3",
    "^[A-Za-z0-9_-]{43}$": "A" * 43,
    "^[a-z]+(-[a-z]+)*(:[a-z0-9-]+)?$": "unit:lift-3",
    "^[!-*,-~]{1,200}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{44}$": "wutongli+0a0b0c0d+" + "A" * 44,
}
DAY = "2026-01-15"


def fields_of(action: type[Command]) -> dict[str, inspect.Field]:
    """The fields of a body by the names they have on the wire."""
    described = inspect.type_info(action)
    assert isinstance(described, inspect.StructType)
    return {field.encode_name: field for field in described.fields}


def body_of(of: type[Command] | type[Event], *, full: bool = False) -> dict[str, Any]:
    """A body whose form is right: the needed fields, or all of them."""
    return _struct(inspect.type_info(of), full)


def ways_of(of: type[Command] | type[Event]) -> Iterator[dict[str, Any]]:
    """Bodies whose form is right: the needed fields alone, with every other one of its own, and with all."""
    needed, full = body_of(of), body_of(of, full=True)
    own = {name: value for name, value in full.items() if name not in Command.__struct_fields__}
    yield needed
    yield from (needed | {name: own[name]} for name in own if name not in needed)
    yield own


def unwrapped(of: inspect.Type) -> inspect.Type:
    """A type without its remarks and without `None`."""
    while True:
        if isinstance(of, inspect.Metadata):
            of = of.type
        elif isinstance(of, inspect.UnionType):
            of = next(kind for kind in of.types if not isinstance(kind, inspect.NoneType))
        else:
            return of


def is_of_several_kinds(of: inspect.Type) -> bool:
    """Whether a field takes values of two kinds, such as a number or words."""
    of = of.type if isinstance(of, inspect.Metadata) else of
    kinds = of.types if isinstance(of, inspect.UnionType) else ()
    return sum(not isinstance(kind, inspect.NoneType) for kind in kinds) > 1


def _struct(of: inspect.Type, full: bool) -> dict[str, Any]:
    assert isinstance(of, inspect.StructType)
    return {field.encode_name: _sample(field.type, full) for field in of.fields if field.required or full}


def _sample(of: inspect.Type, full: bool) -> Any:
    of = unwrapped(of)
    match of:
        case inspect.StrType(pattern=pattern):
            made: Any = SAMPLES.get(pattern) or ("a" * 64 if "64" in (pattern or "") else "FUND-09")
        case inspect.IntType(ge=least):
            made = max(least or 0, 1)
        case inspect.DateType():
            made = DAY
        case inspect.BoolType():
            made = True
        case inspect.LiteralType(values=values):
            made = values[0]
        case inspect.VarTupleType(item_type=item, min_length=fewest):
            made = [_sample(item, full)] * max(fewest or 0, 1 if full else 0)
        case inspect.TupleType(item_types=items):
            made = [_sample(item, full) for item in items]
        case inspect.StructType():
            made = _struct(of, full)
        case _:
            raise AssertionError(f"no sample for {of}")
    return made


def spoiled(action: type[Command], spoilers: dict[type, list[Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(pointer, body): the full body with one field, however deep, replaced by each spoiler of its type."""
    described, body = inspect.type_info(action), body_of(action, full=True)
    for pointer, path, of in _leaves(described, "", ()):
        for kind, values in spoilers.items():
            if isinstance(of, kind):
                for value in values:
                    yield pointer, _with(body, path, value)


def _leaves(
    of: inspect.Type, pointer: str, path: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    if is_of_several_kinds(of):  # what spoils one kind is right for the other
        return
    of = unwrapped(of)
    if path:
        yield pointer, path, of
    if isinstance(of, inspect.StructType):
        for field in of.fields:
            yield from _leaves(field.type, f"{pointer}/{field.encode_name}", (*path, field.encode_name))
    elif isinstance(of, inspect.VarTupleType):
        yield from _leaves(of.item_type, f"{pointer}/0", (*path, 0))


def _with(value: Any, path: tuple[Any, ...], replacement: Any) -> Any:
    if not path:
        return replacement
    first, *rest = path
    if isinstance(value, list):
        return [
            _with(item, tuple(rest), replacement) if index == first else item
            for index, item in enumerate(value)
        ]
    return {
        name: _with(member, tuple(rest), replacement) if name == first else member
        for name, member in value.items()
    }
