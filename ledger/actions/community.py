"""A ledger begins; its buildings, door numbers and units."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Area, Commitment, Day, Id, Line, Paragraph, Part, Personal, Scope, centi_m2
from ledger.money.unit_accounts import Place, Roster
from ledger.state import Slice, State

LedgerKind = Literal["community", "neighbourhood", "street", "district"]
RANK: dict[LedgerKind, int] = {"community": 0, "neighbourhood": 1, "street": 2, "district": 3}
AreaBasis = Literal["registered", "surveyed", "contract"]  # VOTE-07, in this order
HeldBy = Literal["owner", "developer"]  # VOTE-08: what the developer has not sold or delivered is one head
Doors = Annotated[tuple[Id, ...], Meta(max_length=200)]


# -- what can have happened ------------------------------------------------------------------------


class LedgerOpened(Event, frozen=True, kw_only=True):
    """Leaf 0 of a ledger's log."""

    kind: ClassVar[str] = "ledger.opened"

    of: LedgerKind = msgspec.field(name="kind")
    name: Line
    parent: Id | None = None
    total_floor_area: Area | None = None

    def tags(self) -> tuple[str, ...]:
        return ("community",)


class BuildingRegistered(Event, frozen=True, kw_only=True):
    """A building with its door numbers (FUND-04)."""

    kind: ClassVar[str] = "building.registered"

    building: Id
    name: Line
    doors: Doors = ()

    def tags(self) -> tuple[str, ...]:
        return ("register", f"building:{self.building}")


class RegisteredUnit(Part, frozen=True, kw_only=True):
    """One exclusive part: where it is and its areas in m²; the owner is withheld."""

    unit: Id
    building: Id
    floor_area: Area
    exclusive_area: Area
    area_basis: AreaBasis
    door: Id | None = None
    owner_ref: Commitment | None = None
    held_by: HeldBy = "owner"


class UnitsRegistered(Event, frozen=True, kw_only=True):
    """Exclusive parts enter the register (VOTE-07, FUND-04)."""

    kind: ClassVar[str] = "units.registered"
    withheld: ClassVar[frozenset[str]] = frozenset({"units/owner_ref"})

    units: tuple[RegisteredUnit, ...]

    def tags(self) -> tuple[str, ...]:
        return ("register",)


class UnitAreaCorrected(Event, frozen=True, kw_only=True):
    """The areas of a unit were entered wrongly, or measured anew; what was split before stays as it was."""

    kind: ClassVar[str] = "unit-area.corrected"

    unit: Id
    floor_area: Area
    exclusive_area: Area
    area_basis: AreaBasis
    reason: Paragraph

    def tags(self) -> tuple[str, ...]:
        return ("register",)


class UnitTransferred(Event, frozen=True, kw_only=True):
    """A unit has a new owner, and its share of the fund goes with it (FUND-27).

    Withheld: the new owner, and what the seller stated of first deposit and balance.
    """

    kind: ClassVar[str] = "unit.transferred"
    withheld: ClassVar[frozenset[str]] = frozenset({"owner_ref", "stated_first_deposit", "stated_balance"})

    unit: Id
    transferred_on: Day
    owner_ref: Commitment
    stated_first_deposit: Commitment
    stated_balance: Commitment
    proof: Line | None = None

    def tags(self) -> tuple[str, ...]:
        return ("register",)


# -- what must be known ----------------------------------------------------------------------------


class Community(State):
    """The ledger itself: whether it is open, and what it is."""

    subject = "community"
    is_open = False
    opened: LedgerOpened | None = None

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case LedgerOpened() as opened:
                self.is_open = True
                self.opened = opened


class Register(State):
    """Buildings with their door numbers, and units by id with where they are, their areas and owner."""

    subject = "register"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.doors: dict[str, set[str]] = {}
        self.units: dict[str, RegisteredUnit] = {}
        self.entered: dict[str, int] = {}  # number of the record that entered a unit
        self._measured: dict[str, tuple[tuple[int, int], ...]] = {}

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case BuildingRegistered(building=building, doors=doors):
                self.doors[building] = set(doors)
            case UnitsRegistered(units=units):
                self.units.update((unit.unit, unit) for unit in units)
                self.entered.update((unit.unit, recorded.number) for unit in units)
                for unit in units:
                    self._measured[unit.unit] = ((recorded.number, centi_m2(unit.floor_area)),)
            case UnitAreaCorrected(unit=unit, floor_area=floor_area) as new:
                named = ("floor_area", "exclusive_area", "area_basis")
                changes = {name: getattr(new, name) for name in named}
                self.units[unit] = msgspec.structs.replace(self.units[unit], **changes)
                self._measured[unit] += ((recorded.number, centi_m2(floor_area)),)
            case UnitTransferred(unit=unit, owner_ref=owner_ref):
                self.units[unit] = msgspec.structs.replace(
                    self.units[unit], owner_ref=owner_ref, held_by="owner"
                )

    def unit(self, unit: str) -> RegisteredUnit:
        """A registered unit. Errors: `Refused` for any other."""
        if unit not in self.units:
            raise Refused("unit.unknown", unit=unit)
        return self.units[unit]

    def in_scope(self, scope: Scope | None) -> list[RegisteredUnit]:
        """The units of the whole community, a building or a door number."""
        match scope:
            case Scope(kind="building", id=building):
                return [unit for unit in self.units.values() if unit.building == building]
            case Scope(kind="door", id=door):
                return [unit for unit in self.units.values() if unit.door == door]
        return list(self.units.values())

    def floor_areas(self, scope: Scope | None) -> dict[str, int]:
        """Floor areas by unit in hundredths of m², by which costs are shared (FUND-21)."""
        return {unit.unit: centi_m2(unit.floor_area) for unit in self.in_scope(scope)}

    def book_of(self, unit: str) -> Scope:
        """The book of the fund a unit stands in (FUND-04). Errors: `Refused` for one not registered."""
        return self._place(self.unit(unit)).book

    def roster(self) -> Roster:
        """The units as they stood at any record."""
        return Roster(map(self._place, self.units.values()))

    def _place(self, of: RegisteredUnit) -> Place:
        return Place(of.unit, of.building, of.door, self._measured[of.unit])


