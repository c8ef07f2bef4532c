"""T2, what the common parts earn: every agreement with what REV-08 has shown of it, and who consented."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ledger.actions.public_revenue import FUND
from ledger.composing import Wanted
from ledger.events import Event
from ledger.rules.public_revenue import INTEREST_HEAD, WHOLE
from projections import arrears, decisions, entries
from projections.arrears import ContractRow
from projections.statements import cautions
from projections.statements.books import Books
from projections.statements.dated import by_place
from projections.statements.statement import Caution, Composition, Line, cells

SAID = ("location", "counterparty")


class Entered(NamedTuple):
    """One entry of income or cost. `fen`: positive when it came in; `name`: head 1 to 7, or tax .."""

    number: int
    fen: int
    side: str  # income or cost
    name: str
    scope: str
    event: Event

    @property
    def contract(self) -> str | None:
        """The contract it names."""
        return getattr(self.event, "contract", None)


def compose(books: Books, wanted: Wanted) -> Composition:
    """The agreements that ran, or that something came under, in the period; as they stood at its end."""
    entered = list(_entered(books, wanted))
    income, costs = ([one for one in entered if one.side == side] for side in ("income", "cost"))
    under = {one.contract for one in income}
    known = arrears.of(books.views, books.ledger, wanted.ends_on).contracts
    rows = [row for row in known if row.contract in under or _ran(row, wanted)]
    on_file = {row.contract for row in rows}
    others = [one for one in income if one.contract not in on_file]
    received = {name: _fen(one for one in income if one.contract == name) for name in on_file}
    due = {row.contract: _due(row, wanted) for row in rows}
    return Composition(
        figures={
            "gross_income_fen": _fen(income),
            "costs_fen": -_fen(costs),
            "net_revenue_fen": _fen(entered),
            "overdue_fen": sum(row.overdue_fen for row in rows),
        },
        rows={
            "projects": [_project(row, due[row.contract], received[row.contract]) for row in rows],
            "consents": [line for row in rows for line in _consents(books, wanted, row)],
            "others": list(_grouped(others, "head")),
            "costs": list(_grouped(costs, "cost", sign=-1)),
        },
        sums={
            "projects": {
                "due": sum(due.values()),
                "received": sum(received.values()),
                "overdue": sum(row.overdue_fen for row in rows),
            },
            "others": {"amount": _fen(others)},
            "costs": {"amount": -_fen(costs)},
        },
        cautions=tuple(_cautions(books, wanted, rows, others)),
        rules=books.law(wanted.ends_on).editions,
    )


def _fen(some: Iterable[Entered]) -> int:
    return sum(one.fen for one in some)


# -- what came and what it cost ----------------------------------------------------------------------


def _entered(books: Books, wanted: Wanted) -> Iterator[Entered]:
    """Income and costs of the period by legal date, as all that was recorded knows them; as T1 has them."""
    days, most = (wanted.starts_on, wanted.ends_on), books.until + 1
    for row in entries.page(books.views, books.ledger, fund=FUND, start=days[0], end=days[1], limit=most):
        about = row.reverses if row.classified_by is None else row.classified_by
        event = books.events[row.number if about is None else about].data
        side, _, name = row.category.partition("/")
        if side == "interest":  # what the bank pays on the account is income of head 7 (REV-03)
            side, name = "income", INTEREST_HEAD
        if side in ("income", "cost"):
            scope = getattr(event, "scope", None)
            named = name.partition("/")[0], scope.name if scope else WHOLE
            yield Entered(row.number, row.fen, side, *named, event)


def _grouped(some: Iterable[Entered], column: str, *, sign: int = 1) -> Iterator[Line]:
    """By head or kind of cost, whose it is, and what was said of it."""
    found: defaultdict[tuple[str, str, str, str], list[Entered]] = defaultdict(list)
    for one in some:
        location, counterparty = (getattr(one.event, name, None) or "" for name in SAID)
        found[one.name, one.scope, location, counterparty].append(one)
    for key in sorted(found, key=lambda one: (one[0], by_place(one[1]), one)):
        (name, scope, location, counterparty), group = key, found[key]
        yield Line(
            key="/".join(key).rstrip("/"),
            cells=cells(
                **{column: name},
                scope=scope,
                location=location or None,
                counterparty=counterparty or None,
                amount=sign * _fen(group),
                entries=len(group),
            ),
        )


# -- agreements --------------------------------------------------------------------------------------


def _ran(row: ContractRow, wanted: Wanted) -> bool:
    return row.starts_on <= wanted.ends_on and (row.ended_on or row.ends_on) >= wanted.starts_on


def _due(row: ContractRow, wanted: Wanted) -> int:
    """What the agreement made payable in the period."""
    days = wanted.starts_on, wanted.ends_on
    return sum(
        line.amount_fen for line in row.lines if days[0] <= line.due_on <= days[1] and line.status != "lapsed"
    )


def _project(row: ContractRow, due_fen: int, received_fen: int) -> Line:
    return Line(
        key=row.contract,
        cells=cells(
            contract_no=row.contract,
            head=str(row.head),
            location=row.location,
            counterparty=row.counterparty,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            ended_on=row.ended_on,
            standard=row.standard,
            due=due_fen,
            received=received_fen,
            overdue=row.overdue_fen,
            management_cost=row.management_cost,
            distribution=row.distribution,
            scope=row.scope,
            consent=", ".join(row.consents) or None,
            filed_with=row.filed_with,
        ),
    )


def _consents(books: Books, wanted: Wanted, row: ContractRow) -> Iterator[Line]:
    """When those who consented decided it, and how (VOTE-21)."""
    for name in row.consents:
        found = decisions.one(books.views, books.ledger, name, as_of=wanted.ends_on)
        told = found and cells(
            title=found.title,
            made_by=found.made_by,
            decided_on=found.decided_on,
            outcome=found.status,
            participating_heads=found.participating_heads,
            participating_area=found.participating_area,
            agree_heads=found.agree_heads,
            agree_area=found.agree_area,
            seats=found.seats,
            signed=found.signed,
        )
        named = {"contract_no": row.contract, "decision": name}
        yield Line(key=f"{row.contract}/{name}", cells={**named, **(told or {})})


def _cautions(
    books: Books, wanted: Wanted, rows: Sequence[ContractRow], others: Sequence[Entered]
) -> Iterator[Caution]:
    """Income under agreements nobody can show (REV-08); agreements and entries that break a rule."""
    unfiled = [one for one in others if one.contract is not None]
    if unfiled:
        records = tuple(one.number for one in unfiled)
        yield Caution(code="contract-not-on-file", fen=_fen(unfiled), records=records)
    period = wanted.starts_on, wanted.ends_on
    registered = (books.events[row.number] for row in rows)
    for found in (
        cautions.suspense(books, FUND, wanted.ends_on),
        cautions.without_voucher(books, FUND, *period),
        cautions.irregular((*registered, *cautions.about(books, FUND, *period))),
    ):
        if found is not None:
            yield found
