"""The whole trail of a record, both ways: from the plan to the payment and the statement, and back.

Nothing is kept for it. A record's tags say which threads it belongs to; its own is the narrowest of them. Up
go the wider threads with what is theirs alone, so that a payment does not drag in its neighbours; down goes
everything that names the thread.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.public_revenue import PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.revenue_contract import RevenueContractRegistered
from ledger.actions.revenue_distribution import PublicRevenueApportioned
from ledger.actions.revenue_to_fund import NetRevenueMoved, RevenueToFundTransferred
from ledger.events import Event, Recorded
from ledger.money.accounts import fund_of_bank
from ledger.rules.public_revenue import quarter_of
from ledger.store.entries import event_of
from ledger.store.port import Store
from projections import arrears
from projections.arrears import LineRow
from projections.snapshot import Snapshot
from projections.trail_stages import STAGES, Stage, stage_of

# what a record can be part of, the narrowest first
THREADS = (
    "payment", "revenue-spending", "revenue-contract", "top-up", "project", "revenue-authority", "disclosure",
    "rectification", "debrief", "service-contract", "audit", "decision", "emergency", "task",
)  # fmt: skip
BY_NUMBER = ("entry", "apportionment", "irregularity", "explained")  # threads named after one record
STATED_IN = {"T1": "public-revenue", "T3": "maintenance"}  # tables of all that moved in a fund's period
POOL = "fund:public-revenue"
POOLED = (RevenueCostRecorded, NetRevenueMoved, RevenueToFundTransferred, PublicRevenueApportioned)
RECORDS_MAX = 500


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a trail, or a line of a contract that fell due (`line`), which has none of its own.

    `pooled`: of the common pot, not of this record's money alone. `files`: how many belong to the record.
    """

    stage: Stage
    recorded: Recorded[Event]
    on: date
    line: LineRow | None = None
    pooled: bool = False
    files: int = 0


class Trail(msgspec.Struct, frozen=True):
    """The steps in their natural order. `is_whole`: no step was left out because there are too many."""

    root: Recorded[Event]
    steps: tuple[Step, ...]
    is_whole: bool

    def at(self, stage: Stage) -> list[Step]:
        """The steps of one stage, in order of record."""
        return [step for step in self.steps if step.stage == stage]


def trail_of(snapshot: Snapshot, store: Store, ledger: str, root: Recorded[Event], today: date) -> Trail:
    """Everything that led to a record and everything that followed from it."""
    walk = _Walk(store, ledger, root)
    walk.go()
    steps = [_step(one, walk.pooled) for one in walk.found.values()]
    steps += _lines_due(snapshot, ledger, walk, today)
    steps.sort(key=lambda step: (STAGES.index(step.stage), step.on, step.recorded.number))
    return Trail(root, tuple(steps), walk.is_whole)


def _step(one: Recorded[Event], pooled: set[int]) -> Step:
    return Step(
        stage=stage_of(one),
        recorded=one,
        on=one.occurred_on,
        pooled=one.number in pooled,
        files=len(one.envelope.attachments),
    )


# -- walking ---------------------------------------------------------------------------------------


