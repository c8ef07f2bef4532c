"""What every fund and account holds: now, as of a day, as known at a record or an instant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, get_args

import msgspec
from sqlalchemy import func, select

from ledger.actions.fund import FundOpened
from ledger.events import Event, Recorded
from ledger.fields import Fund
from ledger.money import accounts as names
from ledger.money.postings import Postings
from projections.database import reading
from projections.snapshot import Snapshot
from projections.then import Then, then_of
from projections.view import COUNT, DAY, FEN, NAME, PLACE, Key, Shape, View, Write

FUNDS: tuple[Fund, ...] = get_args(Fund)
COMMITTED = "committed/"  # kept beside the accounts: approved and not yet paid, still in the bank


class FundBalance(msgspec.Struct, frozen=True):
    """`committed_fen`: approved and not yet paid; `available_fen` = balance - committed."""

    fund: Fund
    balance_fen: int
    committed_fen: int
    available_fen: int


class AccountBalance(msgspec.Struct, frozen=True):
    """One account of the books: `bank/maintenance`, `fund/maintenance/door-3`, `income/3`."""

    account: str
    fen: int


class Balances(msgspec.Struct, frozen=True):
    """`position`: how far this view has been followed. The fen of all accounts sum to 0."""

    position: int
    funds: tuple[FundBalance, ...]
    accounts: tuple[AccountBalance, ...]


@reading
def of(
    snapshot: Snapshot, ledger: str, as_of: date | None = None, known_at: int | str | None = None
) -> Balances:
    """Every fund and account of a ledger.

    `as_of`: counting what happened up to that day, by legal date; `known_at`: counting what had been recorded
    by a record number or an instant (RFC 3339). Both together: what one knew then about that day.
    """
    then = then_of(snapshot, "balances", ledger, as_of, known_at)
    sums = _current(snapshot, ledger) if then.is_now else _as_moved(snapshot, ledger, then)
    funds = []
    for fund in FUNDS:
        if (balance := sums.get(names.bank(fund))) is not None:
            committed = sums.get(COMMITTED + fund, 0)
            funds.append(FundBalance(fund, balance, committed, balance - committed))
    accounts = sorted(account for account in sums if not account.startswith(COMMITTED))
    return Balances(
        snapshot.position("balances"),
        tuple(funds),
        tuple(AccountBalance(account, sums[account]) for account in accounts),
    )


def _current(snapshot: Snapshot, ledger: str) -> dict[str, int]:
    account = snapshot.table("balances", "account")
    query = select(account.c.account, account.c.fen)
    found = snapshot.rows(query.where(account.c.ledger == snapshot.number("balances", ledger)))
    return {snapshot.word("balances", row.account): row.fen for row in found}


def _as_moved(snapshot: Snapshot, ledger: str, then: Then) -> dict[str, int]:
    moved = snapshot.table("balances", "movement")
    between = moved.c.source, moved.c.target, moved.c.committed
    query = select(*between, func.sum(moved.c.fen), func.sum(moved.c.committed_fen)).group_by(*between)
    query = query.where(
        moved.c.ledger == snapshot.number("balances", ledger),
        *then.counted(moved.c.number, moved.c.occurred_on),
    )
    sums: dict[str, int] = {}
    for source, target, committed, fen, committed_fen in snapshot.rows(query):
        for account, change in ((source, -int(fen)), (target, int(fen)), (committed, int(committed_fen))):
            if account is not None:
                name = snapshot.word("balances", account)
                sums[name] = sums.get(name, 0) + change
    return sums


class BalancesView(View):
    """The running sum of every account, and every movement behind it."""

    name: ClassVar[str] = "balances"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "account": Shape({"ledger": NAME, "account": NAME}, {"fen": FEN}),
        # `fen` left `source` and arrived at `target`; `committed_fen` more were promised from then on
        "movement": Shape(
            {"ledger": NAME, "number": PLACE, "leg": COUNT},
            {
                "occurred_on": DAY,
                "source": NAME,
                "target": NAME,
                "fen": FEN,
                "committed": NAME,
                "committed_fen": FEN,
            },
        ),
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        numbers = write.numbers
        rows: list[Key] = []
        sums: defaultdict[Key, int] = defaultdict(int)
        for recorded in batch:
            envelope = recorded.envelope
            legs = _legs(envelope.data, envelope.postings)
            if not legs:
                continue
            ledger, number, day = numbers[envelope.ledger], recorded.number, envelope.occurred_on.toordinal()
            for leg, (source, target, fen, committed, committed_fen) in enumerate(legs):
                of_source = of_target = of_committed = None
                if source is not None:
                    of_source = numbers[source]
                    sums[ledger, of_source] -= fen
                if target is not None:
                    of_target = numbers[target]
                    sums[ledger, of_target] += fen
                if committed is not None:
                    of_committed = numbers[committed]
                    sums[ledger, of_committed] += committed_fen
                rows.append(
                    (ledger, number, leg, day, of_source, of_target, fen, of_committed, committed_fen)
                )
        write.insert("movement", sorted(rows))
        write.add("account", {key: (fen,) for key, fen in sums.items()})


Leg = tuple[str | None, str | None, int, str | None, int]  # source, target, fen, committed, committed fen


def _legs(event: Event, postings: Postings) -> Sequence[Leg]:
    """What an event moves: one leg from account to account, or one for each when there are more than two."""
    committed = _committed(event) if type(event).limits is not Event.limits else ()
    if len(postings) == 2 and len(committed) <= 1:
        (source, fen), (target, _) = postings
        if fen > 0:
            source, target, fen = target, source, -fen
        return ((source, target, -fen, *committed[0]) if committed else (source, target, -fen, None, 0),)
    if not postings and not committed:
        # a fund that holds nothing yet is there all the same
        return ((None, names.bank(event.fund), 0, None, 0),) if type(event) is FundOpened else ()
    legs: list[Leg] = [(None, account, fen, None, 0) for account, fen in postings]
    return legs + [(None, None, 0, account, fen) for account, fen in committed]


def _committed(event: Event) -> list[tuple[str, int]]:
    """What an event changes of the money that is in the bank and not available any more, by fund."""
    changes: dict[str, int] = {}
    for limit, fen in event.limits().items():
        of, _, fund = limit.partition("/")
        if of == "bank":
            changes[fund] = changes.get(fund, 0) + fen
        elif of == "available":
            changes[fund] = changes.get(fund, 0) - fen
    return [(COMMITTED + fund, fen) for fund, fen in changes.items() if fen]


VIEW = BalancesView()
