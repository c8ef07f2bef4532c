"""Duties as an iCalendar feed (RFC 5545), by hand: a secretary's telephone reminds of what the rules ask for.

The same duties give the same bytes: an entry is stamped with the last record of its ledger, not with a clock.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from api import languages
from ledger.dates import instant
from projections.duty_states import STILL_OPEN, Duty
from projections.ledgers import LedgerRow

CALENDAR = "text/calendar; charset=utf-8"
OCTETS_MAX = 75  # of a line, without its end (3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})  # 3.3.11


def calendar_of(ledger: LedgerRow, duties: Iterable[Duty], recorded_at: str, lang: str) -> bytes:
    """One entry a duty that is still to be done and has a day, on that day."""
    title = languages.phrase(lang, "duties.calendar", {"name": ledger.name})
    stamp = f"{instant(recorded_at):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mingzhang//Duties//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for duty in duties:
        if duty.due_on is not None and duty.state in STILL_OPEN:
            lines += _entry(ledger, duty, duty.due_on, stamp, lang)
    return b"".join(folded(line) for line in (*lines, "END:VCALENDAR"))


def _entry(ledger: LedgerRow, duty: Duty, due_on: date, stamp: str, lang: str) -> Iterator[str]:
    name = languages.phrase(lang, f"duty.{duty.duty}")
    state = languages.phrase(lang, f"duty-state.{duty.state}")
    rule = duty.title_en if lang == "en" else duty.title_zh
    about = [duty.subject] if duty.subject else []
    about += [f"{duty.period.ends_on}"] if duty.period else []
    yield "BEGIN:VEVENT"
    yield f"UID:{'.'.join((ledger.ledger, duty.duty, *about))}@mingzhang"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{due_on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due_on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{ledger.name} · {name} · {state}')}"
    yield f"DESCRIPTION:{_text(f'{rule} ({duty.rule}, {duty.edition}; {duty.source}{duty.clause})')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def folded(line: str) -> bytes:
    """A line with its end, in pieces of at most 75 octets, none of which cuts a character in two (3.1)."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > OCTETS_MAX:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join((*pieces, piece, b""))
