"""A paper on the board, told over HTTP: with the photo that shows it, up and down, in the order of days."""

import pytest

from tests.api.endpoints.installation import LEDGER, Installation, problem_of
from tests.api.endpoints.sheets import give, given, look_at
from tests.api.endpoints.test_disclosures_endpoint import AUGUST, tell
from tests.api.test_file_types import photo
from tests.ledger.duty_words import decided_on, doors_registered
from tests.ledger.happened import NEW_YEAR

DESK, BOARD = {"kind": "desk"}, {"kind": "board"}


@pytest.fixture
def decided(here: Installation) -> Installation:
    """A decision of the committee on 8 August 2026, in a community with one door."""
    tell(here, doors_registered("12", on=NEW_YEAR), decided_on(AUGUST))
    return here


def put_up(here: Installation, posted_on: str, **of: object):
    body = {"decision": "lift-adverts", "places": [BOARD], "posted_on": posted_on, **of}
    return here.ask("record-posting", body, by="secretary")


def take_down(here: Installation, removed_on: str, **of: object):
    body = {"decision": "lift-adverts", "removed_on": removed_on, **of}
    return here.ask("record-removal", body, by="secretary")


def test_the_photo_of_a_posting_stands_in_its_record_and_is_shown(decided: Installation) -> None:
    picture = given(decided, photo("PNG"), name="公告栏.png", by="secretary")
    answer = put_up(decided, "2026-08-10", places=[DESK, BOARD], attachments=[picture])
    number = answer.get_json()["events"][0]["number"]
    entry = decided.get(f"/api/v1/ledgers/{LEDGER}/events/{number}").get_json()["entry"]
    assert entry["data"]["posted_on"] == "2026-08-10"
    assert [(one["name"], one["sha256"], one["type"]) for one in entry["attachments"]] == [
        ("公告栏.png", picture, "image/png")
    ]
    assert look_at(decided, picture).status_code == 200


def test_a_photo_that_is_no_picture_is_refused_and_nothing_is_posted(decided: Installation) -> None:
    before = decided.head()
    problem_of(give(decided, b"not a picture", name="公告栏.jpg", by="secretary"), 415, "upload.no-picture")
    problem_of(put_up(decided, "2026-08-10", attachments=["ab" * 32]), 409, "attachment.unknown")
    assert decided.head() == before


@pytest.mark.parametrize(
    ("down", "code"), [("2026-08-09", "removal.before-posting"), ("2026-08-10", None), ("2026-08-11", None)]
)
def test_a_paper_comes_down_on_the_day_it_went_up_or_later(
    decided: Installation, down: str, code: str | None
) -> None:
    assert put_up(decided, "2026-08-10").status_code == 201
    before, answer = decided.head(), take_down(decided, down)
    if code is None:
        assert answer.status_code == 201
        return
    problem_of(answer, 409, code)
    assert decided.head() == before


@pytest.mark.parametrize(
    ("posted_on", "status", "code"),
    [("2026-08-07", 409, "posting.too-early"), ("2026-11-21", 422, None), ("2026-02-30", 422, None)],
)
def test_a_posting_before_its_paper_or_in_the_future_is_refused(
    decided: Installation, posted_on: str, status: int, code: str | None
) -> None:
    before = decided.head()
    problem_of(put_up(decided, posted_on), status, code)
    assert decided.head() == before
