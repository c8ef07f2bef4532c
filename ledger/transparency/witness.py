"""A witness (C2SP tlog-witness v1.0.0): signs that a log only grew, and never two histories of one log.

All it knows of a log is the checkpoint it signed last. Whether a new one extends that, and that the new one
takes its place, is one step nobody comes between, on disk before the signature is given away.
"""

import hashlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Protocol

from ledger.errors import LedgerError
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.merkle import EMPTY_ROOT, HASH_BYTES, ProofInvalid, check_consistency
from ledger.transparency.note import (
    ED25519,
    Note,
    NoteInvalid,
    Signature,
    Signer,
    VerifierKey,
    decoded,
    parsed,
)
from ledger.transparency.policy import Policy, PolicyInvalid
from ledger.transparency.proof import HASHES_MAX

LOG = logging.getLogger("mingzhang.witness")
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
REQUEST_BYTES_MAX = 64 * 1024  # 63 hashes, and a note with more signatures than any log has
CLOCK_BACK_SECONDS_MAX = 60  # put back by more than that, it signs nothing before that time comes again
_OLD = re.compile("old (0|[1-9][0-9]{0,15})")

Logs = Mapping[str, tuple[VerifierKey, ...]]


class Answer(NamedTuple):
    """What a witness answers: an HTTP status, a body, and what that is."""

    status: int
    body: str
    type: str = TEXT


class Request(NamedTuple):
    """What is asked for: a checkpoint its log signed, proven from the size the witness should have seen."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


class Seen(NamedTuple):
    """What a witness signed last of a log, and when; nothing yet is the empty log."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    time: int = 0
    note: str = ""


class Memory(Protocol):
    """What a witness saw last of every log, which survives it."""

    def seen(self, origin: str) -> Seen | None:
        """What it signed last of a log; none if it signed nothing."""

    def change(self, origin: str, decide: Callable[[Seen], Seen]) -> Seen:
        """Put what `decide` makes of it in its place, on disk when this returns, with nobody between.

        What `decide` raises goes through, and nothing has changed then.
        """

    def accuse(self, size: int, first: str, second: str) -> None:
        """Keep two notes of one log and one size that no log may both sign."""


class _Refusal(Exception):
    def __init__(self, status: int, reason: str, type: str = TEXT) -> None:  # noqa: A002
        self.answer = Answer(status, f"{reason}\n", type)
        super().__init__(reason)


class Witness:
    """One key, the logs it watches, and what it saw of them."""

    def __init__(
        self, key: Signer, logs: Logs, memory: Memory, clock: Callable[[], float] = time.time
    ) -> None:
        self.key, self._logs, self._memory, self._clock = key, logs, memory, clock
        self._origins = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in logs}

    def add_checkpoint(self, raw: bytes) -> Answer:
        """200 and a cosignature; else 400, 403, 404, 409 with the size seen last, 422; 503 to try again."""
        try:
            request = request_of(raw)
            signatures = self._signatures(request)
            if request.old > request.checkpoint.size:
                raise _Refusal(400, "old size beyond the checkpoint")
            decide = partial(self._extended, request, signatures)
            seen = self._memory.change(request.checkpoint.origin, decide)
        except _Refusal as refusal:
            return refusal.answer
        except NoteInvalid as invalid:
            return Answer(400, f"{invalid.details['reason']}\n")
        except LedgerError as error:
            return _held_up(error)
        return Answer(200, parsed(seen.note.encode()).signatures[-1].line)

    def latest(self, origin_hash: str) -> Answer:
        """The newest checkpoint signed of the log whose name has this SHA-256, or 404."""
        origin = self._origins.get(origin_hash)
        try:
            seen = self._memory.seen(origin) if origin is not None else None
        except LedgerError as error:
            return _held_up(error)
        return Answer(404, "no checkpoint\n") if seen is None else Answer(200, seen.note)

    def _signatures(self, request: Request) -> tuple[Signature, ...]:
        """The good signatures of the log itself: those of others stand for nothing here."""
        keys = self._logs.get(request.checkpoint.origin)
        if keys is None:
            raise _Refusal(404, "unknown log")
        try:
            good = request.note.signed_by(keys)
        except NoteInvalid:
            good = {}
        if not good:
            raise _Refusal(403, "not signed by the log")
        first = {(one.name, one.key_id): one for one in reversed(request.note.signatures)}
        return tuple(first[key.name, key.id] for key in good)

    def _extended(self, request: Request, signatures: tuple[Signature, ...], seen: Seen) -> Seen:
        """What is seen last from now on, if it extends what was."""
        size, root = request.checkpoint.size, request.checkpoint.root
        if size == seen.size and root != seen.root:
            LOG.error("the log %s has signed two histories of %s records", request.checkpoint.origin, size)
            self._memory.accuse(size, seen.note, str(Note(request.note.text, signatures)))
        if request.old != seen.size:
            raise _Refusal(409, str(seen.size), SIZE)
        try:
            check_consistency(seen.size, size, request.proof, seen.root, root)
        except ProofInvalid as invalid:
            raise _Refusal(422, f"proof: {invalid.details['reason']}") from None
        now = self._now(seen.time)
        cosignature = self.key.sign(request.note.text, now)
        return Seen(size, root, now, str(Note(request.note.text, (*signatures, cosignature))))

    def _now(self, last: int) -> int:
        """POSIX seconds, never before the last signature: that one spoke of all there was by then."""
        now = int(self._clock())
        if now < max(1, last - CLOCK_BACK_SECONDS_MAX):
            LOG.error("the clock says %s, the last signature %s: nothing is signed before that", now, last)
            raise _Refusal(503, "clock")
        return max(now, last)


def _held_up(error: LedgerError) -> Answer:
    LOG.error("nothing is signed: %s", error)
    return Answer(503, "try again\n")


def request_of(raw: bytes) -> Request:
    """The request of a body. Errors: `NoteInvalid`."""
    if len(raw) > REQUEST_BYTES_MAX:
        raise NoteInvalid(reason="too-long")
    head, blank, checkpoint = raw.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise NoteInvalid(reason="utf-8") from None
    old = _OLD.fullmatch(first)
    if old is None or not blank or len(lines) > HASHES_MAX:
        raise NoteInvalid(reason="form")
    proof = tuple(decoded(line, "hash") for line in lines)
    if any(len(one) != HASH_BYTES for one in proof):
        raise NoteInvalid(reason="hash-length")
    note = parsed(checkpoint)
    return Request(int(old[1]), proof, note, checkpoint_of(note.text))


def logs_of(policy: Policy) -> Logs:
    """The logs of a policy's `log` lines by their names; two keys of one name while a key is rotated.

    Errors: `PolicyInvalid` for a key whose signatures cannot be checked here.
    """
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for party in policy.logs:
        if party.key.type != ED25519:
            raise PolicyInvalid(line=0, reason=f"type of {party.key.name}")
        logs[party.key.name] = (*logs.get(party.key.name, ()), party.key)
    return logs
