"""Who may do what: roles are granted per ledger and from day to day; the day a command comes in counts."""

from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from ledger.actions.community import OpenLedger, RegisterBuilding
from ledger.actions.role import GRANTERS, GrantRole, RevokeRole
from ledger.actors import ROLES
from ledger.asked import Asked
from ledger.commands import ACTIONS, Command
from ledger.errors import LedgerError, NotPermitted
from ledger.events import Source
from ledger.fields import LAST_DAY
from tests.ledger.generated import values_of
from tests.ledger.happened import building_registered, role_granted
from tests.ledger.story import (
    COMMAND_LINE,
    TODAY,
    WUTONGLI,
    Story,
    account_of,
    given,
    then,
    then_not_permitted,
    then_recorded,
    when,
)

BUILDING = RegisterBuilding(building="3", title="3号楼")
MARCH_1, MARCH_31 = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _telling(a_story: Story) -> None:
    """Every spec here tells a story."""


@pytest.mark.parametrize("day", [MARCH_1, date(2026, 3, 15), MARCH_31])
def test_a_role_is_held_from_its_first_to_its_last_day(day):
    given(role_granted("wu", "secretary", starts_on=MARCH_1, ends_on=MARCH_31))
    when(BUILDING, by="wu", on=day)
    then(building_registered("3"))


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 4, 1)])
def test_a_role_is_not_held_before_or_after(day):
    given(role_granted("wu", "secretary", starts_on=MARCH_1, ends_on=MARCH_31))
    when(BUILDING, by="wu", on=day)
    then_not_permitted()


def test_the_day_that_counts_is_the_day_the_command_comes_in():
    given(role_granted("wu", "secretary", starts_on=MARCH_1, ends_on=MARCH_31))
    when(RegisterBuilding(building="3", title="3号楼", occurred_on=MARCH_31), by="wu", on=TODAY)
    then_not_permitted()


def test_a_role_that_was_ended_early_is_not_held_after_its_last_day():
    given(role_granted("wu", "secretary"))
    when(RevokeRole(account="wu", role="secretary", ends_on=MARCH_31), by="the-street")
    then_recorded()
    when(BUILDING, by="wu", on=date(2026, 4, 1))
    then_not_permitted()
    when(BUILDING, by="wu", on=MARCH_31)
    then(building_registered("3"))


def test_a_role_on_one_ledger_is_none_on_another():
    when(
        OpenLedger(of="community", title="金桂苑"), ledger="jinguiyuan", by="the-operator", via="command-line"
    )
    then_recorded()
    when(BUILDING, by="the-secretary", ledger="jinguiyuan")
    then_not_permitted()


def test_a_stranger_may_do_nothing():
    when(BUILDING, by="somebody-else")
    then_not_permitted()


def test_the_role_that_acts_is_the_first_of_the_action_that_is_held(a_story):
    given(role_granted("wu", "neighbourhood"), role_granted("wu", "chair"))
    when(BUILDING, by="wu")
    then_recorded()
    recorded = a_story.store.numbered(WUTONGLI, a_story.store.length(WUTONGLI) - 1)
    assert recorded.envelope.by.role == "chair"  # secretary, chair, neighbourhood may; secretary is not held


def test_an_office_opens_ledgers_anywhere_below_it():
    when(OpenLedger(of="community", title="三林苑", parent=WUTONGLI), ledger="sanlin", by="the-district")
    then_recorded()
    when(OpenLedger(of="community", title="金桂苑", parent="sanlin"), ledger="jinguiyuan", by="the-district")
    then_recorded()


# -- every action against every role ---------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(data=st.data())
def test_every_action_is_for_its_roles_and_no_other(action: type[Command], data, a_story):
    command = drawn(data, action)
    head = a_story.store.head()
    for role in ROLES:
        asked = Asked(WUTONGLI, command, account_of(role), LAST_DAY, Source(via="page"))
        permitted = is_permitted(a_story, asked)
        assert permitted == (role in action.roles and role != "operator" and action is not OpenLedger), role
    assert a_story.store.head() == head


def drawn(data, action):
    # a day beside the action's own could contradict it, which is said before anything else
    return msgspec.structs.replace(data.draw(values_of(action)), occurred_on=None)


def is_permitted(a_story, asked):
    try:
        a_story.ledger.record(asked, dry_run=True)
    except NotPermitted:
        return False
    except LedgerError:
        return True
    return True


# -- the operator runs the machine -----------------------------------------------------------------


def test_the_operator_may_open_ledgers_and_grant_roles_and_nothing_else():
    assert {name for name, action in ACTIONS.items() if "operator" in action.roles} == {
        "open-ledger",
        "grant-role",
        "revoke-role",
    }


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@for_all(data=st.data())
def test_the_command_line_opens_no_other_door(action: type[Command], data, a_story):
    command = drawn(data, action)
    asked = Asked(WUTONGLI, command, "the-operator", LAST_DAY, COMMAND_LINE)
    assert is_permitted(a_story, asked) == ("operator" in action.roles)


def test_the_operator_is_one_only_at_the_command_line():
    when(GrantRole(account="wu", role="member", starts_on=TODAY), by="the-operator", via="api")
    then_not_permitted()
    when(GrantRole(account="wu", role="member", starts_on=TODAY), by="the-operator", via="command-line")
    then(role_granted("wu", "member", starts_on=TODAY))


def test_somebody_the_vault_does_not_know_is_no_operator():
    when(GrantRole(account="wu", role="member", starts_on=TODAY), by="nobody", via="command-line")
    then_not_permitted()


def test_who_may_grant_may_revoke():
    assert GrantRole.roles == RevokeRole.roles == GRANTERS
