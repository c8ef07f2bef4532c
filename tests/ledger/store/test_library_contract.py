"""The contract tests that ship with the eventsourcing library, on its own recorder and on ours."""

from collections.abc import Callable, Iterator

import pytest
from eventsourcing.dcb.api import DCBRecorder
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.dcb.tests import DCBRecorderTestCase

from ledger.store.port import Store


@pytest.fixture(params=["in memory", "sqlite", "postgresql"])
def recorder(request: pytest.FixtureRequest, opened: Callable[[str], Store]) -> Iterator[DCBRecorder]:
    if request.param == "in memory":
        yield InMemoryDCBRecorder()
    else:
        yield opened(
            request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
        )


def test_appending_and_reading_follow_the_librarys_contract(recorder: DCBRecorder) -> None:
    DCBRecorderTestCase()._test_append_read(recorder)


def test_subscribing_follows_the_librarys_contract(recorder: DCBRecorder) -> None:
    DCBRecorderTestCase()._test_append_subscribe(recorder)
