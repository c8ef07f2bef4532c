"""The one way in: `GovernanceLedger.record(command)` decides purely, then writes, exactly once per key."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import msgspec

from ledger import actions as _actions  # noqa: F401  registers every kind of action
from ledger.actions.community import Community, OpenLedger, Roles
from ledger.actors import Actor, Role, disclosure
from ledger.commands import Command
from ledger.envelope import canonical
from ledger.errors import Contended, Malformed, NotPermitted, Refused, UnknownLedger
from ledger.events import By, Envelope, Event, Recorded, Source
from ledger.fields import FIRST_DAY, LAST_DAY, Commitment, Part, Personal
from ledger.state import Slices
from ledger.store.port import Condition, Conflict, Draft, Key, Receipt, Store
from ledger.store.vault import Vault

NO_INSTANT = "0000-00-00T00:00:00.000Z"  # holds the place of recorded_at until the store stamps it
_STAMP_MEMBER = b'"recorded_at":"'


class Asked(NamedTuple):
    """A command with all it comes with: for which ledger, by whom, when, under which key, through which door."""

    ledger: str
    command: Command
    account: str
    received_on: date
    source: Source = Source(via="api")


class GovernanceLedger:
    """The ledgers of one store. Safe for threads."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault
        self._slices = Slices(store)
        self._deciding = threading.Lock()

    def record(self, asked: Asked, key: str | None = None, *, dry_run: bool = False) -> Receipt:
        """Decide a command and, unless it is a dry run, write its events durably.

        `key`: idempotency key, scoped by the ledger; the same key with the same body answers the first receipt again.
        Returns the receipt; that of a dry run has no events. Errors: `Malformed`, `UnknownLedger`, `NotPermitted`,
        `Refused`, `KeyReused`, `Contended`, `StoreError`; after any of them nothing was recorded.
        """
        checked = _checked(asked)
        receipt_key = _receipt_key([asked], key)
        if receipt_key is not None and (replayed := self.store.receipt(receipt_key)):
            return replayed
        try:
            return self._decide_and_append(checked, receipt_key, dry_run=dry_run)
        except Conflict:
            pass
        with self.store.exclusive():  # nobody else can write now, so a second conflict cannot be
            try:
                return self._decide_and_append(checked, receipt_key, dry_run=dry_run)
            except Conflict as conflict:
                raise Contended from conflict

    def _decide_and_append(self, asked: Asked, key: Key | None, *, dry_run: bool) -> Receipt:
        with self._deciding:
            drafts, condition = self._decide(asked)
        if dry_run:
            return Receipt((), condition.after)
        return self.store.append_drafts([draft for draft, _ in drafts], condition, key)

    def record_all(self, asked: Sequence[Asked], key: str | None = None) -> Receipt:
        """Decide many commands one after the other, each knowing the ones before, and write them as one, all or none.

        Returns one receipt for all of them. Errors: as `record`; the details carry `index` of the command at fault.
        """
        checked = [_checked(one) for one in asked]
        receipt_key = _receipt_key(asked, key)
        if receipt_key is not None and (replayed := self.store.receipt(receipt_key)):
            return replayed
        with self.store.exclusive(), self._deciding:
            try:
                return self._decide_all(checked, receipt_key)
            except BaseException:
                self._slices.forget()
                raise

    def _decide_all(self, asked: Sequence[Asked], key: Key | None) -> Receipt:
        drafts: list[Draft] = []
        head = self.store.head()
        lengths: dict[str, int] = {}
        for index, one in enumerate(asked):
            try:
                decided, _ = self._decide(one)
            except (Refused, NotPermitted, UnknownLedger) as error:
                error.details["index"] = index
                raise
            for draft, envelope in decided:
                number = lengths.setdefault(one.ledger, self.store.length(one.ledger))
                lengths[one.ledger] = number + 1
                drafts.append(draft)
                self._slices.expect(Recorded(head + len(drafts), number, envelope))
        receipt = self.store.append_drafts(drafts, Condition((), head), key)
        self._slices.settle()
        return receipt

    # -- deciding ------------------------------------------------------------------------------------------------------

    def _decide(self, asked: Asked) -> tuple[list[tuple[Draft, Envelope[Event]]], Condition]:
        ledger, command = asked.ledger, asked.command
        known = self._slices.known(ledger, [Community.of(), Roles.of(), *command.query()])
        community, roles, *states = known.states
        actor = self._permitted(asked, cast(Community, community), cast(Roles, roles))
        further = self._slices.known(ledger, command.query_further(*states))
        if command.attachments:
            raise Refused("attachment.unknown", attachment=command.attachments[0])
        events = command.decide(actor, *states, *further.states)
        if command.acknowledge:
            raise Refused("acknowledge.nothing-to-acknowledge", acknowledged=list(command.acknowledge))
        decided = [self._draft(asked, actor, event) for event in _each(events)]
        # guarded from the earlier of the two looks
        return decided, Condition(known.tags + further.tags, known.position)

    def _permitted(self, asked: Asked, community: Community, roles: Roles) -> Actor:
        """The actor in the first role of the action that the account holds on the day the command came in."""
        command, source = asked.command, asked.source
        if not isinstance(command, OpenLedger) and not community.is_open:
            raise UnknownLedger(ledger=asked.ledger)
        key = self.vault.key(asked.account)
        allowed = type(command).roles
        if key is not None and source.via == "command-line" and "operator" in allowed:
            return Actor(asked.account, key, "operator", self._keys(command))
        if isinstance(command, OpenLedger) and not community.is_open:
            roles = self._roles_of_parent(command, roles)
        held: set[Role] = (
            roles.of_account(asked.account, key, asked.received_on) if key is not None else set()
        )
        for role in allowed:
            if role in held and key is not None:
                return Actor(asked.account, key, role, self._keys(command))
        raise NotPermitted(action=type(command).name, roles=[role for role in allowed if role != "operator"])

    def _keys(self, command: Command) -> dict[str, bytes]:
        found = {subject: self.vault.key(subject) for subject in command.subjects()}
        return {subject: key for subject, key in found.items() if key is not None}

    def _roles_of_parent(self, command: OpenLedger, roles: Roles) -> Roles:
        if command.parent is None:
            return roles
        return cast(Roles, self._slices.known(command.parent, [Roles.of()]).states[0])

    def _draft(self, asked: Asked, actor: Actor, event: Event) -> tuple[Draft, Envelope[Event]]:
        command = asked.command
        event_id = new_id(self.store.clock)
        sealed = self._sealed(event, event_id) if event.withheld else event
        envelope = Envelope(
            by=By(role=actor.role, who=Commitment(actor.committed("who", actor.account, event_id))),
            data=sealed,
            id=event_id,
            kind=event.kind,
            ledger=asked.ledger,
            occurred_on=command.occurred_on or asked.received_on,
            recorded_at=NO_INSTANT,
            schema=event.schema,
            source=asked.source,
            v=1,
            basis=command.basis,
            note=command.note,
            postings=event.postings(),
            tags=tuple(sorted(set(event.tags()))),
        )
        entry = canonical(envelope)
        at = entry.rindex(_STAMP_MEMBER) + len(_STAMP_MEMBER)
        before, after = entry[:at], entry[at + len(NO_INSTANT) :]
        return Draft(
            asked.ledger, event.kind, envelope.tags, before, after, event_id, event.limits()
        ), envelope

    def _sealed(self, event: Event, event_id: str) -> Event:
        """The event with every personal value replaced by its commitment; the values go to the vault."""

        def seal(path: str, value: Any) -> Any:
            if isinstance(value, Personal):
                key = cast(bytes, self.vault.key(value.subject, create=True))
                digest = Actor(value.subject, key).committed(path, value.value, event_id)
                if (
                    value.value != value.subject
                ):  # a subject is found again by trying its key; another value is not
                    self.vault.keep(digest, value.subject, path, disclosure(key, event_id, path, value.value))
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

        return cast(Event, seal("", event))


