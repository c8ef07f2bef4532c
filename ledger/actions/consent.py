"""Who must have consented to a business on a shared part of the community (VOTE-21)."""

from collections.abc import Iterable
from typing import Literal

from ledger.actions.decision import Decision
from ledger.fields import Scope

Consent = Literal["sharing-owners", "assembly"]


def lacking_consents(scope: Scope, consents: Iterable[Decision]) -> tuple[Consent, ...]:
    """Which of the two consents to a business on a part's outer wall or roof are missing (VOTE-21).

    The owners who share the part, and then the assembly, or the committee where the assembly authorised it.
    """
    given = list(consents)
    lacking: list[Consent] = []
    if scope.kind != "whole" and not any(one.consents_to_business_use(scope) for one in given):
        lacking.append("sharing-owners")
    by_committee = any(one.made_by == "committee" and one.passed for one in given) and any(
        one.lets_the_committee_consent for one in given
    )
    if not by_committee and not any(one.consents_to_business_use(Scope()) for one in given):
        lacking.append("assembly")
    return tuple(lacking)
