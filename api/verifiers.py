"""The verifiers we hand out, and the digests by which anybody knows them (verification.md, Threats)."""

import hashlib
from functools import cache
from importlib import resources

NAMES = ("verify.html", "verify.py")


@cache
def content(name: str) -> bytes:
    """The bytes of a verifier."""
    return resources.files("ledger.verifier").joinpath(name).read_bytes()


def digests() -> dict[str, str]:
    """The SHA-256 of every verifier, by its name."""
    return {name: hashlib.sha256(content(name)).hexdigest() for name in NAMES}
