"""How a duty stands on a day: what its rule asks for, beside what was done (SEM-06 to SEM-08)."""

from datetime import date
from functools import lru_cache
from typing import Any, Literal

import msgspec

from ledger.rules.pack import Rule, packs
from ledger.rules.semantics import Standing, days_after, displayed_long_enough, standing
from projections.displays import Done, Shown, shown
from projections.duty_book import DutyBook, Expected, Span

State = Literal["due", "amber", "on-time", "late", "missing", "incomplete", "too-short"]
WRONG: tuple[State, ...] = ("missing", "incomplete", "too-short", "late")
STILL_OPEN: tuple[State, ...] = ("missing", "incomplete", "amber", "due")
STILL_TO_DO: dict[str, State] = {"on-time": "due", "amber": "amber", "late": "missing"}


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a rule asks for, as it stands on a day.

    `rule` stands in the pack of this `edition`, in this `source` and `clause`. `due_on`: none where the rule
    names no day; `due_rolled_on`: past holidays (SEM-06), none while those of that year are not announced.
    `done_on` and `fulfilled_by`, the record, once it was done. Of a paper: `doors` of `doors_required` door
    numbers, the `places_missing`, how long it hung and has to hang, and the first day it may come down.
    """

    duty: str
    rule: str
    edition: str
    title_zh: str
    title_en: str
    source: str
    doc_no: str | None
    clause: str
    state: State
    late_days: int = 0
    due_on: date | None = None
    due_rolled_on: date | None = None
    subject: str | None = None
    period: Span | None = None
    done_on: date | None = None
    fulfilled_by: int | None = None
    doors: int | None = None
    doors_required: int | None = None
    places_missing: tuple[str, ...] = ()
    posted_days: int | None = None
    posted_days_min: int | None = None
    removed_on: date | None = None
    removable_on: date | None = None


def duty_of(book: DutyBook, one: Expected, on: date) -> Duty | None:
    """How what is expected stands on a day; none if no rule in force asks for it by the day asked for.

    Errors: `CalendarMissing` where it hangs on the working days of a year nobody entered.
    """
    due_on = one.deadline.due_on if one.deadline else None
    law = book.law(one.judged_on)
    begins_on = min(one.begins_on or one.judged_on, due_on or date.max)
    if (due_on or one.judged_on) < book.opened_on or begins_on > book.until or not law.is_in_force(one.rule):
        return None
    hung = shown(one.paper, on, one.kinds) if one.paper is not None else None
    done = hung.complete if hung else one.done
    state, late_days = _state(one, done, hung, on)
    return Duty(
        duty=one.duty,
        rule=one.rule,
        **_source(law.rules[one.rule]),
        state=state,
        late_days=late_days,
        due_on=due_on,
        due_rolled_on=one.deadline.due_rolled_on if one.deadline else None,
        subject=one.subject,
        period=one.period,
        done_on=done.on if done else None,
        fulfilled_by=done.number if done else None,
        posted_days_min=one.keep_days,
        removable_on=_removable_on(one, done),
        **(_hanging(hung, on) if hung else {}),
    )


def _state(one: Expected, done: Done | None, hung: Shown | None, on: date) -> tuple[State, int]:
    """As it was done; of what is not done, as it stands on the day. The days it is late, or was."""
    stands = standing(one.deadline, done.on if done else on) if one.deadline else Standing("on-time")
    if done is not None:
        return "too-short" if hung and _ended_too_soon(one, done, hung) else stands.mark, stands.late_days
    if hung is not None:
        return "incomplete", stands.late_days
    if one.overdue_on is not None and one.overdue_on <= on:
        return "missing", 0
    return STILL_TO_DO[stands.mark], stands.late_days


def _ended_too_soon(one: Expected, done: Done, hung: Shown) -> bool:
    if hung.ended_on is None:
        return False
    if one.keep_until_next and (one.next_on is None or hung.ended_on < one.next_on):
        return True
    return one.keep_days is not None and not displayed_long_enough(done.on, hung.ended_on, one.keep_days)


def _removable_on(one: Expected, done: Done | None) -> date | None:
    """The first day on which it may come down, as far as that is known (SEM-08)."""
    if one.keep_until_next:
        return one.next_on
    return days_after(done.on, one.keep_days) if done and one.keep_days is not None else None


def _hanging(hung: Shown, on: date) -> dict[str, Any]:
    return {
        "doors": hung.doors if hung.doors_required else None,
        "doors_required": hung.doors_required or None,
        "places_missing": hung.missing,
        "posted_days": hung.days(on),
        "removed_on": hung.ended_on,
    }


@lru_cache(maxsize=64)
def _packs_of(rule: str) -> tuple[tuple[Rule, dict[str, Any]], ...]:
    """Every version of a rule, with where it stands."""
    return tuple(
        (
            one,
            {
                "edition": pack.edition,
                "title_zh": one.title_zh,
                "title_en": one.title_en,
                "source": pack.sources[one.source].name,
                "doc_no": pack.sources[one.source].doc_no,
                "clause": one.clause,
            },
        )
        for pack in packs().values()
        for one in pack.rule
        if one.id == rule
    )


def _source(rule: Rule) -> dict[str, Any]:
    return next(source for one, source in _packs_of(rule.id) if one is rule)
