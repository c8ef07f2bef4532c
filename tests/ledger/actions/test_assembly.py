"""Whether there is an owners' assembly, on any day: said outright, or shown by what only an assembly has."""

from datetime import date, timedelta

import pytest

from ledger.actions.assembly import Assembly, AssemblyEstablished, RecordAssemblyEstablished
from ledger.actions.committee import Committee
from tests.ledger.happened import NEW_YEAR, SPRING, committee_seated, vote_passed, vote_rejected
from tests.ledger.revenue_words import assembly_established
from tests.ledger.story import Fact, given, state_of, then, then_refused, when

FOUNDED = date(2026, 5, 18)
DAY = timedelta(days=1)


def exists(day: date) -> bool:
    return state_of(Assembly).exists(day, state_of(Committee))


def test_the_day_of_the_assembly_is_recorded():
    when(RecordAssemblyEstablished(established_on=FOUNDED, filing="备案2026-7"))
    then(Fact(AssemblyEstablished(established_on=FOUNDED, filing="备案2026-7")))


def test_an_assembly_is_established_once():
    given(assembly_established(FOUNDED))
    when(RecordAssemblyEstablished(established_on=FOUNDED + DAY))
    then_refused("assembly.already-established", established_on=FOUNDED)


@pytest.mark.parametrize(("day", "there"), [(FOUNDED - DAY, False), (FOUNDED, True), (FOUNDED + DAY, True)])
def test_it_exists_from_its_day_on(day, there):
    given(assembly_established(FOUNDED))
    assert exists(day) is there


def test_books_that_show_nothing_of_an_assembly_have_none():
    assert not exists(FOUNDED)


def test_a_committee_shows_that_there_is_one_from_its_first_term_on():
    given(committee_seated())
    assert exists(NEW_YEAR)
    assert not exists(NEW_YEAR - DAY)


def test_a_passed_vote_of_the_owners_shows_that_there_is_one():
    given(vote_passed("lift-3", authorises=8_000_00))
    assert exists(date(2026, 12, 1))


def test_a_rejected_vote_shows_nothing():
    given(vote_rejected("lift-3", authorises=8_000_00))
    assert not exists(date(2026, 12, 1))


def test_the_day_that_was_said_stands_against_what_a_committee_shows():
    given(committee_seated(), assembly_established(FOUNDED))
    assert not exists(SPRING)
