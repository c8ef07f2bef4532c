"""What is drafted: what an event says in the words of its command was checked with it; anything else is."""

from typing import ClassVar

import pytest

from ledger.commands import Command
from ledger.drafting import _is_as_asked
from ledger.events import Event
from ledger.fields import Count, Line


class Asking(Command, frozen=True, kw_only=True):
    reason: Line
    seats: int


class Happening(Event, frozen=True, kw_only=True):
    schema: ClassVar[int] = 1

    reason: Line
    seats: Count = 0


ASKED = Asking(reason="三号楼门禁主机更换", seats=-1)


def test_an_event_in_the_words_of_its_command_says_what_was_checked():
    assert _is_as_asked(Happening(reason=ASKED.reason), ASKED)


@pytest.mark.parametrize(
    "event",
    [
        Happening(reason="\u0000"),
        Happening(reason=ASKED.reason, seats=10**9),
        Happening(reason=ASKED.reason, seats=ASKED.seats),  # asked, but as a number of any kind
    ],
)
def test_what_was_not_asked_in_these_words_is_looked_at(event):
    assert not _is_as_asked(event, ASKED)
