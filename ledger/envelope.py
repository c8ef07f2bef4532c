"""The bytes stored are the bytes published are the bytes hashed: RFC 8785 JSON in a narrow profile.

The profile (verification.md): ASCII member names, NFC text without control characters, no floats, no null,
integers within ±(2^53−1), depth at most 8, at most 65,535 bytes. Inside it sorted compact JSON *is* RFC 8785.
"""

import hashlib
import json
import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn
from unicodedata import is_normalized
from uuid import UUID

import msgspec

from ledger.errors import Malformed
from ledger.fields import SAFE_INTEGER, UNSAFE_CHARACTERS

ENTRY_BYTES_MAX = 65_535  # an entry bundle gives each entry a 16-bit length (tlog-tiles)
ENTRY_DEPTH_MAX = 8
BODY_DEPTH_MAX = 32
_ASCII = bytes(range(128))
# prints, is normal, and never combines with its neighbours
_is_chinese = re.compile("[一-鿿、。（），：；]*").fullmatch
_UNSAFE = re.compile(f"[{UNSAFE_CHARACTERS}]")
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
# msgspec would write these as text in a spelling of its own; the profile fixes only that of structs and days
_WITHOUT_A_SPELLING = (bytes, bytearray, memoryview, datetime, time, timedelta, Decimal, UUID)


def canonical(value: Any, bytes_max: int = ENTRY_BYTES_MAX) -> bytes:
    """RFC 8785 bytes of a value inside the profile; `bytes_max` is what a leaf of a log can hold.

    Errors: `Malformed` with the JSON pointer of what lies outside it, or of "" when the whole is too long.
    """
    built = _built(value)
    if not _is_sound(built, ENTRY_DEPTH_MAX):
        _check(built, "", ENTRY_DEPTH_MAX)
    try:
        encoded = _encode_sorted(built)
    except UnicodeEncodeError:  # a lone surrogate
        encoded = b"\\"
    if not _is_sound_text(encoded):
        _check(built, "", ENTRY_DEPTH_MAX)
    if len(encoded) > bytes_max:
        raise Malformed(("", "entry.too-long", {"bytes": len(encoded), "bytes_max": bytes_max}))
    return encoded


def canonical_if_plain(value: msgspec.Struct) -> bytes | None:
    """The RFC 8785 bytes of a struct, if its text is plain; none if `canonical` must look closer.

    For structs alone whose types leave nothing but text to doubt: whole numbers within bounds, days, parts.
    Whoever asks reads the bytes again by those types, or knows that all in them was read before.
    """
    try:
        encoded = _encode_sorted(value)
    except UnicodeEncodeError:  # a lone surrogate
        return None
    return encoded if len(encoded) <= ENTRY_BYTES_MAX and _is_sound_text(encoded) else None


def _built(value: Any) -> Any:
    try:
        return msgspec.to_builtins(value, builtin_types=_WITHOUT_A_SPELLING)
    except RecursionError:
        raise Malformed(("", "json.too-deep", {"depth_max": ENTRY_DEPTH_MAX})) from None


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 2.1: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


# Every command and every event passes here several times, and nearly all are sound: two quick looks say so,
# one at all but the text, one at all text at once. `_check` takes its time to say what is wrong, and where.


def _is_sound(value: Any, depth: int) -> bool:
    """Whether everything but text is inside the profile; `_check` tells for certain."""
    kind = type(value)
    if kind is str:
        return True
    if depth == 0 or not (kind is list or kind is tuple or (kind is dict and _has_sound_names(value))):
        return False
    for member in value.values() if kind is dict else value:
        kind = type(member)
        if kind is int:
            if not -SAFE_INTEGER <= member <= SAFE_INTEGER:
                return False
        elif kind is not str and kind is not bool and not _is_sound(member, depth - 1):
            return False
    return True


def _has_sound_names(members: dict[Any, Any]) -> bool:
    try:
        return "".join(members).isascii()
    except TypeError:  # a name that is not text
        return False


def _is_sound_text(encoded: bytes) -> bool:
    """Whether all text is: it is normal if the whole is, and what is unsafe is escaped or in plain sight."""
    if b"\\" in encoded:
        return False
    if _is_chinese(encoded.translate(None, _ASCII).decode()) and b"\x7f" not in encoded:
        return True  # nearly always, and a look at what is not ASCII is enough
    text = encoded.decode()
    if not is_normalized("NFC", text):
        return False
    if text.isprintable() and "\ufffc" not in text and "\ufffd" not in text:  # the two unsafe ones that print
        return True
    return not _UNSAFE.search(text)


def _check(value: Any, pointer: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if not is_normalized("NFC", value):
            raise Malformed((pointer, "text.not-nfc", {}))
        if _UNSAFE.search(value):
            raise Malformed((pointer, "text.unsafe-character", {}))
    elif kind is int:
        if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
            raise Malformed((pointer, "integer.out-of-range", {}))
    elif kind is dict:
        _check_depth(pointer, depth)
        for name, member in value.items():
            if type(name) is not str or not name.isascii() or not name.isprintable():
                raise Malformed((pointer, "json.member-name", {}))
            _check(member, f"{pointer}/{name}", depth - 1)
    elif kind is list or kind is tuple:
        _check_depth(pointer, depth)
        for index, item in enumerate(value):
            _check(item, f"{pointer}/{index}", depth - 1)
    elif kind is not bool:
        raise Malformed((pointer, "json.not-in-profile", {"type": kind.__name__}))


def _check_depth(pointer: str, depth: int) -> None:
    if depth == 0:
        raise Malformed((pointer, "json.too-deep", {"depth_max": ENTRY_DEPTH_MAX}))


def parse(body: bytes) -> Any:
    """JSON from outside, read strictly: UTF-8, one value, depth ≤ 32, no NaN, duplicate or lone surrogate.

    Errors: `Malformed` with pointer "" and a code that says which of these it is.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(("", "json.not-utf-8", {"offset": error.start})) from None
    if text.startswith("\ufeff"):
        raise Malformed(("", "json.byte-order-mark", {}))
    if _depth(text) > BODY_DEPTH_MAX:
        raise Malformed(("", "json.too-deep", {"depth_max": BODY_DEPTH_MAX}))
    try:
        value = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(("", "json.malformed", {"line": error.lineno, "column": error.colno})) from None
    if "\\u" in text and _has_surrogate(value):
        raise Malformed(("", "json.lone-surrogate", {}))
    return value


_SURROGATE = re.compile("[\ud800-\udfff]")
# possessive, and matching a string that never ends: a hostile body is read once, not once per quote in it
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def _depth(text: str) -> int:
    """How deeply arrays and objects nest, counted before any parser may recurse."""
    if text.count("[") + text.count("{") <= BODY_DEPTH_MAX:
        return 0  # cannot be deeper than it has brackets
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) != len(members):
        raise Malformed(("", "json.duplicate-member", {}))
    return result


def _no_constant(name: str) -> NoReturn:
    raise Malformed(("", "json.not-a-number", {"constant": name}))


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise Malformed(("", "json.number-too-large", {}))
    return number


def _integer(digits: str) -> int:
    if len(digits) > 20:  # int() of thousands of digits is slow or refused by Python itself
        raise Malformed(("", "json.number-too-large", {}))
    return int(digits)


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return _SURROGATE.search(value) is not None
    if isinstance(value, dict):
        return any(_has_surrogate(name) or _has_surrogate(member) for name, member in value.items())
    return isinstance(value, list) and any(map(_has_surrogate, value))


_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_number, parse_int=_integer
)
