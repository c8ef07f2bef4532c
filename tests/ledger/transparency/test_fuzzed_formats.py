"""Ten thousand spoilt notes, proofs, tiles, policies and requests each: refused clearly, or what they were.

What is spoilt was right before: random bytes would not get past the first check. Each is spoilt in one to
three ways, drawn from a number hypothesis gives; whatever is taken must be what somebody signed.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.merkle import ProofInvalid, inclusion_proof, root_of
from ledger.transparency.note import COSIGNATURE, NoteInvalid, SigningKey, parsed, signed
from ledger.transparency.policy import PolicyInvalid, policy_of
from ledger.transparency.proof import Proof, check, proof_of
from ledger.transparency.tiles import Tile, TileInvalid, bundle, entries_of, hashes_of, tile_of
from ledger.transparency.witness import SIZE, TEXT, Witness
from tests.ledger.transparency.test_merkle import hashes_of as subtrees_of
from tests.ledger.transparency.watched import (
    A_FRIDAY,
    LOG_KEY,
    ORIGIN,
    STRANGER,
    Log,
    a_passing_witness,
    body,
)

EXAMPLES, AT_ONCE = 1_000, 10  # hypothesis takes longer to draw a number than we to judge what comes of it
many = settings(max_examples=EXAMPLES, deadline=None)
seeds = st.integers(0, 2**64 - 1)

HISTORY = Log(40)
COSIGNERS = [SigningKey(f"w{at}.example.cn", bytes([at]) * 32, COSIGNATURE) for at in range(3)]
NAMED = "".join(f"witness w{at} {key.vkey}\n" for at, key in enumerate(COSIGNERS))
POLICY = f"log {LOG_KEY.vkey} https://{ORIGIN}\n{NAMED}group enough 2 w0 w1 w2\nquorum enough\n".encode()
POLICIES_OF_OTHERS = (
    f"# a street\nlog {STRANGER.vkey}\n{NAMED}group street any w0 w1\ngroup all-of-them all street w2\n"
    "quorum all-of-them\n"
).encode()
TWO_OF_THREE = policy_of(POLICY)
TEXTS = [HISTORY.checkpoint(size).text for size in range(41)]
NOTES = [str(signed(TEXTS[size], [LOG_KEY, *COSIGNERS], A_FRIDAY)).encode() for size in (7, 30, 31)]
LEAVES = [leaf_hash(entry) for entry in HISTORY.entries[:31]]
PROOFS = [
    str(Proof(at, tuple(inclusion_proof(at, 31, subtrees_of(LEAVES))), NOTES[2].decode())).encode()
    for at in (0, 3, 30)
]
WORDS = [
    b"\n",
    b"\n\n",
    b" ",
    b"+",
    b"0",
    b"-1",
    b"\x00",
    b"\xff",
    b"=",
    b"\r\n",
    "— ".encode(),
    b"9" * 20,
    b".p/",
]


# -- spoiling ----------------------------------------------------------------------------------------


def _flip(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1 << luck.randrange(8)]) + raw[at + 1 :] if at < len(raw) else raw


def _cut(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at]


def _drop(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at] + raw[at + luck.randrange(1, 70) :]


def _insert(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at] + luck.choice(WORDS) + raw[at:]


def _repeat(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at] + raw[max(0, at - luck.randrange(1, 100)) :]


def _exchange_lines(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    lines = raw.split(b"\n")
    one, other = luck.randrange(len(lines)), luck.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _line_of_another(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    lines, other = raw.split(b"\n"), luck.choice(others).split(b"\n")
    lines[luck.randrange(len(lines))] = luck.choice(other)
    return b"\n".join(lines)


def _graft(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    return raw[:at] + luck.choice(others)[at:]


def _digit(raw: bytes, at: int, luck: random.Random, others: Sequence[bytes]) -> bytes:
    digits = [place for place, one in enumerate(raw) if one in b"0123456789"]
    place = luck.choice(digits or [0])
    return raw[:place] + b"%d" % luck.choice([0, 1, 7, 29, 63, 255, 256, 2**53, 2**64]) + raw[place + 1 :]


SPOIL: list[Callable[[bytes, int, random.Random, Sequence[bytes]], bytes]] = [
    _flip,
    _flip,
    _cut,
    _drop,
    _insert,
    _repeat,
    _exchange_lines,
    _line_of_another,
    _graft,
    _digit,
]


def spoilt(good: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Ten of what was right, and is not any more, or is by chance again."""
    luck = random.Random(seed)
    for _ in range(AT_ONCE):
        raw = luck.choice(good)
        for _ in range(luck.choice([1, 1, 1, 2, 3])):
            raw = luck.choice(SPOIL)(raw, luck.randrange(len(raw) + 1), luck, good)
        yield raw


# -- what comes of it --------------------------------------------------------------------------------


def _judge_note(raw: bytes) -> None:
    try:
        note = parsed(raw)
        assert str(note).encode() == raw
        checkpoint = checkpoint_of(note.text)
        assert checkpoint.text == note.text
        signers = note.signed_by([LOG_KEY.vkey, *TWO_OF_THREE.witness_keys])
    except NoteInvalid:
        return
    assert not signers or note.text in TEXTS
    assert all(time in (None, A_FRIDAY) for time in signers.values())


