"""The settings. The only file that reads the environment; what makes no sense stops the start."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ledger.errors import LedgerError

PREFIX = "MINGZHANG_"
SECRET_LENGTH_MIN = 32
DEMO_DATABASE_URL = "sqlite:///var/demo"


class SettingsError(LedgerError):
    """A setting is missing or makes no sense; `name` says which."""

    code = "settings.senseless"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation decides.

    `origin`: the address people type, without a path; `hosts`: further names the server may be called by;
    `secret_key`: none where nothing is signed, as on the command line.
    """

    database_url: str = "sqlite:///var"
    secret_key: str | None = None
    origin: str = "http://127.0.0.1:8000"
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
            for name in ("database_url", "secret_key", "origin", "hosts")
            if environment.get(PREFIX + name.upper())
        }
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


def _check(settings: Settings, *, signs: bool) -> None:
    scheme, _, rest = settings.database_url.partition("://")
    if scheme not in ("sqlite", "postgresql", "postgres") or not rest.strip("/"):
        raise SettingsError("settings.database-url", name=PREFIX + "DATABASE_URL")
    origin = urlsplit(settings.origin)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path or origin.query:
        raise SettingsError("settings.origin", name=PREFIX + "ORIGIN")
    if signs and settings.secret_key is None:
        raise SettingsError("settings.missing", name=PREFIX + "SECRET_KEY", length_min=SECRET_LENGTH_MIN)
    if settings.secret_key is not None and len(settings.secret_key) < SECRET_LENGTH_MIN:
        raise SettingsError(
            "settings.secret-too-short", name=PREFIX + "SECRET_KEY", length_min=SECRET_LENGTH_MIN
        )
