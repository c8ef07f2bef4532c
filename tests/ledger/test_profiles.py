"""Privacy is no way to hide a payment: what the profile of a kind says is plain, no record may withhold."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from ledger.envelope import canonical, parse
from ledger.errors import StoreDamaged
from ledger.events import KINDS, Attachment, Event, decode, public_profile
from ledger.fields import Commitment
from tests.ledger.generated import values_of

OURS = sorted(kind for kind in KINDS if not kind.startswith("test"))
HIDDEN = {"_sd": "A" * 43}


def withheld_by_type(of: Any, path: str = "") -> Iterator[str]:
    """Every path at which a type lets a commitment stand; places in a list have no name."""
    match of:
        case inspect.StructType(cls=cls, fields=fields):
            if issubclass(cls, Commitment):
                yield path
                return
            for field in fields:
                yield from withheld_by_type(field.type, f"{path}/{field.encode_name}".lstrip("/"))
        case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
            yield from withheld_by_type(inner, path)
        case inspect.UnionType(types=kinds) | inspect.TupleType(item_types=kinds):
            for inner in kinds:
                yield from withheld_by_type(inner, path)


@pytest.mark.parametrize("kind", OURS)
def test_what_a_kind_can_withhold_is_what_its_profile_says(kind: str):
    assert set(withheld_by_type(inspect.type_info(KINDS[kind]))) == KINDS[kind].withheld


def test_the_published_profile_lists_every_kind():
    assert {kind: fields for kind, fields in parse(public_profile()).items() if kind in OURS} == {
        kind: sorted(KINDS[kind].withheld) for kind in OURS
    }


def entry_of(event: Event) -> dict[str, Any]:
    data = parse(canonical(event))
    return {
        "by": {"role": "secretary", "who": HIDDEN}, "data": data, "id": "an-id", "kind": event.kind,
        "ledger": "wutongli", "occurred_on": "2026-11-20", "recorded_at": "2026-11-20T01:46:18.437Z",
        "schema": event.schema, "source": {"via": "api"}, "v": 1,
    }  # fmt: skip


def plain_places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in parsed data that is not withheld, nor inside what is."""
    if isinstance(value, dict) and set(value) == {"_sd"}:
        return
    if place:
        yield place
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield from plain_places(member, (*place, name))


def hidden_at(entry: dict[str, Any], place: tuple[Any, ...]) -> dict[str, Any]:
    changed = parse(canonical(entry))
    holder = changed["data"]
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = HIDDEN
    return changed


@pytest.mark.parametrize("kind", OURS)
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_record_that_hides_a_plain_field_is_refused_wherever_it_is(kind: str, data: st.DataObject):
    entry = entry_of(data.draw(values_of(KINDS[kind])))
    assert decode(kind, canonical(entry)).kind == kind
    for place in plain_places(entry["data"]):
        path = "/".join(name for name in place if isinstance(name, str))
        if path in KINDS[kind].withheld and not isinstance(place[-1], str):
            continue
        with pytest.raises(StoreDamaged):
            decode(kind, canonical(hidden_at(entry, place)))


@pytest.mark.parametrize("member", ["kind", "ledger", "occurred_on", "postings", "tags", "note", "rules"])
def test_nothing_of_the_envelope_but_its_author_can_be_withheld(member: str):
    entry = entry_of(KINDS["building.registered"](building="3", name="3号楼"))  # type: ignore[call-arg]
    with pytest.raises(StoreDamaged):
        decode("building.registered", canonical(entry | {member: HIDDEN}))


@pytest.mark.parametrize("hides", ["name", "sha256"])
def test_a_public_file_hides_neither_name_nor_digest(hides: str):
    shown = {"name": "发票.pdf", "sha256": "a" * 64, "size": 1, "tier": "public", "type": "application/pdf"}
    with pytest.raises(ValueError, match=r"attachment\.not-as-its-tier"):
        Attachment(**(shown | {hides: Commitment("A" * 43)}))
