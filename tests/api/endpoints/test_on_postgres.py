"""The same interface over PostgreSQL: recorded, followed by a process of its own, read."""

import threading

import pytest

from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of
from tests.api.endpoints.sheets import INVOICE, given, look_at


@pytest.fixture
def there(postgres_url):
    installation = Installation(postgres_url)
    installation.begin()
    yield installation
    installation.close()


def test_what_is_recorded_is_shown_once_a_follower_has_taken_it_in(there):
    answer = there.ask("open-fund", {"fund": "working", **OPENING})
    assert answer.status_code == 201
    position = answer.get_json()["position"]
    assert not there.services.follows_itself
    behind = there.get(f"/api/v1/ledgers/{LEDGER}/balances?min_position={position}")
    problem_of(behind, 503, "views.behind")
    stop = threading.Event()
    follower = threading.Thread(target=there.services.follower.run, args=(stop,))
    follower.start()
    try:
        there.services.views.wait_for(position, 20)
        shown = there.get(f"/api/v1/ledgers/{LEDGER}/balances?min_position={position}")
        assert shown.get_json()["funds"][0]["balance_fen"] == 9_000_00
        readiness = there.get("/readyz").get_json()
        assert (readiness["ready"], readiness["free_disk_percent"]) == (True, None)
    finally:
        stop.set()
        follower.join(20)


def test_refusals_and_replays_are_the_same(there):
    body = {"fund": "working", **OPENING}
    assert [there.ask("open-fund", body, key="one").status_code for _ in range(2)] == [201, 200]
    problem_of(there.ask("open-fund", body), 409, "fund.already-open")
    problem_of(there.ask("open-fund", body | {"bank": "工商银行"}, key="one"), 422, "idempotency-key.reused")
    there.services.follower.catch_up()
    events = there.get(f"/api/v1/ledgers/{LEDGER}/events?tag=fund:working").get_json()["events"]
    assert [event["kind"] for event in events] == ["fund.opened"]


def test_files_lie_in_the_folder_that_was_named_and_are_known_in_the_vault(postgres_url, tmp_path):
    there = Installation(postgres_url, files=tmp_path)
    there.begin()
    try:
        digest = given(there, tier="owners")
        body = {"building": "3", "name": "3号楼", "attachments": [digest]}
        assert there.ask("register-building", body, by="secretary").status_code == 201
        assert look_at(there, digest, by="secretary").data == INVOICE
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]
    finally:
        there.close()
