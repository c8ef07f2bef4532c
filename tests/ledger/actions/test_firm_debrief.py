"""The firm reports back once a year and is appraised by a rubric (FIRM-15, SYS-31)."""

from datetime import date

import pytest

from tests.ledger.asked import hold_debrief, record_appraisal
from tests.ledger.happened import appraisal_recorded, debrief_held, rubric, scores
from tests.ledger.story import given, then, then_malformed, then_recorded, then_refused, when


def test_a_debrief_is_held():
    when(hold_debrief("2025"))
    then(debrief_held("2025"))


def test_a_debrief_is_held_once():
    given(debrief_held("2025"))
    when(hold_debrief("2025"))
    then_refused("debrief.already-held", debrief="2025")


def test_the_period_of_a_debrief_ends_no_earlier_than_it_begins():
    when(hold_debrief("2025", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1)))
    then_refused("period.ends-before-it-starts", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1))
    when(hold_debrief("2025", starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 2)))
    then_recorded()


def test_a_debrief_is_appraised_line_by_line():
    given(debrief_held("2025"))
    when(record_appraisal("2025", rubric=rubric(100, 60, 40), scores=scores(50, 38)))
    then(appraisal_recorded("2025", points=88))


def test_only_a_debrief_that_was_held_is_appraised():
    when(record_appraisal("2025"))
    then_refused("debrief.unknown", debrief="2025")


def test_a_debrief_is_appraised_once():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    when(record_appraisal("2025"))
    then_refused("debrief.already-appraised", debrief="2025")


def test_an_appraisal_has_raters():
    given(debrief_held("2025"))
    when(record_appraisal("2025", raters=0))
    then_refused("appraisal.no-raters")


@pytest.mark.parametrize("maxima", [(60, 39), (60, 41), (100, 100)])
def test_the_maxima_of_a_rubric_make_its_total(maxima):
    given(debrief_held("2025"))
    when(record_appraisal("2025", rubric=rubric(100, *maxima)))
    then_refused("appraisal.rubric-does-not-add-up", maxima_sum=sum(maxima), total_points=100)


def test_a_rubric_names_each_line_once():
    given(debrief_held("2025"))
    once, twice = rubric(100, 60, 40), rubric(100, 60, 40).criteria[0]
    when(record_appraisal("2025", rubric=type(once)(total_points=120, criteria=(twice, twice))))
    then_refused("appraisal.rubric-does-not-add-up", total_points=120)


@pytest.mark.parametrize("points", [(50,), (50, 38, 1)])
def test_every_line_is_scored_and_no_other(points):
    given(debrief_held("2025"))
    when(record_appraisal("2025", scores=scores(*points)))
    then_refused("appraisal.scores-do-not-fit-rubric")


def test_no_line_is_scored_twice():
    given(debrief_held("2025"))
    when(record_appraisal("2025", scores=(scores(50)[0], scores(38)[0])))
    then_refused("appraisal.scores-do-not-fit-rubric")


def test_no_line_gets_more_than_its_maximum():
    given(debrief_held("2025"))
    when(record_appraisal("2025", scores=scores(61, 38)))
    then_refused("appraisal.above-maximum", item="line-1", points=61, max_points=60)
    when(record_appraisal("2025", scores=scores(60, 38)))
    then(appraisal_recorded("2025", points=98))


def test_points_are_whole_and_not_below_zero():
    given(debrief_held("2025"))
    when(record_appraisal("2025", scores=scores(-1, 38)))
    then_malformed("/scores/0/points", "field.malformed")
