"""Who acts: accounts, roles as dated grants, and the salted reference by which an event names a person."""

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal, get_args

import msgspec

from ledger import envelope
from ledger.composing import Composed
from ledger.errors import LedgerError
from ledger.events import Event, Recorded
from ledger.fields import Commitment, Day, RecordNumber

Role = Literal[
    "secretary", "treasurer", "member", "chair", "firm", "bookkeeper",
    "auditor", "neighbourhood", "street", "district", "operator",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PLAIN = re.compile("[a-z0-9-]+").fullmatch


def commit(key: bytes, event_id: str, path: str, value: str) -> str:
    """The digest that stands for a personal value in one field of one event (RFC 9901 4.2.4.1).

    The salt is derived from the person's own secret key and the event's id, so it is new for every field of
    every event, nothing need be stored per event, and destroying the key makes all digests of that person
    unguessable at once.
    """
    return digest_of(disclosure(key, event_id, path, value))


def digest_of(disclosed: str) -> str:
    """base64url(SHA-256(ASCII(disclosure))), without padding: what anybody computes who is shown it."""
    return _base64url(hashlib.sha256(disclosed.encode("ascii")).digest())


def disclosure(key: bytes, event_id: str, path: str, value: str) -> str:
    """What the person shows to prove the value behind a digest: base64url of JCS([salt, name, value]).

    `path` is where the field stands in the event, `units/0/owner_ref`; its last part is the name.
    """
    salt = _base64url(hashlib.blake2s(f"{event_id}/{path}".encode(), digest_size=16, key=key).digest())
    name = path.rpartition("/")[2]
    if _PLAIN(value):  # most accounts: nothing to escape, nothing to refuse
        return _base64url(f'["{salt}","{name}","{value}"]'.encode())
    return _base64url(envelope.canonical([salt, name, value]))


def _base64url(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


def person_in(ledger: str, subject: str) -> str:
    """The name by which the vault knows a person.

    An account is one person everywhere; `owner/417` and `unit/3-101` are those of the ledger that names them.
    """
    return f"{ledger}/{subject}" if "/" in subject else subject


class Authorship(msgspec.Struct, frozen=True):
    """Who recorded an event, as a state remembers it: enough to recognise a person, not to name one."""

    event_id: str
    who: str

    @classmethod
    def of(cls, recorded: Recorded[Event]) -> "Authorship":
        """The authorship of a stored event."""
        return cls(recorded.envelope.id, recorded.envelope.by.who.digest)


class Actor(msgspec.Struct, frozen=True):
    """The person behind a command: account, secret key from the vault, and the role in which they act."""

    account: str
    key: bytes
    role: Role = "member"
    received_on: date = date.max  # the day the command came in, whatever day it says it is about
    keys: Mapping[str, bytes] = {}  # of the other persons the command names
    commitments: Mapping[str, frozenset[str]] = {}  # all that is kept about them
    disclosed: Mapping[str, str] = {}  # the values behind the commitments the command discloses
    acts_elsewhere: bool = False  # whether an account it would erase is in office on another ledger
    composed: Composed | None = None  # the statement the command composes

    @property
    def composition(self) -> Composed:
        """What was composed for a command that composes."""
        if self.composed is None:
            raise LedgerError("command.not-composed")
        return self.composed

    def wrote(self, authorship: Authorship | None) -> bool:
        """Whether this person recorded that event: author ≠ approver stands on it."""
        return (
            authorship is not None
            and self.committed("who", self.account, authorship.event_id) == authorship.who
        )

    def committed(self, path: str, value: str, event_id: str) -> str:
        """The digest of a value of this person in an event."""
        return commit(self.key, event_id, path, value)


class RoleGranted(Event, frozen=True, kw_only=True):
    """An account may act in a role on this ledger, from one day to another (both included)."""

    kind: ClassVar[str] = "role.granted"
    withheld: ClassVar[frozenset[str]] = frozenset({"account"})

    account: Commitment
    role: Role
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day | None = msgspec.field(name="to", default=None)

    def tags(self) -> tuple[str, ...]:
        return ("roles",)


class RoleRevoked(Event, frozen=True, kw_only=True):
    """A grant ends early; `grant` is the record number it ends, `ends_on` its last day."""

    kind: ClassVar[str] = "role.revoked"
    withheld: ClassVar[frozenset[str]] = frozenset({"account"})

    account: Commitment
    role: Role
    grant: RecordNumber
    ends_on: Day = msgspec.field(name="to")

    def tags(self) -> tuple[str, ...]:
        return ("roles",)


class Grant(msgspec.Struct):
    """One grant as it stands now."""

    number: int
    event_id: str
    account: str
    role: Role
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the grant covers a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_of(self, account: str, key: bytes) -> bool:
        """Whether the withheld account of this grant is the given one."""
        return commit(key, self.event_id, "account", account) == self.account
