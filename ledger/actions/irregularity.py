"""A rule was broken outside the books, as by a seal used with no resolution: recorded, later cleared."""

from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actions.rules import Rules
from ledger.actors import Actor, Authorship, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Line, Paragraph, RecordNumber, RuleId
from ledger.rules.law import Judged
from ledger.state import EventAt, Slice, State

BrokenRules = Annotated[tuple[RuleId, ...], Meta(min_length=1, max_length=20)]
Records = Annotated[tuple[RecordNumber, ...], Meta(max_length=20, description="Numbers of other records")]


class IrregularityRecorded(Event, frozen=True, kw_only=True):
    """Something happened that a rule forbids, and no other record says so; `refs`: records it is about."""

    kind: ClassVar[str] = "irregularity.recorded"

    what: Line
    broken: BrokenRules = msgspec.field(name="rules")
    happened_on: Day
    text: Paragraph
    refs: Records = ()

    def tags(self) -> tuple[str, ...]:
        return ("irregularities",)


class IrregularityResolved(Event, frozen=True, kw_only=True):
    """Somebody else looked at a record that breaks a rule and says how it was put right."""

    kind: ClassVar[str] = "irregularity.resolved"

    number: RecordNumber
    how: Paragraph
    refs: Records = ()

    def tags(self) -> tuple[str, ...]:
        return (f"irregularity:{self.number}",)


class Irregularity(State):
    """Whether what a record breaks was put right, and by which record that is said."""

    subject = "irregularity"
    resolved_by: int | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, IrregularityResolved):
            self.resolved_by = recorded.number


class RecordIrregularity(Command, frozen=True, kw_only=True):
    """Record that something happened against a rule: what, which rules, when. Never name a private person."""

    name: ClassVar[str] = "record-irregularity"
    roles: ClassVar[tuple[Role, ...]] = (
        "secretary", "treasurer", "member", "chair", "auditor", "neighbourhood", "street",
    )  # fmt: skip

    what: Line
    broken: BrokenRules = msgspec.field(name="rules")
    on: Day = msgspec.field(name="happened_on")
    text: Paragraph
    refs: Records = ()

    def happened_on(self) -> date:
        return self.on

    def query(self) -> tuple[Slice, ...]:
        return (Rules.of(), *(EventAt.of(number) for number in self.refs))

    def decide(self, by: Actor, rules: Rules, *records: EventAt) -> Judged:  # noqa: ARG002
        _check_refs(records)
        law = rules.law(self.legal_date)
        if len(set(self.broken)) < len(self.broken):
            raise Refused("irregularity.rule-twice")
        for rule in self.broken:
            if rule not in law.rules:
                raise Refused("irregularity.rule-not-in-force", rules=(rule,), day=self.legal_date)
        event = IrregularityRecorded(
            what=self.what, broken=self.broken, happened_on=self.on, text=self.text, refs=self.refs
        )
        return Judged(event, law.editions, tuple(sorted(self.broken)))


class ResolveIrregularity(Command, frozen=True, kw_only=True):
    """Say how what a record breaks was put right; not by who recorded it. The record itself stays."""

    name: ClassVar[str] = "resolve-irregularity"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "member", "auditor", "neighbourhood", "street")

    number: RecordNumber
    how: Paragraph
    refs: Records = ()

    def query(self) -> tuple[Slice, ...]:
        wanted = (self.number, *self.refs)
        return (Irregularity.of(self.number), *(EventAt.of(number) for number in wanted))

    def decide(
        self, by: Actor, irregularity: Irregularity, target: EventAt, *records: EventAt
    ) -> IrregularityResolved:
        if target.recorded is None or not target.recorded.envelope.irregularities:
            raise Refused("irregularity.unknown", number=self.number)
        if irregularity.resolved_by is not None:
            raise Refused(
                "irregularity.already-resolved", number=self.number, resolved_by=irregularity.resolved_by
            )
        if self.legal_date < target.recorded.occurred_on:
            raise Refused("irregularity.not-yet-happened", occurred_on=target.recorded.occurred_on)
        if by.wrote(Authorship.of(target.recorded)):
            raise Refused("irregularity.own-record", number=self.number)
        _check_refs(records)
        return IrregularityResolved(number=self.number, how=self.how, refs=self.refs)


def _check_refs(records: tuple[EventAt, ...]) -> None:
    for record in records:
        if record.recorded is None:
            raise Refused("irregularity.record-unknown", number=int(record.identity))
