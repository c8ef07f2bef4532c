"""Whether there is an owners' assembly, on any day: said outright, or shown by what only an assembly has."""

from datetime import date, timedelta

import pytest

from ledger.actions.assembly import (
    Assembly,
    AssemblyEstablished,
    AssemblyReportFiled,
    RecordAssemblyEstablished,
    RecordAssemblyReport,
)
from ledger.actions.committee import Committee
from tests.ledger.happened import NEW_YEAR, SPRING, committee_seated, vote_passed, vote_rejected
from tests.ledger.project_words import report_filed
from tests.ledger.revenue_words import assembly_established
from tests.ledger.story import Fact, given, state_of, then, then_recorded, then_refused, when

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


# -- the report of the developer (FUND-08) ---------------------------------------------------------


def reported(day: date, *, by_vote: bool = True) -> bool:
    return state_of(Assembly).was_reported(day, state_of(Committee), by_vote=by_vote)


def test_the_report_of_the_developer_is_recorded():
    when(RecordAssemblyReport(filed_on=FOUNDED, filing="报告2026-3"))
    then(Fact(AssemblyReportFiled(filed_on=FOUNDED, filing="报告2026-3")))


def test_it_is_filed_once():
    given(report_filed(FOUNDED))
    when(RecordAssemblyReport(filed_on=FOUNDED + DAY))
    then_refused("assembly-report.already-recorded", filed_on=FOUNDED)


def test_it_comes_before_the_assembly_or_on_its_day():
    given(assembly_established(FOUNDED))
    when(RecordAssemblyReport(filed_on=FOUNDED + DAY))
    then_refused("assembly-report.after-the-assembly", established_on=FOUNDED)
    when(RecordAssemblyReport(filed_on=FOUNDED))
    then_recorded()


def test_the_assembly_comes_after_its_report_or_on_its_day():
    given(report_filed(FOUNDED))
    when(RecordAssemblyEstablished(established_on=FOUNDED - DAY))
    then_refused("assembly.before-its-report", filed_on=FOUNDED)
    when(RecordAssemblyEstablished(established_on=FOUNDED))
    then_recorded()


def test_a_report_stands_from_its_day_on():
    given(report_filed(FOUNDED))
    assert [reported(day) for day in (FOUNDED - DAY, FOUNDED, FOUNDED + DAY)] == [False, True, True]


def test_books_that_show_nothing_show_no_report():
    assert not reported(FOUNDED)


@pytest.mark.parametrize("sign", [committee_seated(), assembly_established(FOUNDED)])
def test_a_committee_and_an_assembly_show_that_it_was_filed_whenever_that_was(sign):
    given(sign)
    assert reported(date(2024, 1, 1), by_vote=False)


def test_so_does_a_passed_vote_but_not_of_a_repair_before_there_is_an_assembly():
    given(vote_passed("lift-3", authorises=8_000_00))
    assert reported(date(2024, 1, 1))
    assert not reported(date(2024, 1, 1), by_vote=False)


def test_with_the_report_on_file_a_passed_vote_shows_no_assembly_but_a_committee_does():
    given(report_filed(NEW_YEAR), vote_passed("lift-3", authorises=8_000_00))
    assert not exists(date(2026, 12, 1))
    given(committee_seated(starts_on=SPRING))
    assert exists(SPRING)
    assert not exists(SPRING - DAY)
