"""Money against what was decided: with no decision, beyond it, for something else (FUND-09)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from ledger.actions.repair_project import RepairPlanPublished
from ledger.actions.revenue_authority import RevenueAuthorityRecorded
from ledger.fields import Scope
from projections.audit_books import AuditBooks, Spend
from projections.audit_programme import Query, Row

Authorities = Mapping[str, RevenueAuthorityRecorded]


def without_decision(books: AuditBooks, _: Mapping[str, int]) -> Iterator[Row]:
    """Spent with no decision, under one that did not pass, or before it was taken."""
    authorities = _authorities(books)
    for spend in books.spends:
        why = _why_undecided(books, spend, authorities)
        if why is not None:
            yield _row(spend, why)


def _why_undecided(books: AuditBooks, spend: Spend, authorities: Authorities) -> str | None:
    if spend.authority is not None:
        standing = authorities.get(spend.authority)
        if standing is None:
            return "no-decision"
        return None if standing.starts_on <= spend.on <= standing.ends_on else "authority-not-in-force"
    if spend.decision is None:
        return "no-decision"
    decided = books.decided.get(spend.decision)
    if decided is None or not decided.passed:
        return "not-passed"
    return "decided-later" if decided.on > spend.on else None


def beyond_decision(books: AuditBooks, _: Mapping[str, int]) -> Iterator[Row]:
    """Spent, in the order of recording, above what was authorised, in all or for one item."""
    authorities, spent = _authorities(books), Counter[tuple[str, str]]()
    for spend in books.spends:
        key, limit_fen, item_max_fen = _limits(books, spend, authorities)
        if limit_fen is None:
            continue
        spent[key] += spend.fen
        over_fen = min(spend.fen, spent[key] - limit_fen)
        if over_fen > 0:
            yield _row(spend, "beyond-sum", fen=over_fen, limit_fen=limit_fen)
        elif item_max_fen is not None and spend.fen > item_max_fen:
            yield _row(spend, "beyond-item", fen=spend.fen - item_max_fen, limit_fen=item_max_fen)


def _limits(
    books: AuditBooks, spend: Spend, authorities: Authorities
) -> tuple[tuple[str, str], int | None, int | None]:
    """What it counts towards, how much that may be, and how much one item; none where nothing says so."""
    if spend.authority is not None:
        standing = authorities.get(spend.authority)
        cases: dict[str | None, int] = (
            {case.use: case.amount_fen for case in standing.cases} if standing else {}
        )
        return (f"authority/{spend.authority}", spend.use or ""), cases.get(spend.use), None
    decided = books.decided.get(spend.decision or "")
    frees = decided.authorises if decided is not None and decided.passed else None
    if frees is None or frees.fund != spend.fund:
        return ("", ""), None, None
    return (spend.decision or "", ""), frees.amount_fen, frees.item_max_fen


def outside_scope(books: AuditBooks, _: Mapping[str, int]) -> Iterator[Row]:
    """Spent from another fund, for another part of the community, another project or use than decided."""
    authorities = _authorities(books)
    projects = {one.data.project: one.data.decision for one in books.of(RepairPlanPublished)}
    for spend in books.spends:
        why = _why_outside(books, spend, authorities, projects)
        if why is not None:
            yield _row(spend, why)


def _why_outside(
    books: AuditBooks, spend: Spend, authorities: Authorities, projects: Mapping[str, str]
) -> str | None:
    standing = authorities.get(spend.authority or "")
    if standing is not None:
        return None if spend.use in {case.use for case in standing.cases} else "other-use"
    decided = books.decided.get(spend.decision or "")
    if decided is None or not decided.passed:
        return None
    frees = decided.authorises
    if frees is None or frees.fund != spend.fund:
        return "other-fund"
    freed = frees.scope or Scope()
    if freed != Scope() and (spend.scope or freed) != freed:  # FUND-04
        return "other-scope"
    if spend.project is not None and projects.get(spend.project, spend.decision) != spend.decision:
        return "other-project"
    return None


def _authorities(books: AuditBooks) -> dict[str, RevenueAuthorityRecorded]:
    return {one.data.authority: one.data for one in books.of(RevenueAuthorityRecorded)}


def _row(spend: Spend, why: str, *, fen: int | None = None, limit_fen: int | None = None) -> Row:
    return Row(
        records=(spend.number,),
        on=spend.on,
        why=why,
        text=spend.purpose or spend.payee,
        decision=spend.decision,
        amount_fen=spend.fen if fen is None else fen,
        limit_fen=limit_fen,
    )


QUERIES = (
    Query("spend-without-decision", ("FUND-09", "REV-15", "AUD-04"), without_decision),
    Query("spend-beyond-decision", ("FUND-09", "REV-15", "AUD-04"), beyond_decision),
    Query("spend-outside-scope", ("FUND-04", "FUND-09", "REV-15", "AUD-04"), outside_scope),
)