# -- checks before deciding ------------------------------------------------------------------------------------------------


def _checked(asked: Asked) -> Asked:
    """The command with its legal date, once its fields are what its types say. Errors: `Malformed`."""
    command = asked.command
    try:
        msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as error:
        message, _, pointer = str(error).partition(" - at `$")
        raise Malformed(
            (pointer.rstrip("`").replace(".", "/"), "field.malformed", {"reason": message})
        ) from None
    occurred_on = command.happened_on() or command.occurred_on
    for name in command.__struct_fields__:
        day = getattr(command, name)
        if isinstance(day, date) and not FIRST_DAY <= day <= LAST_DAY:
            raise Malformed((f"/{name}", "date.out-of-range", {"first": FIRST_DAY, "last": LAST_DAY}))
    if occurred_on is not None and occurred_on > asked.received_on:
        raise Malformed(
            ("/occurred_on", "date.in-the-future", {"day": occurred_on, "today": asked.received_on})
        )
    return asked._replace(
        command=msgspec.structs.replace(command, occurred_on=occurred_on or asked.received_on)
    )


def _receipt_key(asked: Sequence[Asked], key: str | None) -> Key | None:
    if key is None:
        return None
    fingerprint = hashlib.sha256()
    for one in asked:
        # the account is part of what was asked: a key of one person never answers another
        for part in (one.account, one.ledger, type(one.command).name):
            fingerprint.update(part.encode() + b"\n")
        fingerprint.update(canonical(one.command))
    return Key(f"{asked[0].ledger}/{key}", fingerprint.digest())


def _each(events: Event | Iterable[Event]) -> Iterator[Event]:
    if isinstance(events, Event):
        yield events
    else:
        yield from events


def new_id(clock: Callable[[], datetime]) -> str:
    """A time-ordered id (UUIDv7, RFC 9562 5.7): random keys cost the store two to four times the insert rate."""
    milliseconds = int(clock().timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