@many
@given(seeds)
def test_a_spoilt_note_is_refused_or_says_only_what_its_signers_signed(seed):
    for raw in spoilt(NOTES, seed):
        _judge_note(raw)


def _judge_proof(raw: bytes) -> None:
    try:
        proof = proof_of(raw)
        assert str(proof).encode() == raw
        entry = HISTORY.entries[proof.index] if proof.index < 40 else b"none"
        proven = check(proof, entry, ORIGIN, LOG_KEY.vkey, TWO_OF_THREE)
    except (ProofInvalid, NoteInvalid):
        return
    assert proven.checkpoint.text in TEXTS
    assert proof.index < proven.checkpoint.size
    leaves = LEAVES[: proven.checkpoint.size]
    assert list(proof.hashes) == inclusion_proof(proof.index, len(leaves), subtrees_of(leaves))
    assert len(proven.witnessed) >= 2


@many
@given(seeds)
def test_a_spoilt_proof_is_refused_or_proves_only_what_is_so(seed):
    for raw in spoilt(PROOFS, seed):
        _judge_proof(raw)


TILES = [b"".join(LEAVES), b"".join(LEAVES[:7])]
BUNDLES = [bundle(HISTORY.entries[:31]), bundle(HISTORY.entries[:7])]
PATHS = [
    Tile(level, index, width).path.encode()
    for level in (None, 0, 1, 7)
    for index in (0, 7, 1_234_067)
    for width in (1, 112, 256)
]
ROOTS = {31: root_of(LEAVES), 7: root_of(LEAVES[:7])}


def _judge_tile(raw: bytes) -> None:
    for width, root in ROOTS.items():
        try:
            hashes = hashes_of(raw, width)
        except TileInvalid:
            continue
        assert (root_of(hashes) == root) == (raw in TILES)


@many
@given(seeds)
def test_a_spoilt_tile_is_refused_or_is_another_tree(seed):
    for raw in spoilt(TILES, seed):
        _judge_tile(raw)


def _judge_bundle(raw: bytes) -> None:
    for width, root in ROOTS.items():
        try:
            entries = entries_of(raw, width)
        except TileInvalid:
            continue
        assert bundle(entries) == raw
        assert (root_of(map(leaf_hash, entries)) == root) == (raw in BUNDLES)


@many
@given(seeds)
def test_a_spoilt_bundle_is_refused_or_is_another_tree(seed):
    for raw in spoilt(BUNDLES, seed):
        _judge_bundle(raw)


def _judge_path(raw: bytes) -> None:
    path = raw.decode(errors="replace")
    try:
        tile = tile_of(path)
    except TileInvalid:
        return
    assert tile.path == path
    assert 1 <= tile.width <= 256


@many
@given(seeds)
def test_a_spoilt_path_names_no_tile_or_the_one_it_is_the_path_of(seed):
    for raw in spoilt(PATHS, seed):
        _judge_path(raw)


def _judge_policy(raw: bytes) -> None:
    try:
        policy = policy_of(raw)
    except PolicyInvalid:
        return
    assert policy.quorum is None or not policy.is_met_by(())
    assert policy.quorum is None or policy.is_met_by(policy.witness_keys)
    assert len(set(policy.witness_keys)) == len(policy.witnesses)
    for group in policy.groups.values():
        assert 1 <= group.needed <= len(group.members)
        assert set(group.members) <= {*policy.witnesses, *policy.groups}


@many
@given(seeds)
def test_a_spoilt_policy_is_refused_or_still_wants_whom_it_names(seed):
    for raw in spoilt([POLICY, POLICIES_OF_OTHERS], seed):
        _judge_policy(raw)


# -- a witness ---------------------------------------------------------------------------------------

FORK = HISTORY.branch(29, 40)
REQUESTS = [
    HISTORY.request(30, 31),
    HISTORY.request(30, 40),
    HISTORY.request(30, 30),
    HISTORY.request(7, 40),
    FORK.request(30, 40),
    body(30, FORK.proof(30, 40), HISTORY.note(40)),
    Log(40, key=STRANGER).request(30, 40),
    body(30, HISTORY.proof(30, 40), signed(TEXTS[40], [*COSIGNERS, LOG_KEY], A_FRIDAY)),
]


def _has_seen(size: int) -> Witness:
    witness = a_passing_witness()
    assert witness.add_checkpoint(HISTORY.request(0, size)).status == 200
    return witness


AT_30 = _has_seen(30)


def _judge_request(raw: bytes) -> None:
    seen = AT_30._memory.seen(ORIGIN)
    answer = AT_30.add_checkpoint(raw)
    assert answer.status in (200, 400, 403, 404, 409, 422), answer
    assert answer.type == (SIZE if answer.status == 409 else TEXT)
    if answer.status == 200:
        now = AT_30._memory.seen(ORIGIN)
        size, text = now.size, parsed(now.note.encode()).text
        assert 30 <= size <= 40
        assert text == TEXTS[size]
        assert parsed((text + "\n" + answer.body).encode()).signed_by([AT_30.key.vkey])
        AT_30._memory.change(ORIGIN, lambda _: seen)  # the next one asks the same witness
    else:
        assert AT_30._memory.seen(ORIGIN) == seen


@many
@given(seeds)
def test_a_spoilt_request_is_refused_or_signs_the_log_as_it_is(seed):
    for raw in spoilt(REQUESTS, seed):
        _judge_request(raw)
