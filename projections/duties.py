"""What has to be done by when, and how it was done: on time, late, missing, incomplete, taken down too soon.

The view keeps the events duties depend on, as they are; what they mean on a day is computed when it is asked,
by the law of the days they are about. So any day, as known on any day, is one function of the same facts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar

import msgspec
from sqlalchemy import select

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.assembly import AssemblyEstablished
from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.committee import CommitteeSeated, ReelectionStarted
from ledger.actions.community import BuildingRegistered, LedgerOpened
from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed, VoteOpened
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.entry import EntryReversed
from ledger.actions.filing import FilingRecorded
from ledger.actions.firm_debrief import DebriefHeld
from ledger.actions.fund import FundOpened
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.meeting import MeetingHeld
from ledger.actions.posting import Paper, PostingRecorded, RemovalRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.actions.repair_project import CompletionNoticePosted, WorksAccepted
from ledger.actions.revenue_to_fund import NetRevenueMoved, RevenueToFundTransferred
from ledger.actions.rules import RulesAdopted
from ledger.actions.service_contract import ServiceContractEnded, ServiceContractSigned
from ledger.actions.unit_account import FundApportioned
from ledger.events import KINDS, Event, Recorded
from ledger.rules.public_revenue import quarter_of
from projections import firms, ledgers
from projections.database import reading
from projections.displays import Display, Fact
from projections.duties_of_audits import OF_AUDITS
from projections.duties_of_money import OF_MONEY
from projections.duties_of_people import OF_PEOPLE
from projections.duty_book import DutyBook
from projections.duty_states import Duty, duty_of
from projections.ledgers import LedgerRow
from projections.snapshot import Snapshot
from projections.then import Then, then_of
from projections.view import DAY, PLACE, TEXT, Shape, View, Write

TAKEN: tuple[type[Event], ...] = (
    ApportionmentReversed, AssemblyEstablished, AuditEngaged, AuditReportRecorded, BankReconciled,
    BuildingRegistered, CommitteeDecisionRecorded, CommitteeSeated, CompletionNoticePosted, DebriefHeld,
    DisclosurePublished, EntryReversed, FilingRecorded, FundApportioned, FundOpened, FundPaymentRecorded,
    LedgerOpened, MeetingHeld, NetRevenueMoved, PostingRecorded, PublicRevenueRecorded, ReelectionStarted,
    RemovalRecorded, RevenueToFundTransferred, RulesAdopted, ServiceContractEnded, ServiceContractSigned,
    VoteClosed, VoteOpened, WorksAccepted,
)  # fmt: skip
STANDING = (  # what says itself from which day on it holds
    AssemblyEstablished, BuildingRegistered, CommitteeSeated, FundOpened, LedgerOpened, RulesAdopted,
    ServiceContractEnded, ServiceContractSigned,
)  # fmt: skip
DUTIES = (*OF_MONEY, *OF_AUDITS, *OF_PEOPLE)
__all__ = ["VIEW", "CommunityDuties", "Duty", "across", "display_of", "of"]


class CommunityDuties(msgspec.Struct, frozen=True, kw_only=True):
    """The duties of one community of a street."""

    ledger: str
    name: str
    duties: tuple[Duty, ...]


# -- reading ---------------------------------------------------------------------------------------


@reading
def of(
    snapshot: Snapshot, ledger: str, on: date, *, until: date | None = None, known_at: int | str | None = None
) -> list[Duty]:
    """The duties of a community as they stand on a day, those that begin by `until` among them.

    By due day, those without one first. Errors: `CalendarMissing` where a duty hangs on the working days of
    a year nobody entered.
    """
    return _of(_facts(snapshot, ledger, then_of(snapshot, "duties", ledger, None, known_at)), on, until or on)


@reading
def across(
    snapshot: Snapshot, office: str, on: date, *, until: date | None = None, known_at: str | None = None
) -> list[CommunityDuties]:
    """The duties of all communities of a street or neighbourhood, as they stand on a day.

    `known_at`: an instant, since every ledger counts its own records. Errors: as `of`.
    """
    return [
        CommunityDuties(
            ledger=one.ledger,
            name=one.name,
            duties=tuple(of(snapshot, one.ledger, on, until=until, known_at=known_at)),
        )
        for one in _communities(snapshot, office)
    ]


@reading
def display_of(
    snapshot: Snapshot, ledger: str, paper: Paper, *, known_at: int | str | None = None
) -> Display:
    """Where a paper hung, and when; nowhere if it never did."""
    facts = _facts(snapshot, ledger, then_of(snapshot, "duties", ledger, None, known_at))
    return DutyBook(facts).display(paper)


def _communities(snapshot: Snapshot, office: str) -> list[LedgerRow]:
    """The communities whose books are kept under an office, and those of its work list that have any."""
    every = {one.ledger: one for one in ledgers.all(snapshot)}
    under = {office}
    for one in every.values():  # in order of opening: what is above comes first
        if one.parent in under:
            under.add(one.ledger)
    under |= {one.community for one in firms.listed(snapshot, office)}
    return [one for one in every.values() if one.ledger in under and one.kind == "community"]


def _facts(snapshot: Snapshot, ledger: str, then: Then) -> list[Fact[Event]]:
    fact = snapshot.table("duties", "fact")
    counted = then.counted(fact.c.number, fact.c.occurred_on)
    query = select(fact).where(fact.c.ledger == ledger, *counted).order_by(fact.c.number)
    return [
        Fact(row.number, date.fromordinal(row.occurred_on), _decoder(row.kind).decode(row.event))
        for row in snapshot.rows(query)
    ]


_DECODERS: dict[str, msgspec.json.Decoder[Event]] = {}


def _decoder(kind: str) -> msgspec.json.Decoder[Event]:
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(KINDS[kind])
    return _DECODERS[kind]


# -- how a duty stands -----------------------------------------------------------------------------


def _of(facts: Iterable[Fact[Event]], on: date, until: date) -> list[Duty]:
    # what says itself since when it holds counts whenever it was recorded; all else only once it happened
    kept = [fact for fact in facts if fact.on <= on or isinstance(fact.event, STANDING)]
    book = DutyBook(kept, until)
    if not book.is_community:
        return []
    expected = (one for expecting in DUTIES for one in expecting(book))
    found = [duty for one in expected if (duty := duty_of(book, one, on)) is not None]
    return sorted(found, key=lambda duty: (duty.due_on or date.min, duty.duty, duty.subject or ""))


# -- following -------------------------------------------------------------------------------------


class Duties(View):
    """One row per event a duty depends on; of the revenue of a quarter only the first."""

    name: ClassVar[str] = "duties"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "fact": Shape({"ledger": TEXT, "number": PLACE}, {"occurred_on": DAY, "kind": TEXT, "event": TEXT}),
        "earned": Shape({"ledger": TEXT, "quarter": TEXT}, {"number": PLACE}),
    }
    takes = TAKEN

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        revenue = {
            _quarter(one): one for one in reversed(batch) if isinstance(one.data, PublicRevenueRecorded)
        }
        first = {key: one for key, one in revenue.items() if key not in write.known("earned", revenue)}
        write.put("earned", {key: {"number": one.number} for key, one in first.items()})
        kept = {(one.ledger, one.number) for one in first.values()}
        write.insert("fact", [_row(one) for one in batch if _is_asked_of(one, kept)])


def _quarter(one: Recorded[Event]) -> tuple[str, str]:
    return one.ledger, quarter_of(one.occurred_on)


def _is_asked_of(one: Recorded[Event], first: Collection[tuple[str, int]]) -> bool:
    """Whether a duty depends on it: of payments only those on routine costs of the fund."""
    match one.data:
        case PublicRevenueRecorded():
            return (one.ledger, one.number) in first
        case FundPaymentRecorded(fund=fund, project=project):
            return fund == "maintenance" and project is None
    return True


def _row(one: Recorded[Event]) -> tuple[str, int, int, str, str]:
    event = one.data
    if isinstance(event, VoteOpened):
        event = msgspec.structs.replace(event, roster=None)  # the pages of a roster are long
    return (
        one.ledger,
        one.number,
        one.occurred_on.toordinal(),
        event.kind,
        msgspec.json.encode(event).decode(),
    )


VIEW = Duties()
