"""Splitting fen without losing one: largest remainder, ties by unit id ascending (FUND-21, FUND-22).

No law fixes how the last fen are rounded; this is the method the community publishes. Every share is floored,
and what is left over goes, one fen each, to the units whose floored-off remainder is largest.
"""

import hashlib
from collections.abc import Mapping
from heapq import nsmallest
from typing import NamedTuple, TypedDict

import msgspec

from ledger.errors import LedgerError
from ledger.fields import area_text


class Apportioned(NamedTuple):
    """`shares`: fen by unit, in order of unit id, adding up to what was split.

    `remainder_units`: who got one of the left-over fen, the largest remainder first.
    """

    shares: Mapping[str, int]
    remainder_units: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What an event carries of the list instead of the list itself, see `digest_of`."""
        return digest_of(self.shares)


def apportion(fen: int, areas: Mapping[str, int]) -> Apportioned:
    """Split whole fen by area, whatever order the areas come in. Areas are whole hundredths of m².

    Errors: `LedgerError` for fen below 0, an area below 0, or no area at all to split by.
    """
    total = sum(areas.values())
    if fen < 0 or total <= 0 or min(areas.values()) < 0:
        raise LedgerError("apportionment.senseless", fen=fen, total=total)
    shares, remainders = {}, {}
    for unit in sorted(areas):
        shares[unit], remainders[unit] = divmod(fen * areas[unit], total)
    left = fen - sum(shares.values())
    largest_first = nsmallest(left, remainders, key=lambda unit: (-remainders[unit], unit))
    for unit in largest_first:
        shares[unit] += 1
    return Apportioned(shares, tuple(largest_first))


class Published(TypedDict):
    """What an event says of a split, in the names of its fields; the shares themselves follow from it."""

    area: str
    units: int
    fen_per_m2: int  # rounded to a whole fen, for reading only
    remainder_units: int
    shares_digest: str


def published(split: Apportioned, fen: int, areas: Mapping[str, int]) -> Published:
    """The figures of fen split by these areas, in whole hundredths of m²."""
    area = sum(areas.values())
    return Published(
        area=area_text(area),
        units=len(split.shares),
        fen_per_m2=(200 * fen + area) // (2 * area),
        remainder_units=len(split.remainder_units),
        shares_digest=split.digest,
    )


def digest_of(shares: Mapping[str, int]) -> str:
    """SHA-256 in hex of the canonical bytes (RFC 8785) of `[[unit, fen], ...]`, by unit id ascending."""
    # ids are a-z 0-9 - and fen are whole: compact JSON is canonical already, and no entry to be too long
    pairs = [(unit, shares[unit]) for unit in sorted(shares)]
    return hashlib.sha256(msgspec.json.encode(pairs)).hexdigest()
