"""The words of a specification: given what happened, when somebody asks, then what is recorded or refused.

They speak about one `Story` at a time, a real ledger on a real store. The community `wutongli` is open in it,
and for every role there is an account that holds it: `the-treasurer`, `the-chair` ...
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar, NamedTuple, TypeVar

import msgspec

from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.actors import ROLES, Role, commit, person_in
from ledger.asked import Asked
from ledger.commands import Command
from ledger.envelope import canonical, parse
from ledger.errors import LedgerError, Malformed, NotPermitted, Refused
from ledger.events import Event, Recorded, Source, decode
from ledger.fields import Commitment, Part, Personal
from ledger.ledger import GovernanceLedger
from ledger.state import Slice, Slices, State
from ledger.store.port import Receipt, ReceiptLine, Store
from ledger.store.vault import Vault

WUTONGLI = "wutongli"
TODAY = date(2026, 11, 20)
FOR_EVER = date(2020, 1, 1)
COMMAND_LINE = Source(via="command-line")

S = TypeVar("S", bound=State)


class Fact(NamedTuple):
    """Something that happened: the event, who recorded it and when it happened."""

    event: Event
    by: Role = "secretary"
    on: date = TODAY


Facts = Fact | tuple[Fact, ...]


class Happened(Command, frozen=True, kw_only=True):
    """Takes a fact as it is: no rule is asked, so that a spec can start from any past."""

    roles: ClassVar[tuple[Role, ...]] = ROLES

    event: Any

    def decide(self, by: Any) -> Event:
        return self.event


def account_of(role: str) -> str:
    """The account that holds a role in every story."""
    return f"the-{role}"


class Story:
    """One ledger and what is told of it."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store, self.vault = store, vault
        self.ledger = GovernanceLedger(store, vault)
        self.outcome: Receipt | LedgerError | None = None
        self._head_before = 0

    def begin(self, name: str = WUTONGLI) -> None:
        """Open the community and give every role to one account."""
        self.vault.key("the-operator", create=True)
        opening: list[Command] = [OpenLedger(of="community", title="梧桐里")]
        opening += [
            GrantRole(account=account_of(role), role=role, starts_on=FOR_EVER)
            for role in ROLES
            if role != "operator"
        ]
        self.ledger.record_all(
            [Asked(name, command, "the-operator", FOR_EVER, COMMAND_LINE) for command in opening]
        )

    def happen(self, facts: Iterable[Facts]) -> None:
        """Record facts without asking whether they were allowed."""
        asked = [
            Asked(WUTONGLI, Happened(event=fact.event, occurred_on=fact.on), account_of(fact.by), TODAY)
            for fact in _each(facts)
        ]
        if asked:
            self.ledger.record_all(asked)

    def ask(self, asked: Asked, key: str | None, *, dry_run: bool) -> None:
        """Record a command and remember what came of it."""
        self.must_be_told()
        self._head_before = self.store.head()
        try:
            self.outcome = self.ledger.record(asked, key, dry_run=dry_run)
        except LedgerError as error:
            self.outcome = error

    def told(self) -> Receipt | LedgerError:
        """What came of the last command, now that somebody looks."""
        outcome, self.outcome = self.outcome, None
        assert outcome is not None, "nothing was asked: say when() first"
        return outcome

    def must_be_told(self) -> None:
        """A command whose outcome nobody looked at would make a spec that cannot fail."""
        if self.outcome is not None:
            raise AssertionError(f"nobody said then() about {self.outcome!r}")

    def nothing_was_recorded(self) -> bool:
        """Whether the store is as it was before the last command."""
        return self.store.head() == self._head_before

    def recorded(self, receipt: Receipt) -> list[Recorded[Event]]:
        """The events of a receipt, read back from the store; each entry is canonical to the byte."""
        found = []
        for line in receipt.events:
            (row,) = self.store.rows(line.position - 1, 1)
            assert canonical(parse(row.entry)) == row.entry
            found.append(Recorded(row.position, row.number, decode(row.kind, row.entry)))
        return found

    def state(self, wish: Slice, ledger: str = WUTONGLI) -> State:
        """A state folded freshly from the store."""
        return Slices(self.store).known(ledger, [wish]).states[0]


_told: list[Story] = []


