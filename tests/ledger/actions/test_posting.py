"""Papers go up at places and come down again, both with their day (REV-06, COM-09, AUD-03)."""

from datetime import date
from typing import Any

import pytest

from ledger.actions.posting import Place, Posting, RecordPosting, RecordRemoval
from tests.ledger.duty_words import (
    H1,
    Q2,
    audit_reported,
    auditor_engaged,
    decided_on,
    doors_registered,
    places,
    posted,
    published,
    removed,
)
from tests.ledger.happened import committee_seated
from tests.ledger.project_words import plan_published
from tests.ledger.story import given, state_of, then, then_malformed, then_refused, when

JULY_1, JULY_14, JULY_20 = date(2026, 7, 1), date(2026, 7, 14), date(2026, 7, 20)


def post(*at: str, on: date = JULY_14, **paper: Any) -> RecordPosting:
    return RecordPosting(places=places(*at or ("board",)), posted_on=on, **paper)


def take_down(*at: str, on: date = JULY_20, **paper: Any) -> RecordRemoval:
    return RecordRemoval(removed_on=on, places=places(*at) if at else None, **paper)


def statement_published() -> None:
    given(doors_registered("12", "13"), published("q2", "T1", Q2, on=JULY_1))


# -- putting up ------------------------------------------------------------------------------------


def test_a_published_statement_is_put_up_at_its_places():
    statement_published()
    when(post("desk", "board", "door-12", disclosure="q2"))
    then(posted(JULY_14, "desk", "board", "door-12", disclosure="q2", version=1))


def test_the_newest_version_is_meant_unless_another_is_named():
    statement_published()
    given(published("q2", "T1", Q2, version=2, on=date(2026, 7, 5)))
    when(post(disclosure="q2"))
    then(posted(JULY_14, disclosure="q2", version=2))
    when(post("desk", disclosure="q2", version=1))  # the wrong one was printed: it is recorded as what it is
    then(posted(JULY_14, "desk", disclosure="q2", version=1))


def test_an_unpublished_statement_is_not_posted():
    when(post(disclosure="q2"))
    then_refused("posting.not-published", disclosure="q2")


def test_a_version_that_does_not_exist_is_not_posted():
    statement_published()
    when(post(disclosure="q2", version=2))
    then_refused("posting.version-unknown", version=2, newest=1)


def test_only_a_statement_has_versions():
    given(decided_on(JULY_1))
    when(post(decision="lift-adverts", version=1))
    then_refused("posting.only-statements-have-versions")


@pytest.mark.parametrize(
    "paper",
    [
        {"decision": "lift-adverts"},
        {"project": "roof-5"},
        {"term": "term-3"},
        {"audit_engagement": "2025"},
        {"audit_report": "2025"},
    ],
)
def test_what_is_on_record_can_be_posted_and_nothing_else(paper):
    when(post(**paper))
    then_refused("posting.nothing-to-post", paper=next(iter(paper.values())))
    given(decided_on(JULY_1), plan_published("roof-5"), committee_seated(term="term-3"))
    given(auditor_engaged("2025", date(2026, 3, 9)), audit_reported("2025", JULY_1))
    when(post(**paper, on=date(2026, 11, 20)))
    then(posted(date(2026, 11, 20), **paper))


def test_next_years_plan_of_the_public_revenue_is_posted_by_its_year():
    when(post(revenue_plan=2027, on=date(2026, 11, 2)))
    then(posted(date(2026, 11, 2), revenue_plan=2027))


def test_a_report_that_did_not_come_yet_is_not_posted():
    given(auditor_engaged("2025", date(2026, 3, 9)))
    when(post(audit_report="2025"))
    then_refused("posting.nothing-to-post", paper="2025")


@pytest.mark.parametrize("paper", [{}, {"decision": "lift-adverts", "disclosure": "q2"}])
def test_a_posting_is_of_exactly_one_paper(paper):
    when(post(**paper))
    then_refused("posting.one-paper", given=len(paper))


def test_nothing_hangs_before_it_exists():
    statement_published()
    when(post(disclosure="q2", on=date(2026, 6, 30)))
    then_refused("posting.too-early", since=JULY_1)
    when(post(disclosure="q2", on=JULY_1))
    then(posted(JULY_1, disclosure="q2", version=1))


def test_names_are_posted_when_elected_even_before_the_term():
    given(committee_seated(term="term-3", starts_on=JULY_20))
    when(post(term="term-3"))
    then(posted(JULY_14, term="term-3"))


