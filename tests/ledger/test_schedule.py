"""Due against received: the oldest due first, and every line is received, late, short or missing."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money.schedule import Covered, Due, Received, cover, overpaid

APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
DAY = timedelta(days=1)
QUARTERS = (Due(APRIL, 6_000_00), Due(JULY, 6_000_00), Due(OCTOBER, 6_000_00))
NEVER = date(2030, 1, 1)


def states(received: list[Received], on: date = NEVER) -> list[tuple[str, int, int]]:
    return [(line.status, line.received_fen, line.days) for line in cover(QUARTERS, received, on)]


@pytest.mark.parametrize(
    ("on", "status", "days"),
    [
        (APRIL - DAY, "upcoming", 0),
        (APRIL, "upcoming", 0),
        (APRIL + DAY, "missing", 1),
        (JULY, "missing", 91),
    ],
)
def test_a_line_is_missing_from_the_day_after_it_was_due(on, status, days):
    assert states([], on)[0] == (status, 0, days)


def test_what_comes_on_the_day_is_in_time_and_the_day_after_is_late():
    assert states([Received(APRIL, 6_000_00)])[0] == ("received", 6_000_00, 0)
    assert states([Received(APRIL + DAY, 6_000_00)])[0] == ("late", 6_000_00, 1)


def test_one_fen_short_is_short():
    assert states([Received(APRIL, 5_999_99)], JULY)[0] == ("short", 5_999_99, 91)


def test_a_line_is_as_late_as_its_last_fen():
    (first, *_) = cover(QUARTERS, [Received(APRIL, 5_999_99), Received(APRIL + 9 * DAY, 1)], NEVER)
    assert first == Covered(QUARTERS[0], 6_000_00, APRIL + 9 * DAY, "late", 9)


def test_money_fills_the_oldest_line_first_whatever_it_was_meant_for():
    assert states([Received(JULY, 7_000_00)], JULY) == [
        ("late", 6_000_00, 91),
        ("upcoming", 1_000_00, 0),
        ("upcoming", 0, 0),
    ]


def test_one_payment_ahead_of_time_covers_several_lines():
    assert [line.status for line in cover(QUARTERS, [Received(APRIL, 18_000_00)], APRIL)] == ["received"] * 3


def test_what_came_beyond_the_whole_schedule_is_overpaid():
    assert overpaid(QUARTERS, [Received(APRIL, 18_000_00)]) == 0
    assert overpaid(QUARTERS, [Received(APRIL, 18_000_00), Received(JULY, 1)]) == 1


def test_the_order_in_which_receipts_were_entered_does_not_matter():
    early, late = Received(APRIL, 3_000_00), Received(JULY, 9_000_00)
    assert cover(QUARTERS, [early, late], NEVER) == cover(QUARTERS, [late, early], NEVER)


def test_without_a_schedule_everything_is_overpaid():
    assert cover((), [Received(APRIL, 7)], NEVER) == []
    assert overpaid((), [Received(APRIL, 7)]) == 7


days = st.integers(0, 400).map(lambda after: APRIL + timedelta(days=after))
schedules = st.lists(
    st.builds(Due, days, st.integers(1, 9_999)), max_size=8, unique_by=lambda due: due.due_on
)
payments = st.lists(st.builds(Received, days, st.integers(1, 9_999)), max_size=12)


@given(schedules, payments, days)
def test_every_fen_that_came_covers_one_line_or_is_overpaid(lines, received, on):
    covered = cover(lines, received, on)
    assert sum(line.received_fen for line in covered) + overpaid(lines, received) == sum(
        one.fen for one in received
    )
    assert all(0 <= line.received_fen <= line.due.amount_fen for line in covered)


@given(schedules, payments, days)
def test_no_line_is_paid_before_every_older_one(lines, received, on):
    covered = cover(lines, received, on)
    for older, younger in pairwise(covered):
        assert older.due.due_on < younger.due.due_on
        assert younger.received_fen == 0 or older.open_fen == 0


@given(schedules, payments, days)
def test_the_day_on_which_a_line_was_settled_is_the_first_on_which_enough_had_come(lines, received, on):
    needed = 0
    for line in cover(lines, received, on):
        needed += line.due.amount_fen
        enough = [
            one.received_on
            for one in received
            if sum(other.fen for other in received if other.received_on <= one.received_on) >= needed
        ]
        assert line.settled_on == min(enough, default=None)
