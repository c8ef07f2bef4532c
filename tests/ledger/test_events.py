"""What can have happened: a closed registry of kinds, and stored entries that are read for thirty years."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

import ledger.actions  # noqa: F401  registers every kind
from ledger import events
from ledger.envelope import canonical
from ledger.errors import NewerSchema, StoreDamaged, UnknownKind
from ledger.events import KINDS, By, Envelope, Event, Recorded, Source, decode, public_profile
from ledger.fields import Commitment, Fen, Id, Line
from ledger.money import accounts
from tests.ledger.generated import fields_of, values_of

DIGEST = Commitment("X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0")
KIND_NAMES = sorted(KINDS)
SPRING = date(2026, 3, 20)
few = settings(max_examples=15)  # of each of the many kinds


def enveloped(event: Event, **of: object) -> Envelope[Event]:
    fields = {
        "by": By(role="treasurer", who=DIGEST),
        "data": event,
        "id": "019a9f5e-7c1e-7b3a-9f0e-3a1d2c4b5e6f",
        "kind": event.kind,
        "ledger": "wutongli",
        "occurred_on": SPRING,
        "recorded_at": "2026-11-20T09:46:18.437Z",
        "schema": event.schema,
        "source": Source(via="api"),
        "v": 1,
        "tags": tuple(sorted(set(event.tags()))),
        **of,
    }
    return Envelope(**fields)


@pytest.fixture
def open_registry() -> Iterator[None]:
    """Kinds defined in a spec are forgotten after it."""
    kinds, decoders = dict(events.KINDS), dict(events._DECODERS)
    yield
    for registry, kept in ((events.KINDS, kinds), (events._DECODERS, decoders)):
        registry.clear()
        registry.update(kept)


# -- the registry ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_kind_is_a_noun_and_a_participle(kind):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+", kind)
    assert KINDS[kind].kind == kind
    assert KINDS[kind].__doc__


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_kind_has_a_schema_number_and_an_upcast_from_every_one_before(kind):
    event = KINDS[kind]
    assert event.schema >= 1
    assert sorted(event.upcasts) == list(range(1, event.schema))


def test_a_kind_is_taken_once(open_registry):
    with pytest.raises(StoreDamaged, match=r"events\.kind-taken"):

        class FundOpenedAgain(Event, frozen=True, kw_only=True):
            kind: ClassVar[str] = "fund.opened"

    assert KINDS["fund.opened"].__name__ == "FundOpened"


def test_a_kind_of_a_higher_schema_must_be_able_to_read_the_lower(open_registry):
    with pytest.raises(StoreDamaged, match=r"events\.upcast-missing"):

        class PledgeMade(Event, frozen=True, kw_only=True):
            kind: ClassVar[str] = "pledge.made"
            schema: ClassVar[int] = 3
            upcasts: ClassVar = {1: dict}


# -- what was stored stays readable ----------------------------------------------------------------


@pytest.mark.parametrize("kind", KIND_NAMES)
@few
@given(data=st.data())
def test_what_is_stored_decodes_to_what_was_encoded(kind, data):
    event = data.draw(values_of(KINDS[kind]))
    envelope = enveloped(event, note="见附件。")
    assert decode(kind, canonical(envelope)) == envelope


@pytest.fixture
def pledges(open_registry) -> type[Event]:
    """A kind that has changed twice: yuan became fen, then a pledge got a name."""

    class PledgeMade(Event, frozen=True, kw_only=True):
        kind: ClassVar[str] = "pledge.made"
        schema: ClassVar[int] = 3
        upcasts: ClassVar = {
            1: lambda old: {"amount_fen": old["amount_yuan"] * 100, "by": old["by"]},
            2: lambda old: {**old, "pledge": "unnamed"},
        }

        pledge: Id
        amount_fen: Fen
        by: Line

    return PledgeMade


def pledge_entry(schema, **fields):
    raw = msgspec.to_builtins(enveloped(KINDS["pledge.made"](pledge="x", amount_fen=1, by="x")))
    return canonical({**raw, "schema": schema, "data": fields})


def test_an_entry_of_schema_1_goes_through_both_upcasts(pledges):
    read = decode("pledge.made", pledge_entry(1, amount_yuan=70, by="李家")).data
    assert read == pledges(pledge="unnamed", amount_fen=70_00, by="李家")


def test_an_entry_of_schema_2_goes_through_the_last(pledges):
    read = decode("pledge.made", pledge_entry(2, amount_fen=70_00, by="李家")).data
    assert read == pledges(pledge="unnamed", amount_fen=70_00, by="李家")


def test_an_entry_of_this_schema_goes_through_none(pledges):
    read = decode("pledge.made", pledge_entry(3, amount_fen=70_00, by="李家", pledge="lift")).data
    assert read == pledges(pledge="lift", amount_fen=70_00, by="李家")


def test_an_upcast_entry_says_the_schema_it_has_now(pledges):
    assert decode("pledge.made", pledge_entry(1, amount_yuan=70, by="李家")).schema == 3


@pytest.mark.parametrize(
    "fields", [{"pledge": "lift", "amount_fen": 1, "by": "李家"}, {"in": "a shape to come"}]
)
def test_an_entry_of_a_newer_schema_stops_loudly(pledges, fields):
    with pytest.raises(NewerSchema) as stopped:
        decode("pledge.made", pledge_entry(4, **fields))
    assert stopped.value.details == {"kind": "pledge.made", "schema": 4, "known": 3}


@pytest.mark.parametrize("schema", [0, -1])
def test_an_entry_of_no_schema_there_ever_was_is_damaged(pledges, schema):
    with pytest.raises(StoreDamaged):
        decode("pledge.made", pledge_entry(schema, amount_fen=1, by="李家"))


def test_an_entry_its_upcast_does_not_fit_is_damaged(pledges):
    with pytest.raises(StoreDamaged):
        decode("pledge.made", pledge_entry(1, amount_fen=1, by="李家"))


def test_an_old_entry_of_another_kind_is_damage(pledges):
    raw = msgspec.json.decode(pledge_entry(1, amount_yuan=70, by="李家"))
    with pytest.raises(StoreDamaged, match=r"store\.kind-differs"):
        decode("pledge.made", canonical({**raw, "kind": "pledge.kept"}))


def test_an_unknown_kind_stops_loudly():
    with pytest.raises(UnknownKind) as stopped:
        decode("pledge.made", b"{}")
    assert stopped.value.details == {"kind": "pledge.made"}


@pytest.mark.parametrize(
    "entry", [b"", b"{", b"{}", b"[]", b"null", b"\xff", b'{"schema":1}', b'{"schema":"x","data":{}}']
)
def test_bytes_that_are_no_entry_are_damage(entry):
    with pytest.raises(StoreDamaged):
        decode("fund.opened", entry)


def test_an_entry_of_another_kind_of_the_same_shape_is_damage():
    deposit = KINDS["fund-deposit.recorded"](fund="working", amount_fen=1, received_on=SPRING)
    with pytest.raises(StoreDamaged, match=r"store\.kind-differs"):
        decode("fund-interest.recorded", canonical(enveloped(deposit)))


def test_an_entry_with_one_member_too_many_is_damage():
    deposit = KINDS["fund-deposit.recorded"](fund="working", amount_fen=1, received_on=SPRING)
    raw = json.loads(canonical(enveloped(deposit)))
    for place in (raw, raw["data"], raw["by"]):
        place["slipped_in"] = 1
        with pytest.raises(StoreDamaged):
            decode("fund-deposit.recorded", canonical(raw))
        del place["slipped_in"]
    assert decode("fund-deposit.recorded", canonical(raw)).data == deposit


def test_a_recorded_event_knows_its_ledger_and_day():
    deposit = KINDS["fund-deposit.recorded"](fund="working", amount_fen=1, received_on=SPRING)
    recorded = Recorded(9, 4, enveloped(deposit))
    assert (recorded.data, recorded.ledger, recorded.occurred_on) == (deposit, "wutongli", SPRING)


# -- money -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(KIND_NAMES) - {"entry.reversed"}))
@few
@given(data=st.data())
def test_postings_of_every_event_cancel_and_limits_follow_them(kind, data):
    event = data.draw(values_of(KINDS[kind]))
    assert sum(fen for _, fen in event.postings()) == 0
    banks = {account: fen for account, fen in event.postings() if accounts.fund_of_bank(account)}
    assert {name: fen for name, fen in event.limits().items() if name.startswith("bank/")} == banks
    # a standing authorisation counts by its cases: the second slash keeps it apart from every decision
    counters = r"(bank|available|remaining)/[a-z0-9-]+|remaining/authority/[a-z0-9-]+/[a-z-]+"
    assert all(re.fullmatch(counters, name) for name in event.limits())


# -- persons ---------------------------------------------------------------------------------------


def withheld_paths(kind: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    """Where commitments stand in a kind, read off its types."""
    for name, field in fields_of(kind).items():
        for info in parts_of(field.type):
            if isinstance(info, inspect.StructType):
                if issubclass(info.cls, Commitment):
                    yield f"{path}{name}"
                else:
                    yield from withheld_paths(info.cls, f"{path}{name}/")


def parts_of(info):
    if isinstance(info, inspect.UnionType):
        for part in info.types:
            yield from parts_of(part)
    elif isinstance(info, inspect.VarTupleType):
        yield from parts_of(info.item_type)
    else:
        yield info


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_the_public_profile_names_exactly_the_fields_that_may_be_withheld(kind):
    assert sorted(withheld_paths(KINDS[kind])) == sorted(KINDS[kind].withheld)


def test_the_public_profile_is_canonical_and_knows_every_kind():
    profile = public_profile()
    assert canonical(json.loads(profile)) == profile
    assert json.loads(profile)["role.granted"] == ["account"]
    assert json.loads(profile)["fund-payment.recorded"] == ["payee_name"]
    assert json.loads(profile)["fund-interest.recorded"] == []
    assert set(json.loads(profile)) == set(KINDS)


@pytest.mark.parametrize("kind", KIND_NAMES)
@few
@given(data=st.data())
def test_tags_are_made_of_ids_and_never_of_a_person(kind, data):
    event = data.draw(values_of(KINDS[kind]))
    assert event.tags(), "an event without a tag is in no slice"
    for tag in event.tags():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*(:[a-z0-9-]+)?", tag), tag
    digests = re.findall(rb'"_sd":"([^"]+)"', canonical(event))
    assert not [tag for tag in event.tags() for digest in digests if digest.decode() in tag]
