"""Legal dates are days in Shanghai; periods run as in the Civil Code (SEM-04, SEM-05, SEM-09)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import days_after, instant, legal_day, month_end, months_after, stamp

DAYS = st.dates(date(1949, 10, 1), date(2190, 12, 31))


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


def test_an_instant_is_stamped_in_universal_time_to_the_millisecond():
    assert stamp(datetime(2026, 11, 20, 9, 46, 18, 437_999, tzinfo=UTC)) == "2026-11-20T09:46:18.437Z"
    shanghai = timezone(timedelta(hours=8))
    assert stamp(datetime(2026, 11, 20, 17, 46, 18, tzinfo=shanghai)) == "2026-11-20T09:46:18.000Z"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_stamp_reads_back_and_sorts_as_time_does(when):
    later = when + timedelta(milliseconds=1)
    assert abs(instant(stamp(when)) - when) < timedelta(milliseconds=1)
    assert stamp(when) < stamp(later)
