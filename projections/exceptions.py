"""What is wrong and known to be: broken rules, money nobody can explain, findings not yet put right."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal, get_args

import msgspec
from sqlalchemy import func, select

from ledger.actions.bank_reconciliation import BankReconciled
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.irregularity import IrregularityRecorded, IrregularityResolved
from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.events import Event, Recorded
from ledger.fields import Fund
from ledger.money.accounts import fund_of_bank
from ledger.rules.semantics import days_late
from projections.database import reading
from projections.rectifications import late_days
from projections.snapshot import Snapshot, paged
from projections.view import (
    DAY,
    FEN,
    FLAG,
    INSTANT,
    PLACE,
    TEXT,
    Fields,
    Key,
    Shape,
    View,
    Write,
    day_number,
    day_of,
    each,
    instant_number,
    instant_of,
)

What = Literal["irregularity", "bank-difference", "suspense", "finding"]
WHATS: tuple[What, ...] = get_args(What)
State = Literal["open", "resolved"]


class ExceptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record that shows it; `place`: where it stands in the list; `late_days`: recorded after.

    `rules`: what an irregularity breaks. `fen` of a bank difference: bank - book, as far as it is still not
    explained; of suspense: positive when money came in. `resolved_by`: the record that ended it.
    """

    place: int
    what: What
    number: int
    kind: str
    occurred_on: date
    recorded_at: str
    late_days: int
    role: str
    state: State
    rules: tuple[str, ...] = ()
    fund: Fund | None = None
    fen: int | None = None
    text: str | None = None
    due_on: date | None = None
    done_on: date | None = None
    resolved_by: int | None = None
    resolved_on: date | None = None
    how: str | None = None

    def age_days(self, today: date) -> int:
        """How long it is open, or was."""
        return ((self.resolved_on or today) - self.occurred_on).days

    def is_overdue(self, today: date) -> bool:
        """Whether a finding should have been put right by now."""
        late = self.due_on is not None and late_days(self.due_on, self.done_on, today) > 0
        return late and self.state == "open"


@reading
def page(
    snapshot: Snapshot,
    ledger: str,
    *,
    state: State | None = None,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
) -> list[ExceptionRow]:
    """Exceptions of a ledger in the order of their records; `after`: `place` of the last row before."""
    found = snapshot.table("exceptions", "exception")
    query = select(found).where(found.c.ledger == ledger, found.c.is_shown)
    if state is not None:
        query = query.where(found.c.is_open == (state == "open"))
    query = paged(query, found.c.place, after=after, limit=limit, newest_first=newest_first)
    return [_row(row) for row in snapshot.rows(query)]


@reading
def open_counts(snapshot: Snapshot, ledger: str) -> dict[str, int]:
    """How many of each are open."""
    found = snapshot.table("exceptions", "exception")
    query = select(found.c.what, func.count()).where(
        found.c.ledger == ledger, found.c.is_shown, found.c.is_open
    )
    return {what: int(number) for what, number in snapshot.rows(query.group_by(found.c.what))}


def _row(row: Any) -> ExceptionRow:
    recorded_at, occurred_on = instant_of(row.recorded_at), day_of(row.occurred_on)
    return ExceptionRow(
        place=row.place,
        what=row.what,
        number=row.number,
        kind=row.kind,
        occurred_on=occurred_on,
        recorded_at=recorded_at,
        late_days=days_late(recorded_at, occurred_on),
        role=row.role,
        state="open" if row.is_open else "resolved",
        rules=tuple(row.rules.split()) if row.rules else (),
        fund=row.fund,
        fen=row.fen,
        text=row.text,
        due_on=day_of(row.due_on),
        done_on=day_of(row.done_on),
        resolved_by=row.resolved_by,
        resolved_on=day_of(row.resolved_on),
        how=row.how,
    )


