"""Which firms had not reported back by the end of a year, in a community or all of a street (FIRM-15)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from projections import firms
from projections.database import reading
from projections.debrief_rows import DebriefRow, row_of
from projections.snapshot import Snapshot
from projections.view import day_number


class MissingDebrief(msgspec.Struct, frozen=True, kw_only=True):
    """A firm that serves a community on 31 December and had not reported on the year by then.

    `community`: its ledger. `contract`: none where only the street's list names the firm. `debrief` to
    `held_on`: the debrief there is, planned or held too late.
    """

    community: str
    firm: str
    firm_name: str | None
    due_on: date
    contract: str | None = None
    debrief: str | None = None
    planned_on: date | None = None
    held_on: date | None = None


class _Serves(NamedTuple):
    community: str
    firm: str
    firm_name: str | None
    contract: str | None


@reading
def of(snapshot: Snapshot, ledger: str, year: int) -> tuple[MissingDebrief, ...]:
    """The firms of a community or, by its work list, of a street that did not report on a year in it."""
    listed = firms.listed(snapshot, ledger)
    last_day = date(year, 12, 31)
    serving = _serving(snapshot, [ledger, *(one.community for one in listed)], last_day)
    named = {one.community for one in serving}
    # a community that has a contract on file knows better than the list
    serving += [
        _Serves(one.community, one.firm, one.firm_name, None) for one in listed if one.community not in named
    ]
    reported = _reported(snapshot, [one.community for one in serving], year)
    missing = []
    for one in serving:
        debrief = reported.get((one.community, one.firm))
        if debrief is None or debrief.held_on is None or debrief.held_on > last_day:
            missing.append(_missing(one, last_day, debrief))
    return tuple(missing)


def _serving(snapshot: Snapshot, ledgers: Sequence[str], day: date) -> list[_Serves]:
    found: dict[tuple[str, str], _Serves] = {}
    for ledger, contract in firms.serving(snapshot, ledgers, day):
        one = _Serves(ledger, contract.firm, contract.firm_name, contract.contract)
        found.setdefault((ledger, contract.firm), one)
    return list(found.values())


def _reported(snapshot: Snapshot, ledgers: Sequence[str], year: int) -> dict[tuple[str, str], DebriefRow]:
    """By community and firm: the debrief on a year that was held first, else one that is planned."""
    debrief = snapshot.table("debriefs", "debrief")
    ends_in_year = debrief.c.period_to.between(day_number(date(year, 1, 1)), day_number(date(year, 12, 31)))
    query = select(debrief).where(debrief.c.ledger.in_(ledgers), ends_in_year)
    query = query.order_by(debrief.c.held_on.is_(None), debrief.c.held_on, debrief.c.number)
    found: dict[tuple[str, str], DebriefRow] = {}
    for row in snapshot.rows(query):
        found.setdefault((row.ledger, row.firm), row_of({**row._mapping}))
    return found


def _missing(one: _Serves, due_on: date, debrief: DebriefRow | None) -> MissingDebrief:
    return MissingDebrief(
        community=one.community,
        firm=one.firm,
        firm_name=one.firm_name,
        contract=one.contract,
        due_on=due_on,
        debrief=debrief.debrief if debrief else None,
        planned_on=debrief.planned_on if debrief else None,
        held_on=debrief.held_on if debrief else None,
    )
