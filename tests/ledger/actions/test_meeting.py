"""The day on which owners were received, or all sides sat together, by whom and with how many."""

from datetime import date

import pytest

from ledger.actions.meeting import RecordMeeting
from tests.ledger.duty_words import meeting_held
from tests.ledger.story import then, then_malformed, when

APRIL_9 = date(2026, 4, 9)
TALKED_ABOUT = "电动车停在楼道里，怎么办。"


@pytest.mark.parametrize("meeting", ["reception", "joint"])
def test_a_meeting_is_recorded_with_its_own_day(meeting):
    when(RecordMeeting(meeting=meeting, held_on=APRIL_9, attended=12, topics=TALKED_ABOUT))
    then(meeting_held(meeting, APRIL_9, attended=12, topics=TALKED_ABOUT))


def test_a_meeting_that_is_still_to_come_is_not_recorded():
    when(RecordMeeting(meeting="reception", held_on=date(2026, 11, 21)))
    then_malformed("/held_on", "date.in-the-future")
