"""How full the maintenance fund is: the fund, its books, how many units; what owners were asked to pay."""

from datetime import date

from api import services
from api.reading import Answer, Blueprint, Query
from api.times import AsOf, KnownAt, known_at_of
from ledger.rules.law import Adoption, law_on
from projections import fund_levels as view
from projections import rules
from projections.fund_levels import FundLevel
from projections.top_ups import TopUpRow

blueprint = Blueprint("Fund levels", __name__, description="Whether the maintenance fund must be topped up")


class FundLevelsQuery(Query, kw_only=True):
    """`as_of`: by legal date, today if left out; `known_at`: by what had been recorded then."""

    as_of: AsOf | None = None
    known_at: KnownAt | None = None


class FundLevelsAnswer(Answer, kw_only=True):
    """The fund first, then every book; none before the fund is opened. Of units only how many (FUND-28)."""

    as_of: date
    known_at: str | None
    levels: tuple[FundLevel, ...]
    top_ups: tuple[TopUpRow, ...]


@blueprint.read(
    "/ledgers/<id:ledger>/fund-levels", query=FundLevelsQuery, gives=FundLevelsAnswer, of="ledger"
)
def fund_levels(asked: FundLevelsQuery, ledger: str) -> FundLevelsAnswer:
    """The maintenance fund against its first deposit, by the law of the day that is asked about."""
    here = services.current()
    day, position = asked.as_of or here.today, here.views.position()
    adopted = rules.adopted(here.views, ledger, day)
    adoption = Adoption() if adopted is None else Adoption(packs=adopted.packs, parameters=adopted.parameters)
    found = view.of(
        here.views,
        ledger,
        law_on(day, adoption),
        as_of=asked.as_of,
        known_at=known_at_of(asked.known_at),
        names_of=here.vault.values,
    )
    return FundLevelsAnswer(
        position=position, as_of=day, known_at=asked.known_at, levels=found.levels, top_ups=found.top_ups
    )
