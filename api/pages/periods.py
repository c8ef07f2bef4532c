"""Periods people ask for: the last twelve months or one quarter, cut by days in Shanghai."""

import re
from datetime import date

from flask_babel import gettext as _
from msgspec import Struct

from ledger.rules.semantics import month_end, months_after

QUARTERS_OFFERED = 5
_QUARTER = re.compile(r"(19[5-9][0-9]|2[01][0-9]{2})-q([1-4])")


class Period(Struct, frozen=True):
    """From one day to another, both included; `key` is how the address names it."""

    key: str
    label: str
    start: date
    end: date


def last_year(today: date) -> Period:
    """Twelve whole months up to and with the running one."""
    start = months_after(today.replace(day=1), -11)
    return Period("", _("近 12 个月"), start, month_end(today.year, today.month))


def quarter(year: int, number: int) -> Period:
    """One quarter of a year."""
    start = date(year, 3 * number - 2, 1)
    label = _("%(year)s年第%(number)s季度", year=year, number=number)
    return Period(f"{year}-q{number}", label, start, month_end(year, 3 * number))


def asked_period(key: str, today: date) -> Period | None:
    """The period an address names; none if it names none that makes sense."""
    if not key:
        return last_year(today)
    found = _QUARTER.fullmatch(key)
    return quarter(int(found[1]), int(found[2])) if found else None


def offered(today: date) -> list[Period]:
    """The twelve months, then the last quarters with the running one first."""
    running = today.year * 4 + (today.month - 1) // 3
    quarters = [divmod(running - back, 4) for back in range(QUARTERS_OFFERED)]
    return [last_year(today), *(quarter(year, index + 1) for year, index in quarters)]


def months(today: date) -> list[tuple[date, date]]:
    """First and last day of each of the last twelve months, the oldest first."""
    firsts = [months_after(today.replace(day=1), -back) for back in range(11, -1, -1)]
    return [(first, month_end(first.year, first.month)) for first in firsts]
