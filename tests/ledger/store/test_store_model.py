"""Whatever is done in whatever order, the store does what the library's in-memory recorder and a dict say."""

from collections.abc import Callable
from itertools import count
from typing import Any

import hypothesis.strategies as st
import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.persistence import IntegrityError
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.errors import KeyReused, Refused
from ledger.store import open_store
from ledger.store.port import Condition, Conflict, Draft, qualified
from tests.ledger.store.drafting import draft, key
from tests.postgres_server import PostgresServer

LEDGERS = st.sampled_from(["wutongli", "meihuayuan"])
TAGS = st.sampled_from(["fund:working", "fund:maintenance", "decision:lift-3", "roles"])
KINDS = st.sampled_from(["note.taken", "note.struck"])
KEYS = st.none() | st.sampled_from(["k-1", "k-2", "k-3", "01a1fe21-fd3b-7e0a-b45f-2b399d5c8948"])
FEN = st.integers(-3, 5)
EVENTS = st.lists(st.tuples(LEDGERS, KINDS, st.sets(TAGS), st.none() | FEN), min_size=1, max_size=4)
CONDITIONS = st.none() | st.tuples(st.lists(st.tuples(LEDGERS, TAGS), max_size=3), st.integers(0, 6))
ITEMS = st.builds(DCBQueryItem, types=st.lists(KINDS, max_size=2, unique=True), tags=st.lists(
    st.builds(qualified, LEDGERS, TAGS), max_size=2, unique=True))  # fmt: skip
QUERIES = st.builds(DCBQuery, items=st.lists(ITEMS, max_size=3))


class StoreAgainstModel(RuleBasedStateMachine):
    """`url()` gives a new, empty store."""

    url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.here = self.url()
        self.store = open_store(self.here)
        self.model = InMemoryDCBRecorder()
        self.receipts: dict[str, tuple[str, Any]] = {}
        self.limits: dict[str, int] = {}
        self.lengths: dict[str, int] = {}

    def teardown(self) -> None:
        self.store.close()

    @rule(
        events=EVENTS,
        condition=CONDITIONS,
        name=KEYS,
        asked=st.sampled_from(["this", "that"]),
        behind=st.integers(0, 3),
    )
    def append(self, events: Any, condition: Any, name: str | None, asked: str, behind: int) -> None:
        drafts = [
            draft(
                f"{at}", *sorted(tags), ledger=ledger, kind=kind, limits={} if fen is None else {"bank": fen}
            )
            for at, (ledger, kind, tags, fen) in enumerate(events)
        ]
        after = max(0, self.store.head() - behind)
        given = Condition(tuple(condition[0]), after) if condition else None
        expected = self._expected(drafts, given, name, asked)
        if isinstance(expected, type):
            with pytest.raises(expected):
                self.store.append_drafts(drafts, given, key(name, asked) if name else None)
            return
        receipt = self.store.append_drafts(drafts, given, key(name, asked) if name else None)
        assert [(line.ledger, line.number, line.position) for line in receipt.events] == expected
        if name:
            self.receipts.setdefault(name, (asked, receipt.events))
            assert receipt.events == self.receipts[name][1]

    def _expected(
        self, drafts: list[Draft], condition: Condition | None, name: str | None, asked: str
    ) -> Any:
        if name in self.receipts:
            first_asked, lines = self.receipts[name]
            return (
                [(line.ledger, line.number, line.position) for line in lines]
                if first_asked == asked
                else KeyReused
            )
        limits = dict(self.limits)
        for one in drafts:
            for limit, fen in one.limits.items():
                limits[qualified(one.ledger, limit)] = limits.get(qualified(one.ledger, limit), 0) + fen
        guard = None
        if condition and condition.tags:
            items = [DCBQueryItem(tags=[qualified(*tag)]) for tag in condition.tags]
            guard = DCBAppendCondition(DCBQuery(items), condition.after)
        events = [DCBEvent(one.kind, b"", [qualified(one.ledger, tag) for tag in one.tags]) for one in drafts]
        try:
            if (
                min(limits.values(), default=0) < 0
            ):  # ask the model whether there is a conflict, but leave it as it is
                matching = self.model.read(guard.fail_if_events_match, after=guard.after) if guard else []
                return Conflict if list(matching) else Refused
            last = self.model.append(events, guard)
        except IntegrityError:
            return Conflict
        self.limits = limits
        return [self._place(one, position) for position, one in enumerate(drafts, last - len(drafts) + 1)]

    def _place(self, one: Draft, position: int) -> tuple[str, int, int]:
        number = self.lengths.get(one.ledger, 0)
        self.lengths[one.ledger] = number + 1
        return one.ledger, number, position

    @rule(query=QUERIES, after=st.none() | st.integers(0, 8), limit=st.none() | st.integers(0, 5))
    def read(self, query: DCBQuery, after: int | None, limit: int | None) -> None:
        ours, theirs = (
            recorder.read(query, after=after, limit=limit) for recorder in (self.store, self.model)
        )
        assert [(found.position, found.event.type, sorted(found.event.tags)) for found in ours] == [
            (found.position, found.event.type, sorted(found.event.tags)) for found in theirs
        ]
        assert ours.head == theirs.head

    @rule(name=KEYS.filter(bool))
    def look_up_a_key(self, name: str) -> None:
        asked, lines = self.receipts.get(name, ("this", None))
        found = self.store.receipt(key(name, asked))
        assert (found.events if found else None) == lines

    @precondition(lambda self: self.lengths)
    @rule(ledger=LEDGERS, after=st.integers(-1, 5), limit=st.integers(1, 4))
    def page_through_a_ledger(self, ledger: str, after: int, limit: int) -> None:
        numbers = list(range(self.lengths.get(ledger, 0)))[after + 1 :][:limit]
        assert [row.number for row in self.store.ledger_rows(ledger, after, limit)] == numbers

    @rule(in_its_turn=st.booleans())
    def crash_and_reopen(self, in_its_turn: bool) -> None:
        crashed = self.store
        if in_its_turn:
            crashed._connections.get()
            crashed._begin()  # a transaction is open when the process goes
        crashed.close()
        self.store = open_store(self.here)

    @invariant()
    def the_end_is_where_the_model_ends(self) -> None:
        assert self.store.head() == sum(self.lengths.values()) == len(self.model.events)


@pytest.fixture
def new_url(request: pytest.FixtureRequest, database: str) -> Callable[[], str]:
    """A new, empty place for each example: a folder, or a schema."""
    places = count()
    if database == "sqlite":
        root = request.getfixturevalue("sqlite_url")
        return lambda: f"{root}/{next(places)}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url: str = request.getfixturevalue("postgres_url")
    name = url.partition("@/")[2].partition("?")[0]

    def new_schema() -> str:
        schema = f"place_{next(places)}"
        server.execute(f"CREATE SCHEMA {schema}", name)
        return f"{url}&options=-csearch_path%3D{schema}"

    return new_schema


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 60), ("postgresql", 12)])
def test_the_store_does_what_the_model_says(new_url: Callable[[], str], examples: int) -> None:
    machine = type("Machine", (StoreAgainstModel,), {"url": staticmethod(new_url)})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=checks,
            print_blob=True,
        ),
    )
