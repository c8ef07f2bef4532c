"""The views of one ledger as they stood at a record, made again from its events alone, in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from ledger.errors import LedgerError
from ledger.store.port import Store
from projections import NAMES, view_named
from projections.batch import Applying, Batch, unswept
from projections.database import Views, begin_sqlite
from projections.view import View


class ReplayFailed(LedgerError):
    """A view cannot take in an event of the ledger."""

    code = "replay.failed"


class ReplayedViews(Views):
    """Views that are kept nowhere and seen by nobody else."""

    def __init__(self, views: Sequence[View]) -> None:
        super().__init__("sqlite:///memory", views)

    def _sqlite(self) -> Engine:
        engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", begin_sqlite)
        return engine


@contextmanager
def replayed(store: Store, ledger: str, until: int, names: Sequence[str] = NAMES) -> Iterator[ReplayedViews]:
    """The named views, by default all, as they were when record `until` was the last of the ledger.

    Their positions are those of the ledger's own events: record number + 1. Errors: `ReplayFailed`,
    `StoreDamaged`.
    """
    views = ReplayedViews([view_named(name) for name in names])
    applying = Applying(views)
    try:
        with views.writing() as connection, unswept():
            states = views.generations.live(connection)
            for rows in store.batches(ledger, until=until):
                own = [row._replace(position=row.number + 1) for row in rows]
                states = applying.apply(connection, states, Batch.of(own, rows[0].number))
                for state in states:
                    if state.failed_reason is not None:
                        raise ReplayFailed(view=state.view, reason=state.failed_reason)
        yield views
    finally:
        views.close()


def _set_up(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # of the driver
