"""The key-encryption key of a vault: a file of its own, outside the database, that nobody else may read.

Whoever has a copy of the database and not this file has nothing. It is in no backup of the store: once it is
rotated and the old one destroyed, every older copy of the database is dead.
"""

import base64
import binascii
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.durable import sync_folder
from ledger.errors import StoreMisused, StoreUnavailable

KEY_BYTES = 32  # AES-256
NONCE_BYTES = 12  # NIST SP 800-38D 8.2.2: random
FORM = "mingzhang-vault-key/1 "
NEXT = ".next"  # beside the key file while a rotation is under way


def sealed(key: bytes, value: bytes, about: bytes) -> bytes:
    """A value under AES-256-GCM; it opens only with the key, and only as what it is `about`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, about)


def unsealed(key: bytes, value: bytes, about: bytes) -> bytes | None:
    """The value again; none if it was sealed with another key, about something else, or was changed."""
    try:
        return AESGCM(key).decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        return None


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, which tells nothing of the one it is made from."""
    return hashlib.blake2s(purpose.encode(), key=key).digest()


def name_of(key: bytes) -> str:
    """What a key is called in the database: which one it is, and nothing about it."""
    return derived(key, "name").hex()[:16]


class KeyFile:
    """Where the key is. `makes_itself`: a vault that is begun here begins its key, too."""

    def __init__(self, path: Path | None, *, makes_itself: bool = False) -> None:
        self._path = path
        self.makes_itself = makes_itself

    @property
    def path(self) -> Path:
        """Errors: `StoreMisused` if nobody said where."""
        if self._path is None:
            raise StoreMisused("vault.no-key-file")
        return self._path

    @property
    def next(self) -> "KeyFile":
        """Where the next key lies while the vault is being rewrapped."""
        return KeyFile(self.path.with_name(self.path.name + NEXT))

    def read(self) -> bytes | None:
        """The key; none if there is no file. Errors: `StoreMisused` if others may read it or it is no key."""
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(1024)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(reason=str(error)) from error
        if mode & 0o077:
            raise StoreMisused("vault.key-open-to-others", file=str(self.path))
        with suppress(UnicodeDecodeError, binascii.Error):
            text = content.decode("ascii").removesuffix("\n")
            if text.startswith(FORM):
                key = base64.b64decode(text.removeprefix(FORM), validate=True)
                if len(key) == KEY_BYTES:
                    return key
        raise StoreMisused("vault.key-malformed", file=str(self.path))

    def make(self) -> bytes:
        """A new key, safe on disk, unless one is there: then that. Two may try at once."""
        path, key = self.path, secrets.token_bytes(KEY_BYTES)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(f"{FORM}{base64.b64encode(key).decode()}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(unfinished, path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise StoreUnavailable(reason=str(error)) from error
        finally:
            unfinished.unlink(missing_ok=True)
        return self.read() or key

    def become(self, older: "KeyFile") -> None:
        """Take the place of an older key, whose file is gone then."""
        try:
            os.replace(self.path, older.path)
            sync_folder(older.path.parent)
        except OSError as error:
            raise StoreUnavailable(reason=str(error)) from error

    def remove(self) -> None:
        """Remove it, if it is there."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)
