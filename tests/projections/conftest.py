"""Books for every spec of the views: on SQLite, or, where the databases could differ, on both."""

from collections.abc import Iterator

import pytest

from tests.projections.books import Books, opened


@pytest.fixture
def books(sqlite_url: str) -> Iterator[Books]:
    with opened(sqlite_url) as found:
        yield found


@pytest.fixture
def both_books(store_url: str) -> Iterator[Books]:
    with opened(store_url) as found:
        yield found
