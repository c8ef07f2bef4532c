"""The firm's year in figures, computed from events, beside what the firm says of it (journeys.md 6)."""

from datetime import date
from typing import NamedTuple, get_args

import msgspec
from sqlalchemy import func, select

from ledger.actions.firm_debrief import Figure
from ledger.actions.posting import PostingRecorded
from projections import arrears, debriefs, entries, firms, rectifications
from projections.database import reading
from projections.debrief_rows import DebriefRow
from projections.snapshot import Snapshot
from projections.view import day_number

FIGURES: tuple[Figure, ...] = get_args(Figure)
MONEY = "-fen"  # how the name of a figure in fen ends
FUND = "public-revenue"


class SaidOf(msgspec.Struct, frozen=True):
    """What the firm says of one figure, in which version of its report; `record`: where it says so."""

    version: int
    record: int
    value: int


class FigureRow(msgspec.Struct, frozen=True):
    """One figure: the ledger's own, none where it has nothing to compute it from; all the firm's claims."""

    figure: Figure
    value: int | None
    said: tuple[SaidOf, ...] = ()

    @property
    def is_money(self) -> bool:
        """Whether it is in fen; else it counts things."""
        return self.figure.endswith(MONEY)

    @property
    def differs(self) -> bool:
        """Whether the firm's last word on it is another than the ledger's."""
        return bool(self.said) and self.said[-1].value != self.value


class FirmYear(NamedTuple):
    """A firm and the days it answers for, both included."""

    ledger: str
    firm: str
    starts_on: date
    ends_on: date


@reading
def of(snapshot: Snapshot, ledger: str, debrief: DebriefRow) -> tuple[FigureRow, ...]:
    """The figures of a debrief's period as they stood at its end, each with every claim about it in order."""
    year = FirmYear(ledger, debrief.firm, debrief.period_from, debrief.period_to)
    said: dict[str, list[SaidOf]] = {}
    for submission in debrief.submissions:
        for claim in submission.claims:
            one = SaidOf(submission.version, submission.number, claim.value)
            said.setdefault(claim.figure, []).append(one)
    return tuple(
        FigureRow(row.figure, row.value, tuple(said.get(row.figure, ()))) for row in of_year(snapshot, year)
    )


@reading
def of_year(snapshot: Snapshot, year: FirmYear) -> tuple[FigureRow, ...]:
    """The figures of a firm over some days, as they stood at the end of the last of them."""
    rents = arrears.of(snapshot, year.ledger, year.ends_on).contracts
    running = [one for one in rents if _runs_in(one, year)]
    items = _of_last_debrief(snapshot, year)
    values: dict[Figure, int | None] = {
        "fee-fen": _fee(snapshot, year),
        "revenue-collected-fen": _collected(snapshot, year),
        "revenue-handed-over-fen": _handed_over(snapshot, year),
        "revenue-contracts": len(running),
        "contract-money-overdue-fen": sum(one.overdue_fen for one in rents),
        "notices-posted": _posted(snapshot, year),
        "last-rectifications": None if items is None else len(items),
        "last-rectifications-closed": None if items is None else _closed(items, year.ends_on),
    }
    return tuple(FigureRow(figure, values[figure]) for figure in FIGURES)


def _runs_in(contract: arrears.ContractRow, year: FirmYear) -> bool:
    return contract.starts_on <= year.ends_on and year.starts_on <= (contract.ended_on or contract.ends_on)


def _fee(snapshot: Snapshot, year: FirmYear) -> int | None:
    """The fee per m² and month of the contract under which the firm served last."""
    for contract in firms.of(snapshot, year.ledger).contracts:
        if contract.firm == year.firm and contract.starts_on <= year.ends_on:
            return contract.fee_fen_per_m2_month
    return None


def _collected(snapshot: Snapshot, year: FirmYear) -> int:
    """Gross, as the quarters' statements have it: with the interest of the account (REV-03)."""
    sums = entries.by_category(snapshot, year.ledger, FUND, year.starts_on, year.ends_on, as_of=year.ends_on)
    return sum(one.fen for one in sums if one.category == "interest" or one.category.startswith("income/"))


def _handed_over(snapshot: Snapshot, year: FirmYear) -> int:
    """What of the net the firm moved to where the owners can dispose of it (REV-05)."""
    share = snapshot.table("revenue_contracts", "share")
    query = select(func.coalesce(func.sum(share.c.fen), 0)).where(
        share.c.ledger == year.ledger,
        share.c.kind == "moved",
        share.c.occurred_on.between(day_number(year.starts_on), day_number(year.ends_on)),
    )
    return int(snapshot.rows(query)[0][0])


def _posted(snapshot: Snapshot, year: FirmYear) -> int:
    event = snapshot.table("journal", "event")
    query = select(func.count()).where(
        event.c.ledger == snapshot.number("journal", year.ledger),
        event.c.kind == snapshot.number("journal", PostingRecorded.kind),
        event.c.occurred_on.between(day_number(year.starts_on), day_number(year.ends_on)),
    )
    return int(snapshot.rows(query)[0][0])


def _of_last_debrief(snapshot: Snapshot, year: FirmYear) -> list[rectifications.RectificationRow] | None:
    """What the debrief before left to be put right; none where there was no debrief before."""
    last = debriefs.before(snapshot, year.ledger, year.firm, year.starts_on)
    return None if last is None else rectifications.of_debrief(snapshot, year.ledger, last.debrief)


def _closed(items: list[rectifications.RectificationRow], day: date) -> int:
    return sum(item.closed_on is not None and item.closed_on <= day for item in items)
