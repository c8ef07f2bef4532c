"""A rule was broken outside the books: recorded as what it is, and cleared by somebody else."""

from datetime import date

import msgspec
import pytest

from ledger.actions.irregularity import RecordIrregularity
from tests.ledger.correction_words import (
    HOW,
    SEALED,
    irregularity_recorded,
    irregularity_resolved,
    last_number,
    record_irregularity,
    resolve_irregularity,
)
from tests.ledger.happened import SPRING, committee_decided
from tests.ledger.story import given, story, then, then_not_permitted, then_recorded, then_refused, when


def irregular(*rules: str) -> int:
    """Somebody recorded a broken rule; the number of the record."""
    when(record_irregularity(*rules), by="the-auditor")
    (line,) = then_recorded()
    return line.number


@pytest.mark.parametrize(
    "role", ["secretary", "treasurer", "member", "chair", "auditor", "neighbourhood", "street"]
)
def test_a_seal_used_with_no_resolution_is_recorded_with_the_rule_it_breaks(role):
    when(record_irregularity("COM-16"), by=f"the-{role}")
    then(irregularity_recorded("COM-16"))
    envelope = story().store.numbered("wutongli", last_number()).envelope
    assert envelope.irregularities == ("COM-16",)
    assert envelope.occurred_on == SPRING
    assert any(edition.startswith("cn-31/") for edition in envelope.rules)


def test_the_firm_does_not_write_of_broken_rules():
    when(record_irregularity("COM-16"), by="the-firm")
    then_not_permitted()


def test_several_rules_are_named_in_their_order():
    when(record_irregularity("COM-16", "COM-18"))
    then_recorded()
    envelope = story().store.numbered("wutongli", last_number()).envelope
    assert envelope.irregularities == ("COM-16", "COM-18")


def test_a_rule_is_named_once():
    when(record_irregularity("COM-16", "COM-16"))
    then_refused("irregularity.rule-twice")


def test_a_rule_nobody_made_cannot_be_broken():
    when(record_irregularity("ZZ-99"))
    then_refused("irregularity.rule-not-in-force", rules=["ZZ-99"], day=SPRING)


def test_a_rule_cannot_be_broken_before_it_was_in_force():
    before = RecordIrregularity(what="公示晚了", broken=("REV-13",), on=date(2010, 1, 1), text=SEALED)
    when(before)
    then_refused("irregularity.rule-not-in-force", rules=["REV-13"], day=date(2010, 1, 1))


def test_it_points_at_the_records_it_is_about():
    given(committee_decided("printer"))
    number = last_number()
    when(record_irregularity("COM-16", refs=(number,)))
    then(irregularity_recorded("COM-16", refs=(number,)))


def test_it_points_at_no_record_that_is_not_there():
    when(record_irregularity("COM-16", refs=(4_711,)))
    then_refused("irregularity.record-unknown", number=4_711)


def test_the_same_rules_may_be_acknowledged_too_and_others_not():
    when(record_irregularity("COM-16", acknowledge=("COM-16",)))
    then_recorded()
    when(record_irregularity("COM-16", acknowledge=("COM-18",)))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=["COM-18"])


# -- resolved ----------------------------------------------------------------------------------------------


def test_somebody_else_says_how_it_was_put_right():
    number = irregular("COM-16")
    when(resolve_irregularity(number), by="the-chair")
    then(irregularity_resolved(number))
    assert story().store.numbered("wutongli", last_number()).data.how == HOW


def test_who_recorded_it_does_not_clear_it():
    number = irregular("COM-16")
    when(resolve_irregularity(number), by="the-auditor")
    then_refused("irregularity.own-record", number=number)


def test_it_is_cleared_once_and_the_refusal_names_the_record_that_did():
    number = irregular("COM-16")
    when(resolve_irregularity(number), by="the-chair")
    then(irregularity_resolved(number))
    cleared = last_number()
    when(resolve_irregularity(number), by="the-street")
    then_refused("irregularity.already-resolved", number=number, resolved_by=cleared)


def test_nothing_is_put_right_before_it_happened():
    number = irregular("COM-16")
    when(msgspec.structs.replace(resolve_irregularity(number), occurred_on=date(2026, 3, 19)), by="the-chair")
    then_refused("irregularity.not-yet-happened", occurred_on=SPRING)
    when(msgspec.structs.replace(resolve_irregularity(number), occurred_on=SPRING), by="the-chair")
    then_recorded()


def test_what_broke_no_rule_is_not_to_be_cleared():
    given(committee_decided("printer"))
    when(resolve_irregularity(last_number()), by="the-chair")
    then_refused("irregularity.unknown", number=last_number())


def test_a_record_that_is_not_there_is_not_to_be_cleared():
    when(resolve_irregularity(4_711), by="the-chair")
    then_refused("irregularity.unknown", number=4_711)


def test_how_it_was_put_right_points_at_records_that_are_there():
    number = irregular("COM-16")
    given(committee_decided("printer"))
    when(resolve_irregularity(number, refs=(number + 9,)), by="the-chair")
    then_refused("irregularity.record-unknown", number=number + 9)
    when(resolve_irregularity(number, refs=(last_number(),)), by="the-chair")
    then(irregularity_resolved(number, refs=(number + 1,)))
