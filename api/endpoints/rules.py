"""The rules in force on a day, with their sources: of every pack, and of one community."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from api import services
from api.errors import Unknown
from api.reading import Answer, Blueprint, Query
from ledger.fields import Day, Id
from ledger.rules.pack import packs
from projections import rules as view
from projections.rules import AdoptionRow, PackRow, RuleRow

blueprint = Blueprint("Rules", __name__, description="The rules in force on a day, with their sources")

On = Annotated[Day, Meta(description="The legal date; today if left out")]


class LedgerRulesQuery(Query, kw_only=True):
    """`on`: the legal date."""

    on: On | None = None


class RulesQuery(LedgerRulesQuery, kw_only=True):
    """`pack`: only the rules of one pack."""

    pack: Id | None = None


class RulesAnswer(Answer, kw_only=True):
    """The rules in force on a day, by subject, with the packs they stand in."""

    on: date
    packs: tuple[PackRow, ...]
    rules: tuple[RuleRow, ...]


class LedgerRulesAnswer(RulesAnswer, kw_only=True):
    """The same for one community; `adoption` is none while it lives by the law of land and city alone."""

    adoption: AdoptionRow | None


@blueprint.read("/rules", query=RulesQuery, gives=RulesAnswer, may_be_unknown=True)
def rules(asked: RulesQuery) -> RulesAnswer:
    """The rules of all packs, or of one, that are in force on a day."""
    here = services.current()
    if asked.pack is not None and asked.pack not in packs():
        raise Unknown("record.unknown")
    day = asked.on or here.today
    found, rows = view.shipped(day, asked.pack)
    return RulesAnswer(position=here.views.position(), on=day, packs=tuple(found), rules=tuple(rows))


@blueprint.read("/ledgers/<id:ledger>/rules", query=LedgerRulesQuery, gives=LedgerRulesAnswer, of="ledger")
def ledger_rules(asked: LedgerRulesQuery, ledger: str) -> LedgerRulesAnswer:
    """The rules a community lives by on a day: the law, the packs it adopted, its own parameters."""
    here = services.current()
    position, day = here.views.position(), asked.on or here.today
    adoption = view.adopted(here.views, ledger, day)
    found, rows = view.of_adoption(day, adoption)
    return LedgerRulesAnswer(
        position=position, on=day, packs=tuple(found), rules=tuple(rows), adoption=adoption
    )
