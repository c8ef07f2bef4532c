"""Counting the ballots of a vote: whose head is whose, and what all of them say together."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from ledger.fields import Area, Count, Id, Part, area_text
from ledger.rules.law import Law

Choice = Literal["agree", "disagree", "abstain", "invalid"]
CHOICES: tuple[Choice, ...] = ("agree", "disagree", "abstain", "invalid")
CELL_UNITS_MIN = 5  # privacy.md: no figures of fewer taking part
BUILDINGS_MAX = 300  # so many fit into an event, whatever their ids


# -- who counts --------------------------------------------------------------------------------------------


class Voter(NamedTuple):
    """A unit on a roster: its area in hundredths of m², where it is, and the number of the head it is of."""

    unit: str
    centi_m2: int
    building: str
    head: int


class Holding(NamedTuple):
    """A unit before the heads are numbered, with its owner where one is known."""

    unit: str
    centi_m2: int
    building: str
    owner: str | None
    of_developer: bool


def with_heads(holdings: Sequence[Holding], law: Law) -> list[Voter]:
    """The roster by unit: one unit is one head, an owner's several units are one, the developer's are one.

    VOTE-08; where the assembly's own rules say that each unit is a head, it is.
    """
    owners_once = law.term("VOTE-08", "several_units") != "one-head-each"
    developer_once = law.term("VOTE-08", "developer_units") != "one-head-each"
    numbers: dict[tuple[str, str], int] = {}
    voters = []
    for held in sorted(holdings):
        if held.of_developer:
            who = ("developer", "") if developer_once else ("unit", held.unit)
        elif held.owner is not None and owners_once:
            who = ("owner", held.owner)
        else:
            who = ("unit", held.unit)
        voters.append(
            Voter(held.unit, held.centi_m2, held.building, numbers.setdefault(who, len(numbers) + 1))
        )
    return voters


# -- counting ----------------------------------------------------------------------------------------------


class Tally(Part, frozen=True, kw_only=True):
    """So many heads with so much exclusive area."""

    heads: Count
    area: Area


class Totals(Part, frozen=True, kw_only=True):
    """The count of all ballots. `unreturned`: of those taking part, who returned none but are counted."""

    participating: Tally
    agree: Tally
    disagree: Tally
    abstain: Tally
    invalid: Tally
    unreturned: Tally | None = None


class BuildingCount(Part, frozen=True, kw_only=True):
    """How the units of one building voted; no building stands here with fewer than five taking part."""

    building: Id
    units: Count
    agree: Count
    disagree: Count
    abstain: Count
    invalid: Count


def count(roster: Sequence[Voter], ballots: Mapping[str, Choice], unreturned: Collection[str] = ()) -> Totals:
    """Count ballots by unit. `unreturned`: units that were reached and are counted with the majority.

    Areas follow the unit. A head agrees if all its ballots do; one whose ballots differ takes part and is
    counted as invalid, for one head cannot be on two sides.
    """
    cast = _sums(roster, ballots)
    side = _majority(cast)
    if not unreturned or side is None:
        return _totals(cast, None)
    added = {unit: side for unit in unreturned if unit not in ballots}
    heads_cast = {voter.head for voter in roster if voter.unit in ballots}
    more = _sums([voter for voter in roster if voter.head not in heads_cast], added)[side]
    more_area = sum(voter.centi_m2 for voter in roster if voter.unit in added)
    joined = (more[0], more_area)
    cast[side] = cast[side][0] + joined[0], cast[side][1] + joined[1]
    return _totals(cast, _tally(*joined))


Sums = dict[Choice, tuple[int, int]]


def _sums(roster: Sequence[Voter], ballots: Mapping[str, Choice]) -> Sums:
    area: defaultdict[Choice, int] = defaultdict(int)
    said: defaultdict[int, set[Choice]] = defaultdict(set)
    for voter in roster:
        if (choice := ballots.get(voter.unit)) is not None:
            area[choice] += voter.centi_m2
            said[voter.head].add(choice)
    heads: defaultdict[Choice, int] = defaultdict(int)
    for choices in said.values():
        heads[next(iter(choices)) if len(choices) == 1 else "invalid"] += 1
    return {choice: (heads[choice], area[choice]) for choice in CHOICES}


def _majority(cast: Sums) -> Choice | None:
    """The side that is ahead by heads and by area; none if neither is ahead in both."""
    agree, disagree = cast["agree"], cast["disagree"]
    if agree[0] > disagree[0] and agree[1] > disagree[1]:
        return "agree"
    if disagree[0] > agree[0] and disagree[1] > agree[1]:
        return "disagree"
    return None


def _totals(sums: Sums, unreturned: Tally | None) -> Totals:
    everybody = [sum(part) for part in zip(*sums.values(), strict=True)]
    each = {choice: _tally(*sums[choice]) for choice in CHOICES}
    return Totals(participating=_tally(*everybody), unreturned=unreturned, **each)


def _tally(heads: int, centi_m2: int) -> Tally:
    return Tally(heads=heads, area=area_text(centi_m2))


def tally_of(roster: Sequence[Voter]) -> Tally:
    """The heads and the area of a whole roster."""
    return _tally(len({voter.head for voter in roster}), sum(voter.centi_m2 for voter in roster))


def by_building(roster: Sequence[Voter], ballots: Mapping[str, Choice]) -> tuple[BuildingCount, ...]:
    """Buildings with at least five units taking part, as far as the rest does not give itself away.

    What is left out can be had by subtraction: it too is nothing, or at least five units. Of more buildings
    than fit none stands by itself.
    """
    cast: defaultdict[str, defaultdict[Choice, int]] = defaultdict(lambda: defaultdict(int))
    for voter in roster:
        if (choice := ballots.get(voter.unit)) is not None:
            cast[voter.building][choice] += 1
    sizes = sorted((sum(choices.values()), building) for building, choices in cast.items())
    hidden = 0
    while sizes and (sizes[0][0] < CELL_UNITS_MIN or 0 < hidden < CELL_UNITS_MIN):
        hidden += sizes.pop(0)[0]
    if len(sizes) > BUILDINGS_MAX:
        return ()
    return tuple(
        BuildingCount(building=building, units=units, **{name: cast[building][name] for name in CHOICES})
        for units, building in sorted(sizes, key=lambda size: size[1])
    )
