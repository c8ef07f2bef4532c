"""What is stored is of types that leave nothing but text to doubt: no float, no number out of bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from ledger.commands import ACTIONS
from ledger.events import KINDS, Envelope, Event
from ledger.fields import SAFE_INTEGER

OF_THE_LEDGER = {kind: event for kind, event in KINDS.items() if event.__module__.startswith("ledger.")}
SOUND = (
    inspect.StrType, inspect.BoolType, inspect.DateType, inspect.LiteralType, inspect.NoneType,
    inspect.IntType,
)  # fmt: skip
# `money.postings` lets no larger number into these; the last is made of what stood in a stored event
CHECKED_WHERE_BUILT = ("/postings", "/entries", "/restores")


def leaves(of: inspect.Type, path: str, seen: frozenset[type]) -> Iterator[tuple[str, inspect.Type]]:
    match of:
        case inspect.Metadata(type=inner):
            yield from leaves(inner, path, seen)
        case inspect.UnionType(types=kinds) | inspect.TupleType(item_types=kinds):
            for kind in kinds:
                yield from leaves(kind, path, seen)
        case inspect.VarTupleType(item_type=item):
            yield from leaves(item, path, seen)
        case inspect.StructType(cls=part, fields=fields) if part not in seen:
            for field in fields:
                yield from leaves(field.type, f"{path}/{field.encode_name}", seen | {part})
        case inspect.StructType():
            return
        case _:
            yield path, of


def unsound(described: Any) -> list[str]:
    return [
        f"{path}: {kind}"
        for path, kind in leaves(inspect.type_info(described), "", frozenset())
        if not isinstance(kind, SOUND) or (isinstance(kind, inspect.IntType) and not is_bounded(path, kind))
    ]


def is_bounded(path: str, kind: inspect.IntType) -> bool:
    if path.endswith(CHECKED_WHERE_BUILT):
        return True
    return None not in (kind.ge, kind.le) and kind.ge >= -SAFE_INTEGER and kind.le <= SAFE_INTEGER


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_field_of_an_action_is_of_a_sound_type(action):
    assert unsound(action) == []


@pytest.mark.parametrize("event", OF_THE_LEDGER.values(), ids=OF_THE_LEDGER)
def test_every_field_of_an_event_is_of_a_sound_type(event):
    assert unsound(event) == []


def test_the_envelope_is_of_sound_types():
    assert unsound(Envelope[Event]) == []
