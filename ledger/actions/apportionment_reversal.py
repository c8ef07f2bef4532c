"""A wrong division of money among the units is taken back by an event that names it, once (FUND-21)."""

from typing import ClassVar

from ledger.actions.entry import Tag
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Id, Line, Paragraph, RecordNumber
from ledger.state import EventAt, Slice, State

# their files know this one, so by their kinds
DIVIDING = ("fund.apportioned", "project.apportioned", "public-revenue.apportioned")


# -- what can have happened ------------------------------------------------------------------------


class ApportionmentReversed(Event, frozen=True, kw_only=True):
    """What was divided is divided no more: every unit gets back, or gives back, its share to the fen.

    The digest of the shares stays in the record of the division; both stay and point at each other.
    `about`: the tags of what is undone, so that whatever followed it hears of this.
    """

    kind: ClassVar[str] = "apportionment.reversed"

    number: RecordNumber
    reversed_kind: Line
    reason: Paragraph
    about: tuple[Tag, ...] = ()
    project: Id | None = None

    def tags(self) -> tuple[str, ...]:
        return (f"apportionment:{self.number}", *self.about)


# -- what must be known ----------------------------------------------------------------------------


class Apportionment(State):
    """Whether one division was taken back, and by which record."""

    subject = "apportionment"
    reversed_by: int | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, ApportionmentReversed):
            self.reversed_by = recorded.number


# -- what may be asked -----------------------------------------------------------------------------


class ReverseApportionment(Command, frozen=True, kw_only=True):
    """Take back a wrong division of money among units by its record number, with a reason; once."""

    name: ClassVar[str] = "reverse-apportionment"
    roles: ClassVar[tuple[Role, ...]] = ("treasurer", "bookkeeper", "chair")

    number: RecordNumber
    reason: Paragraph

    def query(self) -> tuple[Slice, ...]:
        return EventAt.of(self.number), Apportionment.of(self.number)

    def decide(self, by: Actor, target: EventAt, apportionment: Apportionment) -> ApportionmentReversed:  # noqa: ARG002
        divided = target.recorded
        if divided is None or divided.data.kind not in DIVIDING:
            raise Refused("apportionment.unknown", number=self.number)
        if apportionment.reversed_by is not None:
            raise Refused(
                "apportionment.already-reversed", number=self.number, reversed_by=apportionment.reversed_by
            )
        if self.legal_date < divided.occurred_on:
            raise Refused("apportionment.reversed-before-it-happened", occurred_on=divided.occurred_on)
        return ApportionmentReversed(
            number=self.number,
            reversed_kind=divided.data.kind,
            reason=self.reason,
            about=divided.envelope.tags,
            project=getattr(divided.data, "project", None),
        )
