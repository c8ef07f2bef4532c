"""The firm's year in a spec: what it was to report on, what it handed in, how it was scored and told."""

from datetime import date
from typing import Any

import msgspec

from ledger.actions.appraisal import AppraisalCorrected, AppraisalFeedbackGiven, Rating
from ledger.actions.firm_debrief import (
    Claim,
    DebriefHeld,
    DebriefScheduled,
    DebriefSubmitted,
    Figure,
    Passage,
    Period,
    ScheduleDebrief,
    SubmitDebrief,
)
from ledger.actions.rectification import RectificationOpened
from ledger.actions.rules import RulesAdopted
from ledger.actions.service_contract import ServiceContractEnded
from tests.ledger.happened import NEW_YEAR, appraisal_recorded, rubric, scores
from tests.ledger.story import FOR_EVER, Fact

YEAR_END = date(2026, 12, 31)
THE_YEAR = Period(starts_on=NEW_YEAR, ends_on=YEAR_END)
DECEMBER_12 = date(2026, 12, 12)
NOVEMBER_15 = date(2026, 11, 15)
DONGMING = Fact(RulesAdopted(starts_on=FOR_EVER, packs=("cn-31-pd", "dongming")), "chair", FOR_EVER)
WORDS = (Passage(chapter="repairs", text="全年报修 1,126 件，30 分钟内到场率 93%。"),)


def debrief_scheduled(debrief: str, *, period: Period = THE_YEAR, planned_on: date = DECEMBER_12) -> Fact:
    return Fact(
        DebriefScheduled(
            debrief=debrief, firm="heng-sheng", contract="2026-1", period=period, planned_on=planned_on
        )
    )


def schedule_debrief(debrief: str, **of: Any) -> ScheduleDebrief:
    fields = {"contract": "2026-1", "period": THE_YEAR, "planned_on": DECEMBER_12, **of}
    return ScheduleDebrief(debrief=debrief, **fields)


def debrief_submitted(
    debrief: str,
    *,
    version: int = 1,
    words: tuple[Passage, ...] = WORDS,
    claims: tuple[Claim, ...] = (),
    on: date = NOVEMBER_15,
) -> Fact:
    event = DebriefSubmitted(debrief=debrief, firm="heng-sheng", version=version, words=words, claims=claims)
    return Fact(event, "firm", on)


def submit_debrief(debrief: str, **of: Any) -> SubmitDebrief:
    return SubmitDebrief(debrief=debrief, **{"words": WORDS, **of})


def claim(figure: Figure, value: int) -> Claim:
    return Claim(figure=figure, value=value)


def held_in_november(debrief: str, *, held_on: date = NOVEMBER_15, firm: str = "heng-sheng") -> Fact:
    event = DebriefHeld(debrief=debrief, firm=firm, period=THE_YEAR, held_on=held_on, attended=63)
    return Fact(event, on=held_on)


def appraisal_corrected(debrief: str, *, corrects: int, points: int = 90) -> Fact:
    """Of the score sheet of record `corrects`."""
    event = AppraisalCorrected(
        debrief=debrief,
        firm="heng-sheng",
        corrects=corrects,
        reason="一张打分表漏记。",
        rubric=rubric(100, 60, 40),
        scores=scores(points - 38, 38),
        raters=32,
        points=points,
    )
    return Fact(event)


def appraisal_fed_back(debrief: str, *, appraisal: int, on: date = date(2026, 4, 10)) -> Fact:
    event = AppraisalFeedbackGiven(debrief=debrief, firm="heng-sheng", appraisal=appraisal, fed_back_on=on)
    return Fact(event, on=on)


def rated(*opinions: tuple[int, int, int, int]) -> tuple[Rating, ...]:
    """满意, 基本满意, 一般, 不满意 of line-1, line-2 …"""
    return tuple(
        Rating(
            item=f"line-{number}", satisfied=one[0], mostly_satisfied=one[1], fair=one[2], dissatisfied=one[3]
        )
        for number, one in enumerate(opinions, 1)
    )


def appraisal_with_opinions(debrief: str, *, on: date = NOVEMBER_15) -> Fact:
    event: Any = appraisal_recorded(debrief).event
    opinions = rated((20, 5, 4, 2), (11, 10, 5, 5))
    return Fact(msgspec.structs.replace(event, ratings=opinions, comments="希望夜间多巡一次。"), on=on)


def item_of_debrief(item: str, debrief: str, *, due_on: date, opened_on: date = NOVEMBER_15) -> Fact:
    event = RectificationOpened(
        item=item,
        source="述职评议",
        problem="楼道堆物。",
        responsible="物业服务企业",
        due_on=due_on,
        debrief=debrief,
        measures="每周清理一次。",
    )
    return Fact(event, on=opened_on)


def service_contract_ended(contract: str, *, on: date) -> Fact:
    return Fact(
        ServiceContractEnded(contract=contract, firm="heng-sheng", ended_on=on, reason="双方协商解除。")
    )
