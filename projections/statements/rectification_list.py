"""T13 整改台账: what had to be put right, by whom and by when, and who found it done (FIRM-15, OPS-04)."""

from collections.abc import Iterable
from datetime import date

import msgspec

from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
from ledger.composing import Wanted
from ledger.events import Event, Recorded
from projections.rectifications import late_days
from projections.statements import dated
from projections.statements.books import Books
from projections.statements.statement import Cell, Composition, Line, cells


def compose(books: Books, wanted: Wanted) -> Composition:
    """Every item that was open on some day of the period, as it stood on the period's last day."""
    items = items_open_in(books, wanted.starts_on, wanted.ends_on)
    return Composition(
        figures=figures_of(items),
        rows={"items": [Line(key=item.item, cells=_cells(item)) for item in items]},
    )


class Item(msgspec.Struct, kw_only=True):
    """One item as it stands after the events it was told. `done_on`: when it was last reported done.

    `evidence`: the files that came with its reports.
    `judged_by`: the role of who looked last, `conclusion`: accepted or rejected, with the words for it.
    """

    item: str
    number: int
    opened: RectificationOpened
    found_on: date
    progress: str = "open"
    done_on: date | None = None
    report: str | None = None
    evidence: int = 0
    rejections: int = 0
    judged_by: str | None = None
    judged_on: date | None = None
    conclusion: str | None = None
    remark: str | None = None
    overdue_days: int = 0

    @property
    def closed_on(self) -> date | None:
        """The day it was struck off (销号)."""
        return self.judged_on if self.progress == "accepted" else None

    def take_in(self, recorded: Recorded[Event]) -> None:
        """What happened to it next."""
        match recorded.data:
            case RectificationReported(report=report):
                self.progress, self.report, self.done_on = "reported", report, recorded.occurred_on
                self.evidence += len(recorded.envelope.attachments)
            case RectificationAccepted(remark=remark):
                self.progress = "accepted"
                self._judged(recorded, "accepted", remark)
            case RectificationRejected(reason=reason):
                self.progress, self.done_on = "open", None
                self.rejections += 1
                self._judged(recorded, "rejected", reason)

    def _judged(self, recorded: Recorded[Event], conclusion: str, remark: str | None) -> None:
        self.judged_by, self.judged_on = recorded.envelope.by.role, recorded.occurred_on
        self.conclusion, self.remark = conclusion, remark


def items_open_in(books: Books, starts_on: date, ends_on: date) -> list[Item]:
    """The items open on some day of a period, in the order in which they were opened."""
    items = _as_of(dated.until(books, ends_on))
    for item in items:
        item.overdue_days = late_days(item.opened.due_on, item.done_on, ends_on)
    return [item for item in items if item.closed_on is None or item.closed_on >= starts_on]


def figures_of(items: Iterable[Item]) -> dict[str, Cell]:
    """How many items there are, how many of them are struck off, how many are late and not struck off."""
    listed = list(items)
    closed = sum(item.closed_on is not None for item in listed)
    return {
        "items": len(listed),
        "closed": closed,
        "not_closed": len(listed) - closed,
        "overdue": sum(item.closed_on is None and item.overdue_days > 0 for item in listed),
    }


def _as_of(events: Iterable[Recorded[Event]]) -> list[Item]:
    items: dict[str, Item] = {}
    for recorded in events:
        match recorded.data:
            case RectificationOpened(item=name) as opened:
                found_on = recorded.occurred_on
                items[name] = Item(item=name, number=recorded.number, opened=opened, found_on=found_on)
            case (
                RectificationReported(item=name)
                | RectificationAccepted(item=name)
                | RectificationRejected(item=name)
            ) if name in items:
                items[name].take_in(recorded)
    return list(items.values())


def _cells(item: Item) -> dict[str, Cell]:
    opened = item.opened
    return cells(
        item=item.item,
        source=opened.source,
        problem=opened.problem,
        found_on=item.found_on,
        responsible=opened.responsible,
        measures=opened.measures,
        acceptance=opened.acceptance,
        due_on=opened.due_on,
        progress=item.progress,
        done_on=item.done_on,
        report=item.report,
        evidence=item.evidence,
        rejections=item.rejections,
        judged_by=item.judged_by,
        conclusion=item.conclusion,
        judged_on=item.judged_on,
        remark=item.remark,
        closed_on=item.closed_on,
        overdue_days=item.overdue_days,
        record=item.number,
    )
