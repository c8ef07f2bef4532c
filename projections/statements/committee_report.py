"""T11 业主委员会年度履职报告: who sat on the committee, what it decided, what became of it.

It says what the ledger holds. What the ledger does not hold is named as not recorded, never as none (COM-17).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.committee import Committee, CommitteeSeated
from ledger.actions.meeting import Meeting, MeetingHeld
from ledger.actions.repair_project import RepairContractSigned
from ledger.actions.revenue_contract import RevenueContractRegistered
from ledger.actions.seal import SealUsed
from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.actions.working_fund import FUND, WorkingBudgetSet, WorkingFund
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from ledger.rules.semantics import days_after
from projections import balances, decisions
from projections.displays import first_posted
from projections.statements import cautions, dated, rectification_list
from projections.statements.books import Books
from projections.statements.committee_money import funds, working_funds
from projections.statements.statement import Caution, Composition, Line, cells

# no kind of action records these
NEVER_RECORDED = ("meetings", "attendance", "promises", "next-year-plan")
MEETINGS: Mapping[Meeting, str] = {"reception": "receptions", "joint": "joint_meetings"}
SUBJECTS: Mapping[type[Event], str] = {
    CommitteeSeated: "terms",
    WorkingBudgetSet: "working-budget",
    SealUsed: "seal-uses",
    AuditEngaged: "audits",
}


def compose(books: Books, wanted: Wanted) -> Composition:
    """The year by legal date, as all that was recorded knows it. The three pots are never added up."""
    stood = tuple(dated.until(books, wanted.ends_on))
    during = tuple(dated.between(books, wanted.starts_on, wanted.ends_on))
    committee, working = Committee(), WorkingFund()
    for one in stood:
        committee.evolve(one)
        if f"fund:{FUND}" in one.envelope.tags:
            working.evolve(one)
    items = rectification_list.items_open_in(books, wanted.starts_on, wanted.ends_on)
    terms = [
        term
        for term in committee.terms
        if term.starts_on <= wanted.ends_on and wanted.starts_on <= _served_until(committee, term)
    ]
    decided = list(_decided(books, wanted))
    contracts = list(_contracts(stood, wanted))
    return Composition(
        figures={
            "decisions": len(decided),
            "contracts": len(contracts),
            **_meetings(stood, wanted),
            **{f"rectifications_{name}": of for name, of in rectification_list.figures_of(items).items()},
        },
        rows={
            "terms": [_term(committee, term, wanted.ends_on) for term in terms],
            "members": [line for term in terms for line in _members(committee, term)],
            "decisions": decided,
            "funds": list(funds(books, wanted)),
            "working_funds": list(working_funds(working, wanted)),
            "contracts": contracts,
            "seals": list(_seals(during)),
            "audits": list(_audits(stood, wanted)),
            "rectifications": [_rectification(item) for item in items],
            "not_recorded": list(_not_recorded(stood)),
        },
        cautions=tuple(_cautions(books, wanted, committee)),
        rules=books.law(wanted.ends_on).editions,
    )


# -- the committee -----------------------------------------------------------------------------------------


def _served_until(committee: Committee, term: CommitteeSeated) -> date:
    """The last day of a term, or the day before the next committee sat if that came first (VOTE-23)."""
    later = [other.starts_on for other in committee.terms if other.starts_on > term.starts_on]
    return min([term.ends_on, *(days_after(day, -1) for day in later)])


def _term(committee: Committee, term: CommitteeSeated, day: date) -> Line:
    """`filled`: the seats filled on the period's last day, or on its own last day if that came first."""
    served_until = _served_until(committee, term)
    found = cells(
        term=term.term,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        served_until=served_until if served_until < term.ends_on else None,
        seats=term.seats,
        filled=committee.filled(term, min(day, served_until)),
    )
    return Line(key=term.term, cells=found)


def _members(committee: Committee, term: CommitteeSeated) -> Iterator[Line]:
    """Names and posts, which the law has published (COM-05), and who left before the term was over."""
    left = [ended for ended in committee.ended if ended.term == term.term]
    for number, member in enumerate(term.members, 1):
        ended = next((one for one in left if one.member == member.name), None)
        if ended is not None:
            left.remove(ended)
        found = cells(
            term=term.term,
            name=member.name,
            post=member.post,
            left_on=ended.ended_on if ended else None,
            left_because=ended.reason if ended else None,
        )
        yield Line(key=f"{term.term}-{number}", cells=found)


def _decided(books: Books, wanted: Wanted) -> Iterator[Line]:
    """What the committee and the owners decided in the year, and the votes still open at its end."""
    posted = first_posted(dated.facts_until(books, wanted.ends_on))
    found = decisions.page(books.views, books.ledger, limit=books.until + 1, as_of=wanted.ends_on)
    for row in found:
        if row.status != "open" and not wanted.starts_on <= (row.decided_on or date.min):
            continue
        yield Line(
            key=row.decision,
            cells=cells(
                decision=row.decision,
                made_by=row.made_by,
                title=row.title,
                matter=None if row.matter_number is None else f"matter-{row.matter_number}",
                decided_on=row.decided_on,
                posted_on=posted.get(row.decision),
                outcome=row.status,
                seats=row.seats,
                present=row.present,
                signed=row.signed,
                fund=row.fund,
                authorised=row.authorised_fen or None,
                paid=row.paid_fen if row.authorised_fen else None,
                record=row.number,
            ),
        )


