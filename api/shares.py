"""What was split among the units, computed again for those who may see it, and checked against its record."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import Response

from api import services
from api.private import as_csv
from ledger.actions.community import Register
from ledger.errors import StoreDamaged
from ledger.money.apportionment import apportion


class Split(NamedTuple):
    """The record that split a sum, how much, and by what areas of the units in its scope."""

    number: int
    fen: int
    areas: Mapping[str, int]
    digest: str


def register_before(ledger: str, number: int) -> Register:
    """The units as they were registered when a record was made."""
    register = Register()
    for entered in services.current().store.tagged(ledger, Register.subject, 0):
        if entered.number < number:
            register.evolve(entered)
    return register


def shares_as_csv(register: Register, split: Split, *, door: str | None, building: str | None) -> Response:
    """The share of every unit of one door number or building, of all if neither is given.

    Errors: `StoreDamaged` if the shares are not those whose digest was recorded.
    """
    again = apportion(split.fen, split.areas)
    if again.digest != split.digest:
        raise StoreDamaged(number=split.number)
    header = ("unit", "building", "door", "floor_area", "exclusive_area", "share_fen")
    return as_csv(
        header,
        (
            (unit, of.building, of.door, of.floor_area, of.exclusive_area, fen)
            for unit, fen in again.shares.items()
            if door in (None, (of := register.units[unit]).door) and building in (None, of.building)
        ),
    )
