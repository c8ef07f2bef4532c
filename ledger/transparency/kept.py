"""A checkpoint somebody kept, typed from a paper or pasted whole, against the log as it is today.

Who types from a photograph puts in spaces, full-width digits and thousands commas: none of them matter. What
the checkpoint says is then held to the letter.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple

from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.merkle import ProofInvalid, check_consistency, consistency_proof
from ledger.transparency.note import Note, NoteInvalid, VerifierKey, parsed
from ledger.transparency.tiles import TileInvalid, hashes_from

TEXT_MAX = 8000
_LINES = 3
_SIGNATURE = "—"
_BETWEEN_DIGITS = re.compile(r"[\s,]")

Verdict = Literal["extended", "rewritten", "shrunk", "other-log", "signed-wrongly", "unreadable"]


class Kept(NamedTuple):
    """`note`: with its signatures, if they were given too."""

    checkpoint: Checkpoint
    note: Note | None = None


class Compared(NamedTuple):
    """What became of a kept checkpoint; `is_signed`: by a key the ledger named; `size`: of the log now."""

    kept: Checkpoint
    verdict: Verdict
    is_signed: bool
    size: int

    @property
    def is_alarm(self) -> bool:
        """Whether the log is no longer what it was."""
        return self.verdict in ("rewritten", "shrunk")


def kept_of(text: str) -> Kept:
    """The checkpoint of its three lines, or of a whole note. Errors: `NoteInvalid`."""
    if len(text) > TEXT_MAX:
        raise NoteInvalid(reason="too-long")
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).splitlines() if line.strip()]
    if len(lines) < _LINES:
        raise NoteInvalid(reason="checkpoint")
    origin, size, *rest = lines
    at = next((at for at, line in enumerate(rest) if line.startswith(_SIGNATURE)), len(rest))
    root, signatures = "".join("".join(rest[:at]).split()), rest[at:]  # on paper it may take two lines
    plain = f"{origin}\n{_BETWEEN_DIGITS.sub('', size)}\n{root}\n"
    checkpoint = checkpoint_of(plain)
    if not signatures:
        return Kept(checkpoint)
    return Kept(checkpoint, parsed("\n".join([plain, *signatures, ""]).encode()))


def compared(files: LogFolder, kept: Kept, keys: Iterable[VerifierKey]) -> Compared | None:
    """Whether the log begins with what was kept; none where nothing was ever signed.

    `keys`: all that ever signed it. Errors: `NoteInvalid` if the log's own last note is not one.
    """
    newest = files.newest()
    if newest is None:
        return None
    now, then = checkpoint_of(newest.text), kept.checkpoint
    verdict: Verdict
    try:
        is_signed = bool(kept.note and kept.note.signed_by(keys))
    except NoteInvalid:
        return Compared(then, "signed-wrongly", False, now.size)
    if then.origin != now.origin:
        verdict = "other-log"
    elif then.size > now.size:
        verdict = "shrunk"
    else:
        verdict = _grown(files, then, now)
    return Compared(then, verdict, is_signed, now.size)


def _grown(files: LogFolder, then: Checkpoint, now: Checkpoint) -> Verdict:
    try:
        proof = consistency_proof(then.size, now.size, hashes_from(files.read, now.size))
        check_consistency(then.size, now.size, proof, then.root, now.root)
    except ProofInvalid:
        return "rewritten"
    except TileInvalid:
        return "unreadable"
    return "extended"
