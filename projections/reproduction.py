"""A ledger played again from its stored bytes alone, beside what was published and what the views show."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ledger.actions.decision import VoteClosed, VoteOpened, VoteResultRecorded
from ledger.actions.disclosure import DisclosurePublished, composing_of
from ledger.composing import Composing
from ledger.dates import instant
from ledger.envelope import canonical, parse
from ledger.errors import LedgerError, StoreDamaged
from ledger.events import Event, Recorded
from ledger.rules.counting import Tally
from ledger.rules.semantics import CalendarMissing, legal_day
from ledger.rules.voting import Verdict, verdict
from ledger.store.entries import checked
from ledger.store.port import Row, Store
from projections import balances, decisions, duties
from projections.balances import FundBalance
from projections.database import Views
from projections.decisions import DecisionRow
from projections.duty_states import Duty
from projections.statements.books import Books, opened
from projections.statements.changes import changes
from projections.statements.statement import Changed, Statement, statement_of

DECISIONS_MAX = 100_000
Compose = Callable[[Composing], Statement]
KeptBytes = Callable[[str], bytes | None]  # of a statement as it was published, by its digest


class Again(NamedTuple):
    """One thing as it was recorded or published, and as it came out again; `at`: the record that says so.

    `first`: the first figure that differs, where the published bytes were kept.
    """

    what: str
    name: str
    at: int
    published: str
    replayed: str
    first: Changed | None = None

    @property
    def is_equal(self) -> bool:
        """Whether it came out as it was."""
        return self.published == self.replayed


class Reproduction(NamedTuple):
    """A ledger as it stood at record `until`, on the day that was made; `again`: everything compared."""

    ledger: str
    until: int
    recorded_at: str
    head: str
    funds: tuple[FundBalance, ...]
    decisions: tuple[DecisionRow, ...]
    statements: tuple[Statement, ...]
    duties: tuple[Duty, ...]  # of a community; none where the working days of a year are not known
    again: tuple[Again, ...]

    @property
    def day(self) -> date:
        """The legal day of the last record."""
        return legal_day(instant(self.recorded_at))

    @property
    def differences(self) -> tuple[Again, ...]:
        """What did not come out as it was, the first record first."""
        return tuple(sorted((one for one in self.again if not one.is_equal), key=lambda one: one.at))


def reproduce(
    store: Store, ledger: str, until: int, *, compose: Compose, kept: KeptBytes, live: Views | None = None
) -> Reproduction:
    """Everything that follows from the records up to `until`, and everything said about it then, compared.

    `live`: the views people read, compared too. Errors: `StoreDamaged` naming the first record that is not
    what was hashed.
    """
    for row in store.history(ledger, until=until):
        check(row)
    with opened(store, ledger, until) as books:
        last = books.events[-1]
        funds = balances.of(books.views, ledger).funds
        decided = tuple(decisions.page(books.views, ledger, limit=DECISIONS_MAX))
        day = legal_day(instant(last.envelope.recorded_at))
        due = _duties(books.views, ledger, day)
        again = [*_votes(books.events)]
        if live is not None:
            again += _shown(books, live, funds, decided)
            again += _due(due, _duties(live, ledger, day, known_at=until), until)
    published = list(_published(books.events, compose, kept))
    return Reproduction(
        ledger,
        until,
        last.envelope.recorded_at,
        books.head,
        funds,
        decided,
        tuple(statement for _, statement in published),
        due,
        (*again, *(one for one, _ in published)),
    )


def check(row: Row) -> None:
    """Refuse a stored record whose bytes are not those that were hashed, or not canonical (RFC 8785)."""
    checked(row)
    if canonical(parse(row.entry)) != row.entry:
        raise StoreDamaged("store.not-canonical", position=row.position, ledger=row.ledger, number=row.number)


# -- votes -------------------------------------------------------------------------------------------


def _votes(events: Sequence[Recorded[Event]]) -> Iterator[Again]:
    """Every closed vote, its meaning worked out again from the count and what was frozen when it opened."""
    asked: dict[str, VoteOpened] = {}
    counted: dict[str, VoteResultRecorded] = {}
    for recorded in events:
        match recorded.data:
            case VoteOpened(decision=decision) as vote:
                asked[decision] = vote
            case VoteResultRecorded(decision=decision) as result:
                counted[decision] = result
            case VoteClosed(decision=decision) as closed:
                found = _verdict(asked[decision], closed, counted.get(decision))
                was = _outcome(closed.quorum_met, closed.approved, closed.failed_dimensions)
                now = _outcome(found.quorum_met, found.approved, found.failed)
                yield Again("vote", decision, recorded.number, was, now)


def _verdict(vote: VoteOpened, closed: VoteClosed, result: VoteResultRecorded | None) -> Verdict:
    if closed.totals is not None and vote.roster is not None:
        roster = Tally(heads=vote.roster.heads, area=vote.roster.area)
        participating, agree = closed.totals.participating, closed.totals.agree
    elif result is not None:
        roster = Tally(heads=result.roster_heads, area=result.roster_area)
        participating = Tally(heads=result.participating_heads, area=result.participating_area)
        agree = Tally(heads=result.agree_heads, area=result.agree_area)
    else:
        raise LedgerError("vote.not-counted", decision=closed.decision)
    return verdict(vote.needs, roster=roster, participating=participating, agree=agree)


def _outcome(quorum_met: bool, approved: bool, failed: Sequence[str]) -> str:
    return " ".join([f"quorum={quorum_met}", f"approved={approved}", *failed])


# -- what the views show -----------------------------------------------------------------------------


def _shown(
    books: Books, live: Views, funds: Sequence[FundBalance], decided: Sequence[DecisionRow]
) -> Iterator[Again]:
    """The views people read, asked for what was known at that record."""
    shown = balances.of(live, books.ledger, known_at=books.until)
    were = {fund.fund: fund for fund in shown.funds}
    for fund in funds:
        yield Again("balance", fund.fund, books.until, repr(were.pop(fund.fund, None)), repr(fund))
    for name, fund in were.items():
        yield Again("balance", name, books.until, repr(fund), repr(None))
    known = decisions.page(live, books.ledger, known_at=books.until, limit=DECISIONS_MAX)
    seen = {row.decision: row for row in known}
    for row in decided:
        yield Again("decision", row.decision, row.number, repr(seen.pop(row.decision, None)), repr(row))
    for decision, row in seen.items():
        yield Again("decision", decision, row.number, repr(row), repr(None))


# -- duties ------------------------------------------------------------------------------------------


def _duties(views: Views, ledger: str, day: date, known_at: int | None = None) -> tuple[Duty, ...]:
    """As they stood on a day; none of an office, which is judged by its communities."""
    try:
        return tuple(duties.of(views, ledger, day, known_at=known_at))
    except CalendarMissing:
        return ()


def _due(replayed: Sequence[Duty], live: Sequence[Duty], until: int) -> Iterator[Again]:
    """Every duty as the views show it for that record, beside the same from the events."""
    shown = {_named(duty): duty for duty in live}
    for duty in replayed:
        name = _named(duty)
        yield Again("duty", name, until, repr(shown.pop(name, None)), repr(duty))
    for name, duty in shown.items():
        yield Again("duty", name, until, repr(duty), repr(None))


def _named(duty: Duty) -> str:
    of = duty.period and f"{duty.period.starts_on}..{duty.period.ends_on}"
    return " ".join(str(part) for part in (duty.duty, duty.subject, of, duty.due_on) if part)


# -- statements --------------------------------------------------------------------------------------


def _published(
    events: Sequence[Recorded[Event]], compose: Compose, kept: KeptBytes
) -> Iterator[tuple[Again, Statement]]:
    """Every published version, composed again of the records it was composed of."""
    last: dict[str, DisclosurePublished] = {}
    for recorded in events:
        if isinstance(version := recorded.data, DisclosurePublished):
            statement = compose(composing_of(version, last.get(version.disclosure)))
            last[version.disclosure] = version
            was, now = version.statement_sha256, statement.sha256
            first = None if was == now else _first_difference(kept(was), statement)
            name = f"{version.disclosure}/{version.version}"
            yield Again("statement", name, recorded.number, was, now, first), statement


def _first_difference(published: bytes | None, replayed: Statement) -> Changed | None:
    if published is None:
        return None
    return next(iter(changes(statement_of(published), replayed)), None)
