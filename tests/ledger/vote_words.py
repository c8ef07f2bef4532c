"""Words for votes by ballot: the units of a roster, ballots, deliveries, and what closing says."""

from datetime import date
from typing import Any

from ledger.actions.ballot import (
    BallotCast,
    BallotsDelivered,
    CastBallot,
    Channel,
    RecordBallotDelivery,
    voter,
)
from ledger.actions.committee import ReelectionStarted
from ledger.actions.community import RegisteredUnit
from ledger.actions.rules import RulesAdopted
from ledger.fields import Personal
from ledger.rules.counting import Choice
from ledger.rules.law import OwnParameter
from tests.ledger.happened import building_registered, units_registered
from tests.ledger.story import FOR_EVER, Fact, Facts, story

FEBRUARY = date(2026, 2, 10)


def unit(name: str, *, area: str = "100.00", owner: str | None = None, **of: Any) -> RegisteredUnit:
    """A unit of building 3 unless said otherwise, with its exclusive area."""
    fields = {"building": "3", "floor_area": "120.00", "area_basis": "registered", **of}
    owner_ref = Personal.of(f"owner/{owner}", owner) if owner else None
    return RegisteredUnit(unit=name, exclusive_area=area, owner_ref=owner_ref, **fields)


def register_of(*units: RegisteredUnit) -> tuple[Facts, ...]:
    """Buildings 3 (doors 12 and 13) and 5, and these units."""
    buildings = building_registered("3", doors=("12", "13")), building_registered("5", doors=("20",))
    return *buildings, units_registered(*units)


def many(number: int, **of: Any) -> tuple[RegisteredUnit, ...]:
    """So many units alike: `u-1`, `u-2`, …"""
    return tuple(unit(f"u-{index}", **of) for index in range(1, number + 1))


def cast(
    name: str,
    choice: Choice = "agree",
    *,
    decision: str = "lift-3",
    channel: Channel = "paper",
    on: date = FEBRUARY,
    **of: Any,
) -> CastBallot:
    return CastBallot(decision=decision, unit=name, choice=choice, channel=channel, cast_on=on, **of)


def ballot(name: str, choice: Choice = "agree", *, decision: str = "lift-3", on: date = FEBRUARY) -> Fact:
    person = voter(name)
    event = BallotCast(
        decision=decision,
        unit=Personal.of(person, name),
        choice=Personal.of(person, choice),
        channel="paper",
        cast_on=on,
    )
    return Fact(event, "secretary", on)


def ballots(choices: dict[Choice, int], **of: Any) -> tuple[Fact, ...]:
    """Ballots of `u-1`, `u-2`, …: `{"agree": 2, "abstain": 1}`."""
    said = [choice for choice, number in choices.items() for _ in range(number)]
    return tuple(ballot(f"u-{index}", choice, **of) for index, choice in enumerate(said, 1))


def deliver(*units: str, decision: str = "lift-3", on: date = FEBRUARY) -> RecordBallotDelivery:
    return RecordBallotDelivery(decision=decision, units=units, delivered_on=on, proof="签收单第3册")


def delivered(*units: str, decision: str = "lift-3") -> Fact:
    event = BallotsDelivered(
        decision=decision,
        units=tuple(Personal.of(voter(name), name) for name in units),
        delivered_on=FEBRUARY,
        proof="签收单第3册",
    )
    return Fact(event, "secretary", FEBRUARY)


def rules_adopted(*own: tuple[str, str, int | str], packs: tuple[str, ...] = ()) -> Fact:
    """The community's own parameters: `("VOTE-11", "unreturned", "with-the-majority")`."""
    parameters = tuple(OwnParameter(rule=rule, name=name, value=value) for rule, name, value in own)
    return Fact(RulesAdopted(starts_on=FOR_EVER, packs=packs, parameters=parameters), "chair")


def reelection_started(group: str, *, on: date) -> Fact:
    event = ReelectionStarted(group=group, created_on=on, members=7, owners=4)
    return Fact(event, "street", on)


def irregularities() -> tuple[str, ...]:
    """The rules the recorded event breaks, although it was recorded."""
    (recorded,) = story().recorded(story().told())
    return recorded.envelope.irregularities
