"""A finding is put right, reported, and judged by somebody else (SYS-31)."""

import pytest
from msgspec import structs

from ledger.actions.rectification import (
    AcceptRectification,
    Rectification,
    RejectRectification,
    ReportRectification,
)
from tests.ledger.asked import open_rectification
from tests.ledger.firm_words import debrief_scheduled
from tests.ledger.happened import (
    debrief_held,
    rectification_accepted,
    rectification_opened,
    rectification_rejected,
    rectification_reported,
    role_granted,
)
from tests.ledger.story import given, state_of, then, then_refused, when

REPORT = ReportRectification(item="stairs", report="堆物已清理。")
ACCEPT = AcceptRectification(item="stairs")
REJECT = RejectRectification(item="stairs", reason="五楼仍有堆物。")


def test_a_finding_is_opened():
    when(open_rectification("stairs"))
    then(rectification_opened("stairs"))


def test_a_finding_is_opened_once():
    given(rectification_opened("stairs"))
    when(open_rectification("stairs"))
    then_refused("rectification.already-open", item="stairs")


def of_debrief(debrief):
    return structs.replace(
        open_rectification("stairs"),
        debrief=debrief,
        measures="每周清理一次。",
        acceptance="连续四周无堆物。",
    )


def test_an_item_comes_from_a_debrief_that_was_held():
    given(debrief_held("2025"))
    when(of_debrief("2025"))
    plain = rectification_opened("stairs")
    wanted = structs.replace(
        plain.event, debrief="2025", measures="每周清理一次。", acceptance="连续四周无堆物。"
    )
    then(plain._replace(event=wanted))
    assert wanted.tags() == ("rectification:stairs", "debrief:2025")


@pytest.mark.parametrize("facts", [(), (debrief_scheduled("2025"),)], ids=["unknown", "only planned"])
def test_no_item_comes_from_a_debrief_that_was_not(facts):
    given(*facts)
    when(of_debrief("2025"))
    then_refused("debrief.unknown", debrief="2025")


def test_the_firm_reports_it_put_right():
    given(rectification_opened("stairs"))
    when(REPORT)
    then(rectification_reported("stairs"))


def test_only_what_is_open_is_reported():
    when(REPORT)
    then_refused("rectification.unknown", item="stairs")
    given(rectification_opened("stairs"), rectification_reported("stairs"))
    when(REPORT)
    then_refused("rectification.not-open", item="stairs")


def test_somebody_else_accepts():
    given(rectification_opened("stairs"), rectification_reported("stairs"))
    when(ACCEPT)
    then(rectification_accepted("stairs"))
    assert state_of(Rectification, "stairs").stage == "accepted"


@pytest.mark.parametrize("judgement", [ACCEPT, REJECT])
def test_nobody_judges_their_own_report(judgement):
    given(role_granted("the-member", "secretary"))
    given(rectification_opened("stairs"), rectification_reported("stairs", by="member"))
    when(judgement, by="the-member")
    then_refused("rectification.own-report", item="stairs")


@pytest.mark.parametrize("judgement", [ACCEPT, REJECT])
def test_only_what_was_reported_is_judged(judgement):
    when(judgement)
    then_refused("rectification.unknown", item="stairs")
    given(rectification_opened("stairs"))
    when(judgement)
    then_refused("rectification.not-reported", item="stairs")


def test_what_is_sent_back_is_open_again():
    given(rectification_opened("stairs"), rectification_reported("stairs"))
    when(REJECT)
    then(rectification_rejected("stairs"))
    when(REPORT)
    then(rectification_reported("stairs"))


def test_who_reported_first_may_judge_what_another_reported_later():
    given(rectification_opened("stairs"), rectification_reported("stairs", by="member"))
    given(rectification_rejected("stairs"), rectification_reported("stairs", by="firm"))
    when(ACCEPT, by="the-member")
    then(rectification_accepted("stairs"))


@pytest.mark.parametrize("again", [REPORT, ACCEPT, REJECT])
def test_what_was_accepted_is_closed(again):
    given(rectification_opened("stairs"), rectification_reported("stairs"), rectification_accepted("stairs"))
    when(again)
    then_refused("rectification.not-open" if again is REPORT else "rectification.not-reported", item="stairs")
