"""A statement is drafted by one, approved by another, frozen, and only ever restated (issue: disclosures)."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from ledger.actions.disclosure import (
    ApproveDisclosure,
    Disclosure,
    DisclosureApproved,
    DisclosureDrafted,
    DisclosurePublished,
    PublishDisclosure,
)
from ledger.actions.firm_debrief import Period
from ledger.fields import Scope
from ledger.store.files import Files
from tests.ledger.disclosure_words import APPROVE, ORIGIN, PUBLISH, Q3, draft, restate, with_composer
from tests.ledger.happened import (
    building_registered,
    fund_opened,
    role_granted,
    vote_closed,
    vote_counted,
    vote_opened,
)
from tests.ledger.revenue_words import PARKING, income
from tests.ledger.story import (
    TODAY,
    WUTONGLI,
    Story,
    given,
    state_of,
    story,
    then_not_permitted,
    then_recorded,
    then_refused,
    when,
)

AUGUST = date(2026, 8, 8)


@pytest.fixture(autouse=True)
def papers(a_story: Story, tmp_path: Path) -> Files:
    """Every spec here can compose, print and keep; what is kept is looked at."""
    with_composer(story(), tmp_path / "papers")
    given(fund_opened("public-revenue", fen=0), income(600_00, PARKING, on=AUGUST))
    return Files(tmp_path / "papers")


def recorded(kind: type) -> list[object]:
    rows = story().store.ledger_rows(WUTONGLI, -1, 1_000)
    events = (story().store.numbered(WUTONGLI, row.number) for row in rows)
    return [one.data for one in events if one is not None and isinstance(one.data, kind)]


def published() -> DisclosurePublished:
    newest = recorded(DisclosurePublished)[-1]
    assert isinstance(newest, DisclosurePublished)
    return newest


def drafted() -> DisclosureDrafted:
    newest = recorded(DisclosureDrafted)[-1]
    assert isinstance(newest, DisclosureDrafted)
    return newest


def go_through(*commands: object) -> None:
    for command in commands:
        when(command)  # type: ignore[arg-type]
        then_recorded()


# -- drafting --------------------------------------------------------------------------------------


def test_a_draft_says_up_to_which_record_it_was_composed_and_its_digest():
    newest = story().store.length(WUTONGLI) - 1
    when(draft())
    then_recorded()
    assert (drafted().version, drafted().until, len(drafted().statement_sha256)) == (1, newest, 64)


def test_a_draft_can_be_composed_again_before_it_is_published():
    go_through(draft())
    first = drafted()
    given(income(700_00, PARKING, on=AUGUST))
    go_through(draft())
    assert drafted().version == 1
    assert drafted().statement_sha256 != first.statement_sha256


def test_what_signers_must_know_stands_in_the_draft():
    go_through(draft())
    assert drafted().cautions == ("bank-not-reconciled",)


def test_one_statement_is_never_made_under_two_names():
    go_through(draft("q3-revenue"))
    when(draft("another-name"))
    then_refused("disclosure.statement-taken", disclosure="q3-revenue")


def test_a_name_belongs_to_one_statement():
    go_through(draft("q3-revenue"))
    when(draft("q3-revenue", period=Period(starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))))
    then_refused("disclosure.of-another-statement", disclosure="q3-revenue")


@pytest.mark.parametrize(
    "period",
    [
        Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 29)),
        Period(starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 31)),
        Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)),
    ],
)
def test_a_quarterly_table_is_made_over_a_quarter(period: Period):
    when(draft(period=period))
    then_refused("disclosure.period-does-not-fit", table="T1", period="quarter")


def test_a_period_ends_after_it_starts():
    when(draft(table="T13", period=Period(starts_on=date(2026, 9, 2), ends_on=date(2026, 9, 1))))
    then_refused("period.ends-before-it-starts")


@pytest.mark.parametrize("table", ["T1", "T13"])
def test_nothing_is_published_of_a_time_before_the_ledger_began(table: str):
    before = Period(starts_on=date(2019, 10, 1), ends_on=date(2019, 12, 31))
    when(draft(table=table, period=before))
    then_refused("disclosure.before-the-books", ends_on=date(2019, 12, 31))


def test_of_the_quarter_in_which_the_ledger_began_there_is_a_statement():
    when(draft(period=Period(starts_on=date(2020, 1, 1), ends_on=date(2020, 3, 31))))
    then_recorded()


def test_nothing_is_published_of_a_quarter_that_is_not_over():
    when(draft(period=Period(starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))))
    then_refused("disclosure.period-not-over", ends_on=date(2026, 12, 31))


def test_a_table_of_the_whole_community_is_not_made_for_a_door():
    given(building_registered("b1", doors=("12",)))
    when(draft(scope=Scope(kind="door", id="12")))
    then_refused("disclosure.not-by-scope", table="T1")


def test_a_door_nobody_registered_has_no_statement():
    when(draft(table="T4", scope=Scope(kind="door", id="12")))
    then_refused("door.unknown", door="12")


def test_a_table_about_one_thing_must_be_told_which():
    when(draft(table="T7"))
    then_refused("disclosure.subject-missing", table="T7")


def test_a_table_of_the_whole_book_is_about_no_one_thing():
    when(draft(subject="lift-3"))
    then_refused("disclosure.subject-not-asked", table="T1")


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 10, 12)])
def test_nothing_about_a_statement_is_dated_back(day: date):
    when(msgspec.structs.replace(draft(), occurred_on=day))
    then_refused("disclosure.not-today", today=TODAY)
    go_through(draft())
    when(msgspec.structs.replace(APPROVE, occurred_on=day))
    then_refused("disclosure.not-today", today=TODAY)
    go_through(APPROVE)
    when(msgspec.structs.replace(PUBLISH, occurred_on=day))
    then_refused("disclosure.not-today", today=TODAY)
    go_through(PUBLISH)
    given(income(700_00, PARKING, on=AUGUST))
    when(msgspec.structs.replace(restate(), occurred_on=day))
    then_refused("disclosure.not-today", today=TODAY)


def test_of_one_vote_there_is_one_statement_over_whatever_days():
    given(vote_opened("lift-3"), vote_counted("lift-3"), vote_closed("lift-3"))
    autumn = Period(starts_on=date(2026, 9, 1), ends_on=TODAY)
    go_through(draft("vote-1", "T7", autumn, subject="lift-3"))
    when(draft("vote-2", "T7", Period(starts_on=date(2026, 1, 1), ends_on=TODAY), subject="lift-3"))
    then_refused("disclosure.statement-taken", disclosure="vote-1")


# -- approving -------------------------------------------------------------------------------------


def test_another_person_approves_exactly_what_was_drafted():
    go_through(draft(), APPROVE)
    (approved,) = recorded(DisclosureApproved)
    assert approved == DisclosureApproved(
        disclosure="q3-revenue", version=1, statement_sha256=drafted().statement_sha256
    )


def test_nobody_approves_what_they_drafted_themselves():
    given(role_granted("the-secretary", "chair"))
    go_through(draft())
    when(APPROVE, by="the-secretary")
    then_refused("disclosure.own-draft", disclosure="q3-revenue")


def test_an_approval_dies_when_the_draft_is_composed_again():
    go_through(draft(), APPROVE)
    given(income(700_00, PARKING, on=AUGUST))
    go_through(draft())
    when(PUBLISH)
    then_refused("disclosure.not-approved", disclosure="q3-revenue")


def test_who_approves_can_say_which_draft_was_read():
    go_through(draft())
    read = drafted().statement_sha256
    given(income(700_00, PARKING, on=AUGUST))
    go_through(draft())
    when(ApproveDisclosure(disclosure="q3-revenue", statement_sha256=read))
    then_refused("disclosure.draft-changed", disclosure="q3-revenue")


def test_a_draft_is_approved_once():
    go_through(draft(), APPROVE)
    when(APPROVE, by="the-member")
    then_refused("disclosure.already-approved", disclosure="q3-revenue")


def test_what_was_never_drafted_cannot_be_approved():
    when(APPROVE)
    then_refused("disclosure.unknown", disclosure="q3-revenue")


def test_the_firm_approves_nothing():
    go_through(draft())
    when(APPROVE, by="the-firm")
    then_not_permitted()


# -- publishing ------------------------------------------------------------------------------------


def test_publishing_freezes_the_statement_and_its_paper(papers: Files):
    go_through(draft(), APPROVE, PUBLISH)
    paper = papers.get(published().pdf_sha256)
    assert paper.startswith(b"%PDF-")
    assert published().statement_sha256 == drafted().statement_sha256
    assert published().until == drafted().until
    assert published().url == f"{ORIGIN}/q/{published().code}"
    assert (published().prepared_by, published().reviewed_by) == ("secretary", "chair")
    assert published().published_on == TODAY


def test_what_is_recorded_between_draft_and_publication_is_not_in_it():
    go_through(draft(), APPROVE)
    given(income(700_00, PARKING, on=AUGUST))
    go_through(PUBLISH)
    assert published().statement_sha256 == drafted().statement_sha256


def test_nothing_is_published_that_nobody_else_approved():
    go_through(draft())
    when(PUBLISH)
    then_refused("disclosure.not-approved", disclosure="q3-revenue")


def test_who_drafted_a_statement_does_not_publish_it():
    given(role_granted("the-secretary", "chair"))
    go_through(draft(), APPROVE)
    when(PUBLISH, by="the-secretary")
    then_refused("disclosure.own-draft", disclosure="q3-revenue")


def test_a_statement_is_published_once():
    go_through(draft(), APPROVE, PUBLISH)
    when(PUBLISH)
    then_refused("disclosure.already-published", disclosure="q3-revenue")
    when(draft())
    then_refused("disclosure.already-published", disclosure="q3-revenue")


def test_a_dry_run_of_publishing_says_whether_it_would_be_done():
    go_through(draft(), APPROVE)
    when(PUBLISH, dry_run=True)
    assert then_recorded() == ()


def test_asked_again_with_its_key_publishing_answers_its_first_receipt():
    go_through(draft(), APPROVE)
    when(PUBLISH, key="publish-1")
    (first,) = then_recorded()
    when(PUBLISH, key="publish-1")
    assert then_recorded() == (first,)


# -- restating -------------------------------------------------------------------------------------


def test_a_restated_statement_is_a_next_version_that_says_why_and_what_changed():
    go_through(draft(), APPROVE, PUBLISH)
    first = published()
    given(income(700_00, PARKING, on=AUGUST))
    go_through(restate())
    assert (drafted().version, drafted().reason) == (2, "漏记了一笔停车费")
    assert drafted().changes > 0
    go_through(APPROVE, PUBLISH)
    assert (published().version, published().reason) == (2, "漏记了一笔停车费")
    assert published().code != first.code
    assert state_of(Disclosure, "q3-revenue").published == published()


def test_a_restatement_needs_another_person_too():
    given(role_granted("the-secretary", "chair"))
    go_through(draft(), APPROVE, PUBLISH)
    given(income(700_00, PARKING, on=AUGUST))
    go_through(restate())
    when(APPROVE, by="the-secretary")
    then_refused("disclosure.own-draft", disclosure="q3-revenue")


def test_what_did_not_change_is_not_restated():
    go_through(draft(), APPROVE, PUBLISH)
    when(restate())
    then_refused("disclosure.nothing-changed", disclosure="q3-revenue")


def test_what_was_not_published_cannot_be_restated():
    go_through(draft())
    when(restate())
    then_refused("disclosure.not-published", disclosure="q3-revenue")


def test_what_nobody_drafted_cannot_be_restated():
    when(restate())
    then_refused("disclosure.unknown", disclosure="q3-revenue")


def test_the_same_version_has_the_same_code_wherever_it_is_computed():
    go_through(draft())
    when(PublishDisclosure(disclosure="q3-revenue"))
    then_refused("disclosure.not-approved", disclosure="q3-revenue")
    go_through(APPROVE, PUBLISH)
    assert len(published().code) == 8
    assert set(published().code) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert Q3.ends_on == published().ends_on
