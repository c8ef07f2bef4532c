"""What the ids in a record are called: the title of a decision, the place of a contract, what a rule asks."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from api import languages
from api.documents.cell_words import scope_words
from api.documents.statement_words import days_words, period_words
from api.pages.asked import is_id, path
from api.pages.periods import asked_period
from api.pages.wording import scope_word
from api.services import current
from ledger.actions.audit import AuditEngaged
from ledger.rules.law import title
from ledger.rules.pack import packs
from ledger.rules.tables import tables
from projections import arrears, debriefs, decisions, disclosures, firms, rectifications, repair_projects
from projections.disclosures import DisclosureRow

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
    if known is None:
        return _service_contract(ledger, contract)
    return known.location, path(ledger, "revenue", contract)


def _service_contract(ledger: str, contract: str) -> Named | None:
    signed = firms.of(current().views, ledger).contracts
    known = next((one for one in signed if one.contract == contract), None)
    if known is None:
        return None
    firm, language = known.firm_name or known.firm, languages.language()
    if known.ends_on is None:
        return firm, path(ledger, "firms")
    days = days_words(known.starts_on, known.ends_on, language)
    return _("%(firm)s，%(days)s", firm=firm, days=days), path(ledger, "firms")


def _firm(ledger: str, firm: str) -> Named | None:
    known = firms.of(current().views, ledger)
    names = [one.firm_name for one in known.contracts if one.firm == firm]
    names += [one.firm_name for one in known.listed if one.firm == firm]
    name = next((name for name in names if name), None)
    return None if name is None else (name, path(ledger, "firms"))


def _debrief(ledger: str, debrief: str) -> Named | None:
    known = debriefs.one(current().views, ledger, debrief) if is_id(debrief) else None
    if known is None:
        return None
    firm = known.firm_name or (_firm(ledger, known.firm) or (known.firm,))[0]
    return _("%(firm)s，%(year)s年度述职", firm=firm, year=known.year), path(ledger, "firms")


def _audit(ledger: str, audit: str) -> Named | None:
    recorded = current().store.tagged(ledger, f"audit:{audit}", 0) if is_id(audit) else ()
    engaged = next((one for one in recorded if isinstance(one.data, AuditEngaged)), None)
    if engaged is None or not isinstance(engaged.data, AuditEngaged):
        return None
    period = engaged.data.period
    days = period_words(period.starts_on, period.ends_on, languages.language())
    name = _("%(firm)s，%(days)s", firm=engaged.data.auditor, days=days)
    return name, path(ledger, "events", engaged.number)


def _item(ledger: str, item: str) -> Named | None:
    known = rectifications.one(current().views, ledger, item) if is_id(item) else None
    return None if known is None else (known.problem, path(ledger, "events", known.number))


def _disclosure(ledger: str, disclosure: str) -> Named | None:
    known = disclosures.one(current().views, ledger, disclosure) if is_id(disclosure) else None
    return None if known is None else (title_of(ledger, known), path(ledger, "disclosures", disclosure))


def title_of(ledger: str, row: DisclosureRow) -> str:
    """What a disclosure is called: its period, its table, whose part and what it is about."""
    language = languages.language()
    title = languages.phrase(
        language,
        "paper.named",
        {
            "period": period_words(row.starts_on, row.ends_on, language),
            "title": languages.phrase(language, f"statement.{row.table}"),
        },
    )
    further = [scope_words(row.scope, language)] if row.scope else []
    further += [about(ledger, row)[0]] if row.subject else []
    return " · ".join((title, *further))


def about(ledger: str, row: DisclosureRow) -> Named:
    """The one thing a disclosure is about."""
    subject = row.subject or ""
    return named(tables()[row.table].about or "", subject, ledger) or (subject, None)


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
    "service_contract": _service_contract,
    "firm": _firm,
    "debrief": _debrief,
    "source": _debrief,  # where a shortcoming came up: the id of a debrief, or any words
    "audit": _audit,
    "audit_engagement": _audit,
    "audit_report": _audit,
    "disclosure": _disclosure,
    "item": _item,  # of a list of things to put right; also of a score sheet, whose ids name nothing
    "building": lambda _ledger, building: (scope_word(f"building-{building}"), None),
    "book": lambda _ledger, book: (scope_word(book), None),
    "quarter": _quarter,
    "pack": _pack,
    "rule": _rule,
}
