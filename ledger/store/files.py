"""Files apart from the books, each under the SHA-256 of its bytes: what was kept is whole, or it is gone.

Public files lie together. Those that are not public lie apart, ledger by ledger, so that erasing one takes
nothing from anybody else, and a backup of them can be kept for a shorter time.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.durable import make_folder, sync_folder
from ledger.errors import StoreDamaged, StoreFull, StoreMisused, StoreUnavailable
from ledger.fields import Tier
from ledger.store.vault import Vault

_DIGEST = re.compile("[0-9a-f]{64}").fullmatch
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
PRIVATE = 0o700


class Files:
    """The files in one folder, `ab/abcdef…`. Safe for threads and processes."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, ledger: str, tier: Tier) -> "Files":
        """Where files of a ledger that these people may see are kept."""
        return self if tier == "public" else Files(self.folder / "private" / ledger)

    @property
    def folder(self) -> Path:
        """Where they are. Errors: `StoreMisused` if nobody said."""
        if self._folder is None:
            raise StoreMisused("files.no-folder")
        return self._folder

    def put(self, content: bytes) -> str:
        """Keep a file; its SHA-256, once it is safe on disk. Errors: `StoreFull`, `StoreUnavailable`."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        with _in_our_words():
            make_folder(path.parent, PRIVATE)
            if not self.has(sha256):
                _write(path, content)
            sync_folder(path.parent)  # also of one another process has just put there
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a file. Errors: `StoreDamaged` if it is missing or no longer what was put."""
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise StoreDamaged("files.missing", sha256=sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreDamaged("files.differs", sha256=sha256)
        return content

    def kept(self, sha256: str) -> bytes | None:
        """The bytes of a file that is here, whole."""
        with suppress(StoreDamaged):
            return self.get(sha256)
        return None

    def has(self, sha256: str) -> bool:
        """Whether a file is here, whole."""
        return self.kept(sha256) is not None

    def remove(self, sha256: str) -> None:
        """Take a file away for good; one that is not here is gone already."""
        path = self._path(sha256)
        with _in_our_words(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def _path(self, sha256: str) -> Path:
        if not _DIGEST(sha256):
            raise StoreDamaged("files.missing", sha256=sha256)  # under no other name anything was ever put
        return self.folder / sha256[:2] / sha256


def subject_of(sha256: str) -> str:
    """The name by which the vault knows a file: the key behind its commitments is its own."""
    return f"file/{sha256}"


def erase(files: Files, vault: Vault, ledger: str, sha256: str) -> None:
    """Erase a private file of a ledger with all that could show what it was; every leaf stays valid.

    May be asked again if it was cut short: that there was one is forgotten last. Public files stay.
    """
    upload = vault.upload(ledger, sha256)
    if upload is not None and upload.tier != "public":
        files.of(ledger, upload.tier).remove(sha256)
        vault.forget_upload(ledger, sha256, f"{ledger}/{subject_of(sha256)}")


def _write(path: Path, content: bytes) -> None:
    """All of a file or nothing, whenever the power goes (its folder is synced by the caller)."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".unfinished")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull from error
        raise StoreUnavailable("files.unusable", reason=error.strerror or str(error)) from error
