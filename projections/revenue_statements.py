"""The sums of a quarter of public revenue as published: gross by head, costs, net, what went to the fund."""

from datetime import date

import msgspec
from sqlalchemy import select

from ledger.rules.public_revenue import Statement, first_day_of, last_day_of, statements
from projections import entries
from projections.database import reading
from projections.snapshot import Snapshot
from projections.then import Then, then_of
from projections.view import day_of

FUND = "public-revenue"


class Share(msgspec.Struct, frozen=True):
    """One payment out of a quarter's net: `to-fund` into the maintenance fund, `moved` by the firm."""

    number: int
    kind: str
    scope: str
    paid_on: date
    fen: int


class QuarterStatement(msgspec.Struct, frozen=True):
    """`by_scope`: `whole` first, then every building or door with revenue of its own (REV-09)."""

    quarter: str
    starts_on: date
    ends_on: date
    by_scope: dict[str, Statement]
    shares: tuple[Share, ...]

    @property
    def moved(self) -> tuple[Share, ...]:
        """When the firm moved the net, and how much of it."""
        return tuple(share for share in self.shares if share.kind == "moved")


@reading
def of(
    snapshot: Snapshot,
    ledger: str,
    quarter: str,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> QuarterStatement:
    """A quarter's statement. Errors: `ValueError` for what names no quarter."""
    first, last = first_day_of(quarter), last_day_of(quarter)
    sums = entries.by_category(snapshot, ledger, FUND, first, last, as_of=as_of, known_at=known_at)
    shares = _shares(
        snapshot, ledger, quarter, then_of(snapshot, "revenue_contracts", ledger, as_of, known_at)
    )
    to_fund: dict[str, int] = {}
    for share in shares:
        if share.kind == "to-fund":
            to_fund[share.scope] = to_fund.get(share.scope, 0) + share.fen
    by_scope = statements({one.category: one.fen for one in sums}, to_fund)
    return QuarterStatement(quarter, first, last, by_scope, tuple(shares))


def _shares(snapshot: Snapshot, ledger: str, quarter: str, then: Then) -> list[Share]:
    """What was paid out of a quarter's net and not taken back, in order of record."""
    share, reversal = (snapshot.table("revenue_contracts", name) for name in ("share", "reversal"))
    undone = select(reversal.c.reverses).where(
        reversal.c.ledger == ledger, *then.counted(reversal.c.number, reversal.c.occurred_on)
    )
    query = (
        select(share)
        .where(share.c.ledger == ledger, share.c.quarter == quarter, share.c.number.not_in(undone))
        .where(*then.counted(share.c.number, share.c.occurred_on))
        .order_by(share.c.number)
    )
    return [
        Share(row.number, row.kind, row.scope, day_of(row.occurred_on), row.fen)
        for row in snapshot.rows(query)
    ]
