"""What an auditor's queries look through: the records of a ledger that count on a day, as known then."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, select

from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.committee import CommitteeSeated
from ledger.actions.decision import (
    CommitteeDecisionRecorded,
    EmergencyRepairAuthorised,
    VoteClosed,
    VoteOpened,
)
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.exception_explanation import ExceptionExplained
from ledger.actions.fund import FundDepositRecorded
from ledger.actions.fund_payment import FundPaymentRecorded
from ledger.actions.posting import PostingRecorded
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
from ledger.actions.repair_project import RepairContractSigned, RepairPlanPublished
from ledger.actions.revenue_authority import RevenueAuthorityRecorded
from ledger.actions.revenue_spending import PublicRevenueSpent
from ledger.actions.seal import SealUsed
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.fields import Authorisation, Fund, Scope
from ledger.store.entries import event_of
from ledger.store.port import Store
from projections import arrears, duties
from projections.displays import Fact
from projections.duty_states import Duty
from projections.snapshot import Snapshot
from projections.then import Then, then_of
from projections.view import day_of

READ = (
    CommitteeDecisionRecorded, VoteOpened, VoteClosed, EmergencyRepairAuthorised, RepairPlanPublished,
    RepairContractSigned, RevenueAuthorityRecorded, FundPaymentRecorded, PublicRevenueSpent,
    SuspenseEntryRecorded, EntryClassified, EntryReversed, RectificationOpened, RectificationReported,
    RectificationRejected, RectificationAccepted, CommitteeSeated, SealUsed, ExceptionExplained,
    DisclosurePublished, PostingRecorded, AuditEngaged, AuditReportRecorded,
)  # fmt: skip
PAID_OR_RECEIVED = (
    FundDepositRecorded, FundPaymentRecorded, PublicRevenueRecorded, PublicRevenueSpent, RevenueCostRecorded,
)  # fmt: skip
GAP_MAX = 100  # records read for nothing between two that are wanted, rather than ask once more

E = TypeVar("E", bound=Event)


class Decided(NamedTuple):
    """A decision once it was taken, whoever took it; what it authorises counts only if it `passed`."""

    decision: str
    number: int
    on: date
    title: str
    passed: bool
    authorises: Authorisation | None
    is_emergency: bool = False


class Spend(NamedTuple):
    """Money that left for something, and was not taken back; `authority`: a standing one, with its `use`."""

    number: int
    on: date
    fen: int
    fund: Fund
    decision: str | None = None
    authority: str | None = None
    use: str | None = None
    payee: str | None = None
    purpose: str | None = None
    voucher: str | None = None
    scope: Scope | None = None
    project: str | None = None


class Line(NamedTuple):
    """A record as the journal has it: when it happened and on which day, in Shanghai, it was recorded."""

    number: int
    occurred_on: date
    recorded_on: date


class AuditBooks:
    """The books of one ledger at the end of a day, with only what had been recorded by then.

    They read the views and the store, those of today or those of a replay alike.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        store: Store,
        ledger: str,
        today: date,
        *,
        as_of: date | None = None,
        known_at: int | str | None = None,
    ) -> None:
        self._snapshot, self._store, self.ledger = snapshot, store, ledger
        self._then: Then = then_of(snapshot, "journal", ledger, as_of, known_at)
        self.day = as_of or today

    # -- records ---------------------------------------------------------------------------------------------

    def of(self, kind: type[E]) -> list[Recorded[E]]:
        """The records of one kind, in order."""
        return self._by_kind.get(kind.kind, [])

    @property
    def facts(self) -> Iterator[Fact[Event]]:
        """The records of all kinds that are read, in order."""
        return (Fact(one.number, one.occurred_on, one.data) for one in self._records)

    @cached_property
    def _by_kind(self) -> dict[str, list[Recorded[Any]]]:
        found: dict[str, list[Recorded[Any]]] = {}
        for recorded in self._records:
            found.setdefault(recorded.data.kind, []).append(recorded)
        return found

    @cached_property
    def _records(self) -> list[Recorded[Event]]:
        return list(self._read(READ))

    def _read(self, kinds: Sequence[type[Event]]) -> Iterator[Recorded[Event]]:
        event = self._snapshot.table("journal", "event")
        numbers_of = [self._snapshot.number("journal", one.kind) for one in kinds]
        query = select(event.c.number).where(event.c.kind.in_(numbers_of), *self._counted(event))
        numbers = [row.number for row in self._snapshot.rows(query.order_by(event.c.number))]
        wanted = set(numbers)
        for first, last in _runs(numbers):
            for row in self._store.ledger_rows(self.ledger, first - 1, last - first + 1):
                if row.number in wanted:
                    yield event_of(row)

    def _counted(self, event: Any) -> list[ColumnElement[bool]]:
        of_ledger = event.c.ledger == self._snapshot.number("journal", self.ledger)
        return [of_ledger, *self._then.counted(event.c.number, event.c.occurred_on)]

    # -- what they come to -----------------------------------------------------------------------------------

    @cached_property
    def undone(self) -> frozenset[int]:
        """The entries that were reversed."""
        return frozenset(one.data.number for one in self.of(EntryReversed))

    @cached_property
    def decided(self) -> dict[str, Decided]:
        """Every decision that was taken, by id."""
        titles = {one.data.decision: one.data.title for one in self.of(VoteOpened)}
        found = [
            Decided(of.decision, one.number, of.decided_on, of.title, of.valid, of.authorises)
            for one in self.of(CommitteeDecisionRecorded)
            for of in [one.data]
        ]
        found += [
            Decided(of.decision, one.number, one.occurred_on, titles[of.decision], of.approved, of.authorises)
            for one in self.of(VoteClosed)
            for of in [one.data]
        ]
        found += [
            Decided(
                of.decision, one.number, one.occurred_on, of.authorises.purpose, True, of.authorises, True
            )
            for one in self.of(EmergencyRepairAuthorised)
            for of in [one.data]
        ]
        return {one.decision: one for one in sorted(found, key=lambda one: one.number)}

    @cached_property
    def spends(self) -> list[Spend]:
        """All that was spent and not taken back, in order of record."""
        found = [_of_payment(one) for one in self.of(FundPaymentRecorded)]
        found += [_of_revenue(one) for one in self.of(PublicRevenueSpent)]
        found += [_of_suspense(one) for one in self.of(EntryClassified) if one.data.became == "payment"]
        return sorted((one for one in found if one.number not in self.undone), key=lambda one: one.number)

    @cached_property
    def past_the_bank(self) -> list[Recorded[Any]]:
        """Entries of cash, and of revenue that did not go into its account, unless they were taken back."""
        moved = (one for one in self._read(PAID_OR_RECEIVED) if one.number not in self.undone)
        return [one for one in moved if _is_past_the_bank(one.data)]

    def arrears(self) -> arrears.Arrears:
        """Due against received, as it stood."""
        return arrears.of(self._snapshot, self.ledger, self.day, self._then.known_at)

    def duties(self) -> list[Duty]:
        """What had to be done, as it stood. Errors: `CalendarMissing`, for a day of a year nobody entered."""
        return duties.of(self._snapshot, self.ledger, self.day, known_at=self._then.known_at)

    def late(self, days: int) -> list[Line]:
        """Records made so many days after what they record, or more; in the order of recording."""
        event = self._snapshot.table("journal", "event")
        query = select(event.c.number, event.c.occurred_on, _recorded_on(event)).where(
            *self._counted(event), _recorded_on(event) - event.c.occurred_on >= days
        )
        return _lines(self._snapshot.rows(query.order_by(event.c.number)))

    def recorded_by(self, role: str, first: date, last: date) -> list[Line]:
        """Records somebody in a role made from one day to another."""
        event = self._snapshot.table("journal", "event")
        recorded_on = _recorded_on(event)
        query = select(event.c.number, event.c.occurred_on, recorded_on).where(
            *self._counted(event),
            event.c.role == self._snapshot.number("journal", role),
            recorded_on >= first.toordinal(),
            recorded_on <= last.toordinal(),
        )
        return _lines(self._snapshot.rows(query.order_by(event.c.number)))


