"""The one way in: `GovernanceLedger.record(command)` decides purely, then writes, exactly once per key."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import cast

import msgspec

from ledger import actions as _actions  # noqa: F401  registers every kind of action
from ledger.actions.community import Community, OpenLedger
from ledger.actions.role import Roles
from ledger.actors import Actor, Authorship, Role, person_in
from ledger.asked import Asked, checked_command, receipt_key_of
from ledger.attachments import attached
from ledger.commands import Command, Decided
from ledger.composing import Composed, Composer, Composing
from ledger.drafting import Drafted, Drafting
from ledger.erasing import Erasing
from ledger.errors import (
    Contended,
    KeyReused,
    LedgerError,
    Malformed,
    NotPermitted,
    Refused,
    UnknownLedger,
)
from ledger.events import Event, Recorded
from ledger.rules.law import Judged
from ledger.state import Slices, State
from ledger.store.files import Files
from ledger.store.port import Condition, Conflict, Draft, Key, Receipt, Store
from ledger.store.vault import Vault, value_of

LEVELS_MAX = 4  # community, neighbourhood, street, district
_OF_EVERY_COMMAND = Community.of(), Roles.of()


class Grounds(msgspec.Struct, frozen=True, gc=False):
    """What a decision stands on: who acts, states in the order of `decide`, and what must not change.

    `composing`: the statement the actor must bring as well.
    """

    actor: Actor
    states: list[State]
    condition: Condition
    composing: Composing | None = None


class GovernanceLedger:
    """The ledgers of one store. Safe for threads."""

    def __init__(
        self, store: Store, vault: Vault, composer: Composer | None = None, files: Files | None = None
    ) -> None:
        self.store = store
        self.vault = vault
        self.erasing = Erasing(store, vault, files or Files(None))
        self._composer = composer
        self._slices = Slices(store)
        self._deciding = threading.Lock()
        self._drafting = Drafting(store, vault)

    def record(self, asked: Asked, key: str | None = None, *, dry_run: bool = False) -> Receipt:
        """Decide a command and, unless it is a dry run, write its events durably.

        `key`: idempotency key, scoped by the ledger; the same key with the same body answers the first
        receipt again. Returns the receipt; that of a dry run has no events. Errors: `Malformed`,
        `UnknownLedger`, `NotPermitted`, `Refused`, `KeyReused`, `Contended`, `StoreError`; after any of them
        nothing was recorded.
        """
        checked, body = checked_command(asked)
        self.erasing.finish_once()
        receipt_key = receipt_key_of([(asked, body)], key, self.vault)
        try:
            composed = self._composed(checked, receipt_key)
            if dry_run:
                return self._rehearse(checked, receipt_key, composed)
            receipt = self._record_in_turn(checked, receipt_key, composed)
        except Conflict as conflict:
            raise Contended from conflict
        if type(checked.command).erases:
            self.erasing.finish()
        return receipt

    def _rehearse(self, asked: Asked, key: Key | None, composed: Composed | None) -> Receipt:
        with self._deciding:
            if replayed := self._earlier([asked], key):
                return replayed
            self._drafting.begin()
            try:
                known = self._known(asked)
                self._decide(asked, known, composed, dry_run=True)
            finally:
                self._drafting.forget_strangers()
        return Receipt((), known.condition.after)

    def _record_in_turn(self, asked: Asked, key: Key | None, composed: Composed | None) -> Receipt:
        """Decide while nobody else can write: writers of one fund would else refute each other."""
        if self.store.remote or not self._slices.has(asked.ledger, _OF_EVERY_COMMAND[0]):
            # what takes long is read before the turn comes; only what is known in the turn counts
            with self._deciding, suppress(Refused, NotPermitted, UnknownLedger):
                self._known(asked)
        with self.store.exclusive():
            with self._deciding:
                ahead = self.store.look_ahead(asked.ledger, key)
                if ahead.receipt and (replayed := self._earlier([asked], key)):
                    return replayed
                self._drafting.begin()
                known = self._known(asked, (ahead.head, ahead.leaf_hash))
                decided = self._decide(asked, known, composed, dry_run=False)
                self._drafting.keep()
            receipt = self.store.append_drafts([draft for draft, _ in decided], known.condition, key, ahead)
            self._take_in(decided, receipt)
            return receipt

    def _take_in(self, decided: Iterable[Drafted], receipt: Receipt) -> None:
        """Let the slices know what was appended: it is recorded, whatever may fail here."""
        with self._deciding:
            try:
                # as they were appended; only their envelopes do not know the instant yet
                appended = [
                    Recorded(line.position, line.number, envelope)
                    for (_, envelope), line in zip(decided, receipt.events, strict=True)
                ]
                self._slices.take_in(appended, bytes.fromhex(receipt.events[-1].leaf_hash))
            except BaseException as error:
                self._slices.forget()
                if not isinstance(error, Exception):
                    raise

    def record_all(self, asked: Sequence[Asked], key: str | None = None, *, dry_run: bool = False) -> Receipt:
        """Decide many commands in order, each knowing the ones before, and write them as one, all or none.

        Returns one receipt for all of them. Errors: as `record`, with the `index` of the command at fault.
        """
        if not asked:
            raise Malformed(("", "commands.none", {}))
        checked, bodies = [], []
        for index, one in enumerate(asked):
            with _naming(index):
                taken, body = checked_command(one)
            checked.append(taken)
            bodies.append((one, body))
        self.erasing.finish_once()
        receipt_key = receipt_key_of(bodies, key, self.vault)
        with self.store.exclusive(), self._deciding:
            if replayed := self._earlier(checked, receipt_key):
                return replayed
            try:
                return self._decide_all(checked, receipt_key, dry_run=dry_run)
            except BaseException:
                self._slices.forget()
                raise
            finally:
                self._drafting.forget_strangers()

    def _decide_all(self, asked: Sequence[Asked], key: Key | None, *, dry_run: bool) -> Receipt:
        drafts: list[Draft] = []
        self._drafting.begin()
        head = self.store.head()
        lengths: dict[str, int] = {}
        for index, one in enumerate(asked):
            with _naming(index):
                decided = self._decide(one, self._known(one), None, dry_run=dry_run)
            for draft, envelope in decided:
                number = lengths.setdefault(one.ledger, self.store.length(one.ledger))
                lengths[one.ledger] = number + 1
                drafts.append(draft)
                self._slices.expect(Recorded(head + len(drafts), number, envelope))
        if dry_run:
            self._slices.forget()
            return Receipt((), head)
        self._drafting.keep()
        receipt = self.store.append_drafts(drafts, Condition((), head), key)
        self._slices.settle(receipt.position, bytes.fromhex(receipt.events[-1].leaf_hash))
        return receipt

    def roles_of(self, ledger: str, account: str, day: date) -> set[Role]:
        """The roles an account holds on a ledger on a day; none for somebody nobody knows."""
        key = self._drafting.key(account)
        if key is None:
            return set()
        with self._deciding:
            (roles,) = self._slices.known(ledger, [Roles.of()]).states
            return cast(Roles, roles).of_account(account, key, day)

    # -- asked before ----------------------------------------------------------------------------------------

    def _earlier(self, asked: Sequence[Asked], key: Key | None) -> Receipt | None:
        """What was recorded under a key by whoever asks again. Errors: `NotPermitted`, `KeyReused`."""
        try:
            receipt = self.store.receipt(key) if key else None
        except KeyReused:
            self._entitled(asked)
            raise
        return self._answered(asked, receipt) if receipt else None

    def _answered(self, asked: Sequence[Asked], receipt: Receipt) -> Receipt:
        """The receipt again, to the person it was given to: a key of one person never answers another."""
        author, *_ = self._entitled(asked)
        first = self.store.numbered(receipt.events[0].ledger, receipt.events[0].number)
        if first is None or not author.wrote(Authorship.of(first)):
            raise KeyReused("idempotency-key.of-another")
        return receipt

    def _entitled(self, asked: Sequence[Asked]) -> list[Actor]:
        """Who asks; what was recorded is shown to nobody who may not ask for it. Errors: `NotPermitted`."""
        actors = []
        for one in asked:
            community, roles = self._slices.known(one.ledger, _OF_EVERY_COMMAND).states
            actors.append(self._permitted(one, cast(Community, community), cast(Roles, roles)))
        return actors

    def _composed(self, asked: Asked, key: Key | None) -> Composed | None:
        """What a command has composed, before its turn comes: that takes as long as the ledger is."""
        if type(asked.command).composes is Command.composes:
            return None
        with self._deciding:
            if key and self._earlier([asked], key):
                return None
            composing = self._known(asked).composing
        return self._compose(asked.ledger, composing) if composing else None

    def _compose(self, ledger: str, composing: Composing) -> Composed:
        if self._composer is None:
            raise LedgerError("composer.missing")
        return self._composer.compose(ledger, composing)

    def _bringing(self, ledger: str, known: Grounds, composed: Composed | None) -> Actor:
        """The actor with the statement the command composes, if what was composed before is still wanted."""
        if known.composing is None:
            return known.actor
        if composed is None:
            composed = self._compose(ledger, known.composing)
        elif composed.composing != known.composing:
            raise Conflict
        return msgspec.structs.replace(known.actor, composed=composed)

    # -- deciding --------------------------------------------------------------------------------------------

    def _known(self, asked: Asked, newest: tuple[int, bytes] | None = None) -> Grounds:
        """Who acts, and the states the command is decided on."""
        ledger, command = asked.ledger, asked.command
        known = self._slices.known(ledger, _OF_EVERY_COMMAND, newest)
        community, roles = known.states
        actor = self._permitted(asked, cast(Community, community), cast(Roles, roles))
        # only now, so that who may not ask learns nothing else
        own = self._slices.further(ledger, command.query())
        states, tags = own.states, known.tags + own.tags
        if wanted := command.query_further(*states):
            further = self._slices.further(ledger, wanted)
            states, tags = states + further.states, tags + further.tags
        actor = self._informed(actor, asked, states)
        return Grounds(actor, states, Condition(tags, known.position), command.composes(*states))

    def _informed(self, actor: Actor, asked: Asked, states: list[State]) -> Actor:
        """The actor with what the vault knows of the persons and commitments the command is about."""
        command = asked.command
        subjects, wanted = command.subjects(), list(command.discloses(*states))
        if not subjects and not wanted:
            return actor
        unwritten = self._drafting.unwritten
        keys, commitments = {}, {}
        for subject in subjects:
            person = person_in(asked.ledger, subject)
            if (key := self._drafting.key(person)) is not None:
                keys[subject] = key
                sealed = {digest for digest, kept in unwritten.items() if kept.subject == person}
                commitments[subject] = self.vault.commitments(person) | sealed
        disclosed = self.vault.values(wanted) if wanted else {}
        disclosed |= {
            digest: value_of(unwritten[digest].disclosure) for digest in wanted if digest in unwritten
        }
        return msgspec.structs.replace(
            actor,
            keys=keys,
            commitments=commitments,
            disclosed=disclosed,
            acts_elsewhere=command.erases and self._acts_elsewhere(asked, subjects),
        )

    def _acts_elsewhere(self, asked: Asked, accounts: Iterable[str]) -> bool:
        """Whether one of these accounts is in office on another ledger: its key is one for all of them."""
        keys = {account: key for account in accounts if (key := self.vault.key(account)) is not None}
        for ledger in self.store.ledgers() if keys else ():
            if ledger != asked.ledger:
                roles = cast(Roles, self._slices.further(ledger, [Roles.of()]).states[0])
                if any(roles.of_account(account, key, asked.received_on) for account, key in keys.items()):
                    return True
        return False

    def _decide(
        self, asked: Asked, known: Grounds, composed: Composed | None, *, dry_run: bool
    ) -> list[Drafted]:
        command, actor = asked.command, self._bringing(asked.ledger, known, composed)
        given = command.attachments
        attachments = attached(self.vault, asked.ledger, given) if given else ()
        judged = _judged(command.decide(actor, *known.states))
        if command.acknowledge:
            _check_acknowledged(command, judged)
        return [self._drafting.draft(asked, actor, one, attachments, dry_run=dry_run) for one in judged]

    def _permitted(self, asked: Asked, community: Community, roles: Roles) -> Actor:
        """The actor in the first role of the action that the account holds on the day the command came in."""
        command, source = asked.command, asked.source
        if not isinstance(command, OpenLedger) and not community.is_open:
            raise UnknownLedger(ledger=asked.ledger)
        key = self._drafting.key(asked.account)
        allowed = type(command).roles
        if key is not None and source.via == "command-line" and "operator" in allowed:
            return Actor(asked.account, key, "operator", asked.received_on)
        held: set[Role] = set()
        if key is not None:
            for of_ledger in self._above(command.parent) if isinstance(command, OpenLedger) else [roles]:
                held |= of_ledger.of_account(asked.account, key, asked.received_on)
        for role in allowed:
            if role in held and key is not None:
                return Actor(asked.account, key, role, asked.received_on)
        raise NotPermitted(action=type(command).name, roles=[role for role in allowed if role != "operator"])

    def _above(self, parent: str | None) -> Iterator[Roles]:
        """The roles on a ledger's parent and on all above: an office opens ledgers anywhere in its area."""
        for _ in range(LEVELS_MAX):
            if parent is None:
                return
            community, roles = self._slices.known(parent, [Community.of(), Roles.of()]).states
            yield cast(Roles, roles)
            opened = cast(Community, community).opened
            parent = opened.parent if opened else None


# -- parts of deciding --------------------------------------------------------------------------------------


@contextmanager
def _naming(index: int) -> Iterator[None]:
    """Say in the error which command of several is at fault."""
    try:
        yield
    except LedgerError as error:
        error.details["index"] = index
        raise


def _judged(decided: Decided | Iterable[Decided]) -> list[Judged]:
    """Every event with what judged it; what no rule of law was asked about stands as it is."""
    if isinstance(decided, Judged):
        return [decided]
    every = [decided] if isinstance(decided, Event) else decided
    return [one if isinstance(one, Judged) else Judged(one, (), ()) for one in every]


def _check_acknowledged(command: Command, judged: Iterable[Judged]) -> None:
    """Nobody confesses what is not so: every acknowledged rule must have been found broken."""
    found = {rule for one in judged for rule in one.irregularities}
    if unfounded := [rule for rule in command.acknowledge if rule not in found]:
        raise Refused("acknowledge.nothing-to-acknowledge", acknowledged=unfounded)
