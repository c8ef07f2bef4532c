"""Legal dates (SEM-04 to SEM-09): Asia/Shanghai days, periods in days and months. No clock in here."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def legal_day(instant: datetime) -> date:
    """The day in Shanghai on which an instant falls (SEM-09)."""
    return instant.astimezone(SHANGHAI).date()


def stamp(instant: datetime) -> str:
    """An instant as events carry it: `2026-11-20T09:46:18.437Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(stamped: str) -> datetime:
    """The instant of a `stamp`."""
    return datetime.fromisoformat(stamped)


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