def test_what_will_be_posted_is_no_posting():
    statement_published()
    when(post(disclosure="q2", on=date(2026, 11, 21)))
    then_malformed("/posted_on", "date.in-the-future")


# -- the places ------------------------------------------------------------------------------------


def test_a_door_nobody_registered_is_refused():
    statement_published()
    when(post("door-14", disclosure="q2"))
    then_refused("posting.door-unknown", door="14")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place(kind="door"), "posting.door-missing"),
        (Place(kind="desk", door="12"), "posting.door-not-asked"),
    ],
)
def test_a_door_has_its_number_and_nothing_else_has(place, code):
    statement_published()
    when(RecordPosting(places=(place,), posted_on=JULY_14, disclosure="q2"))
    then_refused(code)


def test_a_place_is_named_once():
    statement_published()
    when(post("desk", "desk", disclosure="q2"))
    then_refused("posting.place-twice")


def test_a_posting_has_a_place():
    statement_published()
    when(RecordPosting(places=(), posted_on=JULY_14, disclosure="q2"))
    then_malformed("/places", "field.malformed")


# -- again, and down -------------------------------------------------------------------------------


def test_what_hangs_is_not_put_up_again():
    statement_published()
    given(posted(JULY_14, "desk", disclosure="q2", version=1))
    when(post("desk", disclosure="q2", on=JULY_20))
    then_refused("posting.already-up", place="desk", posted_on=JULY_14)
    when(post("board", disclosure="q2", on=JULY_20))
    then(posted(JULY_20, "board", disclosure="q2", version=1))


def test_a_newer_version_takes_the_place_of_the_older():
    statement_published()
    given(posted(JULY_14, "desk", disclosure="q2", version=1))
    given(published("q2", "T1", Q2, version=2, on=JULY_1))
    when(post("desk", disclosure="q2", on=date(2026, 7, 13)))
    then_refused("posting.before-the-last", place="desk", last_on=JULY_14)
    when(post("desk", disclosure="q2", on=JULY_20))
    then(posted(JULY_20, "desk", disclosure="q2", version=2))


def test_it_is_taken_down_everywhere_or_at_some_places():
    statement_published()
    given(posted(JULY_14, "desk", "board", "door-12", disclosure="q2", version=1))
    when(take_down("desk", disclosure="q2"))
    then(removed(JULY_20, "desk", disclosure="q2"))
    when(take_down(disclosure="q2", on=date(2026, 7, 21)))
    then(removed(date(2026, 7, 21), "board", "door-12", disclosure="q2"))
    assert state_of(Posting, "disclosure.q2").up == {}


def test_what_never_hung_is_not_taken_down():
    given(published("h1", "T3", H1))
    when(take_down(disclosure="h1"))
    then_refused("removal.never-posted", paper="h1")


def test_it_is_taken_down_once():
    statement_published()
    given(posted(JULY_14, disclosure="q2", version=1), removed(JULY_20, disclosure="q2"))
    when(take_down(disclosure="q2", on=date(2026, 7, 25)))
    then_refused("removal.not-up", paper="q2", removed_on=JULY_20)
    when(take_down("board", disclosure="q2", on=date(2026, 7, 25)))
    then_refused("removal.not-up", paper="q2", removed_on=JULY_20)


def test_it_is_taken_down_only_where_it_hangs():
    statement_published()
    given(posted(JULY_14, "board", disclosure="q2", version=1))
    when(take_down("desk", disclosure="q2"))
    then_refused("removal.not-up", paper="q2", removed_on=None)


def test_it_does_not_come_down_before_it_went_up():
    statement_published()
    given(posted(JULY_14, disclosure="q2", version=1))
    when(take_down(disclosure="q2", on=date(2026, 7, 13)))
    then_refused("removal.before-posting", posted_on=JULY_14)
    when(take_down(disclosure="q2", on=JULY_14))
    then(removed(JULY_14, disclosure="q2"))


def test_what_came_down_may_go_up_again_later():
    statement_published()
    given(posted(JULY_14, disclosure="q2", version=1), removed(JULY_20, disclosure="q2"))
    when(post(disclosure="q2", on=date(2026, 7, 19)))
    then_refused("posting.before-the-last", place="board", last_on=JULY_20)
    when(post(disclosure="q2", on=date(2026, 7, 22)))
    then(posted(date(2026, 7, 22), disclosure="q2", version=1))
