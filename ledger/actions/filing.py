"""Papers lodged with the street: a new committee, its coming re-election, a service contract (备案)."""

from datetime import date
from typing import ClassVar, Literal, get_args

from ledger.actions.committee import Committee
from ledger.actions.service_contract import ServiceContract
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id, Line
from ledger.state import Slice, State

Filed = Literal["election", "reelection", "service_contract"]
FILED: tuple[Filed, ...] = get_args(Filed)


class FilingRecorded(Event, frozen=True, kw_only=True):
    """The street received it on a day; `of`: the term or the contract; `filing`: its number there."""

    kind: ClassVar[str] = "filing.recorded"

    what: Filed
    of: Id
    filed_on: Day
    filing: Line | None = None

    def tags(self) -> tuple[str, ...]:
        own = f"service-contract:{self.of}" if self.what == "service_contract" else "committee"
        return _tag(self.what, self.of), own


def _tag(what: Filed, of: str) -> str:
    return f"filing:{what.replace('_', '-')}-{of}"


class Filing(State):
    """Whether it was lodged."""

    subject = "filing"
    filed_on: date | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        if isinstance(recorded.data, FilingRecorded):
            self.filed_on = recorded.data.filed_on


class RecordFiling(Command, frozen=True, kw_only=True):
    """Record that the street received papers: of a committee's `election`, by its term (COM-06); the report
    that its term runs out and a `reelection` is needed (COM-21); or of a `service_contract` (FIRM-07)."""

    name: ClassVar[str] = "record-filing"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "firm", "neighbourhood", "street")

    election: Id | None = None
    reelection: Id | None = None
    service_contract: Id | None = None
    filed_on: Day
    filing: Line | None = None

    def happened_on(self) -> Day:
        return self.filed_on

    @property
    def filed(self) -> tuple[Filed, str]:
        """What was lodged, and of what. Errors: `Refused` when it is none or several."""
        given = [(what, of) for what in FILED if (of := getattr(self, what)) is not None]
        if len(given) != 1:
            raise Refused("filing.one-thing", given=len(given))
        return given[0]

    def query(self) -> tuple[Slice, ...]:
        return (
            Slice(Filing, _tag(*self.filed)),
            Committee.of(),
            ServiceContract.of(self.service_contract or "none"),
        )

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        filing: Filing,
        committee: Committee,
        contract: ServiceContract,
    ) -> FilingRecorded:
        what, of = self.filed
        known = {term.term for term in committee.terms}
        if contract.signed is None if what == "service_contract" else of not in known:
            raise Refused("filing.of-what", about=of)
        if filing.filed_on is not None:
            raise Refused("filing.already-recorded", filed_on=filing.filed_on)
        return FilingRecorded.sharing(self, what=what, of=of)
