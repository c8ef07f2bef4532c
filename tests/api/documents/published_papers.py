"""A disclosure published and restated by its committee, and its papers."""

from datetime import date

from ledger.actions.disclosure import (
    ApproveDisclosure,
    DraftDisclosure,
    PublishDisclosure,
    RestateDisclosure,
)
from ledger.actions.firm_debrief import Period
from projections import disclosures
from projections.disclosures import Published
from tests.api.pages.books import fund_opened, revenue
from tests.api.pages.resident import LEDGER, Installation

DISCLOSURE = "revenue-2026-q3"
QUARTER = Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))


def published(here: Installation) -> Published:
    """Version 1 of the third quarter: 600.00 of parking."""
    fund_opened(here, "public-revenue", 0)
    revenue(here, 600_00, date(2026, 8, 8))
    here.record("treasurer", DraftDisclosure(disclosure=DISCLOSURE, table="T1", period=QUARTER))
    return _signed(here)


def published_again(here: Installation) -> Published:
    """The next version: 75.00 that nobody had told of."""
    revenue(here, 75_00, date(2026, 9, 9))
    return published_restated(here)


def published_restated(here: Installation) -> Published:
    """The next version, of whatever has been recorded by now."""
    here.record("treasurer", RestateDisclosure(disclosure=DISCLOSURE, reason="漏记了一笔停车费"))
    return _signed(here)


def _signed(here: Installation) -> Published:
    here.record("chair", ApproveDisclosure(disclosure=DISCLOSURE))
    here.record("chair", PublishDisclosure(disclosure=DISCLOSURE))
    here.services.follower.catch_up()
    found = disclosures.latest(here.services.views, LEDGER, DISCLOSURE)
    assert found is not None
    return found


def paper_of(here: Installation, version: Published) -> bytes:
    """The file as it was published."""
    return here.services.files.get(version.pdf_sha256)
