"""`/c/{ledger}/agenda`: what the rules make due in a month; on other pages, what is late or missing."""

import re
from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api import words
from api.pages.asked import ledger_or_404, path
from api.pages.frame import ENGLISH, Shown, lang, page
from api.pages.names import named
from api.pages.place import place
from api.pages.wording import value_word
from api.services import current
from ledger.rules.semantics import CalendarMissing, days_after, month_end, months_after
from projections import duties as view
from projections.duty_book import Span
from projections.duty_states import STILL_OPEN, WRONG, Duty, State

pages = Blueprint("duties", __name__)

ON_THE_BOOK_MAX, ON_THE_STREET_MAX, PLACES_NAMED_MAX = 5, 12, 6
ACCOUNTS = ("revenue-statement", "fund-statement", "audit-report-posted")  # what owners look for first
LATELY_DAYS = 92  # what came late stays on the book for a quarter
FIRST_YEAR, LAST_YEAR = 1950, 2198
SUBJECTS = {  # which id a duty's subject is
    "decision-posted": "decision",
    "agenda-posted": "decision",
    "vote-notice": "decision",
    "completion-notice": "project",
    "firm-debrief": "firm",
    "contract-filed": "service_contract",
    "audit-engagement-posted": "audit",
    "audit-report-posted": "audit",
}
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
SIGNS: dict[State, str] = {
    "due": "live", "amber": "warn", "on-time": "ok", "late": "bad", "missing": "bad", "incomplete": "bad",
    "too-short": "bad",
}  # fmt: skip


class Item(Struct, frozen=True):
    """A duty in words: what, by when, how it stands; `rule`: what the law of `ruled_on` says.

    `href`: where to look. `community`: on an office's page, whose it is and the address of its book.
    """

    duty: Duty
    sign: str
    label: str
    title: str
    told: list[str]
    rule: str
    ruled_on: date
    href: str | None
    community: tuple[str, str] | None = None


class Wrong(Struct, frozen=True):
    """What is late or missing: the first of it, how much there is; or the year nobody entered."""

    items: list[Item]
    total: int
    missing_year: int | None = None


# -- the pages -------------------------------------------------------------------------------------


@pages.get("/c/<ledger>/agenda")
@page
def agenda(ledger: str) -> Shown:
    """A community's month; for an office, what is late in all its communities."""
    row = ledger_or_404(ledger)
    if row.kind != "community":
        return render_template(
            "late_duties.html",
            **place(row, "duties", (_("没按时做的事"), None)),
            wrong=late_under(row.ledger, at_most=None),
        )
    first = _asked_month()
    last, today = month_end(first.year, first.month), current().today
    found, missing_year = _known(row.ledger, last)
    in_month = [duty for duty in found if duty.due_on is not None and first <= duty.due_on <= last]
    is_now = first <= today <= last
    others = [duty for duty in found if duty not in in_month and duty.state in STILL_OPEN]
    before = [duty for duty in others if duty.due_on is not None and duty.due_on < first]
    undated = [duty for duty in others if duty.due_on is None]
    return render_template(
        "agenda.html",
        **place(row, "duties", (_("本月要做的事"), None)),
        month=words.month_words(first.year, first.month, lang()),
        months=_months(row.ledger, first, today),
        is_now=is_now,
        missing_year=missing_year,
        in_month=_items(row.ledger, in_month),
        before=_items(row.ledger, before if is_now else []),
        undated=_items(row.ledger, undated if is_now else []),
        calendar=f"/api/v1/ledgers/{row.ledger}/duties.ics",
        unannounced=last.year if any(duty.due_rolled_on is None for duty in in_month) else None,
    )


def _asked_month() -> date:
    """The first day of the month the address names, else of this one."""
    found = _MONTH.fullmatch(request.args.get("month", ""))
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return date(int(found[1]), int(found[2]), 1)
    return current().today.replace(day=1)


def _months(ledger: str, first: date, today: date) -> list[tuple[str, str, bool]]:
    """The month before, this one, the next, and the running one."""
    firsts = {months_after(first, -1), first, months_after(first, 1), today.replace(day=1)}
    return [
        (
            words.month_words(one.year, one.month, lang()),
            f"{path(ledger, 'agenda')}?month={one:%Y-%m}",
            one == first,
        )
        for one in sorted(firsts)
    ]


# -- pieces of other pages -------------------------------------------------------------------------


@pages.app_template_global("late_duties")
def late_duties(ledger: str) -> Wrong:
    """What a community's own page says first: missing, incomplete, down too soon, late lately."""
    found, missing_year = _known(ledger, current().today)
    wrong = _wrong(found)
    return Wrong(_items(ledger, wrong[:ON_THE_BOOK_MAX]), len(wrong), missing_year)


@pages.app_template_global("late_under")
def late_under(office: str, at_most: int | None = ON_THE_STREET_MAX) -> Wrong:
    """The same for all communities of an office, the latest first."""
    try:
        across = view.across(current().views, office, current().today)
    except CalendarMissing as missing:
        return Wrong([], 0, missing.year)
    wrong = [(one, duty) for one in across for duty in _wrong(one.duties)]
    wrong.sort(key=lambda found: -found[1].late_days)
    items = [_item(one.ledger, duty, (one.name, path(one.ledger))) for one, duty in wrong[:at_most]]
    return Wrong(items, len(wrong))


