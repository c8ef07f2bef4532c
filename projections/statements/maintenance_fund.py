"""T3, the maintenance fund of a half-year: every book from opening to closing, by kind (FUND-32, FUND-38).

By the postings of every book, as the balances are; what was divided from a wider book to narrower ones stands
beside it, and is what the 30 % are measured by (FUND-04, FUND-28).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.composing import Wanted
from projections import fund_levels, repair_projects
from projections.fund_levels import FundLevel
from projections.statements import cautions
from projections.statements.books import Books
from projections.statements.dated import by_place
from projections.statements.fund_flows import FUND, INCOME, SPENDING, SUSPENSE, Flow, flows
from projections.statements.statement import Cell, Composition, Line, cells

COLUMNS = ("opening", "income", "spending", "closing")
Sums = dict[str, int]


def compose(books: Books, wanted: Wanted) -> Composition:
    """The fund as it stood on the period's last day, by legal dates."""
    law = books.law(wanted.ends_on)
    known = flows(books, wanted.ends_on)
    during = [flow for flow in known if _is_during(flow, wanted)]
    held = {book: _held(of_book, wanted) for book, of_book in _by_book(known)}
    total = {name: sum(one[name] for one in held.values()) for name in COLUMNS}
    levels = fund_levels.of(books.views, books.ledger, law, as_of=wanted.ends_on).levels
    paid = _paid(flow for flow in during if flow.side == "out")
    return Composition(
        figures={**total, **_figures(books, wanted, levels)},
        rows={
            "books": [Line(key=book, cells={"scope": book, **one}) for book, one in held.items()],
            "income": list(_by_kind(during, "in", INCOME)),
            "spending": list(_by_kind(during, "out", SPENDING)),
            "levels": [_level(level, held) for level in sorted(levels, key=_place) if not _is_fund(level)],
            "payments": [_payment(flow) for flow in during if flow.side == "out"],
            "works": list(_works(books, wanted, paid)),
            "revenue": [_revenue(flow) for flow in during if flow.kind == "public-revenue"],
        },
        sums={
            "books": total,
            "income": {"amount": total["income"]},
            "spending": {"amount": total["spending"]},
            "payments": {"amount": total["spending"]},
            "works": {"paid": sum(paid.values())},
            "revenue": {"amount": sum(flow.fen for flow in during if flow.kind == "public-revenue")},
        },
        cautions=cautions.of_fund(books, FUND, wanted.starts_on, wanted.ends_on, wanted.ends_on),
        rules=law.editions,
    )


# -- books and kinds ---------------------------------------------------------------------------------


def _by_book(known: Iterable[Flow]) -> list[tuple[str, list[Flow]]]:
    found: defaultdict[str, list[Flow]] = defaultdict(list)
    for flow in known:
        found[flow.book].append(flow)
    return sorted(found.items(), key=lambda item: by_place(item[0]))


def _is_during(flow: Flow, wanted: Wanted) -> bool:
    """Whether it is income or spending of the period; what a fund held when these books began is opening."""
    return flow.on >= wanted.starts_on and flow.side != "opening"


def _held(of_book: Iterable[Flow], wanted: Wanted) -> Sums:
    """closing = opening + income - spending."""
    sums = dict.fromkeys(COLUMNS, 0)
    for flow in of_book:
        if not _is_during(flow, wanted):
            sums["opening"] += flow.held_fen
        else:
            sums["income" if flow.side == "in" else "spending"] += flow.fen
    return {**sums, "closing": sums["opening"] + sums["income"] - sums["spending"]}


def _by_kind(during: Iterable[Flow], side: str, kinds: Sequence[str]) -> Iterator[Line]:
    """By kind in their order, and by book; a reversal is taken from the kind it reverses."""
    found: defaultdict[tuple[str, str], list[Flow]] = defaultdict(list)
    for flow in during:
        if flow.side == side:
            found[flow.kind, flow.book].append(flow)
    for (kind, book), some in sorted(
        found.items(), key=lambda one: (kinds.index(one[0][0]), by_place(one[0][1]))
    ):
        amount = sum(flow.fen for flow in some)
        yield Line(key=f"{kind}/{book}", cells=cells(kind=kind, scope=book, amount=amount, entries=len(some)))


