"""The count of a vote, and every comparison the law makes with it: in whole numbers only."""

from collections.abc import Iterator

from ledger.fields import area_text, centi_m2
from ledger.rules.counting import CHOICES
from ledger.rules.law import Law
from ledger.rules.semantics import Ratio, at_least, more_than
from projections.decisions import DecisionRow
from projections.statements.statement import Line, cells

# -- who answered what -------------------------------------------------------------------------------------


def count(found: DecisionRow) -> Iterator[Line]:
    """Everybody asked, those reached, those taking part with their share of all, every answer with its share.

    A count by hand need not tell abstentions from invalid ballots: what is neither yes nor no is one row.
    """
    roster, taking_part = _tally(found, "roster"), _tally(found, "participating")
    yield _answer("roster", roster, units=found.roster_units)
    if found.delivered_units:
        yield _answer("delivered", (None, None), units=found.delivered_units)
    if taking_part[0] is None:
        return
    yield _answer("participating", taking_part, of=roster)
    for answer in CHOICES:
        if (tally := _tally(found, answer))[0] is not None:
            yield _answer(answer, tally, of=taking_part)
    if found.abstain_heads is None and found.disagree_heads is not None:
        yield _answer("neither", _neither(found), of=taking_part)
    if found.unreturned_heads is not None:  # VOTE-11: among those taking part by the community's own rules
        yield _answer("unreturned", _tally(found, "unreturned"), of=taking_part)


Counted = tuple[int | None, int | None]  # heads, hundredths of m²


def _tally(found: DecisionRow, name: str) -> Counted:
    area = getattr(found, f"{name}_area")
    return getattr(found, f"{name}_heads"), None if area is None else centi_m2(area)


def _neither(found: DecisionRow) -> Counted:
    said = [_tally(found, name) for name in ("participating", "agree", "disagree")]
    heads, area = ([one[dimension] or 0 for one in said] for dimension in (0, 1))
    return heads[0] - heads[1] - heads[2], area[0] - area[1] - area[2]


def _answer(answer: str, tally: Counted, *, units: int | None = None, of: Counted = (None, None)) -> Line:
    heads, area = tally
    return Line(
        key=answer,
        cells=cells(
            answer=answer,
            units=units,
            heads=heads,
            area=None if area is None else area_text(area),
            heads_share=_share(heads, of[0]),
            area_share=_share(area, of[1]),
        ),
    )


def _share(part: int | None, whole: int | None) -> str | None:
    """A share as it was counted: 420 of 600 heads, areas in hundredths of m²."""
    if part is None or not whole:
        return None
    return f"{part}/{whole}"


def signatures(found: DecisionRow) -> Iterator[Line]:
    """The members elected, those who met, those who signed."""
    for name in ("seats", "present", "signed"):
        yield _answer(name, (getattr(found, name), None))


# -- what was needed ---------------------------------------------------------------------------------------


def tests_of_vote(found: DecisionRow) -> Iterator[Line]:
    """Taking part and agreeing, each by heads and by area; where areas do not count there is no such row."""
    roster, taking_part, agree = (_tally(found, name) for name in ("roster", "participating", "agree"))
    quorum = found.participation_heads_share, found.participation_area_share
    approval = found.approval_heads_share, found.approval_area_share
    for index, dimension in enumerate(("heads", "area")):
        yield from _test("participation", dimension, taking_part[index], roster[index], quorum[index], True)
    for index, dimension in enumerate(("heads", "area")):
        inclusive = found.approval_inclusive is True
        yield from _test("approval", dimension, agree[index], taking_part[index], approval[index], inclusive)


def tests_of_committee(found: DecisionRow, law: Law) -> Iterator[Line]:
    """Being present and signing, each of all members elected (COM-08, COM-09)."""
    named = ("present", "COM-08", "present_share_over"), ("signed", "COM-09", "signed_share_over")
    for counted, rule, share in named:
        if law.is_in_force(rule):
            needed = str(law.share(rule, share))
            yield from _test(counted, "members", getattr(found, counted), found.seats, needed, False)


def _test(
    test: str, dimension: str, part: int | None, whole: int | None, share: str | None, inclusive: bool
) -> Iterator[Line]:
    """One comparison, by cross-multiplication (SEM-03); `least`: the smallest count that is enough."""
    if part is None or whole is None or share is None:
        return
    needed = Ratio.of(share)
    enough = at_least if inclusive else more_than
    product = whole * needed.part
    least = -(-product // needed.whole) if inclusive else product // needed.whole + 1
    shown = area_text if dimension == "area" else str
    yield Line(
        key=f"{test}-{dimension}",
        cells=cells(
            test=test,
            dimension=dimension,
            counted=shown(part),
            of=shown(whole),
            bound="at-least" if inclusive else "more-than",
            share=share,
            least=shown(least),
            met=enough(part, whole, needed),
        ),
    )
