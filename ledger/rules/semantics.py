"""How the law counts, compares and dates (SEM-01 to SEM-09): whole numbers and days, never percentages.

Its words decide whether a limit itself is enough: 以上, 以下 and 以内 include it, 过半数, 超过, 不足 do not.
"""

import calendar
import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger.dates import instant
from ledger.errors import LedgerError

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5  # as `date.weekday` counts


class Ratio(NamedTuple):
    """A share as the law words it: two thirds, 30 in a hundred."""

    part: int
    whole: int

    @classmethod
    def of(cls, text: str) -> "Ratio":
        """`"2/3"`. Errors: `ValueError` for anything else, a whole of 0 or a share above all of it."""
        part, slash, whole = text.partition("/")
        if not (slash and part.isascii() and part.isdecimal() and whole.isascii() and whole.isdecimal()):
            raise ValueError(text)
        ratio = cls(int(part), int(whole))
        if not 0 <= ratio.part <= ratio.whole or ratio.whole == 0:
            raise ValueError(text)
        return ratio

    def is_above(self, other: "Ratio") -> bool:
        """Whether this share is the larger."""
        return self.part * other.whole > other.part * self.whole

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


# -- comparing parts of a whole, by cross-multiplication (SEM-03) -----------------------------------------


def at_least(part: int, total: int, share: Ratio) -> bool:
    """以上, "at least": the share itself is enough (SEM-01)."""
    return part * share.whole >= share.part * total


def more_than(part: int, total: int, share: Ratio) -> bool:
    """过半数, 高于, 超过, "more than": the share itself is not enough (SEM-02)."""
    return part * share.whole > share.part * total


def at_most(part: int, total: int, share: Ratio) -> bool:
    """以下, 不超过, "at most": the share itself is allowed (SEM-01)."""
    return part * share.whole <= share.part * total


def less_than(part: int, total: int, share: Ratio) -> bool:
    """不足, 低于, "less than": the share itself is not meant (SEM-02)."""
    return part * share.whole < share.part * total


def share_of(total: int, share: Ratio) -> int:
    """A share of whole units, a half rounded up: 70/100 of 18,211,617 is 12,748,132 (EX5)."""
    return (2 * total * share.part + share.whole) // (2 * share.whole)


# -- days and periods ----------------------------------------------------------------------------------------


def days_late(recorded_at: str, occurred_on: date) -> int:
    """How many days after it happened something was recorded, by its stamp and its legal date."""
    return (legal_day(instant(recorded_at)) - occurred_on).days


def legal_day(instant: datetime) -> date:
    """The day in Shanghai on which an instant falls (SEM-09)."""
    return instant.astimezone(SHANGHAI).date()


def days_after(start: date, days: int) -> date:
    """The last day of a period counted in days; the starting day does not count (SEM-04)."""
    return start + timedelta(days=days)


def months_after(start: date, months: int) -> date:
    """The same-numbered day some months on, or the month's last day if there is none (SEM-05)."""
    month = start.year * 12 + start.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


# -- working days --------------------------------------------------------------------------------------------


class CalendarMissing(LedgerError):
    """Nobody entered the holidays announced for a year, so no working day of it is known; `year` says which.

    The State Council announces every year anew: what is not in `holidays.toml` would be a guess.
    """

    code = "calendar.year-missing"

    @property
    def year(self) -> int:
        """The year to be entered."""
        return int(self.details["year"])


class Holidays(NamedTuple):
    """What is known of working days beyond weekends: which years, days off in them, weekend days worked."""

    years: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]


@cache
def holidays() -> Holidays:
    """The announced holidays and make-up working days, from `holidays.toml`."""
    announced = tomllib.loads(
        resources.files("ledger.rules").joinpath("holidays.toml").read_text(encoding="utf-8")
    )
    off = {
        first + timedelta(days)
        for year in announced.values()
        for first, last in year["holidays"]
        for days in range((last - first).days + 1)
    }
    worked = {day for year in announced.values() for day in year["worked"]}
    return Holidays(frozenset(map(int, announced)), frozenset(off), frozenset(worked))


def is_working_day(day: date) -> bool:
    """Whether people work on a day. Errors: `CalendarMissing` for one of a year that was not entered."""
    known = holidays()
    if day.year not in known.years:
        raise CalendarMissing(year=day.year)
    return day in known.worked or (day.weekday() < SATURDAY and day not in known.off)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the next one. Errors: `CalendarMissing`."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


# -- on time, in doubt, late ---------------------------------------------------------------------------------


class Deadline(NamedTuple):
    """A last day, kept twice: as counted, and rolled to the next working day, none while that is not known.

    Whether the rolling helps who has a duty to publish is not settled: in between is amber (SEM-06).
    """

    due_on: date
    due_rolled_on: date | None
    beyond_doubt_until: date

    @classmethod
    def by(cls, due_on: date) -> "Deadline":
        """Due on a day, that day included."""
        return cls(due_on, _rolled(due_on), due_on)

    @classmethod
    def before(cls, day: date) -> "Deadline":
        """`N日前`: day N itself is still on time, but in doubt (SEM-07)."""
        return cls(day, _rolled(day), day - timedelta(days=1))

    @classmethod
    def days_after(cls, start: date, days: int) -> "Deadline":
        """Due a number of days after a day, which does not count itself (SEM-04)."""
        return cls.by(days_after(start, days))

    @classmethod
    def months_after(cls, start: date, months: int) -> "Deadline":
        """Due a number of months after a day (SEM-05)."""
        return cls.by(months_after(start, months))


def _rolled(day: date) -> date | None:
    try:
        return next_working_day(day)
    except CalendarMissing:
        return None


class Standing(NamedTuple):
    """Where something due stands; `late_days` is 0 unless it is late."""

    mark: Literal["on-time", "amber", "late"]
    late_days: int = 0


def standing(deadline: Deadline, day: date) -> Standing:
    """How a deadline was kept by what was done on `day`; of what is not done yet, how it stands that day.

    Errors: `CalendarMissing` where that depends on the working days of a year nobody entered.
    """
    if day <= deadline.beyond_doubt_until:
        return Standing("on-time")
    if day <= deadline.due_on:
        return Standing("amber")
    last = deadline.due_rolled_on or next_working_day(deadline.due_on)
    if day <= last:
        return Standing("amber")
    return Standing("late", (day - last).days)


def displayed_days(posted_on: date, removed_on: date) -> int:
    """How long something was on display; the day it was put up does not count (SEM-08)."""
    return (removed_on - posted_on).days


def displayed_long_enough(posted_on: date, removed_on: date, days: int) -> bool:
    """Whether a display of N days was kept up, by either reading of the law (SEM-08)."""
    return displayed_days(posted_on, removed_on) >= days
