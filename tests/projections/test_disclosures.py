"""What was drafted, approved, published and restated, as the list of disclosures shows it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.actions.disclosure import ApproveDisclosure, PublishDisclosure
from ledger.actions.firm_debrief import Period
from projections import disclosures
from projections.disclosures import DisclosureRow
from tests.ledger.disclosure_words import APPROVE, PUBLISH, draft, restate, with_composer
from tests.ledger.happened import fund_opened
from tests.ledger.revenue_words import PARKING, income
from tests.ledger.story import TODAY, WUTONGLI, telling, then_recorded, when
from tests.projections.books import Books

AUGUST = date(2026, 8, 8)
Q2 = Period(starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))


@pytest.fixture
def told(both_books: Books, tmp_path: Path) -> Any:
    """Books of a quarter in which commands are asked for, one after the other."""
    with_composer(both_books.story, tmp_path / "papers")
    both_books.tell(fund_opened("public-revenue", fen=0), income(600_00, PARKING, on=AUGUST))
    for _ in telling(both_books.story):
        yield both_books


def go_through(*commands: Any) -> int:
    """Record commands; the number of the last one."""
    number = -1
    for command in commands:
        when(command)
        (line,) = then_recorded()
        number = line.number
    return number


def only(books: Books) -> DisclosureRow:
    (row,) = disclosures.page(books.shown(), WUTONGLI)
    return row


def states(row: DisclosureRow) -> list[str]:
    return [version.state for version in row.versions]


def test_a_draft_says_who_made_it_of_which_records_and_what_its_signers_must_know(told: Books) -> None:
    until = told.number
    number = go_through(draft())
    row = only(told)
    assert (row.disclosure, row.table, row.number) == ("q3-revenue", "T1", number)
    assert (row.starts_on, row.ends_on) == (date(2026, 7, 1), date(2026, 9, 30))
    assert row.published is None
    version = row.draft
    assert version is not None
    assert (version.state, version.until, version.drafted_on) == ("drafted", until, TODAY)
    assert (version.prepared_by, version.reviewed_by) == ("secretary", None)
    assert version.cautions == ("bank-not-reconciled",)


def test_another_person_approves_it_and_it_is_published(told: Books) -> None:
    go_through(draft(), APPROVE)
    assert states(only(told)) == ["approved"]
    number = go_through(PUBLISH)
    version = only(told).published
    assert version is not None
    assert (version.state, version.number, version.published_on) == ("published", number, TODAY)
    assert (version.prepared_by, version.reviewed_by) == ("secretary", "chair")
    assert version.url == f"https://ming.example/q/{version.code}"


def test_a_draft_composed_again_takes_the_place_of_the_one_before_and_of_its_approval(told: Books) -> None:
    first = go_through(draft())
    go_through(APPROVE)
    told.tell(income(700_00, PARKING, on=AUGUST))
    again = go_through(draft())
    row = only(told)
    assert (row.number, states(row)) == (first, ["drafted"])
    assert row.versions[0].drafted_number == again
    assert row.versions[0].approved_number is None


def test_a_restated_statement_keeps_every_version_and_says_which_one_holds(told: Books) -> None:
    go_through(draft(), APPROVE, PUBLISH)
    told.tell(income(700_00, PARKING, on=AUGUST))
    go_through(restate("漏记了一笔停车费"))
    assert states(only(told)) == ["published", "drafted"]
    go_through(APPROVE, PUBLISH)
    row = only(told)
    first, second = row.versions
    assert states(row) == ["restated", "published"]
    assert first.restated_by_version == 2
    assert (second.reason, second.changes > 0) == ("漏记了一笔停车费", True)
    assert row.published == second == row.version(2)
    assert (row.draft, row.version(3)) == (None, None)


def test_disclosures_are_listed_by_their_first_drafts(told: Books) -> None:
    go_through(draft("late"), draft("early", period=Q2), draft("late"))
    shown = told.shown()
    assert [row.disclosure for row in disclosures.page(shown, WUTONGLI)] == ["late", "early"]
    (newest,) = disclosures.page(shown, WUTONGLI, newest_first=True, limit=1)
    assert newest.disclosure == "early"
    (rest,) = disclosures.page(shown, WUTONGLI, newest_first=True, after=newest.number)
    assert rest.disclosure == "late"


def test_one_disclosure_is_found_by_its_id_and_in_its_own_ledger_only(told: Books) -> None:
    go_through(draft())
    assert disclosures.one(told.shown(), WUTONGLI, "q3-revenue") == only(told)
    assert disclosures.one(told.shown(), "xinghuali", "q3-revenue") is None
    assert disclosures.one(told.shown(), WUTONGLI, "q4-revenue") is None


def test_a_draft_has_no_code_and_no_digest_to_be_found_by(told: Books) -> None:
    go_through(draft(), APPROVE)
    version = only(told).versions[0]
    assert disclosures.by_digest(told.shown(), version.statement_sha256[:16]) == []
    assert disclosures.latest(told.shown(), WUTONGLI, "q3-revenue") is None
    go_through(PUBLISH)
    (found,) = disclosures.by_digest(told.shown(), version.statement_sha256[:16])
    assert disclosures.by_code(told.shown(), found.code) == found
    assert disclosures.latest(told.shown(), WUTONGLI, "q3-revenue") == found


def test_of_every_table_the_published_statement_of_the_latest_days_is_the_newest(told: Books) -> None:
    for name, period in (("q3-revenue", None), ("q2-revenue", Q2)):
        of = {"period": period} if period else {}
        go_through(draft(name, **of), ApproveDisclosure(disclosure=name), PublishDisclosure(disclosure=name))
    go_through(draft("list", "T2", Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 10, 31))))
    assert [row.disclosure for row in disclosures.newest(told.shown(), WUTONGLI)] == ["q3-revenue"]


def test_the_wanted_statement_of_a_row_is_the_one_that_was_asked_for(told: Books) -> None:
    go_through(draft())
    assert only(told).wanted == draft().wanted
