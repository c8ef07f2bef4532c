"""What a vote of the owners needs to pass, and whether it did: in both dimensions, in whole numbers only."""

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from ledger.errors import Refused
from ledger.fields import Part, RuleId, Scope, centi_m2
from ledger.rules.counting import Tally
from ledger.rules.law import Law
from ledger.rules.semantics import Ratio, at_least, more_than

Dimension = Literal["area", "heads"]
Unreturned = Literal["not-participating", "with-the-majority"]
ThresholdName = Literal[
    "ordinary", "special", "partial-ordinary", "partial-special", "unanimous", "consultation"
]
Topic = Literal[
    "fee-adjustment", "facility-conversion", "self-management", "management-area", "home-to-business",
    "outer-wall-or-roof", "committee-authorisation", "substitute-committee", "parking-charges",
]  # fmt: skip
SPECIAL_MATTERS = frozenset({6, 7, 8})  # VOTE-04: raising the fund, rebuilding, business on common parts
ELECTION = 3  # VOTE-01
RAISING_OR_REBUILDING = frozenset({6, 7})  # VOTE-19
BUSINESS_USE = 8
OTHER_MAJOR = 9
PARKING_CHARGES: Topic = "parking-charges"
ALL = Ratio(1, 1)

Share = Annotated[str, Meta(pattern=r"^[0-9]{1,6}/[0-9]{1,6}$", description="A share such as 2/3")]


# -- what is needed ----------------------------------------------------------------------------------------


class Threshold(Part, frozen=True, kw_only=True):
    """The class of a vote with its numbers, frozen when it opens: later law never changes an old result.

    Shares of the roster that must take part, and of those taking part that must agree; where areas do not
    count there is none. `inclusive`: the share of approval itself is enough (SEM-01).
    """

    threshold: ThresholdName
    participation_heads_share: Share
    approval_heads_share: Share
    inclusive: bool
    rules: tuple[RuleId, ...]
    participation_area_share: Share | None = None
    approval_area_share: Share | None = None


def threshold_of(law: Law, matter: int, scope: Scope | None, topic: Topic | None) -> Threshold:
    """What a vote needs by the law of its day. Errors: `Refused` where the law of that day has no numbers."""
    if topic == "home-to-business":
        return _unanimous(law)
    if topic == "substitute-committee":
        return _consultation(law)
    if scope is not None and scope.kind != "whole":
        return _partial(law, matter)
    own = ("VOTE-28",) if topic == PARKING_CHARGES else ()
    quorum, rule, end = "VOTE-02", "VOTE-03", "over"
    if matter in SPECIAL_MATTERS:
        rule, end = "VOTE-04", "min"
    elif topic in ("self-management", "management-area"):
        quorum = rule = "VOTE-22"
    area, heads = (law.share(quorum, f"{dimension}_share_min") for dimension in ("area", "heads"))
    return Threshold(
        threshold="special" if matter in SPECIAL_MATTERS else "ordinary",
        participation_area_share=str(area),
        participation_heads_share=str(heads),
        approval_area_share=str(law.share(rule, f"area_share_{end}")),
        approval_heads_share=str(law.share(rule, f"heads_share_{end}")),
        inclusive=end == "min",
        rules=tuple(dict.fromkeys((quorum, rule, *own))),
    )


def _partial(law: Law, matter: int) -> Threshold:
    """The owners who share a part decide about it (VOTE-19); business use of it is special too (VOTE-20)."""
    rules: tuple[str, ...] = ("VOTE-19",)
    special = matter in RAISING_OR_REBUILDING
    if matter == BUSINESS_USE:
        rules += ("VOTE-20",)
        special = law.term("VOTE-20", "business_use") != "ordinary"
    taking_part = str(law.share("VOTE-19", "participating_share_min"))
    agreeing = str(law.share("VOTE-19", "special_share_min" if special else "ordinary_share_over"))
    return Threshold(
        threshold="partial-special" if special else "partial-ordinary",
        participation_area_share=taking_part,
        participation_heads_share=taking_part,
        approval_area_share=agreeing,
        approval_heads_share=agreeing,
        inclusive=special,
        rules=rules,
    )


def _unanimous(law: Law) -> Threshold:
    """A home becomes a business only if every interested owner agrees (VOTE-18)."""
    if not law.is_in_force("VOTE-18"):
        raise Refused("rules.not-in-force", rules=("VOTE-18",), day=law.day)
    return Threshold(
        threshold="unanimous",
        participation_area_share=str(ALL),
        participation_heads_share=str(ALL),
        approval_area_share=str(ALL),
        approval_heads_share=str(ALL),
        inclusive=True,
        rules=("VOTE-18",),
    )


def _consultation(law: Law) -> Threshold:
    """Owners are consulted on a substitute committee, by heads alone (VOTE-27)."""
    return Threshold(
        threshold="consultation",
        participation_heads_share=str(law.share("VOTE-27", "heads_share_min")),
        approval_heads_share=str(law.share("VOTE-27", "agree_share_over")),
        inclusive=False,
        rules=("VOTE-27",),
    )


def unreturned_of(law: Law, threshold: Threshold) -> Unreturned:
    """How ballots that do not come back count: by the community's own rules, else not at all (VOTE-11).

    Consent that every interested owner must give, and a consultation, are never had by silence.
    """
    if threshold.threshold in ("unanimous", "consultation"):
        return "not-participating"
    own = law.term("VOTE-11", "unreturned")
    return "with-the-majority" if own == "with-the-majority" else "not-participating"


def matter_of_charges(law: Law, *, introduced: bool) -> int:
    """Which matter parking charges are: special when first introduced, ordinary when changed (VOTE-28)."""
    known = law.term("VOTE-28", "later_threshold_class" if introduced else "threshold_class")
    return OTHER_MAJOR if known == "ordinary" else BUSINESS_USE


# -- judging -----------------------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """Whether enough took part and enough of them agreed; where not, in which dimensions."""

    quorum_met: bool
    failed: tuple[Dimension, ...]

    @property
    def approved(self) -> bool:
        """Whether the vote passed."""
        return not self.failed


def verdict(threshold: Threshold, *, roster: Tally, participating: Tally, agree: Tally) -> Verdict:
    """What a count means, by cross-multiplication in both dimensions (SEM-03); approval is a share of those
    taking part, so abstentions and invalid ballots weigh against it (VOTE-06)."""
    absent = _failed(
        threshold.participation_area_share,
        threshold.participation_heads_share,
        participating,
        roster,
        inclusive=True,
    )
    if absent:
        return Verdict(False, absent)
    return Verdict(
        True,
        _failed(
            threshold.approval_area_share,
            threshold.approval_heads_share,
            agree,
            participating,
            inclusive=threshold.inclusive,
        ),
    )


def _failed(
    area: str | None, heads: str, part: Tally, whole: Tally, *, inclusive: bool
) -> tuple[Dimension, ...]:
    enough = at_least if inclusive else more_than
    failed: list[Dimension] = []
    if area is not None and not enough(centi_m2(part.area), centi_m2(whole.area), Ratio.of(area)):
        failed.append("area")
    if not enough(part.heads, whole.heads, Ratio.of(heads)):
        failed.append("heads")
    return tuple(failed)
