"""What was recorded last, one line an event, for any kind."""

from datetime import date

from msgspec import Struct

from api.pages.wording import amount_of, headline, kind_word
from api.services import current
from projections import journal


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


def latest_news(
    ledger: str | None, limit: int, after: int | None = None, kind: str | None = None
) -> list[News]:
    """The newest records of a ledger, or of all."""
    services = current()
    rows = journal.page(services.views, ledger=ledger, after=after, limit=limit, kind=kind, newest_first=True)
    found = []
    for row in rows:
        recorded = services.store.numbered(row.ledger, row.number)
        what, about = kind_word(row.kind), headline(recorded.data) if recorded else None
        found.append(
            News(
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
        )
    return found