def _is_fund(level: FundLevel) -> bool:
    return level.level == fund_levels.FUND


def _place(level: FundLevel) -> tuple[int, list[str | int]]:
    return by_place(level.level)


def _level(level: FundLevel, held: Mapping[str, Sums]) -> Line:
    """A book against its first deposit; `divided`: what others gave it, or (negative) it gave to others."""
    closing = held[level.level]["closing"] if level.level in held else 0
    return Line(
        key=level.level,
        cells=cells(
            scope=level.level,
            first_deposit=level.first_deposit_fen,
            closing=closing,
            divided=level.balance_fen - closing,
            balance=level.balance_fen,
            **_measured(level),
        ),
    )


def _measured(level: FundLevel) -> dict[str, Cell]:
    """The balance as a share of the first deposit, in tenths of a percent, never rounded up to 30 %.

    What has no first deposit cannot be below a share of it.
    """
    if level.first_deposit_fen <= 0:
        return {}
    share = f"{level.balance_fen * 1000 // level.first_deposit_fen}/1000" if level.balance_fen >= 0 else None
    return cells(share=share, is_below=level.is_below)


def _figures(books: Books, wanted: Wanted, levels: Sequence[FundLevel]) -> dict[str, Cell]:
    """The fund against its first deposit, and how it last met its bank (FUND-28, FUND-34)."""
    met = cautions.reconciliation(books, FUND, wanted.ends_on)
    fund = next(filter(_is_fund, levels), None)
    return cells(
        first_deposit=fund.first_deposit_fen if fund else None,
        **(_measured(fund) if fund else {}),
        reconciled_on=met.on if met else None,
        bank_difference_fen=met.difference_fen if met else None,
    )


# -- what it was spent on, and what was paid in ------------------------------------------------------


def _payment(flow: Flow) -> Line:
    """One payment, or (negative) one taken back; `routine`: direct use under authorisation (FUND-38)."""
    event: Any = flow.about.data
    return Line(
        key=f"{flow.number}/{flow.book}",
        cells=cells(
            paid_on=flow.on,
            kind=flow.kind,
            scope=flow.book,
            purpose=getattr(event, "purpose", None) or getattr(event, "text", None),
            payee=getattr(event, "payee", None),
            decision=getattr(event, "decision", None),
            amount=flow.fen,
            voucher_ref=getattr(event, "voucher", None),
            record=flow.number,
            reverses=str(flow.about.number) if flow.about.number != flow.number else None,
        ),
    )


def _revenue(flow: Flow) -> Line:
    """Public revenue paid into the fund (FUND-32, REV-10)."""
    event: Any = flow.about.data
    return Line(
        key=f"{flow.number}/{flow.book}",
        cells=cells(
            received_on=flow.on,
            quarter=getattr(event, "quarter", None),
            scope=flow.book,
            amount=flow.fen,
            voucher_ref=getattr(event, "voucher", None),
            record=flow.number,
        ),
    )


def _paid(spent: Iterable[Flow]) -> Sums:
    found: defaultdict[str, int] = defaultdict(int)
    for flow in spent:
        project = getattr(flow.about.data, "project", None)
        if project is not None and flow.book != SUSPENSE:
            found[project] += flow.fen
    return found


def _works(books: Books, wanted: Wanted, paid: Sums) -> Iterator[Line]:
    """Works that were accepted, or that something was paid for, and what they cost (FUND-32)."""
    rows = repair_projects.page(books.views, books.ledger, limit=books.until + 1, as_of=wanted.ends_on)
    for row in rows:
        accepted_on = next(step.on for step in row.steps if step.step == "acceptance")
        if row.project in paid or (accepted_on is not None and accepted_on >= wanted.starts_on):
            yield Line(
                key=row.project,
                cells=cells(
                    project=row.project,
                    name=row.name,
                    scope=row.scope,
                    cost=row.reviewed_fen if row.reviewed_fen is not None else row.price_fen,
                    paid=paid.get(row.project, 0),
                    paid_in_all=row.paid_fen,
                    accepted_on=accepted_on,
                    stage=row.stage,
                ),
            )
