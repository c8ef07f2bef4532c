"""The register of seals: every use with what it rests on; one with nothing is recorded as what it is."""

from datetime import date

import pytest

from tests.ledger.audit_words import KEEPER, OTHER_KEEPER, seal_used, use_seal
from tests.ledger.happened import (
    committee_decided,
    committee_seated,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.revenue_words import irregularities
from tests.ledger.story import (
    given,
    then,
    then_malformed,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)

BEFORE_THE_TOWN_SAID_SO = date(2026, 3, 29)  # COM-15 holds in Shanghai from the day after


def test_a_seal_used_under_a_decision_of_the_committee_stands_in_the_register():
    given(committee_seated(), committee_decided("printer"))
    when(use_seal(decision="printer", keeper=KEEPER, handler=OTHER_KEEPER))
    then(seal_used(decision="printer", keeper=KEEPER, handler=OTHER_KEEPER))
    assert irregularities() == ()


def test_a_seal_used_with_no_decision_is_refused_until_it_is_owned_up_to():
    when(use_seal())
    then_refused("seal.without-decision", rules=("COM-16",), seal="committee")


def test_owned_up_to_it_is_in_the_register_as_what_it_is():
    when(use_seal(acknowledge=("COM-16",)))
    then(seal_used())
    assert irregularities() == ("COM-16",)


@pytest.mark.parametrize(
    "facts",
    [
        (vote_opened("lift-3"),),
        vote_rejected("lift-3", authorises=8_000_00),
        (committee_decided("lift-3", valid=False),),
    ],
    ids=["still open", "rejected", "not valid"],
)
def test_a_decision_that_does_not_stand_is_none(facts):
    given(*facts)
    when(use_seal(decision="lift-3"))
    then_refused("seal.without-decision", rules=("COM-16",))


def test_a_decision_nobody_made_is_a_mistake_and_no_decision():
    when(use_seal(decision="lift-3", acknowledge=("COM-16",)))
    then_refused("decision.unknown", decision="lift-3")


def test_the_seal_of_the_assembly_follows_the_owners_and_not_the_committee():
    given(committee_decided("printer"), *vote_passed("lift-3", authorises=8_000_00))
    when(use_seal("assembly", decision="printer"))
    then_refused("seal.without-decision", rules=("COM-16",), seal="assembly")
    when(use_seal("assembly", decision="lift-3"))
    then_recorded()
    assert irregularities() == ()


@pytest.mark.parametrize("seal", ["assembly", "finance"])
def test_the_rules_of_procedure_let_two_of_the_seals_be_used_without_a_decision(seal):
    when(use_seal(seal, clause="议事规则第二十一条"))
    then_recorded()
    assert irregularities() == ()


def test_but_not_the_seal_of_the_committee():
    when(use_seal("committee", clause="议事规则第二十一条"))
    then_refused("seal.without-decision", rules=("COM-16",))


def test_one_member_keeps_one_seal():
    given(
        committee_seated(),
        committee_decided("printer"),
        seal_used("finance", decision="printer", keeper=KEEPER),
    )
    when(use_seal(decision="printer", keeper=KEEPER))
    then_refused("seal.keeper-of-another", rules=("COM-15",), keeper=KEEPER)
    when(use_seal(decision="printer", keeper=OTHER_KEEPER))
    then_recorded()
    when(use_seal(decision="printer", keeper=KEEPER, acknowledge=("COM-15",)))
    then_recorded()
    assert irregularities() == ("COM-15",)


def test_who_keeps_a_seal_may_use_it_again_and_hand_it_on():
    given(
        committee_seated(),
        committee_decided("printer"),
        seal_used("finance", decision="printer", keeper=KEEPER),
    )
    when(use_seal("finance", decision="printer", keeper=KEEPER))
    then_recorded()
    when(use_seal("finance", decision="printer", keeper=OTHER_KEEPER))
    then_recorded()
    when(use_seal(decision="printer", keeper=KEEPER))
    then_recorded()
    assert irregularities() == ()


def test_before_the_rule_on_keepers_nothing_was_broken():
    given(
        committee_seated(),
        committee_decided("printer"),
        seal_used("finance", decision="printer", keeper=KEEPER),
    )
    when(use_seal(decision="printer", keeper=KEEPER, used_on=BEFORE_THE_TOWN_SAID_SO))
    then_recorded()
    assert irregularities() == ()


@pytest.mark.parametrize("post", ["keeper", "handler"])
def test_only_names_that_are_public_already_are_taken(post):
    given(committee_seated(), committee_decided("printer"))
    when(use_seal(decision="printer", **{post: "张三"}))
    then_refused("seal.not-a-member", name="张三")


def test_when_no_committee_sits_nobody_is_named():
    given(committee_seated(ends_on=date(2026, 6, 29)), committee_decided("printer"))
    when(use_seal(decision="printer", keeper=KEEPER))
    then_refused("seal.not-a-member", name=KEEPER)


def test_no_copy_at_all_is_no_use():
    when(use_seal(copies=0))
    then_malformed("/copies", "field.malformed")


def test_the_firm_does_not_write_in_the_register():
    when(use_seal(), by="the-firm")
    then_not_permitted()
