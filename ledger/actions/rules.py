"""By which rules a community lives: adopted packs and its own parameters, from a day on (rules.md 0.3)."""

from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Day, Id
from ledger.rules.law import Adoption, Judgement, Law, OwnParameter, check_adoption, law_on
from ledger.state import Slice, State

PackIds = Annotated[tuple[Id, ...], Meta(max_length=20)]
OwnParameters = Annotated[tuple[OwnParameter, ...], Meta(max_length=100)]


class RulesAdopted(Event, frozen=True, kw_only=True):
    """A community lives by these packs and own parameters from a day on, in place of earlier ones."""

    kind: ClassVar[str] = "rules.adopted"

    starts_on: Day = msgspec.field(name="from")
    packs: PackIds = ()
    parameters: OwnParameters = ()

    def tags(self) -> tuple[str, ...]:
        return ("rules",)


class Rules(State):
    """What was adopted, and the law it makes on a day."""

    subject = "rules"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.adopted: list[RulesAdopted] = []

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case RulesAdopted() as adopted:
                self.adopted.append(adopted)

    def law(self, day: date) -> Law:
        """The law in force here on a day; of two adoptions from one day the later stands."""
        holding = [adopted for adopted in self.adopted if adopted.starts_on <= day]
        if not holding:
            return law_on(day, Adoption())
        newest = max(holding, key=lambda adopted: adopted.starts_on)
        last = [adopted for adopted in holding if adopted.starts_on == newest.starts_on][-1]
        return law_on(day, Adoption(packs=last.packs, parameters=last.parameters))

    def judge(self, command: Command, *, on: date | None = None) -> Judgement:
        """The judgement of a command by the law of its legal date, or of the day `on` which it is about."""
        law = self.law(on or command.legal_date)
        return Judgement(law, command.acknowledge, happened=type(command).already_happened)


class AdoptRules(Command, frozen=True, kw_only=True):
    """Adopt rule packs and the community's own parameters, which may tighten the law and fill its gaps."""

    name: ClassVar[str] = "adopt-rules"
    roles: ClassVar[tuple[Role, ...]] = ("chair", "secretary", "neighbourhood")

    starts_on: Day = msgspec.field(name="from")
    packs: PackIds = ()
    parameters: OwnParameters = ()

    def query(self) -> tuple[Slice, ...]:
        return (Rules.of(),)

    def decide(self, by: Actor, rules: Rules) -> RulesAdopted:
        # what a community enters first may have held for years; what replaces it holds from today on
        if rules.adopted and self.starts_on < by.received_on:
            raise Refused("rules.adopted-for-the-past", today=by.received_on)
        check_adoption(Adoption(packs=self.packs, parameters=self.parameters), self.starts_on)
        return RulesAdopted(starts_on=self.starts_on, packs=self.packs, parameters=self.parameters)
