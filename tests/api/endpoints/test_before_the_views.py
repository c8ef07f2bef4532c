"""Before the views show anything, and after a restore: an answer waits or says so; it is never just empty."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store import open_store
from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of

LISTS = ["/api/v1/ledgers", f"/api/v1/ledgers/{LEDGER}/entries", "/api/v1/events"]
PAGES = ["/", f"/c/{LEDGER}", f"/c/{LEDGER}/entries"]


@pytest.fixture
def unfollowed(here: Installation) -> Installation:
    """Two ledgers in the store; nobody follows."""
    here.services._following_in = os.getpid()
    return here


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """Nothing in the store; nobody follows."""
    installation = Installation(f"sqlite:///{tmp_path / 'empty'}")
    installation.services._following_in = os.getpid()
    yield installation
    installation.close()


# -- nothing followed yet ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_cannot_be_known_yet_is_not_answered_as_empty(unfollowed, path, waits):
    answer = unfollowed.get(path)
    problem_of(answer, 503, "views.stale")
    assert answer.headers["Retry-After"] == "1"
    assert "ETag" not in answer.headers
    assert waits == [1.0]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_cannot_be_shown_yet_says_what_to_do(unfollowed, path):
    answer = unfollowed.get(f"{path}?size=large", Accept_Language="zh-CN")
    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (503, "text/html", "1")
    assert "公开的账正在整理" in answer.text
    assert "请等几秒钟，再看一次。" in answer.text
    assert f'href="{path}?size=large"' in answer.text
    english = unfollowed.get(path, Accept_Language="en").text
    assert "The public books are being put in order" in english


def test_the_first_request_waits_for_the_first_views(unfollowed):
    later = threading.Timer(0.2, unfollowed.catch_up)
    later.start()
    ledgers = unfollowed.get("/api/v1/ledgers").get_json()["ledgers"]
    assert {row["ledger"] for row in ledgers} >= {LEDGER}
    assert unfollowed.get("/").status_code == 200
    later.join()


def test_a_fresh_process_shows_what_is_recorded_at_its_first_request(here):
    assert "梧桐里" in here.get("/", Accept_Language="zh-CN").text


@pytest.mark.parametrize("path", ["/api/v1/ledgers", "/api/v1/events", "/"])
def test_an_empty_store_is_shown_as_empty_at_once(empty, path, waits):
    assert empty.get(path).status_code == 200
    assert waits == []


def test_a_view_that_could_never_begin_is_no_empty_list_and_holds_up_no_other(unfollowed, waits):
    unfollowed.catch_up()
    views = unfollowed.services.views
    with views.writing() as connection:
        broken = [
            state._replace(position=0, leaf_hash=b"", failed_position=1, failed_reason="broken")
            for state in views.states()
            if state.view == "entries"
        ]
        views.generations.mark(connection, broken)
    problem_of(unfollowed.get(f"/api/v1/ledgers/{LEDGER}/entries"), 503, "views.stale")
    assert unfollowed.get("/api/v1/ledgers").status_code == 200
    assert waits == []


# -- a store restored under its views ------------------------------------------------------------------


def restored_to_the_day_before(here: Installation) -> int:
    """A deposit is recorded and shown, then the store is put back to before it; its head."""
    folder = Path(here.services.database_url.removeprefix("sqlite:///"))
    here.ask("open-fund", {"fund": "working", **OPENING})
    here.services.store.close()
    shutil.copytree(folder, folder.with_name("backup"))
    body = {"fund": "working", "amount_fen": 7_00, "received_on": "2026-03-01"}
    assert here.ask("record-fund-interest", body).status_code == 201
    here.catch_up()
    store = open_store(f"sqlite:///{folder.with_name('backup')}")
    here.services.store.close()
    here.services.store = here.services.follower.store = store
    return store.head()


def test_an_installation_whose_store_was_restored_is_not_ready_and_says_why(unfollowed):
    head = restored_to_the_day_before(unfollowed)
    readiness = unfollowed.get("/readyz")
    names = {*unfollowed.services.views.views}
    assert readiness.status_code == 503
    assert readiness.get_json()["position"] == head
    assert set(readiness.get_json()["problems"]) == {f"views.ahead-of-store/{name}" for name in names}
    assert {(view["position"], view["other_history"]) for view in readiness.get_json()["views"]} == {
        (head + 1, True)
    }


def test_after_a_restore_what_is_not_recorded_any_more_is_not_shown_any_more(unfollowed):
    restored_to_the_day_before(unfollowed)
    path = f"/api/v1/ledgers/{LEDGER}/entries"
    before = unfollowed.get(path)
    assert [row["fen"] for row in before.get_json()["entries"]][-1:] == [7_00]
    unfollowed.catch_up()
    after = unfollowed.get(path, If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert 7_00 not in [row["fen"] for row in after.get_json()["entries"]]
    assert unfollowed.get("/readyz").get_json()["ready"] is True


def test_views_of_another_history_at_the_same_place_are_told_from_those_ahead(unfollowed):
    restored_to_the_day_before(unfollowed)
    unfollowed.services.ledger.store = unfollowed.services.store
    unfollowed.services.ledger._slices.__init__(unfollowed.services.store)
    body = {"fund": "working", "amount_fen": 8_00, "received_on": "2026-03-01"}
    assert unfollowed.ask("record-fund-interest", body).status_code == 201
    problems = unfollowed.get("/readyz").get_json()["problems"]
    assert "views.other-history/entries" in problems
    assert not [problem for problem in problems if problem.startswith("views.ahead")]
