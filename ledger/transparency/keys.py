"""The secret of an installation's logs: one file that its owner alone may read, a key for each log.

The file holds signers as Go's `sumdb/note` writes them, `PRIVATE+KEY+name+hash+base64`: the first signs, a
second one is the key it replaces, which signs as well until the rotation is over. Their name is the prefix of
every log's name; what signs the log of a ledger is derived from the seed and that name (HKDF, RFC 5869), so
one file serves all, no log's key tells another's, and each key has the name of its log.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.durable import sync_folder
from ledger.errors import LedgerError
from ledger.transparency.note import ED25519, ED25519_BYTES, NoteInvalid, SigningKey, decoded, encoded

_PREFIX = "PRIVATE+KEY+"
_PURPOSE = b"mingzhang log key, version 1\n"
KEYS_MAX = 2
FILE_BYTES_MAX = 10_000
OTHERS = 0o077


class KeyUnusable(LedgerError):
    """The key file is missing, open to others, or not one."""

    code = "key.unusable"


class Seed(NamedTuple):
    """32 secret bytes, and the prefix of the names of all logs they sign; of a witness its own name."""

    name: str
    secret: bytes
    type: int = ED25519

    @classmethod
    def new(cls, name: str, type: int = ED25519) -> "Seed":  # noqa: A002
        """One nobody has ever seen."""
        return cls(name, secrets.token_bytes(ED25519_BYTES), type)

    @classmethod
    def of(cls, line: str, type: int = ED25519) -> "Seed":  # noqa: A002
        """Of a line of a key file that holds keys of one type. Errors: `KeyUnusable`."""
        name, _, rest = line.removeprefix(_PREFIX).partition("+")
        _, _, text = rest.partition("+")
        try:
            raw = decoded(text, "key")
        except NoteInvalid:
            raw = b""
        seed = cls(name, raw[1:], type)
        if raw[:1] != bytes([type]) or len(raw) != 1 + ED25519_BYTES or seed.line != line:
            raise KeyUnusable("key.malformed")
        return seed

    @property
    def line(self) -> str:
        """As it stands in the file."""
        key_id = SigningKey(self.name, self.secret, self.type).vkey.id.hex()
        return f"{_PREFIX}{self.name}+{key_id}+{encoded(bytes([self.type]) + self.secret)}"

    def signer(self, origin: str) -> SigningKey:
        """What signs the log of this name."""
        derive = HKDF(SHA256(), ED25519_BYTES, salt=None, info=_PURPOSE + origin.encode())
        return SigningKey(origin, derive.derive(self.secret))


class LogKeys(NamedTuple):
    """The seeds of a file, the one in use first."""

    seeds: tuple[Seed, ...]

    def origin(self, ledger: str) -> str:
        """The name of a ledger's log."""
        return f"{self.seeds[0].name}/{ledger}"

    def signers(self, ledger: str) -> tuple[SigningKey, ...]:
        """What signs the log of a ledger, the key in use first."""
        return tuple(seed.signer(self.origin(ledger)) for seed in self.seeds)


def prefix_of(origin: str) -> str:
    """The prefix of the names of all logs of an installation found at an address."""
    return origin.partition("://")[2] + "/t"


def read_keys(path: Path) -> LogKeys:
    """The keys of a file. Errors: `KeyUnusable`."""
    seeds = read_seeds(path)
    if not 1 <= len(seeds) <= KEYS_MAX or len({seed.name for seed in seeds}) != 1:
        raise KeyUnusable("key.malformed", file=str(path))
    return LogKeys(seeds)


def read_seeds(path: Path, type: int = ED25519) -> tuple[Seed, ...]:  # noqa: A002
    """The lines of a file that its owner alone may read. Errors: `KeyUnusable`."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise KeyUnusable("key.readable-by-others", file=str(path))
            raw = file.read(FILE_BYTES_MAX)
    except OSError as error:
        raise KeyUnusable(file=str(path), reason=error.strerror or str(error)) from error
    try:
        return tuple(Seed.of(line, type) for line in raw.decode("ascii").splitlines())
    except (KeyUnusable, UnicodeDecodeError) as error:
        raise KeyUnusable("key.malformed", file=str(path)) from error


def create(path: Path, name: str) -> LogKeys:
    """A new file with a new key; one that is there already is never touched. Errors: `KeyUnusable`."""
    keys = LogKeys((Seed.new(name),))
    write_seeds(path, keys.seeds)
    return keys


def rotate(path: Path) -> LogKeys:
    """Put a new key before the one in use. Errors: `KeyUnusable`, also while a rotation is under way."""
    keys = read_keys(path)
    if len(keys.seeds) == KEYS_MAX:
        raise KeyUnusable("key.rotation-unfinished", file=str(path))
    return _replace(path, LogKeys((Seed.new(keys.seeds[0].name), *keys.seeds)))


def retire(path: Path) -> LogKeys:
    """Take the replaced key away for good. Errors: `KeyUnusable`, also when there is none."""
    keys = read_keys(path)
    if len(keys.seeds) == 1:
        raise KeyUnusable("key.nothing-to-retire", file=str(path))
    return _replace(path, LogKeys(keys.seeds[:1]))


def _replace(path: Path, keys: LogKeys) -> LogKeys:
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)  # of a rotation that was cut short: nobody has signed with it
    write_seeds(new, keys.seeds)
    os.replace(new, path)
    sync_folder(path.parent)
    return keys


def write_seeds(path: Path, seeds: Iterable[Seed]) -> None:
    """A new file that its owner alone may read. Errors: `KeyUnusable`, also if there is one already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{seed.line}\n" for seed in seeds)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyUnusable("key.exists", file=str(path)) from error
    except FileNotFoundError as error:
        raise KeyUnusable("key.no-folder", folder=str(path.parent)) from error
    except OSError as error:
        raise KeyUnusable(file=str(path), reason=error.strerror or str(error)) from error
