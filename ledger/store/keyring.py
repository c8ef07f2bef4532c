"""The keys of persons, each wrapped by the key outside the database; erasing a person is destroying one.

Rotation wraps all of them anew and leaves them, and with them every commitment, as they are.
"""

import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.errors import StoreBusy, StoreDamaged, StoreMisused
from ledger.store.vault_database import Run, VaultDatabase
from ledger.store.vault_key import KEY_BYTES, KeyFile, derived, name_of, sealed, unsealed

KEY_SECONDS_REMEMBERED = 3.0  # a destroyed key is known to no process after at most so long
KEYS_REMEMBERED_MAX = 100_000
ROWS_AT_ONCE = 500  # values bound to one statement
TRIES_MAX = 3  # to make keys while somebody else rotates
_SECRET = b"secret"


class Person(NamedTuple):
    """Whom the vault knows, by which name, with which 32-byte secret key."""

    name: str
    key: bytes


class KeyRing:
    """The persons of a vault. Keys are kept in memory for a moment: every command needs its author's."""

    def __init__(self, database: VaultDatabase, file: KeyFile) -> None:
        self._database = database
        self.file = file
        self._wrapping = b""
        self._master = b""
        self._secrets: dict[str, bytes] = {}
        self._remembered: dict[str | bytes, tuple[float, Person]] = {}  # by name, and by tag

    def tag(self, name: str) -> bytes:
        """What stands in the database for a name: nobody without the key file can tell whose it is."""
        return hashlib.blake2s(name.encode(), key=self.secret("tag"), digest_size=16).digest()

    def secret(self, purpose: str) -> bytes:
        """The installation's own secret for a purpose; it stays the same when the key file is rotated."""
        if (secret := self._secrets.get(purpose)) is None:
            if not self._master:
                self._open()
            secret = self._secrets[purpose] = derived(self._master, purpose)
        return secret

    def find(self, name: str) -> bytes | None:
        """The key of a person; none for a stranger, and for whoever was erased."""
        if (known := self._known(name)) is not None:
            return known.key
        tag = self.tag(name)
        self._drop(tag)
        rows = self._database.run("SELECT sealed FROM subject WHERE subject = ?", tag)
        return self.opened(tag, rows[0][0]).key if rows else None

    def opened(self, tag: bytes, wrapped: bytes) -> Person:
        """Whose row this is, and the key in it."""
        if (known := self._known(tag)) is not None:
            return known
        raw = self._unwrapped(wrapped, tag)
        person = Person(raw[KEY_BYTES:].decode(), raw[:KEY_BYTES])
        if len(self._remembered) >= 2 * KEYS_REMEMBERED_MAX:
            self._remembered.clear()
        remembered = time.monotonic() + KEY_SECONDS_REMEMBERED, person
        self._remembered[tag] = self._remembered[person.name] = remembered
        return person

    def make(self, names: Iterable[str]) -> None:
        """Make keys for those who have none, all in one transaction; the first key of a person stays."""
        new = {self.tag(name): name for name in names}
        self._find_all(new)
        missing = {tag: name for tag, name in new.items() if tag not in self._remembered}
        if not missing:
            return

        def making(run: Run) -> bool:
            if run("SELECT key_name FROM secret") != [(name_of(self._wrapping),)]:
                return False
            for tag, name in missing.items():
                wrapped = sealed(self._wrapping, secrets.token_bytes(KEY_BYTES) + name.encode(), tag)
                run(
                    "INSERT INTO subject (subject, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING", tag, wrapped
                )
            return True

        for _ in range(TRIES_MAX):
            if self._database.in_turn(making):
                return
            self._open()  # the key file was rotated meanwhile
        raise StoreBusy

    def _find_all(self, wanted: Iterable[bytes]) -> None:
        """Remember afresh those of them who have a key."""
        unsure = [tag for tag in wanted if self._known(tag) is None]
        for start in range(0, len(unsure), ROWS_AT_ONCE):
            some = unsure[start : start + ROWS_AT_ONCE]
            for tag in some:
                self._drop(tag)
            marks = ", ".join("?" * len(some))
            sql = f"SELECT subject, sealed FROM subject WHERE subject IN ({marks})"
            for tag, wrapped in self._database.run(sql, *some):
                self.opened(bytes(tag), wrapped)

    def forget(self, name: str) -> None:
        """Destroy a person's key, with all that is kept about them, at once or not at all."""
        tag = self.tag(name)
        self._database.run("DELETE FROM subject WHERE subject = ?", tag)
        self._drop(tag)
        self._database.scrub()

    def _known(self, name: str | bytes) -> Person | None:
        """Who is remembered under a name or a tag."""
        until, person = self._remembered.get(name, (0.0, None))
        return person if time.monotonic() < until else None

    def _drop(self, tag: bytes) -> None:
        _, person = self._remembered.pop(tag, (0.0, None))
        if person is not None:
            self._remembered.pop(person.name, None)

    def forget_what_is_remembered(self) -> None:
        """Ask the database again for every key."""
        self._remembered.clear()

    def everybody(self) -> Iterator[Person]:
        """All persons of the vault."""
        for tag, wrapped in self._database.run("SELECT subject, sealed FROM subject"):
            yield self.opened(bytes(tag), wrapped)

    # -- the key outside -------------------------------------------------------------------------------------

    def make_file(self) -> None:
        """Make the key file. Errors: `StoreMisused` if it is there, or the vault is sealed with another."""
        if self.file.read() is not None:
            raise StoreMisused("vault.key-there", file=str(self.file.path))
        if self._database.run("SELECT 1 FROM secret"):
            raise StoreMisused("vault.key-missing", file=str(self.file.path))
        self.file.make()

    def rotate(self) -> int:
        """Wrap every key anew with a new key file, which takes the place of the old one; how many.

        May be killed at any moment: the database says which of the two files is the one.
        """
        self._open()
        coming = self.file.next
        coming.remove()
        new, old = coming.make(), self._wrapping

        def rewrapping(run: Run) -> int:
            if run("SELECT key_name FROM secret") != [(name_of(old),)]:
                raise StoreBusy
            rows = run("SELECT subject, sealed FROM subject")
            for tag, wrapped in rows:
                again = sealed(new, self._unwrapped(wrapped, bytes(tag)), bytes(tag))
                run("UPDATE subject SET sealed = ? WHERE subject = ?", again, tag)
            master = sealed(new, self._master, _SECRET)
            run("UPDATE secret SET key_name = ?, sealed = ?", name_of(new), master)
            return len(rows)

        rewrapped = self._database.in_turn(rewrapping)
        coming.become(self.file)
        self._wrapping = new
        return rewrapped

    def _unwrapped(self, wrapped: bytes, tag: bytes) -> bytes:
        if not self._wrapping:
            self._open()
        raw = unsealed(self._wrapping, bytes(wrapped), tag)
        if raw is None:
            self._open()  # the key file may have been rotated under us
            raw = unsealed(self._wrapping, bytes(wrapped), tag)
        if raw is None:
            raise StoreDamaged("vault.altered")
        return raw

    def _open(self) -> None:
        """Take up the key file that fits. Errors: `StoreMisused` if there is none."""
        asked = "SELECT key_name, sealed FROM secret"
        rows, key = self._database.run(asked), self.file.read()
        if not rows:
            if key is None and self.file.makes_itself:
                key = self.file.make()
            if key is not None:
                begun = sealed(key, secrets.token_bytes(KEY_BYTES), _SECRET)
                sql = "INSERT INTO secret VALUES (1, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING"
                self._database.run(sql, name_of(key), begun, bytes(32))
                rows = self._database.run(asked)
        if rows and (key is None or name_of(key) != rows[0][0]):
            coming = self.file.next.read()
            if coming is not None and name_of(coming) == rows[0][0]:  # the rotation was cut short at its end
                self.file.next.become(self.file)
                key = coming
        if key is None:
            raise StoreMisused("vault.key-missing", file=str(self.file.path))
        master = unsealed(key, bytes(rows[0][1]), _SECRET)
        if master is None:
            raise StoreMisused("vault.key-of-another-vault", file=str(self.file.path))
        self._wrapping, self._master = key, master
        self._secrets.clear()