# -- what may be asked -----------------------------------------------------------------------------


class OpenLedger(Command, frozen=True, kw_only=True):
    """Open a ledger; its id is the one in the address. The role is needed on the parent ledger."""

    name: ClassVar[str] = "open-ledger"
    roles: ClassVar[tuple[Role, ...]] = ("district", "street", "neighbourhood", "operator")

    of: LedgerKind = msgspec.field(name="kind")
    title: Line = msgspec.field(name="name")
    parent: Id | None = None
    total_floor_area: Area | None = None

    def query(self) -> tuple[Slice, ...]:
        return Community.of(), Community.of(ledger=self.parent or "")

    def decide(self, by: Actor, community: Community, parent: Community) -> LedgerOpened:  # noqa: ARG002
        if community.is_open:
            raise Refused(
                "ledger.already-open", ledger_name=community.opened.name if community.opened else ""
            )
        if self.parent is not None and not parent.is_open:
            raise Refused("ledger.parent-unknown", parent=self.parent)
        if parent.opened is not None and self.parent and RANK[parent.opened.of] < RANK[self.of]:
            raise Refused("ledger.parent-below", parent=self.parent)
        return LedgerOpened(
            of=self.of, name=self.title, parent=self.parent, total_floor_area=self.total_floor_area
        )


REGISTRARS: tuple[Role, ...] = ("secretary", "chair", "neighbourhood")


class RegisterBuilding(Command, frozen=True, kw_only=True):
    """Enter a building and its door numbers."""

    name: ClassVar[str] = "register-building"
    roles: ClassVar[tuple[Role, ...]] = REGISTRARS

    building: Id
    title: Line = msgspec.field(name="name")
    doors: Doors = ()

    def query(self) -> tuple[Slice, ...]:
        return (Register.of(),)

    def decide(self, by: Actor, register: Register) -> BuildingRegistered:  # noqa: ARG002
        if self.building in register.doors:
            raise Refused("building.already-registered", building=self.building)
        if len(set(self.doors)) != len(self.doors):
            raise Refused("building.door-twice", building=self.building)
        # a door number names one book of the fund
        if taken := sorted(set().union(*register.doors.values()).intersection(self.doors)):
            raise Refused("building.door-taken", door=taken[0])
        return BuildingRegistered(building=self.building, name=self.title, doors=self.doors)


class UnitEntry(Part, frozen=True, kw_only=True):
    """One unit to register; areas in m². `owner_ref`: the committee's own name for the owner, withheld."""

    unit: Id
    building: Id
    floor_area: Area
    exclusive_area: Area
    area_basis: AreaBasis
    door: Id | None = None
    owner_ref: Line | None = None
    held_by: HeldBy = "owner"


class RegisterUnits(Command, frozen=True, kw_only=True):
    """Enter units of registered buildings, up to 200 at a time."""

    name: ClassVar[str] = "register-units"
    roles: ClassVar[tuple[Role, ...]] = REGISTRARS

    units: Annotated[tuple[UnitEntry, ...], Meta(min_length=1, max_length=200)]

    def query(self) -> tuple[Slice, ...]:
        return (Register.of(),)

    def decide(self, by: Actor, register: Register) -> UnitsRegistered:  # noqa: ARG002
        seen: set[str] = set()
        for entry in self.units:
            if entry.unit in register.units or entry.unit in seen:
                raise Refused("unit.already-registered", unit=entry.unit)
            if entry.building not in register.doors:
                raise Refused("building.unknown", building=entry.building)
            if entry.door is not None and entry.door not in register.doors[entry.building]:
                raise Refused("door.unknown", door=entry.door, building=entry.building)
            if 0 in (centi_m2(entry.floor_area), centi_m2(entry.exclusive_area)):
                raise Refused("unit.area-zero", unit=entry.unit)
            seen.add(entry.unit)
        return UnitsRegistered(units=tuple(_registered(entry) for entry in self.units))


def _registered(entry: UnitEntry) -> RegisteredUnit:
    return RegisteredUnit(
        unit=entry.unit,
        building=entry.building,
        floor_area=entry.floor_area,
        exclusive_area=entry.exclusive_area,
        area_basis=entry.area_basis,
        door=entry.door,
        # owners and accounts are different people to the vault, whatever they are called
        owner_ref=Personal.of(f"owner/{entry.owner_ref}", entry.owner_ref) if entry.owner_ref else None,
        held_by=entry.held_by,
    )
