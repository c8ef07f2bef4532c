"""How the law counts, compares and dates (SEM-01 to SEM-09): whole numbers and days, never percentages.

Its words decide whether a limit itself is enough: 以上, 以下 and 以内 include it, 过半数, 超过, 不足 do not.
"""

from typing import NamedTuple


class Ratio(NamedTuple):
    """A share as the law words it: two thirds, 30 in a hundred."""

    part: int
    whole: int

    @classmethod
    def of(cls, text: str) -> "Ratio":
        """`"2/3"`. Errors: `ValueError` for anything else, a whole of 0 or a share above all of it."""
        part, slash, whole = text.partition("/")
        if not (slash and part.isascii() and part.isdecimal() and whole.isascii() and whole.isdecimal()):
            raise ValueError(text)
        ratio = cls(int(part), int(whole))
        if not 0 <= ratio.part <= ratio.whole or ratio.whole == 0:
            raise ValueError(text)
        return ratio

    def is_above(self, other: "Ratio") -> bool:
        """Whether this share is the larger."""
        return self.part * other.whole > other.part * self.whole

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


# -- comparing parts of a whole, by cross-multiplication (SEM-03) -----------------------------------------


def at_least(part: int, total: int, share: Ratio) -> bool:
    """以上, "at least": the share itself is enough (SEM-01)."""
    return part * share.whole >= share.part * total


def more_than(part: int, total: int, share: Ratio) -> bool:
    """过半数, 高于, 超过, "more than": the share itself is not enough (SEM-02)."""
    return part * share.whole > share.part * total


def at_most(part: int, total: int, share: Ratio) -> bool:
    """以下, 不超过, "at most": the share itself is allowed (SEM-01)."""
    return part * share.whole <= share.part * total


def less_than(part: int, total: int, share: Ratio) -> bool:
    """不足, 低于, "less than": the share itself is not meant (SEM-02)."""
    return part * share.whole < share.part * total


def share_of(total: int, share: Ratio) -> int:
    """A share of whole units, a half rounded up: 70/100 of 18,211,617 is 12,748,132 (EX5)."""
    return (2 * total * share.part + share.whole) // (2 * share.whole)
