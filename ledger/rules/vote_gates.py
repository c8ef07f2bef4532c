"""What the law asks before the owners are asked: reports, notices, and when the committee must not ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol

from ledger.errors import Refused
from ledger.fields import Authorisation, Scope
from ledger.rules.law import Judgement, Law
from ledger.rules.semantics import at_least
from ledger.rules.voting import ELECTION, PARKING_CHARGES, Topic, matter_of_charges

USE_OF_THE_FUND = 5  # VOTE-01: matter 5 is the use of the maintenance fund
# no building can decide these alone
OF_ALL_OWNERS = frozenset({1, 2, ELECTION, 4})
TOPICS_OF_ALL_OWNERS = frozenset(
    {
        "self-management",
        "management-area",
        "substitute-committee",
        "committee-authorisation",
        "parking-charges",
    }
)
MATTERS_OF_OTHER_FUNDS = frozenset({7, 8, 9})  # VOTE-29: use of public revenue and working funds
ABOUT: Mapping[int, str] = {  # in the words of the lists of VOTE-17 and VOTE-23
    1: "rules-of-procedure",
    2: "covenant",
    4: "property-firm",
    6: "other-major",
    7: "major-works",
    8: "other-major",
    9: "other-major",
}
USES: Mapping[str, str] = {"maintenance": "large-fund-use", "public-revenue": "large-revenue-use"}
MATTER_OF_TOPIC: Mapping[str, int] = {
    "fee-adjustment": 9,  # VOTE-29
    "self-management": 9,
    "management-area": 9,
    "home-to-business": 9,
    "substitute-committee": 9,
    "outer-wall-or-roof": 8,
    "committee-authorisation": 8,
}


class Question(Protocol):
    """What is put to the owners, and how it was prepared: the fields of `open-vote`."""

    @property
    def matter(self) -> int: ...
    @property
    def topic(self) -> Topic | None: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def scope(self) -> Scope | None: ...
    @property
    def authorises(self) -> Authorisation | None: ...
    @property
    def notice_on(self) -> date | None: ...
    @property
    def notified(self) -> tuple[str, ...]: ...
    @property
    def reported_to_party_on(self) -> date | None: ...
    @property
    def petition_heads(self) -> int | None: ...
    @property
    def covenant_clause(self) -> str | None: ...
    @property
    def legal_date(self) -> date: ...


def check_matter(asked: Question, judge: Judgement, *, introduced: bool) -> None:
    """The matter fits the topic, the money and the part of the community that is asked.

    `introduced`: the owners have voted for parking charges before.
    """
    expected = MATTER_OF_TOPIC.get(asked.topic or "", asked.matter)
    if asked.topic == PARKING_CHARGES:
        expected = matter_of_charges(judge.law, introduced=introduced)
    if asked.matter != expected:
        raise Refused("vote.matter-does-not-fit-topic", rules=("VOTE-01",), matter=expected)
    voting = asked.scope or Scope()
    judge.require(
        voting.kind == "whole" or asked.matter not in OF_ALL_OWNERS,
        "vote.matter-of-all-owners",
        rules=("VOTE-19",),
        matter=asked.matter,
    )
    judge.require(
        voting.kind == "whole" or asked.topic not in TOPICS_OF_ALL_OWNERS,
        "vote.topic-of-all-owners",
        rules=("VOTE-19",),
    )
    judge.require(
        asked.topic != "home-to-business" or voting.kind == "building",
        "vote.interested-owners-are-the-building",
        rules=("VOTE-18",),
    )
    if asked.authorises is None:
        return
    if asked.topic == "substitute-committee":  # areas, which must agree to money, are not counted there
        raise Refused("vote.consultation-frees-no-money", rules=("VOTE-27",))
    freed = asked.authorises.scope or Scope()
    of_maintenance = asked.authorises.fund == "maintenance"
    judge.require(
        asked.matter == USE_OF_THE_FUND if of_maintenance else asked.matter in MATTERS_OF_OTHER_FUNDS,
        "vote.matter-does-not-fit-fund",
        rules=("FUND-09", "VOTE-01"),
        fund=asked.authorises.fund,
    )
    # the owners of one building or door decide about the money of that building or door alone
    judge.require(
        voting.kind == "whole" or freed == voting,
        "vote.scope-differs",
        rules=("VOTE-19", "FUND-21"),
        voting=voting.name,
        freed=freed.name,
    )


def check_preparation(asked: Question, judge: Judgement) -> None:
    """Reported to the party organisation, announced in time, the offices told (VOTE-17, -13, -14)."""
    judge.require(
        not is_listed(asked, judge.law, "VOTE-17") or _is_reported(asked),
        "vote.not-reported-to-party",
        rules=("VOTE-17",),
    )
    judge.doubt(_is_reported(asked) or not _may_be_large(asked, judge.law), rules=("VOTE-17",))
    if judge.law.is_in_force("VOTE-13"):
        days = judge.law.number("VOTE-13", "days_min")
        judge.require(
            asked.notice_on is not None and asked.opens_on - asked.notice_on >= timedelta(days=days),
            "vote.notice-too-short",
            rules=("VOTE-13",),
            days_min=days,
        )
    if judge.law.is_in_force("VOTE-14"):
        wanted = judge.law.term("VOTE-14", "notified")
        missing = [one for one in wanted if one not in asked.notified] if isinstance(wanted, tuple) else []
        judge.require(not missing, "vote.not-notified", rules=("VOTE-14",), missing=missing)


def _is_reported(asked: Question) -> bool:
    """Whether the report came before the owners were asked; none is on file that is still to come."""
    reported = asked.reported_to_party_on
    return reported is not None and reported <= min(asked.opens_on, asked.legal_date)


def _may_be_large(asked: Question, law: Law) -> bool:
    """Whether money is asked for, and nobody settled what sum is large (VOTE-17)."""
    uses_money = asked.authorises is not None and asked.authorises.fund in USES
    return uses_money and not isinstance(law.term("VOTE-17", "large_fen_min"), int)


def is_listed(asked: Question, law: Law, rule: str) -> bool:
    """Whether a question is about one of the topics a rule lists: VOTE-17, VOTE-23."""
    listed = law.term(rule, "topics")
    return isinstance(listed, tuple) and not _about(asked, law).isdisjoint(listed)


def _about(asked: Question, law: Law) -> set[str]:
    """What is asked, in the words of the lists.

    What sum is large the community's own rules say; no law does. A repair the covenant provides for is not
    among the major works (VOTE-23).
    """
    about = {ABOUT.get(asked.matter, ""), asked.topic or ""}
    if asked.matter == USE_OF_THE_FUND and asked.covenant_clause is None:
        about.add("major-works")
    if (money := asked.authorises) is not None and money.fund in USES:
        large = law.term("VOTE-17", "large_fen_min")
        if isinstance(large, int) and money.amount_fen >= large:
            about.add(USES[money.fund])
    return about


def check_petition(asked: Question, judge: Judgement, heads: int) -> None:
    """A vote that says it was called on the owners' proposal has enough of them behind it (VOTE-15)."""
    if asked.petition_heads is None or not judge.law.is_in_force("VOTE-15"):
        return
    judge.require(
        at_least(asked.petition_heads, heads, judge.law.share("VOTE-15", "share_min")),
        "vote.petition-too-small",
        rules=("VOTE-15",),
        petition=asked.petition_heads,
        heads=heads,
    )
