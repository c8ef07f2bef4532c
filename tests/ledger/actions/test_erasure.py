"""Erasing personal data: who may, when ballots are only locked away, and what stands in the open about it."""

from datetime import date

import pytest

from ledger.actions.erasure import PersonalDataErased
from ledger.actions.role import Roles
from ledger.actors import RoleRevoked
from ledger.fields import Personal
from tests.ledger.happened import role_granted
from tests.ledger.secret_words import LAST_SPRING, YEARS_AGO, erase, erased, restricted, voted
from tests.ledger.story import (
    TODAY,
    Fact,
    account_of,
    given,
    state_of,
    story,
    then,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)
from tests.ledger.vote_words import delivered, register_of, unit

NEXT_SPRING = date(2027, 3, 20)


@pytest.fixture(autouse=True)
def told(a_story):
    """Every spec here tells a story."""


# -- what may go -----------------------------------------------------------------------------------


def test_an_owner_is_erased_and_the_record_names_nobody():
    given(*register_of(unit("3-101", owner="张三丰 0417")))
    when(erase("张三丰 0417", "owner"))
    (line,) = then_recorded()
    (row,) = story().store.rows(line.position - 1, 1)
    assert "张三丰".encode() not in row.entry
    assert b'"values":1' in row.entry
    assert story().vault.key("wutongli/owner/张三丰 0417") is None


def test_erasing_somebody_twice_finds_nothing_the_second_time():
    given(*register_of(unit("3-101", owner="lin")))
    when(erase("lin", "owner"))
    then_recorded()
    when(erase("lin", "owner"))
    then_refused("erasure.nothing-kept", of="owner")


def test_of_whom_nothing_is_kept_nothing_is_erased():
    when(erase("3-999"))
    then_refused("erasure.nothing-kept", of="unit")


def test_a_rehearsed_erasure_erases_nothing():
    given(*register_of(unit("3-101", owner="lin")))
    when(erase("lin", "owner"), dry_run=True)
    assert then_recorded() == ()
    assert story().vault.key("wutongli/owner/lin") is not None


def test_a_note_would_stand_in_the_open_for_good():
    given(*register_of(unit("3-101", owner="lin")))
    when(erase("lin", "owner", note="林女士来信要求"))
    then_refused("erasure.note-is-public")


@pytest.mark.parametrize("role", ["secretary", "chair", "neighbourhood"])
def test_secretary_chair_and_neighbourhood_may(role):
    given(*register_of(unit("3-101", owner="lin")))
    when(erase("lin", "owner"), by=account_of(role))
    then_recorded()


@pytest.mark.parametrize("role", ["treasurer", "member", "firm", "auditor", "street"])
def test_nobody_else_may(role):
    given(*register_of(unit("3-101", owner="lin")))
    when(erase("lin", "owner"), by=account_of(role))
    then_not_permitted()


# -- ballots (VOTE-24, PIPL 47(2)) -----------------------------------------------------------------


def test_ballots_of_a_vote_nobody_can_contest_any_more_go():
    given(*voted("lift-3", "u-1", closed_on=YEARS_AGO))
    when(erase("u-1"))
    then_recorded()
    assert story().vault.key("wutongli/unit/u-1") is None


def test_ballots_are_locked_away_for_a_year_after_the_vote_was_closed():
    given(*voted("lift-3", "u-1", closed_on=LAST_SPRING))
    when(erase("u-1"))
    then(restricted("u-1", NEXT_SPRING))
    assert story().vault.is_restricted("wutongli/unit/u-1")
    assert not story().vault.is_restricted("wutongli/unit/u-2")


def test_asked_again_within_the_year_it_says_until_when_and_after_it_they_go():
    given(*voted("lift-3", "u-1", closed_on=LAST_SPRING))
    when(erase("u-1"))
    then_recorded()
    when(erase("u-1"), on=NEXT_SPRING)
    then_refused("erasure.restricted", rules=["VOTE-24"], until=NEXT_SPRING)
    when(erase("u-1"), on=date(2027, 3, 21))
    assert [line.kind for line in then_recorded()] == [PersonalDataErased.kind]
    assert story().vault.key("wutongli/unit/u-1") is None