class Exceptions(View):
    """One row per thing that is wrong; how every fund last met its bank."""

    name: ClassVar[str] = "exceptions"
    version: ClassVar[int] = 2
    shapes: ClassVar[Mapping[str, Shape]] = {
        "exception": Shape(
            {"ledger": TEXT, "what": TEXT, "identity": TEXT},
            {
                **each(PLACE, "place number resolved_by"),
                **each(TEXT, "kind role rules fund text how"),
                **each(DAY, "occurred_on due_on done_on resolved_on"),
                "recorded_at": INSTANT,
                "fen": FEN,
                **each(FLAG, "is_open is_shown"),
            },
            indexes=(("ledger", "place"),),
        ),
        "reconciled": Shape({"ledger": TEXT, "fund": TEXT}, {"number": PLACE, "reconciled_on": DAY}),
    }

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        batch = [one for one in batch if _may_matter(one)]
        funds = {(one.ledger, fund) for one in batch for fund in _funds(one)}
        met = write.known("reconciled", funds) if funds else {}
        keys = {key for recorded in batch for key in _keys(recorded)}
        keys |= {(ledger, "bank-difference", str(row["number"])) for (ledger, _), row in met.items()}
        rows = write.known("exception", keys) if keys else {}
        changed = _Changed(rows, met)
        for recorded in batch:
            changed.take(recorded)
        if changed.rows:
            write.put("exception", changed.rows)
        if changed.met:
            write.put("reconciled", changed.met)


