"""Periods are cut by days in Shanghai."""

from datetime import date

import pytest

from api.pages.periods import asked_period, last_year, months, offered


@pytest.fixture(autouse=True)
def reading(here):
    with here.app.test_request_context("/"):
        yield


def test_the_last_twelve_months_are_whole_months_with_the_running_one():
    period = last_year(date(2026, 11, 20))
    assert (period.start, period.end) == (date(2025, 12, 1), date(2026, 11, 30))
    assert months(date(2024, 2, 29))[0] == (date(2023, 3, 1), date(2023, 3, 31))
    assert months(date(2024, 2, 29))[-1] == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_quarter_is_named_and_cut():
    period = asked_period("2024-q1", date(2026, 11, 20))
    assert (period.label, period.start, period.end) == ("2024年第1季度", date(2024, 1, 1), date(2024, 3, 31))


def test_the_running_quarter_is_offered_first_and_four_before_it():
    assert [period.key for period in offered(date(2026, 2, 28))] == [
        "", "2026-q1", "2025-q4", "2025-q3", "2025-q2", "2025-q1",
    ]  # fmt: skip


def test_what_is_no_quarter_is_no_period():
    for key in ("2026-q5", "2026-q0", "2026q1", "q1", "2026-q1 ", "9999-q1"):
        assert asked_period(key, date(2026, 11, 20)) is None
