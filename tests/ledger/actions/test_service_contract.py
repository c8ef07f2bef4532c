"""The contract with the property firm (FIRM-07, FIRM-08)."""

from datetime import date

import pytest

from ledger.actions.service_contract import EndServiceContract, ServiceContract, SignServiceContract
from tests.ledger.firm_words import service_contract_ended
from tests.ledger.happened import NEW_YEAR, contract_signed
from tests.ledger.story import given, state_of, then, then_refused, when


def sign(contract="2026", *, ends_on=None):
    return SignServiceContract(contract=contract, firm="heng-sheng", starts_on=NEW_YEAR, ends_on=ends_on)


def test_a_contract_is_signed():
    when(sign(ends_on=date(2028, 12, 31)))
    then(contract_signed("2026", ends_on=date(2028, 12, 31)))
    assert state_of(ServiceContract, "2026").signed.firm == "heng-sheng"


def test_a_contract_may_have_no_end():
    when(sign())
    then(contract_signed("2026"))


def test_a_contract_is_signed_once():
    given(contract_signed("2026"))
    when(sign())
    then_refused("service-contract.already-signed", contract="2026")


def test_a_contract_ends_no_earlier_than_it_begins():
    when(sign(ends_on=date(2025, 12, 31)))
    then_refused("period.ends-before-it-starts", starts_on=NEW_YEAR, ends_on=date(2025, 12, 31))
    when(sign(ends_on=NEW_YEAR))
    then(contract_signed("2026", ends_on=NEW_YEAR))


def end(contract="2026", *, on=date(2026, 6, 30)):
    return EndServiceContract(contract=contract, ended_on=on, reason="双方协商解除。")


def test_a_contract_ends_before_its_time_with_a_reason():
    given(contract_signed("2026"))
    when(end())
    then(service_contract_ended("2026", on=date(2026, 6, 30)))
    ended = state_of(ServiceContract, "2026")
    assert ended.covers(NEW_YEAR, date(2026, 6, 30))
    assert not ended.covers(NEW_YEAR, date(2026, 7, 1))


def test_only_a_contract_there_is_ends():
    when(end())
    then_refused("service-contract.unknown", contract="2026")


def test_a_contract_ends_once():
    given(contract_signed("2026"), service_contract_ended("2026", on=date(2026, 6, 30)))
    when(end())
    then_refused("service-contract.already-ended", contract="2026", ended_on=date(2026, 6, 30))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_contract_ends_within_its_own_term(day):
    given(contract_signed("2026", ends_on=date(2026, 12, 31)))
    when(end(on=day))
    then_refused("service-contract.ends-outside-its-term", contract="2026")
