"""Test vectors of others, where `../shared/data/tlog-vectors` is; its README names the sources."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "../shared/data/tlog-vectors"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="the open vectors are not beside this checkout")


def cases(folder: str) -> list[Any]:
    """One parameter for every JSON file below a folder, by its path; none where the vectors are not there."""
    root = FOLDER / folder
    files = sorted(root.rglob("*.json")) if root.is_dir() else []
    return [pytest.param(json.loads(file.read_bytes()), id=str(file.relative_to(root))) for file in files]


def table(file: str, *names: str) -> list[Any]:
    """One parameter for every case in one file, by what it describes."""
    path = FOLDER / file
    found = json.loads(path.read_bytes()) if path.is_file() else {}
    return [
        pytest.param(case, id=case.get("desc", str(number)))
        for name in names
        for number, case in enumerate(found.get(name, ()))
    ]


def read(file: str) -> Any:
    return json.loads((FOLDER / file).read_bytes())
