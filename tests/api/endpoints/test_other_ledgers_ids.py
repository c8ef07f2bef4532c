"""What only another ledger of the store has is as unknown here as what nobody has, whatever is asked."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec
import pytest

import ledger.actions  # noqa: F401  fills the registries
from ledger.asked import Asked
from ledger.commands import ACTIONS
from ledger.events import KINDS
from ledger.fields import Commitment, Part, Personal
from tests.api.endpoints.bodies import ways_of
from tests.api.endpoints.installation import GRANTABLE, LEDGER, OPENING, OTHER_LEDGER, TODAY, Installation
from tests.ledger.story import Happened

every_action = pytest.mark.parametrize("action", ACTIONS)
YOUNGEST = "guihuali"
WITH_A_PAST = {
    "erase-subject": {"of": "unit", "subject": "lift-3"},
    "draft-disclosure": {"table": "T1", "period": {"from": "2026-07-01", "to": "2026-09-30"}},
}
NUMBERED = {"number", "refs", "records"}
# no law is made of a pack called lift-3, and no statement is composed of a past that cannot be
LEFT_OUT = {"rules.adopted", "disclosure.approved", "disclosure.published"}
# what these name, if anything, is of no one ledger: ledgers, accounts, packs, funds, quarters
NAME_NOTHING_OF_A_LEDGER = {
    "open-ledger", "grant-role", "adopt-rules", "open-fund", "reconcile-bank", "record-suspense-entry",
    "record-net-revenue-moved", "record-meeting",
}  # fmt: skip


@pytest.fixture(scope="module")
def alone(second: Installation) -> Installation:
    """Three ledgers in which nothing has happened yet."""
    return begun(second)


@pytest.fixture(scope="module")
def beside(shared: Installation) -> Installation:
    """The same, but in the first of them everything has happened, and to `lift-3`."""
    begun(shared)
    for kind, event in KINDS.items():
        if event.__module__.startswith("ledger.") and kind not in LEFT_OUT:
            for told in ways_of(event):
                happened = Happened(event=with_persons(msgspec.convert(told, event)))
                shared.services.ledger.record(Asked(LEDGER, happened, "treasurer", TODAY))
    for role in GRANTABLE:  # some of it took roles away
        shared.grant(role, role)
    for action in ("record-irregularity", "record-posting"):  # what these are about no sample can say
        for body in bodies_of(action, [1]):
            answer(shared, action, body, ledger=LEDGER, query="")
    return shared


@pytest.fixture(scope="module")
def numbers(beside: Installation) -> list[int]:
    """The newest record of every kind in the first ledger; the second has none of these numbers."""
    newest = {row.kind: row.number for row in beside.services.store.history(LEDGER)}
    assert min(newest.values()) >= beside.services.store.length(OTHER_LEDGER)
    return list(newest.values())


def begun(here: Installation) -> Installation:
    here.open(YOUNGEST, "桂花里")
    for where, role in product((LEDGER, OTHER_LEDGER, YOUNGEST), GRANTABLE):
        here.grant(role, role, ledger=where)
    for where, fund in product((LEDGER, OTHER_LEDGER), ("maintenance", "public-revenue", "working")):
        assert here.ask("open-fund", {"fund": fund, **OPENING}, ledger=where).status_code == 201
    return here


def with_persons(value: Any, name: str = "") -> Any:
    """The same with a person wherever a digest stands."""
    if isinstance(value, Commitment):
        return Personal.of("lift-3" if name == "account" else "unit/lift-3", "lift-3")
    if isinstance(value, tuple):
        return tuple(with_persons(item, name) for item in value)
    if isinstance(value, Part):
        fields = {member: with_persons(getattr(value, member), member) for member in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    return value


def bodies_of(action: str, numbers: list[int]) -> Iterator[dict[str, Any]]:
    for way in ways_of(ACTIONS[action]):
        body = way | WITH_A_PAST.get(action, {})
        named = NUMBERED & set(body)
        for number in numbers if named else [0]:
            yield body | {name: number if name == "number" else [number] for name in named}


def answer(
    here: Installation, action: str, body: object, *, ledger: str = OTHER_LEDGER, query: str = "?dry_run=true"
) -> tuple[int, dict[str, Any]]:
    """What somebody who may do it is told, but for what is new every time, and the address."""
    *_, role = (role for role in ACTIONS[action].roles if role != "operator")
    answered = here.ask(action, body, by=role, ledger=ledger, query=query)
    assert answered.status_code < 500, answered.text
    told = answered.get_json() | {"position": None, "instance": None}
    told["events"] = [event["kind"] for event in told.get("events", ())]
    return answered.status_code, told


@every_action
def test_what_only_another_ledger_has_is_as_unknown_as_what_nobody_has(
    beside: Installation, alone: Installation, numbers: list[int], action: str
) -> None:
    head = beside.head()
    for body in bodies_of(action, numbers):
        assert answer(beside, action, body) == answer(alone, action, body), body
    assert beside.head() == head


@every_action
def test_the_ledger_that_has_it_answers_otherwise(
    beside: Installation, alone: Installation, numbers: list[int], action: str
) -> None:
    """Else the spec above could not fail."""
    bodies = bodies_of(action, numbers)
    known = any(answer(beside, action, body, ledger=LEDGER) != answer(alone, action, body) for body in bodies)
    assert known == (action not in NAME_NOTHING_OF_A_LEDGER)


def test_a_ledger_lives_as_if_it_were_the_only_one(beside: Installation, alone: Installation) -> None:
    asked = [(action, body) for action in ACTIONS for body in bodies_of(action, [1])]
    length = beside.services.store.length(LEDGER)
    lives = [[answer(here, *one, ledger=YOUNGEST, query="") for one in asked] for here in (beside, alone)]
    assert lives[0] == lives[1]
    assert sum(status == 201 for status, _ in lives[0]) > 50
    assert beside.services.store.length(LEDGER) == length
