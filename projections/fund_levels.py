"""How full the maintenance fund is against its first deposit: fund, books, and how many units (FUND-28).

The regulation looks at the fund, the older measures at door numbers, the ministry at every unit: all three
are kept. Of units no more is public than how many are too low, and nothing where that would tell of few.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from ledger.actions.top_up import UNITS_MIN, below_since
from ledger.actions.unit_account import NamesOf
from ledger.money.unit_accounts import (
    Change,
    Held,
    Place,
    Roster,
    book_changes,
    fund_changes,
    held_after,
)
from ledger.rules.law import Law
from ledger.rules.semantics import Deadline, less_than
from projections import top_ups, unit_accounts
from projections.database import reading
from projections.snapshot import Snapshot
from projections.then import then_of
from projections.top_ups import TopUpRow
from projections.unit_accounts import nobody

FUND = "fund"


class FundLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One level: the `fund`, or a book such as `door-12`; `whole` is what is in no narrower book yet.

    `below_since`: since when less than the share of FUND-28 is there. Until `decide_by` (`decide_by_rolled`
    past holidays) the owners may decide; after it, `notices_due`, the bank has to ask them (FUND-29).
    """

    level: str
    first_deposit_fen: int
    balance_fen: int
    is_below: bool
    below_since: date | None = None
    decide_by: date | None = None
    decide_by_rolled: date | None = None
    notices_due: bool = False
    units: int
    units_below: int | None = None


class FundLevels(msgspec.Struct, frozen=True):
    """The fund first, then its books by name; rounds of top-ups."""

    levels: tuple[FundLevel, ...]
    top_ups: tuple[TopUpRow, ...]


@reading
def of(
    snapshot: Snapshot,
    ledger: str,
    law: Law,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
    names_of: NamesOf = nobody,
) -> FundLevels:
    """The levels of a ledger's maintenance fund by the law of a day; none before it is opened."""
    then = then_of(snapshot, "unit_accounts", ledger, as_of, known_at)
    places, movements = unit_accounts.known(snapshot, ledger, names_of, then)
    rounds = tuple(top_ups.rows(snapshot, ledger, places, then))
    if not movements:
        return FundLevels((), rounds)
    held = unit_accounts.accounts_of(places, movements)
    books = book_changes(Roster(places), movements)
    levels = [_level(FUND, fund_changes(movements), places, held, law)]
    inside = {book: [place for place in places if place.book.name == book] for book in books}
    few = sum(len(units) for units in inside.values() if len(units) < UNITS_MIN)
    for book, changes in books.items():
        level = _level(book, changes, inside[book], held, law)
        if 0 < few < UNITS_MIN:  # else the others' counts, taken from the fund's, would tell of the few
            level = msgspec.structs.replace(level, units_below=None)
        if level.units or level.balance_fen or level.first_deposit_fen:
            levels.append(level)
    return FundLevels(tuple(levels), rounds)


def _level(
    level: str, changes: Sequence[Change], places: Sequence[Place], held: Mapping[str, Held], law: Law
) -> FundLevel:
    after = held_after(changes)
    known = law.is_in_force("FUND-28")
    since = below_since(changes, law.share("FUND-28", "share_below")) if known else None
    due = None
    if since is not None and law.is_in_force("FUND-29"):
        due = Deadline.days_after(since, law.number("FUND-29", "decide_days_max"))
    return FundLevel(
        level=level,
        first_deposit_fen=after.first_deposit_fen,
        balance_fen=after.balance_fen,
        is_below=since is not None,
        below_since=since,
        decide_by=due.due_on if due else None,
        decide_by_rolled=due.due_rolled_on if due else None,
        notices_due=due is not None and law.day > due.due_on,
        units=len(places),
        units_below=_units_below(places, held, law) if known and len(places) >= UNITS_MIN else None,
    )


def _units_below(places: Sequence[Place], held: Mapping[str, Held], law: Law) -> int:
    limit = law.share("FUND-28", "share_below")
    accounts = [held[place.unit] for place in places]
    return sum(less_than(of.balance_fen, of.first_deposit_fen, limit) for of in accounts)
