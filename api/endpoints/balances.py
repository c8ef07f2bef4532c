"""What every fund and every account holds."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from api import services
from api.errors import BadQuery
from api.reading import Answer, Blueprint, Query
from ledger.fields import Day
from projections import balances as view
from projections.balances import FundBalance

blueprint = Blueprint("Balances", __name__, description="What every fund and account holds")

INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
KNOWN_AT = f"^([0-9]{{1,15}}|{INSTANT})$"


class BalancesQuery(Query, kw_only=True):
    """`as_of`: by legal date; `known_at`: by what had been recorded then."""

    as_of: (
        Annotated[Day, Meta(description="Balances at the end of this day, by legal date; today if left out")]
        | None
    ) = None
    known_at: (
        Annotated[
            str, Meta(pattern=KNOWN_AT, description="A record number, or an instant with offset (RFC 3339)")
        ]
        | None
    ) = None


class AccountFen(msgspec.Struct, frozen=True):
    """One account of the books; what is owed and income are negative."""

    account: str
    fen: int


class BalancesAnswer(Answer, kw_only=True):
    """The fen of all accounts sum to 0. `known_at` is none for all that is known now."""

    as_of: date
    known_at: str | None
    funds: tuple[FundBalance, ...]
    accounts: tuple[AccountFen, ...]


@blueprint.read("/ledgers/<id:ledger>/balances", query=BalancesQuery, gives=BalancesAnswer, of="ledger")
def balances(asked: BalancesQuery, ledger: str) -> BalancesAnswer:
    """Balances as of a day, as they were known at a record or an instant."""
    here = services.current()
    # nothing is dated later than today: without a day or an instant the running sums are the answer
    found = view.of(here.views, ledger, as_of=asked.as_of, known_at=_known_at(asked.known_at))
    return BalancesAnswer(
        position=found.position,
        as_of=asked.as_of or here.today,
        known_at=asked.known_at,
        funds=found.funds,
        accounts=tuple(AccountFen(account=of.account, fen=of.fen) for of in found.accounts),
    )


def _known_at(text: str | None) -> int | str | None:
    if text is None or text.isdecimal():
        return None if text is None else int(text)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(("/known_at", "instant.malformed", {})) from None
    return text
