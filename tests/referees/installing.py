"""Where outside tools are found, or put once for all runs: in the user's cache, never in the project."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mingzhang-referees"
INSTALL_SECONDS_MAX = 60
RUN_SECONDS_MAX = 60
GO = "apt-get install golang-1.19-go golang-golang-x-mod-dev"
GOPATH = Path("/usr/share/gocode")
AICS = ("aics-tlog==0.2.1", "aics-witness==0.1.0")
NPM = ("@sigstore/verify@3.1.1", "canonicalize@4.0.0")  # the newest that run on Node 20


class Absent(Exception):
    """A tool that is not here; the words say how to get it."""


def run(*command: str | Path, given: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run somebody else's program. `variables`: of its environment."""
    env = {**os.environ, **variables}
    return subprocess.run(
        command, input=given, env=env, capture_output=True, timeout=RUN_SECONDS_MAX, check=False
    )


@cache
def go_driver() -> Path:
    """Our driver of the Go libraries, built. Errors: `Absent`."""
    go = shutil.which("go") or shutil.which("/usr/lib/go-1.19/bin/go")
    if go is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        raise Absent(GO)
    built = CACHE / "go-driver"
    source = Path(__file__).parent / "go" / "main.go"
    where = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(CACHE / "go-build")}
    made = run(go, "build", "-o", built, source, **where)
    assert made.returncode == 0, made.stderr.decode()
    return built


@cache
def aics() -> tuple[str, dict[str, str]]:
    """A Python that has aics-tlog and aics-witness, and the variables it wants. Errors: `Absent`."""
    install = f"pip install {' '.join(AICS)}, with Python 3.12 or newer"
    python = _python()
    if python is None:
        raise Absent(install)
    name = "-".join([Path(os.path.realpath(python)).name, *AICS])
    pip = (python, "-m", "pip", "install", "--quiet", "--retries=1", "--timeout=20", *AICS, "--target")
    return python, {"PYTHONPATH": str(_kept(name, install, pip))}


def _python() -> str | None:
    if sys.version_info >= (3, 12):
        return sys.executable
    own = sorted((Path.home() / ".pyenv/versions").glob("3.1[2-9]*/bin/python3.1[2-9]"))
    found = [str(python) for python in own] + [shutil.which(f"python3.{minor}") for minor in (13, 12)]
    return next((python for python in found if python and _runs(python)), None)


def _runs(python: str) -> bool:
    return run(python, "-m", "pip", "--version").returncode == 0


@cache
def node_folder() -> Path:
    """A folder that holds the npm packages, for a Node that is here. Errors: `Absent`."""
    install = f"npm install {' '.join(NPM)}"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Absent(install)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--fetch-retries=1")
    return _kept("node", install, (npm, "install", *options, *NPM, "--prefix"))


def _kept(name: str, install: str, command: Sequence[str]) -> Path:
    """A folder of the cache, made once by a command that takes its path; the first to be done keeps it."""
    folder = CACHE / name
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
            made = Path(unfinished) / "made"
            try:
                subprocess.run([*command, made], check=True, capture_output=True, timeout=INSTALL_SECONDS_MAX)
            except (OSError, subprocess.SubprocessError) as error:
                raise Absent(install) from error
            with suppress(OSError):  # another run was quicker
                made.rename(folder)
    return folder


def is_here(find: Callable[[], object]) -> bool:
    """Whether a tool is found."""
    try:
        find()
    except Absent:
        return False
    return True
