"""What was recorded last, one line an event, for any kind."""

from datetime import date

from msgspec import Struct

from api.pages.wording import amount_of, headline, kind_word
from api.services import current
from ledger.actions.transparency_log import LogDeclared, LogKeyRotated
from projections import journal
from projections.journal import JournalRow

OF_THE_LOG = (LogDeclared.kind, LogKeyRotated.kind)


class News(Struct, frozen=True):
    """One record in a line."""

    ledger: str
    number: int
    kind: str
    occurred_on: date
    recorded_at: str
    role: str
    what: str
    about: str | None
    amount_fen: int | None


def front_page_news(limit: int) -> list[News]:
    """The newest records of all ledgers; what a log says of itself stays in its own records."""
    rows: list[JournalRow] = []
    after = None
    while len(rows) < limit and (batch := journal.page(current().views, after=after, newest_first=True)):
        rows += [row for row in batch if row.kind not in OF_THE_LOG]
        after = batch[-1].position
    return [_told(row) for row in rows[:limit]]


def latest_news(
    ledger: str | None, limit: int, after: int | None = None, kind: str | None = None
) -> list[News]:
    """The newest records of a ledger, or of all."""
    rows = journal.page(
        current().views, ledger=ledger, after=after, limit=limit, kind=kind, newest_first=True
    )
    return [_told(row) for row in rows]


def _told(row: JournalRow) -> News:
    recorded = current().store.numbered(row.ledger, row.number)
    what, about = kind_word(row.kind), headline(recorded.data) if recorded else None
    return News(
        ledger=row.ledger,
        number=row.number,
        kind=row.kind,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        role=row.role,
        what=what,
        about=None if about == what else about,
        amount_fen=amount_of(recorded.data) if recorded else None,
    )
