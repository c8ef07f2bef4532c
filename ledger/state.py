"""What must be known to decide: folds of a ledger's events, kept between commands and caught up, never recomputed.

A slice is one state of one ledger: the fold of all events that carry one tag. The tags of the slices a command was decided
on are the condition of its append (dynamic consistency boundary).
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from ledger.events import Event, Recorded

SLICES_MAX = 20_000  # about 20 MB; the least recently used go first and are folded again when needed


class Slice(NamedTuple):
    """A state to be known, the tag whose events it folds, and the ledger if it is not the command's own."""

    state: type["State"]
    tag: str
    ledger: str = ""


class State:
    """Base of every fold. `evolve` only remembers; whether something was allowed was settled when it was recorded."""

    subject: ClassVar[str] = ""

    def __init__(self, identity: str = "") -> None:
        self.identity = identity

    @classmethod
    def of(cls, identity: object = "", *, ledger: str = "") -> Slice:
        """The slice about one thing: `Fund.of("maintenance")` folds all events tagged `fund:maintenance`."""
        return Slice(cls, f"{cls.subject}:{identity}" if identity != "" else cls.subject, ledger)

    def evolve(self, recorded: Recorded[Any]) -> None:
        """Take in one event; ignore kinds that do not matter here."""


class EventAt(State):
    """The event with one record number, if there is one. What is recorded never changes, so nothing guards it."""

    subject = "number"
    recorded: Recorded[Event] | None = None

    def evolve(self, recorded: Recorded[Any]) -> None:
        self.recorded = recorded


class ReadPort(Protocol):
    """What slices read from."""

    def head(self) -> int: ...

    def tagged(self, ledger: str, tag: str, after: int) -> Iterable[Recorded[Event]]: ...

    def numbered(self, ledger: str, number: int) -> Recorded[Event] | None: ...


class Known(NamedTuple):
    """The states of a command's slices, in its order, and the (ledger, tag) they fold, as they stood at `position`."""

    states: list[State]
    tags: tuple[tuple[str, str], ...]
    position: int


class Slices:
    """The cache of folded slices of one store. Not safe for threads; its owner holds a lock."""

    def __init__(self, store: ReadPort) -> None:
        self._store = store
        self._folded: OrderedDict[Slice, tuple[int, State]] = OrderedDict()
        self._pending: defaultdict[tuple[str, str], list[Recorded[Event]]] = defaultdict(list)

    def known(self, ledger: str, wanted: Sequence[Slice]) -> Known:
        """Every wanted state, caught up to the head of the store and to what is pending."""
        head = self._store.head()
        slices = [wish if wish.ledger else wish._replace(ledger=ledger) for wish in wanted]
        states = [self._caught_up(wish, head) for wish in slices]
        return Known(
            states, tuple((wish.ledger, wish.tag) for wish in slices if wish.state is not EventAt), head
        )

    def _caught_up(self, wish: Slice, head: int) -> State:
        if wish.state is EventAt:
            return self._event_at(wish)
        position, state = self._folded.pop(wish, (0, None))
        if state is None:
            state = wish.state(wish.tag.partition(":")[2])
        if position < head:
            for recorded in self._store.tagged(wish.ledger, wish.tag, position):
                state.evolve(recorded)
                position = recorded.position
            position = max(position, head)
        for recorded in self._pending.get((wish.ledger, wish.tag), ()):
            if recorded.position > position:
                state.evolve(recorded)
                position = recorded.position
        self._folded[wish] = position, state
        if len(self._folded) > SLICES_MAX:
            self._folded.popitem(last=False)
        return state

    def _event_at(self, wish: Slice) -> EventAt:
        number = wish.tag.partition(":")[2]
        state = EventAt(number)
        state.recorded = self._store.numbered(wish.ledger, int(number))
        return state

    def expect(self, recorded: Recorded[Event]) -> None:
        """Let states know an event that is about to be appended, while nobody else can write."""
        for tag in recorded.envelope.tags:
            self._pending[recorded.ledger, tag].append(recorded)

    def settle(self) -> None:
        """What was expected is in the store now."""
        self._pending.clear()

    def forget(self) -> None:
        """What was expected will not be in the store: drop it and every state that may have folded it."""
        self._pending.clear()
        self._folded.clear()