def telling(story: Story) -> Iterator[Story]:
    """Make this the story the words below speak about, until the spec ends."""
    _told.append(story)
    try:
        yield story
        story.must_be_told()
    finally:
        _told.remove(story)


def story() -> Story:
    """The story being told."""
    return _told[-1]


def given(*facts: Facts) -> None:
    """These things happened."""
    story().happen(facts)


def when(
    command: Command,
    *,
    by: str | None = None,
    on: date = TODAY,
    ledger: str = WUTONGLI,
    via: str = "api",
    key: str | None = None,
    dry_run: bool = False,
) -> None:
    """Somebody asks: by default the account with the first role that may, today, through the API."""
    account = by or account_of(type(command).roles[0])
    source = msgspec.convert({"via": via}, Source)
    story().ask(Asked(ledger, command, account, on, source), key, dry_run=dry_run)


def then(*facts: Facts) -> Receipt:
    """Exactly these events were recorded."""
    outcome = story().told()
    if isinstance(outcome, LedgerError):
        raise AssertionError(f"expected events, but: {outcome}") from outcome
    recorded = story().recorded(outcome)
    expected = [fact.event for fact in _each(facts)]
    assert [type(one.data) for one in recorded] == [type(event) for event in expected]
    for one, event in zip(recorded, expected, strict=True):
        assert one.data == _sealed(event, one.envelope.id, "")
        assert sum(fen for _, fen in one.envelope.postings) == 0
        assert one.envelope.postings == event.postings()
    return outcome


def then_recorded() -> tuple[ReceiptLine, ...]:
    """It was recorded; for specs that look at one thing about it."""
    outcome = story().told()
    if isinstance(outcome, LedgerError):
        raise AssertionError(f"expected events, but: {outcome}") from outcome
    return outcome.events


def then_refused(code: str, *, rules: Iterable[str] = (), **details: Any) -> None:
    """A rule forbids it, by this code, naming these rules of law and these details; nothing was recorded."""
    outcome = story().told()
    assert isinstance(outcome, Refused), f"expected {code}, but: {outcome}"
    assert outcome.code == code, outcome
    assert outcome.rules == tuple(rules)
    assert {name: outcome.details.get(name) for name in details} == details
    assert story().nothing_was_recorded()


def then_malformed(pointer: str, code: str) -> None:
    """A field breaks its own form; nothing was recorded."""
    outcome = story().told()
    assert isinstance(outcome, Malformed), f"expected {code} at {pointer}, but: {outcome}"
    assert [(where, what) for where, what, _ in outcome.errors] == [(pointer, code)]
    assert story().nothing_was_recorded()


def then_not_permitted() -> None:
    """The account holds no role that may do this; nothing was recorded."""
    outcome = story().told()
    assert isinstance(outcome, NotPermitted), outcome
    assert story().nothing_was_recorded()


def then_failed(error: type[LedgerError]) -> LedgerError:
    """Another error; nothing was recorded."""
    outcome = story().told()
    assert type(outcome) is error, outcome
    assert story().nothing_was_recorded()
    return outcome


def state_of(state: type[S], identity: object = "") -> S:
    """What is known now: `state_of(Decision, "lift-3").remaining_fen`."""
    found = story().state(state.of(identity))
    assert isinstance(found, state)
    return found


def _each(facts: Iterable[Facts]) -> Iterator[Fact]:
    for fact in facts:
        if isinstance(fact, Fact):
            yield fact
        else:
            yield from fact


def _sealed(value: Any, event_id: str, path: str) -> Any:
    """The expected event with every person replaced by the digest that must stand in the stored one."""
    if isinstance(value, Personal):
        key = story().vault.key(person_in(WUTONGLI, value.subject))
        assert key is not None, f"{value.subject} has no key"
        return Commitment(commit(key, event_id, path, value.value))
    if isinstance(value, tuple):
        return tuple(_sealed(item, event_id, f"{path}/{index}") for index, item in enumerate(value))
    if isinstance(value, Part):
        fields = {name: _sealed(getattr(value, name), event_id, f"{path}/{name}".lstrip("/"))
                  for name in value.__struct_fields__}  # fmt: skip
        return msgspec.structs.replace(value, **fields)
    return value
