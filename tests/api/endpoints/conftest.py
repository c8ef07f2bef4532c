"""An installation for every spec that asks through HTTP."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.database import Views
from tests.api.endpoints.installation import Installation


@pytest.fixture(scope="session")
def begun_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two open ledgers and an account for every role; every installation gets a copy."""
    folder = tmp_path_factory.mktemp("begun")
    here = Installation(f"sqlite:///{folder}")
    here.begin()
    here.close()
    (folder / "tokens").write_text("\n".join(f"{account} {token}" for account, token in here.tokens.items()))
    return folder


def _copied(begun_folder: Path, folder: Path) -> Installation:
    shutil.copytree(begun_folder, folder)
    here = Installation(f"sqlite:///{folder}")
    here.tokens = dict(line.split(" ") for line in (folder / "tokens").read_text().splitlines())
    return here


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds reads were ready to wait for the views, one after another."""
    asked = list[float]()
    wait_for = Views.wait_for

    def noted(views: Views, position: int, seconds: float, *names: str) -> int:
        asked.append(seconds)
        return wait_for(views, position, seconds, *names)

    monkeypatch.setattr(Views, "wait_for", noted)
    return asked


@pytest.fixture
def here(begun_folder: Path, tmp_path: Path) -> Iterator[Installation]:
    """This spec's own installation."""
    installation = _copied(begun_folder, tmp_path / "books")
    yield installation
    installation.close()


@pytest.fixture(scope="module")
def shared(begun_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation for many questions that must leave it as it is."""
    installation = _copied(begun_folder, tmp_path_factory.mktemp("shared") / "books")
    yield installation
    installation.close()


@pytest.fixture(scope="module")
def second(begun_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One more like the shared one, to compare what the two answer."""
    installation = _copied(begun_folder, tmp_path_factory.mktemp("second") / "books")
    yield installation
    installation.close()
