"""What stands in an event, field by field: derived from the event itself, so a new kind needs no page."""

from datetime import date
from typing import Any

import msgspec
from flask_babel import gettext as _
from msgspec import Struct

from api import languages
from api.pages.asked import path
from api.pages.names import named
from api.pages.wording import kind_word, scope_word, value_word, word
from ledger.actions.disclosure import DisclosureVersion
from ledger.actions.filing import FilingRecorded
from ledger.actions.posting import OfPaper
from ledger.events import KINDS, Event
from ledger.fields import Commitment, Part, Scope, centi_m2
from ledger.rules.law import OwnParameter
from ledger.rules.tables import tables

LEDGERS = ("parent", "community", "neighbourhood", "ledger")
RECORDS = ("number", "grant", "ref", "corrects")
DIGESTS = ("file", "sha256", "digest")  # the last part of a name
MONEY = ("fen", "fen_per_m2", "fee_fen_per_m2_month")
UNITS = ("（分）", "（平方米）", " (fen)", " (m²)")  # of the data; what is shown names its own
POLICY_LINE = "witnesse"  # one of `witnesses`
POSTINGS = ("entries", "about", "restores")  # shown as movements of money and as links


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
    """The names of the fields withheld in this event; of a kind that may withhold more, only those."""
    return [
        label(way[-1]) for way in (name.split("/") for name in sorted(event.withheld)) if _has(event, way)
    ]


def _has(value: Any, way: list[str]) -> bool:
    """Whether a commitment stands at the end of a way of names into an event, in one of a list at least."""
    if isinstance(value, tuple):
        return any(_has(one, way) for one in value)
    if not way or value is None:
        return isinstance(value, Commitment)
    return _has(getattr(value, way[0]), way[1:])


def label(name: str) -> str:
    """What a field is called."""
    said = word(f"field.{name}", otherwise=name)
    for unit in UNITS:
        said = said.removesuffix(unit)
    return said


def _labelled(part: Part, ledger: str, left_out: tuple[str, ...] = ()) -> list[Labelled]:
    found = []
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if value is None or value == () or field.name in left_out:
            continue
        name = _known_as(part, field.encode_name)
        found.append((label(name), _value(name, value, ledger)))
    return found


def _known_as(part: Part, name: str) -> str:
    """The name an id goes by where a record can be about one of several things."""
    match part, name:
        case OfPaper(), "id":
            return part.about
        case FilingRecorded(), "of":
            return part.what
        case DisclosureVersion(), "subject":
            return tables()[part.table].about or name
    return name


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
        case Scope():
            shown = Value("text", scope_word(value.name))
        case OwnParameter():
            shown = _own(value, ledger)
        case Part():
            shown = Value("group", _labelled(value, ledger))
    return shown


def _one_of(name: str) -> str:
    """The name of one of several: `documents` hold each a `document`."""
    return name.removesuffix("s")


def _number(name: str, value: int, ledger: str) -> Value:
    if name.endswith("_fen") or name in MONEY:
        return Value("money", value)
    if name in RECORDS:
        return Value("record", value, path(ledger, "events", value))
    return Value("text", _word_of(name, str(value))) if _has_word(name, str(value)) else Value("count", value)


def _text(name: str, value: str, ledger: str) -> Value:
    if name.endswith("area"):
        return Value("area", centi_m2(value))
    if name.rpartition("_")[2] in DIGESTS:
        return Value("digest", value)
    if known := named(name, value, ledger):
        return Value("text", *known)
    if name == "decision":
        return Value("text", value, path(ledger, "decisions", value))
    if name in LEDGERS:
        return Value("text", value, path(value))
    if name == POLICY_LINE:
        said = _line_of_policy(value)
    else:
        said = kind_word(value) if value in KINDS else _word_of(name, value)
    return Value("text", said)


def _line_of_policy(line: str) -> str:
    """A line of a log's witness policy (C2SP tlog-policy) in words; any other as it stands."""
    match line.split(" "):
        case ["quorum", "none"]:
            return str(_("没有规定要几家见证签字"))
        case ["quorum", name]:
            return str(_("%(name)s 签了字才公布检查点", name=name))
        case ["witness", name, key, *_where]:
            return str(_("见证 %(name)s，钥匙 %(key)s", name=name, key=key))
        case ["group", name, least, *members]:
            few = {"name": name, "least": least, "members": " ".join(members)}
            return str(_("%(name)s：%(members)s 里面至少 %(least)s 家（all 是全部，any 是一家）", **few))
    return line


def _own(parameter: OwnParameter, ledger: str) -> Value:
    """A community's own number or choice, under the rule it settles."""
    own = parameter.value
    if isinstance(own, int):
        settled = Value("money" if "fen" in parameter.name else "count", own)
    else:
        settled = Value("text", value_word("own-term", own))
    return Value("group", [(label("rule"), _text("rule", parameter.rule, ledger)), (label("value"), settled)])


def _has_word(name: str, value: str) -> bool:
    return languages.has_words(languages.language(), f"{name}.{value}")


def _word_of(name: str, value: str) -> str:
    return word(f"{name}.{value}", otherwise=value)
