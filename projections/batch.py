"""One batch of events into one generation of a view: all of it, or all before the event that cannot be taken in."""

import gc
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ledger.errors import StoreDamaged
from ledger.events import Event, Recorded, decode
from ledger.store.port import Row
from projections.database import Views
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
        self._of_type: dict[type[Event], list[Recorded[Event]]] = {}
        for recorded in events:
            self._of_type.setdefault(type(recorded.envelope.data), []).append(recorded)

    @classmethod
    def of(cls, rows: Sequence[Row], after: int) -> "Batch":
        """The events of stored rows that follow a position. Errors: `StoreDamaged` when they do not follow it."""
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
    """The views that are furthest behind and how many events they take next, so that they meet those before them.

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
    """Keep the garbage collector from sweeping a batch, which makes none, over and over: half the time of a batch."""
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

    def apply(self, connection: Connection, generation: Generation, batch: Batch) -> Generation:
        """Take in a batch and mark how far the view has come. Rows and mark are committed together, by the caller.

        Returns the generation as marked: `failed_reason` is set if an event could not be taken in.
        """
        state = self._taken(connection, generation, batch)
        if batch.broken is not None and state.failed_reason is None:
            state = _failed(state, state.position + 1, str(batch.broken))
        self._views.generations.mark(connection, state)
        return state

    def _taken(self, connection: Connection, generation: Generation, batch: Batch) -> Generation:
        if not batch.events:
            return generation
        view = self._views.views[generation.view]
        place, reached = (generation.view, generation.number), batch.events[-1].position
        known_at, writer = self._writers.pop(place, (-1, None))
        if taken := batch.taken_by(view):
            try:
                with connection.begin_nested():
                    if writer is None or known_at != generation.position:
                        writer = Writer(self._views.generations.tables(generation), connection)
                    writer.connection = connection
                    view.apply(taken, writer)
                    writer.flush()
            except OperationalError:
                raise  # the database cannot work now; the events are not to blame
            except Exception as error:  # noqa: BLE001  whatever is wrong with this view, the others go on
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


def _failed(generation: Generation, position: int, reason: str) -> Generation:
    LOG.error("view %s stops before position %s: %s", generation.view, position, reason)
    return generation._replace(failed_position=position, failed_reason=reason)
