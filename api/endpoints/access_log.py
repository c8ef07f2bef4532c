"""Who looked at personal data of a ledger, for those who oversee it; looking at this is written down, too."""

import msgspec

from api import services
from api.private import read_privately
from api.reading import Blueprint, Page, PageQuery
from ledger.actors import Role

blueprint = Blueprint("Access log", __name__, description="Who looked at personal data")
READERS: tuple[Role, ...] = ("auditor", "chair")


class AccessRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look: in which role, at what. `who` is left out once that account was erased."""

    number: int
    at: str
    role: str
    reading: str
    about: str
    who: str | None = None


class AccessLogAnswer(Page, kw_only=True):
    """Lines of one ledger, newest first; numbers count the looks at all ledgers."""

    accesses: tuple[AccessRow, ...]


@read_privately(
    blueprint,
    "/ledgers/<id:ledger>/access-log",
    query=PageQuery,
    gives=AccessLogAnswer,
    reading="read-access-log",
    roles=READERS,
)
def access_log(asked: PageQuery, ledger: str) -> AccessLogAnswer:
    """Every look at personal data of this ledger in the last three years."""
    here = services.current()
    found = here.vault.accesses.of(ledger, asked.after, asked.limit)
    rows = tuple(AccessRow(one.number, one.at, one.role, one.reading, one.about, one.who) for one in found)
    more = found[-1].number if len(found) == asked.limit and found[-1].number > 1 else None
    return AccessLogAnswer(position=here.views.position(), accesses=rows, next_after=more)
