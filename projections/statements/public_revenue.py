"""T1, a quarter of public revenue: what came in, what it cost, what went where, what is left (REV-06)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ledger.actions.public_revenue import FUND
from ledger.actions.revenue_to_fund import TO_FUND
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from ledger.rules.public_revenue import INTEREST_HEAD, WHOLE
from ledger.rules.semantics import Ratio, share_of
from projections import arrears, entries
from projections.statements import cautions
from projections.statements.books import Books
from projections.statements.statement import Caution, Cell, Composition, Line, cells

COLUMN_OF = {"cost/tax": "tax", "cost": "management_cost", "income": "gross_income", "use": "other_use"}


class Moved(NamedTuple):
    """One entry as this table reads it. `fen`: positive when money came in; `what`: `income/3`, `cost/tax`,
    `use/audit`, `use/to-fund`, `opening`, `unclassified`; `event`: what tells of it.
    """

    entry: entries.EntryRow
    event: Event
    what: str
    scope: str

    @property
    def is_in(self) -> bool:
        """Whether it counts among income; a reversal does where what it reverses did."""
        return (self.entry.fen > 0) == (self.entry.reverses is None)

    @property
    def column(self) -> str:
        """The column of the balance it belongs to."""
        kind = self.what.partition("/")[0]
        if self.what == f"use/{TO_FUND}":
            return "to_fund"
        return COLUMN_OF.get(self.what) or COLUMN_OF.get(kind) or kind


def compose(books: Books, wanted: Wanted) -> Composition:
    """The quarter's entries by legal date, as all that was recorded knows them."""
    moved = list(_moved(books, wanted.ends_on))
    during = [one for one in moved if one.entry.occurred_on >= wanted.starts_on]
    before = [one for one in moved if one.entry.occurred_on < wanted.starts_on]
    balance = [_balance(scope, before, during) for scope in _scopes(moved)]
    total = _summed(balance)
    moving = [one for one in during if one.what != "opening"]
    return Composition(
        figures={**total, **_for_the_fund(books, wanted.ends_on, total["net_revenue"])},
        rows={
            "balance": [Line(key=scope, cells={"scope": scope, **row}) for scope, row in balance],
            "income": _income(books, wanted.ends_on, during),
            "cost": _costs(during),
            "use": [_use(one) for one in during if one.what.startswith("use/")],
            "unclassified": [_unclassified(one) for one in during if one.column == "unclassified"],
            "entries": list(_entries(moving, total["opening"])),
        },
        sums={
            "balance": total,
            "income": {"gross_income": total["gross_income"]},
            "cost": {"amount": total["tax"] + total["management_cost"]},
            "use": {"amount": total["to_fund"] + total["other_use"]},
            "unclassified": {"amount": total["unclassified"]},
            "entries": {
                "income": sum(one.entry.fen for one in moving if one.is_in),
                "spending": -sum(one.entry.fen for one in moving if not one.is_in),
            },
        },
        cautions=(
            *cautions.of_fund(books, FUND, wanted.starts_on, wanted.ends_on),
            *_without_authority(during),
        ),
        rules=books.law(wanted.ends_on).editions,
    )


# -- what every entry is -----------------------------------------------------------------------------


def _moved(books: Books, until: date) -> Iterator[Moved]:
    rows = entries.page(books.views, books.ledger, fund=FUND, end=until, limit=books.until + 1)
    for row in rows:
        recorded = books.events[row.number if row.reverses is None else row.reverses]
        if row.classified_by is not None:
            recorded = books.events[row.classified_by]
        yield _of_entry(row, recorded)


def _of_entry(row: entries.EntryRow, told: Recorded[Event]) -> Moved:
    event: Any = told.data
    scope = event.scope.name if getattr(event, "scope", None) else WHOLE
    kind, _, rest = row.category.partition("/")
    match kind:
        case "interest":
            what = f"income/{INTEREST_HEAD}"
        case "income" | "cost":
            what = f"{kind}/{rest.partition('/')[0]}"
        case "transfer":
            what = f"use/{TO_FUND}"
        case "payment" | "use":
            what = f"use/{getattr(event, 'use', None) or 'other'}"
        case "opening":
            what = "opening"
        case _:
            what = "unclassified"
    return Moved(row, event, what, scope)


def _scopes(moved: Iterable[Moved]) -> list[str]:
    """Whose revenue it is: that of all first, then every building or door with some of its own (REV-09)."""
    return sorted({WHOLE, *(one.scope for one in moved)}, key=lambda scope: (scope != WHOLE, scope))


# -- the balance -------------------------------------------------------------------------------------


def _balance(scope: str, before: Iterable[Moved], during: Iterable[Moved]) -> tuple[str, dict[str, int]]:
    """closing = opening + net - to fund - other use (+ what nobody can explain yet)."""
    sums: defaultdict[str, int] = defaultdict(int)
    for one in during:
        if one.scope == scope:
            sums[one.column] += one.entry.fen
    opening = sums["opening"] + sum(one.entry.fen for one in before if one.scope == scope)
    net = sums["gross_income"] + sums["tax"] + sums["management_cost"]
    used = sums["to_fund"] + sums["other_use"]
    return scope, {
        "opening": opening,
        "gross_income": sums["gross_income"],
        "tax": -sums["tax"],
        "management_cost": -sums["management_cost"],
        "net_revenue": net,
        "to_fund": -sums["to_fund"],
        "other_use": -sums["other_use"],
        "unclassified": sums["unclassified"],
        "closing": opening + net + used + sums["unclassified"],
    }


