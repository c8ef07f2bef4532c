"""What is drafted can be read again: what is said as it was asked was checked then, anything else is now."""

import pytest

from ledger.actions.fund_payment import FundPaymentRequested, RequestFundPayment
from ledger.asked import Asked
from ledger.commands import Command
from ledger.drafting import _is_as_asked
from ledger.errors import LedgerError
from ledger.events import Event
from ledger.fields import Count, Line
from tests.ledger.asked import request_payment
from tests.ledger.happened import fund_opened, vote_passed
from tests.ledger.story import TODAY, WUTONGLI, account_of


class Asking(Command, frozen=True, kw_only=True):
    reason: Line
    seats: int
    remark: Line = ""


class Happening(Event, frozen=True, kw_only=True):
    reason: Line
    seats: Count = 0
    remark: Line = "none"


ASKED = Asking(reason="三号楼门禁主机更换", seats=-1)


def test_an_event_in_the_words_of_its_command_says_what_was_checked():
    assert _is_as_asked(Happening(reason=ASKED.reason), ASKED)


@pytest.mark.parametrize(
    "event",
    [
        Happening(reason="\u0000"),
        Happening(reason=ASKED.reason, seats=10**9),
        Happening(reason=ASKED.reason, seats=ASKED.seats),  # asked, but as a number of any kind
        Happening(reason=ASKED.reason, remark=ASKED.remark),  # left out of what was asked, so never checked
    ],
)
def test_what_was_not_asked_in_these_words_is_looked_at(event):
    assert not _is_as_asked(event, ASKED)


def _wrongly(**wrong):
    judge = RequestFundPayment.decide

    def decide(self, *known):
        judged = judge(self, *known)
        return type(judged)(**{"event": judged.event, "editions": (), "irregularities": ()} | wrong)

    return RequestFundPayment, "decide", decide


@pytest.mark.parametrize(
    "wrong",
    [
        (FundPaymentRequested, "tags", lambda _: (3,)),
        (FundPaymentRequested, "postings", lambda _: (("bank/working", "1.00"),)),
        _wrongly(editions=(3,)),
        _wrongly(irregularities=("COM-5",)),
    ],
)
def test_what_is_computed_beside_an_event_is_looked_at_whatever_it_says(wrong, a_story, monkeypatch):
    a_story.happen([fund_opened("maintenance", fen=9_00), vote_passed("lift-3", authorises=8_00)])
    asked = Asked(WUTONGLI, request_payment("lift-3", fen=1), account_of("treasurer"), TODAY)
    head = a_story.store.head()
    with monkeypatch.context() as broken:
        broken.setattr(*wrong)
        with pytest.raises(LedgerError, match=r"event\.unreadable"):
            a_story.ledger.record(asked)
    assert a_story.store.head() == head
    a_story.ledger.record(asked)
    assert a_story.store.head() == head + 1