# -- contracts, seals, findings ----------------------------------------------------------------------------


def _contracts(stood: tuple[Recorded[Event], ...], wanted: Wanted) -> Iterator[Line]:
    """The contracts signed in the year; of those for property services also the ones that ran in it."""
    ended = {
        one.data.contract: one.data.ended_on for one in stood if isinstance(one.data, ServiceContractEnded)
    }
    for one in stood:
        found = _contract(one)
        if found is None:
            continue
        kind, since = found["kind"], found["signed_on"]
        if kind == "service":
            found["ends_on"] = ended.get(found["contract"], found["ends_on"])
            if found["starts_on"] > wanted.ends_on:
                continue
            since = found["ends_on"] or date.max
        if since >= wanted.starts_on:
            yield Line(key=f"{kind}-{found['contract']}", cells=cells(**found, record=one.number))


def _contract(one: Recorded[Event]) -> dict[str, Any] | None:
    match one.data:
        case ServiceContractSigned() as signed:
            return {
                "kind": "service",
                "contract": signed.contract,
                "party": signed.firm_name or signed.firm,
                "signed_on": signed.signed_on,
                "starts_on": signed.starts_on,
                "ends_on": signed.ends_on,
                "fee_per_m2_month": signed.fee_fen_per_m2_month,
            }
        case RepairContractSigned() as signed:
            return {
                "kind": "repair",
                "contract": signed.project,
                "party": signed.contractor,
                "signed_on": signed.signed_on,
                "amount": signed.price_fen,
            }
        case RevenueContractRegistered() as signed:
            return {
                "kind": "revenue",
                "contract": signed.contract,
                "party": signed.counterparty,
                "signed_on": signed.signed_on or one.occurred_on,
                "starts_on": signed.starts_on,
                "ends_on": signed.ends_on,
                "amount": sum(line.amount_fen for line in signed.schedule),
            }
    return None


def _seals(during: tuple[Recorded[Event], ...]) -> Iterator[Line]:
    """How often every seal was used, and how often on nothing (COM-16)."""
    used = [one.data for one in during if isinstance(one.data, SealUsed)]
    for seal in sorted({one.seal for one in used}):
        uses = [one for one in used if one.seal == seal]
        bare = sum(one.decision is None and one.clause is None for one in uses)
        copies = sum(one.copies for one in uses)
        yield Line(key=seal, cells=cells(seal=seal, uses=len(uses), copies=copies, without_ground=bare))


def _audits(stood: tuple[Recorded[Event], ...], wanted: Wanted) -> Iterator[Line]:
    """The audits whose auditor was engaged, or whose report came, in the year (AUD-01)."""
    engaged = {one.data.audit: one.data for one in stood if isinstance(one.data, AuditEngaged)}
    reports = {one.data.audit: one.data for one in stood if isinstance(one.data, AuditReportRecorded)}
    for audit, begun in engaged.items():
        report = reports.get(audit)
        if (report.received_on if report else begun.engaged_on) < wanted.starts_on:
            continue
        found = cells(
            audit=audit,
            audit_kind=begun.of,
            auditor=begun.auditor,
            starts_on=begun.period.starts_on,
            ends_on=begun.period.ends_on,
            engaged_on=begun.engaged_on,
            received_on=report.received_on if report else None,
            report_no=report.report_no if report else None,
            opinion=report.opinion if report else None,
            findings=len(report.findings) if report else None,
        )
        yield Line(key=audit, cells=found)


def _rectification(item: rectification_list.Item) -> Line:
    found = cells(
        item=item.item,
        source=item.opened.source,
        problem=item.opened.problem,
        responsible=item.opened.responsible,
        due_on=item.opened.due_on,
        progress=item.progress,
        closed_on=item.closed_on,
        overdue_days=item.overdue_days,
    )
    return Line(key=item.item, cells=found)


# -- what is not in the books ------------------------------------------------------------------------------


def _not_recorded(stood: Sequence[Recorded[Event]]) -> Iterator[Line]:
    """What a report must say and these books never held: a reader must not take silence for none."""
    held = {type(one.data) for one in stood}
    met = {one.data.meeting for one in stood if isinstance(one.data, MeetingHeld)}
    missing = [name for meeting, name in MEETINGS.items() if meeting not in met]
    missing += [name for kind, name in SUBJECTS.items() if kind not in held]
    for subject in (*NEVER_RECORDED, *missing):
        yield Line(key=subject, cells=cells(subject=subject))


def _meetings(stood: Iterable[Recorded[Event]], wanted: Wanted) -> dict[str, int]:
    """How often owners were received and all sides met in the year, where such is recorded at all."""
    held = [one.data for one in stood if isinstance(one.data, MeetingHeld)]
    return {
        MEETINGS[kind]: sum(one.meeting == kind and one.held_on >= wanted.starts_on for one in held)
        for kind in MEETINGS
        if any(one.meeting == kind for one in held)
    }


def _cautions(books: Books, wanted: Wanted, committee: Committee) -> Iterator[Caution]:
    """Of every pot; and that on some day of the year no committee was in office."""
    for fund in balances.FUNDS:
        yield from cautions.of_fund(books, fund, wanted.starts_on, wanted.ends_on)
    day = wanted.starts_on
    while day <= wanted.ends_on and (serving := committee.in_office(day)) is not None:
        day = days_after(max(day, _served_until(committee, serving)), 1)
    if committee.terms and day <= wanted.ends_on:
        yield Caution(code="no-committee-in-office")