def _summed(balance: Iterable[tuple[str, dict[str, int]]]) -> dict[str, int]:
    total: defaultdict[str, int] = defaultdict(int)
    for _, row in balance:
        for column, fen in row.items():
            total[column] += fen
    return dict(total)


def _for_the_fund(books: Books, on: date, net_fen: int) -> dict[str, Cell]:
    """What of this quarter's net the maintenance fund is owed (REV-10).

    That it was paid shows where it was paid, in the next quarter: what comes later changes no statement.
    """
    agreed = books.law(on).term("REV-10", "to_fund_share")
    if not isinstance(agreed, Ratio):
        return {}
    return {"share_agreed": str(agreed), "share_due": share_of(max(net_fen, 0), agreed)}


# -- rows --------------------------------------------------------------------------------------------


def _income(books: Books, until: date, during: Iterable[Moved]) -> list[Line]:
    """By head, by whose it is, and by contract where there is one (REV-03, REV-08, REV-09)."""
    on_file = {row.contract: row for row in arrears.of(books.views, books.ledger, until).contracts}
    found: defaultdict[tuple[str, str, str], list[Moved]] = defaultdict(list)
    for one in during:
        if one.column == "gross_income":
            contract = getattr(one.event, "contract", None) or ""
            found[one.what.partition("/")[2], one.scope, contract].append(one)
    lines = []
    for (head, scope, contract), some in sorted(found.items(), key=lambda item: _in_order(item[0])):
        row = on_file.get(contract)
        lines.append(
            Line(
                key=f"{head}/{scope}/{contract}".rstrip("/"),
                cells=cells(
                    head=head,
                    scope=scope,
                    location=row.location if row else getattr(some[0].event, "location", None),
                    counterparty=row.counterparty if row else getattr(some[0].event, "counterparty", None),
                    contract_no=contract or None,
                    gross_income=sum(one.entry.fen for one in some),
                    entries=len(some),
                ),
            )
        )
    return lines


def _costs(during: Iterable[Moved]) -> list[Line]:
    found: defaultdict[tuple[str, str], list[Moved]] = defaultdict(list)
    for one in during:
        if one.what.startswith("cost/"):
            found[one.what.partition("/")[2], one.scope].append(one)
    return [
        Line(
            key=f"{cost}/{scope}",
            cells=cells(
                cost=cost,
                scope=scope,
                amount=-sum(one.entry.fen for one in some),
                entries=len(some),
            ),
        )
        for (cost, scope), some in sorted(found.items(), key=lambda item: _in_order(item[0]))
    ]


def _in_order(key: tuple[str, ...]) -> tuple[bool | str, ...]:
    """What belongs to all before what belongs to a part."""
    name, scope, *rest = key
    return name, scope != WHOLE, scope, *rest


def _use(one: Moved) -> Line:
    return Line(
        key=str(one.entry.number),
        cells=cells(
            occurred_on=one.entry.occurred_on,
            use=one.what.partition("/")[2],
            scope=one.scope,
            text=one.entry.text,
            amount=-one.entry.fen,
            authority_ref=_authority(one.event),
            voucher_ref=getattr(one.event, "voucher", None),
            record=one.entry.number,
        ),
    )


def _unclassified(one: Moved) -> Line:
    entry = one.entry
    named = cells(occurred_on=entry.occurred_on, text=entry.text, amount=entry.fen, record=entry.number)
    return Line(key=str(entry.number), cells=named)


def _entries(moving: Iterable[Moved], opening_fen: int) -> Iterator[Line]:
    """Every entry of the quarter by legal date, with what was there after it (complaint 1)."""
    balance_fen = opening_fen
    for one in sorted(moving, key=lambda one: (one.entry.occurred_on, one.entry.number)):
        entry = one.entry
        balance_fen += entry.fen
        yield Line(
            key=str(entry.number),
            cells=cells(
                occurred_on=entry.occurred_on,
                text=entry.text,
                income=entry.fen if one.is_in else None,
                spending=None if one.is_in else -entry.fen,
                balance=balance_fen,
                record=entry.number,
            ),
        )


def _authority(event: Event) -> str | None:
    """The decision or authorisation an expense stands on; the share of the fund is in the covenant."""
    named: Mapping[str, Any] = {name: getattr(event, name, None) for name in ("decision", "authority")}
    return next((found for found in named.values() if found), None)


def _without_authority(during: Iterable[Moved]) -> Iterator[Caution]:
    """Every expense names what allows it; what does not is said (disclosures.md T1)."""
    found = [
        one
        for one in during
        if one.column == "other_use" and one.entry.reverses is None and _authority(one.event) is None
    ]
    if found:
        fen = -sum(one.entry.fen for one in found)
        yield Caution(code="without-authority", fen=fen, records=tuple(one.entry.number for one in found))
