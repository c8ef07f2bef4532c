"""The words of duties: statements published, papers that hang at places, auditors, filings."""

from datetime import date
from typing import Any

import msgspec

from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.committee import CommitteeSeated, Member
from ledger.actions.community import BuildingRegistered
from ledger.actions.decision import CommitteeDecisionRecorded
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.filing import FilingRecorded
from ledger.actions.firm_debrief import Period
from ledger.actions.meeting import Meeting, MeetingHeld
from ledger.actions.posting import Place, PostingRecorded, RemovalRecorded
from ledger.actions.revenue_to_fund import NetRevenueMoved
from ledger.actions.rules import RulesAdopted
from ledger.rules.law import OwnParameter
from tests.ledger.happened import NEW_YEAR
from tests.ledger.story import Fact

FOURTEEN = tuple(str(door) for door in range(1, 15))
Q1, Q2, Q3 = (
    Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31)),
    Period(starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30)),
    Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30)),
)
H1 = Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
YEAR_2025 = Period(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))


def doors_registered(*doors: str, building: str = "3", on: date = NEW_YEAR) -> Fact:
    return Fact(BuildingRegistered(building=building, name=f"{building}号楼", doors=doors), on=on)


def places(*names: str) -> tuple[Place, ...]:
    """`desk`, `board`, `door-12`."""
    found = []
    for name in names:
        kind, _, door = name.partition("-")
        found.append(Place(kind=kind, door=door or None))  # type: ignore[arg-type]
    return tuple(found)


def everywhere(*doors: str) -> tuple[Place, ...]:
    """The three kinds of places of REV-06, at these doors."""
    return places("desk", "board", *(f"door-{door}" for door in doors))


def published(
    disclosure: str, table: Any, period: Period, *, version: int = 1, on: date | None = None
) -> Fact:
    """A statement came out; the day after its period ended, unless said."""
    published_on = on or date.fromordinal(period.ends_on.toordinal() + 1)
    event = DisclosurePublished(
        disclosure=disclosure,
        version=version,
        table=table,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        until=3,
        head="a1" * 32,
        statement_sha256="b2" * 32,
        pdf_sha256="c3" * 32,
        code="7F3K2M9Q",
        url="https://ming.example/q/7F3K2M9Q",
        published_on=published_on,
        prepared_by="treasurer",
        reviewed_by="chair",
    )
    return Fact(event, "chair", published_on)


def result_published(decision: str, *, on: date, until: int, version: int = 1) -> Fact:
    """A notice of how a decision stood when that record had been made: `result-<decision>`."""
    period = Period(starts_on=date(on.year, 1, 1), ends_on=on)
    fact = published(f"result-{decision}", "T7", period, version=version, on=on)
    return fact._replace(event=msgspec.structs.replace(fact.event, subject=decision, until=until))


def _about(version: int | None = None, **paper: Any) -> dict[str, Any]:
    ((about, of),) = paper.items()
    return {"about": about, "id": str(of), **({"version": version} if version else {})}


def posted(on: date, *at: str, **paper: Any) -> Fact:
    return Fact(
        PostingRecorded(places=places(*at or ("board",)), posted_on=on, **_about(**paper)), "secretary", on
    )


def posted_everywhere(on: date, *doors: str, **paper: Any) -> Fact:
    return Fact(PostingRecorded(places=everywhere(*doors), posted_on=on, **_about(**paper)), "secretary", on)


def removed(on: date, *at: str, **paper: Any) -> Fact:
    return Fact(
        RemovalRecorded(places=places(*at or ("board",)), removed_on=on, **_about(**paper)), "secretary", on
    )


def auditor_engaged(audit: str, on: date, *, period: Period = YEAR_2025, of: Any = "annual") -> Fact:
    event = AuditEngaged(audit=audit, of=of, auditor="沪江会计师事务所", period=period, engaged_on=on)
    return Fact(event, "secretary", on)


def audit_reported(audit: str, received_on: date, *, issued_on: date | None = None, **of: Any) -> Fact:
    event = AuditReportRecorded(
        audit=audit, issued_on=issued_on or received_on, received_on=received_on, **of
    )
    return Fact(event, "secretary", received_on)


def decided_on(day: date, decision: str = "lift-adverts") -> Fact:
    event = CommitteeDecisionRecorded(
        decision=decision,
        title="续签电梯广告",
        matter="按原价续签一年",
        decided_on=day,
        seats=5,
        present=4,
        signed=3,
    )
    return Fact(event, "secretary", day)


def announced(day: date, decision: str = "lift-adverts") -> tuple[Fact, Fact]:
    """A decision whose meeting had its agenda on the board eight days before (COM-10)."""
    agenda = posted(date.fromordinal(day.toordinal() - 8), agenda=day.isoformat())
    return agenda, decided_on(day, decision)


def seated(term: str, starts_on: date, ends_on: date) -> Fact:
    members = tuple(Member(name=f"委员{number}") for number in range(1, 6))
    return Fact(
        CommitteeSeated(term=term, starts_on=starts_on, ends_on=ends_on, members=members), on=starts_on
    )


def reconciled(on: date) -> Fact:
    event = BankReconciled(
        fund="maintenance", on=on, bank_balance_fen=0, book_balance_fen=0, difference_fen=0
    )
    return Fact(event, "treasurer", on)


def net_moved(quarter: str, on: date) -> Fact:
    return Fact(NetRevenueMoved(quarter=quarter, amount_fen=1_00, moved_on=on), "treasurer", on)


def filed(on: date, filing: str | None = None, **of: Any) -> Fact:
    ((what, about),) = of.items()
    return Fact(FilingRecorded(filed_on=on, what=what, of=about, filing=filing), "secretary", on)


def meeting_held(meeting: Meeting, on: date, **of: Any) -> Fact:
    return Fact(MeetingHeld(meeting=meeting, held_on=on, **of), "secretary", on)


def adopted(*packs: str, on: date = NEW_YEAR, parameters: tuple[OwnParameter, ...] = ()) -> Fact:
    return Fact(RulesAdopted(starts_on=on, packs=packs, parameters=parameters), "chair", on)
