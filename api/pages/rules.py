"""`/rules` and `/c/{ledger}/rules`: the rules in force on a day, each with its source and how sure we are."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api.pages.asked import asked_day, ledger_or_404
from api.pages.frame import ENGLISH, Shown, lang, page
from api.pages.place import place
from api.pages.wording import value_word
from api.services import current
from api.words import yuan
from projections import rules as view
from projections.rules import AdoptionRow, PackRow, Parameter, RuleRow

pages = Blueprint("rules", __name__)

FAULTS_STATUS = 400


class Rule(Struct, frozen=True):
    """A rule as it is shown; `own` is what the community settled itself, in words."""

    row: RuleRow
    title: str
    note: str | None
    own: list[str]


class Subject(Struct, frozen=True):
    """The rules of one subject; `key` is how the page's own links name it."""

    key: str
    title: str
    rules: list[Rule]


@pages.get("/rules")
@page
def all_rules() -> Shown:
    """The rules of every pack."""
    steps: list[tuple[str, str | None]] = [(_("全部账本"), "/"), (_("现行规则"), None)]
    frame = {"crumb": steps, "ledger": None}
    return _shown("/rules", frame, lambda day: (*view.shipped(day), None))


@pages.get("/c/<ledger>/rules")
@page
def rules_of_a_ledger(ledger: str) -> Shown:
    """The rules one community lives by."""
    row = ledger_or_404(ledger)

    def found(day: date) -> tuple[list[PackRow], list[RuleRow], AdoptionRow | None]:
        adoption = view.adopted(current().views, row.ledger, day)
        return (*view.of_adoption(day, adoption), adoption)

    return _shown(f"/c/{row.ledger}/rules", place(row, "rules", (_("现行规则"), None)), found)


def _shown(address: str, frame: dict[str, Any], found: Any) -> Shown:
    faults: list[tuple[str, str]] = []
    day = asked_day("on", faults) or current().today
    packs, rows, adoption = found(day)
    html = render_template(
        "rules.html",
        **frame,
        address=address,
        day=day,
        today=current().today,
        asked=request.args.get("on", "")[:20] if faults else day.isoformat(),
        faults=faults,
        packs=[(pack, pack.title_en if lang() == ENGLISH else pack.title_zh) for pack in packs],
        subjects=[] if faults else _subjects(rows),
        count=len(rows),
        adoption=adoption,
    )
    return (html, FAULTS_STATUS) if faults else html


def _subjects(rows: list[RuleRow]) -> list[Subject]:
    return [
        Subject(key.lower(), value_word("rule-subject", key), [_rule(row) for row in of_subject])
        for key, of_subject in groupby(rows, key=lambda row: row.subject)
    ]


def _rule(row: RuleRow) -> Rule:
    english = lang() == ENGLISH
    return Rule(
        row,
        title=row.title_en if english else row.title_zh,
        note=row.note_en if english else row.note_zh,
        own=[_own(parameter) for parameter in row.parameters if parameter.own_value is not None],
    )


def _own(parameter: Parameter) -> str:
    """What a community settled: `70/100`, `16`, `50,000.00 元`, or the word for its choice."""
    own = parameter.own_value
    if isinstance(own, str):
        return value_word("own-term", own)
    return _("%(sum)s 元", sum=yuan(own)) if own is not None and "fen" in parameter.name else str(own)
