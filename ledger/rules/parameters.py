"""The numbers and choices of rules, by rule and name: an unknown one is a mistake, not a wish.

The end of a name says what a number means: `_min`, `_max` include it, `_over`, `_below` do not; before that
stands its unit: `share`, `fen`, `days`, `months`, `count`. A community's own rules alone settle the TERMS.
"""

from collections.abc import Mapping
from typing import Any

from ledger.rules.semantics import Ratio

Value = int | str | Ratio | tuple[str, ...]
UPWARDS, DOWNWARDS = ("_min", "_over"), ("_max", "_below")  # towards which a limit grows stricter

SHARE, NUMBER, WORDS = "share", "number", "words"
Kind = str | tuple[str, ...]  # a tuple: one of these words

PARAMETERS: Mapping[str, Mapping[str, Kind]] = {
    "VOTE-02": {"area_share_min": SHARE, "heads_share_min": SHARE},
    "VOTE-03": {"area_share_over": SHARE, "heads_share_over": SHARE},
    "VOTE-04": {"area_share_min": SHARE, "heads_share_min": SHARE},
    "VOTE-11": {"unreturned": ("not-participating", "with-the-majority")},
    "COM-08": {"present_share_over": SHARE},
    "COM-09": {"signed_share_over": SHARE},
    "FUND-13": {"share_max": SHARE},
    "FUND-14": {"share_max": SHARE},
    "FUND-19": {"review": ("always", "from-amount"), "review_fen_min": NUMBER},
    "REV-10": {"share_over": SHARE, "to_fund_share": SHARE},
    "REV-13": {"fen_min": NUMBER},
}
TERMS: Mapping[str, tuple[str, ...]] = {
    "VOTE-11": ("unreturned",),
    "FUND-19": ("review", "review_fen_min"),
    "REV-10": ("to_fund_share",),
}


def read_value(rule: str, name: str, given: Any) -> Value:
    """A parameter as code reads it. Errors: `ValueError` saying what it should be; `KeyError` if unknown."""
    kind = PARAMETERS[rule][name]
    match kind:
        case "share":
            if isinstance(given, str):
                try:
                    return Ratio.of(given)
                except ValueError:
                    pass
            raise ValueError('must be a share such as "2/3"')
        case "number":
            if type(given) is int and given >= 0:
                return given
            raise ValueError("must be a whole number")
        case "words":
            if isinstance(given, list | tuple) and given and all(isinstance(word, str) for word in given):
                return tuple(given)
            raise ValueError("must be a list of words")
    if given in kind:
        return str(given)
    raise ValueError("must be one of " + ", ".join(kind))


def contradiction(values: Mapping[str, Value]) -> str:
    """What cannot be met at once: a least above the most of the same thing; empty if all can."""
    for name, least in values.items():
        if name.endswith("_min"):
            most = values.get(name.removesuffix("_min") + "_max")
            if most is not None and _is_above(least, most):
                return f"{name} is above its _max"
    return ""


def is_looser(name: str, own: Value, law: Value) -> bool:
    """Whether a community's own limit asks less than the law does."""
    if name.endswith(UPWARDS):
        return _is_above(law, own)
    if name.endswith(DOWNWARDS):
        return _is_above(own, law)
    return own != law


def _is_above(one: Value, other: Value) -> bool:
    if isinstance(one, Ratio) and isinstance(other, Ratio):
        return one.is_above(other)
    return isinstance(one, int) and isinstance(other, int) and one > other
