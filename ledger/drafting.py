"""What was decided becomes what is stored: an event in its envelope, the persons in it sealed, its bytes."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar, cast

import msgspec

from ledger.actors import Actor, digest_of, disclosure, person_in
from ledger.asked import Asked
from ledger.commands import Command
from ledger.envelope import canonical, canonical_if_plain
from ledger.events import Attachment, By, Envelope, Event, must_be_readable
from ledger.fields import Commitment, Part, Personal
from ledger.rules.law import Judged
from ledger.store.port import Draft, Store
from ledger.store.vault import Kept, Vault

NO_INSTANT = "0000-00-00T00:00:00.000Z"  # holds the place of recorded_at until the store stamps it
_STAMP_MEMBER = b'"recorded_at":"'

Drafted = tuple[Draft, Envelope[Event]]
S = TypeVar("S")


class Drafting:
    """Drafts what one command after another decides. Not safe for threads; its owner holds a lock."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self.unwritten: dict[str, Kept] = {}  # by commitment: sealed, and kept once all is decided
        self._strangers: dict[str, bytes] = {}  # keys of people the vault does not know, for one dry run

    def begin(self) -> None:
        """Nothing is decided yet."""
        self.unwritten.clear()

    def keep(self) -> None:
        """Give the vault what was sealed; of a command that was refused it never hears."""
        if self.unwritten:
            self._vault.keep(self.unwritten.values())
            self.unwritten.clear()

    def forget_strangers(self) -> None:
        """A dry run is over; it leaves no trace of anybody."""
        self._strangers.clear()

    def key(self, subject: str) -> bytes | None:
        """The secret key of a person; none for a stranger."""
        return self._strangers.get(subject) or self._vault.key(subject)

    def draft(
        self,
        asked: Asked,
        actor: Actor,
        judged: Judged,
        attachments: tuple[Attachment, ...],
        *,
        dry_run: bool,
    ) -> Drafted:
        """The event as it is to be stored, but for the instant. A dry run makes nobody a key."""
        command, event = asked.command, judged.event
        event_id = new_id(self._store.clock)
        seal = partial(self._seal, asked.ledger, event_id, dry_run=dry_run)
        envelope = Envelope(
            by=By(role=actor.role, who=Commitment(actor.committed("who", actor.account, event_id))),
            data=seal(event) if _withholds(event) else event,
            id=event_id,
            kind=event.kind,
            ledger=asked.ledger,
            occurred_on=command.occurred_on or asked.received_on,
            recorded_at=NO_INSTANT,
            schema=event.schema,
            source=asked.source,
            v=1,
            attachments=seal(attachments, "attachments") if attachments else (),
            basis=command.basis,
            irregularities=judged.irregularities,
            note=command.note,
            postings=event.postings(),
            rules=judged.editions,
            tags=tuple(sorted(set(event.tags()))),
        )
        entry = canonical_if_plain(envelope) or canonical(envelope)
        if not (_is_as_asked(event, command) and _adds_only_text(envelope)):
            must_be_readable(event.kind, entry)
        at = entry.rindex(_STAMP_MEMBER) + len(_STAMP_MEMBER)
        before, after = entry[:at], entry[at + len(NO_INSTANT) :]
        return Draft(
            asked.ledger, event.kind, envelope.tags, before, after, event_id, event.limits()
        ), envelope

    def _seal(self, ledger: str, event_id: str, unsealed: S, at: str = "", *, dry_run: bool) -> S:
        """An event or a part of it with every personal value replaced by its commitment, as the vault keeps.

        `at`: where in the event the part stands.
        """
        named = {person_in(ledger, person.subject) for person in _persons(unsealed)}
        keys = self._vault.keys(named, create=not dry_run)

        def seal(path: str, value: Any) -> Any:
            if isinstance(value, Personal):
                person = person_in(ledger, value.subject)
                if (key := keys.get(person)) is None:  # a dry run leaves no trace of anybody
                    key = self._strangers.setdefault(person, os.urandom(32))
                shown = disclosure(key, event_id, path, value.value)
                digest = digest_of(shown)
                # a subject is found again by trying its key; another value is not
                if value.value != value.subject and not dry_run:
                    self.unwritten[digest] = Kept(digest, person, path, shown)
                return Commitment(digest)
            if isinstance(value, tuple):
                return tuple(seal(f"{path}/{index}", item) for index, item in enumerate(value))
            if isinstance(value, Part):
                fields = {
                    name: seal(f"{path}/{name}".lstrip("/"), getattr(value, name))
                    for name in value.__struct_fields__
                }
                return msgspec.structs.replace(value, **fields)
            return value

        return cast(S, seal(at, unsealed))


def _withholds(event: Event) -> bool:
    """Whether anything stands where events of this kind may withhold it."""
    return any(map(partial(getattr, event), _withheld_by(type(event))))


@cache
def _withheld_by(kind: type[Event]) -> frozenset[str]:
    """The fields something may be withheld in, whole or in part."""
    return frozenset(path.partition("/")[0] for path in kind.withheld)


def _is_as_asked(event: Event, command: Command) -> bool:
    """Whether an event says nothing but what the command says, whose fields were checked as it came in."""
    for name, default, is_of_both in _fields(type(event), type(command)):
        said = getattr(event, name)
        if said is not default and not (is_of_both and said is getattr(command, name)):
            return False
    return True


@cache
def _fields(event: type[Event], command: type[Command]) -> tuple[tuple[str, Any, bool], ...]:
    """The fields of an event: name, default, and whether the command has the same, default and all.

    A default stands in no body, so it was not checked; an event with the same leaves it out again.
    """
    asked = {field.name: (field.type, field.default) for field in msgspec.structs.fields(command)}
    return tuple(
        (field.name, field.default, asked.get(field.name) == (field.type, field.default))
        for field in msgspec.structs.fields(event)
    )


def _adds_only_text(envelope: Envelope[Event]) -> bool:
    """Whether all that was computed beside the event are its tags and the editions of the law."""
    if envelope.postings or envelope.attachments or envelope.irregularities:
        return False
    return {*map(type, envelope.tags), *map(type, envelope.rules)} <= {str}


def _persons(value: Any) -> Iterator[Personal]:
    """Every personal value in an event, however deep."""
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _persons(item)
    elif isinstance(value, Part):
        for name in value.__struct_fields__:
            yield from _persons(getattr(value, name))


def new_id(clock: Callable[[], datetime]) -> str:
    """A time-ordered id (UUIDv7, RFC 9562 5.7): random keys cost the store twice to four times the time."""
    at, chance = f"{int(clock().timestamp() * 1000):012x}", os.urandom(10).hex()
    variant = "89ab"[int(chance[3], 16) & 3]
    return f"{at[:8]}-{at[8:]}-7{chance[:3]}-{variant}{chance[4:7]}-{chance[8:]}"
