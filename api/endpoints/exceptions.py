"""What is wrong and known to be: broken rules, money nobody can explain, findings not yet put right."""

from datetime import date

import msgspec

from api import services
from api.reading import Blueprint, Page, PageQuery, cut
from ledger.fields import Fund
from ledger.rules.law import title
from projections import exceptions as view
from projections.exceptions import ExceptionRow, State, What

blueprint = Blueprint(
    "Exceptions", __name__, description="Broken rules, unexplained money, findings not yet put right"
)


class ExceptionsQuery(PageQuery, kw_only=True):
    """`state`: only what is open, or only what was resolved."""

    state: State | None = None


class BrokenRule(msgspec.Struct, frozen=True):
    """A rule of law and what it says, in both languages."""

    id: str
    title_zh: str
    title_en: str


class Exceptional(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: `number` is the record that shows it, `resolved_by` the one that ended it.

    `late_days`: recorded so many days after it happened; `age_days`: so long it is, or was, open; `fen` of a
    bank difference: bank - book, as far as still unexplained; of suspense: positive when money came in.
    `done_on`: when a finding was last reported put right.
    """

    what: What
    number: int
    kind: str
    occurred_on: date
    recorded_at: str
    late_days: int
    age_days: int
    role: str
    state: State
    rules: tuple[BrokenRule, ...]
    fund: Fund | None
    fen: int | None
    text: str | None
    due_on: date | None
    done_on: date | None
    resolved_by: int | None
    resolved_on: date | None
    how: str | None


class OpenCounts(msgspec.Struct, frozen=True):
    """How many of each are open."""

    irregularities: int
    bank_differences: int
    suspense: int
    findings: int


class ExceptionPage(Page, kw_only=True):
    """Exceptions in the order of their records; `open` counts all that is open, on whatever page."""

    open: OpenCounts
    exceptions: tuple[Exceptional, ...]


@blueprint.read("/ledgers/<id:ledger>/exceptions", query=ExceptionsQuery, gives=ExceptionPage, of="ledger")
def exceptions(asked: ExceptionsQuery, ledger: str) -> ExceptionPage:
    """What is wrong in a ledger and known to be."""
    here = services.current()
    with here.views.snapshot() as snapshot:
        found = view.page(snapshot, ledger, state=asked.state, after=asked.after, limit=asked.limit + 1)
        page, last = cut(found, asked.limit)
        counts = view.open_counts(snapshot, ledger)
        return ExceptionPage(
            position=snapshot.position("exceptions"),
            exceptions=tuple(_shown(row, here.today) for row in page),
            next_after=last.place if last else None,
            open=OpenCounts(*(counts.get(what, 0) for what in view.WHATS)),
        )


def _shown(row: ExceptionRow, today: date) -> Exceptional:
    fields = {name: getattr(row, name) for name in row.__struct_fields__ if name not in ("place", "rules")}
    rules = tuple(BrokenRule(rule, title(rule, "zh"), title(rule, "en")) for rule in row.rules)
    return Exceptional(**fields, rules=rules, age_days=row.age_days(today))
