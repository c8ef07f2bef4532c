"""A debrief is appraised by a rubric; the firm is told; no rater is named (FIRM-15, SYS-31)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.appraisal import (
    AppraisalRecorded,
    CorrectAppraisal,
    FeedBackAppraisal,
    Rating,
    RecordAppraisal,
)
from ledger.commands import ACTIONS
from tests.ledger.asked import record_appraisal
from tests.ledger.firm_words import appraisal_corrected, appraisal_fed_back, debrief_scheduled, rated
from tests.ledger.happened import SPRING, appraisal_recorded, debrief_held, rubric, scores
from tests.ledger.story import given, story, then, then_malformed, then_recorded, then_refused, when

APRIL_10 = date(2026, 4, 10)


def number() -> int:
    """Of the record told last."""
    return story().store.length("wutongli") - 1


def correct(debrief: str, **of) -> CorrectAppraisal:
    fields = {"rubric": rubric(100, 60, 40), "scores": scores(52, 38), "raters": 32, **of}
    return CorrectAppraisal(debrief=debrief, reason="一张打分表漏记。", **fields)


def feed_back(debrief: str, *, on: date = APRIL_10) -> FeedBackAppraisal:
    return FeedBackAppraisal(debrief=debrief, fed_back_on=on)


# -- the score sheet -------------------------------------------------------------------------------


def test_a_debrief_is_appraised_line_by_line():
    given(debrief_held("2025"))
    when(record_appraisal("2025", rubric=rubric(100, 60, 40), scores=scores(50, 38)))
    then(appraisal_recorded("2025", points=88))


@pytest.mark.parametrize("facts", [(), (debrief_scheduled("2025"),)], ids=["unknown", "only planned"])
def test_only_a_debrief_that_was_held_is_appraised(facts):
    given(*facts)
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


@pytest.mark.parametrize("maxima", [(60, 39), (60, 41), (100, 100), (30, 20, 20, 20, 10, 30)])
def test_the_maxima_of_a_rubric_make_its_total(maxima):
    given(debrief_held("2025"))
    when(record_appraisal("2025", rubric=rubric(100, *maxima)))
    then_refused("appraisal.rubric-does-not-add-up", maxima_sum=sum(maxima), total_points=100)


def test_the_published_rubric_of_130_points_is_taken_for_130_but_never_for_a_percentage():
    given(debrief_held("2025"))
    heads, points = (30, 20, 20, 20, 10, 30), scores(26, 15, 16, 13, 9, 21)
    when(record_appraisal("2025", rubric=rubric(100, *heads), scores=points))
    then_refused("appraisal.rubric-does-not-add-up", maxima_sum=130, total_points=100)
    when(record_appraisal("2025", rubric=rubric(130, *heads), scores=points))
    then_recorded()


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


# -- how many found it good ------------------------------------------------------------------------


def test_opinions_are_counted_line_by_line():
    given(debrief_held("2025"))
    opinions = rated((20, 5, 4, 2), (0, 0, 0, 31))
    when(record_appraisal("2025", ratings=opinions))
    plain = appraisal_recorded("2025")
    then(plain._replace(event=msgspec.structs.replace(plain.event, ratings=opinions)))


def test_no_line_has_more_opinions_than_there_were_raters():
    given(debrief_held("2025"))
    when(record_appraisal("2025", ratings=rated((20, 5, 4, 3))))
    then_refused("appraisal.more-ratings-than-raters", item="line-1", ratings=32, raters=31)


@pytest.mark.parametrize("items", [("line-3",), ("line-1", "line-1")])
def test_opinions_are_about_lines_of_the_rubric_each_once(items):
    given(debrief_held("2025"))
    when(record_appraisal("2025", ratings=tuple(Rating(item=item, fair=1) for item in items)))
    then_refused("appraisal.ratings-do-not-fit-rubric")


def test_nothing_that_is_recorded_of_an_appraisal_could_name_a_rater():
    shared = set(ACTIONS["record-appraisal"].__mro__[2].__struct_fields__)
    asked = set(RecordAppraisal.__struct_fields__) - shared
    assert asked == {"rubric", "scores", "raters", "ratings", "comments"}
    assert set(AppraisalRecorded.__struct_fields__) == asked | {"debrief", "firm", "points"}


# -- a wrongly entered sheet -----------------------------------------------------------------------


def test_a_wrongly_entered_sheet_is_put_right_for_all_to_see():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    first = number()
    when(correct("2025"))
    then(appraisal_corrected("2025", corrects=first))


def test_a_second_correction_names_the_first():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    given(appraisal_corrected("2025", corrects=number()))
    first = number()
    when(correct("2025", scores=scores(40, 38)))
    then(appraisal_corrected("2025", corrects=first, points=78))


def test_what_was_never_appraised_is_not_put_right():
    given(debrief_held("2025"))
    when(correct("2025"))
    then_refused("appraisal.not-recorded", debrief="2025")


def test_a_correction_corrects_something():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    when(correct("2025", scores=scores(50, 38), raters=31))
    then_refused("appraisal.nothing-corrected", debrief="2025")


def test_a_correction_adds_up_too():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    when(correct("2025", scores=scores(61, 38)))
    then_refused("appraisal.above-maximum", item="line-1")


# -- the firm is told ------------------------------------------------------------------------------


def test_the_firm_is_told_its_result():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    appraisal = number()
    when(feed_back("2025"))
    then(appraisal_fed_back("2025", appraisal=appraisal))


def test_there_is_nothing_to_feed_back_before_an_appraisal():
    given(debrief_held("2025"))
    when(feed_back("2025"))
    then_refused("appraisal.not-recorded", debrief="2025")


def test_the_firm_is_told_no_earlier_than_the_day_of_its_debrief():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    when(feed_back("2025", on=date(2026, 3, 19)))
    then_refused("appraisal.fed-back-before-held", debrief="2025", held_on=SPRING)
    when(feed_back("2025", on=SPRING))
    then_recorded()


def test_the_firm_is_told_once():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    given(appraisal_fed_back("2025", appraisal=number()))
    when(feed_back("2025"))
    then_refused("appraisal.already-fed-back", debrief="2025")


def test_after_a_correction_the_firm_is_told_again():
    given(debrief_held("2025"), appraisal_recorded("2025"))
    first = number()
    given(appraisal_fed_back("2025", appraisal=first), appraisal_corrected("2025", corrects=first))
    corrected = number()
    when(feed_back("2025", on=date(2026, 5, 1)))
    then(appraisal_fed_back("2025", appraisal=corrected, on=date(2026, 5, 1)))
