"""The words of disclosures: a quarter of public revenue on its way to the board."""

from datetime import date
from pathlib import Path
from typing import Any

from api.documents.composer import StatementComposer
from ledger.actions.disclosure import (
    ApproveDisclosure,
    DisclosureDrafted,
    DraftDisclosure,
    PublishDisclosure,
    RestateDisclosure,
)
from ledger.actions.firm_debrief import Period
from ledger.ledger import GovernanceLedger
from ledger.store.files import Files
from tests.ledger.story import Fact, Story

ORIGIN = "https://ming.example"
Q3 = Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
APPROVE = ApproveDisclosure(disclosure="q3-revenue")
PUBLISH = PublishDisclosure(disclosure="q3-revenue")


def draft(
    disclosure: str = "q3-revenue", table: Any = "T1", period: Period = Q3, **of: Any
) -> DraftDisclosure:
    return DraftDisclosure(disclosure=disclosure, table=table, period=period, **of)


def restate(reason: str = "漏记了一笔停车费") -> RestateDisclosure:
    return RestateDisclosure(disclosure="q3-revenue", reason=reason)


def drafted(disclosure: str) -> Fact:
    """A draft, without what it says: its digests are of nothing."""
    event = DisclosureDrafted(
        disclosure=disclosure,
        version=1,
        table="T1",
        starts_on=Q3.starts_on,
        ends_on=Q3.ends_on,
        until=1,
        head="0" * 64,
        statement_sha256="0" * 64,
    )
    return Fact(event)


def with_composer(story: Story, folder: Path) -> None:
    """Statements are composed from this story, and their papers kept in a folder."""
    composer = StatementComposer(story.store, Files(folder), ORIGIN)
    story.ledger = GovernanceLedger(story.store, story.vault, composer)


def newest_draft(story: Story, ledger: str) -> DisclosureDrafted:
    """The draft that was recorded last."""
    event = story.store.numbered(ledger, story.store.length(ledger) - 1).data  # type: ignore[union-attr]
    assert isinstance(event, DisclosureDrafted)
    return event
