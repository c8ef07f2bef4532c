"""The tree: roots and proofs as RFC 6962 has them, both checks of RFC 9162, and the vectors of others."""

import base64
import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.envelope import leaf_hash
from ledger.transparency.merkle import (
    EMPTY_ROOT,
    Frontier,
    Hashes,
    ProofInvalid,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    node_hash,
    root_of,
)
from tests.ledger.transparency import vectors

# the vectors call these good; every hash of ours has 32 bytes (README of the vectors)
ROOTS_OF_ANOTHER_LENGTH = {"additional/sizes-are-equal-one-and-proof-is-empty.json"}


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(f"记录 {number}".encode()) for number in range(count)]


def naive_root(found: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 2.1, word for word."""
    if not found:
        return hashlib.sha256(b"").digest()
    if len(found) == 1:
        return found[0]
    middle = 1
    while middle * 2 < len(found):
        middle *= 2
    return node_hash(naive_root(found[:middle]), naive_root(found[middle:]))


def hashes_of(found: Sequence[bytes]) -> Hashes:
    return lambda level, index: naive_root(found[index << level : (index + 1) << level])


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert root_of([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c442")


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257])
def test_a_root_is_what_the_standard_defines(size):
    assert root_of(leaves(size)) == naive_root(leaves(size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_a_frontier_is_all_that_must_be_kept_to_go_on(size):
    found = leaves(20)
    frontier = Frontier.of(size, hashes_of(found))
    assert frontier.root() == root_of(found[:size])
    for leaf in found[size:]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (20, root_of(found))


@pytest.mark.parametrize("size", range(1, 18))
def test_every_entry_of_every_small_log_is_proven(size):
    found = leaves(size)
    for index in range(size):
        proof = inclusion_proof(index, size, hashes_of(found))
        check_inclusion(index, size, found[index], proof, root_of(found))


@pytest.mark.parametrize("size", range(1, 18))
def test_every_small_log_is_shown_to_begin_with_every_earlier_one(size):
    found = leaves(size)
    for old in range(size + 1):
        proof = consistency_proof(old, size, hashes_of(found))
        check_consistency(old, size, proof, root_of(found[:old]), root_of(found))


@given(st.data())
def test_a_proof_with_anything_changed_proves_nothing(data):
    size = data.draw(st.integers(2, 40))
    index = data.draw(st.integers(0, size - 1))
    found = leaves(size)
    proof = inclusion_proof(index, size, hashes_of(found))
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    wrong = bytearray(proof[place])
    wrong[bit >> 3] ^= 1 << (bit & 7)
    proof[place] = bytes(wrong)
    with pytest.raises(ProofInvalid):
        check_inclusion(index, size, found[index], proof, root_of(found))


@given(st.integers(2, 40), st.data())
def test_a_changed_past_is_shown_by_every_proof(size, data):
    old = data.draw(st.integers(1, size))
    place = data.draw(st.integers(0, old - 1))
    found = leaves(size)
    other = [*found]
    other[place] = leaf_hash("改过的".encode())
    proof = consistency_proof(old, size, hashes_of(other))
    with pytest.raises(ProofInvalid):
        check_consistency(old, size, proof, root_of(found[:old]), root_of(other))


def test_no_proof_is_made_of_what_is_not_there():
    for index in (-1, 3, 4):
        with pytest.raises(ProofInvalid):
            inclusion_proof(index, 3, hashes_of(leaves(3)))
    for old in (-1, 4):
        with pytest.raises(ProofInvalid):
            consistency_proof(old, 3, hashes_of(leaves(3)))


def test_a_hash_of_another_length_is_refused():
    # an empty root for an empty leaf hash is accepted by who does not look
    with pytest.raises(ProofInvalid):
        check_inclusion(0, 1, b"", [], b"")


# -- vectors of others -------------------------------------------------------------------------------


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@vectors.needed
@pytest.mark.parametrize("case", vectors.cases("merkle/inclusion"))
def test_inclusion_vectors(case):
    arguments = (
        case["leafIdx"],
        case["treeSize"],
        raw(case["leafHash"]),
        [raw(one) for one in case["proof"] or ()],
        raw(case["root"]),
    )
    if case["wantErr"]:
        with pytest.raises(ProofInvalid):
            check_inclusion(*arguments)
    else:
        check_inclusion(*arguments)


@vectors.needed
@pytest.mark.parametrize("case", vectors.cases("merkle/consistency"))
def test_consistency_vectors(case, request):
    arguments = (
        case["size1"],
        case["size2"],
        [raw(one) for one in case["proof"] or ()],
        raw(case["root1"]),
        raw(case["root2"]),
    )
    is_too_short = any(name in request.node.callspec.id for name in ROOTS_OF_ANOTHER_LENGTH)
    if case["wantErr"] or is_too_short:
        with pytest.raises(ProofInvalid):
            check_consistency(*arguments)
    else:
        check_consistency(*arguments)


@vectors.needed
def test_the_reference_of_rfc_6962():
    found = vectors.read("merkle/rfc6962-reference.json")
    inputs = [bytes.fromhex(one) for one in found["leaf_inputs_hex"]]
    leaves = [leaf_hash(one) for one in inputs]
    for size, root in enumerate(found["root_hashes_hex_by_size"]):
        assert root_of(leaves[:size]).hex() == root
    for level, nodes in enumerate(found["node_hashes_hex_by_level"]):
        made = [root_of(leaves[at : at + (1 << level)]).hex() for at in range(0, len(leaves), 1 << level)]
        assert made == nodes
