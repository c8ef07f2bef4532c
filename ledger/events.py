"""What can have happened: the base of every event, the closed registry of kinds, the envelope around them.

A kind and its fields are stored for thirty years. Never rename or reuse a kind; a changed field needs a
higher `schema` and an upcast from the one before (`upcasts[n]` turns the stored dict of schema n into that
of schema n + 1).
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, cast

import msgspec

from ledger import envelope
from ledger.errors import LedgerError, NewerSchema, StoreDamaged, UnknownKind
from ledger.fields import Basis, Commitment, Day, Line, Paragraph, Part, RuleId, Sha256, Tier, Whole
from ledger.money import accounts
from ledger.money.postings import Postings

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
KINDS: dict[str, type["Event"]] = {}


class Event(Part, frozen=True, kw_only=True):
    """One governance action that happened. Subclasses are flat, past tense and never change once stored."""

    kind: ClassVar[str] = ""
    schema: ClassVar[int] = 1
    withheld: ClassVar[frozenset[str]] = (
        frozenset()
    )  # public profile: the fields that may be commitments; all others are plain
    upcasts: ClassVar[Mapping[int, Upcast]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.kind:
            taken = KINDS.setdefault(cls.kind, cls)
            if (taken.__module__, taken.__qualname__) != (cls.__module__, cls.__qualname__):
                raise StoreDamaged("events.kind-taken", kind=cls.kind)
            if set(cls.upcasts) != set(range(1, cls.schema)):
                raise StoreDamaged("events.upcast-missing", kind=cls.kind)
            KINDS[cls.kind] = cls

    @classmethod
    def sharing(cls, source: Part, **own: Any) -> Self:
        """An event with the fields it has in common with a command or another event, and these of its own."""
        common = {
            name: getattr(source, name) for name in cls.__struct_fields__ if name in source.__struct_fields__
        }
        return cls(**common | own)

    def tags(self) -> tuple[str, ...]:
        """What this event is about: `fund:maintenance`, `decision:lift-3`. Never a person."""
        return ()

    def postings(self) -> Postings:
        """The money this event moves; balanced, or empty."""
        return ()

    def limits(self) -> dict[str, int]:
        """Counters in fen that may never fall below zero, and by how much this event changes them.

        `bank/F`: what the bank holds of a fund; `available/F`: what of it is not promised; `remaining/D`:
        what a decision still sets free. States fold them to decide; the store keeps them as its last defence.
        """
        changes: dict[str, int] = {}
        for account, fen in self.postings():
            if (fund := accounts.fund_of_bank(account)) is not None:
                changes[account] = fen
                changes[f"available/{fund}"] = fen
        return changes


E = TypeVar("E", bound=Event)


class Attachment(Part, frozen=True, kw_only=True):
    """A file that belongs to an event; of one that is not public, name and digest are withheld."""

    name: Line | Commitment
    sha256: Sha256 | Commitment
    size: Whole
    tier: Tier
    type: Line

    def __post_init__(self) -> None:
        """Nothing public hides, nothing private shows (verification.md, rules 5 and 7)."""
        for member in (self.name, self.sha256):
            if isinstance(member, Commitment) == (self.tier == "public"):
                raise ValueError("attachment.not-as-its-tier")


class Source(Part, frozen=True, kw_only=True):
    """Through which door an event came, and for imports from which row of which file."""

    via: Literal["api", "command-line", "import", "page"]
    file: Sha256 | None = None
    row: Whole | None = None


class By(Part, frozen=True, kw_only=True):
    """Who recorded an event: the role in the open, the person withheld."""

    role: str
    who: Commitment


class Envelope(Part, Generic[E], frozen=True, kw_only=True):
    """An event as it is stored, published and hashed. Version 1 (verification.md, "The event's bytes")."""

    by: By
    data: E
    id: str
    kind: str
    ledger: str
    occurred_on: Day
    recorded_at: str
    schema: Whole
    source: Source
    v: Literal[1]
    attachments: tuple[Attachment, ...] = ()
    basis: tuple[Basis, ...] = ()
    irregularities: tuple[RuleId, ...] = ()  # what it breaks, although it happened
    note: Paragraph | None = None
    postings: Postings = ()
    rules: tuple[str, ...] = ()  # editions of the packs that judged it: cn-31/2026-11-20
    tags: tuple[str, ...] = ()


class _Computed(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """What of an envelope a rule computed; the rest is given, and checked, or made by the ledger itself."""

    data: E
    attachments: tuple[Attachment, ...] = ()
    irregularities: tuple[RuleId, ...] = ()
    postings: Postings = ()
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Recorded(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """An event with its place: `position` in the store (from 1), `number` in its ledger (from 0)."""

    position: int
    number: int
    envelope: Envelope[E]

    @property
    def data(self) -> E:
        """The event itself."""
        return self.envelope.data

    def about(self, subject: str) -> str | None:
        """The `project`, say, it is tagged with; what undoes an event is about what that one was about."""
        found = (tag.partition(":") for tag in self.envelope.tags)
        return next((identity for kind, _, identity in found if kind == subject), None)

    @property
    def ledger(self) -> str:
        """Id of the ledger."""
        return self.envelope.ledger

    @property
    def occurred_on(self) -> date:
        """The legal date."""
        return self.envelope.occurred_on


_DECODERS: dict[str, tuple[int, msgspec.json.Decoder[Envelope[Event]]]] = {}


def decode(kind: str, entry: bytes) -> Envelope[Event]:
    """The envelope of a stored entry, upcast to the newest schema of its kind.

    Errors: `UnknownKind`, `NewerSchema`, `StoreDamaged` when the bytes are not what this kind stores.
    """
    schema, decoder = _DECODERS.get(kind) or _decoder(kind)
    try:
        decoded = decoder.decode(entry)
    except msgspec.DecodeError:
        return _decode_other_schema(kind, entry)
    if decoded.kind != kind:  # two kinds of one shape must not be taken for each other
        raise StoreDamaged("store.kind-differs", kind=kind, entry_kind=decoded.kind)
    return decoded if decoded.schema == schema else _decode_other_schema(kind, entry)


def must_be_readable(kind: str, entry: bytes) -> None:
    """What a rule computed must be as its type says: an entry nobody can read would stop everybody."""
    try:
        _computed(kind).decode(entry)
    except msgspec.DecodeError as error:
        raise LedgerError("event.unreadable", kind=kind, reason=str(error)) from error


@cache
def _computed(kind: str) -> msgspec.json.Decoder[_Computed[Event]]:
    event = KINDS[kind]
    return msgspec.json.Decoder(_Computed[event])  # type: ignore[valid-type]


class _Tagged(msgspec.Struct):
    tags: tuple[str, ...] = ()


_tagged = msgspec.json.Decoder(_Tagged)


def tags_in(entry: bytes) -> tuple[str, ...]:
    """The tags of a stored entry, whatever its kind."""
    return _tagged.decode(entry).tags


def _decoder(kind: str) -> tuple[int, msgspec.json.Decoder[Envelope[Event]]]:
    event = KINDS.get(kind)
    if event is None:
        raise UnknownKind(kind=kind)
    _DECODERS[kind] = event.schema, msgspec.json.Decoder(Envelope[event])  # type: ignore[valid-type]
    return _DECODERS[kind]


def _decode_other_schema(kind: str, entry: bytes) -> Envelope[Event]:
    event = KINDS[kind]
    try:
        raw = msgspec.json.decode(entry, type=dict[str, Any])
        if raw["kind"] != kind:
            raise StoreDamaged("store.kind-differs", kind=kind, entry_kind=raw["kind"])
        schema = int(raw["schema"])
        if schema > event.schema:
            raise NewerSchema(kind=kind, schema=schema, known=event.schema)
        for step in range(schema, event.schema):
            raw["data"] = event.upcasts[step](raw["data"])
        raw["schema"] = event.schema
        return cast(Envelope[Event], msgspec.convert(raw, Envelope[event]))  # type: ignore[valid-type]
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
        raise StoreDamaged("store.undecodable", kind=kind, reason=str(error)) from error


def public_profile() -> bytes:
    """Canonical bytes of {kind: fields that may be withheld}; its SHA-256 belongs in leaf 0 of a log."""
    return envelope.canonical({kind: sorted(event.withheld) for kind, event in sorted(KINDS.items())})
