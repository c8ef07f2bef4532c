"""The books as they once were: only what had happened by a day, only what had been recorded by then."""

from datetime import date

import msgspec
from sqlalchemy import ColumnElement

from projections import journal
from projections.snapshot import Snapshot


class Then(msgspec.Struct, frozen=True):
    """Which events count: by legal date up to `as_of`, by record number up to `known_at`; none for all.

    Everything asked of a `Then` equals what the views would show had no other event ever been recorded.
    """

    as_of: date | None = None
    known_at: int | None = None

    @property
    def is_now(self) -> bool:
        """Whether every event counts."""
        return self.as_of is None and self.known_at is None

    def counted(self, number: ColumnElement[int], day: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """The same of the columns of record number and legal date, as conditions of a query."""
        matches = []
        if self.known_at is not None:
            matches.append(number <= self.known_at)
        if self.as_of is not None:
            matches.append(day <= self.as_of.toordinal())
        return matches


NOW = Then()


def then_of(
    snapshot: Snapshot, view: str, ledger: str, as_of: date | None, known_at: int | str | None
) -> Then:
    """`known_at`: a record number, or an instant (RFC 3339), for which the journal knows the number.

    Errors: `ViewStale` when the journal has not come as far as the view that is asked.
    """
    if isinstance(known_at, str):
        known_at = journal.number_at(snapshot, ledger, known_at, snapshot.position(view))
    return NOW if as_of is None and known_at is None else Then(as_of, known_at)
