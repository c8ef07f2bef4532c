"""Asking a witness: what a publisher needs of one, whatever carries the question (C2SP tlog-witness)."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from ledger.errors import LedgerError
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.note import Note, NoteInvalid, Signature, VerifierKey
from ledger.transparency.policy import Policy

LOG = logging.getLogger("mingzhang.publisher")
ANSWER_SECONDS_MAX = 5.0
Prove = Callable[[int], list[bytes]]
T = TypeVar("T")


class WitnessUnreachable(LedgerError):
    """No answer in time, or none that is one; `reason` says more."""

    code = "witness.unreachable"


class WitnessRefused(LedgerError):
    """It will not sign this checkpoint: unknown log or key (403, 404), a bad proof, another root (422)."""

    code = "witness.refused"


class WitnessElsewhere(LedgerError):
    """It last signed another size than the proof begins at (409); `size` is that one."""

    code = "witness.elsewhere"

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(size=size)


class WitnessClient(Protocol):
    """One witness, as a log sees it. Answers within `ANSWER_SECONDS_MAX` or raises `WitnessUnreachable`."""

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        """The witness's cosignature of a checkpoint that extends the size it saw last.

        Errors: `WitnessElsewhere`, `WitnessRefused`, `WitnessUnreachable`.
        """

    def latest(self, origin: str) -> Note | None:
        """The newest checkpoint it cosigned of a log; none if none. Errors: `WitnessUnreachable`."""


class Witnesses:
    """The witnesses of a policy that can be asked, all at once; who is silent is left alone for a round.

    `clients`: how each is asked, by its name in the policy.
    """

    def __init__(self, policy: Policy, clients: Mapping[str, WitnessClient]) -> None:
        self.policy = policy
        self._clients = {name: clients[name] for name in policy.witnesses if name in clients}
        self._silent: set[str] = set()
        self._seen: dict[tuple[str, str], int] = {}  # the size each signed last, of which origin

    def listen_again(self) -> None:
        """Ask those again that did not answer."""
        self._silent.clear()

    def latest(self, origin: str, ours: Sequence[VerifierKey]) -> Iterator[tuple[str, Checkpoint]]:
        """What witnesses saw last of a log; what we have not signed is no word of ours."""
        for name, note in self._answers(lambda name: self._clients[name].latest(origin)):
            try:
                if note is not None and note.signed_by(ours):
                    checkpoint = checkpoint_of(note.text)
                    self._seen[name, origin] = checkpoint.size
                    yield name, checkpoint
            except NoteInvalid as invalid:
                LOG.warning("witness %s: %s", name, invalid)

    def cosign(self, note: Note, prove: Prove) -> dict[str, Signature]:
        """The cosignatures of all that give one, by name. `prove`: from an older size to this one."""
        checkpoint = checkpoint_of(note.text)
        found = dict(self._answers(lambda name: self._ask(name, note, checkpoint, prove)))
        self._seen |= {(name, checkpoint.origin): checkpoint.size for name in found}
        return found

    def _answers(self, ask: Callable[[str], T]) -> Iterator[tuple[str, T]]:
        """The answers of all that give one in time, in the order of the policy."""
        names = [name for name in self._clients if name not in self._silent]
        if not names:
            return
        asking = ThreadPoolExecutor(len(names), "witness")
        asked = {name: asking.submit(ask, name) for name in names}
        wait(asked.values(), ANSWER_SECONDS_MAX)
        asking.shutdown(wait=False, cancel_futures=True)
        for name, answer in asked.items():
            try:
                yield name, answer.result(0)
            except (WitnessUnreachable, TimeoutError) as error:
                self._silent.add(name)
                LOG.warning("witness %s does not answer: %s", name, error)
            except LedgerError as error:
                LOG.warning("witness %s does not sign: %s", name, error)

    def _ask(self, name: str, note: Note, checkpoint: Checkpoint, prove: Prove) -> Signature:
        client, key = self._clients[name], self.policy.witnesses[name].key
        old = self._seen.get((name, checkpoint.origin), 0)
        try:
            signature = client.add_checkpoint(old, prove(old), note)
        except WitnessElsewhere as elsewhere:  # once more, from where it is; a larger size no proof begins at
            if not 0 <= elsewhere.size <= checkpoint.size:
                raise
            signature = client.add_checkpoint(elsewhere.size, prove(elsewhere.size), note)
        if (signature.name, signature.key_id) != (key.name, key.id):
            raise WitnessRefused(reason="other-key")
        key.check(note.text, signature.signature)
        return signature
