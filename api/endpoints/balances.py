"""What every fund and every account holds."""

from datetime import date

import msgspec

from api import services
from api.reading import Answer, Blueprint, Query
from api.times import AsOf, KnownAt, known_at_of
from projections import balances as view
from projections.balances import FundBalance

blueprint = Blueprint("Balances", __name__, description="What every fund and account holds")


class BalancesQuery(Query, kw_only=True):
    """`as_of`: by legal date; `known_at`: by what had been recorded then."""

    as_of: AsOf | None = None
    known_at: KnownAt | None = None


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
    found = view.of(here.views, ledger, as_of=asked.as_of, known_at=known_at_of(asked.known_at))
    return BalancesAnswer(
        position=found.position,
        as_of=asked.as_of or here.today,
        known_at=asked.known_at,
        funds=found.funds,
        accounts=tuple(AccountFen(account=of.account, fen=of.fen) for of in found.accounts),
    )
