#!/usr/bin/env python3
"""明账 · 离线核对。Checks an audit pack of Mingzhang offline: one file, Python 3.9 or later, nothing else.

    python3 verify.py [PACK.zip | FOLDER] [--checkpoint FILE] [--vkey KEY] [--policy FILE] [--receipt FILE]
    python3 verify.py --proof FILE.tlog-proof --entry FILE [--vkey KEY]

A second implementation on purpose: it shares no line with the program it checks. It writes nothing and
asks no network. Status: 0 nothing is wrong (what could not be checked is said), 1 something is wrong, 2 unreadable.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import calendar
import hashlib
import json
import locale
import os
import re
import sys
import time
import unicodedata
import zipfile
from bisect import bisect_right
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Iterable, Iterator, NamedTuple, Sequence  # noqa: UP035

Json = Any
LEVELS = (
    "signature", "tree", "grown", "canonical", "numbers", "profile", "times", "replay", "files",
    "disclosures", "anchors",
)  # fmt: skip
OK, BROKEN, UNREADABLE = 0, 1, 2
ENTRY_BYTES_MAX, DEPTH_MAX, SAFE_INTEGER = 65_535, 8, 2**53 - 1
SMALL_FILE_MAX, BIG_FILE_MAX, LINE_MAX = 2**20, 2**28, 2**20
MEMBERS_MAX, TOTAL_MAX, RATIO_MAX, RATIO_FREE = 300_000, 2**34, 300, 2**24
PIECE = 2**20
WIDTH = 256
SIGNATURES_MAX = 16_384
PAST_CHECKED = 100  # of past checkpoints so many have their witnesses' signatures checked: 2 ms each
LATE_DAYS, GRACE_SECONDS, STALE_HOURS = 30, 3_600, 48


class Unreadable(Exception):
    """What was given cannot be read at all: a code and what it is about."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code, self.about = code, about


class Bad(Exception):
    """One thing is not what it must be: a code and what it is about."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code, self.about = code, about


# -- what is found ---------------------------------------------------------------------------------


class Level:
    """One level: not checked until something was, failed as soon as one thing fails; it stays so."""

    def __init__(self, name: str) -> None:
        self.name, self.state = name, "unchecked"
        self.record: int | None = None  # the first bad record
        self.said: list[tuple[str, str, dict[str, object]]] = []  # ("fault" | "remark", code, about)

    def passed(self, code: str = "", **about: object) -> None:
        """Something was checked and is right; beside a fault nothing is said that would comfort."""
        if self.state == "unchecked":
            self.state = "pass"
        if code and self.state == "pass":
            self.remark(code, **about)

    def remark(self, code: str, **about: object) -> None:
        """What a reader should know."""
        self.said.append(("remark", code, about))

    def fail(self, code: str, record: int | None = None, **about: object) -> None:
        """Something is wrong; only the first of its kind is said, with the first record."""
        self.state = "fail"
        if record is not None:
            about["record"] = record
            self.record = record if self.record is None else min(record, self.record)
        if all(said != code for _, said, _ in self.said):
            self.said.append(("fault", code, about))


class Report:
    """All levels, and which book it is about."""

    def __init__(self) -> None:
        self.levels = {name: Level(name) for name in LEVELS}
        self.ledger, self.community, self.records = "", "", 0

    def __getitem__(self, name: str) -> Level:
        return self.levels[name]

    @property
    def first_bad(self) -> int | None:
        """The first bad record of all."""
        found = [level.record for level in self.levels.values() if level.record is not None]
        return min(found) if found else None

    @property
    def status(self) -> int:
        """What the program ends with."""
        return BROKEN if any(level.state == "fail" for level in self.levels.values()) else OK


# -- Ed25519 (RFC 8032 5.1.7), strict: canonical points only, S below the order, no key of small order -----

Point = tuple[int, int, int, int]
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_ZERO: Point = (0, 1, 1, 0)


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or _ZERO


def ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key made this signature of this message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, scalar = _point(key), int.from_bytes(signature[32:], "little")
    if public is None or scalar >= _ORDER or _point(signature[:32]) is None:
        return False
    eight = public
    for _ in range(3):
        eight = _add(eight, eight)
    if _encoded(eight) == _encoded(_ZERO):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    minus: Point = (_P - public[0], public[1], 1, _P - public[3])
    steps: list[Point | None] = [None, _BASE, minus, _add(_BASE, minus)]
    found = _ZERO
    for bit in range(max(scalar.bit_length(), challenge.bit_length()) - 1, -1, -1):
        found = _add(found, found)
        step = steps[(scalar >> bit & 1) | (challenge >> bit & 1) << 1]
        if step is not None:
            found = _add(found, step)
    return _encoded(found) == signature[:32]


# -- signed notes, keys, policies (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy) --------


def _base64(text: str) -> bytes:
    """Canonical base64 only: no foreign characters, no stray bits."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Bad("base64")
    return raw


_NAME = re.compile(r"[^\s+\x00-\x20\x7f]+")


class Key(NamedTuple):
    """A key somebody signs with: 1 signs notes, 4 says when it saw them."""

    name: str
    type: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name it."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        packed = base64.b64encode(bytes([self.type]) + self.raw).decode()
        return f"{self.name}+{self.id.hex()}+{packed}"


def key_of(vkey: str) -> Key:
    """The key of `name+id+base64`. Errors: `Bad`."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise Bad("key")
    try:
        raw = _base64(parts[2])
    except Bad:
        raise Bad("key") from None
    key = Key(parts[0], raw[0] if raw else 0, raw[1:])
    if key.type not in (1, 4) or len(key.raw) != 32 or key.id.hex() != parts[1]:
        raise Bad("key")
    return key


class Checkpoint(NamedTuple):
    """What a log was: its name, how many records, the root over them. `text`: what is signed."""

    origin: str
    size: int
    root: bytes
    text: str = ""
    signatures: tuple[tuple[str, bytes, bytes], ...] = ()
    raw: bytes = b""


_SIZE = re.compile("0|[1-9][0-9]{0,15}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


def _three_lines(lines: Sequence[str]) -> Checkpoint:
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise Bad("checkpoint")
    size = int(lines[1])
    try:
        root = _base64(lines[2])
    except Bad:
        raise Bad("checkpoint") from None
    if len(root) != 32 or size > SAFE_INTEGER or (size == 0 and root != hashlib.sha256().digest()):
        raise Bad("checkpoint")
    return Checkpoint(lines[0], size, root)


def checkpoint_of(raw: bytes) -> Checkpoint:
    """A signed checkpoint. Errors: `Bad`."""
    try:
        note = raw.decode()
    except UnicodeDecodeError:
        raise Bad("checkpoint") from None
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n") or len(note) == at + 2 or _CONTROL.search(note):
        raise Bad("checkpoint")
    signatures = []
    for line in note[at + 2 : -1].split("\n"):
        fields = line.split(" ")
        if len(fields) != 3 or fields[0] != "—" or not _NAME.fullmatch(fields[1]):
            raise Bad("checkpoint")
        try:
            signed = _base64(fields[2])
        except Bad:
            raise Bad("checkpoint") from None
        if len(signed) <= 4:
            raise Bad("checkpoint")
        signatures.append((fields[1], signed[:4], signed[4:]))
    if len(signatures) > 100:
        raise Bad("checkpoint")
    found = _three_lines(note[:at].split("\n"))
    return found._replace(text=note[: at + 1], signatures=tuple(signatures), raw=raw)


def saved_checkpoint(raw: bytes) -> Checkpoint:
    """A checkpoint somebody kept: the signed one, or its first three lines as typed from a photograph."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").strip("\ufeff")
    if "\n— " in text:
        return checkpoint_of((text.rstrip("\n") + "\n").encode())
    return _three_lines([line.strip() for line in text.split("\n") if line.strip()][:3])


def signed_at(checkpoint: Checkpoint, key: Key) -> int | None:
    """When this key signed it (0 when it does not say), none if it did not. Errors: `Bad` for a wrong one."""
    for name, key_id, signature in checkpoint.signatures:
        if (name, key_id) != (key.name, key.id):
            continue
        if key.type == 1:
            seen, message = 0, checkpoint.text.encode()
        else:
            seen = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {seen}\n{checkpoint.text}".encode()
            signature = signature[8:]  # noqa: PLW2901
        if seen >= 2**63 or not ed25519(key.raw, message, signature):
            raise Bad("signature.wrong", name=key.name)
        return seen
    return None


