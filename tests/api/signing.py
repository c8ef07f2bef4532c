"""Signing the log of an installation once, and leaving it at that."""

from pathlib import Path

from api.publishing import Places
from api.services import Services
from ledger.transparency import keys
from ledger.transparency.keys import LogKeys
from ledger.transparency.publisher import NO_WITNESSES

URL = "https://zhang.example/t"
ORIGIN = "zhang.example/t/wutongli"


def sign(services: Services, folder: Path, policy: bytes = NO_WITNESSES) -> LogKeys:
    """Publish 梧桐里; no key is left that would sign more behind a spec's back."""
    key, witnesses = folder / "log.key", folder / "witnesses"
    witnesses.write_bytes(policy)
    if not key.exists():
        keys.create(key, "zhang.example/t")
    services.logs._places = Places(folder, key, witnesses, URL)
    try:
        services.logs.publisher().publish("wutongli")
    finally:
        services.logs._places = Places(folder, url=URL)
    services.follower.catch_up()
    return keys.read_keys(key)