def test_while_a_vote_goes_on_its_ballots_stay_and_are_counted():
    given(*voted("lift-3", "u-1", closed_on=None))
    when(erase("u-1"))
    then(restricted("u-1", None))
    when(erase("u-1"))
    then_refused("erasure.restricted", rules=["VOTE-24"], until=None)
    commitment = next(iter(story().vault.commitments("wutongli/unit/u-1")))
    assert story().vault.values([commitment])
    assert story().vault.values([commitment], restricted=False) == {}


def test_the_newest_vote_decides_how_long():
    given(*voted("lift-3", "u-1", closed_on=YEARS_AGO))
    given(*voted("lift-4", "u-1", closed_on=LAST_SPRING)[3:])
    when(erase("u-1"))
    then(restricted("u-1", NEXT_SPRING))


def test_who_got_a_ballot_paper_took_part_as_well():
    given(*voted("lift-3", closed_on=None), delivered("u-2"))
    when(erase("u-2"))
    then(restricted("u-2", None))


def test_who_did_not_vote_is_erased_at_once():
    given(*voted("lift-3", "u-1", closed_on=LAST_SPRING), *voted("lift-9", "u-2", closed_on=YEARS_AGO)[3:])
    when(erase("u-2"))
    assert [line.kind for line in then_recorded()] == [PersonalDataErased.kind]


# -- accounts --------------------------------------------------------------------------------------


def test_the_roles_of_an_erased_account_end():
    given(role_granted("old-wang", "member"), role_granted("old-wang", "bookkeeper"))
    number = story().store.length("wutongli")
    yesterday = date(2026, 11, 19)
    gone = [
        Fact(RoleRevoked(account=Personal.of("old-wang"), role=role, grant=at, ends_on=yesterday))  # type: ignore[arg-type]
        for role, at in (("member", number - 2), ("bookkeeper", number - 1))
    ]
    key = story().vault.key("old-wang")
    story().ledger.erasing.finish = lambda: None  # so that what was recorded can still be read
    when(erase("old-wang", "account"), by="the-chair")
    then(*gone, erased("old-wang", "account", values=0))
    assert state_of(Roles).of_account("old-wang", key, TODAY) == set()


def test_after_it_the_account_acts_nowhere_and_its_tokens_are_gone():
    given(role_granted("old-wang", "member"))
    token = story().vault.new_token("old-wang", date(2027, 6, 30))
    when(erase("old-wang", "account"), by="the-chair")
    then_recorded()
    assert story().vault.holder(token) is None
    assert story().ledger.roles_of("wutongli", "old-wang", TODAY) == set()


def test_whose_role_is_over_the_secretary_may_erase():
    given(role_granted("old-wang", "member", ends_on=YEARS_AGO))
    when(erase("old-wang", "account"))
    then_recorded()


def test_nobody_records_their_own_erasure():
    when(erase("the-secretary", "account"))
    then_refused("erasure.own-account")


def test_who_is_in_office_is_not_dismissed_by_the_secretary():
    when(erase("the-chair", "account"))
    then_refused("erasure.still-in-office", roles=["chair"])


@pytest.mark.parametrize("overseer", ["auditor", "neighbourhood", "street"])
def test_the_committee_does_not_erase_who_oversees_it(overseer):
    when(erase(account_of(overseer), "account"), by="the-chair")
    then_refused("erasure.oversees-the-committee")


def test_who_is_in_office_on_another_ledger_is_not_erased_from_here():
    story().begin("xinghuali")
    when(erase("the-member", "account"), by="the-neighbourhood")
    then_refused("erasure.acts-elsewhere")


# -- afterwards ------------------------------------------------------------------------------------


def test_a_unit_may_vote_again_after_its_data_were_erased():
    given(*voted("lift-3", "u-1", closed_on=YEARS_AGO))
    when(erase("u-1"))
    then_recorded()
    given(*voted("lift-5", "u-1", closed_on=None)[3:])
    (again,) = [one for one in story().vault.persons() if one.name == "wutongli/unit/u-1"]
    assert len(again.key) == 32
