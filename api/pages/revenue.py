"""`/c/{ledger}/revenue`: what the common parts brought in, and who owes what for using them."""

from datetime import date
from typing import get_args

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from msgspec import Struct

from api import words
from api.errors import Unknown
from api.pages import periods
from api.pages.asked import is_id, ledger_or_404, path
from api.pages.frame import Shown, page
from api.pages.periods import Period
from api.pages.place import place
from api.pages.wording import scope_word, value_word
from api.services import current
from ledger.actions.public_revenue import CostKind
from ledger.rules.law import Adoption, law_on
from ledger.rules.public_revenue import Statement, last_day_of, net_due_on
from projections import arrears, revenue_statements
from projections.arrears import Arrears, ContractRow, LineRow
from projections.revenue_statements import QuarterStatement

pages = Blueprint("revenue", __name__)

COSTS: tuple[CostKind, ...] = get_args(CostKind)


class Sums(Struct, frozen=True):
    """One statement in words: whose it is, income by head, costs by kind, and the figures."""

    whose: str
    heads: list[tuple[str, int]]
    costs: list[tuple[str, int]]
    of: Statement


class Standing(Struct, frozen=True):
    """A contract in words; `sign` and `label` make its tag, `said` are lines that need a word."""

    row: ContractRow
    sign: str
    label: str
    said: list[tuple[LineRow, str, str]]


@pages.get("/c/<ledger>/revenue")
@page
def revenue(ledger: str) -> Shown:
    """A quarter's sums, then every contract with what is due against what came."""
    row, today = ledger_or_404(ledger), current().today
    quarter = _asked_quarter(today)
    statement = revenue_statements.of(current().views, ledger, quarter.key)
    found = arrears.of(current().views, ledger, today)
    owing_first = sorted(found.contracts, key=lambda one: -one.overdue_fen)
    return render_template(
        "revenue.html",
        **place(row, "book", (_("公共收益"), None)),
        quarter=quarter,
        quarters=periods.offered(today)[1:],
        sums=[_sums(whose, of) for whose, of in statement.by_scope.items()],
        statement=statement,
        net_due_on=_net_due_on(statement),
        found=found,
        contracts=[_standing(one, shown=_telling(one)) for one in owing_first],
        overdue_fen=sum(one.overdue_fen for one in found.contracts),
        today=today,
    )


@pages.get("/c/<ledger>/revenue/<contract>")
@page
def one_contract(ledger: str, contract: str) -> Shown:
    """One contract: what stands in it, and every line of its schedule."""
    row, today = ledger_or_404(ledger), current().today
    found = arrears.one(current().views, ledger, contract, today) if is_id(contract) else None
    if found is None:
        raise Unknown
    return render_template(
        "revenue_contract.html",
        **place(row, "book", (_("公共收益"), path(ledger, "revenue")), (found.location, None)),
        standing=_standing(found, shown=found.lines),
        contract=found,
        today=today,
    )


@pages.app_template_global("arrears_of")
def arrears_of(ledger: str) -> Arrears:
    """Due against received today, for a community's own page."""
    return arrears.of(current().views, ledger, current().today)


def _asked_quarter(today: date) -> Period:
    running = periods.offered(today)[1]
    key = request.args.get("quarter", "")
    asked = periods.asked_period(key, today) if key else None
    return asked or running


def _sums(whose: str, of: Statement) -> Sums:
    return Sums(
        scope_word(whose),
        [(value_word("head", head), fen) for head, fen in of.gross.items() if fen],
        [(value_word("cost", kind), of.costs[kind]) for kind in COSTS if of.costs.get(kind)],
        of,
    )


def _net_due_on(statement: QuarterStatement) -> date | None:
    """By when the firm has to move the net, where the law of the quarter's last day says so (REV-05)."""
    law = law_on(last_day_of(statement.quarter), Adoption())
    if not law.is_in_force("REV-05"):
        return None
    return net_due_on(statement.quarter, law.number("REV-05", "months_max"))


def _telling(row: ContractRow) -> tuple[LineRow, ...]:
    """The lines a reader needs to see: what is overdue or came late, and what falls due next."""
    upcoming = [line for line in row.lines if line.status == "upcoming"]
    return (*(line for line in row.lines if line.status in ("late", "short", "missing")), *upcoming[:1])


def _standing(row: ContractRow, *, shown: tuple[LineRow, ...]) -> Standing:
    said = [(line, *_line_words(line)) for line in shown]
    if row.overdue_fen:
        days = words.count(row.oldest_days)
        owed = _("欠 %(sum)s 元，最早的一笔过期 %(days)s 天", sum=words.yuan(row.overdue_fen), days=days)
        return Standing(row, "bad", str(owed), said)
    if row.ended_on is not None:
        return Standing(row, "muted", str(_("提前终止，没有欠款")), said)
    if any(line.status == "late" for line in row.lines):
        return Standing(row, "warn", str(_("到期的都收到了，有晚交的")), said)
    return Standing(row, "ok", str(_("到期的都按时收到了")), said)


def _line_words(line: LineRow) -> tuple[str, str]:
    days = words.count(line.days)
    match line.status:
        case "received":
            said = "ok", _("按时收到")
        case "late":
            said = "warn", _("晚 %(days)s 天收齐", days=days)
        case "short":
            said = "bad", _("还差 %(sum)s 元，过期 %(days)s 天", sum=words.yuan(line.open_fen), days=days)
        case "missing":
            said = "bad", _("一分没收到，过期 %(days)s 天", days=days)
        case "lapsed":
            said = "muted", _("合同终止，不用再交")
        case _:
            said = (
                "muted",
                _("还没到期")
                if line.received_fen == 0
                else _("还没到期，已先收 %(sum)s 元", sum=words.yuan(line.received_fen)),
            )
    return said[0], str(said[1])
