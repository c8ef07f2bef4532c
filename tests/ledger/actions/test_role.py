"""Roles: granted by somebody else, from one day to another, and ended early by name."""

from datetime import date

import pytest

from ledger.actions.role import GrantRole, RevokeRole
from ledger.actors import RoleRevoked
from ledger.fields import Personal
from tests.ledger.happened import role_granted
from tests.ledger.story import (
    TODAY,
    Fact,
    given,
    then,
    then_refused,
    when,
)

FEBRUARY_28 = date(2026, 2, 28)
YESTERDAY = date(2026, 11, 19)


def test_a_chair_lets_somebody_act_as_member():
    when(GrantRole(account="wu", role="member", starts_on=TODAY))
    then(role_granted("wu", "member", starts_on=TODAY))


def test_nobody_grants_a_role_to_themselves():
    when(GrantRole(account="the-chair", role="treasurer", starts_on=TODAY), by="the-chair")
    then_refused("role.self-grant")


def test_the_operator_is_no_role_of_a_ledger():
    when(GrantRole(account="wu", role="operator", starts_on=TODAY))
    then_refused("role.not-on-a-ledger", role="operator")


def test_a_grant_ends_no_earlier_than_it_begins():
    when(GrantRole(account="wu", role="member", starts_on=TODAY, ends_on=date(2026, 11, 19)))
    then_refused("period.ends-before-it-starts", starts_on=TODAY, ends_on=date(2026, 11, 19))
    when(GrantRole(account="wu", role="member", starts_on=TODAY, ends_on=TODAY))
    then(role_granted("wu", "member", starts_on=TODAY, ends_on=TODAY))


def test_a_grant_ends_early_and_names_what_it_ends():
    given(role_granted("wu", "member", starts_on=FEBRUARY_28))
    number = 12 - 1  # the opening, ten roles, then this grant
    when(RevokeRole(account="wu", role="member", ends_on=TODAY))
    then(Fact(RoleRevoked(account=Personal.of("wu"), role="member", grant=number, ends_on=TODAY)))


def test_every_running_grant_of_the_role_ends():
    given(
        role_granted("wu", "member"),
        role_granted("wu", "member", starts_on=FEBRUARY_28),
        role_granted("wu", "chair"),
    )
    when(RevokeRole(account="wu", role="member", ends_on=TODAY))
    ended = [
        Fact(RoleRevoked(account=Personal.of("wu"), role="member", grant=number, ends_on=TODAY))
        for number in (11, 12)
    ]
    then(*ended)


def test_a_role_not_held_cannot_end():
    given(role_granted("wu", "member", ends_on=FEBRUARY_28))
    when(RevokeRole(account="wu", role="chair", ends_on=TODAY))
    then_refused("role.not-held", role="chair")
    when(RevokeRole(account="a-stranger", role="member", ends_on=TODAY))
    then_refused("role.not-held", role="member")


def test_ending_a_role_never_makes_it_last_longer():
    given(role_granted("wu", "member", ends_on=FEBRUARY_28))
    when(RevokeRole(account="wu", role="member", ends_on=FEBRUARY_28))
    then_refused("role.not-held", role="member")
    when(RevokeRole(account="wu", role="member", ends_on=date(2026, 2, 27)), by="the-street")
    then(Fact(RoleRevoked(account=Personal.of("wu"), role="member", grant=11, ends_on=date(2026, 2, 27))))


def test_a_chair_ends_a_role_at_once_by_naming_yesterday():
    given(role_granted("wu", "member"))
    when(RevokeRole(account="wu", role="member", ends_on=date(2026, 11, 18)))
    then_refused("role.ended-in-the-past", earliest=YESTERDAY)
    when(RevokeRole(account="wu", role="member", ends_on=date(2026, 11, 18), occurred_on=date(2026, 11, 19)))
    then_refused("role.ended-in-the-past", earliest=YESTERDAY)
    when(RevokeRole(account="wu", role="member", ends_on=YESTERDAY))
    then(Fact(RoleRevoked(account=Personal.of("wu"), role="member", grant=11, ends_on=YESTERDAY)))


def test_neither_does_the_operator_date_an_end_back():
    given(role_granted("wu", "member"))
    revoked = RevokeRole(account="wu", role="member", ends_on=FEBRUARY_28)
    when(revoked, by="the-operator", via="command-line")
    then_refused("role.ended-in-the-past", earliest=YESTERDAY)


@pytest.mark.parametrize("office", ["neighbourhood", "street", "district"])
def test_an_office_may_say_that_a_role_ended_long_ago(office):
    given(role_granted("wu", "member"))
    when(RevokeRole(account="wu", role="member", ends_on=FEBRUARY_28), by=f"the-{office}")
    then(Fact(RoleRevoked(account=Personal.of("wu"), role="member", grant=11, ends_on=FEBRUARY_28)))


@pytest.mark.parametrize("role", ["auditor", "neighbourhood", "street", "district"])
def test_a_chair_neither_chooses_nor_dismisses_who_oversees_the_committee(role):
    when(GrantRole(account="wu", role=role, starts_on=TODAY), by="the-chair")
    then_refused("role.oversees-the-committee", role=role)
    when(RevokeRole(account="wu", role=role, ends_on=TODAY), by="the-chair")
    then_refused("role.oversees-the-committee", role=role)
