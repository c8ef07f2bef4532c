"""Papers as they hang: intervals at places, and what follows: where, since when, how long (SEM-08)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

import msgspec

from ledger.actions.community import BuildingRegistered
from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed
from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.posting import Paper, PostingRecorded, RemovalRecorded
from ledger.events import Event
from ledger.rules.semantics import displayed_days
from ledger.rules.tables import tables

KIND_OF = {"service-desk": "desk", "notice-board": "board", "every-door": "door"}  # as REV-06 lists them
DOOR = "door-"


E_co = TypeVar("E_co", bound=Event, covariant=True)


class Fact(NamedTuple, Generic[E_co]):
    """An event with its record number and its legal date."""

    number: int
    on: date
    event: E_co


class Done(NamedTuple):
    """That something was done: on which day, by which record."""

    on: date
    number: int


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """One paper at one place: `door-12`, `desk`, `board`; up from a day until it came down, if it did.

    `number`, `removal`: the records that say so. `version`: of a statement.
    """

    place: str
    version: int | None
    posted_on: date
    number: int
    removed_on: date | None = None
    removal: int | None = None


class Display(NamedTuple):
    """All a paper's intervals in order of record, and the door numbers there were when it was last put up."""

    intervals: tuple[Interval, ...] = ()
    doors: frozenset[str] = frozenset()


class Shown(NamedTuple):
    """How a paper stood on a day. `complete`: that it hangs wherever it has to; none if it never did.

    `missing`: places it never came to. `ended_on`: since when it no longer hangs as it has to.
    """

    first: Done
    complete: Done | None
    doors: int
    doors_required: int
    missing: tuple[str, ...]
    ended_on: date | None

    def days(self, on: date) -> int | None:
        """How many days it has hung everywhere, the day it was put up not counted (SEM-08)."""
        return displayed_days(self.complete.on, self.ended_on or on) if self.complete else None


def displays(facts: Iterable[Fact[Event]]) -> Mapping[Paper, Display]:
    """Every paper that was ever put up."""
    doors: set[str] = set()
    intervals: defaultdict[Paper, list[Interval]] = defaultdict(list)
    there: dict[Paper, frozenset[str]] = {}
    for number, _, event in facts:
        match event:
            case BuildingRegistered(doors=new):
                doors.update(new)
            case PostingRecorded(places=places, posted_on=posted_on, version=version):
                of = intervals[event.paper]
                there[event.paper] = frozenset(doors)
                for place in places:
                    _end(of, place.name, posted_on, number)  # a newer version takes the older one's place
                    of.append(Interval(place=place.name, version=version, posted_on=posted_on, number=number))
            case RemovalRecorded(places=places, removed_on=removed_on):
                for place in places:
                    _end(intervals[event.paper], place.name, removed_on, number)
    return {paper: Display(tuple(of), there[paper]) for paper, of in intervals.items() if of}


def displays_of_decisions(facts: Iterable[Fact[Event]]) -> Mapping[str, Display]:
    """How every decision hung: its own paper, and every published statement of its result (COM-09)."""
    kept = list(facts)
    results = _results(kept)
    found: defaultdict[str, Display] = defaultdict(Display)
    for paper, display in displays(kept).items():
        decision = paper.id if paper.about == "decision" else None
        for one in display.intervals:
            if of := decision or results.get((paper, one.version)):
                before = found[of]
                found[of] = Display((*before.intervals, one), before.doors | display.doors)
    return found


def first_posted(facts: Iterable[Fact[Event]]) -> dict[str, date]:
    """When every decision was first put up for the owners to read, as far as that is recorded (COM-09)."""
    return {
        decision: min(one.posted_on for one in display.intervals)
        for decision, display in displays_of_decisions(facts).items()
    }


def _results(facts: Iterable[Fact[Event]]) -> Mapping[tuple[Paper, int | None], str]:
    """Which versions of statements show the result of which decision; none from before it was taken."""
    taken: dict[str | None, Fact[Event]] = {}
    results: dict[tuple[Paper, int | None], str] = {}
    for fact in facts:
        match fact.event:
            case CommitteeDecisionRecorded(decision=decision) | VoteClosed(decision=decision):
                taken[decision] = fact
            case DisclosurePublished(disclosure=disclosure, version=version, subject=str(of)) as published:
                decided = taken.get(of) if tables()[published.table].about == "decision" else None
                if decided and decided.number <= published.until and decided.on <= published.ends_on:
                    results[Paper("disclosure", disclosure), version] = of
    return results


def _end(of: list[Interval], place: str, removed_on: date, number: int) -> None:
    for index, one in enumerate(of):
        if one.place == place and one.removed_on is None:
            of[index] = msgspec.structs.replace(one, removed_on=removed_on, removal=number)


def shown(display: Display, on: date, kinds: Sequence[str] = ()) -> Shown | None:
    """How a paper stood on a day, which had to hang at places of these kinds; at any place if none is named.

    None where it had not been put up anywhere by then.
    """
    up = [one for one in display.intervals if one.posted_on <= on]
    if not up:
        return None
    needed = _needed(display.doors, kinds)
    came = {place: min((_done(one) for one in up if one.place == place), default=None) for place in needed}
    there = {place: done for place, done in came.items() if done is not None}
    first = min(map(_done, up))
    complete = max(there.values(), default=first) if len(there) == len(needed) else None
    return Shown(
        first=first,
        complete=complete,
        doors=sum(place.startswith(DOOR) for place in there),
        doors_required=sum(place.startswith(DOOR) for place in needed),
        missing=tuple(place for place in needed if place not in there),
        ended_on=_ended_on(up, needed, complete.on, on) if complete else None,
    )


def _done(one: Interval) -> Done:
    return Done(one.posted_on, one.number)


def _needed(doors: Iterable[str], kinds: Sequence[str]) -> list[str]:
    """The places a paper has to hang at, by name."""
    needed = []
    for kind in kinds:
        needed += [f"{DOOR}{door}" for door in sorted(doors)] if kind == "door" else [kind]
    return needed


def _ended_on(up: Sequence[Interval], needed: Sequence[str], since: date, on: date) -> date | None:
    """The first day on which it hung at one needed place less; at no place at all, if any would do."""
    if not needed:
        return _run_end(up, since, on)
    ends = [_run_end([one for one in up if one.place == place], since, on) for place in needed]
    return min((end for end in ends if end is not None), default=None)


def _run_end(up: Iterable[Interval], since: date, on: date) -> date | None:
    """Until when it hung without a gap from a day on; none while it still does."""
    end = since
    for one in sorted(up, key=lambda one: (one.posted_on, one.number)):
        if one.posted_on > end:
            break
        if one.removed_on is None or one.removed_on > on:
            return None
        end = max(end, one.removed_on)
    return end
