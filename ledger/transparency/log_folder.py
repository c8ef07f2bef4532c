"""A log as files: `checkpoint`, `checkpoints.log`, `policy`, `vkey`, `tile/…`, in a folder of each ledger.

Checkpoints lie here and not in the database of the books on purpose: a backup of that database brought back
must not bring back an older idea of what was signed. `checkpoints.log` is only ever appended to: every note
as it was signed, before anybody sees it, and again with its witnesses once it is shown. `checkpoint` is the
one readers get. Everything is written by one publisher at a time; the append is safe even if there are two.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from ledger.durable import make_folder, sync_folder
from ledger.errors import LedgerError
from ledger.transparency.merkle import HASH_BYTES
from ledger.transparency.note import Note, parsed
from ledger.transparency.tiles import WIDTH, Tile, TileInvalid, bundle, entries_of

Step = Callable[[str], None]
ANCHORS = "anchors"
TAIL_BYTES = 64 * 1024  # more than the largest note we write
_END = b"\n\n"  # between a note's text and its signatures, and after them


class PublishingStopped(LedgerError):
    """Nothing more is signed until somebody has looked: the words say which record or file is wrong."""

    code = "publisher.stopped"


class Stop(msgspec.Struct, frozen=True):
    """Why nothing is signed any more, for pages and health."""

    code: str
    details: dict[str, str | int]


def nothing(_: str) -> None:
    """What happens between two steps, outside the spec that ends the process there."""


class LogFolder:
    """The log of one ledger. `step` is told of every change before it is made."""

    def __init__(self, folder: Path, step: Step = nothing) -> None:
        self.folder = folder
        self._step = step

    # -- reading, for anybody ------------------------------------------------------------------------------

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint that has all the signatures it needs."""
        return self._text("checkpoint")

    def shown_since(self) -> float | None:
        """When the newest checkpoint was put there, by the clock of this machine (POSIX seconds)."""
        try:
            return (self.folder / "checkpoint").stat().st_mtime
        except (FileNotFoundError, NotADirectoryError):
            return None

    def stamp(self) -> tuple[tuple[int, int] | None, ...]:
        """Other than before whenever what readers are told of the log is."""
        return tuple(map(self._stamp, ("checkpoint", "policy", "stopped.json")))

    def policy(self) -> bytes | None:
        """Which keys sign the log, and which witnesses are enough (tlog-policy)."""
        return self._text("policy")

    def vkey(self) -> bytes | None:
        """The key in use: for comparison only, trust in it comes from elsewhere."""
        return self._text("vkey")

    def stopped(self) -> Stop | None:
        """Why nothing is signed any more, if so."""
        raw = self._text("stopped.json")
        return msgspec.json.decode(raw, type=Stop) if raw else None

    def newest(self) -> Note | None:
        """The note signed last, whether or not witnesses have seen it."""
        raw = self._tail()[1]
        return parsed(raw) if raw else None

    def notes(self) -> Iterator[Note]:
        """Every note ever signed, in order; of one size first without its witnesses, then with them."""
        pieces = (self._text("checkpoints.log") or b"").split(_END)
        for text, signatures in zip(pieces[0:-1:2], pieces[1:-1:2], strict=False):
            yield parsed(text + _END + signatures + b"\n")

    def anchors(self) -> Iterator[tuple[str, bytes]]:
        """Every time stamp of a checkpoint that was kept, by its name in the folder."""
        for path in sorted((self.folder / ANCHORS).glob("[0-9]*.tsr")):
            yield f"{ANCHORS}/{path.name}", path.read_bytes()

    def read(self, tile: Tile) -> bytes:
        """The bytes of a tile; of one not full any more those of the full one. Errors: `TileInvalid`."""
        raw = self._text(tile.path)
        if raw is None and tile.width < WIDTH:
            full = self._text(Tile(tile.level, tile.index).path)
            if full is not None and tile.level is None:
                return bundle(entries_of(full, WIDTH)[: tile.width])
            raw = full and full[: tile.width * HASH_BYTES]
        if raw is None:
            raise TileInvalid(reason="missing", path=tile.path)
        return raw

    def has(self, tile: Tile) -> bool:
        """Whether a tile is here under its own name."""
        return (self.folder / tile.path).exists()

    def _stamp(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self.folder / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_mtime_ns, found.st_ino

    def _text(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _tail(self) -> tuple[int, bytes]:
        """Where the last whole note ends, and that note; what follows was cut short and shown to nobody."""
        try:
            with (self.folder / "checkpoints.log").open("rb") as file:
                begin = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
                file.seek(begin)
                *whole, rest = file.read().split(_END)
                end = file.tell() - len(rest)
        except FileNotFoundError:
            return 0, b""
        if whole and not whole[-1].startswith("— ".encode()):  # a text whose signatures were cut off
            end -= len(whole.pop()) + len(_END)
        return end, _END.join(whole[-2:]) + b"\n" if whole else b""

    # -- writing, for the publisher ------------------------------------------------------------------------

    def put(self, tile: Tile, content: bytes) -> None:
        """Write a tile, once. Errors: `PublishingStopped` if it is there with other bytes."""
        path = self.folder / tile.path
        if path.exists():
            if path.read_bytes() != content:
                raise PublishingStopped("publisher.tile-differs", path=tile.path)
        else:
            self._step(f"write {tile.path}")
            unfinished = self._unfinished(path, content)
            self._step(f"name {tile.path}")
            try:
                os.link(unfinished, path)  # unlike a rename, never takes the place of another
            except FileNotFoundError:  # somebody else has just finished the same tile
                if not path.exists() or path.read_bytes() != content:
                    raise
        self._step(f"settle {tile.path}")
        _unfinished(path).unlink(missing_ok=True)
        sync_folder(path.parent)

    def append(self, note: Note, after: Note | None) -> None:
        """Keep a note that was signed, if the last one kept is still the one it was made after.

        Errors: `PublishingStopped` if somebody else signed meanwhile.
        """
        make_folder(self.folder)
        self._step("keep what was signed")
        handle = os.open(self.folder / "checkpoints.log", os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end, last = self._tail()
            if last != (str(after).encode() if after else b""):
                raise PublishingStopped("publisher.signed-by-another")
            file.truncate(end)
            file.seek(end)
            file.write(str(note).encode() + b"\n")
            file.flush()
            self._step("flush what was signed")
            os.fsync(file.fileno())
        sync_folder(self.folder)

    def keep_anchor(self, name: str, answer: bytes) -> None:
        """Keep a time stamp of a checkpoint beside those that are here."""
        self._replace(f"{ANCHORS}/{name}", answer)

    def show(self, note: Note) -> None:
        """Let readers see a checkpoint."""
        self._replace("checkpoint", str(note).encode())

    def describe(self, policy: bytes, vkey: bytes) -> None:
        """Say which keys and witnesses count."""
        for name, content in (("policy", policy), ("vkey", vkey)):
            if self._text(name) != content:
                self._replace(name, content)

    def stop(self, why: Stop | None) -> None:
        """Say why nothing is signed any more, or that all is well again."""
        if why is not None:
            self._replace("stopped.json", msgspec.json.encode(why))
        elif (self.folder / "stopped.json").exists():
            (self.folder / "stopped.json").unlink()

    def drop_partials(self, tile: Tile) -> None:
        """Take away what came before a tile that is full now."""
        partials = (self.folder / tile.path).with_name((self.folder / tile.path).name + ".p")
        if partials.exists():
            self._step(f"drop {tile.path}.p")
            shutil.rmtree(partials)

    def _replace(self, name: str, content: bytes) -> None:
        self._step(f"write {name}")
        unfinished = self._unfinished(self.folder / name, content)
        self._step(f"show {name}")
        os.replace(unfinished, self.folder / name)
        sync_folder((self.folder / name).parent)

    def _unfinished(self, path: Path, content: bytes) -> Path:
        """All of a file, on disk, under a name nobody asks for."""
        make_folder(path.parent)
        unfinished = _unfinished(path)
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return unfinished


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}.unfinished")
