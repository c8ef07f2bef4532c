"""The log referees look at, published once per run; a tool that is not here says how it is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.referees import big_log, installing
from tests.referees.big_log import BigLog

T = TypeVar("T")


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> BigLog:
    return big_log.publish(tmp_path_factory.mktemp("big-log"))


def _found(find: Callable[[], T]) -> T:
    try:
        return find()
    except installing.Absent as absent:
        pytest.skip(f"not here; install it with: {absent}")


@pytest.fixture(scope="session")
def go_driver() -> Path:
    return _found(installing.go_driver)


@pytest.fixture(scope="session")
def aics() -> tuple[str, dict[str, str]]:
    return _found(installing.aics)


@pytest.fixture(scope="session")
def node_folder() -> Path:
    return _found(installing.node_folder)
