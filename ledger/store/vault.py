"""Personal data apart from the books: a secret key per person, and the values behind commitments. Erasable.

Its own file on SQLite, its own schema on PostgreSQL. Every value lies sealed under its person's own key, and
those keys under one that is not in the database. Tokens live here too: they are about persons; so do the
names of uploaded files, which may be.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ledger.errors import StoreDamaged, StoreError
from ledger.fields import Tier
from ledger.store.access_log import AccessLog
from ledger.store.keyring import KeyRing, Person
from ledger.store.vault_database import Rows, Run, SQLiteVaultDatabase, VaultDatabase
from ledger.store.vault_key import KeyFile, derived, sealed, unsealed

TOKEN_DAYS_MAX = 365
TOKEN_SECONDS_REMEMBERED = 3.0  # a revoked token is refused by every process after at most so long
TOKENS_REMEMBERED_MAX = 10_000
VALUES_AT_ONCE = 500  # values bound to one statement
KEY_FILE = "vault.key"
_OPENABLE = "v.commitment, v.subject, v.name, v.sealed, s.sealed, s.restricted"


class Kept(NamedTuple):
    """A commitment, whom it is about, where it stands in its event, and what shows the value behind it."""

    commitment: str
    subject: str
    name: str
    disclosure: str


class Upload(NamedTuple):
    """A file somebody gave to a ledger; `size` in bytes, of what is kept."""

    sha256: str
    name: str
    type: str
    size: int
    tier: Tier


class TokenHolder(NamedTuple):
    """Whose token it is, and the last day it is good for."""

    account: str
    expires_on: date


class Vault:
    """What is known of persons, behind one database and one key file."""

    def __init__(self, database: VaultDatabase, key_file: KeyFile) -> None:
        self._database = database
        self._ring = KeyRing(database, key_file)
        self._tokens: dict[bytes, tuple[float, TokenHolder]] = {}
        self.accesses = AccessLog(database, self._ring)

    # -- persons ---------------------------------------------------------------------------------------------

    def key(self, subject: str, *, create: bool = False) -> bytes | None:
        """The 32-byte secret key of a person; made on demand with `create`, else none for a stranger."""
        found = self._ring.find(subject)
        if found is None and create:
            self._ring.make([subject])
            found = self._ring.find(subject)
        return found

    def keys(self, subjects: Iterable[str], *, create: bool = False) -> dict[str, bytes]:
        """The keys of many persons; with `create` those missing are made in one transaction."""
        named = list(subjects)
        if create:
            self._ring.make(named)
        found = {subject: self._ring.find(subject) for subject in named}
        return {subject: key for subject, key in found.items() if key is not None}

    def persons(self) -> Iterator[Person]:
        """Everybody there is a key of."""
        return self._ring.everybody()

    def secret(self, purpose: str) -> bytes:
        """A secret of this installation for one purpose, which no copy of the books gives away."""
        return self._ring.secret(purpose)

    def make_key(self) -> None:
        """Begin the vault with a key file of its own. Errors: `StoreMisused` if there is one already."""
        self._ring.make_file()

    @property
    def key_file(self) -> Path:
        """Where the key is that is in no backup of the vault."""
        return self._ring.file.path

    def rotate(self) -> int:
        """Put a new key file in the place of the old one; how many persons' keys were wrapped anew."""
        return self._ring.rotate()

    def forget(self, subject: str) -> None:
        """Erase the key of a person or a file, with all that is kept about it: no digest tells anything."""
        self._ring.forget(subject)
        self._tokens.clear()

    def restrict(self, subject: str) -> None:
        """Show what is kept about a person to nobody but the auditor any more (PIPL 47(2))."""
        self._run("UPDATE subject SET restricted = 1 WHERE subject = ?", self._ring.tag(subject))

    def is_restricted(self, subject: str) -> bool:
        """Whether only the auditor may still see what is kept about a person or a file."""
        rows = self._run("SELECT restricted FROM subject WHERE subject = ?", self._ring.tag(subject))
        return bool(rows and rows[0][0])

    # -- values ----------------------------------------------------------------------------------------------

    def keep(self, kept: Iterable[Kept]) -> None:
        """Keep the disclosures behind commitments, all in one transaction, for who may see them."""
        every = list(kept)
        if not every:
            return
        try:
            self._keep(every)
        except StoreError as error:
            if type(error) is not StoreError:
                raise
            self._ring.forget_what_is_remembered()  # somebody was erased a moment ago: they begin anew
            self._keep(every)

    def _keep(self, kept: Sequence[Kept]) -> None:
        keys = self.keys({one.subject for one in kept}, create=True)
        rows = [
            (
                one.commitment,
                self._ring.tag(one.subject),
                one.name,
                sealed(_sealing(keys[one.subject]), one.disclosure.encode(), one.commitment.encode()),
            )
            for one in kept
        ]
        sql = "INSERT INTO vault VALUES (?, ?, ?, ?) ON CONFLICT (commitment) DO NOTHING"
        self._database.run_all(sql, rows)

    def commitments(self, subject: str) -> frozenset[str]:
        """Every commitment kept about a person."""
        rows = self._run("SELECT commitment FROM vault WHERE subject = ?", self._ring.tag(subject))
        return frozenset(row[0] for row in rows)

    def kept(self, commitments: Iterable[str], *, restricted: bool = True) -> dict[str, Kept]:
        """What is kept behind commitments; those erased are left out, and the restricted ones if so asked."""
        wanted, found = list(commitments), dict[str, Kept]()
        for start in range(0, len(wanted), VALUES_AT_ONCE):
            some = wanted[start : start + VALUES_AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = (
                f"SELECT {_OPENABLE} FROM vault v JOIN subject s ON s.subject = v.subject"
                f" WHERE v.commitment IN ({marks})"
            )
            for commitment, tag, name, value, wrapped, is_restricted in self._run(sql, *some):
                if restricted or not is_restricted:
                    person = self._ring.opened(bytes(tag), wrapped)
                    found[commitment] = Kept(commitment, person.name, name, _open(person, commitment, value))
        return found

    def disclosed(self, commitment: str) -> str | None:
        """The disclosure behind a commitment; none once erased."""
        kept = self.kept([commitment]).get(commitment)
        return kept.disclosure if kept else None

    def values(self, commitments: Iterable[str], *, restricted: bool = True) -> dict[str, str]:
        """The values behind commitments, by commitment; left out as by `kept`."""
        kept = self.kept(commitments, restricted=restricted)
        return {commitment: value_of(one.disclosure) for commitment, one in kept.items()}

    # -- what was erased -------------------------------------------------------------------------------------

    @property
    def swept(self) -> int:
        """The position in the store up to which every erasure recorded there has been carried out here."""
        self._ring.secret("tag")
        return int(self._run("SELECT swept FROM secret")[0][0])

    @swept.setter
    def swept(self, position: int) -> None:
        self._run("UPDATE secret SET swept = ?", position)

    # -- uploads ---------------------------------------------------------------------------------------------

    def keep_upload(self, ledger: str, upload: Upload) -> Upload:
        """Know a file as given to a ledger; as it was first given, if it was given before."""
        columns = "ledger, sha256, name, type, size, tier"
        sql = f"INSERT INTO upload ({columns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        name = sealed(self._names(), upload.name.encode(), f"{ledger}/{upload.sha256}".encode())
        self._run(sql, ledger, upload.sha256, name, *upload[2:])
        return self.upload(ledger, upload.sha256) or upload

    def upload(self, ledger: str, sha256: str) -> Upload | None:
        """A file that was given to a ledger; none if it never was, or was erased."""
        sql = "SELECT sha256, name, type, size, tier FROM upload WHERE ledger = ? AND sha256 = ?"
        rows = self._run(sql, ledger, sha256)
        if not rows:
            return None
        name = unsealed(self._names(), bytes(rows[0][1]), f"{ledger}/{sha256}".encode())
        if name is None:
            raise StoreDamaged("vault.altered")
        return Upload(rows[0][0], name.decode(), *rows[0][2:])

    def forget_upload(self, ledger: str, sha256: str, subject: str) -> None:
        """No longer know a file of a ledger, nor anything kept about it: both at once, or neither."""

        def forgetting(run: Run) -> None:
            run("DELETE FROM upload WHERE ledger = ? AND sha256 = ?", ledger, sha256)
            run("DELETE FROM subject WHERE subject = ?", self._ring.tag(subject))

        self._database.in_turn(forgetting)
        self._ring.forget_what_is_remembered()
        self._database.scrub()

    def _names(self) -> bytes:
        return self._ring.secret("upload")

    # -- tokens ----------------------------------------------------------------------------------------------

    def new_token(self, account: str, expires_on: date) -> str:
        """A new bearer token `mz_<id>_<secret>`, shown this once; only its digest is kept."""
        self.key(account, create=True)
        token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        digest = hashlib.sha256(secret.encode()).digest()
        tag = self._ring.tag(account)
        self._run("INSERT INTO token VALUES (?, ?, ?, ?)", token_id, digest, expires_on.isoformat(), tag)
        return f"mz_{token_id}_{secret}"

    def revoke_token(self, token_id: str) -> bool:
        """Take a token back, by its id (its middle part); whether there was one."""
        found = self._run("DELETE FROM token WHERE id = ? RETURNING id", token_id)
        self._tokens.clear()
        return bool(found)

    def holder(self, token: str) -> TokenHolder | None:
        """Whose token this is; none for a token that was never given out, or was taken back."""
        asked = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        until, known = self._tokens.get(asked, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        found = self._holder(token)
        if found is None:
            self._tokens.pop(asked, None)
        else:
            if len(self._tokens) >= TOKENS_REMEMBERED_MAX:
                self._tokens.clear()
            self._tokens[asked] = time.monotonic() + TOKEN_SECONDS_REMEMBERED, found
        return found

    def _holder(self, token: str) -> TokenHolder | None:
        prefix, _, rest = token.partition("_")
        token_id, _, secret = rest.partition("_")
        if prefix != "mz" or not secret or not token.isascii() or not token.isprintable():
            return None
        sql = (
            "SELECT t.secret_sha256, t.expires_on, s.subject, s.sealed"
            " FROM token t JOIN subject s ON s.subject = t.subject WHERE t.id = ?"
        )
        rows = self._run(sql, token_id)
        digest = hashlib.sha256(secret.encode()).digest()
        if not rows or not secrets.compare_digest(bytes(rows[0][0]), digest):
            return None
        _, expires_on, tag, wrapped = rows[0]
        return TokenHolder(self._ring.opened(bytes(tag), wrapped).name, date.fromisoformat(expires_on))

    # -- the database ----------------------------------------------------------------------------------------

    def _run(self, sql: str, *values: object) -> Rows:
        return self._database.run(sql, *values)

    def close(self) -> None:
        """Close this process's connection; the next use opens a new one."""
        self._database.close()


class SQLiteVault(Vault):
    """`vault.db` in the store's folder; its key beside it unless it is said to be elsewhere."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        folder = Path(folder)
        key = KeyFile(key_file or folder / KEY_FILE, makes_itself=key_file is None)
        super().__init__(SQLiteVaultDatabase(folder / "vault.db"), key)


def value_of(disclosure: str) -> str:
    """The value in a disclosure, base64url of [salt, name, value] (RFC 9901 4.2.1)."""
    raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
    return str(json.loads(raw)[2])


def _sealing(key: bytes) -> bytes:
    """Salts are made with a person's key; values are sealed with another made from it."""
    return derived(key, "sealing")


def _open(person: Person, commitment: str, value: bytes) -> str:
    opened = unsealed(_sealing(person.key), bytes(value), commitment.encode())
    if opened is None:
        raise StoreDamaged("vault.altered")
    return opened.decode()
