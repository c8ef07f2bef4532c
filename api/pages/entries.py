"""`/c/{ledger}/entries`: every movement of money, to be searched, with the balance after each."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api.pages import money
from api.pages.asked import asked_day, asked_number, asked_text, ledger_or_404
from api.pages.frame import Shown, here, page
from api.pages.place import place
from api.services import current
from ledger.fields import FIRST_DAY, LAST_DAY
from projections import balances, entries
from projections.ledgers import LedgerRow

pages = Blueprint("entries", __name__)

ROWS_MAX = 20
FAULTS_STATUS = 400


class Asked(Struct, frozen=True):
    """What the form asks for."""

    q: str
    fund: str | None
    start: date | None
    end: date | None
    known_on: date | None  # only what had been recorded by the end of this day

    def filter(self) -> dict[str, Any]:
        """The same for the view."""
        return {
            "fund": self.fund,
            "start": self.start,
            "end": self.end,
            "q": self.q or None,
            "known_at": self.known_at,
        }

    @property
    def known_at(self) -> str | None:
        """The last instant of that day in Shanghai."""
        return None if self.known_on is None else f"{self.known_on}T23:59:59.999+08:00"

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.fund or self.start or self.end or self.known_on)


class Sum(Struct, frozen=True):
    """One fund's sum of what was found; no opening and closing where a search leaves entries out."""

    fund: str
    in_fen: int
    out_fen: int
    opening_fen: int | None = None
    closing_fen: int | None = None


@pages.get("/c/<ledger>/entries")
@page
def all_entries(ledger: str) -> Shown:
    """The list, the newest first."""
    row = ledger_or_404(ledger)
    faults: list[tuple[str, str]] = []
    funds: list[str] = [fund.fund for fund in balances.of(current().views, ledger).funds]
    asked = _asked(funds, faults)
    if faults:
        return _shown(row, asked, funds, faults=faults), FAULTS_STATUS
    return _shown(row, asked, funds, **_found(ledger, asked, funds))


def _asked(funds: list[str], faults: list[tuple[str, str]]) -> Asked:
    fund = request.args.get("fund") or None
    start, end, known_on = (asked_day(name, faults) for name in ("from", "to", "known"))
    if start is not None and end is not None and end < start:
        faults.append(("to", _("结束的日子早于开始的日子。")))
    if fund is not None and fund not in funds:
        faults.append(("fund", _("这本账里没有这笔资金。")))
        fund = None
    return Asked(asked_text("q"), fund, start, end, known_on)


def _found(ledger: str, asked: Asked, funds: list[str]) -> dict[str, Any]:
    views, after = current().views, asked_number("after")
    wanted = asked.filter()
    rows = entries.page(views, ledger, **wanted, after=after, limit=ROWS_MAX + 1, newest_first=True)
    shown = rows[:ROWS_MAX]
    return {
        "rows": shown,
        "count": entries.count(views, ledger, **wanted),
        "sums": _sums(ledger, asked, funds),
        "newer": here(after=None) if after is not None else None,
        "older": here(after=str(shown[-1].number)) if len(rows) > ROWS_MAX else None,
    }


def _sums(ledger: str, asked: Asked, funds: list[str]) -> list[Sum]:
    """The sums of what was found, fund by fund: the three are never added up (FUND-05)."""
    wanted = [asked.fund] if asked.fund else funds
    if asked.q:
        rows = money.all_entries(ledger, **asked.filter())
        found = {fund: [row for row in rows if row.fund == fund] for fund in wanted}
        return [Sum(fund, *money.in_and_out(of_fund)) for fund, of_fund in found.items() if of_fund]
    sums = []
    for fund in wanted:
        first, last = asked.start or FIRST_DAY, asked.end or LAST_DAY
        totals = money.totals_of(ledger, fund, first, last, known_at=asked.known_at)
        sums.append(Sum(fund, totals.in_fen, totals.out_fen, totals.opening_fen, totals.closing_fen))
    return sums


def _shown(row: LedgerRow, asked: Asked, funds: list[str], **found: object) -> str:
    values = {name: request.args.get(name, "")[:20] for name in ("from", "to", "known")}
    return render_template(
        "entries.html",
        **place(row, "entries", (_("明细"), None)),
        asked=asked,
        values=values,
        funds=funds,
        **{"faults": [], "rows": [], "count": 0, "sums": [], "newer": None, "older": None, **found},
    )
