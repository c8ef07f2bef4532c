"""What stands in an event, field by field: derived from the event itself, so a new kind needs no page."""

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from api import languages
from api.pages.asked import path
from api.pages.wording import kind_word, word
from ledger.events import KINDS, Event
from ledger.fields import Commitment, Part, centi_m2

LEDGERS = ("parent", "community", "neighbourhood", "ledger")
RECORDS = ("number", "grant", "ref")
DIGESTS = ("file", "sha256")
POSTINGS = ("entries", "about", "restores")  # shown as movements of money and as links
MONEY_A_MONTH = "fee_fen_per_m2_month"


class Value(Struct, frozen=True):
    """One value, the page it leads to, and how it is written.

    `form`: text, money, day, area, count, record, yes-no, digest, withheld, `list` of values, `group` of
    labelled ones.
    """

    form: str
    of: Any = None
    href: str | None = None


Labelled = tuple[str, Value]


def fields_of(event: Event, ledger: str) -> list[Labelled]:
    """Label and value of every public field that is there, in the order of the event's own definition."""
    return _labelled(event, ledger, left_out=POSTINGS)


def withheld_labels(event: Event) -> list[str]:
    """The names of the fields of this kind that are never published."""
    return [label(name.rpartition("/")[2]) for name in sorted(event.withheld)]


def label(name: str) -> str:
    """What a field is called."""
    return word(f"field.{name}", otherwise=name)


def _labelled(part: Part, ledger: str, left_out: tuple[str, ...] = ()) -> list[Labelled]:
    found = []
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if value is None or value == () or field.name in left_out:
            continue
        found.append((label(field.encode_name), _value(field.encode_name, value, ledger)))
    return found


def _value(name: str, value: Any, ledger: str) -> Value:
    shown = Value("text", str(value))
    match value:
        case Commitment():
            shown = Value("withheld")
        case bool():
            shown = Value("yes-no", value)
        case date():
            shown = Value("day", value)
        case int():
            shown = _number(name, value, ledger)
        case str():
            shown = _text(name, value, ledger)
        case tuple():
            shown = Value("list", [_value(_one_of(name), item, ledger) for item in value])
        case Part():
            shown = Value("group", _labelled(value, ledger))
    return shown


def _one_of(name: str) -> str:
    """The name of one of several: `documents` hold each a `document`."""
    return name.removesuffix("s")


def _number(name: str, value: int, ledger: str) -> Value:
    if name.endswith("_fen") or name == MONEY_A_MONTH:
        return Value("money", value)
    if name in RECORDS:
        return Value("record", value, path(ledger, "events", value))
    return Value("text", _word_of(name, str(value))) if _has_word(name, str(value)) else Value("count", value)


def _text(name: str, value: str, ledger: str) -> Value:
    if name.endswith("area"):
        return Value("area", centi_m2(value))
    if name in DIGESTS:
        return Value("digest", value)
    if name == "decision":
        return Value("text", value, path(ledger, "decisions", value))
    if name in LEDGERS:
        return Value("text", value, path(value))
    return Value("text", kind_word(value) if value in KINDS else _word_of(name, value))


def _has_word(name: str, value: str) -> bool:
    return languages.has_words(languages.language(), f"{name}.{value}")


def _word_of(name: str, value: str) -> str:
    return word(f"{name}.{value}", otherwise=value)