class Policy:
    """Which logs and witnesses are trusted, and how many witnesses are enough."""

    def __init__(self, raw: bytes) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum: str | None = None
        self._grouped: list[str] = []
        try:
            lines = raw.decode().split("\n")
        except UnicodeDecodeError:
            raise Bad("policy", line=0) from None
        has_quorum = False
        for number, line in enumerate(lines, 1):
            fields = [field for field in line.replace("\t", " ").split(" ") if field]
            if fields and not fields[0].startswith("#"):
                try:
                    has_quorum = self._take(fields, has_quorum=has_quorum)
                except Bad:
                    raise Bad("policy", line=number) from None
        if not has_quorum:
            raise Bad("policy", line=len(lines))

    def _take(self, fields: list[str], *, has_quorum: bool) -> bool:
        known = {*self.witnesses, *self.groups}
        what, rest = fields[0], fields[1:]
        if what == "log" and len(rest) in (1, 2) and (key := key_of(rest[0])) not in self.logs:
            self.logs.append(key)
        elif what == "witness" and len(rest) in (2, 3) and self._is_new(rest[0]):
            if (key := key_of(rest[1])) in self.witnesses.values():
                raise Bad("policy")
            self.witnesses[rest[0]] = key
        elif what == "group" and len(rest) >= 3 and self._is_new(rest[0]):
            needed = {"all": str(len(rest) - 2), "any": "1"}.get(rest[1], rest[1])
            members = rest[2:]
            if not re.fullmatch("[1-9][0-9]{0,3}", needed) or int(needed) > len(members):
                raise Bad("policy")
            if len(set(members)) < len(members) or not known.issuperset(members):
                raise Bad("policy")
            if set(members).intersection(self._grouped):
                raise Bad("policy")
            self._grouped += members
            self.groups[rest[0]] = int(needed), members
        elif what == "quorum" and len(rest) == 1 and not has_quorum and rest[0] in {*known, "none"}:
            self.quorum = None if rest[0] == "none" else rest[0]
            return True
        else:
            raise Bad("policy")
        return has_quorum

    def _is_new(self, name: str) -> bool:
        return name not in {*self.witnesses, *self.groups, "none", "all", "any"} and "#" not in name

    def is_met(self, signed: Iterable[Key]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum is None or self._is_enough(self.quorum, list(signed))

    def _is_enough(self, name: str, signed: list[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        needed, members = self.groups[name]
        return sum(self._is_enough(member, signed) for member in members) >= needed


# -- the tree (RFC 6962 2.1) -----------------------------------------------------------------------


def _leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Every complete subtree over leaf hashes, so that the root of any earlier size is at hand."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.size = len(leaves)
        self.rows = [leaves]
        sha256 = hashlib.sha256
        while len(self.rows[-1]) > 1:
            row = self.rows[-1]
            self.rows.append(
                [sha256(b"\1" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
            )

    def root(self, size: int) -> bytes:
        """The root of the first so many leaves."""
        found: bytes | None = None
        for level in range(size.bit_length()):
            if size >> level & 1:  # the smallest complete subtree stands last
                peak = self.rows[level][(size >> level) - 1]
                found = peak if found is None else _node(peak, found)
        return hashlib.sha256().digest() if found is None else found

    def tile(self, level: int, index: int, width: int) -> bytes | None:
        """The bytes of a tile, none if the log is too small to have it."""
        row = self.rows[8 * level] if 8 * level < len(self.rows) else []
        hashes = row[index * WIDTH : index * WIDTH + width]
        return b"".join(hashes) if len(hashes) == width else None


def included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof leads from a leaf to the root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


_TILE = re.compile(r"tile/([0-7]|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def _tile_name(kind: str, index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    rest = index // 1000
    while rest:
        groups.insert(0, f"x{rest % 1000:03}")
        rest //= 1000
    return f"tile/{kind}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def _tile_of(path: str) -> tuple[str, int, int] | None:
    found = _TILE.fullmatch(path)
    if found is None:
        return None
    tile = found[1], int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH)
    return tile if _tile_name(*tile) == path else None


def _tiles_of(size: int) -> Iterator[str]:
    for kind, count in [("entries", size), *((str(level), size >> 8 * level) for level in range(8))]:
        full, width = divmod(count, WIDTH)
        for index in range(full):
            yield _tile_name(kind, index, WIDTH)
        if width:
            yield _tile_name(kind, full, width)


# -- the pack --------------------------------------------------------------------------------------


class Pack:
    """The files of a pack, in a ZIP or in a folder. Nothing is ever written, no name leaves the pack."""

    def __init__(self, path: Path) -> None:
        self._zip: zipfile.ZipFile | None = None
        self._folder = path
        self.sizes: dict[str, int] = {}
        try:
            if path.is_dir():
                self._list_folder()
            else:
                self._list_zip(path)
        except FileNotFoundError:
            raise Unreadable("pack.not-there", file=path) from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise Unreadable("pack.not-a-pack", file=path, reason=str(error)[:200]) from None
        if "events.jsonl" not in self.sizes:
            raise Unreadable("pack.without-records", file=path)

    def _list_folder(self) -> None:
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in [*folders, *names]:
                path = Path(folder, name)
                if path.is_symlink():
                    raise Unreadable("pack.link", name=name)
            for name in names:
                path = Path(folder, name)
                self.sizes[path.relative_to(self._folder).as_posix()] = path.stat().st_size
                if len(self.sizes) > MEMBERS_MAX:
                    raise Unreadable("pack.too-many-files", most=MEMBERS_MAX)

    def _list_zip(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        members = self._zip.infolist()
        if len(members) > MEMBERS_MAX:
            raise Unreadable("pack.too-many-files", most=MEMBERS_MAX)
        packed = 0
        for one in members:
            name = one.filename
            if name.startswith("/") or "\\" in name or "\0" in one.orig_filename or ":" in name.split("/")[0]:
                raise Unreadable("pack.path", name=name)
            if any(part in ("", ".", "..") for part in name.rstrip("/").split("/")):
                raise Unreadable("pack.path", name=name)
            if one.is_dir():
                continue
            if name in self.sizes:
                raise Unreadable("pack.name-twice", name=name)
            if one.flag_bits & 1:
                raise Unreadable("pack.encrypted", name=name)
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable("pack.compression", name=name)
            if one.file_size > RATIO_FREE and one.file_size > RATIO_MAX * max(one.compress_size, 1):
                raise Unreadable("pack.bomb", name=name)
            packed += one.compress_size
            self.sizes[name] = one.file_size
        if sum(self.sizes.values()) > TOTAL_MAX or packed > path.stat().st_size:
            raise Unreadable("pack.bomb", name=path.name)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file in pieces. Errors: `Unreadable` when it cannot be unpacked."""
        try:
            with self._zip.open(name) if self._zip else (self._folder / name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except Exception as error:  # zipfile and zlib raise half a dozen kinds for a damaged file
            raise Unreadable("pack.damaged", name=name, reason=str(error)[:200]) from None

    def read(self, name: str, most: int = SMALL_FILE_MAX) -> bytes:
        """A whole file. Errors: `Unreadable`."""
        if self.sizes[name] > most:
            raise Unreadable("pack.file-too-large", name=name, most=most)
        return b"".join(self.pieces(name))

    def sha256(self, name: str) -> str:
        """The digest of a file."""
        digest = hashlib.sha256()
        for piece in self.pieces(name):
            digest.update(piece)
        return digest.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file; what follows its last line feed is one more."""
        rest = b""
        for piece in self.pieces(name):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            yield from lines
            if len(rest) > LINE_MAX:
                raise Unreadable("pack.line-too-long", name=name)
        if rest:
            yield rest

    def json(self, name: str, most: int = BIG_FILE_MAX) -> Json:
        """A file read as strict JSON. Errors: `Bad`."""
        return strict_json(self.read(name, most))


# -- canonical JSON (RFC 8785 in the profile of the log) --------------------------------------------


def _no_duplicates(members: list[tuple[str, Json]]) -> Json:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("duplicate member")
    return found


def strict_json(raw: bytes) -> Json:
    """JSON without duplicate members. Errors: `Bad`."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        raise Bad("json") from None


canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def outside(value: Json, depth: int) -> str:
    """What of a value lies outside the profile; empty if nothing does."""
    if depth == 0:
        return "too-deep"
    if type(value) is dict:
        if not "".join(value).isascii():
            return "member-name"
        value = value.values()
    for member in value:
        kind = type(member)
        if kind is str:
            continue
        if kind is int:
            if not -SAFE_INTEGER <= member <= SAFE_INTEGER:
                return "number-too-large"
        elif kind is dict or kind is list:
            if found := outside(member, depth - 1):
                return found
        elif kind is not bool:
            return "float" if kind is float else "null"
    return ""


_REQUIRED = {
    "by": dict, "data": dict, "id": str, "kind": str, "ledger": str, "occurred_on": str,
    "recorded_at": str, "schema": int, "source": dict, "v": int,
}  # fmt: skip
_OPTIONAL = {
    "attachments": list, "basis": list, "irregularities": list, "note": str, "postings": list,
    "rules": list, "tags": list,
}  # fmt: skip
_MEMBERS = {**_REQUIRED, **_OPTIONAL}
_DIGEST = re.compile("[A-Za-z0-9_-]{43}")
_SHA256 = re.compile("[0-9a-f]{64}")


def _is_commitment(value: Json) -> bool:
    return (
        type(value) is dict
        and list(value) == ["_sd"]
        and type(value["_sd"]) is str
        and _DIGEST.fullmatch(value["_sd"]) is not None
    )


def misshapen(record: Json) -> str:
    """Which member of a record is not as every record has it; empty if all are."""
    if type(record) is not dict:
        return "record"
    for name in record:
        if name not in _MEMBERS or type(record[name]) is not _MEMBERS[name]:
            return str(name)
    for name in _REQUIRED:
        if name not in record:
            return name
    if record["v"] != 1:
        return "v"
    by = record["by"]
    if len(by) != 2 or type(by.get("role")) is not str or not _is_commitment(by.get("who")):
        return "by"
    for one in record.get("attachments", ()):
        if type(one) is not dict or {*one} != {"name", "sha256", "size", "tier", "type"}:
            return "attachments"
    return ""


# -- which key, which policy, which log ------------------------------------------------------------


class Wanted(NamedTuple):
    """What the reader brought along: nothing of it comes from the pack."""

    vkey: Key | None = None
    policy: Policy | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    receipts: tuple[tuple[str, int, str], ...] = ()  # ledger, number, leaf hash
    now: float = 0.0
    stale_hours: int = STALE_HOURS

    @property
    def trusted(self) -> list[Key]:
        """The keys of logs that the reader got elsewhere."""
        return [*([self.vkey] if self.vkey else []), *(self.policy.logs if self.policy else [])]


class Stamp(NamedTuple):
    """A witness saw so many records at this time (POSIX seconds)."""

    size: int
    time: int


def check_signature(
    level: Level,
    signed: Checkpoint,
    wanted: Wanted,
    own_key: Key | None = None,
    own_policy: Policy | None = None,
    successors: Sequence[Key] = (),
) -> list[Stamp]:
    """Level 1: who signed the checkpoint, and who saw it. Gives the times of the witnesses."""
    trusted = wanted.trusted
    keys = [*trusted, *successors] or ([own_key] if own_key else [])
    keys = [key for key in keys if key.name == signed.origin and key.type == 1]
    try:
        signers = [key for key in keys if signed_at(signed, key) is not None]
    except Bad as bad:
        level.fail(bad.code, None, **bad.about)
        return []
    if not signers:
        if trusted or own_key is not None:
            level.fail("signature.foreign", origin=signed.origin)
        else:
            level.remark("signature.no-key")
    elif trusted:
        level.passed("signature.trusted" if signers[0] in trusted else "signature.successor", key=signers[0])
    else:
        level.remark("signature.own-key", key=signers[0])
    return _check_witnesses(level, signed, wanted, own_policy)


def _check_witnesses(
    level: Level, signed: Checkpoint, wanted: Wanted, own_policy: Policy | None
) -> list[Stamp]:
    policy = wanted.policy or own_policy
    if policy is None:
        level.remark("witness.no-policy")
        return []
    try:
        seen = {key: signed_at(signed, key) for key in policy.witnesses.values()}
    except Bad as bad:
        level.fail(bad.code, None, **bad.about)
        return []
    found = {key: when for key, when in seen.items() if when is not None}
    if not policy.is_met(found):
        level.fail("witness.too-few", found=len(found), known=len(seen))
    elif not found:
        level.remark("witness.none")
    else:
        newest = max(found.values())
        names = [name for name, key in policy.witnesses.items() if key in found]
        level.remark("witness.seen", names=", ".join(names), time=_instant(newest))
        if wanted.now and newest < wanted.now - wanted.stale_hours * 3600:
            level.remark("witness.stale", hours=wanted.stale_hours, time=_instant(newest))
    return [Stamp(signed.size, when) for when in found.values() if when]


def _instant(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return str(seconds)


# -- the money, the votes: what follows from the records (level 8) ----------------------------------


class Movement(NamedTuple):
    """What a record moved between accounts, and what the sums must know of it."""

    number: int
    day: str
    kind: str
    postings: dict[str, int]
    about: int | None
    direction: str
    became: str


class Books:
    """Everything the figures are made of, a record at a time."""

    def __init__(self) -> None:
        self.sums: dict[str, int] = {}
        self.moves: dict[int, Movement] = {}
        self.kinds: dict[int, str] = {}
        self.taken_back: dict[int, int] = {}
        self.asked: dict[str, Json] = {}
        self.counted: dict[str, Json] = {}
        self.approved: dict[tuple[str, int], str] = {}
        self.published: list[tuple[int, Json]] = []
        self.votes = 0

    def take(self, number: int, record: Json) -> None:
        """Add one record. Errors: `Bad`, and KeyError, TypeError or ValueError for what is misshapen."""
        kind, data = record["kind"], record["data"]
        if "postings" in record:
            self._post(number, record)
        follow = _FOLLOW.get(kind)
        if follow is not None:
            follow(self, number, data)

    def _post(self, number: int, record: Json) -> None:
        kind, data, entries = record["kind"], record["data"], record["postings"]
        moved: dict[str, int] = {}
        for account, fen in entries:
            if type(account) is not str or type(fen) is not int or fen == 0:
                raise Bad("replay.postings")
            moved[account] = fen
        if len(moved) != len(entries) or len(moved) < 2 or sum(moved.values()) != 0:
            raise Bad("replay.unbalanced")
        amount = data.get("amount_fen", data.get("gross_fen"))
        if amount is not None and not {amount, -amount} <= {*moved.values()}:
            raise Bad("replay.amount")
        about = data.get("number") if kind.startswith("entry.") else None
        self.moves[number] = Movement(
            number,
            record["occurred_on"],
            kind,
            moved,
            about,
            data.get("direction", ""),
            data.get("became", ""),
        )
        sums = self.sums
        for account, fen in moved.items():
            total = sums[account] = sums.get(account, 0) + fen
            if total < 0 and account.startswith("bank/"):
                raise Bad("replay.overdrawn", account=account, fen=total)

    def _divided(self, number: int, _: Json) -> None:
        self.kinds[number] = "divided"

    def _reversed(self, number: int, data: Json) -> None:
        about = data["number"]
        target, move = self.moves.get(about), self.moves.get(number)
        if target is None or move is None or about >= number:
            raise Bad("replay.reversal-of-nothing", about=about)
        if about in self.taken_back:
            raise Bad("replay.reversed-twice", about=about, before=self.taken_back[about])
        self.taken_back[about] = number
        undone = {account: -fen for account, fen in target.postings.items()}
        if move.postings != undone or dict(data["entries"]) != undone or data["reversed_kind"] != target.kind:
            raise Bad("replay.reversal-differs", about=about)

    def _undivided(self, number: int, data: Json) -> None:
        about = data["number"]
        if about not in self.kinds or about >= number:
            raise Bad("replay.reversal-of-nothing", about=about)
        if about in self.taken_back:
            raise Bad("replay.reversed-twice", about=about, before=self.taken_back[about])
        self.taken_back[about] = number

    def _vote_opened(self, _: int, data: Json) -> None:
        self.asked[data["decision"]] = data

    def _vote_counted(self, _: int, data: Json) -> None:
        self.counted[data["decision"]] = data

    def _vote_closed(self, _: int, data: Json) -> None:
        asked = self.asked.pop(data["decision"], None)
        if asked is None:
            raise Bad("replay.vote-not-open", decision=data["decision"])
        totals, needs = data.get("totals"), asked["needs"]
        if totals is not None:
            roster = _tally(asked["roster"])
            parts = [_tally(totals[name]) for name in ("agree", "disagree", "abstain", "invalid")]
            taking_part, agree = _tally(totals["participating"]), parts[0]
            if taking_part != (sum(heads for heads, _ in parts), sum(area for _, area in parts)):
                raise Bad("replay.vote-totals", decision=data["decision"])
        else:
            count = self.counted[data["decision"]]
            roster, taking_part, agree = (
                (count[f"{name}_heads"], _centi(count[f"{name}_area"]))
                for name in ("roster", "participating", "agree")
            )
        if not agree <= taking_part or not taking_part[0] <= roster[0] or not taking_part[1] <= roster[1]:
            raise Bad("replay.vote-totals", decision=data["decision"])
        absent = _short(needs, "participation", taking_part, roster, inclusive=True)
        failed = absent or _short(needs, "approval", agree, taking_part, inclusive=needs["inclusive"])
        found = (not absent, not failed, failed, needs["threshold"])
        said = (
            data["quorum_met"], data["approved"], data.get("failed_dimensions", []), data["threshold"],
        )  # fmt: skip
        if found != said:
            raise Bad("replay.vote-result", decision=data["decision"])
        self.votes += 1

    def _approved(self, _: int, data: Json) -> None:
        self.approved[data["disclosure"], data["version"]] = data["statement_sha256"]

    def _published(self, number: int, data: Json) -> None:
        digest = self.approved.get((data["disclosure"], data["version"]))
        if digest != data["statement_sha256"]:
            raise Bad("replay.statement-not-approved", disclosure=data["disclosure"])
        self.published.append((number, data))


_FOLLOW = {
    "entry.reversed": Books._reversed,
    "fund.apportioned": Books._divided,
    "project.apportioned": Books._divided,
    "public-revenue.apportioned": Books._divided,
    "apportionment.reversed": Books._undivided,
    "vote.opened": Books._vote_opened,
    "vote-result.recorded": Books._vote_counted,
    "vote.closed": Books._vote_closed,
    "disclosure.approved": Books._approved,
    "disclosure.published": Books._published,
}


def _centi(area: str) -> int:
    whole, hundredths = area.split(".")
    if len(hundredths) != 2 or not (whole + hundredths).isdigit():
        raise ValueError(area)
    return int(whole) * 100 + int(hundredths)


def _tally(tally: Json) -> tuple[int, int]:
    return tally["heads"], _centi(tally["area"])


def _short(
    needs: Json, what: str, part: tuple[int, int], whole: tuple[int, int], *, inclusive: bool
) -> list[str]:
    """In which dimensions a part falls short of its share, by whole numbers only."""
    failed = []
    for dimension, counted, of in (("area", part[1], whole[1]), ("heads", part[0], whole[0])):
        share = needs.get(f"{what}_{dimension}_share")
        if share is None:
            continue
        above, below = (int(number) for number in share.split("/"))
        left, right = counted * below, of * above
        if not (left >= right if inclusive else left > right):
            failed.append(dimension)
    return failed


def revenue_figures(books: Books, until: int, starts_on: str, ends_on: str) -> dict[str, int]:
    """T1 a second time: the money of public revenue between two days, by what it was."""
    bank, known = "bank/public-revenue", [move for move in books.moves.values() if move.number <= until]
    recognised: dict[int, Movement] = {}
    for move in known:
        if move.kind == "entry.classified" and move.about is not None:
            recognised[move.about] = move
        elif move.kind == "entry.reversed" and move.about is not None:
            undone = books.moves[move.about]
            if undone.kind == "entry.classified" and undone.about is not None:
                recognised.pop(undone.about, None)
    sums = dict.fromkeys(
        ("opening", "gross_income", "tax", "management_cost", "to_fund", "other_use", "unclassified"), 0
    )
    for move in known:
        if move.postings.get(bank) and move.day <= ends_on:
            told = books.moves[move.about] if move.kind == "entry.reversed" and move.about else move
            column = _revenue_column(recognised.get(move.number, told))
            sums[column if move.day >= starts_on else "opening"] += move.postings[bank]
    for column in ("tax", "management_cost", "to_fund", "other_use"):
        sums[column] = -sums[column]
    sums["net_revenue"] = sums["gross_income"] - sums["tax"] - sums["management_cost"]
    sums["closing"] = (
        sums["opening"] + sums["net_revenue"] - sums["to_fund"] - sums["other_use"] + sums["unclassified"]
    )
    return sums


def _revenue_column(move: Movement) -> str:
    by_kind = {
        "fund.opened": "opening", "fund-interest.recorded": "gross_income",
        "revenue-to-fund.transferred": "to_fund", "suspense-entry.recorded": "unclassified",
        "fund-payment.recorded": "other_use", "fund-deposit.recorded": "unclassified",
    }  # fmt: skip
    if move.kind in by_kind:
        return by_kind[move.kind]
    if move.became == "interest":
        return "gross_income"
    columns = (
        ("income/", "gross_income"), ("cost/tax", "tax"), ("cost/", "management_cost"),
        ("use/public-revenue/to-fund", "to_fund"), ("use/", "other_use"),
    )  # fmt: skip
    for account in move.postings:
        for start, column in columns:
            if account.startswith(start):
                return column
    return "unclassified"


def maintenance_figures(books: Books, until: int, starts_on: str, ends_on: str) -> dict[str, dict[str, int]]:
    """T3 a second time: every book of the maintenance fund, by its postings."""
    found: dict[str, dict[str, int]] = {}
    for move in books.moves.values():
        if move.number > until or move.day > ends_on:
            continue
        told = books.moves[move.about] if move.kind == "entry.reversed" and move.about else move
        for account, fen in told.postings.items():
            if not account.startswith("fund/maintenance/") and account != "suspense/maintenance":
                continue
            book = account.rpartition("/")[2] if account.startswith("fund/") else "suspense"
            side = "in" if fen < 0 else "out"
            if told.kind == "entry.classified" and book == "suspense":
                side = told.direction
            held = found.setdefault(book, dict.fromkeys(("opening", "income", "spending", "closing"), 0))
            came = fen if told is not move else -fen  # what it added to the book
            held["closing"] += came
            if told.kind == "fund.opened" or move.day < starts_on:
                held["opening"] += came
            elif side == "in":
                held["income"] += came
            else:
                held["spending"] -= came
    return found


# -- one pass over the records (levels 2, 4 to 8, 10) -----------------------------------------------

_RECORDED_AT = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Records:
    """Every record of a pack, read once from front to back."""

    def __init__(self, report: Report, profile: dict[str, list[str]] | None, shown: dict[int, list[Json]]):
        self.report, self.profile, self.shown = report, profile, shown
        self.books = Books()
        self.leaves: list[bytes] = []
        self.recorded_at: list[str] = []
        self.ids: dict[str, int] = {}
        self.files: dict[str, tuple[int, int]] = {}  # public attachments: size, first record
        self.private_digests: dict[str, int] = {}
        self.late: list[tuple[int, int]] = []  # days, record
        self.ahead: list[int] = []
        self.opened_by: dict[int, int] = {}
        self.profile_digests: list[tuple[int, str]] = []
        self.declared_keys: list[tuple[int, str]] = []  # from which record on the book names which key
        self.rotations: list[tuple[int, str, str]] = []  # which record puts which key in the place of which
        self.declared_origin: str | None = None

    def take(self, line: bytes) -> None:
        """One record."""
        number = len(self.leaves)
        self.leaves.append(hashlib.sha256(b"\0" + line).digest())
        problem, record = self._parsed(line)
        if problem:
            self.report["canonical"].fail(problem, number)
        shape = misshapen(record)
        if shape:
            self.report["canonical"].fail("canonical.shape", number, member=shape)
            self.recorded_at.append(self.recorded_at[-1] if self.recorded_at else "")
            return
        self._numbered(number, record)
        self._timed(number, record)
        text = line.count(b'"_sd"')
        try:
            if text > 1 or "attachments" in record:
                self._withheld(number, record)
            elif self.profile is not None and record["kind"] not in self.profile:
                raise Bad("profile.unknown-kind", kind=record["kind"])
        except Bad as bad:
            self.report["profile"].fail(bad.code, number, **bad.about)
        try:
            self.books.take(number, record)
        except Bad as bad:
            self.report["replay"].fail(bad.code, number, **bad.about)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            self.report["replay"].fail("replay.misshapen", number, kind=str(record["kind"])[:80])
        for one in self.shown.get(number, ()):
            self._disclosed(number, record, one)

    @staticmethod
    def _parsed(line: bytes) -> tuple[str, Json]:
        """A record, and what is wrong with how it is written."""
        if len(line) > ENTRY_BYTES_MAX:
            return "canonical.too-long", None
        try:
            text = line.decode()
            record = json.loads(text)
        except (ValueError, RecursionError):
            return "canonical.no-json", None
        try:
            if type(record) is not dict:
                return "canonical.no-json", None
            if found := outside(record, DEPTH_MAX):
                return "canonical." + found, record
            if canonical(record) != text:
                return "canonical.bytes", record
        except (ValueError, TypeError, RecursionError):
            return "canonical.bytes", None
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            return "canonical.not-nfc", record
        return "", record

    def _numbered(self, number: int, record: Json) -> None:
        level, report = self.report["numbers"], self.report
        if number == 0:
            report.ledger = record["ledger"]
            name = record["data"].get("name")
            report.community = name if type(name) is str else ""
        if record["ledger"] != report.ledger:
            level.fail("numbers.other-ledger", number, ledger=record["ledger"][:80])
        if (record["kind"] == "ledger.opened") != (number == 0):
            level.fail("numbers.opening", number)
        before = self.ids.setdefault(record["id"], number)
        if before != number:
            level.fail("numbers.id-twice", number, before=before)
        if record["kind"] in ("log.declared", "log-key.rotated"):
            self._declared(number, record["kind"], record["data"])

    def _declared(self, number: int, kind: str, data: Json) -> None:
        """What the log is, as the book itself says; only a rotation changes its key."""
        if kind == "log-key.rotated":
            before, key = str(data.get("old_key")), str(data.get("new_key"))
            self.rotations.append((number, before, key))
        else:
            before = key = str(data.get("log_key"))
            self.profile_digests.append((number, str(data.get("profile_sha256"))))
            self.declared_origin = str(data.get("origin"))
        if self.declared_keys and before != self.declared_keys[-1][1]:
            self.report["signature"].fail("signature.key-not-rotated", number)
        self.declared_keys.append((number, key))

    def _timed(self, number: int, record: Json) -> None:
        level, stamp, day = self.report["times"], record["recorded_at"], record["occurred_on"]
        before = self.recorded_at[-1] if self.recorded_at else ""
        self.recorded_at.append(stamp)
        if not _RECORDED_AT.fullmatch(stamp) or not _DAY.fullmatch(day):
            level.fail("times.form", number)
            return
        if stamp < before:
            level.fail("times.back", number, at=stamp, before=before)
        if stamp[:10] == day and stamp[11:13] < "16":
            return
        try:
            on = date.fromisoformat(stamp[:10])
            if stamp[11:13] >= "16":  # Shanghai is eight hours ahead
                on += timedelta(days=1)
            days = (on - date.fromisoformat(day)).days
        except (ValueError, OverflowError):
            level.fail("times.form", number)
            return
        if days > LATE_DAYS:
            self.late.append((days, number))
        elif days < 0:
            self.ahead.append(number)

    def _withheld(self, number: int, record: Json) -> None:
        kind = record["kind"]
        for name, value in record.items():
            if name not in ("by", "data", "attachments") and '"_sd"' in canonical(value):
                raise Bad("profile.hidden", kind=kind, field=name)
        for one in record.get("attachments", ()):
            public = one["tier"] == "public"
            for name in ("name", "sha256"):
                if public != (type(one[name]) is str) or not (public or _is_commitment(one[name])):
                    raise Bad("profile.attachment", kind=kind)
            if type(one["size"]) is not int or type(one["tier"]) is not str or type(one["type"]) is not str:
                raise Bad("profile.attachment", kind=kind)
            if public and _SHA256.fullmatch(one["sha256"]):
                self.files.setdefault(one["sha256"], (one["size"], number))
        if self.profile is None:
            return
        if kind not in self.profile:
            raise Bad("profile.unknown-kind", kind=kind)
        allowed = self.profile[kind]
        for path, value in _commitments(record["data"], ""):
            if path not in allowed:
                raise Bad("profile.hidden", kind=kind, field=path)
            if not _is_commitment(value):
                raise Bad("profile.no-digest", kind=kind, field=path)

    def _disclosed(self, number: int, record: Json, one: Json) -> None:
        level = self.report["disclosures"]
        try:
            name, value = opened(one)
            path = one["path"].split("/")
            if path[-1] != name and not path[-1].isdigit():
                raise Bad("disclosures.other-field")
            places = [record["data"], record, record["by"]]
            if not any(_at(place, path) == {"_sd": one["digest"]} for place in places):
                raise Bad("disclosures.not-in-record")
        except Bad as bad:
            level.fail(bad.code, number)
            return
        except (KeyError, TypeError, ValueError, AttributeError):
            level.fail("disclosures.form", number)
            return
        self.opened_by[number] = self.opened_by.get(number, 0) + 1
        if name == "sha256" and type(value) is str and path[0] == "attachments":
            size = record["attachments"][int(path[1])]["size"]
            self.files.setdefault(value, (size, number))
        level.passed()


def _commitments(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Everything withheld, by the names on its way; places in a list have none."""
    if type(value) is dict:
        if "_sd" in value:
            yield path, value
            return
        for name, member in value.items():
            yield from _commitments(member, f"{path}/{name}" if path else name)
    elif type(value) is list:
        for member in value:
            yield from _commitments(member, path)


def opened(one: Json) -> tuple[str, Json]:
    """What a disclosure shows: the name and the value (RFC 9901). Errors: `Bad`."""
    disclosure = one["disclosure"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode("ascii")).digest())
    if digest.rstrip(b"=").decode() != one["digest"]:
        raise Bad("disclosures.digest")
    raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
    salt, name, value = strict_json(raw)
    if type(salt) is not str or len(salt) < 22 or type(name) is not str:
        raise Bad("disclosures.form")
    return name, value


def _at(value: Json, path: Sequence[str]) -> Json:
    for name in path:
        if type(value) is list and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif type(value) is dict and name in value:
            value = value[name]
        else:
            return None
    return value


# -- a whole pack ----------------------------------------------------------------------------------


class Audit:
    """The check of one pack against what its reader brought."""

    def __init__(self, pack: Pack, wanted: Wanted) -> None:
        self.pack, self.wanted, self.report = pack, wanted, Report()
        self.signed: Checkpoint | None = None
        self.past: list[Checkpoint] = []
        self.own: tuple[Key | None, Policy | None] | None = None  # what the pack says of itself
        self.stamps: list[Stamp] = []
        self.good = 0  # the first so many records are under a checkpoint they fit
        self.different: int | None = None  # the first record that is not as another file of the pack says
        self.tiles: dict[str, tuple[str, int, int]] = {}
        self.keys: list[Key] = [wanted.vkey] if wanted.vkey else []
        self.manifest: Json = {}
        self.profile_sha256 = ""

    def run(self) -> Report:
        """All levels."""
        self._checkpoints()
        self.records = Records(self.report, self._profile(), self._shown())
        self._read()
        self.tree = Tree(self.records.leaves)
        self.report.records = self.tree.size
        for name in ("canonical", "numbers", "times", "replay"):
            self.report[name].passed()
        for step in (
            self._signed, self._declared, self._leaves, self._tiles, self._root, self._grown, self._manifest, self._numbers, self._profiled,
            self._times, self._statements, self._attachments, self._disclosures, self._anchors,
        ):  # fmt: skip
            step()
        return self.report

    def _optional(self, name: str, most: int = SMALL_FILE_MAX) -> bytes | None:
        return self.pack.read(name, most) if name in self.pack.sizes else None

    def _checkpoints(self) -> None:
        """Read the newest checkpoint and those before it; who signed them is checked once the tree is known."""
        level = self.report["signature"]
        raw, vkey, policy = (self._optional(f"log/{name}") for name in ("checkpoint", "vkey", "policy.txt"))
        if raw is None:
            level.remark("signature.no-checkpoint")
            if any(name.startswith("log/") for name in self.pack.sizes):
                level.fail("signature.checkpoint-missing")
            return
        try:
            self.signed = checkpoint_of(raw)
            own_key = key_of(vkey.decode().strip()) if vkey else None
            own_policy = Policy(policy) if policy else None
        except (Bad, UnicodeDecodeError) as bad:
            level.fail("signature.form", what=getattr(bad, "code", "key"))
            return
        self.own = own_key, own_policy
        self.keys += [own_key] if own_key else []
        for number, one in enumerate(self._past_notes()):
            try:
                self.past.append(checkpoint_of(one))
            except Bad:
                self.report["grown"].fail("grown.past-form", place=number)

    def _past_notes(self) -> Iterator[bytes]:
        """The notes of `checkpoints.log`, one after the other: a note ends with its last signature."""
        note: list[bytes] = []
        for line in (
            self.pack.lines("log/checkpoints.log") if "log/checkpoints.log" in self.pack.sizes else ()
        ):
            if note and note[-1].startswith("— ".encode()) and not line.startswith("— ".encode()):
                yield b"\n".join(note) + b"\n"
                note = []
            if line or note:
                note.append(line)
        if note:
            yield b"\n".join(note) + b"\n"

    def _profile(self) -> dict[str, list[str]] | None:
        raw = self._optional("profile.json", BIG_FILE_MAX)
        if raw is None:
            return None
        self.profile_sha256 = hashlib.sha256(raw).hexdigest()
        try:
            profile = strict_json(raw)
        except Bad:
            profile = None
        if type(profile) is not dict or not all(type(one) is list for one in profile.values()):
            self.report["profile"].fail("profile.form")
            return None
        return profile

    def _shown(self) -> dict[int, list[Json]]:
        """The disclosures of the pack, by record."""
        found: dict[int, list[Json]] = {}
        for place, line in enumerate(
            self.pack.lines("disclosures.jsonl") if "disclosures.jsonl" in self.pack.sizes else ()
        ):
            try:
                one = strict_json(line)
                found.setdefault(one["record"], []).append(one)
            except (Bad, KeyError, TypeError):
                self.report["disclosures"].fail("disclosures.line", place=place + 1)
        return found

    def _read(self) -> None:
        """Every record, and every bundle of entries beside it."""
        bundles: dict[int, list[tuple[str, int]]] = {}
        for name in self.pack.sizes:
            if name.startswith("log/tile/"):
                tile = _tile_of(name[4:])
                if tile is None:
                    self.report["tree"].fail("tree.tile-name", name=name)
                    continue
                self.tiles[name] = tile
                if tile[0] == "entries":
                    bundles.setdefault(tile[1], []).append((name, tile[2]))
        held: list[bytes] = []
        for line in self.pack.lines("events.jsonl"):
            self.records.take(line)
            held.append(line)
            if len(held) == WIDTH:
                self._bundle(bundles, held)
                held = []
        if held:
            self._bundle(bundles, held)

    def _bundle(self, bundles: dict[int, list[tuple[str, int]]], held: list[bytes]) -> None:
        first = (len(self.records.leaves) - 1) // WIDTH * WIDTH
        for name, width in bundles.get(first // WIDTH, ()):
            raw = self.pack.read(name, WIDTH * (ENTRY_BYTES_MAX + 2))
            packed = [len(entry).to_bytes(3, "big")[-2:] + entry for entry in held[:width]]
            if len(held) < width or raw != b"".join(packed):
                same, at = 0, 0
                while same < len(packed) and raw[at : at + len(packed[same])] == packed[same]:
                    at += len(packed[same])
                    same += 1
                self._differs("tree.bundle", first + same, name)

    def _differs(self, code: str, record: int, name: str) -> None:
        self.different = record if self.different is None else min(record, self.different)
        self.report["tree"].fail(code, record, name=name)

    # -- level 1 -----------------------------------------------------------------------------------

    def _signed(self) -> None:
        if self.signed is None or self.own is None:
            return
        level, (own_key, own_policy) = self.report["signature"], self.own
        successors = self._successors(self.signed)
        self.stamps = check_signature(level, self.signed, self.wanted, own_key, own_policy, successors)
        policy = self.wanted.policy or own_policy
        if policy is None or level.state == "fail":
            return
        for past in self.past[-PAST_CHECKED:]:
            for key in policy.witnesses.values():
                try:
                    when = signed_at(past, key)
                except Bad:
                    self.report["grown"].fail("grown.past-signature", size=past.size, name=key.name)
                    continue
                self.stamps += [Stamp(past.size, when)] if when else []

    def _successors(self, signed: Checkpoint) -> list[Key]:
        """The keys that took the place of one the reader trusts: both signed a log that says so (rule 10)."""
        level, found = self.report["signature"], list[Key]()
        for number, old, new in self.records.rotations:
            if number >= signed.size:
                continue  # nobody signed for it yet
            try:
                before, after = key_of(old), key_of(new)
                proven = self._is_signed_by_both(number, before, after)
            except Bad:
                proven = False
            if not proven:
                level.fail("signature.rotation", number)
                continue
            self.keys += [before, after]
            if before in [*self.wanted.trusted, *found]:
                found.append(after)
        return found

    def _is_signed_by_both(self, number: int, before: Key, after: Key) -> bool:
        """Whether one checkpoint over this record is signed by either key. Errors: `Bad`."""
        both = {(key.name, key.id) for key in (before, after)}
        for one in [*self.past, *([self.signed] if self.signed else [])]:
            if number < one.size <= self.tree.size and both <= {sign[:2] for sign in one.signatures}:
                signed = None not in (signed_at(one, before), signed_at(one, after))
                return signed and self.tree.root(one.size) == one.root
        return False

    def _declared(self) -> None:
        """The key and the name of the log, as the book says them, against what signed the checkpoint."""
        level, signed, origin = self.report["signature"], self.signed, self.records.declared_origin
        named = [key for number, key in self.records.declared_keys if signed and number < signed.size]
        if signed is None or not named:
            return
        key = named[-1]
        try:
            if signed_at(signed, key_of(key)) is None or origin not in (None, signed.origin):
                level.fail("signature.not-as-declared", key=key)
        except Bad:
            level.fail("signature.not-as-declared", key=key)

    # -- level 2 -----------------------------------------------------------------------------------

    def _leaves(self) -> None:
        if "leaves.txt" not in self.pack.sizes:
            return
        leaves, number = self.records.leaves, -1
        for number, line in enumerate(self.pack.lines("leaves.txt")):
            if number >= len(leaves) or line != leaves[number].hex().encode():
                self._differs("tree.leaf", number, "leaves.txt")
                return
        if number + 1 < len(leaves):
            self._differs("tree.leaf", number + 1, "leaves.txt")

    def _tiles(self) -> None:
        level = self.report["tree"]
        for name, (kind, index, width) in sorted(self.tiles.items()):
            if kind == "entries":
                if index * WIDTH + width > self.tree.size:
                    self._differs("tree.bundle", self.tree.size, name)
                continue
            raw, made = self.pack.read(name), self.tree.tile(int(kind), index, width)
            if made is None:
                level.fail("tree.tile-beyond", None, name=name)
            elif raw != made:
                same = next(
                    (
                        at
                        for at in range(width)
                        if raw[32 * at : 32 * at + 32] != made[32 * at : 32 * at + 32]
                    ),
                    width,
                )
                first = (index * WIDTH + same) << 8 * int(kind)
                if kind == "0":
                    self._differs("tree.tile", first, name)
                else:
                    level.fail("tree.tile", first if self.different is None else self.different, name=name)
        if self.signed is not None and any(name.startswith("log/tile/") for name in self.pack.sizes):
            for path in _tiles_of(min(self.signed.size, self.tree.size)):
                if f"log/{path}" not in self.pack.sizes:
                    level.fail("tree.tile-missing", name=path)

    def _root(self) -> None:
        """The records against the signed root. What no checkpoint covers is proven by nothing."""
        level, signed, size = self.report["tree"], self.signed, self.tree.size
        fitting = [
            past.size for past in self.past if past.size <= size and self.tree.root(past.size) == past.root
        ]
        self.good = max(fitting, default=0)
        if signed is None:
            level.remark("tree.no-checkpoint", records=size)
            return
        if signed.size > size:
            level.fail("tree.records-missing", size, signed=signed.size, records=size)
        elif self.tree.root(signed.size) != signed.root:
            level.fail("tree.root", self._first_bad(), good=self.good, signed=signed.size)
        elif signed.size < size:
            self.good = signed.size
            level.remark("tree.not-signed", record=signed.size, signed=signed.size, records=size)
        else:
            self.good = size
            level.passed("tree.fits", records=size)

    def _first_bad(self) -> int:
        """The first record that differs from another file; else the first after the last checkpoint that fits."""
        return self.good if self.different is None else self.different

    # -- level 3 -----------------------------------------------------------------------------------

    def _grown(self) -> None:
        level, fits = self.report["grown"], 0
        for past in self.past:
            if self.signed is not None and past.size > max(self.signed.size, self.tree.size):
                level.remark("grown.past-beyond", size=past.size)
            elif self._extends(level, past, "grown.past"):
                fits += 1
        if fits:
            level.remark("grown.past-fits", count=fits)
        for saved in self.wanted.checkpoints:
            if not self._is_genuine(saved):
                level.fail("grown.saved-signature", size=saved.size)
            elif self._extends(level, saved, "grown.saved"):
                level.passed("grown.saved-fits", size=saved.size)
        for ledger, number, leaf in self.wanted.receipts:
            if ledger != self.report.ledger:
                level.fail("grown.receipt-of-other", ledger=ledger[:80])
            elif number >= self.tree.size:
                level.fail("grown.receipt-missing", number, number=number)
            elif self.records.leaves[number].hex() != leaf:
                level.fail("grown.receipt-differs", number, number=number)
            else:
                level.passed("grown.receipt-fits", number=number)
        if not self.wanted.checkpoints and not self.wanted.receipts:
            level.remark("grown.nothing-saved")

    def _is_genuine(self, saved: Checkpoint) -> bool:
        """Whether no key we know says that a saved checkpoint is forged; one typed in has no signature."""
        try:
            for key in self.keys:
                signed_at(saved, key)
        except Bad:
            return False
        return True

    def _extends(self, level: Level, older: Checkpoint, code: str) -> bool:
        origin = self.signed.origin if self.signed else None
        if origin is not None and older.origin != origin:
            level.fail(f"{code}-of-other", origin=older.origin[:200])
        elif older.size > self.tree.size:
            level.fail(f"{code}-longer", self.tree.size, size=older.size, records=self.tree.size)
        elif self.tree.root(older.size) != older.root:
            level.fail(f"{code}-differs", min(self._first_bad(), older.size - 1), size=older.size)
        else:
            return True
        return False

    # -- levels 5 to 7 -----------------------------------------------------------------------------

    def _manifest(self) -> None:
        """The list of the pack against what is in it."""
        level, sizes = self.report["files"], self.pack.sizes
        if "manifest.json" not in sizes:
            level.remark("files.no-manifest")
            return
        try:
            self.manifest = self.pack.json("manifest.json")
            listed = {one["path"]: (one["sha256"], one["size"]) for one in self.manifest["files"]}
        except (Bad, KeyError, TypeError):
            self.manifest = {}
            level.fail("files.manifest-form")
            return
        for name, (sha256, size) in listed.items():
            if name not in sizes:
                level.fail("files.missing", name=name)
            elif sizes[name] != size or self.pack.sha256(name) != sha256:
                level.fail("files.changed", name=name)
        others = sorted(name for name in sizes if name not in listed and name != "manifest.json")
        if others:
            level.remark("files.not-listed", count=len(others), name=others[0])
        level.passed("files.listed", count=len(listed))

    def _numbers(self) -> None:
        level, leaves, said = self.report["numbers"], self.records.leaves, self.manifest
        if not leaves:
            level.fail("numbers.none")
            return
        if said and type(said.get("head")) is dict:
            if said.get("records") != len(leaves) or said["head"].get("number") != len(leaves) - 1:
                level.fail("numbers.manifest", len(leaves), records=said.get("records"))
            elif said["head"].get("leaf_hash") != leaves[-1].hex():
                level.fail("numbers.manifest", len(leaves) - 1, records=said.get("records"))
            if said.get("ledger") != self.report.ledger:
                level.fail("numbers.other-ledger", 0, ledger=str(said.get("ledger"))[:80])
        if self.signed is not None and self.signed.origin.rpartition("/")[2] != self.report.ledger:
            level.fail("numbers.other-log", origin=self.signed.origin[:200])
        level.remark("numbers.counted", records=len(leaves), last=len(leaves) - 1)

    def _profiled(self) -> None:
        level, named = self.report["profile"], self.records.profile_digests
        if self.records.profile is None:
            level.remark("profile.none")
            return
        if named and named[-1][1] != self.profile_sha256:
            level.fail("profile.other", named[-1][0])
        level.passed("profile.recorded" if named else "profile.not-recorded", sha256=self.profile_sha256)

    def _times(self) -> None:
        level, at = self.report["times"], self.records.recorded_at
        for stamp in sorted(set(self.stamps)):
            if stamp.size < len(at) and _seconds(at[stamp.size]) < stamp.time - GRACE_SECONDS:
                level.remark(
                    "times.back-dated", record=stamp.size, at=at[stamp.size], time=_instant(stamp.time)
                )
            if 0 < stamp.size <= len(at) and _seconds(at[stamp.size - 1]) > stamp.time + GRACE_SECONDS:
                level.remark(
                    "times.ahead-of-witness",
                    record=stamp.size - 1,
                    at=at[stamp.size - 1],
                    time=_instant(stamp.time),
                )
        if self.records.ahead:
            level.remark("times.happened-later", count=len(self.records.ahead), record=self.records.ahead[0])
        if self.records.late:
            days, record = max(self.records.late, key=lambda one: (one[0], -one[1]))
            level.remark(
                "times.late", count=len(self.records.late), more_than=LATE_DAYS, days=days, record=record,
                between=self._between(record),
            )  # fmt: skip

    def _between(self, record: int) -> str:
        """Between which times of witnesses a record came, if there are any."""
        stamps = sorted(set(self.stamps))
        at = bisect_right([stamp.size for stamp in stamps], record)
        before = _instant(max(stamp.time for stamp in stamps[:at])) if at else "…"
        after = _instant(min(stamp.time for stamp in stamps[at:])) if at < len(stamps) else "…"
        return f"{before} – {after}" if stamps else ""

    # -- level 8 -----------------------------------------------------------------------------------

    def _statements(self) -> None:
        level, books = self.report["replay"], self.records.books
        made = 0
        for number, said in books.published:
            try:
                made += self._statement(number, said)
            except Bad as bad:
                level.fail(bad.code, number, disclosure=said["disclosure"], **bad.about)
            except (KeyError, TypeError, ValueError, AttributeError):
                level.fail("replay.misshapen", number, kind="disclosure.published")
        for account in sorted(account for account in books.sums if account.startswith("bank/")):
            level.remark("replay.balance", account=account, yuan=_yuan(books.sums[account]))
        level.remark("replay.done", votes=books.votes, statements=len(books.published), figures=made)

    def _statement(self, number: int, said: Json) -> int:
        """One published statement; 1 if its figures were added up again."""
        folder = f"statements/{said['disclosure']}/{int(said['version'])}"
        until, head = said["until"], said["head"]
        if not 0 <= until < number or self.records.leaves[until].hex() != head:
            raise Bad("replay.statement-head", until=until)
        if f"{folder}/paper.pdf" in self.pack.sizes:
            if self.pack.sha256(f"{folder}/paper.pdf") != said["pdf_sha256"]:
                raise Bad("replay.paper-changed")
        elif not any(
            one.get("what") == "paper" and one.get("record") == number
            for one in self.manifest.get("missing", ())
        ):
            raise Bad("replay.paper-missing")
        if f"{folder}/statement.json" not in self.pack.sizes:
            raise Bad("replay.statement-missing")
        raw = self.pack.read(f"{folder}/statement.json", BIG_FILE_MAX)
        if hashlib.sha256(raw).hexdigest() != said["statement_sha256"]:
            raise Bad("replay.statement-changed")
        found = strict_json(raw)
        if canonical(found).encode() != raw or found["ledger"] != self.report.ledger:
            raise Bad("replay.statement-head", until=until)
        if [found[name] for name in ("table", "from", "to", "until", "head")] != [
            said[name] for name in ("table", "from", "to", "until", "head")
        ]:
            raise Bad("replay.statement-head", until=until)
        return self._figures(found)

    def _figures(self, found: Json) -> int:
        books, during = self.records.books, (found["until"], found["from"], found["to"])
        rows = {
            section["name"]: {row["key"]: row["cells"] for row in section["rows"]}
            for section in found["sections"]
        }
        if found["table"] == "T1":
            made = revenue_figures(books, *during)
            by_scope = rows["balance"]
        elif found["table"] == "T3":
            by_book = maintenance_figures(books, *during)
            by_scope = rows["books"]
            for book in {*by_book, *by_scope}:
                if {**by_book.get(book, {}), "scope": book} != by_scope.get(book):
                    raise Bad("replay.figure", figure=book)
            made = {
                name: sum(book[name] for book in by_book.values())
                for name in ("opening", "income", "spending", "closing")
            }
        else:
            return 0
        for name, fen in made.items():
            if found["figures"].get(name) != fen or sum(row[name] for row in by_scope.values()) != fen:
                raise Bad("replay.figure", figure=name)
        return 1

    # -- levels 9 to 11 ----------------------------------------------------------------------------

    def _attachments(self) -> None:
        level, known, here, absent = self.report["files"], self.records.files, set(), 0
        for name, size in sorted(self.pack.sizes.items()):
            if not name.startswith("attachments/"):
                continue
            sha256 = name.rpartition("/")[2].partition(".")[0]
            here.add(sha256)
            if self.pack.sha256(name) != sha256:
                level.fail("files.attachment-changed", known.get(sha256, (0, None))[1], name=name)
            elif sha256 not in known:
                level.fail("files.attachment-of-no-record", name=name)
            elif known[sha256][0] != size:
                level.fail("files.attachment-size", known[sha256][1], name=name)
            else:
                level.passed()
        absent = len(known.keys() - here)
        if here:
            level.remark("files.attachments", count=len(here))
        if absent:
            level.remark("files.attachments-absent", count=absent)

    def _disclosures(self) -> None:
        level, shown = self.report["disclosures"], self.records.shown
        beyond = [record for record in shown if type(record) is not int or not 0 <= record < self.tree.size]
        if beyond:
            level.fail("disclosures.no-record")
        if shown:
            level.remark("disclosures.opened", count=sum(self.records.opened_by.values()))
        else:
            level.remark("disclosures.none")

    def _anchors(self) -> None:
        """Time stamps (RFC 3161): whether they are over our checkpoints; who made them OpenSSL can tell."""
        level = self.report["anchors"]
        names = sorted(name for name in self.pack.sizes if name.endswith(".tsr"))
        notes = [one.raw for one in [*self.past, *([self.signed] if self.signed else [])]]
        imprints = {hashlib.sha256(raw).digest() for raw in notes}
        for name in names:
            found = re.search(
                b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01(?:\x05\x00)?\x04\x20(.{32})",
                self.pack.read(name),
                re.DOTALL,
            )
            if found is None or found[1] not in imprints:
                level.fail("anchors.other", name=name)
        level.remark("anchors.not-ours" if names else "anchors.none", count=len(names))


def _seconds(stamp: str) -> int:
    try:
        return calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))
    except (ValueError, OverflowError):
        return 0


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


# -- one record with its proof ---------------------------------------------------------------------


class Proof(NamedTuple):
    """A `.tlog-proof` (C2SP tlog-proof); what nobody signed of it, `extra`, is not read."""

    number: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint


def proof_of(raw: bytes) -> Proof:
    """The proof of a file. Errors: `Bad`."""
    try:
        head, blank, note = raw.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Bad("proof.form") from None
    lines = head.split("\n")
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Bad("proof.form")
    if lines and lines[0].startswith("extra "):
        _base64(lines.pop(0)[6:])
    index = re.fullmatch("index (0|[1-9][0-9]{0,15})", lines.pop(0) if lines else "")
    if index is None or len(lines) > 63:
        raise Bad("proof.form")
    hashes = tuple(map(_base64, lines))
    if any(len(one) != 32 for one in hashes):
        raise Bad("proof.form")
    return Proof(int(index[1]), hashes, checkpoint_of(note.encode()))


def check_proof(raw: bytes, entry: bytes, wanted: Wanted) -> Report:
    """One record and its proof, without the rest of the book."""
    report = Report()
    try:
        proof = proof_of(raw)
    except Bad as bad:
        raise Unreadable("proof.unreadable", reason=bad.code) from None
    check_signature(report["signature"], proof.checkpoint, wanted, None, None)
    entry = entry[:-1] if entry.endswith(b"\n") else entry
    size, root = proof.checkpoint.size, proof.checkpoint.root
    if included(proof.number, size, _leaf(entry), proof.hashes, root):
        report["tree"].passed("proof.included", number=proof.number, size=size)
    else:
        report["tree"].fail("proof.not-included", proof.number)
    problem, record = Records._parsed(entry)
    shape = "" if problem else misshapen(record)
    if problem or shape:
        report["canonical"].fail(problem or "canonical.shape", proof.number, member=shape)
    else:
        report["canonical"].passed()
        report.ledger, report.records = record["ledger"], 1
        if proof.checkpoint.origin.rpartition("/")[2] != record["ledger"]:
            report["numbers"].fail("numbers.other-log", proof.number, origin=proof.checkpoint.origin[:200])
    for saved in wanted.checkpoints:
        if saved.origin != proof.checkpoint.origin:
            report["grown"].fail("grown.saved-of-other", origin=saved.origin[:200])
        elif saved.size != size:
            report["grown"].remark("proof.needs-pack", size=saved.size)
        elif saved.root != root:
            report["grown"].fail("grown.saved-differs", size=size)
        else:
            report["grown"].passed("grown.saved-fits", size=size)
    for ledger, number, leaf in wanted.receipts:
        if number == proof.number and ledger == report.ledger:
            if leaf == _leaf(entry).hex():
                report["grown"].passed("grown.receipt-fits", number=number)
            else:
                report["grown"].fail("grown.receipt-differs", number, number=number)
    return report


# -- words -----------------------------------------------------------------------------------------

TITLES = {
    "signature": ("签名和见证", "signature and witnesses"),
    "tree": ("全部记录合成一个总指纹", "all records make the one signed root"),
    "grown": ("只增加、没改过：和我以前存下的核对", "only grown since what I kept"),
    "canonical": ("每条记录的写法", "how each record is written"),
    "numbers": ("记录号连续，属于这本账", "record numbers without a gap, of this book"),
    "profile": ("该公开的没有隐去", "nothing hidden that must be plain"),
    "times": ("时间", "times"),
    "replay": ("重算：收支、余额、表决、报表", "recomputed: money, votes, statements"),
    "files": ("附件和文件", "attachments and files"),
    "disclosures": ("给我看的个人信息", "what was disclosed to me"),
    "anchors": ("时间戳", "time stamps"),
}
STATES = {"pass": ("通过", "pass"), "fail": ("不符", "FAIL"), "unchecked": ("未核对", "not checked")}
TABLE = """
pack.not-there|没有这个文件：{file}|there is no such file: {file}
pack.not-a-pack|这不是完好的资料包：{file}（{reason}）|not a sound pack: {file} ({reason})
pack.without-records|里面没有记录（events.jsonl）：{file}|it holds no records (events.jsonl): {file}
pack.link|资料包里不该有链接：{name}|a pack holds no links: {name}
pack.too-many-files|文件太多，最多 {most} 个|too many files, {most} at most
pack.path|文件名想跑到资料包外面：{name}|a name that leaves the pack: {name}
pack.name-twice|同一个文件名出现两次：{name}|two files of one name: {name}
pack.encrypted|加了密，打不开：{name}|encrypted: {name}
pack.compression|压缩方法不认识：{name}|unknown compression: {name}
pack.bomb|压缩得不正常，怕是陷阱，没有打开：{name}|packed beyond reason, not opened: {name}
pack.damaged|文件坏了：{name}（{reason}）|damaged: {name} ({reason})
pack.file-too-large|文件太大：{name}|too large: {name}
pack.line-too-long|有一行太长：{name}|a line is too long: {name}
given.unreadable|您给的{what}看不懂：{file}|what you gave as {what} cannot be read: {file}
given.nothing|请告诉我核对哪个资料包：python3 verify.py 资料包.zip|which pack? python3 verify.py PACK.zip
proof.unreadable|证明文件看不懂|the proof file cannot be read
unexpected|没有办法核对（{reason}）|it cannot be checked ({reason})
signature.no-checkpoint|资料包里没有签过名的检查点，谁签的无从核对|the pack has no signed checkpoint: who signed cannot be checked
signature.checkpoint-missing|公开日志在，检查点却不见了|there is a log, and its checkpoint is gone
signature.form|检查点、钥匙或见证规则写得不对（{what}）|checkpoint, key or policy is not as it must be ({what})
signature.wrong|{name} 的签名是错的|the signature of {name} is wrong
signature.foreign|不是这本账的钥匙签的：{origin}|not signed by the key of this log: {origin}
signature.no-key|没有可以核对签名的钥匙|there is no key to check the signature with
signature.key-not-rotated|第 {record} 条换了钥匙，却不是从原来那把换的|record {record} changes the key, but not from the one in use
signature.rotation|第 {record} 条换了钥匙，可是没有一个包含它的检查点是新旧两把钥匙都签过的|record {record} changes the key, but no checkpoint over it is signed by both keys
signature.not-as-declared|检查点不是账里写明的日志和钥匙签的：{key}|the checkpoint is not of the log and key the book names: {key}
signature.own-key|签名和资料包里自带的钥匙对得上；请拿公告栏或别处得到的钥匙比一比（--vkey）：{key}|signed by the key inside this pack; compare it with one you got elsewhere (--vkey): {key}
signature.trusted|是您信任的钥匙签的：{key}|signed by the key you trust: {key}
signature.successor|是您信任的那把钥匙换成的新钥匙签的，换钥匙时新旧两把都签了名：{key}|signed by the key that took the place of the one you trust; both signed for the change: {key}
witness.no-policy|没有见证规则：没有人证明大家看到的是同一本账|no witness policy: nobody vouches that all see the same
witness.none|还没有见证人|not yet witnessed by anybody
witness.too-few|见证人不够：{known} 位里只有 {found} 位签了|too few witnesses: {found} of {known} signed
witness.seen|见证人 {names} 看过，最近一次 {time}|witnessed by {names}, last at {time}
witness.stale|最近一次见证在 {time}，已超过 {hours} 小时；请要一份新的|last witnessed at {time}, more than {hours} hours ago: ask for a newer one
tree.no-checkpoint|没有检查点，{records} 条记录的总指纹没有东西可比|no checkpoint to compare the root of {records} records with
tree.tile-name|日志里有一个不该有的文件：{name}|a file that does not belong into a log: {name}
tree.bundle|第 {record} 条记录和日志里的原文不一样（{name}）|record {record} is not as in the log ({name})
tree.leaf|第 {record} 条记录的指纹和清单不一样（{name}）|the leaf hash of record {record} is not as listed ({name})
tree.tile|从第 {record} 条记录起，指纹和日志里的不一样（{name}）|from record {record} on hashes are not as in the log ({name})
tree.tile-beyond|日志里的记录比资料包里的多（{name}）|the log has more records than the pack ({name})
tree.tile-missing|日志缺一个文件：{name}|the log lacks a file: {name}
tree.records-missing|签名的是 {signed} 条，这里只有 {records} 条：从第 {record} 条起少了|{signed} records were signed, {records} are here: from record {record} on they are missing
tree.root|全部记录的总指纹和签名的不符；前 {good} 条没有问题，从第 {record} 条起查|the root is not the signed one; the first {good} records are as signed, look from record {record} on
tree.not-signed|前 {signed} 条一字未改，与签名的一致；第 {record} 条起还没有签名，没有核对|the first {signed} records are as signed; from record {record} on nothing is signed yet, nor checked
tree.fits|{records} 条记录一条不少，一字未改，总指纹与签名的一致|all {records} records are there and unchanged: their root is the signed one
grown.past-form|以前的检查点第 {place} 个看不懂|past checkpoint {place} cannot be read
grown.past-signature|{size} 条时的检查点上 {name} 的签名是错的|the signature of {name} under the checkpoint of {size} records is wrong
grown.past-of-other|以前的检查点是另一本账的：{origin}|a past checkpoint is of another log: {origin}
grown.past-longer|以前曾有 {size} 条记录，现在只有 {records} 条|there were {size} records once, now {records}
grown.past-beyond|另有 {size} 条时签的检查点，比这份资料包新；请要一份新的|a checkpoint of {size} records is newer than this pack: ask for a newer one
grown.past-differs|和以前 {size} 条时签过的不一样，从第 {record} 条起查|not what was signed at {size} records: look from record {record} on
grown.past-fits|资料包自带的 {count} 个旧检查点都对得上|all {count} past checkpoints of the pack fit
grown.saved-of-other|您存的检查点是另一本账的：{origin}|the checkpoint you kept is of another log: {origin}
grown.saved-longer|您存的时候有 {size} 条记录，这里只有 {records} 条：少了|you kept one of {size} records, here are {records}: some are missing
grown.saved-differs|和您存下的 {size} 条时的样子不一样：有记录被改过|not what you kept at {size} records: a record was changed
grown.saved-signature|您存的检查点签名是错的|the signature of the checkpoint you kept is wrong
grown.saved-fits|您存下的 {size} 条原样都在，后面只有增加|the {size} records you kept are all there, unchanged; it only grew
grown.receipt-of-other|回执是另一本账的：{ledger}|the receipt is of another book: {ledger}
grown.receipt-missing|您手里有第 {number} 条的回执，这里却没有这条记录|you hold a receipt for record {number}, which is not here
grown.receipt-differs|第 {number} 条和您的回执不一样|record {number} is not what your receipt says
grown.receipt-fits|回执上的第 {number} 条在，一字未改|record {number} of your receipt is there, unchanged
grown.nothing-saved|您没有给出以前存下的检查点或回执（--checkpoint），这一项没法核对|you gave no checkpoint or receipt of your own (--checkpoint), so this cannot be checked
canonical.too-long|第 {record} 条太长|record {record} is too long
canonical.no-json|第 {record} 条不是完好的 JSON|record {record} is not sound JSON
canonical.too-deep|第 {record} 条套得太深|record {record} nests too deep
canonical.member-name|第 {record} 条有不该有的名称|record {record} has a member name that may not be
canonical.number-too-large|第 {record} 条的数太大|record {record} has a number that is too large
canonical.float|第 {record} 条有小数；金额只能是整数分|record {record} has a fraction; amounts are whole fen
canonical.null|第 {record} 条有空值|record {record} has a null
canonical.bytes|第 {record} 条的写法不是规定的那一种|record {record} is not written in the one way it must be
canonical.not-nfc|第 {record} 条的文字编码不规范|the text of record {record} is not normal (NFC)
canonical.shape|第 {record} 条的 {member} 不对|{member} of record {record} is not as it must be
numbers.none|一条记录也没有|there is no record at all
numbers.other-ledger|第 {record} 条是另一本账的：{ledger}|record {record} is of another book: {ledger}
numbers.other-log|日志 {origin} 不是这本账的|the log {origin} is not of this book
numbers.opening|第 {record} 条：第 0 条必须是开账，别的都不是|record {record}: record 0 opens the book, and no other
numbers.id-twice|第 {record} 条的编号和第 {before} 条相同|record {record} has the id of record {before}
numbers.manifest|条数或最后一条和清单不符（清单 {records} 条），从第 {record} 条起查|not the records of the manifest ({records}): look from record {record} on
numbers.counted|{records} 条，从第 0 条到第 {last} 条|{records} records, 0 to {last}
profile.none|资料包里没有公开规定（profile.json），没法核对|there is no public profile (profile.json), so this cannot be checked
profile.form|公开规定（profile.json）看不懂|the public profile (profile.json) cannot be read
profile.other|公开规定不是第 {record} 条记录里写的那一份|the public profile is not the one named in record {record}
profile.recorded|公开规定和账里记的指纹一致|the public profile is the one the book names
profile.not-recorded|账里没有记公开规定的指纹，请和别处比一比：{sha256}|no record names the public profile: compare its digest: {sha256}
profile.unknown-kind|第 {record} 条的种类不在公开规定里：{kind}|record {record} is of a kind the profile does not know: {kind}
profile.hidden|第 {record} 条隐去了该公开的 {field}（{kind}）|record {record} hides {field}, which must be plain ({kind})
profile.no-digest|第 {record} 条的 {field} 隐去的写法不对|{field} of record {record} is not withheld as it must be
profile.attachment|第 {record} 条的附件：公开的不能隐去，不公开的不能露出|attachments of record {record}: public ones hide nothing, private ones show nothing
times.form|第 {record} 条的时间写法不对|the times of record {record} are not written as they must be
times.back|第 {record} 条的时间倒退了：{at} 早于 {before}|record {record} goes back in time: {at} is before {before}
times.back-dated|第 {record} 条自称 {at} 记下，可是 {time} 见证人来看时还没有它|record {record} says it was recorded at {at}, but witnesses had not seen it at {time}
times.ahead-of-witness|第 {record} 条自称 {at} 记下，可是 {time} 见证人就看到了|record {record} says it was recorded at {at}, but witnesses saw it at {time}
times.happened-later|{count} 条写的日子在记下之后，第一条是第 {record} 条|{count} records are dated after they were recorded, first record {record}
times.late|{count} 条是事后 {more_than} 天以上才记的；最晚的是第 {record} 条，晚了 {days} 天 {between}|{count} were recorded more than {more_than} days after; record {record} came {days} days late {between}
replay.misshapen|第 {record} 条缺了或写错了内容，没法重算（{kind}）|record {record} lacks something, or has it wrong: it cannot be recomputed ({kind})
replay.postings|第 {record} 条的账目写法不对|the postings of record {record} are not as they must be
replay.unbalanced|第 {record} 条借贷不平|the postings of record {record} do not balance
replay.amount|第 {record} 条写的金额和账目不一样|the amount of record {record} is not what its postings move
replay.overdrawn|第 {record} 条以后银行账户 {account} 成了负数|after record {record} the bank account {account} is below zero
replay.reversal-of-nothing|第 {record} 条冲销的第 {about} 条不存在，或不能冲销|record {record} reverses record {about}, which cannot be
replay.reversed-twice|第 {record} 条又冲销一次第 {about} 条，第 {before} 条已经冲销过|record {record} reverses record {about} again, after record {before}
replay.reversal-differs|第 {record} 条冲销的和第 {about} 条不相等|record {record} is not the opposite of record {about}
replay.vote-not-open|第 {record} 条结束了没有开始的表决：{decision}|record {record} closes a vote that is not open: {decision}
replay.vote-totals|第 {record} 条的票数自相矛盾：{decision}|the totals of record {record} contradict each other: {decision}
replay.vote-result|第 {record} 条的表决结果算错了：{decision}|the outcome in record {record} does not follow from its totals: {decision}
replay.statement-not-approved|第 {record} 条公布的报表没有人审过：{disclosure}|record {record} publishes a statement nobody approved: {disclosure}
replay.statement-head|第 {record} 条公布的报表不是按这些记录做的：{disclosure}|the statement of record {record} was not made from these records: {disclosure}
replay.statement-missing|第 {record} 条公布的报表不在资料包里：{disclosure}|the statement of record {record} is not in the pack: {disclosure}
replay.statement-changed|第 {record} 条公布的报表被改过：{disclosure}|the statement of record {record} was changed: {disclosure}
replay.paper-missing|第 {record} 条公布的那张纸不在资料包里：{disclosure}|the paper of record {record} is not in the pack: {disclosure}
replay.paper-changed|第 {record} 条公布的那张纸被改过：{disclosure}|the paper of record {record} was changed: {disclosure}
replay.figure|第 {record} 条公布的报表里 {figure} 和重算的不一样：{disclosure}|{figure} in the statement of record {record} is not what the records add up to: {disclosure}
replay.balance|{account} 余额 {yuan} 元|{account} holds {yuan} yuan
replay.done|重算了 {votes} 次表决，核对了 {statements} 张报表，其中 {figures} 张的数字从头加过|{votes} votes judged again, {statements} statements checked, the figures of {figures} added up again
files.no-manifest|没有清单（manifest.json）|there is no manifest
files.manifest-form|清单（manifest.json）看不懂|the manifest cannot be read
files.missing|清单上的文件不见了：{name}|a listed file is gone: {name}
files.changed|文件被改过：{name}|a file was changed: {name}
files.not-listed|有 {count} 个文件不在清单上，例如 {name}|{count} files are not listed, such as {name}
files.listed|清单上的 {count} 个文件都在，没有改过|all {count} listed files are there, unchanged
files.attachment-changed|附件被改过：{name}|an attachment was changed: {name}
files.attachment-size|附件大小和记录不符：{name}|an attachment is not of the size its record says: {name}
files.attachment-of-no-record|没有一条记录提到这个附件：{name}|no record names this attachment: {name}
files.attachments|{count} 个附件和记录里的指纹一致|{count} attachments are as their records say
files.attachments-absent|记录提到的附件有 {count} 个不在这个包里|{count} attachments named by records are not in this pack
disclosures.none|资料包里没有只给您看的内容|the pack discloses nothing to you
disclosures.opened|打开了 {count} 项隐去的内容，都和记录里的指纹一致|{count} withheld values opened, all as the records say
disclosures.line|disclosures.jsonl 第 {place} 行看不懂|line {place} of disclosures.jsonl cannot be read
disclosures.form|给第 {record} 条的钥匙看不懂|what opens record {record} cannot be read
disclosures.digest|给第 {record} 条的内容和指纹不符|what opens record {record} does not make its digest
disclosures.other-field|给第 {record} 条的是另一项内容|what opens record {record} is of another field
disclosures.not-in-record|第 {record} 条里没有这项指纹|record {record} has no such digest
disclosures.no-record|打开的是不存在的记录|it opens a record that is not there
anchors.none|没有时间戳|there are no time stamps
anchors.not-ours|{count} 个时间戳是盖在这本账的检查点上的；谁盖的请用 openssl ts -verify 核对|{count} time stamps are over checkpoints of this log; who made them: openssl ts -verify
anchors.other|时间戳盖的不是这本账的检查点：{name}|a time stamp is over something else: {name}
proof.included|第 {number} 条记录就在 {size} 条的日志里，一字未改|record {number} is in the log of {size}, unchanged
proof.not-included|证明不成立：这条记录不是日志里的第 {record} 条|the proof fails: this is not record {record} of the log
proof.needs-pack|您存的检查点有 {size} 条；要核对只增不改，请用整个资料包|the checkpoint you kept has {size} records; use a whole pack to check that it only grew
record|第一条有问题的记录|first bad record
records|条记录|records
end.pass|没有发现问题；“未核对”的项目没有核对过。|Nothing is wrong; what is "not checked" was not checked.
end.fail|有问题，见“不符”的项目。|Something is wrong: see FAIL.
end.limit|核对不能说明从未入账的事，也不能说明记下的是真话。|No check can show what was never entered, or that what was entered is true.
saved|检查点|a checkpoint
vkey|钥匙|a key
policy|见证规则|a policy
receipt|回执|a receipt
entry|记录|a record
proof|证明|a proof
"""
WORDS = {code: (zh, en) for code, zh, en in (line.split("|") for line in TABLE.strip().split("\n"))}


def words(lang: str, code: str, about: dict[str, object]) -> str:
    """What a code says in a language; control characters in what others wrote are shown, not obeyed."""
    plain = {
        name: value if isinstance(value, int) else "".join(c if c.isprintable() else "�" for c in str(value))
        for name, value in about.items()
    }
    return WORDS[code][lang != "zh"].format(**plain).rstrip()


def in_words(report: Report, lang: str) -> Iterator[str]:
    """The report as lines."""
    choice = lang != "zh"
    yield f"{report.community or report.ledger} · {report.ledger} · {report.records:,} {words(lang, 'records', {})}"
    for number, (name, level) in enumerate(report.levels.items(), 1):
        yield f"[{STATES[level.state][choice]}] {number}. {TITLES[name][choice]}"
        for what, code, about in sorted(level.said, key=lambda one: one[0]):
            yield f"    {'✗' if what == 'fault' else '·'} {words(lang, code, about)}"
    if report.first_bad is not None:
        yield f"{words(lang, 'record', {})}: {report.first_bad}"
    yield words(lang, "end.fail" if report.status else "end.pass", {})
    yield words(lang, "end.limit", {})


def as_json(report: Report) -> str:
    """The report for programs."""
    levels = [
        {
            "level": number,
            "name": name,
            "state": level.state,
            "record": level.record,
            "said": [
                {"what": what, "code": code, **{k: str(v) for k, v in about.items()}}
                for what, code, about in level.said
            ],
        }
        for number, (name, level) in enumerate(report.levels.items(), 1)
    ]
    found = {
        "ledger": report.ledger, "records": report.records, "first_bad": report.first_bad,
        "status": report.status, "levels": levels,
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=1)


# -- the command -----------------------------------------------------------------------------------


def _given(what: str, file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened_file:
            return opened_file.read(SMALL_FILE_MAX)
    except OSError:
        raise Unreadable("given.unreadable", what=what, file=file) from None


def _wanted(asked: argparse.Namespace) -> Wanted:
    """What the reader brought. Errors: `Unreadable`."""
    what, file = "", ""
    try:
        what, file = "vkey", asked.vkey or ""
        vkey = None
        if file:
            vkey = key_of((_given(what, file).decode() if Path(file).is_file() else file).strip())
        what, file = "policy", asked.policy or ""
        policy = Policy(_given(what, file)) if file else None
        checkpoints = []
        for one in asked.checkpoint:
            what, file = "saved", one
            checkpoints.append(saved_checkpoint(_given(what, file)))
        receipts: list[tuple[str, int, str]] = []
        for one in asked.receipt:
            what, file = "receipt", one
            receipts += _receipts(strict_json(_given(what, file)))
    except (Bad, KeyError, TypeError, ValueError, OSError):
        raise Unreadable("given.unreadable", what=what, file=file) from None
    return Wanted(vkey, policy, tuple(checkpoints), tuple(receipts), time.time(), asked.stale_hours)


def _receipts(receipt: Json) -> Iterator[tuple[str, int, str]]:
    """The answer to a recorded command, or one line of it."""
    for line in receipt.get("events", [receipt]):
        if type(line["number"]) is not int or line["number"] < 0:
            raise Bad("receipt")
        yield str(line["ledger"]), line["number"], str(line["leaf_hash"])


def _language(lang: str | None) -> str:
    if lang:
        return lang
    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh" if said.lower().startswith(("zh", "chinese")) else "en"


def _checked(asked: argparse.Namespace) -> Report:
    wanted = _wanted(asked)
    if asked.proof:
        if not asked.entry:
            raise Unreadable("given.unreadable", what="entry", file="--entry")
        report = check_proof(_given("proof", asked.proof), _given("entry", asked.entry), wanted)
        if not asked.pack:
            return report
        checkpoint = proof_of(_given("proof", asked.proof)).checkpoint
        whole = Audit(
            Pack(Path(asked.pack)), wanted._replace(checkpoints=(*wanted.checkpoints, checkpoint))
        ).run()
        for said in report["tree"].said:
            whole["tree"].said.append(said)
        if report["tree"].state == "fail":
            whole["tree"].state, whole["tree"].record = "fail", report["tree"].record
        return whole
    return Audit(Pack(_which(asked.pack)), wanted).run()


def _which(pack: str | None) -> Path:
    """What was asked for, or the unpacked pack this file lies in."""
    if pack:
        return Path(pack)
    for folder in (Path(__file__).resolve().parent, Path.cwd()):
        if (folder / "events.jsonl").is_file():
            return folder
    raise Unreadable("given.nothing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print, and give the status."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", nargs="?", metavar="PACK.zip | FOLDER")
    parser.add_argument(
        "--checkpoint", action="append", default=[], metavar="FILE", help="one you kept or typed"
    )
    parser.add_argument("--vkey", metavar="KEY", help="the key of the log, from elsewhere; or a file with it")
    parser.add_argument("--policy", metavar="FILE", help="the witnesses you trust")
    parser.add_argument("--proof", metavar="FILE.tlog-proof")
    parser.add_argument("--entry", metavar="FILE", help="the record a proof is of")
    parser.add_argument("--receipt", action="append", default=[], metavar="FILE", help="the answer you got")
    parser.add_argument(
        "--stale-hours", type=int, default=STALE_HOURS, metavar="N", help="after which witnesses are late"
    )
    parser.add_argument("--lang", choices=["zh", "en"])
    parser.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args(arguments)
    lang = _language(asked.lang)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show Chinese
    try:
        report = _checked(asked)
    except Unreadable as unreadable:
        about = unreadable.about
        if "what" in about:
            about = {**about, "what": words(lang, str(about["what"]), {})}
        sys.stderr.write(words(lang, unreadable.code, about) + "\n")
        return UNREADABLE
    except (Exception, RecursionError) as error:  # whatever a hostile file makes of us: no traceback, no yes
        sys.stderr.write(words(lang, "unexpected", {"reason": type(error).__name__}) + "\n")
        return UNREADABLE
    sys.stdout.write((as_json(report) if asked.json else "\n".join(in_words(report, lang))) + "\n")
    return report.status


if __name__ == "__main__":
    sys.exit(main())
