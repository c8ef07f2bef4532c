"""One batch of events into one generation of a view: all of it, or all before an event it cannot take in."""

import gc
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger.errors import StoreDamaged
from ledger.events import Event, Recorded, decode
from ledger.store.port import Row
from projections.database import Views, is_of_the_database
from projections.generations import Generation
from projections.view import View
from projections.writer import Writer

LOG = logging.getLogger("mingzhang.follower")


class Batch:
    """Decoded events in order of position, sorted by their type once for all views.

    `broken` says why the event after the last one could not be decoded.
    """

    def __init__(self, events: Sequence[Recorded[Event]], broken: StoreDamaged | None = None) -> None:
        self.events = events
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
        try:
            for position, _, number, kind, entry, _ in rows:
                events.append(Recorded(position, number, decode(kind, entry)))
        except StoreDamaged as error:
            return cls(events, error)
        return cls(events)

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
        states = [self._taken(connection, generation, batch) for generation in group]
        if batch.broken is not None:
            reason = str(batch.broken)
            states = [
                state if state.failed_reason else _failed(state, state.position + 1, reason)
                for state in states
            ]
        self._views.generations.mark(connection, states)
        return states

    def _taken(self, connection: Connection, generation: Generation, batch: Batch) -> Generation:
        if not batch.events:
            return generation
        view = self._views.views[generation.view]
        place, reached = (generation.view, generation.number), batch.events[-1].position
        known_at, writer = self._writers.pop(place, (-1, None))
        if taken := batch.taken_by(view):
            try:
                with _savepoint(connection):
                    if writer is None or known_at != generation.position:
                        writer = Writer(self._views.generations.tables(generation), connection)
                    writer.connection = connection
                    view.apply(taken, writer)
                    writer.flush()
            except Exception as error:  # whatever is wrong with this view, the others go on
                if isinstance(error, DBAPIError) and is_of_the_database(error):
                    raise  # no event is to blame
                return self._narrowed(connection, generation, batch, error)
        if writer is not None:
            self._writers[place] = reached, writer
        return generation._replace(position=reached)

    def _narrowed(
        self, connection: Connection, generation: Generation, batch: Batch, error: Exception
    ) -> Generation:
        """Find the event that cannot be taken in, and take in all before it."""
        if len(batch.events) == 1:
            return _failed(generation, batch.events[0].position, f"{type(error).__name__}: {error}")
        half = len(batch.events) // 2
        first = self._taken(connection, generation, Batch(batch.events[:half]))
        if first.failed_reason is not None:
            return first
        return self._taken(connection, first, Batch(batch.events[half:]))


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("SAVEPOINT of_view")
    try:
        yield
    except Exception as error:
        if not isinstance(error, DBAPIError) or not is_of_the_database(error):  # then all of it is undone
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT of_view")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT of_view")


def _failed(generation: Generation, position: int, reason: str) -> Generation:
    LOG.error("view %s stops before position %s: %s", generation.view, position, reason)
    return generation._replace(failed_position=position, failed_reason=reason)
