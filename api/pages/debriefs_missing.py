"""Pieces of other pages: firms that have not reported on a year, and what is overdue (FIRM-15)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from flask import Flask
from msgspec import Struct

from api.pages.asked import path
from api.services import current
from ledger.rules.law import Adoption, law_on
from projections import debriefs_missing, ledgers, rectifications, rules
from projections.debriefs_missing import MissingDebrief
from projections.rectifications import RectificationRow

OPENS_IN = 11  # from 1 November on people ask about the year that ends (journeys.md 6)
ITEMS_SHOWN = 3


class Missing(Struct, frozen=True):
    """A firm without its debrief on a year. `sign`: of its tag; `is_late`: 31 December is over.

    `is_due`: a rule of the place wants it (FIRM-15).
    """

    year: int
    row: MissingDebrief
    is_late: bool
    is_due: bool

    @property
    def sign(self) -> str:
        """What is late against a rule is bad; what is only not there yet calls for care."""
        return "bad" if self.is_late and self.is_due and self.row.held_on is None else "warn"


class OfFirm(Struct, frozen=True):
    """The communities of one firm that miss a debrief, as (name, address)."""

    firm: str
    communities: list[tuple[str, str]]


class OfStreet(Struct, frozen=True):
    """`missing`: by firm, those of most communities first; `communities`: how many these are in all."""

    year: int
    is_late: bool
    is_due: bool
    communities: int
    missing: list[OfFirm]


def init_app(app: Flask) -> None:
    """Let the pages of a community and of a street show it."""
    app.jinja_env.globals |= {
        "missing_debriefs": missing_debriefs,
        "missing_debriefs_of_street": of_street,
        "items_to_do": items_to_do,
    }


def missing_debriefs(ledger: str) -> list[Missing]:
    """The firms of a community that did not report on last year, or from November on on this one."""
    here = current()
    years = [here.today.year - 1, here.today.year] if here.today.month >= OPENS_IN else [here.today.year - 1]
    return [
        Missing(year, row, here.today > row.due_on, _is_due(ledger, row.due_on))
        for year in years
        for row in debriefs_missing.of(here.views, ledger, year)
    ]


def of_street(street: str, shown: Collection[str]) -> OfStreet | None:
    """The firms of a work list without a debrief on the year people ask about; none if all have one.

    `shown`: the addresses of the communities the reader looks at.
    """
    here = current()
    year = here.today.year - (here.today.month < OPENS_IN)
    found = debriefs_missing.of(here.views, street, year)
    found = tuple(one for one in found if path(one.community) in shown)
    if not found:
        return None
    by_firm: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in found:
        by_firm[one.firm_name or one.firm].append(_community(one.community))
    missing = [OfFirm(firm, communities) for firm, communities in by_firm.items()]
    missing.sort(key=lambda one: -len(one.communities))
    due_on, communities = date(year, 12, 31), sum(len(one.communities) for one in missing)
    return OfStreet(year, here.today > due_on, _is_due(street, due_on), communities, missing)


def items_to_do(ledger: str) -> list[tuple[RectificationRow, int]]:
    """What is longest overdue or due next, with its days overdue."""
    rows = rectifications.urgent_first(current().views, ledger, limit=ITEMS_SHOWN)
    return [(row, row.overdue_days(current().today)) for row in rows if row.stage != "accepted"]


def _is_due(ledger: str, day: date) -> bool:
    adopted = rules.adopted(current().views, ledger, day)
    adoption = Adoption() if adopted is None else Adoption(packs=adopted.packs, parameters=adopted.parameters)
    return law_on(day, adoption).is_in_force("FIRM-15")


def _community(ledger: str) -> tuple[str, str]:
    row = ledgers.one(current().views, ledger)
    return (row.name if row else ledger), path(ledger, "firms")
