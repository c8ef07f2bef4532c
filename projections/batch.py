"""One batch of events into one generation of a view: all of it, or all before an event it cannot take in."""

import gc
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger.errors import StoreDamaged, StoreUnavailable
from ledger.events import Event, Recorded, decode
from ledger.store.port import Row, Store
from projections.database import Views, is_of_the_database
from projections.generations import Generation
from projections.view import View
from projections.writer import Writer

LOG = logging.getLogger("mingzhang.follower")


class OtherHistory(StoreUnavailable):
    """The store no longer holds what views have taken in: it was restored to an earlier or another state."""

    code = "views.other-history"


class Batch:
    """Decoded events in order of position with their leaf hashes, sorted by type once for all views.

    `broken` says why the event after the last one could not be decoded.
    """

    def __init__(
        self,
        events: Sequence[Recorded[Event]],
        leaf_hashes: Sequence[bytes],
        broken: StoreDamaged | None = None,
    ) -> None:
        self.events = events
        self.leaf_hashes = leaf_hashes
        self.broken = broken
        self._of_type: defaultdict[type[Event], list[Recorded[Event]]] = defaultdict(list)
        for recorded in events:
            self._of_type[type(recorded.envelope.data)].append(recorded)

    @classmethod
    def of(cls, rows: Sequence[Row], after: int) -> "Batch":
        """The events of stored rows. Errors: `StoreDamaged` when they do not follow the position before."""
        if rows and (rows[0].position != after + 1 or rows[-1].position != after + len(rows)):
            raise StoreDamaged("store.gap", position=rows[0].position, after=after)
        events: list[Recorded[Event]] = []
        leaf_hashes = [row.leaf_hash for row in rows]
        try:
            for position, _, number, kind, entry, _ in rows:
                events.append(Recorded(position, number, decode(kind, entry)))
        except StoreDamaged as error:
            return cls(events, leaf_hashes, error)
        return cls(events, leaf_hashes)

    @classmethod
    def next_of(cls, store: Store, group: Sequence[Generation], events: int) -> "Batch":
        """What comes after the event that a group of views took in last.

        Errors: `OtherHistory` when the store holds another event, or none, in that place; `StoreDamaged`.
        """
        place = group[0].position
        if place == 0:
            return cls.of(store.rows(0, events), 0)
        rows = store.rows(place - 1, events + 1)
        if not _are_of(rows[:1], group):
            raise OtherHistory(position=place)
        return cls.of(rows[1:], place)

    def part(self, first: int, after: int) -> "Batch":
        """The events from one place in the batch to before another."""
        return Batch(self.events[first:after], self.leaf_hashes[first:after])

    def taken_by(self, view: View) -> Sequence[Recorded[Event]]:
        """The events a view takes."""
        if view.takes is None:
            return self.events
        found = [self._of_type[kind] for kind in view.takes if kind in self._of_type]
        if len(found) <= 1:
            return found[0] if found else ()
        return sorted(
            (recorded for some in found for recorded in some), key=lambda recorded: recorded.position
        )


def of_another_history(store: Store, states: Iterable[Generation]) -> list[Generation]:
    """Those that took in an event last that the store does not hold in that place."""
    found: dict[int, Sequence[Row]] = {}
    strangers = []
    for state in states:
        place = state.position
        if place not in found:
            found[place] = store.rows(place - 1, 1) if place else ()
        if place and not _are_of(found[place], [state]):
            strangers.append(state)
    return strangers


def _are_of(rows: Sequence[Row], states: Iterable[Generation]) -> bool:
    """Whether a row is the event that all these views took in last."""
    return bool(rows) and all(
        (state.position, state.leaf_hash) == (rows[0].position, rows[0].leaf_hash) for state in states
    )


def next_group(
    states: Iterable[Generation], until: Mapping[str, int], batch: int
) -> tuple[list[Generation], int]:
    """The views that are furthest behind, and how many events they take next to meet those ahead of them.

    `until`: where each view shall stop.
    """
    behind = [state for state in states if state.position < until[state.view]]
    if not behind:
        return [], 0
    place = min(state.position for state in behind)
    group = [state for state in behind if state.position == place]
    stops = [state.position for state in behind if state.position > place]
    return group, min(batch, *(stop - place for stop in [*stops, *(until[state.view] for state in group)]))


@contextmanager
def unswept() -> Iterator[None]:
    """Keep the garbage collector from sweeping a batch over and over: half its time, for no garbage."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Applying:
    """Takes batches into generations; keeps a writer for each."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._writers: dict[tuple[str, int], tuple[int, Writer]] = {}

    def apply(self, connection: Connection, group: Iterable[Generation], batch: Batch) -> list[Generation]:
        """Take a batch into every generation of a group and mark how far each has come; the caller commits.

        Returns them as marked: `failed_reason` is set if an event could not be taken in.
        """
        states = self._taken_together(connection, list(group), batch)
        if batch.broken is not None:
            reason = str(batch.broken)
            states = [
                state if state.failed_reason else _failed(state, state.position + 1, reason)
                for state in states
            ]
        self._views.generations.mark(connection, states)
        return states

    def _taken_together(
        self, connection: Connection, group: Sequence[Generation], batch: Batch
    ) -> list[Generation]:
        """All at once, for nearly always nothing is wrong; else each for itself, so that the others go on."""
        try:
            with _savepoint(connection):
                return [self._taken(connection, generation, batch) for generation in group]
        except Exception as error:
            if _is_of_the_database(error):
                raise
        return [self._taken_alone(connection, generation, batch) for generation in group]

    def _taken_alone(self, connection: Connection, generation: Generation, batch: Batch) -> Generation:
        try:
            with _savepoint(connection):
                return self._taken(connection, generation, batch)
        except Exception as error:  # whatever is wrong with this view, the others go on
            if _is_of_the_database(error):
                raise
            return self._narrowed(connection, generation, batch, error)

    def _taken(self, connection: Connection, generation: Generation, batch: Batch) -> Generation:
        if not batch.events:
            return generation
        view = self._views.views[generation.view]
        place, reached = (generation.view, generation.number), batch.events[-1].position
        known_at, writer = self._writers.pop(place, (-1, None))
        if taken := batch.taken_by(view):
            if writer is None or known_at != generation.position:
                writer = Writer(self._views.generations.tables(generation), connection)
            writer.connection = connection
            view.apply(taken, writer)
            writer.flush()
        if writer is not None:
            self._writers[place] = reached, writer
        return generation._replace(position=reached, leaf_hash=batch.leaf_hashes[len(batch.events) - 1])

    def _narrowed(
        self, connection: Connection, generation: Generation, batch: Batch, error: Exception
    ) -> Generation:
        """Find the event that cannot be taken in, and take in all before it."""
        if len(batch.events) == 1:
            return _failed(generation, batch.events[0].position, f"{type(error).__name__}: {error}")
        half = len(batch.events) // 2
        first = self._taken_alone(connection, generation, batch.part(0, half))
        if first.failed_reason is not None:
            return first
        return self._taken_alone(connection, first, batch.part(half, len(batch.events)))


def _is_of_the_database(error: Exception) -> bool:
    """Whether no event is to blame."""
    return isinstance(error, DBAPIError) and is_of_the_database(error)


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("SAVEPOINT of_view")
    try:
        yield
    except Exception as error:
        if not _is_of_the_database(error):  # then all of it is undone
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT of_view")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT of_view")


def _failed(generation: Generation, position: int, reason: str) -> Generation:
    LOG.error("view %s stops before position %s: %s", generation.view, position, reason)
    return generation._replace(failed_position=position, failed_reason=reason)
