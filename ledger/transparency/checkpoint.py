"""Checkpoints (C2SP tlog-checkpoint v1.0.0): what a log was when it was signed, in three lines."""

import re
from typing import NamedTuple

from ledger.transparency.merkle import EMPTY_ROOT, HASH_BYTES, SIZE_MAX
from ledger.transparency.note import NoteInvalid, decoded, encoded

_SIZE = re.compile("0|[1-9][0-9]{0,15}")
_LINES = 3


class Checkpoint(NamedTuple):
    """Which log, how many entries, the root over them.

    `extensions`: further lines, which nothing audits: ours never have any.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of the note."""
        return "\n".join([self.origin, str(self.size), encoded(self.root), *self.extensions]) + "\n"


def checkpoint_of(text: str) -> Checkpoint:
    """The checkpoint a note's text is. Errors: `NoteInvalid`."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < _LINES or not all(lines):
        raise NoteInvalid(reason="checkpoint")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > SIZE_MAX:
        raise NoteInvalid(reason="checkpoint-size")
    hashed = decoded(root, "checkpoint-root")
    if len(hashed) != HASH_BYTES or (size == "0" and hashed != EMPTY_ROOT):
        raise NoteInvalid(reason="checkpoint-root")
    return Checkpoint(origin, int(size), hashed, tuple(extensions))