class _Changed:
    """The rows of a batch as they become."""

    def __init__(self, known: Mapping[Key, Fields], met: Mapping[Key, Fields]) -> None:
        self._known = known
        self.rows: dict[Key, Fields] = {}
        self.met: dict[Key, Fields] = dict(met)

    def take(self, recorded: Recorded[Event]) -> None:
        """What one event begins, changes or ends."""
        if recorded.envelope.irregularities:
            self._begin(recorded, "irregularity", recorded.number, **_of_irregularity(recorded))
        if self.met:
            self._move(recorded)
        if not isinstance(recorded.data, BEGINNING_OR_ENDING):
            return
        match recorded.data:
            case IrregularityResolved(number=number, how=how):
                self._end(recorded, "irregularity", number, how=how)
            case SuspenseEntryRecorded(fund=fund, direction=direction, amount_fen=fen, text=text):
                signed = fen if direction == "in" else -fen
                self._begin(recorded, "suspense", recorded.number, fund=fund, fen=signed, text=text)
            case EntryClassified(number=number):
                self._end(recorded, "suspense", number)
            case EntryReversed(number=number, reversed_kind=reversed_kind):
                if reversed_kind == SuspenseEntryRecorded.kind:
                    self._end(recorded, "suspense", number)
                for suspended in _unclassified(recorded.data):
                    self._reopen(recorded, "suspense", suspended)
            case BankReconciled() as reconciled:
                self._reconcile(recorded, reconciled)
            case RectificationOpened(item=item, problem=problem, due_on=due_on):
                self._begin(recorded, "finding", item, text=problem, due_on=day_number(due_on))
            case _:
                self._follow_finding(recorded)

    def _follow_finding(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RectificationReported(item=item):
                self._row(recorded, "finding", item)["done_on"] = day_number(recorded.occurred_on)
            case RectificationRejected(item=item):
                self._row(recorded, "finding", item)["done_on"] = None
            case RectificationAccepted(item=item, remark=remark):
                self._end(recorded, "finding", item, how=remark)

    def _row(self, recorded: Recorded[Event], what: What, identity: object) -> Fields:
        key = (recorded.ledger, what, str(identity))
        return self.rows.setdefault(key, dict(self._known.get(key, {})))

    def _begin(self, recorded: Recorded[Event], what: What, identity: object, **of: Any) -> None:
        begun = {
            "place": recorded.number * len(WHATS) + WHATS.index(what),
            "number": recorded.number,
            "kind": recorded.envelope.kind,
            "occurred_on": day_number(recorded.occurred_on),
            "recorded_at": instant_number(recorded.envelope.recorded_at),
            "role": recorded.envelope.by.role,
            "is_open": True,
            "is_shown": True,
        }
        self._row(recorded, what, identity).update(begun | of)

    def _end(self, recorded: Recorded[Event], what: What, identity: object, how: str | None = None) -> None:
        day = day_number(recorded.occurred_on)
        ended = {"is_open": False, "resolved_by": recorded.number, "resolved_on": day, "how": how}
        self._row(recorded, what, identity).update(ended)

    def _reopen(self, recorded: Recorded[Event], what: What, identity: object) -> None:
        reopened = {"is_open": True, "resolved_by": None, "resolved_on": None, "how": None}
        self._row(recorded, what, identity).update(reopened)

    def _reconcile(self, recorded: Recorded[Event], reconciled: BankReconciled) -> None:
        """A fund met its bank again: what differed before is now part of what differs today."""
        before = self.met.get((recorded.ledger, reconciled.fund))
        if before is not None:
            row = self._row(recorded, "bank-difference", before["number"])
            if row["is_open"]:
                self._end(recorded, "bank-difference", before["number"])
        fen = reconciled.difference_fen
        of = {"fund": reconciled.fund, "fen": fen, "is_open": fen != 0, "is_shown": fen != 0}
        self._begin(recorded, "bank-difference", recorded.number, **of)
        self.met[recorded.ledger, reconciled.fund] = {
            "number": recorded.number,
            "reconciled_on": day_number(reconciled.on),
        }

    def _move(self, recorded: Recorded[Event]) -> None:
        """Money dated before a fund last met its bank: the difference of that day is another one now."""
        for account, fen in recorded.envelope.postings:
            met = self.met.get((recorded.ledger, fund_of_bank(account)))
            if met is None or recorded.occurred_on.toordinal() > met["reconciled_on"]:
                continue
            row = self._row(recorded, "bank-difference", met["number"])
            row["fen"] -= fen
            if row["fen"] == 0:
                self._end(recorded, "bank-difference", met["number"])
            else:
                self._reopen(recorded, "bank-difference", met["number"])
                row["is_shown"] = True


BEGINNING_OR_ENDING = (
    IrregularityResolved, SuspenseEntryRecorded, EntryClassified, EntryReversed, BankReconciled,
    RectificationOpened, RectificationReported, RectificationRejected, RectificationAccepted,
)  # fmt: skip


def _may_matter(recorded: Recorded[Event]) -> bool:
    """Most events are regular and move no money: nothing more is asked of them."""
    envelope = recorded.envelope
    return bool(envelope.postings or envelope.irregularities) or isinstance(
        envelope.data, BEGINNING_OR_ENDING
    )


def _funds(recorded: Recorded[Event]) -> list[str]:
    if isinstance(recorded.data, BankReconciled):
        return [recorded.data.fund]
    return [fund for account, _ in recorded.envelope.postings if (fund := fund_of_bank(account)) is not None]


def _keys(recorded: Recorded[Event]) -> list[Key]:
    """The rows an event may change that earlier ones began."""
    match recorded.data:
        case IrregularityResolved(number=number):
            return [(recorded.ledger, "irregularity", str(number))]
        case EntryClassified(number=number):
            return [(recorded.ledger, "suspense", str(number))]
        case EntryReversed(number=number) as reversal:
            numbers = (number, *_unclassified(reversal))
            return [(recorded.ledger, "suspense", str(one)) for one in numbers]
        case (
            RectificationReported(item=item)
            | RectificationRejected(item=item)
            | RectificationAccepted(item=item)
        ):
            return [(recorded.ledger, "finding", item)]
    return []


def _unclassified(reversal: EntryReversed) -> list[str]:
    """The entries in suspense again, because what they were taken for is undone."""
    if reversal.reversed_kind != EntryClassified.kind:
        return []
    return [tag.removeprefix("entry:") for tag in reversal.about if tag.startswith("entry:")]


def _of_irregularity(recorded: Recorded[Event]) -> Fields:
    event = recorded.data
    text = event.what if isinstance(event, IrregularityRecorded) else None
    return {"rules": " ".join(recorded.envelope.irregularities), "text": text}


VIEW = Exceptions()
