"""What an auditor's query finds in the books of a story: `found(books, "possible-split", days=30)`."""

from datetime import date, datetime, time

from ledger.rules.semantics import SHANGHAI
from projections.audit_books import AuditBooks
from projections.audit_programme import Row, programme, rows_of
from tests.ledger.story import TODAY, WUTONGLI
from tests.projections.books import Books


def found(
    books: Books, query: str, *, as_of: date | None = None, known_at: int | None = None, **asked: int
) -> list[Row]:
    """The rows of a query, today or as they stood."""
    with books.shown().snapshot() as snapshot:
        at = AuditBooks(snapshot, books.story.store, WUTONGLI, TODAY, as_of=as_of, known_at=known_at)
        return rows_of(at, programme()[query], asked)


def whys(rows: list[Row]) -> list[str | None]:
    return [row.why for row in rows]


def records(rows: list[Row]) -> list[tuple[int, ...]]:
    return [row.records for row in rows]


def clock_at(books: Books, day: date) -> None:
    """From now on the store stamps noon of this day in Shanghai."""
    books.story.store.clock = lambda: datetime.combine(day, time(12), SHANGHAI)
