"""A story for every spec of the ledger, on a SQLite store that begins with 梧桐里 open."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile(
    "unhurried", deadline=None
)  # how long an example takes says nothing on a shared machine
settings.load_profile("unhurried")

from ledger.store.sqlite import SQLiteStore  # noqa: E402
from ledger.store.vault import SQLiteVault  # noqa: E402
from tests.ledger.story import Story, telling  # noqa: E402


@pytest.fixture(scope="session")
def opened_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which 梧桐里 has just begun; every spec gets a copy."""
    folder = tmp_path_factory.mktemp("wutongli")
    store, vault = SQLiteStore(folder), SQLiteVault(folder)
    Story(store, vault).begin()
    store.close()
    vault.close()
    return folder


@pytest.fixture
def store_folder(opened_folder: Path, tmp_path: Path) -> Path:
    """The folder of this spec's own store."""
    folder = tmp_path / "store"
    shutil.copytree(opened_folder, folder)
    return folder


@pytest.fixture
def store(store_folder: Path) -> Iterator[SQLiteStore]:
    opened = SQLiteStore(store_folder)
    yield opened
    opened.close()


@pytest.fixture
def vault(store_folder: Path) -> Iterator[SQLiteVault]:
    opened = SQLiteVault(store_folder)
    yield opened
    opened.close()


@pytest.fixture
def a_story(store: SQLiteStore, vault: SQLiteVault) -> Iterator[Story]:
    """The story the words given, when and then speak about."""
    yield from telling(Story(store, vault))
