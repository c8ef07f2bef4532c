"""What the law asks before the owners are asked: reports, notices, and when the committee must not ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol

from ledger.errors import Refused
from ledger.fields import Authorisation, Scope
from ledger.rules.law import Judgement, Law
from ledger.rules.semantics import at_least
from ledger.rules.voting import ELECTION, Topic

USE_OF_THE_FUND = 5  # VOTE-01: matter 5 is the use of the maintenance fund
OF_ALL_OWNERS = frozenset({1, 2, ELECTION, 4})  # no building can decide these alone
ABOUT: Mapping[int, str] = {  # in the words of the lists of VOTE-17 and VOTE-23
    1: "rules-of-procedure",
    2: "covenant",
    4: "property-firm",
    6: "other-major",
    7: "major-works",
    8: "other-major",
    9: "other-major",
}
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


def check_matter(asked: Question, judge: Judgement) -> None:
    """The matter fits the topic, the money and the part of the community that is asked."""
    expected = MATTER_OF_TOPIC.get(asked.topic or "", asked.matter)
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
        asked.topic != "home-to-business" or voting.kind == "building",
        "vote.interested-owners-are-the-building",
        rules=("VOTE-18",),
    )
    if asked.authorises is None:
        return
    freed = asked.authorises.scope or Scope()
    judge.require(
        (asked.authorises.fund == "maintenance") == (asked.matter == USE_OF_THE_FUND),
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
    reported = asked.reported_to_party_on
    judge.require(
        not is_listed(asked, judge.law, "VOTE-17") or (reported is not None and reported <= asked.legal_date),
        "vote.not-reported-to-party",
        rules=("VOTE-17",),
    )
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


def is_listed(asked: Question, law: Law, rule: str) -> bool:
    """Whether a question is about one of the topics a rule lists: VOTE-17, VOTE-23."""
    listed = law.term(rule, "topics")
    return isinstance(listed, tuple) and not _about(asked, law).isdisjoint(listed)


def _about(asked: Question, law: Law) -> set[str]:
    """What is asked, in the words of the lists.

    What sum is large the community's own rules say; while they are silent, any is. A repair the covenant
    provides for is not among the major works (VOTE-23).
    """
    about = {ABOUT.get(asked.matter, ""), asked.topic or ""}
    if asked.matter == USE_OF_THE_FUND and asked.covenant_clause is None:
        about.add("major-works")
    if (money := asked.authorises) is not None and money.fund != "working":
        large = law.term("VOTE-17", "large_fen_min")
        if not isinstance(large, int) or money.amount_fen >= large:
            about.add("large-fund-use" if money.fund == "maintenance" else "large-revenue-use")
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
