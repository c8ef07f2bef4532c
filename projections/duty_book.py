"""What there is to be done and was done in one community, as its duties read it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from ledger.actions.community import LedgerOpened
from ledger.actions.posting import Paper
from ledger.actions.rules import Rules, RulesAdopted
from ledger.events import Event
from ledger.rules.law import Law
from ledger.rules.semantics import Deadline, days_after, months_after
from projections.displays import Display, Done, Fact, displays, displays_of_decisions

E = TypeVar("E", bound=Event)


class Span(msgspec.Struct, frozen=True):
    """From one day to another, both included."""

    starts_on: date = msgspec.field(name="from")
    ends_on: date = msgspec.field(name="to")


class Expected(NamedTuple):
    """What a rule asks for, and what was done about it; see `Duty` for what is the same there.

    `judged_on`: the day whose law it is; `begins_on`: from when it can be done, by default that day.
    `deadline`: none where the rule names no day; `overdue_on`: since when it then comes too late. `paper`:
    what has to hang, at these `kinds` of places, for `keep_days` or, if `keep_until_next`, until `next_on`.
    """

    duty: str
    rule: str
    judged_on: date
    deadline: Deadline | None
    done: Done | None = None
    subject: str | None = None
    period: Span | None = None
    paper: Display | None = None
    kinds: Sequence[str] = ()
    keep_days: int | None = None
    keep_until_next: bool = False
    next_on: date | None = None
    overdue_on: date | None = None
    begins_on: date | None = None


class DutyBook:
    """The facts of one community by what they are, its law on any day, its papers as they hang.

    `until`: up to which day what is still to come is asked for.
    """

    def __init__(self, facts: Iterable[Fact[Event]], until: date = date.max) -> None:
        kept = list(facts)
        self.until = until
        self._facts: defaultdict[type[Event], list[Fact[Any]]] = defaultdict(list)
        for fact in kept:
            self._facts[type(fact.event)].append(fact)
        self._rules = Rules()
        self._rules.adopted += [fact.event for fact in self.all(RulesAdopted)]
        self._displays, self._decisions = displays(kept), displays_of_decisions(kept)
        self.is_community = any(fact.event.of == "community" for fact in self.all(LedgerOpened))
        self.opened_on = min((fact.on for fact in self.all(LedgerOpened)), default=date.max)

    def all(self, kind: type[E]) -> list[Fact[E]]:
        """Everything of one kind, in order of record."""
        return cast(list[Fact[E]], self._facts[kind])

    def law(self, day: date) -> Law:
        """The law here on a day."""
        return self._rules.law(day)

    def display(self, paper: Paper) -> Display:
        """Where a paper hung; nowhere if it never did."""
        return self._displays.get(paper, Display())

    def display_of_decision(self, decision: str) -> Display:
        """Where a decision hung, on a paper of its own or on a published statement about it."""
        return self._decisions.get(decision, Display())


Expecting = Callable[[DutyBook], Iterator[Expected]]


def number_of(law: Law, rule: str, name: str) -> int | None:
    """A number of a rule; none where the rule is not in force, or leaves it open."""
    found = law.term(rule, name) if law.is_in_force(rule) else None
    return found if isinstance(found, int) else None


def periods(first: date, last: date, months: int) -> Iterator[Span]:
    """The periods of the calendar, of so many months each, in which the days from one to another lie."""
    starts_on = date(first.year, (first.month - 1) // months * months + 1, 1)
    while starts_on <= last:
        following = months_after(starts_on, months)
        yield Span(starts_on, days_after(following, -1))
        starts_on = following


def years(first: date, last: date) -> range:
    """The years from one day's to another's, both included."""
    return range(first.year, last.year + 1)


def earliest(done: Iterable[Done]) -> Done | None:
    """What was done first."""
    return min(done, default=None)
