"""What must be known to decide: folds of a ledger's events, kept between commands and caught up.

A slice is one state of one ledger: the fold of all events that carry one tag. The tags of the slices a
command was decided on are the condition of its append (dynamic consistency boundary).
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, ClassVar, NamedTuple, Protocol

import msgspec

from ledger.errors import LedgerError
from ledger.events import Event, Recorded, decode, tags_in

LOOK_ROWS_MAX = 2_000  # events read at a time, about 1 MB
SLICES_NAMED_MAX = 1_000  # every command names about ten, most of them as the one before
TAGS_MAX = 10_000  # about 10 MB; the least recently used go first and are folded again when needed


class Slice(NamedTuple):
    """A state to be known, the tag whose events it folds, and the ledger if it is not the command's own."""

    state: type["State"]
    tag: str
    ledger: str = ""


class StoredRow(Protocol):
    """An event as the store keeps it."""

    @property
    def position(self) -> int: ...

    @property
    def ledger(self) -> str: ...

    @property
    def number(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def entry(self) -> bytes: ...

    @property
    def leaf_hash(self) -> bytes: ...


class State:
    """Base of every fold. `evolve` only remembers; what was allowed was settled when it was recorded."""

    subject: ClassVar[str] = ""

    def __init__(self, identity: str = "") -> None:
        self.identity = identity

    @classmethod
    @lru_cache(SLICES_NAMED_MAX)
    def of(cls, identity: object = "", *, ledger: str = "") -> Slice:
        """The slice about one thing: `Fund.of("maintenance")` folds all events tagged `fund:maintenance`."""
        return Slice(cls, f"{cls.subject}:{identity}" if identity != "" else cls.subject, ledger)

    def evolve(self, recorded: Recorded[Any]) -> None:
        """Take in one event; ignore kinds that do not matter here."""


class EventAt(State):
    """The event with one record number, if there is one. It never changes, so nothing guards it."""

    subject = "number"
    recorded: Recorded[Event] | None = None

    def evolve(self, recorded: Recorded[Any]) -> None:
        self.recorded = recorded


class ReadPort(Protocol):
    """What slices read from."""

    def rows(self, after: int, limit: int = ...) -> Sequence[StoredRow]: ...

    def head(self) -> int: ...

    def tagged(self, ledger: str, tag: str, after: int) -> Iterable[Recorded[Event]]: ...

    def numbered(self, ledger: str, number: int) -> Recorded[Event] | None: ...


class Known(msgspec.Struct, frozen=True, gc=False):
    """The states of a command's slices, in its order, and the (ledger, tag) they fold, as at `position`."""

    states: list[State]
    tags: tuple[tuple[str, str], ...]
    position: int


class Slices:
    """The cache of folded slices of one store. Not safe for threads; its owner holds a lock.

    A look at the store reads what was appended since the last one and takes it to the slices it is about, so
    that all of them stand at the head together: a slice asks the store for its events only when first wanted.
    """

    def __init__(self, store: ReadPort) -> None:
        self._store = store
        self._folded: OrderedDict[tuple[str, str], dict[type[State], State]] = OrderedDict()
        self._last: tuple[int, bytes] | None = None  # position and leaf hash of the newest event seen
        self._expected: defaultdict[tuple[str, str], list[Recorded[Event]]] = defaultdict(list)

    def known(self, ledger: str, wanted: Sequence[Slice], newest: tuple[int, bytes] | None = None) -> Known:
        """Every wanted state, at the head of the store with all that is expected.

        `newest`: position and leaf hash of the event at the head, where they are known already.
        """
        if newest is None or newest != self._last:
            self._look()
        return self.further(ledger, wanted)

    def further(self, ledger: str, wanted: Sequence[Slice]) -> Known:
        """Every wanted state as of the last look."""
        states: list[State] = []
        tags = []
        folded = self._folded
        for kind, tag, other in wanted:
            about = other or ledger, tag
            if kind is EventAt:
                states.append(self._event_at(*about))
                continue
            state = folded.get(about, {}).get(kind)
            if state is None:
                self._fold(about, [one.state for one in wanted if (one.ledger or ledger, one.tag) == about])
                state = folded[about][kind]
            else:
                folded.move_to_end(about)
            states.append(state)
            tags.append(about)
        return Known(states, tuple(tags), self._head())

    def has(self, ledger: str, wanted: Slice) -> bool:
        """Whether a slice is folded already."""
        return wanted.state in self._folded.get((wanted.ledger or ledger, wanted.tag), ())

    def _head(self) -> int:
        return self._last[0] if self._last else 0

    def _look(self) -> None:
        """Take what is new to the slices it is about."""
        if self._expected:
            return None  # nobody else can write now
        if self._last is None:
            if newest := self._store.rows(self._store.head() - 1, 1):
                self.forget()  # what is folded already was folded while the store was empty
                self._last = newest[0].position, newest[0].leaf_hash
            return None
        more = True
        while more:
            rows = self._store.rows(self._last[0] - 1, LOOK_ROWS_MAX)
            if not rows or (rows[0].position, rows[0].leaf_hash) != self._last:
                self.forget()  # the store was restored to an earlier state under us: nothing known holds
                return self._look()
            more = len(rows) == LOOK_ROWS_MAX
            self._take(rows[1:])
        return None

    def _take(self, rows: Sequence[StoredRow]) -> None:
        for row in rows:
            tags = tags_in(row.entry) if row.ledger else ()
            followed = [about for tag in tags if (about := (row.ledger, tag)) in self._folded]
            try:
                if followed:
                    recorded = Recorded(row.position, row.number, decode(row.kind, row.entry))
                    self._evolve(recorded, followed)
            except LedgerError:  # whoever wants these next will be told why they cannot be known
                for about in followed:
                    del self._folded[about]
            except BaseException:
                self.forget()
                raise
            self._last = row.position, row.leaf_hash

    def _fold(self, about: tuple[str, str], kinds: Iterable[type[State]]) -> None:
        """Fold the events of a tag, once for all of these states that are not folded yet."""
        identity, head = about[1].partition(":")[2], self._head()
        known = self._folded.get(about, {})
        new = {kind: kind(identity) for kind in kinds if kind not in known}
        states = new.values()
        for recorded in self._store.tagged(*about, 0):
            if recorded.position > head:
                break  # appended since the last look: the next one brings it
            for state in states:
                state.evolve(recorded)
        for recorded in self._expected.get(about, ()):
            for state in states:
                state.evolve(recorded)
        self._folded[about] = known | new
        self._folded.move_to_end(about)
        if len(self._folded) > TAGS_MAX:
            self._folded.popitem(last=False)

    def _event_at(self, ledger: str, tag: str) -> EventAt:
        number = tag.partition(":")[2]
        state = EventAt(number)
        expected = self._expected.get((ledger, tag))
        state.recorded = expected[0] if expected else self._store.numbered(ledger, int(number))
        return state

    def expect(self, recorded: Recorded[Event]) -> None:
        """Let states know an event that is about to be appended, while nobody else can write."""
        tags = (*recorded.envelope.tags, f"{EventAt.subject}:{recorded.number}")
        for tag in tags:
            self._expected[recorded.ledger, tag].append(recorded)
        self._evolve(recorded, zip(repeat(recorded.ledger), tags))

    def _evolve(self, recorded: Recorded[Event], tags: Iterable[tuple[str, str]]) -> None:
        """Take an event to every state folded from one of these (ledger, tag)."""
        folded = self._folded
        for about in tags:
            for state in folded.get(about, {}).values():
                state.evolve(recorded)

    def settle(self, position: int, leaf_hash: bytes) -> None:
        """What was expected is in the store now, the last of it at this position."""
        self._expected.clear()
        self._last = position, leaf_hash

    def take_in(self, appended: Sequence[Recorded[Event]], leaf_hash: bytes) -> None:
        """Take events just appended to their slices without reading them again, if nothing came between."""
        if self._expected or self._head() + 1 != appended[0].position:
            return
        for recorded in appended:
            self._evolve(recorded, zip(repeat(recorded.ledger), recorded.envelope.tags))
        self._last = appended[-1].position, leaf_hash

    def forget(self) -> None:
        """Drop every state, because what it folded is not, or will not be, in the store."""
        self._expected.clear()
        self._folded.clear()
        self._last = None
