"""The fast reader that records and the thorough one that explains come to the same verdict."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ledger.actions  # noqa: F401  fills the registry
from api import create_app
from api.schemas import command_of, faults_of, in_nfc, schema_of
from api.settings import Settings
from ledger.asked import _days
from ledger.commands import ACTIONS
from ledger.envelope import canonical
from ledger.errors import Malformed
from ledger.fields import FIRST_DAY, LAST_DAY
from tests.api.endpoints.bodies import _leaves, _with, body_of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [
            "2026-01-15",
            "2026-02-30",
            "1949-10-01",
            "1949-09-30",
            "2199-12-31",
            "2200-01-01",
            "20260115",
            "91.20",
            "91.2",
            "091.20",
            "lift-3",
            "lift-3\n",
            "Lift",
            "a" * 64,
            "a" * 65,
            "字" * 120,
            "字" * 121,
            "字" * 2000,
            "　",
            "e\u0301",
            "\u202e",
            "maintenance",
            "FUND-09",
            "fund-9",
            "b" * 64,
            "B" * 64,
            2**53,
            2**53 - 1,
            0,
            -1,
            1000,
            1001,
            10_000_000,
            10_000_001,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "ref", "from", "to", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A right body of some action with a few of its parts replaced by anything."""
    name = draw(st.sampled_from(sorted(ACTIONS)))
    described = msgspec.inspect.type_info(ACTIONS[name])
    body = body_of(ACTIONS[name], full=draw(st.booleans()))
    places = [path for _, path, _ in _leaves(described, "", ())]
    for path in draw(st.lists(st.sampled_from(places), max_size=3)):
        value = draw(VALUES)
        try:
            body = _with(body, path, value)
        except AttributeError:
            continue  # what stood around this place was replaced before
    return name, body


def is_taken(name: str, body: dict[str, Any]) -> bool:
    """Whether the fast reader and the checks of the ledger behind it take a body."""
    try:
        command = command_of(ACTIONS[name], body)
        canonical(command)
    except Malformed:
        return False
    return all(FIRST_DAY <= day <= LAST_DAY for _, day in _days(command, ""))


@settings(max_examples=600, deadline=None)
@given(bodies())
def test_a_body_is_taken_exactly_when_no_fault_is_found_in_it(asked):
    name, body = asked
    faults = faults_of(ACTIONS[name], body)
    assert is_taken(name, body) == (not faults), faults


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    app = create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path_factory.mktemp('books')}",
            secret_key="a secret of the tests, long enough",
        )
    )
    rows = app.test_client().get("/api/v1/actions").get_json()["actions"]
    yield {row["name"]: jsonschema_rs.validator_for(row["schema"], validate_formats=True) for row in rows}
    app.extensions["mingzhang"].close()


@settings(max_examples=600, deadline=None)
@given(bodies())
def test_the_published_schema_takes_what_is_taken_and_refuses_what_is_refused(published, asked):
    name, body = asked
    valid = published[name].is_valid(in_nfc(body))
    # JSON Schema calls 5.0 an integer
    assert valid == (not faults_of(ACTIONS[name], body)) or _has_whole_float(body), body


def _has_whole_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_whole_float, value.values()))
    if isinstance(value, list):
        return any(map(_has_whole_float, value))
    return isinstance(value, float) and value.is_integer()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", ACTIONS)
def test_a_right_body_of_every_action_is_taken(name, full):
    assert faults_of(ACTIONS[name], body_of(ACTIONS[name], full=full)) == ()
    assert is_taken(name, body_of(ACTIONS[name], full=full))


def test_a_schema_is_made_once_and_called_after_its_struct():
    assert schema_of(ACTIONS["open-fund"]) is schema_of(ACTIONS["open-fund"])
    assert schema_of(ACTIONS["open-fund"]).__name__ == "OpenFundSchema"


def test_a_hostile_text_is_read_once():
    text = " " * 1999 + "\u0000"
    assert faults_of(ACTIONS["reverse-entry"], {"number": 1, "reason": text})[0][1] == "text.hidden-character"
