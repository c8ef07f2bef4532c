"""Words for what the ledger calls by keys: kinds, funds, categories, and a line that sums an event up."""

from flask import Flask, g, has_request_context, request
from flask_babel import gettext as _

from api import languages
from api.services import current
from ledger.actions.community import BuildingRegistered
from ledger.actions.transparency_log import LogDeclared
from ledger.events import Event
from ledger.fields import centi_m2

TITLES = (
    "title",
    "purpose",
    "name",
    "problem",
    "location",
    "origin",
    "summary",
    "report",
    "reason",
    "evidence",
    "raw",
    "what",
    "text",
    "how",
)
AMOUNTS = ("amount_fen", "gross_fen", "opening_fen")


def word(key: str, otherwise: str | None = None) -> str:
    """What a key is called in the reader's language; else `otherwise` or what follows its first dot."""
    lang = languages.language()
    if languages.has_words(lang, key):
        return languages.phrase(lang, key)
    return otherwise if otherwise is not None else key.partition(".")[2]


def value_word(name: str, value: str) -> str:
    """The word for a value of a field: `维修资金` for `fund`, `maintenance`; an unknown one as it stands."""
    return word(f"{name}.{value}", otherwise=value)


def kind_word(kind: str) -> str:
    """What happened: `付款入账` for `fund-payment.recorded`."""
    return word(f"event.{kind}")


def category_word(category: str) -> str:
    """Where money came from or went to: `停车` for `income/1`, `税费` for `cost/tax`."""
    first, _slash, rest = category.partition("/")
    if first in ("income", "cost"):
        kind, _slash, part = rest.partition("/")
        name = value_word("head" if first == "income" else first, kind)
        return f"{name} · {scope_word(part)}" if part else name
    if first == "fund":
        return value_word(first, rest)
    if first == "use":
        _fund, _slash, purpose = rest.partition("/")
        return use_word(purpose) if purpose else word(f"category.use.{rest}", otherwise=category)
    return word(f"category.{category.replace('/', '.')}", otherwise=category)


def headline(event: Event) -> str:
    """One line for an event of any kind: in its own words, else the fund it is of, else what it is called."""
    if isinstance(event, LogDeclared):
        return kind_word(event.kind)  # what it is called is a bare address
    own = ((name, getattr(event, name, None)) for name in TITLES)
    if said := next(((name, text) for name, text in own if isinstance(text, str)), None):
        return value_word(*said)  # some events choose one of a few words
    fund = getattr(event, "fund", None)
    return value_word("fund", fund) if isinstance(fund, str) else kind_word(event.kind)


def amount_of(event: Event) -> int | None:
    """The amount an event is about in fen, whether or not it moved money."""
    own = (getattr(event, name, None) for name in AMOUNTS)
    return next((fen for fen in own if isinstance(fen, int)), None)


def account_word(account: str) -> str:
    """An account of the books in words: `专项维修资金银行账户`, `停车`, `公共收益（全体业主）`."""
    first, _slash, rest = account.partition("/")
    if first == "bank":
        return str(_("%(fund)s的银行账户", fund=value_word("fund", rest)))
    if first == "fund":
        fund, _slash, scope = rest.partition("/")
        return f"{value_word('fund', fund)} · {scope_word(scope)}"
    if first == "use":
        fund, _slash, purpose = rest.partition("/")
        used = str(_("%(fund)s的使用", fund=value_word("fund", fund)))
        return f"{used} · {use_word(purpose)}" if purpose else used
    if first == "suspense":
        return str(_("%(fund)s里说不清的钱", fund=value_word("fund", rest)))
    return category_word(account)


def use_word(purpose: str) -> str:
    """What public revenue or working funds went for: `养护`, of a part of the community `养护 · 门号 12`."""
    of, _slash, part = purpose.partition("/")
    name = word(f"use.{of}", otherwise=value_word("head", of))
    return f"{name} · {scope_word(part)}" if part else name


def scope_word(scope: str) -> str:
    """`全体业主`, `3号楼`, `12号门`: whose money or vote it is."""
    kind, _dash, identity = scope.partition("-")
    if kind == "door" and identity:
        building = next(iter(_buildings_of(identity)), None)
        at = {"door": identity, "building": building}
        return str(_("%(building)s %(door)s号门", **at) if building else _("%(door)s号门", **at))
    named = _name_of_building(identity) if kind == "building" and identity else None
    return named or f"{value_word('scope', kind)} {identity}".strip()


def _ledger_looked_at() -> str | None:
    ledger: str | None = (request.view_args or {}).get("ledger") if has_request_context() else None
    return ledger


def _name_of_building(building: str) -> str | None:
    """What the register of the ledger the reader looks at calls a building."""
    ledger = _ledger_looked_at()
    if ledger is None:
        return None
    names: dict[tuple[str, str], str | None] = g.setdefault("names_of_buildings", {})
    if (ledger, building) not in names:
        entered = current().store.tagged(ledger, f"building:{building}", 0)
        found = (one.data.name for one in entered if isinstance(one.data, BuildingRegistered))
        names[ledger, building] = next(found, None)
    return names[ledger, building]


def _buildings_of(door: str) -> list[str]:
    """The names of the buildings the register of the ledger the reader looks at puts a door number in."""
    ledger = _ledger_looked_at()
    if ledger is None:
        return []
    known: dict[str, list[BuildingRegistered]] = g.setdefault("registered_buildings", {})
    if ledger not in known:
        entered = current().store.tagged(ledger, "register", 0)
        known[ledger] = [one.data for one in entered if isinstance(one.data, BuildingRegistered)]
    return [building.name for building in known[ledger] if door in building.doors]


def init_app(app: Flask) -> None:
    """Let templates use these words."""
    app.jinja_env.filters.update(FILTERS)


def sentence(words: str) -> str:
    """Words at the start of a line: `maintenance fund` becomes `Maintenance fund`."""
    return words[:1].upper() + words[1:]


FILTERS = {
    "sentence": sentence,
    "word": word,
    "kind_word": kind_word,
    "category_word": category_word,
    "fund_word": lambda fund: value_word("fund", fund),
    "role_word": lambda role: value_word("role", role),
    "column_word": lambda column: value_word("column", column),
    "account_word": account_word,
    "scope_word": scope_word,
    "centi_m2": centi_m2,
}
