"""Signed notes (C2SP signed-note v1.0.0): a text, and lines that say who signed it.

Strict: canonical base64 only, no control characters, nothing after the last signature. A key that is not
known is ignored; a known key with a wrong signature refuses the whole note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import LedgerError

ED25519, ECDSA, COSIGNATURE, TREE_HEAD, ML_DSA = 1, 2, 4, 5, 6  # we verify and make the first and the third
TYPES = (ED25519, ECDSA, COSIGNATURE, TREE_HEAD, ML_DSA)
SIGNATURES_MAX = 100
NOTE_BYTES_MAX = 1_000_000
ED25519_BYTES, ID_BYTES, TIME_BYTES, SIGNATURE_BYTES = 32, 4, 8, 64
TIME_MAX = 2**63 - 1
_LINE = "— "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_NAME = re.compile(r"[^\s+\x00-\x20\x7f]+")
_HEX8 = re.compile("[0-9a-f]{8}")
_PRIME = 2**255 - 19
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# y of the points of order 4, 1, 2 and 8: under such a key one signature fits many texts
_WEAK = frozenset({0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH})


class NoteInvalid(LedgerError):
    """Not a note, or not one whose known signers signed it; `reason` says why."""

    code = "note.invalid"


def _is_strong(key: bytes) -> bool:
    """Whether 32 bytes can be a key that only one can sign with, written in the one way it can be."""
    y = int.from_bytes(key, "little") & ~(1 << 255)
    return len(key) == ED25519_BYTES and y < _PRIME and y not in _WEAK


class Signature(NamedTuple):
    """One line: whose it says it is, which key it names, and the bytes after that."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """As it stands in a note."""
        return f"{_LINE}{self.name} {encoded(self.key_id + self.signature)}\n"


class VerifierKey(NamedTuple):
    """Who can be checked: a name, the type of its signatures and the bytes of its public key."""

    name: str
    type: int
    key: bytes

    @classmethod
    def of(cls, vkey: str) -> "VerifierKey":
        """Of `name+hex8+base64`. Errors: `NoteInvalid`."""
        name, plus, rest = vkey.partition("+")
        key_id, other, text = rest.partition("+")
        if not (plus and other and _NAME.fullmatch(name) and _HEX8.fullmatch(key_id)):
            raise NoteInvalid(reason="vkey")
        raw = decoded(text, "vkey")
        if not raw or raw[0] not in TYPES:
            raise NoteInvalid(reason="vkey")
        key = cls(name, raw[0], raw[1:])
        if key.type in (ED25519, COSIGNATURE) and not _is_strong(key.key):
            raise NoteInvalid(reason="vkey")
        if key.id.hex() != key_id:
            raise NoteInvalid(reason="vkey-id")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which signature lines name it; ECDSA and RFC 6962 have formulas of their own."""
        if self.type == ECDSA:
            return hashlib.sha256(self.key).digest()[:ID_BYTES]
        key = hashlib.sha256(self.key).digest() if self.type == TREE_HEAD else self.key
        named = self.name.encode() + b"\n" + bytes([self.type]) + key
        return hashlib.sha256(named).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.type]) + self.key)}"

    def check(self, text: str, signature: bytes) -> int | None:
        """Refuse a signature that is not of this key over this text; the time in it, if it holds one.

        Errors: `NoteInvalid`.
        """
        if self.type == ED25519:
            self._check(signature, text.encode())
            return None
        if self.type != COSIGNATURE:
            raise NoteInvalid(reason="type")
        time = int.from_bytes(signature[:TIME_BYTES])
        if len(signature) != TIME_BYTES + SIGNATURE_BYTES or time > TIME_MAX:
            raise NoteInvalid(reason="signature")
        self._check(signature[TIME_BYTES:], cosigned(time, text))
        return time

    def _check(self, signature: bytes, message: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise NoteInvalid(reason="signature", name=self.name) from None


class Signer(Protocol):
    """A key that can sign, wherever it is kept."""

    @property
    def vkey(self) -> VerifierKey: ...

    def sign(self, text: str, time: int = 0) -> Signature: ...


class SigningKey:
    """An Ed25519 key with its name. `type`: what its signatures are."""

    def __init__(self, name: str, seed: bytes, type: int = ED25519) -> None:  # noqa: A002
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = VerifierKey(name, type, self._key.public_key().public_bytes_raw())

    def sign(self, text: str, time: int = 0) -> Signature:
        """A signature of a text; of a cosigner over the text and when it was seen (POSIX seconds)."""
        if self.vkey.type == COSIGNATURE:
            stamped = time.to_bytes(TIME_BYTES) + self._key.sign(cosigned(time, text))
            return Signature(self.vkey.name, self.vkey.id, stamped)
        return Signature(self.vkey.name, self.vkey.id, self._key.sign(text.encode()))


class Note(NamedTuple):
    """A text ending in a newline, and its signatures in order."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)

    def signed_by(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
        """Which of these keys signed it, with the time a cosigner gives.

        Errors: `NoteInvalid` if a signature that names one of them is wrong.
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, int | None] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is not None and key not in found:  # a second line of one key says nothing more
                found[key] = key.check(self.text, signature.signature)
        return found

    def must_be_signed_by(self, key: VerifierKey) -> None:
        """Refuse a note without a good signature of a key. Errors: `NoteInvalid`."""
        if key not in self.signed_by([key]):
            raise NoteInvalid(reason="unsigned", name=key.name)


def parsed(raw: bytes) -> Note:
    """A note of its bytes. Errors: `NoteInvalid`."""
    if len(raw) > NOTE_BYTES_MAX:
        raise NoteInvalid(reason="too-long")
    try:
        note = raw.decode()
    except UnicodeDecodeError:
        raise NoteInvalid(reason="utf-8") from None
    if _CONTROL.search(note):
        raise NoteInvalid(reason="control-character")
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n"):
        raise NoteInvalid(reason="form")
    text, lines = note[: at + 1], note[at + 2 :]
    if not lines:
        raise NoteInvalid(reason="unsigned")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > SIGNATURES_MAX:
        raise NoteInvalid(reason="too-many-signatures")
    return Note(text, signatures)


def signed(text: str, signers: Sequence[Signer], time: int = 0) -> Note:
    """A note of a text. Errors: `NoteInvalid` for a text no note can hold."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteInvalid(reason="text")
    return Note(text, tuple(signer.sign(text, time) for signer in signers))


def cosigned(time: int, text: str) -> bytes:
    """What a cosigner signs (tlog-cosignature v1): when, and the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _signature(line: str) -> Signature:
    if not line.startswith(_LINE):
        raise NoteInvalid(reason="signature-line")
    name, space, text = line[len(_LINE) :].partition(" ")
    if not space or not _NAME.fullmatch(name):
        raise NoteInvalid(reason="signature-line")
    raw = decoded(text, "signature-line")
    if len(raw) <= ID_BYTES:
        raise NoteInvalid(reason="signature-line")
    return Signature(name, raw[:ID_BYTES], raw[ID_BYTES:])


def encoded(raw: bytes) -> str:
    """Standard base64, with padding."""
    return base64.b64encode(raw).decode("ascii")


def decoded(text: str, reason: str) -> bytes:
    """The bytes of canonical base64: no foreign characters, no stray bits. Errors: `NoteInvalid`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteInvalid(reason=reason) from None
    if encoded(raw) != text:
        raise NoteInvalid(reason=reason)
    return raw
