"""Figures and dates in the words people read; money comes in as whole fen, areas as hundredths of m²."""

import re
from datetime import date, datetime

import cn2an

from ledger.rules.semantics import SHANGHAI, legal_day

CHINESE = "zh-CN"
MINUS = "\u2212"  # as wide as a plus or a digit, so columns of signed figures stay straight

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FEN_IN_WAN = 1_0000_00
_FEN_IN_YI = 1_0000_0000_00


def yuan(fen: int) -> str:
    """An amount in yuan to the fen: `31,415.93`, and `−8.05` below zero."""
    return f"{_sign(fen)}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def signed_yuan(fen: int) -> str:
    """A difference in yuan, with its sign in front: `+31,415.93`, `−8.05`; nothing has no sign."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)


def capital_yuan(fen: int) -> str:
    """An amount as cheques spell it (支付结算办法, annex 1): `人民币叁万壹仟肆佰壹拾伍元玖角叁分`."""
    digits = f"{abs(fen) // 100}.{abs(fen) % 100:02d}"
    words = cn2an.an2cn(digits, "rmb")
    above, hundred_millions, below = words.partition("亿")
    if hundred_millions and "万" not in below and not below.startswith(("零", "元")):
        words = f"{above}亿零{below}"  # no ten thousands between: 壹亿零壹仟, which the library leaves out
    return f"人民币{'负' if fen < 0 else ''}{words}"


def wan(fen: int, lang: str = CHINESE) -> str:
    """An amount as people say it: `11.86 万元`, in English `118,600 yuan`; small amounts stay exact."""
    size = abs(fen)
    if size < _FEN_IN_WAN:
        return f"{yuan(fen)} {'元' if lang == CHINESE else 'yuan'}"
    hundredths = _rounded(size * 100, _FEN_IN_WAN)
    if hundredths < 1_0000_00:
        chinese, english = f"{_decimals(hundredths)} 万元", f"{hundredths * 100:,} yuan"
    else:
        hundredths = _rounded(size * 100, _FEN_IN_YI)
        chinese, english = f"{_decimals(hundredths)} 亿元", f"{hundredths:,} million yuan"
    return _sign(fen) + (chinese if lang == CHINESE else english)


def percent(part: int, whole: int) -> str:
    """A share to one decimal, half up: `32.8%`; a dash when there is nothing to share."""
    if whole == 0:
        return "—"
    tenths = _rounded(abs(part) * 1000, abs(whole))
    negative = tenths != 0 and (part < 0) != (whole < 0)
    return f"{MINUS if negative else ''}{tenths // 10:,}.{tenths % 10}%"


def chinese_day(day: date | str, lang: str = CHINESE, *, short: bool = False) -> str:
    """A day in words: `2026年7月22日` or `22 Jul 2026`; `short` leaves the year out."""
    day = _day(day)
    if lang == CHINESE:
        return f"{'' if short else f'{day.year}年'}{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]}{'' if short else f' {day.year}'}"


def month_words(year: int, month: int, lang: str = CHINESE) -> str:
    """A month in words: `2026年7月` or `Jul 2026`."""
    return f"{year}年{month}月" if lang == CHINESE else f"{_MONTHS[month - 1]} {year}"


def machine_day(day: date | str) -> str:
    """The same day for `<time datetime>`: `2026-07-22`."""
    return _day(day).isoformat()


def chinese_instant(instant: datetime | str, lang: str = CHINESE) -> str:
    """An instant as the clock in Shanghai showed it: `2026年10月24日 09:30`, `24 Oct 2026, 09:30`."""
    local = _instant(instant).astimezone(SHANGHAI)
    return f"{chinese_day(local, lang)}{' ' if lang == CHINESE else ', '}{local:%H:%M}"


def machine_instant(instant: datetime | str) -> str:
    """The same instant for `<time datetime>`: `2026-10-24T09:30:00+08:00`."""
    return _instant(instant).astimezone(SHANGHAI).isoformat(timespec="seconds")


def area(centi_m2: int) -> str:
    """An area from hundredths of a square metre: `91.20 m²`."""
    return f"{yuan(centi_m2)} m²"


def count(number: int) -> str:
    """A count of things with thousands commas: `1,268`."""
    return f"{_sign(number)}{abs(number):,}"


def fingerprint(digest: str, characters: int = 16) -> str:
    """The start of a hash in fours, so that two people can read it to each other: `9f2c 41ab 07d3 e650`."""
    return " ".join(re.findall(".{1,4}", digest[:characters]))


FILTERS = {
    "yuan": yuan,
    "signed_yuan": signed_yuan,
    "capital_yuan": capital_yuan,
    "wan": wan,
    "percent": percent,
    "chinese_day": chinese_day,
    "month_words": month_words,
    "machine_day": machine_day,
    "chinese_instant": chinese_instant,
    "machine_instant": machine_instant,
    "area": area,
    "count_words": count,  # Jinja has a `count` of its own
    "fingerprint": fingerprint,
}


def _sign(number: int) -> str:
    return MINUS if number < 0 else ""


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)


def _decimals(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def _day(day: date | str) -> date:
    if isinstance(day, str):
        return date.fromisoformat(day)
    # A datetime is also a date in Python; its own day may be yesterday's in Shanghai (SEM-09).
    return legal_day(_instant(day)) if isinstance(day, datetime) else day


def _instant(instant: datetime | str) -> datetime:
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if moment.tzinfo is None:  # Python would take it for the machine's own zone, whatever that is
        raise ValueError(f"an instant needs an offset: {moment.isoformat()}")
    return moment
