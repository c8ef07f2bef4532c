"""Works are accepted, the owners are told, the warranty ends with two signatures (FUND-16, FUND-39)."""

from datetime import date

import pytest

from ledger.actions.repair_project import CompletionNoticePosted, WarrantyExpiryRecorded
from ledger.actions.works_acceptance import AcceptWorks, PostCompletionNotice, RecordWarrantyExpiry
from tests.ledger.happened import SPRING, SUMMER
from tests.ledger.project_words import a_plan, a_repair, warranty_expired, works_accepted
from tests.ledger.story import TODAY, Fact, given, story, then, then_recorded, then_refused, when

PLACES = ("12号门厅", "小区公告栏")


def irregularities() -> tuple[str, ...]:
    (newest,) = story().store.tagged("wutongli", "project:lift", story().store.head() - 1)
    return newest.envelope.irregularities


# -- acceptance ------------------------------------------------------------------------------------


def accept(**of) -> AcceptWorks:
    return AcceptWorks(project="lift", **{"accepted_on": SUMMER, **of})


def test_works_are_accepted():
    given(a_repair())
    when(accept())
    then(works_accepted())


def test_works_are_accepted_once():
    given(a_repair(), works_accepted())
    when(accept())
    then_refused("works.already-accepted", project="lift")


def test_works_nobody_planned_are_not_accepted():
    when(accept())
    then_refused("project.unknown", project="lift")


def test_works_are_accepted_after_their_contract():
    given(a_repair())
    when(accept(accepted_on=date(2026, 3, 19)))
    then_refused("project.out-of-order", after="repair-contract.signed", day=SPRING)


def test_works_of_an_emergency_are_accepted_without_a_contract():
    given(a_plan())
    when(accept())
    then(works_accepted())


@pytest.mark.parametrize(
    ("started_on", "completed_on"),
    [(date(2026, 6, 2), date(2026, 6, 1)), (None, date(2026, 7, 1)), (date(2026, 7, 1), None)],
)
def test_works_begin_end_and_are_accepted_in_this_order(started_on, completed_on):
    given(a_repair())
    when(accept(started_on=started_on, completed_on=completed_on))
    then_refused("works.days-in-disorder")


def test_all_of_it_may_be_one_day():
    given(a_repair())
    when(accept(started_on=SUMMER, completed_on=SUMMER, warranty_until=SUMMER))
    then_recorded()


def test_a_warranty_does_not_end_before_it_begins():
    given(a_repair())
    when(accept(warranty_until=date(2026, 6, 29)))
    then_refused("works.warranty-over-before-it-began", accepted_on=SUMMER)


# -- the notice ------------------------------------------------------------------------------------


def post(**of) -> PostCompletionNotice:
    return PostCompletionNotice(
        project="lift", **{"places": PLACES, "posted_on": TODAY, "firm_report": "完工报告2026-3", **of}
    )


def posted(**of) -> Fact:
    fields = {"places": PLACES, "posted_on": TODAY, "firm_report": "完工报告2026-3", **of}
    return Fact(CompletionNoticePosted(project="lift", **fields))


def test_the_owners_are_told_on_the_spot():
    given(a_repair(), works_accepted())
    when(post())
    then(posted())
    assert irregularities() == ()


def test_a_firm_that_did_not_report_is_seen():
    given(a_repair(), works_accepted())
    when(post(firm_report=None))
    then(posted(firm_report=None))
    assert irregularities() == ("FUND-39",)


def test_what_was_not_accepted_is_not_announced():
    given(a_repair())
    when(post())
    then_refused("works.not-accepted", project="lift")


def test_the_end_is_announced_once():
    given(a_repair(), works_accepted(), posted())
    when(post())
    then_refused("completion-notice.already-posted", project="lift")


def test_the_end_is_not_announced_before_it():
    given(a_repair(), works_accepted())
    when(post(posted_on=date(2026, 6, 29)))
    then_refused("project.out-of-order", after="works.accepted", day=SUMMER)


# -- the end of the warranty -----------------------------------------------------------------------


def expire(**of) -> RecordWarrantyExpiry:
    return RecordWarrantyExpiry(project="lift", **{"certified_on": TODAY, **of})


def test_firm_and_committee_certify_together():
    given(a_repair(), works_accepted())
    when(expire())
    then(warranty_expired())


@pytest.mark.parametrize(("alone", "missing"), [("firm", "committee"), ("committee", "firm")])
def test_neither_certifies_alone(alone, missing):
    given(a_repair(), works_accepted())
    when(expire(certified_by=(alone,)))
    then_refused("warranty-expiry.not-joint", rules=["FUND-16"], missing=(missing,))


def test_the_certificate_is_dated_after_the_last_day_of_the_warranty():
    given(a_repair(), works_accepted(warranty_until=date(2026, 11, 19)))
    when(expire(certified_on=date(2026, 11, 19)))
    then_refused("warranty-expiry.too-early", rules=["FUND-16"], warranty_until=date(2026, 11, 19))
    when(expire(certified_on=date(2026, 11, 20)))
    then(Fact(WarrantyExpiryRecorded(project="lift", certified_on=TODAY, certified_by=("firm", "committee"))))


def test_no_warranty_ends_before_the_works_were_accepted():
    given(a_repair())
    when(expire())
    then_refused("works.not-accepted", project="lift")
    given(works_accepted())
    when(expire(certified_on=date(2026, 6, 29)))
    then_refused("project.out-of-order", after="works.accepted", day=SUMMER)


def test_a_warranty_ends_once():
    given(a_repair(), works_accepted(), warranty_expired())
    when(expire())
    then_refused("warranty-expiry.already-recorded", project="lift")
