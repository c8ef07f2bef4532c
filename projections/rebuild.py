"""Views built again beside the live ones: to take their place, or to prove that rebuilt = followed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.errors import LedgerError
from ledger.store.port import READ_BATCH, Store
from projections.batch import Applying, Batch, OtherHistory, next_group, of_another_history, unswept
from projections.database import Views
from projections.generations import Generation
from projections.snapshot import Snapshot

TURN_SECONDS = 0.02
DIFFERENCES_MAX = 20  # of one table, in one direction


class ViewFailed(LedgerError):
    """A view cannot be built: it cannot take in an event."""

    code = "views.failed"


class Difference(NamedTuple):
    """A row only the view as it was followed has (`live`), or only the one built again (`fresh`)."""

    view: str
    table: str
    found_in: str
    row: tuple[Any, ...]


def rebuild(store: Store, views: Views, names: Sequence[str], *, batch: int = READ_BATCH) -> int:
    """Build the named views beside the live ones, make them the live ones, drop the old.

    Until the switch the old ones are read and followed. Returns the position the new ones stand at.
    Errors: `ViewFailed` for a view that cannot be built; its old one stays, the others are switched.
    """
    with _beside(store, views, names, batch) as beside:
        beside.catch_up(dict.fromkeys(names, store.head()))
        with views.writing() as connection:  # nobody follows now, so the new ones are never behind the old
            beside.catch_up(_positions(views, connection), connection)
            built = [state for state in beside.generations.values() if state.failed_reason is None]
            for generation in built:
                views.generations.switch(connection, generation)
        views.notify()
        for state in beside.generations.values():
            if state.failed_reason is not None:
                raise ViewFailed(view=state.view, position=state.failed_position, reason=state.failed_reason)
        return min((generation.position for generation in built), default=0)


def differences(
    store: Store, views: Views, names: Sequence[str], *, batch: int = READ_BATCH
) -> list[Difference]:
    """What differs, byte by byte, between the named views and the same built again to the same position.

    A view that followed another history than the store's differs as a whole.
    """
    with _beside(store, views, names, batch) as beside, ExitStack() as closing:
        while True:
            states = views.states()
            if strangers := of_another_history(store, (one for one in states if one.view in names)):
                return [
                    Difference(one.view, "", "live", (one.position, OtherHistory.code)) for one in strangers
                ]
            beside.catch_up({state.view: state.position for state in states})
            with views.writing() as connection:
                beside.catch_up(_positions(views, connection), connection)
            with views.writing() as connection:
                if beside.stands_at(_positions(views, connection)):
                    snapshot = closing.enter_context(views.snapshot())
                    break
        return [
            found
            for generation in beside.generations.values()
            for found in _compared(views, snapshot, generation)
        ]


class _Beside:
    """Fresh generations on their way."""

    def __init__(self, store: Store, views: Views, generations: Sequence[Generation], batch: int) -> None:
        self.generations = {generation.view: generation for generation in generations}
        self._store = store
        self._views = views
        self._batch = batch
        self._applying = Applying(views)

    def catch_up(self, until: Mapping[str, int], connection: Connection | None = None) -> None:
        """Take every generation to its place: in the given transaction, or batch by batch in their own."""
        while True:
            running = [state for state in self.generations.values() if state.failed_reason is None]
            group, events = next_group(running, until, self._batch)
            if not group:
                return
            with ExitStack() as own:
                own.enter_context(unswept())
                batch = Batch.next_of(self._store, group, events)
                if not batch.events and batch.broken is None:
                    return
                within = connection or own.enter_context(self._views.writing())
                for generation in self._applying.apply(within, group, batch):
                    self.generations[generation.view] = generation

    def stands_at(self, positions: Mapping[str, int]) -> bool:
        """Whether every generation that could be built stands where the live one stands."""
        return all(
            state.failed_reason is not None or state.position == positions[state.view]
            for state in self.generations.values()
        )


@contextmanager
def _beside(store: Store, views: Views, names: Sequence[str], batch: int) -> Iterator[_Beside]:
    lock = views.lock("rebuild")
    while not lock.acquired():
        time.sleep(TURN_SECONDS)
    try:
        with views.writing() as connection:
            views.generations.drop_abandoned(connection)
            generations = [views.generations.create(connection, name) for name in names]
        yield _Beside(store, views, generations, batch)
    finally:
        with views.writing() as connection:
            views.generations.drop_abandoned(connection)
        lock.release()


def _positions(views: Views, connection: Connection) -> dict[str, int]:
    return {state.view: state.position for state in views.generations.live(connection)}


def _compared(views: Views, snapshot: Snapshot, fresh: Generation) -> Iterator[Difference]:
    if fresh.failed_reason is not None:
        yield Difference(fresh.view, "", "live", (fresh.failed_position, fresh.failed_reason))
        return
    for name, built in views.generations.tables(fresh).items():
        followed = snapshot.table(fresh.view, name)
        for found_in, one, other in (("live", followed, built), ("fresh", built, followed)):
            only_here = select(one).except_(select(other)).limit(DIFFERENCES_MAX)
            for row in snapshot.rows(only_here):
                yield Difference(fresh.view, name, found_in, tuple(row))
