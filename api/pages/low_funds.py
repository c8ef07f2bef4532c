"""A piece of the community's own page: where too little of the maintenance fund is left (FUND-28)."""

from flask import Flask
from msgspec import Struct

from api.pages.wording import scope_word
from api.services import current
from ledger.rules.law import Adoption, law_on
from projections import fund_levels, rules
from projections.fund_levels import FUND, FundLevel
from projections.top_ups import TopUpRow


class Low(Struct, frozen=True):
    """A book of the fund below the limit, whose it is, the limit in hundredths, what was asked for it."""

    whose: str
    level: FundLevel
    limit_percent: int
    top_up: TopUpRow | None


def init_app(app: Flask) -> None:
    """Let the page of a community show it."""
    app.jinja_env.globals["low_funds"] = low_funds


def low_funds(ledger: str) -> list[Low]:
    """The fund of all, and the books of buildings and door numbers, that have to be topped up."""
    here = current()
    adopted = rules.adopted(here.views, ledger, here.today)
    adoption = Adoption() if adopted is None else Adoption(packs=adopted.packs, parameters=adopted.parameters)
    law = law_on(here.today, adoption)
    if not law.is_in_force("FUND-28"):
        return []
    limit = law.share("FUND-28", "share_below")
    found = fund_levels.of(here.views, ledger, law)
    rounds = {one.scope: one for one in found.top_ups}  # the latest of each
    lows = []
    for level in found.levels:
        if level.is_below:
            scope = "whole" if level.level == FUND else level.level
            percent = 100 * limit.part // limit.whole
            lows.append(Low(scope_word(scope), level, percent, rounds.get(scope)))
    return lows
