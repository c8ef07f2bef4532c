"""The books of one ledger up to a record, as everything a statement says is read from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TypeVar

from ledger.actions.community import Community
from ledger.actions.rules import Rules
from ledger.errors import LedgerError
from ledger.events import Event, Recorded
from ledger.rules.law import Law
from ledger.state import State
from ledger.store.entries import event_of
from ledger.store.port import Store
from projections.replay import ReplayedViews, replayed

S = TypeVar("S", bound=State)


class Books:
    """`views`: as they stood at record `until`, made from this ledger's events alone."""

    def __init__(self, store: Store, ledger: str, until: int, views: ReplayedViews) -> None:
        self.ledger = ledger
        self.until = until
        self.views = views
        self._store = store

    @cached_property
    def events(self) -> tuple[Recorded[Event], ...]:
        """Every event, in order of record."""
        return tuple(map(event_of, self._store.history(self.ledger, until=self.until)))

    @cached_property
    def head(self) -> str:
        """The leaf hash of the last record, hexadecimal."""
        return self._store.ledger_rows(self.ledger, self.until - 1, 1)[0].leaf_hash.hex()

    @cached_property
    def community(self) -> str:
        """The name of whose books they are."""
        opened = self._folded(Community).opened
        if opened is None:
            raise LedgerError("ledger.unknown", ledger=self.ledger)
        return opened.name

    def law(self, day: date) -> Law:
        """The law here on a day, by what was adopted up to the record."""
        return self._folded(Rules).law(day)

    def _folded(self, state: type[S]) -> S:
        folded = state()
        for event in self._store.tagged(self.ledger, state.subject, 0):
            if event.number <= self.until:
                folded.evolve(event)
        return folded


@contextmanager
def opened(store: Store, ledger: str, until: int) -> Iterator[Books]:
    """The books up to a record. Errors: `ReplayFailed`, `StoreDamaged`."""
    with replayed(store, ledger, until) as views:
        yield Books(store, ledger, until, views)
