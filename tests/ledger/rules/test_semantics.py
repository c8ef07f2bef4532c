"""How the law counts, compares and dates (SEM-01 to SEM-09)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.semantics import (
    CalendarMissing,
    Deadline,
    Ratio,
    Standing,
    at_least,
    at_most,
    days_after,
    displayed_days,
    displayed_long_enough,
    holidays,
    is_working_day,
    legal_day,
    less_than,
    month_end,
    months_after,
    more_than,
    next_working_day,
    share_of,
    standing,
)

DAYS = st.dates(date(1949, 10, 1), date(2190, 12, 31))
ENTERED = st.dates(date(2021, 1, 1), date(2026, 12, 31))  # whose holidays are in holidays.toml
HALF, TWO_THIRDS, THREE_QUARTERS, THIRTY_PERCENT = Ratio(1, 2), Ratio(2, 3), Ratio(3, 4), Ratio(30, 100)
WHOLE = 10**12


# -- parts of a whole (SEM-01 to SEM-03) ----------------------------------------------------------------


@pytest.mark.parametrize(("part", "met"), [(59_999_99, False), (60_000_00, True), (60_000_01, True)])
def test_two_thirds_or_more_includes_two_thirds(part, met):
    assert at_least(part, 90_000_00, TWO_THIRDS) is met


@pytest.mark.parametrize(("part", "met"), [(30_000_00, False), (30_000_01, True)])
def test_more_than_half_does_not_include_half(part, met):
    assert more_than(part, 60_000_00, HALF) is met


@pytest.mark.parametrize(("part", "met"), [(80_400_00, True), (80_400_01, False)])
def test_at_most_thirty_percent_includes_thirty_percent(part, met):
    assert at_most(part, 268_000_00, THIRTY_PERCENT) is met


@pytest.mark.parametrize(("part", "met"), [(29_99, True), (30_00, False), (30_01, False)])
def test_less_than_thirty_percent_does_not_include_thirty_percent(part, met):
    assert less_than(part, 100_00, THIRTY_PERCENT) is met


def test_a_third_that_no_decimal_can_write_is_still_exact():
    assert at_least(33, 99, Ratio(1, 3))
    assert not at_least(33, 100, Ratio(1, 3))
    assert not more_than(33, 99, Ratio(1, 3))


@given(st.integers(0, WHOLE), st.integers(1, WHOLE), st.integers(0, 100), st.integers(1, 100))
def test_each_comparison_is_the_opposite_of_one_other(part, total, numerator, denominator):
    share = Ratio(min(numerator, denominator), denominator)
    assert at_least(part, total, share) is not less_than(part, total, share)
    assert more_than(part, total, share) is not at_most(part, total, share)
    exactly = part * share.whole == share.part * total
    assert (at_least(part, total, share) and at_most(part, total, share)) is exactly


@pytest.mark.parametrize(
    "text", ["", "2", "2/", "/3", "4/3", "1/0", "0/0", "-1/2", "2 / 3", "0.5/1", "２/3", "1/2/3"]
)
def test_only_a_part_of_a_whole_is_a_share(text):
    with pytest.raises(ValueError, match="^" + text.replace("/", ".").replace(" ", ".")):
        Ratio.of(text)


def test_a_share_is_read_and_written_as_the_law_words_it():
    assert Ratio.of("30/100") == THIRTY_PERCENT
    assert str(Ratio.of("2/3")) == "2/3"
    assert THREE_QUARTERS.is_above(TWO_THIRDS)
    assert not Ratio(2, 4).is_above(HALF)


@pytest.mark.parametrize(
    ("total", "share", "part"),
    [
        (182_116_17, "70/100", 127_481_32),  # EX5: 12,748,131.9 fen
        (251_340_50, "5/100", 12_567_03),  # EX7: 1,256,702.5 fen, the half goes up
        (100_01, "1/2", 50_01),
        (100_00, "1/3", 33_33),
        (0, "2/3", 0),
        (1, "1/3", 0),
        (1, "1/2", 1),
    ],
)
def test_a_share_of_whole_fen_rounds_a_half_up(total, share, part):
    assert share_of(total, Ratio.of(share)) == part


@given(st.integers(0, WHOLE), st.integers(0, 100))
def test_a_share_and_the_rest_differ_from_exact_by_half_a_fen_at_most(total, percent):
    assert abs(share_of(total, Ratio(percent, 100)) * 100 - total * percent) <= 50


# -- days and periods (SEM-04, SEM-05, SEM-09) ----------------------------------------------------------


def test_five_past_midnight_in_shanghai_is_the_next_day():
    assert legal_day(datetime(2026, 9, 30, 16, 5, tzinfo=UTC)) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("hour", "minute", "second", "day"), [(15, 59, 59, date(2026, 9, 30)), (16, 0, 0, date(2026, 10, 1))]
)
def test_the_day_in_shanghai_begins_at_sixteen_hours_universal_time(hour, minute, second, day):
    assert legal_day(datetime(2026, 9, 30, hour, minute, second, tzinfo=UTC)) == day


def test_an_instant_of_another_zone_falls_on_its_day_in_shanghai():
    new_york = timezone(timedelta(hours=-5))
    assert legal_day(datetime(2026, 12, 31, 11, 0, tzinfo=new_york)) == date(2027, 1, 1)


def test_the_day_a_period_starts_does_not_count():
    assert days_after(date(2026, 6, 29), 30) == date(2026, 7, 29)
    assert days_after(date(2026, 9, 11), 3) == date(2026, 9, 14)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 3, 15), 1, date(2026, 4, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_end_on_the_same_numbered_day_or_the_last_of_the_month(start, months, last):
    assert months_after(start, months) == last


@given(DAYS, st.integers(0, 100))
def test_months_later_is_in_that_month_and_never_on_a_later_day_number(start, months):
    later = months_after(start, months)
    assert (later.year - start.year) * 12 + later.month - start.month == months
    assert later.day == min(start.day, month_end(later.year, later.month).day)


@given(DAYS)
def test_the_day_after_a_month_ends_is_a_first(day):
    assert (month_end(day.year, day.month) + timedelta(days=1)).day == 1


# -- working days (SEM-06) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked in return
        (date(2026, 10, 11), False),  # a Sunday
        (date(2026, 1, 4), True),  # a Sunday worked in return
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2025, 6, 2), False),
        (date(2025, 6, 3), True),
        (date(2024, 5, 11), True),
        (date(2024, 9, 17), False),
    ],
)
def test_holidays_and_the_weekend_days_worked_in_return_are_as_announced(day, working):
    assert is_working_day(day) is working


@pytest.mark.parametrize(
    ("year", "working"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_as_many_working_days_as_announced(year, working):
    first = date(year, 1, 1)
    days = [first + timedelta(days) for days in range((date(year + 1, 1, 1) - first).days)]
    assert sum(map(is_working_day, days)) == working


def test_only_weekend_days_are_worked_in_return_and_none_is_also_off():
    known = holidays()
    assert known.years == {2021, 2022, 2023, 2024, 2025, 2026}
    assert {day.year for day in known.off | known.worked} == known.years
    assert all(day.weekday() >= 5 for day in known.worked)
    assert not known.worked & known.off


@pytest.mark.parametrize("day", [date(2031, 10, 1), date(2031, 10, 4), date(2020, 12, 31)])
def test_of_a_year_nobody_entered_no_working_day_is_known(day):
    with pytest.raises(CalendarMissing) as missing:
        is_working_day(day)
    assert (missing.value.code, missing.value.year) == ("calendar.year-missing", day.year)


def test_a_day_that_rolls_into_a_year_nobody_entered_is_not_guessed():
    with pytest.raises(CalendarMissing) as missing:
        next_working_day(date(2031, 1, 1))
    assert missing.value.year == 2031
    deadline = Deadline.by(date(2031, 10, 1))
    assert deadline == Deadline(date(2031, 10, 1), None, date(2031, 10, 1))
    assert standing(deadline, date(2031, 10, 1)) == Standing("on-time")
    with pytest.raises(CalendarMissing):
        standing(deadline, date(2031, 10, 2))


def test_a_working_day_at_the_end_of_the_last_year_needs_no_other():
    assert Deadline.by(date(2026, 12, 31)).due_rolled_on == date(2026, 12, 31)
    assert standing(Deadline.by(date(2026, 12, 31)), date(2027, 1, 2)) == Standing("late", 2)


@given(ENTERED)
def test_the_next_working_day_is_the_first_one_from_that_day_on(day):
    working = next_working_day(day)
    assert is_working_day(working)
    assert working >= day
    assert not any(is_working_day(day + timedelta(days)) for days in range((working - day).days))
    assert next_working_day(working) == working


# -- deadlines (SEM-06, SEM-07) -------------------------------------------------------------------------


def test_what_falls_due_in_a_holiday_keeps_both_dates():
    assert Deadline.by(date(2026, 10, 1)) == Deadline(date(2026, 10, 1), date(2026, 10, 8), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("done_on", "stands"),
    [
        (date(2026, 9, 30), Standing("on-time")),
        (date(2026, 10, 1), Standing("on-time")),
        (date(2026, 10, 2), Standing("amber")),
        (date(2026, 10, 8), Standing("amber")),
        (date(2026, 10, 9), Standing("late", 1)),
        (date(2026, 11, 8), Standing("late", 31)),
    ],
)
def test_between_the_day_counted_and_the_day_rolled_to_it_is_amber(done_on, stands):
    assert standing(Deadline.by(date(2026, 10, 1)), done_on) == stands


@pytest.mark.parametrize(
    ("done_on", "stands"),
    [
        (date(2026, 7, 14), Standing("on-time")),
        (date(2026, 7, 15), Standing("amber")),
        (date(2026, 7, 16), Standing("late", 1)),
    ],
)
def test_before_the_15th_means_the_15th_is_on_time_but_amber(done_on, stands):
    assert standing(Deadline.before(date(2026, 7, 15)), done_on) == stands


def test_before_a_day_that_is_a_sunday_is_amber_until_monday():
    until_sunday = Deadline.before(date(2026, 11, 15))
    assert standing(until_sunday, date(2026, 11, 14)) == Standing("on-time")
    assert standing(until_sunday, date(2026, 11, 16)) == Standing("amber")
    assert standing(until_sunday, date(2026, 11, 17)) == Standing("late", 1)


@given(ENTERED, st.integers(-400, 400), st.sampled_from([Deadline.by, Deadline.before]))
def test_every_day_is_on_time_or_amber_or_late_and_never_turns_better(due_on, shift, kind):
    deadline, day = kind(due_on), due_on + timedelta(shift)
    order = ["on-time", "amber", "late"]
    stands, next_day = standing(deadline, day), standing(deadline, day + timedelta(1))
    assert order.index(stands.mark) <= order.index(next_day.mark)
    assert stands.late_days <= next_day.late_days <= stands.late_days + 1
    assert (stands.mark == "late") == (stands.late_days > 0) == (day > deadline.due_rolled_on)
    assert stands.mark != "late" or day > due_on


def test_months_are_counted_before_they_are_rolled():
    # 31 January and one month: the last of February 2026, a Saturday that was worked in return
    deadline = Deadline.months_after(date(2026, 1, 31), 1)
    assert deadline == Deadline(date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 28))


# -- EX9 ------------------------------------------------------------------------------------------------


def test_ex9_a_half_year_statement_is_on_time_on_the_last_of_july():
    due = Deadline.by(month_end(2026, 7))
    assert standing(due, date(2026, 7, 31)) == Standing("on-time")
    assert standing(due, date(2026, 8, 1)) == Standing("late", 1)


def test_ex9_a_quarterly_statement_posted_on_the_15th_is_on_time_in_amber():
    due = Deadline.before(date(2026, 7, 15))
    assert standing(due, date(2026, 7, 15)) == Standing("amber")
    assert standing(due, date(2026, 7, 16)) == Standing("late", 1)


def test_ex9_an_audit_report_received_on_friday_is_posted_by_monday():
    due = Deadline.days_after(date(2026, 6, 26), 3)
    assert due.due_on == due.due_rolled_on == date(2026, 6, 29)
    assert standing(due, date(2026, 6, 29)) == Standing("on-time")
    assert standing(due, date(2026, 6, 30)) == Standing("late", 1)


def test_ex9_an_audit_result_taken_down_after_21_of_30_days_was_not_up_long_enough():
    assert displayed_days(date(2026, 6, 29), date(2026, 7, 20)) == 21
    assert not displayed_long_enough(date(2026, 6, 29), date(2026, 7, 20), 30)


@pytest.mark.parametrize(("removed_on", "enough"), [(date(2026, 7, 28), False), (date(2026, 7, 29), True)])
def test_ex9_the_earliest_lawful_removal_is_the_29th(removed_on, enough):
    assert displayed_long_enough(date(2026, 6, 29), removed_on, 30) is enough
    assert days_after(date(2026, 6, 29), 30) == date(2026, 7, 29)


def test_ex9_a_committee_decision_posted_after_four_days_is_late_by_one():
    due = Deadline.days_after(date(2026, 9, 11), 3)
    assert due.due_on == date(2026, 9, 14)
    assert standing(due, date(2026, 9, 15)) == Standing("late", 1)


def test_ex9_an_audit_engagement_was_up_for_6_of_7_days():
    assert displayed_days(date(2026, 3, 9), date(2026, 3, 15)) == 6
    assert not displayed_long_enough(date(2026, 3, 9), date(2026, 3, 15), 7)


@given(DAYS, st.integers(1, 400))
def test_what_is_up_from_the_first_to_the_last_day_of_a_period_was_up_long_enough(posted_on, days):
    last = days_after(posted_on, days)
    assert displayed_long_enough(posted_on, last, days)
    assert not displayed_long_enough(posted_on, last - timedelta(days=1), days)
