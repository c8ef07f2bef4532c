"""Bad news fits in the ledger: what a rule forbids and happened all the same is recorded, once owned up to.

What already took place stands in irregular_cases.py, for every command; here is also what is still to come.
"""

import inspect
from typing import get_type_hints

import msgspec
import pytest

from ledger.actions.rules import Rules
from ledger.commands import ACTIONS
from ledger.errors import Refused
from ledger.events import Event
from ledger.rules.law import Adoption, Judgement, law_on
from tests.ledger.asked import approve_payment, request_payment
from tests.ledger.correction_words import record_irregularity, set_budget
from tests.ledger.happened import SUMMER, committee_decided, payment_requested
from tests.ledger.irregular_cases import HAPPENED, MAINTENANCE, MARKED, UNJUDGED, WORKING
from tests.ledger.story import given, story, then_recorded, then_refused, when

UNBROKEN = "COM-13"  # a rule that none of these acts can break
AMBER = "COM-20"  # a warning
LAW = law_on(SUMMER, Adoption())

TO_COME = {
    "a payment beyond its decision": (MAINTENANCE, request_payment("lift-3", fen=8_000_01), ("FUND-09",)),
    "a payment beyond the budget": (
        WORKING,
        msgspec.structs.replace(request_payment("budget-2026", fen=1_000_01, fund="working"), head="office"),
        ("COM-18",),
    ),
    "an approval of what the decision does not free": (
        (*MAINTENANCE, payment_requested("half", fen=8_000_01)),
        approve_payment("half"),
        ("FUND-09",),
    ),
    "a budget the committee gives itself": (
        (committee_decided("budget-2026"),),
        set_budget(office=1_00),
        ("COM-18",),
    ),
}


@pytest.fixture(autouse=True)
def _telling(a_story: object) -> None:
    """Every spec here tells a story of its own."""


def owning_up(command, *rules: str):
    return msgspec.structs.replace(command, acknowledge=tuple(rules))


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_what_happened_against_a_rule_is_refused_until_it_is_owned_up_to(facts, command, code, rules):
    given(*facts)
    assert type(command).already_happened
    when(command)
    outcome = story().told()
    assert getattr(outcome, "code", outcome) == code
    assert set(outcome.rules) <= set(rules)
    assert story().nothing_was_recorded()


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_owned_up_to_it_is_recorded_with_the_rules_it_breaks(facts, command, code, rules):
    given(*facts)
    when(owning_up(command, *rules))
    (line,) = then_recorded()
    envelope = story().store.numbered("wutongli", line.number).envelope
    assert envelope.irregularities == rules
    assert envelope.rules


@pytest.mark.parametrize(("facts", "command", "code", "rules"), HAPPENED.values(), ids=HAPPENED)
def test_nobody_owns_up_to_a_rule_that_was_not_broken(facts, command, code, rules):
    given(*facts)
    when(owning_up(command, *rules, UNBROKEN))
    then_refused("acknowledge.nothing-to-acknowledge", acknowledged=[UNBROKEN])


@pytest.mark.parametrize(("facts", "command", "rules"), MARKED.values(), ids=MARKED)
def test_a_lesser_breach_is_recorded_and_marked_with_no_word_of_acknowledgement(facts, command, rules):
    assert {LAW.severity(rule) for rule in rules} == {"violation"}
    given(*facts)
    when(command)
    (line,) = then_recorded()
    envelope = story().store.numbered("wutongli", line.number).envelope
    assert envelope.irregularities == rules


def test_so_is_what_only_calls_for_care():
    assert LAW.severity(AMBER) == "amber"
    for happened in (True, False):
        judge = Judgement(LAW, (), happened=happened)
        judge.require(False, "no.such-refusal", rules=(AMBER,))
        assert judge.of(Event()).irregularities == (AMBER,)
    when(record_irregularity(AMBER))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == (AMBER,)


def test_every_command_about_what_happened_has_its_irregular_case_or_no_law_judges_it():
    told = {type(row[1]).name for row in (*HAPPENED.values(), *MARKED.values())}
    happened = {name for name, action in ACTIONS.items() if action.already_happened}
    assert told | set(UNJUDGED) == happened
    assert not told & set(UNJUDGED)


@pytest.mark.parametrize("name", UNJUDGED)
def test_what_no_law_judges_does_not_even_ask_for_the_law(name):
    decide = inspect.unwrap(ACTIONS[name].decide)
    assert Rules not in get_type_hints(decide, inspect.getmodule(ACTIONS[name]).__dict__).values()


SEVERAL = {name: row for name, row in HAPPENED.items() if len(row[3]) > 1}


@pytest.mark.parametrize(("facts", "command", "code", "rules"), SEVERAL.values(), ids=SEVERAL)
def test_owning_up_to_half_of_it_is_not_enough(facts, command, code, rules):
    given(*facts)
    for rule in rules:
        when(owning_up(command, rule))
        assert isinstance(story().told(), Refused)
        assert story().nothing_was_recorded()


@pytest.mark.parametrize(("facts", "command", "rules"), TO_COME.values(), ids=TO_COME)
def test_the_same_still_to_come_is_refused_whatever_is_owned_up_to(facts, command, rules):
    given(*facts)
    assert not type(command).already_happened
    for asked in (command, owning_up(command, *rules)):
        when(asked)
        outcome = story().told()
        assert getattr(outcome, "rules", None) == rules
        assert story().nothing_was_recorded()


def test_what_is_still_to_come_is_never_among_what_happened():
    to_come = ("request", "approve", "open", "set", "start-top-up", "draft", "publish", "adopt", "assign")
    wrongly = [
        name
        for name, action in ACTIONS.items()
        if action.already_happened and name.startswith(to_come) and name != "publish-repair-plan"
    ]
    assert wrongly == []
