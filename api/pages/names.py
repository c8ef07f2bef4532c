"""What the ids in a record are called: the title of a decision, the place of a contract, what a rule asks."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from api import languages
from api.pages.asked import is_id, path
from api.pages.periods import asked_period
from api.pages.wording import scope_word
from api.services import current
from ledger.rules.law import title
from ledger.rules.pack import packs
from projections import arrears, decisions, repair_projects

Named = tuple[str, str | None]  # in words, and the page it leads to


def named(field: str, value: str, ledger: str) -> Named | None:
    """An id of a field in words; none where it is no id, or of something the views do not know."""
    name_of = NAMES.get(field)
    return name_of(ledger, value) if name_of is not None and value else None


def _decision(ledger: str, decision: str) -> Named | None:
    known = decisions.one(current().views, ledger, decision) if is_id(decision) else None
    return None if known is None else (known.title, path(ledger, "decisions", decision))


def _project(ledger: str, project: str) -> Named | None:
    known = repair_projects.one(current().views, ledger, project) if is_id(project) else None
    return None if known is None else (known.name, path(ledger, "projects", project))


def _contract(ledger: str, contract: str) -> Named | None:
    known = arrears.one(current().views, ledger, contract, current().today) if is_id(contract) else None
    return None if known is None else (known.location, path(ledger, "revenue", contract))


def _quarter(_ledger: str, quarter: str) -> Named | None:
    known = asked_period(quarter, current().today)
    return None if known is None else (known.label, None)


def _pack(_ledger: str, pack: str) -> Named | None:
    known = packs().get(pack)
    if known is None:
        return None
    return (known.title_en if languages.language() == "en" else known.title_zh), None


def _rule(_ledger: str, rule: str) -> Named | None:
    asks = title(rule, languages.language())
    return (_("%(title)s（%(rule)s）", title=asks, rule=rule), None) if asks else None


NAMES: Mapping[str, Callable[[str, str], Named | None]] = {
    "decision": _decision,
    "consent": _decision,
    "project": _project,
    "contract": _contract,
    "building": lambda _ledger, building: (scope_word(f"building-{building}"), None),
    "book": lambda _ledger, book: (scope_word(book), None),
    "quarter": _quarter,
    "pack": _pack,
    "rule": _rule,
}
