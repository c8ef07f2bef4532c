"""Installations for the specs of pages: an empty one, one with 梧桐里 open, the whole demonstration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api import demo as demonstration
from tests.api.pages.resident import TODAY, Installation


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Installation]:
    """A server on which nothing was recorded."""
    installation = Installation(f"sqlite:///{tmp_path / 'books'}")
    yield installation
    installation.close()


@pytest.fixture
def here(server: Installation) -> Installation:
    """A server with 梧桐里 open, and nothing in its books."""
    server.open_ledger()
    return server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration; specs only read it."""
    installation = Installation(f"sqlite:///{tmp_path_factory.mktemp('demo')}", cookies=False)
    demonstration.build(installation.services.ledger, TODAY)
    installation.services.follower.catch_up()
    yield installation
    installation.close()
