"""The contract with the property firm (FIRM-07, FIRM-08)."""

from datetime import date

from ledger.actions.service_contract import ServiceContract, SignServiceContract
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
