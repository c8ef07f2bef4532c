"""What was stored once is read for thirty years: no stored shape changes without a higher schema number."""

import copy

import pytest

from tests.contract.events import ENVELOPE, FILE, broken, kept, shapes, text_of


def test_every_stored_shape_is_the_one_that_was_agreed():
    advice = broken(kept(), shapes())
    assert not advice, "\n\n".join(advice)
    assert text_of(shapes()) == FILE.read_text(encoding="utf-8"), "run: python -m tests.contract.events"


@pytest.fixture
def later():
    return copy.deepcopy(kept())


def test_a_changed_field_without_a_higher_schema_number_is_found(later):
    later["kinds"]["fund.opened"]["fields"]["opening_fen"] = "integer 0..1"
    (advice,) = broken(kept(), later)
    assert "Give fund.opened schema 2" in advice


@pytest.mark.parametrize("change", ["renamed", "added", "dropped", "no longer withheld", "other default"])
def test_every_way_to_change_a_shape_is_found(later, change):
    granted = later["kinds"]["role.granted"]
    if change == "renamed":
        granted["fields"]["holder"] = granted["fields"].pop("account")
    elif change == "added":
        granted["fields"]["reason"] = "text 1..120"
    elif change == "dropped":
        del granted["fields"]["role"]
    elif change == "no longer withheld":
        granted["withheld"] = []
    else:
        granted["fields"]["to"] = 'day; left out means "2030-12-31"'
    assert len(broken(kept(), later)) == 1


def test_a_changed_field_with_a_higher_schema_number_is_no_breach(later):
    later["kinds"]["fund.opened"]["fields"]["opening_fen"] = "integer 0..1"
    later["kinds"]["fund.opened"]["schema"] = 2
    assert broken(kept(), later) == []


def test_a_kind_that_is_gone_is_found(later):
    del later["kinds"]["fund.opened"]
    (advice,) = broken(kept(), later)
    assert "never removed or renamed" in advice


def test_a_new_kind_is_no_breach(later):
    later["kinds"]["pledge.made"] = {"schema": 1, "withheld": [], "fields": {}}
    assert broken(kept(), later) == []


def test_the_envelope_is_a_stored_shape_too(later):
    later["kinds"][ENVELOPE]["fields"]["by"]["role"] = "integer"
    assert len(broken(kept(), later)) == 1


def test_a_changed_pattern_is_found(later):
    later["patterns"]["id"] = "^[a-z]+$"
    assert len(broken(kept(), later)) == 1
