"""Whoever pays or is paid: an organisation by its name, a private person by surname only (privacy.md)."""

import pytest

from ledger.actions.counterparty import masked, stands_as, withheld_name
from ledger.fields import Personal


def test_an_organisation_stands_there_by_its_name():
    assert stands_as("payee", "恒升电梯有限公司", "organisation", "lift-3") == {"payee": "恒升电梯有限公司"}


def test_a_private_person_stands_there_by_surname_and_the_name_is_withheld():
    assert stands_as("payee", "王建国", "individual", "stall-3") == {
        "payee": "个人(王**)",
        "payee_name": Personal.of("counterparty/stall-3/王建国", "王建国"),
    }


@pytest.mark.parametrize("blank", [" ", "\u3000"])
def test_a_blank_before_a_name_is_no_surname(blank):
    assert stands_as("payee", f"{blank}王建国", "individual", "stall-3") == {
        "payee": "个人(王**)",
        "payee_name": Personal.of("counterparty/stall-3/王建国", "王建国"),
    }


@pytest.mark.parametrize("kind", ["organisation", "individual", None])
def test_of_nobody_nothing_is_said(kind):
    assert stands_as("payee", None, kind, "stall-3") == {"payee": None}


def test_how_long_a_name_is_does_not_show():
    assert masked("王") == masked("王建国") == "个人(王**)"


def test_the_same_name_under_two_contracts_is_two_persons_to_the_vault():
    one, other = withheld_name("stall-3", "王建国"), withheld_name("stall-4", "王建国")
    assert (one.subject, other.subject) == ("counterparty/stall-3/王建国", "counterparty/stall-4/王建国")
    assert withheld_name(None, "王建国").subject == "counterparty/王建国"
