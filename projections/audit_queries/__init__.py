"""The queries of the auditor's programme, one file per group; each file lists its own in QUERIES."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypedDict
from unicodedata import normalize

NAMED_MAX = 200  # records, as many as an explanation can name


class Named(TypedDict):
    """What names a row about many records, and how many they are."""

    records: tuple[int, ...]
    item: str | None
    count: int


def named(records: Sequence[int], asked: Mapping[str, int]) -> Named:
    """All the records, in order; of very many the first and the last, with how many by which settings."""
    count = len(records)
    if count <= NAMED_MAX:
        return Named(records=tuple(records), item=None, count=count)
    settings = (f"{name}={value}" for name, value in asked.items())
    return Named(records=(records[0], records[-1]), item=" ".join((str(count), *settings)), count=count)


def near_each_other(
    days: Sequence[date], weights: Sequence[int], within: int, enough: int
) -> Iterator[range]:
    """Places of things, in the order of their days, that weigh enough together within so many days.

    Groups that have a thing in common are one: nothing is in two of them, and nothing that belongs is left.
    """
    found, end, weight = range(0), 0, 0
    for first, day in enumerate(days):
        while end < len(days) and (days[end] - day).days <= within:
            weight += weights[end]
            end += 1
        if weight >= enough:
            if found and first >= found.stop:
                yield found
                found = range(0)
            found = range(found.start if found else first, end)
        weight -= weights[first]
    if found:
        yield found


def spelled(text: str) -> str:
    """A name or number by its letters and digits only, however wide, large or far apart they were written."""
    letters = "".join(filter(str.isalnum, normalize("NFKC", text).casefold()))
    return letters or text
