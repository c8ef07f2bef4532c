"""How the owners voted, in both dimensions the law counts: heads and exclusive area (Civil Code 278)."""

from flask_babel import gettext as _
from msgspec import Struct

from api.languages import language
from ledger.fields import centi_m2
from ledger.rules.law import title
from projections.decisions import DecisionRow


class Dimension(Struct, frozen=True):
    """The count in one dimension: people, or hundredths of m².

    `against` and `invalid` are none where they were not counted.
    """

    measure: str
    roster: int
    participating: int
    agree: int
    against: int | None
    invalid: int | None = None

    @property
    def abstain(self) -> int:
        """Those who took part and did not agree, without those against where these were counted."""
        return self.participating - self.agree - (self.against or 0) - (self.invalid or 0)

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
    if decision.participating_heads is None:
        return None
    heads = Dimension(
        "heads",
        decision.roster_heads or 0,
        decision.participating_heads,
        decision.agree_heads or 0,
        decision.disagree_heads,
        decision.invalid_heads,
    )
    area = Dimension(
        "area",
        centi_m2(decision.roster_area or "0.00"),
        centi_m2(decision.participating_area or "0.00"),
        centi_m2(decision.agree_area or "0.00"),
        None if decision.disagree_area is None else centi_m2(decision.disagree_area),
        None if decision.invalid_area is None else centi_m2(decision.invalid_area),
    )
    return Vote((heads, area), tuple(_tests(decision, (heads, area))))


def _tests(decision: DecisionRow, dimensions: tuple[Dimension, Dimension]) -> list[Test]:
    """What the closing of the vote said, in words; the shares are shown beside it, never judged here."""
    if decision.quorum_met is None:
        return []
    failed = set(decision.failed_dimensions)
    labels = {"heads": (_("参与的人数"), _("同意的人数")), "area": (_("参与的面积"), _("同意的面积"))}
    needed = {
        "heads": (decision.participation_heads_share, decision.approval_heads_share),
        "area": (decision.participation_area_share, decision.approval_area_share),
    }
    tests: list[Test] = []
    for step in (0, 1) if decision.quorum_met else (0,):
        of_step = failed if step == 1 or not decision.quorum_met else set()
        inclusive = step == 0 or bool(decision.approval_inclusive)
        for one in dimensions:
            if (share := needed[one.measure][step]) is None:
                continue
            part, whole = (one.participating, one.roster) if step == 0 else (one.agree, one.participating)
            met = one.measure not in of_step
            tests.append(
                (labels[one.measure][step], part, whole, share_words(share, inclusive), met, one.measure)
            )
    return tests


def share_words(share: str, inclusive: bool) -> str:
    """A share as people say it: `三分之二以上`, `过半数`."""
    match share, inclusive:
        case ("2/3", True):
            return str(_("三分之二以上"))
        case ("3/4", True):
            return str(_("四分之三以上"))
        case ("1/2", False):
            return str(_("过半数"))
        case ("1/1", True):
            return str(_("全部"))
    return str(_("%(share)s以上", share=share) if inclusive else _("超过%(share)s", share=share))


def needs_of(decision: DecisionRow) -> str:
    """What the vote needs to pass, in one sentence; empty for a decision of the committee."""
    taking_part, agreeing = decision.participation_heads_share, decision.approval_heads_share
    if taking_part is None or agreeing is None:
        return ""
    if decision.threshold == "unanimous":
        return str(_("本幢的业主要全部同意，少一户也不行。"))
    words = {
        "taking_part": share_words(taking_part, True),
        "agreeing": share_words(agreeing, bool(decision.approval_inclusive)),
    }
    if decision.participation_area_share is None:
        return str(_("只按人数算：参与的要占%(taking_part)s，参与的人里要有%(agreeing)s同意。", **words))
    return str(
        _(
            "人数和面积都要够：参与的要占%(taking_part)s，参与的里面要有%(agreeing)s同意。"
            "弃权的和无效的票也算参与，但不算同意。",
            **words,
        )
    )


def rule_titles(rules: tuple[str, ...]) -> list[tuple[str, str]]:
    """Rules by id, with their titles in the reader's language."""
    lang = language()
    return [(rule, title(rule, lang)) for rule in rules]