_DAY_MS, _SHANGHAI_MS, _EPOCH_DAY = 86_400_000, 8 * 3_600_000, date(1970, 1, 1).toordinal()


def _recorded_on(event: Any) -> ColumnElement[int]:
    """The day in Shanghai on which a record was made, as the journal's instants give it (SEM-09)."""
    days: ColumnElement[int] = (event.c.recorded_at + _SHANGHAI_MS) // _DAY_MS + _EPOCH_DAY
    return days.label("recorded_on")


def _lines(rows: Sequence[Any]) -> list[Line]:
    return [Line(row.number, day_of(row.occurred_on), day_of(row.recorded_on)) for row in rows]


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of every stretch of numbers that are read together."""
    gaps = 0
    marked = []
    for before, number in zip((None, *numbers), numbers, strict=False):
        gaps += before is not None and number - before > GAP_MAX
        marked.append((gaps, number))
    for _, run in groupby(marked, key=lambda one: one[0]):
        together = [number for _, number in run]
        yield together[0], together[-1]


def _is_past_the_bank(event: Any) -> bool:
    return event.method == "cash" or getattr(event, "paid_into", None) == "elsewhere"


def _of_payment(one: Recorded[FundPaymentRecorded]) -> Spend:
    paid = one.data
    return Spend(
        one.number, paid.paid_on, paid.amount_fen, paid.fund, paid.decision, None, paid.use, paid.payee,
        paid.purpose, paid.voucher, paid.scope, paid.project,
    )  # fmt: skip


def _of_revenue(one: Recorded[PublicRevenueSpent]) -> Spend:
    spent = one.data
    return Spend(
        one.number, spent.paid_on, spent.amount_fen, "public-revenue", spent.decision, spent.authority,
        spent.use, spent.payee, spent.purpose, spent.voucher, spent.scope,
    )  # fmt: skip


def _of_suspense(one: Recorded[EntryClassified]) -> Spend:
    was = one.data
    return Spend(
        one.number, was.seen_on, was.amount_fen, was.fund, was.decision, None, was.use, was.payee,
        voucher=was.voucher, scope=was.scope, project=was.project,
    )  # fmt: skip
