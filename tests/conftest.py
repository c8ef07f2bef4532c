"""Databases for the tests: SQLite files, or a new database on a PostgreSQL that lives as long as the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer

# what the specs are told in explains a failed assertion as a spec does
pytest.register_assert_rewrite(
    "tests.api.endpoints.installation",
    "tests.api.pages.resident",
    "tests.ledger.story",
    "tests.projections.books",
)

LONGEST_FIRST = {"browser", "verifier", "contract", "faults", "benchmarks", "referees"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: LONGEST_FIRST.isdisjoint(item.path.parts))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    name = postgres_server.new_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'books'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The suite of the store runs on both databases."""
    return request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
