"""A witness elsewhere, asked over HTTP (C2SP tlog-witness v1.0.0). Nothing it says is believed unchecked."""

import hashlib
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.cosigning import (
    ANSWER_SECONDS_MAX,
    WitnessClient,
    WitnessElsewhere,
    WitnessRefused,
    WitnessUnreachable,
)
from ledger.transparency.note import Note, NoteInvalid, Signature, VerifierKey, encoded, parsed
from ledger.transparency.policy import Policy, PolicyInvalid
from ledger.transparency.witness import SIZE

ANSWER_BYTES_MAX = 64 * 1024
_SIZE = re.compile(b"(0|[1-9][0-9]{0,15})\n")
_REFUSALS = frozenset({400, 403, 404, 422})
_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}


class _Answered(NamedTuple):
    status: int
    type: str
    body: bytes


class HttpWitness:
    """The witness found at an address, with the key it is trusted by."""

    def __init__(self, key: VerifierKey, url: str) -> None:
        try:
            place = urlsplit(url)
            if place.scheme not in _CONNECTIONS or not place.hostname or place.query or place.fragment:
                raise ValueError(url)
            self.key = key
            self._connection, self._host, self._port = _CONNECTIONS[place.scheme], place.hostname, place.port
            self._path = place.path.rstrip("/")
        except ValueError:
            raise PolicyInvalid(line=0, reason=f"url of {key.name}") from None

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        """Its cosignature, checked. Errors: `WitnessElsewhere`, `WitnessRefused`, `WitnessUnreachable`."""
        lines = [f"old {old}", *map(encoded, proof), "", str(note)]
        answer = self._ask("POST", "/add-checkpoint", "\n".join(lines).encode())
        if answer.status == 409:
            size = _SIZE.fullmatch(answer.body)
            if answer.type != SIZE or size is None:
                raise WitnessUnreachable(reason="no size in its answer")
            if int(size[1]) == old:  # as an older version says that it saw another root
                raise WitnessRefused(reason="409")
            raise WitnessElsewhere(int(size[1]))
        if answer.status in _REFUSALS:
            raise WitnessRefused(reason=str(answer.status))
        if answer.status != 200:
            raise WitnessUnreachable(reason=str(answer.status))
        return self._cosignature(Note(note.text, ()), answer.body)

    def latest(self, origin: str) -> Note | None:
        """The newest checkpoint it signed of a log; none if it saw none. Errors: `WitnessUnreachable`."""
        name = hashlib.sha256(origin.encode()).hexdigest()
        answer = self._ask("GET", f"/{name}/checkpoint")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise WitnessUnreachable(reason=str(answer.status))
        try:
            note = parsed(answer.body)
            note.must_be_signed_by(self.key)
            found = checkpoint_of(note.text).origin
        except NoteInvalid as invalid:
            raise WitnessUnreachable(reason=f"note: {invalid.details['reason']}") from None
        if found != origin:
            raise WitnessUnreachable(reason="another log")
        return note

    def _cosignature(self, asked: Note, body: bytes) -> Signature:
        try:
            answered = parsed(str(asked).encode() + body)
            if answered.text != asked.text or not answered.signed_by([self.key])[self.key]:
                raise KeyError
        except (NoteInvalid, KeyError):
            raise WitnessUnreachable(reason="no cosignature in its answer") from None
        named = self.key.name, self.key.id
        return next(one for one in answered.signatures if (one.name, one.key_id) == named)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> _Answered:
        connection = self._connection(self._host, self._port, timeout=ANSWER_SECONDS_MAX)
        headers = {"Content-Type": "text/plain; charset=utf-8"} if body else {}
        try:
            connection.connect()
            with _ended_in_time(connection.sock):
                connection.request(method, self._path + path, body, headers)
                answer = connection.getresponse()
                read = answer.read(ANSWER_BYTES_MAX + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise WitnessUnreachable(reason=f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if len(read) > ANSWER_BYTES_MAX or answer.length:
            raise WitnessUnreachable(reason="answer too long, or cut short")
        return _Answered(answer.status, answer.headers.get_content_type(), read)


@contextmanager
def _ended_in_time(opened: socket.socket) -> Iterator[None]:
    """A socket's timeout is for each piece: who sends one byte a second would never be done."""

    def end() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = Timer(ANSWER_SECONDS_MAX, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def clients_of(policy: Policy) -> dict[str, WitnessClient]:
    """How to ask the witnesses of a policy that say where they are. Errors: `PolicyInvalid`."""
    return {
        name: HttpWitness(party.key, party.url)
        for name, party in policy.witnesses.items()
        if party.url is not None
    }
