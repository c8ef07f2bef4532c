"""How the sections of a notice stand on the paper: as tables where they fit, else with columns as rows."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from api.documents.statement_words import Shown, ShownColumn, ShownSection

UPRIGHT_PT, LYING_PT = 493, 740  # room between the margins of A4
SIZES = (10, 9)
SMALLEST = 8.5  # type is never smaller than this
PADDING_PT = 10
WIDE_FROM = 0x2E80  # Chinese characters and full-width signs are as wide as they are high
NARROW = 0.58
TEXT_MIN, TEXT_MAX = 5.5, 28  # characters; the least holds an unbroken run
SIDE_BY_SIDE = 3  # rows that stand beside each other where columns are shown as rows
FLEXIBLE = ("text", "word")
BRACKET_MAX = 5  # characters
BREAK = "\u200b"  # zero width space
UNBROKEN_MAX = 9  # letters and digits
_RUN = re.compile(rf"[!-~]{{{UNBROKEN_MAX + 1},}}")
_AFTER_SIGN = re.compile(r"[^-/_.,:;]*[-/_.,:;]+|[^-/_.,:;]+")


class Laid(NamedTuple):
    """`widths` in pt for a table, empty for columns shown as rows; `size` of the type in pt."""

    size: float
    widths: tuple[float, ...] = ()


def laid_out(sections: Sequence[ShownSection]) -> tuple[bool, list[Laid]]:
    """Whether the paper lies on its side, and how every section stands on it."""
    upright = [_laid(section, UPRIGHT_PT) for section in sections]
    if None in upright and None not in (lying := [_laid(section, LYING_PT) for section in sections]):
        return True, [one for one in lying if one]
    return False, [one or Laid(SIZES[-1]) for one in upright]


def groups(section: ShownSection) -> list[list[tuple[Shown, ...]]]:
    """Rows that stand beside each other; what they add up to stands beside the last, if they are several."""
    rows = section.rows
    found = [[*rows[start : start + SIDE_BY_SIDE]] for start in range(0, len(rows), SIDE_BY_SIDE)]
    if section.sums and len(rows) > 1:
        found[-1].append(section.sums)
    return found


def _laid(section: ShownSection, room: float) -> Laid | None:
    for size in SIZES:
        if widths := _widths(section, room, size):
            return Laid(size, widths)
    if len(section.rows) <= SIDE_BY_SIDE:
        return Laid(SIZES[0])
    widths = _widths(section, room, SMALLEST)
    return Laid(SMALLEST, widths) if widths else None


def _widths(section: ShownSection, room: float, size: float) -> tuple[float, ...]:
    """Widths that fill the room; empty if it is too small."""
    cells = [*section.rows, section.sums] if section.sums else section.rows
    bounds = [
        _bounds(column, [row[place].text for row in cells]) for place, column in enumerate(section.columns)
    ]
    least = [PADDING_PT + low * size for low, _ in bounds]
    wished = [PADDING_PT + high * size for _, high in bounds]
    spare = room - sum(least)
    if spare < 0:
        return ()
    wants = [high - low for low, high in zip(least, wished, strict=True)]
    given = min(1.0, spare / sum(wants)) if sum(wants) else 0.0
    widths = [low + want * given for low, want in zip(least, wants, strict=True)]
    takes = [column.type in FLEXIBLE for column in section.columns]  # what nobody asked for goes to texts
    takers = sum(width for width, takes_more in zip(widths, takes, strict=True) if takes_more)
    more = (room - sum(widths)) / (takers or sum(widths))
    return tuple(
        round(width * (1 + more if takes_more or not takers else 1), 2)
        for width, takes_more in zip(widths, takes, strict=True)
    )


def _bounds(column: ShownColumn, cells: Iterable[str]) -> tuple[float, float]:
    """The least and the wished width of a column in characters; figures and days never break."""
    longest = max(map(width, cells), default=0.0)
    title = width(column.title)
    if column.type in FLEXIBLE:
        least = max(min(longest, TEXT_MIN), _unbroken(column.title))
        return least, max(least, min(max(longest, title), TEXT_MAX))
    least = max(longest, _unbroken(column.title))
    return least, max(least, title)


def _unbroken(title: str) -> float:
    """A title breaks between words, before a bracket, and between any two Chinese characters."""
    return max((width(part) if _is_whole(part) else 2.0 for part in _parts(title)), default=0.0)


def _is_whole(part: str) -> bool:
    """Words, and brackets around a unit: （元）, （平方米）."""
    return part.isascii() or (part.startswith("（") and len(part) <= BRACKET_MAX)


def _parts(title: str) -> list[str]:
    return re.split(r"\s+|(?=（)", title.strip())


def evenly(title: str, room: float) -> str:
    """A Chinese title in lines of like length, where it does not fit in one: 上期/结余, never 上期结/余."""
    if width(title) <= room or any(character.isascii() for character in title):
        return title
    return "\n".join(line for part in _parts(title) for line in _lines(part, room))


def _lines(part: str, room: float) -> Iterator[str]:
    lines = 1 if _is_whole(part) else math.ceil(width(part) / room)
    each = math.ceil(len(part) / lines)
    yield from (part[start : start + each] for start in range(0, len(part), each))


def breakable(text: str) -> str:
    """A long number or name without spaces may break where nothing would be read wrongly."""
    return _RUN.sub(lambda run: BREAK.join(_pieces(run[0])), text)


def _pieces(run: str) -> Iterator[str]:
    for piece in _AFTER_SIGN.findall(run):
        yield from (piece[start : start + UNBROKEN_MAX] for start in range(0, len(piece), UNBROKEN_MAX))


def width(text: str) -> float:
    """How wide a text is, in heights of its type."""
    return sum(1.0 if ord(character) >= WIDE_FROM else NARROW for character in text)
