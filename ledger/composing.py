"""The port through which an action has a statement composed, and printed, before it is decided.

Composing reads every event of a ledger; a decision stands on a few. So what is wanted goes out through this
port and comes back as digests, which is all that is ever recorded of a statement.
"""

from datetime import date
from typing import NamedTuple, Protocol


class Wanted(NamedTuple):
    """Which statement: a table, over which days, of whose part, of which thing.

    `scope`: `building-3`, `door-12`, the whole community if none. `subject`: the decision, project, debrief
    or unit that a table about one thing is about.
    """

    table: str
    starts_on: date
    ends_on: date
    scope: str | None = None
    subject: str | None = None


class Earlier(NamedTuple):
    """The published version that is restated: composed of the records up to `until`; and why."""

    version: int
    until: int
    reason: str


class Issue(NamedTuple):
    """What stands on the paper beside the statement: its name, its day, the roles that answer for it."""

    disclosure: str
    version: int
    published_on: date
    prepared_by: str
    reviewed_by: str


class Composing(NamedTuple):
    """`until`: the last record it is made of, by default the newest. `issue`: print it, too."""

    wanted: Wanted
    until: int | None = None
    restates: Earlier | None = None
    issue: Issue | None = None


class Composed(NamedTuple):
    """What came of it: digests, hexadecimal; codes of cautions; how many figures differ from the earlier."""

    composing: Composing
    until: int
    head: str
    statement_sha256: str
    cautions: tuple[str, ...] = ()
    changes: int = 0
    pdf_sha256: str | None = None
    code: str | None = None
    url: str | None = None


class Composer(Protocol):
    """Composes statements from events alone, and keeps the papers it printed."""

    def compose(self, ledger: str, composing: Composing) -> Composed:
        """Errors: `Refused` for what the table does not know; `StoreError`."""