def _known(ledger: str, until: date) -> tuple[list[Duty], int | None]:
    """The duties as they stand today, or the year that has to be entered before anybody can say."""
    try:
        return view.of(current().views, ledger, current().today, until=until), None
    except CalendarMissing as missing:
        return [], missing.year


def _wrong(duties: Iterable[Duty]) -> list[Duty]:
    lately = days_after(current().today, -LATELY_DAYS)
    found = [
        duty
        for duty in duties
        if duty.state in WRONG
        and (duty.state != "late" or (duty.done_on is not None and duty.done_on >= lately))
    ]
    return sorted(
        found,
        key=lambda duty: (
            duty.duty not in ACCOUNTS, WRONG.index(duty.state), -(duty.due_on or date.min).toordinal(),
        ),
    )  # fmt: skip


# -- words -----------------------------------------------------------------------------------------


def _items(ledger: str, duties: Iterable[Duty]) -> list[Item]:
    return [_item(ledger, duty) for duty in duties]


def _item(ledger: str, duty: Duty, community: tuple[str, str] | None = None) -> Item:
    about, href = _about(ledger, duty)
    name = value_word("duty", duty.duty)
    if duty.fulfilled_by is not None:
        href = path(ledger, "events", duty.fulfilled_by)
    return Item(
        duty,
        SIGNS[duty.state],
        value_word("duty-state", duty.state),
        str(_("%(what)s：%(about)s", what=name, about=about)) if about else name,
        [told for told in (_when(duty), _where(duty), _how_long(duty)) if told],
        duty.title_en if lang() == ENGLISH else duty.title_zh,
        duty.due_on or duty.done_on or current().today,
        href,
        community,
    )


def _about(ledger: str, duty: Duty) -> tuple[str, str | None]:
    """What a duty is about in words, and where that is to be read."""
    if duty.subject is None:
        return (
            (_period(duty.period), None) if duty.period and duty.duty != "committee-meeting" else ("", None)
        )
    return named(SUBJECTS.get(duty.duty, ""), duty.subject, ledger) or (duty.subject, None)


def _period(period: Span) -> str:
    """`2026年第2季度`, `2026年上半年`, `2026年4月`, `2026年`."""
    first, months = period.starts_on, period.ends_on.month - period.starts_on.month + 1
    if months == 1:
        return words.month_words(first.year, first.month, lang())
    if months == 3:
        return str(_("%(year)s年第%(number)s季度", year=first.year, number=period.ends_on.month // 3))
    if months == 6:
        return str(
            _("%(year)s年上半年", year=first.year)
            if first.month == 1
            else _("%(year)s年下半年", year=first.year)
        )
    return str(_("%(year)s年", year=first.year))


def _when(duty: Duty) -> str:
    due = words.chinese_day(duty.due_on, lang()) if duty.due_on else None
    done = words.chinese_day(duty.done_on, lang()) if duty.done_on else None
    if due is None:
        return str(_("%(day)s做了", day=done) if done else _("没有规定哪一天，还没做"))
    if done is None:
        if duty.late_days:
            return str(_("最晚%(due)s，已经过了 %(days)s 天", due=due, days=duty.late_days))
        if duty.state == "amber" and duty.due_rolled_on is not None and duty.due_rolled_on != duty.due_on:
            rolled = words.chinese_day(duty.due_rolled_on, lang())
            return str(_("最晚%(due)s，碰上放假，可能算到%(rolled)s", due=due, rolled=rolled))
        return str(_("最晚%(due)s", due=due))
    if duty.late_days:
        return str(_("最晚%(due)s，%(day)s才做，晚了 %(days)s 天", due=due, day=done, days=duty.late_days))
    return str(_("%(day)s做了，最晚%(due)s", day=done, due=due))


def _where(duty: Duty) -> str:
    """Which places a paper never came to."""
    if not duty.places_missing:
        return ""
    missing = str(_("、")).join(_place(place) for place in duty.places_missing[:PLACES_NAMED_MAX])
    more = len(duty.places_missing) - PLACES_NAMED_MAX
    if more > 0:
        missing = str(_("%(places)s等 %(number)s 处", places=missing, number=len(duty.places_missing)))
    if duty.doors_required:
        return str(
            _(
                "%(all)s 个门口贴了 %(doors)s 个，还缺：%(missing)s",
                all=duty.doors_required,
                doors=duty.doors,
                missing=missing,
            )
        )
    return str(_("还缺：%(missing)s", missing=missing))


def _place(place: str) -> str:
    kind, _dash, door = place.partition("-")
    return str(_("%(door)s号门", door=door)) if door else value_word("place", kind)


def _how_long(duty: Duty) -> str:
    """How long a paper hung, against how long it has to."""
    if duty.state == "too-short" and duty.posted_days_min is None:
        return str(_("下一期还没贴，就撤下了"))
    if duty.posted_days_min is None:
        return ""
    if duty.state == "too-short":
        rest = {"days": duty.posted_days, "least": duty.posted_days_min}
        return str(_("只贴了 %(days)s 天，要贴满 %(least)s 天", **rest))
    if duty.removed_on is None and duty.removable_on is not None:
        return str(_("要贴到%(day)s", day=words.chinese_day(duty.removable_on, lang())))
    return ""
