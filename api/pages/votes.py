"""How the owners voted, in both dimensions the law counts: heads and exclusive area (Civil Code 278)."""

from flask_babel import gettext as _
from msgspec import Struct

from ledger.fields import centi_m2
from projections.decisions import DecisionRow


class Dimension(Struct, frozen=True):
    """The count in one dimension: people, or hundredths of m². `against` is none where it was not counted."""

    measure: str
    roster: int
    participating: int
    agree: int
    against: int | None

    @property
    def abstain(self) -> int:
        """Those who took part and did not agree, without those against where these were counted."""
        return self.participating - self.agree - (self.against or 0)

    @property
    def missing(self) -> int:
        """Those who did not take part."""
        return self.roster - self.participating


Test = tuple[str, int, int, str, bool, str]  # label, part, whole, needed, met, measure


class Vote(Struct, frozen=True):
    """A counted vote, and the thresholds it met or missed once it was closed."""

    dimensions: tuple[Dimension, Dimension]
    tests: tuple[Test, ...]


def vote_of(decision: DecisionRow) -> Vote | None:
    """The vote behind a decision of the owners, once it was counted."""
    if decision.roster_heads is None or decision.roster_area is None:
        return None
    heads = Dimension(
        "heads",
        decision.roster_heads,
        decision.participating_heads or 0,
        decision.agree_heads or 0,
        decision.disagree_heads,
    )
    area = Dimension(
        "area",
        centi_m2(decision.roster_area),
        centi_m2(decision.participating_area or "0.00"),
        centi_m2(decision.agree_area or "0.00"),
        centi_m2(decision.disagree_area) if decision.disagree_area is not None else None,
    )
    return Vote((heads, area), tuple(_tests(decision, (heads, area))))


def _tests(decision: DecisionRow, dimensions: tuple[Dimension, Dimension]) -> list[Test]:
    """What the closing of the vote said, in words; the shares are shown beside it, never judged here."""
    if decision.threshold is None:
        return []
    failed = set(decision.failed_dimensions)
    labels = {"heads": (_("参与的人数"), _("同意的人数")), "area": (_("参与的面积"), _("同意的面积"))}
    quorum = [
        (
            labels[one.measure][0],
            one.participating,
            one.roster,
            _("三分之二以上"),
            bool(decision.quorum_met) or one.measure not in failed,
            one.measure,
        )
        for one in dimensions
    ]
    if not decision.quorum_met:
        return quorum
    needed = _("四分之三以上") if decision.threshold == "special" else _("过半数")
    return quorum + [
        (labels[one.measure][1], one.agree, one.participating, needed, one.measure not in failed, one.measure)
        for one in dimensions
    ]
