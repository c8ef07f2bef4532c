"""Papers lodged with the street: an election, a coming re-election, a contract (COM-06, COM-21, FIRM-07)."""

from datetime import date

import pytest

from ledger.actions.filing import RecordFiling
from tests.ledger.duty_words import filed
from tests.ledger.happened import committee_seated, contract_signed
from tests.ledger.story import given, then, then_refused, when

APRIL_28 = date(2026, 4, 28)


def file(**of: object) -> RecordFiling:
    return RecordFiling(**{"filed_on": APRIL_28, **of})


@pytest.mark.parametrize("what", ["election", "reelection"])
def test_a_committee_is_filed_by_its_term(what):
    given(committee_seated(term="term-3"))
    when(file(**{what: "term-3"}))
    then(filed(APRIL_28, **{what: "term-3"}))


def test_a_service_contract_is_filed():
    given(contract_signed("service-2026"))
    when(file(service_contract="service-2026", filing="浦房备〔2026〕77号"))
    then(filed(APRIL_28, service_contract="service-2026", filing="浦房备〔2026〕77号"))


@pytest.mark.parametrize("what", ["election", "reelection", "service_contract"])
def test_only_what_is_on_record_is_filed(what):
    when(file(**{what: "unknown"}))
    then_refused("filing.of-what", about="unknown")


def test_a_thing_is_filed_once():
    given(committee_seated(term="term-3"), filed(APRIL_28, election="term-3"))
    when(file(election="term-3", filed_on=date(2026, 5, 2)))
    then_refused("filing.already-recorded", filed_on=APRIL_28)
    when(file(reelection="term-3"))
    then(filed(APRIL_28, reelection="term-3"))


@pytest.mark.parametrize("of", [{}, {"election": "term-3", "service_contract": "service-2026"}])
def test_a_filing_is_of_exactly_one_thing(of):
    given(committee_seated(term="term-3"), contract_signed("service-2026"))
    when(file(**of))
    then_refused("filing.one-thing", given=len(of))
