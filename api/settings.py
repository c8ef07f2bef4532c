"""The settings. The only file that reads the environment; what makes no sense stops the start."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ledger.errors import LedgerError

PREFIX = "MINGZHANG_"
PATHS = (
    "files",
    "vault_key_file",
    "log",
    "log_key_file",
    "witness_policy",
    "witness_key_file",
    "witness_logs",
)
SECRET_LENGTH_MIN = 32
ORIGIN = "http://127.0.0.1:8000"  # where `mingzhang demo` is found
DEMO_DATABASE_URL = "sqlite:///var/demo"


class SettingsError(LedgerError):
    """A setting is missing or makes no sense; `name` says which."""

    code = "settings.senseless"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation decides.

    `files`: the folder of uploaded and published files, by default beside an SQLite store;
    `vault_key_file`: the key of the vault, in no backup of the store; by default beside an SQLite store;
    `log`: the folder of the logs, by default beside an SQLite store; `log_key_file`: what signs them, if
    anything does; `witness_policy`: whose signatures a checkpoint needs to be shown, by default nobody's;
    `witness_key_file`, `witness_logs`: both, where it watches the logs of neighbours, a policy's `log` lines;
    `origin`: the address people type, without a path; `hosts`: further names the server may be called by;
    `secret_key`: none where nothing is signed, as on the command line.
    """

    database_url: str = "sqlite:///var"
    files: Path | None = None
    vault_key_file: Path | None = None
    log: Path | None = None
    log_key_file: Path | None = None
    witness_policy: Path | None = None
    witness_key_file: Path | None = None
    witness_logs: Path | None = None
    secret_key: str | None = None
    origin: str = ORIGIN
    hosts: tuple[str, ...] = ()
    demo: bool = False

    @property
    def secure(self) -> bool:
        """Whether people come by https."""
        return self.origin.startswith("https://")

    @property
    def trusted_hosts(self) -> list[str]:
        """The only names a request may call this server by."""
        return list(
            dict.fromkeys([urlsplit(self.origin).hostname or "", "127.0.0.1", "localhost", *self.hosts])
        )

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, signs: bool = True
    ) -> "Settings":
        """The settings of `MINGZHANG_…`. `signs`: whether a secret is needed. Errors: `SettingsError`."""
        given: dict[str, Any] = {
            name: environment[PREFIX + name.upper()]
            for name in ("database_url", *PATHS, "secret_key", "origin", "hosts")
            if environment.get(PREFIX + name.upper())
        }
        given |= {name: Path(given[name]) for name in PATHS if name in given}
        if "origin" in given:
            given["origin"] = given["origin"].rstrip("/")
        if "hosts" in given:
            given["hosts"] = tuple(name.strip() for name in given["hosts"].split(",") if name.strip())
        settings = cls(**given)
        _check(settings, signs=signs)
        return settings


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """The language of a terminal: `zh` where its locale is Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.startswith("zh") else "en"
    return "en"


def _can_keep_files(folder: Path | None, *, beside_the_store: bool) -> bool:
    """A folder that is there: made on demand, a typo or a disk not mounted would scatter files."""
    return beside_the_store if folder is None else folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _check_witness(settings: Settings) -> None:
    for name, given in (("KEY_FILE", settings.witness_key_file), ("LOGS", settings.witness_logs)):
        other = settings.witness_logs or settings.witness_key_file
        if other is not None and (given is None or not given.is_file()):
            raise SettingsError("settings.witness", name=f"{PREFIX}WITNESS_{name}")


def _check(settings: Settings, *, signs: bool) -> None:
    scheme, _, rest = settings.database_url.partition("://")
    if scheme not in ("sqlite", "postgresql", "postgres") or not rest.strip("/"):
        raise SettingsError("settings.database-url", name=PREFIX + "DATABASE_URL")
    if not _can_keep_files(settings.files, beside_the_store=scheme == "sqlite"):
        raise SettingsError("settings.files", name=PREFIX + "FILES")
    if not _can_keep_files(
        settings.log, beside_the_store=scheme == "sqlite" or settings.log_key_file is None
    ):
        raise SettingsError("settings.log", name=PREFIX + "LOG")
    _check_witness(settings)
    origin = urlsplit(settings.origin)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path or origin.query:
        raise SettingsError("settings.origin", name=PREFIX + "ORIGIN")
    if signs and settings.secret_key is None:
        raise SettingsError("settings.missing", name=PREFIX + "SECRET_KEY", length_min=SECRET_LENGTH_MIN)
    if settings.secret_key is not None and len(settings.secret_key) < SECRET_LENGTH_MIN:
        raise SettingsError(
            "settings.secret-too-short", name=PREFIX + "SECRET_KEY", length_min=SECRET_LENGTH_MIN
        )
