"""Due against received: which lines of a schedule the money that came covers, the oldest due first."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

LineStatus = Literal["upcoming", "received", "late", "short", "missing"]


class Due(NamedTuple):
    """An amount agreed for a day; the day itself is still in time."""

    due_on: date
    amount_fen: int


class Received(NamedTuple):
    """Money that came on a day."""

    received_on: date
    fen: int


class Covered(NamedTuple):
    """A due line and what covers it. `settled_on`: when its last fen came.

    `days`: how late the last fen came, or how long the line has been overdue; 0 for all others.
    """

    due: Due
    received_fen: int
    settled_on: date | None
    status: LineStatus
    days: int

    @property
    def open_fen(self) -> int:
        """What has not come of it, due or not."""
        return self.due.amount_fen - self.received_fen

    @property
    def overdue_fen(self) -> int:
        """What should have come and has not."""
        return self.open_fen if self.status in ("short", "missing") else 0


def cover(lines: Iterable[Due], receipts: Iterable[Received], day: date) -> list[Covered]:
    """Every line as it stands at the end of a day, in the order in which they fall due.

    Receipts in order of their days fill the lines in order of theirs, whatever either was meant for: one
    rule, which anybody can follow on paper. Of two of one day the one given first goes first.
    """
    purse = deque(sorted((one for one in receipts if one.fen > 0), key=lambda one: one.received_on))
    found = []
    for due in sorted(lines, key=lambda one: one.due_on):
        covered_fen, settled_on = 0, None
        while purse and covered_fen < due.amount_fen:
            settled_on, fen = purse.popleft()
            taken = min(fen, due.amount_fen - covered_fen)
            covered_fen += taken
            if taken < fen:
                purse.appendleft(Received(settled_on, fen - taken))
        found.append(_covered(due, covered_fen, settled_on if covered_fen == due.amount_fen else None, day))
    return found


def overpaid(lines: Sequence[Due], receipts: Iterable[Received]) -> int:
    """What came beyond everything agreed."""
    return max(0, sum(one.fen for one in receipts) - sum(line.amount_fen for line in lines))


def _covered(due: Due, fen: int, settled_on: date | None, day: date) -> Covered:
    if settled_on is not None:
        days = max(0, (settled_on - due.due_on).days)
        return Covered(due, fen, settled_on, "late" if days else "received", days)
    if due.due_on >= day:
        return Covered(due, fen, None, "upcoming", 0)
    return Covered(due, fen, None, "short" if fen else "missing", (day - due.due_on).days)
