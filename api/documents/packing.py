"""A ZIP written once from front to back: same content, same bytes; no file of it is ever whole in memory."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.errors import LedgerError, StoreFull
from ledger.store.files import NO_ROOM

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first a ZIP knows
_PACKED_ALREADY = (".pdf", ".jpg", ".png", ".webp", ".xlsx")


class PackTooLarge(LedgerError):
    """More than may be fetched over the network at once."""

    code = "pack.too-large"


class Member(NamedTuple):
    """One file in a pack."""

    path: str
    sha256: str
    size: int


class Packing:
    """A pack being written; `members`: what is in it so far."""

    def __init__(self, packed: zipfile.ZipFile, bytes_max: int | None = None) -> None:
        self._packed, self._bytes_left = packed, bytes_max
        self.members: dict[str, Member] = {}

    def add(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write one file, piece by piece."""
        member = zipfile.ZipInfo(path, _NO_DATE)
        member.create_system, member.external_attr = 3, 0o644 << 16
        is_packed = path.endswith(_PACKED_ALREADY)
        member.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._packed.open(member, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                self._take(len(piece))
        self.members[path] = Member(path, digest.hexdigest(), size)

    def _take(self, size: int) -> None:
        if self._bytes_left is not None:
            self._bytes_left -= size
            if self._bytes_left < 0:
                raise PackTooLarge


@contextmanager
def packing(to: Path, bytes_max: int | None = None) -> Iterator[Packing]:
    """A new pack of no more bytes than these: all of it stands under its name at the end, or nothing.

    Errors: `LedgerError` when a file of that name is there, or none can be written; `StoreFull`.
    """
    if to.exists():
        raise LedgerError("pack.exists", file=str(to))
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("xb") as file:
            with zipfile.ZipFile(file, "w") as packed:
                yield Packing(packed, bytes_max)
            file.flush()
            os.fsync(file.fileno())
        _give_name(unfinished, to)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull from error
        raise LedgerError("pack.unwritable", file=str(to), reason=error.strerror or str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _give_name(unfinished: Path, to: Path) -> None:
    """Unlike a rename, a link never takes the place of a file that came there meanwhile."""
    try:
        os.link(unfinished, to)
    except FileExistsError as error:
        raise LedgerError("pack.exists", file=str(to)) from error
    except OSError:  # a file system without links, as on a memory stick
        unfinished.rename(to)
