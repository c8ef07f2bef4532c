"""The audit pack anybody may fetch: made once for all who ask within a minute, one at a time, not too large.

A pack is work in proportion to the book: who asks again and again gets the one that was made.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.documents.audit_pack import Source, write_pack
from ledger.errors import StoreBusy

if TYPE_CHECKING:
    from api.services import Services

SECONDS_KEPT = 60.0
BYTES_MAX = 2 * 1024**3  # beyond that an operator hands it over: `mingzhang export`


def public_pack(here: "Services", ledger: str) -> Path:
    """The pack of a ledger, `SECONDS_KEPT` old at most. Errors: `StoreBusy` while another is being made,
    `LedgerError` if it is too large.
    """
    folder = here.files.folder / ".packs"
    path = folder / f"{ledger}.zip"
    if _is_fresh(path):
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder / "lock"):
        if not _is_fresh(path):
            made = folder / f"{ledger}.{os.getpid()}.zip"
            made.unlink(missing_ok=True)
            source = Source(here.store, here.vault, here.files, here.composer, here.logs.folder)
            write_pack(source, ledger, "public", made, bytes_max=BYTES_MAX)
            os.replace(made, path)
    return path


def _is_fresh(path: Path) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return 0 <= age < SECONDS_KEPT


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Held by one process and thread at a time; who comes meanwhile is asked to come again."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy("pack.in-the-making") from error
        yield
    finally:
        os.close(handle)
