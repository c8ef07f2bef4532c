"""Instants as events carry them: universal time to the millisecond."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import instant, stamp


def test_an_instant_is_stamped_in_universal_time_to_the_millisecond():
    assert stamp(datetime(2026, 11, 20, 9, 46, 18, 437_999, tzinfo=UTC)) == "2026-11-20T09:46:18.437Z"
    shanghai = timezone(timedelta(hours=8))
    assert stamp(datetime(2026, 11, 20, 17, 46, 18, tzinfo=shanghai)) == "2026-11-20T09:46:18.000Z"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_stamp_reads_back_and_sorts_as_time_does(when):
    later = when + timedelta(milliseconds=1)
    assert abs(instant(stamp(when)) - when) < timedelta(milliseconds=1)
    assert stamp(when) < stamp(later)
