"""Logs that grow, fork and lie, and witnesses that watch them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.cosigning import WitnessElsewhere, WitnessRefused
from ledger.transparency.merkle import EMPTY_ROOT, consistency_proof, root_of
from ledger.transparency.note import COSIGNATURE, Note, Signature, SigningKey, encoded, parsed, signed
from ledger.transparency.policy import Policy, policy_of
from ledger.transparency.witness import Answer, Seen, Witness
from ledger.transparency.witness_memory import create_witness, open_witness
from tests.ledger.transparency.test_merkle import hashes_of

ORIGIN = "ledger.example.cn/t/wutongli"
LOG_KEY = SigningKey(ORIGIN, b"a log key for tests" + bytes(13))
STRANGER = SigningKey(ORIGIN, b"not a key of the log" + bytes(12))
A_FRIDAY = 1_795_139_178  # 2026-11-20


class Clock:
    """Says what it is told."""

    def __init__(self, now: float = A_FRIDAY) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Log:
    """One history of a log; `branch` begins another with the same first records."""

    def __init__(self, records: int = 0, words: str = "honest", key: SigningKey = LOG_KEY) -> None:
        self.key = key
        self.entries = [f'{{"{words}":{number}}}'.encode() for number in range(records)]

    def branch(self, at: int, records: int, words: str = "another") -> "Log":
        other = Log(records, words, self.key)
        other.entries[:at] = self.entries[:at]
        return other

    def checkpoint(self, size: int) -> Checkpoint:
        leaves = [leaf_hash(entry) for entry in self.entries[:size]]
        return Checkpoint(self.key.vkey.name, size, root_of(leaves) if size else EMPTY_ROOT)

    def note(self, size: int) -> Note:
        return signed(self.checkpoint(size).text, [self.key])

    def proof(self, old: int, size: int) -> list[bytes]:
        leaves = [leaf_hash(entry) for entry in self.entries[:size]]
        return consistency_proof(old, size, hashes_of(leaves))

    def request(self, old: int, size: int) -> bytes:
        return body(old, self.proof(old, size), self.note(size))


def body(old: object, proof: Sequence[bytes], note: Note | str) -> bytes:
    return "\n".join([f"old {old}", *map(encoded, proof), "", str(note)]).encode()


def a_witness(
    folder: Path, name: str = "w1.example.cn", clock: Clock | None = None, *logs: SigningKey
) -> Witness:
    """A witness with its key and its memory in a folder; the key is made at its first use."""
    key = folder / "witness.key"
    if not key.exists():
        create_witness(key, name)
    watched: dict[str, tuple] = {}
    for log in logs or (LOG_KEY,):
        watched[log.vkey.name] = (*watched.get(log.vkey.name, ()), log.vkey)
    witness = open_witness(key, watched)
    witness._clock = clock or Clock()
    return witness


def cosigned_at(witness: Witness, note: Note, answer: Answer) -> int | None:
    """When the witness says it saw this note, in an answer that must be a cosignature and nothing else."""
    assert (answer.status, answer.type) == (200, "text/plain; charset=utf-8"), answer
    with_it = parsed((str(note) + answer.body).encode())
    assert len(with_it.signatures) == len(note.signatures) + 1
    return with_it.signed_by([witness.key.vkey])[witness.key.vkey]


class InMind:
    """A memory that dies with the witness: where the spec is about something else."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self.forks: list[tuple[int, str, str]] = []

    def seen(self, origin: str) -> Seen | None:
        return self._seen.get(origin)

    def change(self, origin: str, decide: Callable[[Seen], Seen]) -> Seen:
        self._seen[origin] = decide(self._seen.get(origin, Seen()))
        return self._seen[origin]

    def accuse(self, size: int, first: str, second: str) -> None:
        self.forks.append((size, first, second))


def a_passing_witness(name: str = "w1.example.cn") -> Witness:
    """One that lasts as long as a spec."""
    key = SigningKey(name, name.encode().ljust(32, b"."), COSIGNATURE)
    return Witness(key, {ORIGIN: (LOG_KEY.vkey,)}, InMind(), Clock())


class Next:
    """A witness next door: what a publisher asks through HTTP, without the HTTP."""

    def __init__(self, witness: Witness) -> None:
        self.witness, self.key = witness, witness.key.vkey

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        answer = self.witness.add_checkpoint(body(old, proof, note))
        if answer.status == 409:
            raise WitnessElsewhere(int(answer.body))
        if answer.status != 200:
            raise WitnessRefused(reason=str(answer.status))
        return parsed((str(note) + answer.body).encode()).signatures[-1]

    def latest(self, origin: str) -> Note | None:
        seen = self.witness._memory.seen(origin)
        return parsed(seen.note.encode()) if seen else None


class Colluding:
    """A witness that signs whatever it is given."""

    def __init__(self, name: str) -> None:
        self.signer = SigningKey(name, name.encode().ljust(32, b"."), COSIGNATURE)
        self.key = self.signer.vkey

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        return self.signer.sign(note.text, A_FRIDAY)

    def latest(self, origin: str) -> Note | None:
        return None


def k_of(needed: int, witnesses: Sequence[Next | Colluding]) -> Policy:
    """The policy of a reader who wants so many of these."""
    lines = [f"log {LOG_KEY.vkey}", *(f"witness w{at} {one.key}" for at, one in enumerate(witnesses))]
    members = " ".join(f"w{at}" for at in range(len(witnesses)))
    return policy_of("\n".join([*lines, f"group enough {needed} {members}", "quorum enough\n"]).encode())


def is_accepted(note: Note, policy: Policy) -> bool:
    """Whether a reader with this policy takes a note for the log's."""
    checkpoint_of(note.text)
    note.must_be_signed_by(LOG_KEY.vkey)
    return policy.is_met_by(note.signed_by(policy.witness_keys))
