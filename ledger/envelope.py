"""The bytes stored are the bytes published are the bytes hashed: RFC 8785 JSON in a narrow profile.

The profile (verification.md): ASCII member names, NFC text without control characters, no floats, no null, integers
within ±(2^53−1), depth at most 8, at most 65,535 bytes. Inside it sorted compact JSON *is* RFC 8785.
"""

import hashlib
import json
import re
from typing import Any, NoReturn
from unicodedata import is_normalized

import msgspec

from ledger.errors import Malformed
from ledger.fields import SAFE_INTEGER, UNSAFE_CHARACTERS

ENTRY_BYTES_MAX = 65_535  # an entry bundle gives each entry a 16-bit length (tlog-tiles)
ENTRY_DEPTH_MAX = 8
BODY_DEPTH_MAX = 32
_UNSAFE = re.compile(f"[{UNSAFE_CHARACTERS}]")
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a value inside the profile.

    Errors: `Malformed` with the JSON pointer of what lies outside it, or of "" when the whole is too long.
    """
    plain = msgspec.to_builtins(value)
    _check(plain, "", ENTRY_DEPTH_MAX)
    encoded = _encode_sorted(plain)
    if len(encoded) > ENTRY_BYTES_MAX:
        raise Malformed(("", "entry.too-long", {"bytes": len(encoded), "bytes_max": ENTRY_BYTES_MAX}))
    return encoded


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 2.1: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _check(value: Any, pointer: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii() and not is_normalized("NFC", value):
            raise Malformed((pointer, "text.not-nfc", {}))
        if not value.isprintable() and _UNSAFE.search(value):
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
    """JSON from outside, read strictly: UTF-8, one value, no duplicate members, no NaN, no lone surrogates, depth ≤ 32.

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
        value = _STRICT.decode(text.strip(" \t\r\n"))
    except json.JSONDecodeError as error:
        raise Malformed(("", "json.malformed", {"line": error.lineno, "column": error.colno})) from None
    if "\\u" in text and _has_surrogate(value):
        raise Malformed(("", "json.lone-surrogate", {}))
    return value


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
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
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_has_surrogate(name) or _has_surrogate(member) for name, member in value.items())
    return isinstance(value, list) and any(map(_has_surrogate, value))


_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_number, parse_int=_integer
)