class _Walk:
    """What was found so far, by record number, and which threads were gone through."""

    def __init__(self, store: Store, ledger: str, root: Recorded[Event]) -> None:
        self._store, self._ledger, self._root = store, ledger, root
        self.found: dict[int, Recorded[Event]] = {}
        self.pooled: set[int] = set()
        self.is_whole = True
        self._climbed: set[str] = set()
        self._descended: set[str] = set()

    def go(self) -> None:
        self._add(self._root)
        self._back(self._root)
        home = _home(self._root)
        if home is not None:
            self._descend(home)
        for one in [*self.found.values()]:
            self._climb_from(one)
        self._pool()
        for one in [*self.found.values()]:
            self._followed(one)
        self._stated()

    def _add(self, one: Recorded[Event], *, pooled: bool = False) -> bool:
        """Whether there was room for it, or it was there."""
        if one.number in self.found:
            return True
        if len(self.found) >= RECORDS_MAX:
            self.is_whole = False
            return False
        self.found[one.number] = one
        if pooled:
            self.pooled.add(one.number)
        return True

    def _tagged(self, tag: str) -> Iterator[Recorded[Event]]:
        for one in self._store.tagged(self._ledger, tag, 0):
            if one.envelope.kind != "ballot.cast":
                yield one

    def _descend(self, thread: str) -> None:
        """All that names the thread, and what belongs to the narrower threads among it."""
        if thread in self._descended:
            return
        self._descended.add(thread)
        for one in self._tagged(thread):
            if not self._add(one):
                return
            home = _home(one)
            if home is not None and _is_narrower(home, thread):
                self._descend(home)

    def _climb_from(self, one: Recorded[Event]) -> None:
        """The wider threads of a record, each with what is its own alone."""
        home = _home(one)
        for thread in _threads(one):
            if home is None or thread == home or thread in self._climbed or _is_narrower(thread, home):
                continue
            self._climbed.add(thread)
            for other in self._tagged(thread):
                if _home(other) == thread and self._add(other):
                    self._climb_from(other)

    def _back(self, one: Recorded[Event]) -> None:
        """What a record corrects, resolves or explains, with the threads of that."""
        for tag in one.envelope.tags:
            subject, _, number = tag.partition(":")
            if subject in BY_NUMBER and number.isdecimal():
                target = self._store.numbered(self._ledger, int(number))
                if target is not None and self._add(target):
                    home = _home(target)
                    if home is not None:
                        self._descend(home)

    def _followed(self, one: Recorded[Event]) -> None:
        """What corrected, resolved or explained a record."""
        subjects = ["explained"] if one.number == self._root.number else []
        subjects += ["entry"] if one.envelope.postings else []
        subjects += ["irregularity"] if one.envelope.irregularities else []
        subjects += ["apportionment"] if one.envelope.kind.endswith(".apportioned") else []
        for subject in subjects:
            for later in self._tagged(f"{subject}:{one.number}"):
                self._add(later)

    # -- the common pot --------------------------------------------------------------------------------------

    def _pool(self) -> None:
        """Public revenue is one pot: what came under a contract is in it with all else of its quarter."""
        root, received = self._root.data, [one for one in self.found.values() if _is_revenue(one)]
        if isinstance(root, POOLED):
            self._from_the_pot(root)
        elif received and not isinstance(root, DisclosurePublished):
            self._into_the_pot(received)

    def _into_the_pot(self, received: list[Recorded[Event]]) -> None:
        """Costs, the fund's share and distributions of the quarters in which it came."""
        quarters = {quarter_of(one.occurred_on) for one in received}
        first = min(one.number for one in received)
        for one in self._of_the_pot(*POOLED):
            shared = isinstance(one.data, PublicRevenueApportioned) and one.number > first
            if shared or _quarter(one) in quarters:
                self._add(one, pooled=True)

    def _from_the_pot(self, root: Event) -> None:
        """Where it came from: all that was received in the quarter, and the contracts it came under."""
        quarter = None if isinstance(root, PublicRevenueApportioned) else _quarter(self._root)
        for one in self._of_the_pot(PublicRevenueRecorded):
            before = quarter is None and one.number < self._root.number
            if (before or quarter_of(one.occurred_on) == quarter) and self._add(one, pooled=True):
                self._contract_of(one)

    def _contract_of(self, received: Recorded[Event]) -> None:
        thread = _home(received)
        if thread is None or thread in self._climbed:
            return
        self._climbed.add(thread)
        for one in self._tagged(thread):
            if isinstance(one.data, RevenueContractRegistered) and self._add(one, pooled=True):
                self._climb_from(one)

    def _of_the_pot(self, *kinds: type[Event]) -> Iterator[Recorded[Event]]:
        after, names = -1, [kind.kind for kind in kinds]
        while rows := self._store.selected(self._ledger, POOL, names, after, RECORDS_MAX):
            for row in rows:
                yield event_of(row)
            after = rows[-1].number

    # -- what was published of it ----------------------------------------------------------------------------

    def _stated(self) -> None:
        """The published statements that count money of this trail, and where they hang."""
        money = [
            one for one in self.found.values() if one.envelope.postings and one.number not in self.pooled
        ]
        if not money or isinstance(self._root.data, DisclosurePublished):
            return
        for one in self._tagged("disclosures"):
            if any(is_stated_in(entry, one.data) for entry in money):
                self._descend(f"disclosure:{one.data.disclosure}")  # type: ignore[attr-defined]


def is_stated_in(entry: Recorded[Event], published: Event) -> bool:
    """Whether a published statement counts an entry: of its fund and period, recorded before it."""
    if not isinstance(published, DisclosurePublished) or entry.number > published.until:
        return False
    funds = {fund_of_bank(account) for account, _ in entry.envelope.postings}
    in_time = published.starts_on <= entry.occurred_on <= published.ends_on
    return in_time and STATED_IN.get(published.table) in funds - {None}


def _is_revenue(one: Recorded[Event]) -> bool:
    return isinstance(one.data, PublicRevenueRecorded)


def _quarter(one: Recorded[Event]) -> str:
    """The quarter money of the pot belongs to: the one a transfer names, else that of its day."""
    match one.data:
        case RevenueToFundTransferred(quarter=quarter) | NetRevenueMoved(quarter=quarter):
            return quarter
    return quarter_of(one.occurred_on)


def _threads(one: Recorded[Event]) -> list[str]:
    return [tag for tag in one.envelope.tags if tag.partition(":")[0] in THREADS and ":" in tag]


def _home(one: Recorded[Event]) -> str | None:
    """The narrowest thread a record belongs to."""
    return min(_threads(one), key=_width, default=None)


def _width(thread: str) -> int:
    return THREADS.index(thread.partition(":")[0])


def _is_narrower(thread: str, other: str) -> bool:
    return _width(thread) < _width(other)


def _lines_due(snapshot: Snapshot, ledger: str, walk: _Walk, today: date) -> Iterable[Step]:
    """What fell due under the contracts of the trail, with how much of it came."""
    for one in walk.found.values():
        if not isinstance(one.data, RevenueContractRegistered) or one.number in walk.pooled:
            continue
        contract = arrears.one(snapshot, ledger, one.data.contract, today)
        for line in contract.lines if contract else ():
            if line.status != "lapsed" and line.due_on <= today:
                yield Step(stage="due", recorded=one, on=line.due_on, line=line)
