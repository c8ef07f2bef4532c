"""The one loop that takes every event to every view: in batches, rows and position together or not at all."""

import logging
import threading
import time
from collections.abc import Iterable, Sequence

from ledger.errors import StoreError
from ledger.store.port import READ_BATCH, Store
from projections import NAMES, view_named
from projections.batch import Applying, Batch, OtherHistory, next_group, of_another_history, unswept
from projections.database import Views
from projections.generations import Generation
from projections.rebuild import Difference, ViewFailed, differences, rebuild

LOG = logging.getLogger("mingzhang.follower")
IDLE_SECONDS = 0.5  # how soon a follower that waits for events notices that it shall stop
TURN_SECONDS = 0.02  # how often one that waits for the lead looks whether it is free
REST_SECONDS = 0.02  # after what was new: following every event for itself takes as long as recording it
RETRY_SECONDS = 1.0  # after the database could not do its work
FOREVER = 2**63 - 1


def open_views(url: str) -> Views:
    """The views of the store behind a URL; nothing is opened before the first use."""
    return Views(url, [view_named(name) for name in NAMES])


class Follower:
    """Follows a store. Any number may exist, in any process: one leads, the others wait."""

    def __init__(self, store: Store, views: Views, *, batch: int = READ_BATCH) -> None:
        self.store = store
        self.views = views
        self._batch = batch
        self._applying = Applying(views)
        self._started = False

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop. A view that fails stays where it is, with the reason; others go on."""
        lock = self.views.lock("follower")
        try:
            while not stop.is_set():
                try:
                    if lock.acquired():
                        self._start()
                        self._follow(stop)
                    else:
                        stop.wait(TURN_SECONDS)
                except StoreError as error:
                    if not stop.is_set():  # a store closed at the end of the day holds nobody up
                        LOG.error("following is held up: %s", error)
                    stop.wait(RETRY_SECONDS)
        finally:
            lock.release()

    def catch_up(self) -> int:
        """Take every view to the head of the store, or wait until the follower that leads has done so.

        Returns the position reached by all views that have not failed.
        """
        head = self.store.head()
        lock = self.views.lock("follower")
        try:
            while not lock.acquired():
                running = self._running()
                reached = self._reached()
                if not running or (reached >= head and not of_another_history(self.store, running)):
                    return reached
                time.sleep(TURN_SECONDS)
            self._start()
            while self._step(self._running())[0]:
                pass
        finally:
            lock.release()
        return self._reached()

    def rebuild(self, names: Sequence[str] = ()) -> int:
        """Build the named views, by default all, again and switch to them; the position they stand at."""
        return rebuild(self.store, self.views, names or tuple(self.views.views), batch=self._batch)

    def check(self, names: Sequence[str] = ()) -> list[Difference]:
        """What differs between the named views, by default all, and a fresh rebuild: nothing should."""
        return differences(self.store, self.views, names or tuple(self.views.views), batch=self._batch)

    # -- the loop ------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Once per follower: views of another version are built again, failed ones get another chance."""
        if self._started:
            return
        changed = [state.view for state in self.views.states() if not self._is_current(state)]
        try:
            if changed:
                self.rebuild(changed)
        except ViewFailed as error:
            LOG.error("%s", error)
        with self.views.writing() as connection:
            live = self.views.generations.live(connection)
            self.views.generations.mark(connection, [self._at_start(state) for state in live])
        self._started = True

    def _at_start(self, state: Generation) -> Generation:
        if self._is_current(state):
            return state._replace(failed_position=None, failed_reason=None)
        return state._replace(failed_reason=f"made by version {state.version}; rebuild failed")

    def _is_current(self, state: Generation) -> bool:
        return state.version == self.views.views[state.view].version

    def _follow(self, stop: threading.Event) -> None:
        running: list[Generation] = []
        while not stop.is_set():
            running = running or self._running()
            if not running:
                stop.wait(IDLE_SECONDS)
                continue
            place = max(state.position for state in running)
            taken, running = self._step(running)
            if not taken:
                self.store.wait_for(place, IDLE_SECONDS)
                running = []  # a rebuild may have switched to a view that is behind
            elif taken < self._batch:
                stop.wait(REST_SECONDS)

    def _running(self) -> list[Generation]:
        return _followed(self.views.states())

    def _reached(self) -> int:
        return min((state.position for state in self._running()), default=self.views.position())

    def _step(self, running: Sequence[Generation]) -> tuple[int, list[Generation]]:
        """One batch into the views furthest behind; one into the foremost, so that they need not wait.

        Returns how many events the larger of them had, 0 when there is nothing to follow; and how all views
        stand now, none when that must be looked up.
        """
        taken, now = 0, list[Generation]()
        foremost = max((state.position for state in running), default=0)
        for states in (
            [state for state in running if state.position < foremost],
            [state for state in running if state.position == foremost],
        ):
            until = {state.view: foremost if state.position < foremost else FOREVER for state in states}
            group, events = next_group(states, until, self._batch)
            if group:
                with unswept():
                    count, now = self._advance(group, events)
                taken = max(taken, count)
        return taken, now

    def _start_over(self) -> None:
        """Begin again, with empty tables at once: what the old ones show is not what the store holds."""
        with self.views.writing() as connection:
            strangers = of_another_history(self.store, self.views.generations.live(connection))
            for state in strangers:
                LOG.error(
                    "view %s has followed to position %s, but the store (head %s) holds another history:"
                    " it was restored; the view is followed again from the first event",
                    state.view,
                    state.position,
                    self.store.head(),
                )
            self.views.generations.start_over(connection, strangers)
        self.views.notify()

    def _advance(self, group: Sequence[Generation], events: int) -> tuple[int, list[Generation]]:
        try:
            batch = Batch.next_of(self.store, group, events)
        except OtherHistory:
            self._start_over()
            return 1, []
        if not batch.events and batch.broken is None:
            return 0, []
        now: list[Generation] = []
        with self.views.writing() as connection:
            live = set(_followed(self.views.generations.live(connection)))
            if live.issuperset(group):  # else a rebuild switched meanwhile: look again
                now = self._applying.apply(connection, group, batch)
        self.views.notify()
        return max(1, len(batch.events)), _followed(now) if len(live) == len(group) else []


def _followed(states: Iterable[Generation]) -> list[Generation]:
    """Those that did not stop."""
    return [state for state in states if state.failed_reason is None]
