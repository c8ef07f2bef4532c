"""What an address asks for: a ledger, a day, a number, a text. What makes no sense is said in words."""

import re
from datetime import date
from urllib.parse import quote

from flask import request
from flask_babel import gettext as _

from api.services import current
from ledger.errors import UnknownLedger
from ledger.fields import FIRST_DAY, ID_PATTERN, LAST_DAY, SAFE_INTEGER
from projections import ledgers
from projections.ledgers import LedgerRow

SEARCH_CHARACTERS_MAX = 60
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,16}")


def ledger_or_404(ledger: str) -> LedgerRow:
    """The ledger of an address. Errors: `UnknownLedger`."""
    row = ledgers.one(current().views, ledger) if is_id(ledger) else None
    if row is None:
        raise UnknownLedger(ledger=ledger[:64])
    return row


def is_id(text: str) -> bool:
    """Whether a text can be an id at all; others need not be looked for."""
    return re.fullmatch(ID_PATTERN, text) is not None


def above(row: LedgerRow) -> list[LedgerRow]:
    """The offices a ledger belongs to, the highest first."""
    found: list[LedgerRow] = []
    while row.parent is not None and len(found) < 4:
        parent = ledgers.one(current().views, row.parent)
        if parent is None:
            break
        found.insert(0, parent)
        row = parent
    return found


def asked_day(name: str, faults: list[tuple[str, str]]) -> date | None:
    """A day of the query; one that does not exist is added to the faults as (field, words)."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        faults.append((name, _("“%(text)s”不是一个日期。请写成 2026-09-30 这样。", text=text[:20])))
        return None
    return day


def asked_number(name: str) -> int | None:
    """A whole number of the query; anything else is as if it were not there."""
    text = request.args.get(name, "")
    return int(text) if _NUMBER.fullmatch(text) and int(text) <= SAFE_INTEGER else None


def asked_text(name: str) -> str:
    """A text to search for, without what cannot be seen."""
    text = "".join(character for character in request.args.get(name, "") if character.isprintable())
    return text.strip()[:SEARCH_CHARACTERS_MAX]


def path(*parts: object) -> str:
    """An address under `/c/`."""
    return "/c/" + "/".join(quote(str(part), safe="") for part in parts)
