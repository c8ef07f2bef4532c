"""A key with which anybody can sign is no key: no policy may name one, or a witness could be nobody."""

import pytest

from ledger.transparency.note import COSIGNATURE, ED25519, NoteInvalid, SigningKey, VerifierKey
from ledger.transparency.policy import PolicyInvalid, policy_of

PRIME = 2**255 - 19
OF_EVERYBODY = bytes([1]) + bytes(31)  # the neutral point
SMALL = {
    "order 1": 1,
    "order 2": PRIME - 1,
    "order 4": 0,
    "order 8": 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    "order 8, the other": 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    "order 4, written another way": PRIME,
    "order 1, written another way": PRIME + 1,
    "anything written another way": PRIME + 3,
}


def test_under_such_a_key_one_signature_fits_every_text():
    key = VerifierKey("w.example.cn", ED25519, OF_EVERYBODY)
    for text in ("one\n", "another\n"):
        key.check(text, OF_EVERYBODY + bytes(32))


def test_our_prime_and_points_are_those_of_the_curve():
    d = -121665 * pow(121666, -1, PRIME) % PRIME

    def doubled(y: int) -> int:
        """RFC 8032 5.1.4, of y alone: x² follows from the curve."""
        xx = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
        return (y * y + xx) * pow(1 - d * xx * y * y, -1, PRIME) % PRIME

    for y in SMALL.values():
        if y < PRIME:
            assert doubled(doubled(doubled(y))) == 1


@pytest.mark.parametrize("y", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("type", [ED25519, COSIGNATURE])
def test_such_a_key_is_refused_wherever_it_stands(y, sign, type):  # noqa: A002
    vkey = str(VerifierKey("w.example.cn", type, (y | sign).to_bytes(32, "little")))
    with pytest.raises(NoteInvalid, match="vkey"):
        VerifierKey.of(vkey)
    with pytest.raises(PolicyInvalid):
        policy_of(f"witness street {vkey}\nquorum street\n".encode())


def test_keys_that_were_made_are_taken():
    for seed in range(200):
        vkey = SigningKey("w.example.cn", seed.to_bytes(32)).vkey
        assert VerifierKey.of(str(vkey)) == vkey
