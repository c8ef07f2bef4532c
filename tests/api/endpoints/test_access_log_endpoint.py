"""Every look at personal data leaves a trace, before anything is shown, where the auditor finds it."""

import re
from datetime import UTC, date, datetime

import pytest

from ledger.errors import StoreUnavailable
from tests.api.endpoints.installation import GRANTABLE, LEDGER, OTHER_LEDGER, Installation, problem_of
from tests.api.endpoints.secrets_told import authorised, erase, lines, tell
from tests.api.endpoints.sheets import look_at

LOG = f"/api/v1/ledgers/{LEDGER}/access-log"
OWN = f"/api/v1/ledgers/{LEDGER}/unit-disclosure?unit=3-101&decision=lift-3"
ASKED_WITH = {
    "unit-statement": "?unit=3-101&year=2026",
    "unit-statement.pdf": "?unit=3-101&year=2026",
    "unit-disclosure": "?unit=3-101",
    "project-shares.csv": "?project=lift-3",
    "revenue-shares.csv": "?number=3",
    "attachments": "?number=3",
}


@pytest.fixture
def told(here: Installation) -> Installation:
    tell(here)
    return here


def private_paths(here: Installation) -> dict[str, list[str]]:
    """Every GET that wants a token, with the roles that may, as OpenAPI tells."""
    paths = here.get("/api/v1/openapi.json").get_json()["paths"]
    return {path: one["get"] for path, one in paths.items() if "get" in one and one["get"].get("security")}


def test_every_read_that_wants_a_token_is_written_down_whatever_it_answers(told: Installation) -> None:
    """Walks all paths there are: one that is added without a trace fails here."""
    found = private_paths(told)
    assert len(found) >= 10
    for path in found:
        name = path.rpartition("/")[2]
        asked = path.replace("{ledger}", LEDGER) + ASKED_WITH.get(name, "")
        asked = re.sub(r"\{\w+\}", "no-such", asked)
        before = len(lines(told))
        answers = [told.get(asked, **authorised(told, role)) for role in ("auditor", "chair", "secretary")]
        allowed = [answer for answer in answers if answer.status_code != 403]
        assert allowed, asked
        assert all(answer.status_code in (200, 404) for answer in allowed), (asked, answers)
        written = lines(told)[before:]
        assert len(written) == len(allowed), asked
        assert all(about == asked for *_, about in written), asked


def test_a_line_says_who_in_which_role_looked_at_what(told: Installation) -> None:
    assert told.get(OWN, **authorised(told, "secretary")).status_code == 200
    assert lines(told) == [("secretary", "secretary", "read-unit-disclosure", OWN)]


def test_every_answer_is_a_look_and_shows_the_looks_before_it(told: Installation) -> None:
    auditor = authorised(told, "auditor")
    first, second = (told.get(f"/api/v1/ledgers/{LEDGER}/access-log", **auditor) for _ in range(2))
    assert len(second.get_json()["accesses"]) == len(first.get_json()["accesses"]) + 1
    again = told.get(OWN, If_None_Match="*", **auditor)
    assert (again.status_code, len(lines(told))) == (200, 3)


def test_a_private_file_is_written_down_and_a_public_one_is_not(told: Installation) -> None:
    scan = told.services.vault.values(
        commitment for commitment in told.services.vault.commitments(f"{LEDGER}/unit/3-101")
    )
    assert scan
    digest = next(
        path.name for path in told.services.files.of(LEDGER, "audit").folder.rglob("*") if path.is_file()
    )
    assert look_at(told, digest, by="auditor").status_code == 200
    assert look_at(told, digest, by="treasurer").status_code == 404
    assert look_at(told, "0" * 64, by="auditor").status_code == 404
    assert lines(told) == [("auditor", "auditor", "read-attachments", f"/files/{LEDGER}/{digest}")]


def test_who_may_not_look_is_refused_and_it_was_no_look(told: Installation) -> None:
    problem_of(told.get(OWN), 401)
    problem_of(told.get(OWN, **authorised(told, "treasurer")), 403, "role.missing")
    assert lines(told) == []


def test_what_cannot_be_written_down_is_not_shown(
    told: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreUnavailable(reason="the disk is away")

    monkeypatch.setattr(type(told.services.vault._database), "in_turn", full)
    answer = told.get(OWN, **authorised(told, "secretary"))
    problem_of(answer, 503)
    assert b"ballot.cast" not in answer.data


# -- reading it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", GRANTABLE)
def test_the_auditor_and_the_chair_may_read_it_and_nobody_else(shared: Installation, role: str) -> None:
    status = shared.get(LOG, **authorised(shared, role)).status_code
    assert status == (200 if role in ("auditor", "chair") else 403)


def test_the_log_is_read_newest_first_and_page_by_page(told: Installation) -> None:
    for _ in range(4):
        told.get(OWN, **authorised(told, "secretary"))
    answer = told.get(f"{LOG}?limit=3", **authorised(told, "auditor"))
    first = answer.get_json()
    assert "limit=3&after=3>" in answer.headers["Link"]
    assert [row["number"] for row in first["accesses"]] == [5, 4, 3]
    assert first["accesses"][0]["reading"] == "read-access-log"
    assert first["accesses"][1] == {
        "number": 4, "at": "2026-11-20T01:46:18.000+00:00", "role": "secretary",
        "reading": "read-unit-disclosure", "about": OWN, "who": "secretary",
    }  # fmt: skip
    rest = told.get(f"{LOG}?limit=3&after={first['next_after']}", **authorised(told, "auditor")).get_json()
    assert [row["number"] for row in rest["accesses"]] == [2, 1]
    assert rest["next_after"] is None


def test_looks_at_another_ledger_are_not_in_it(told: Installation) -> None:
    told.services.vault.accesses.write(
        OTHER_LEDGER, "auditor", "auditor", "read-unit-accounts", "/", told.services.store.clock()
    )
    shown = told.get(LOG, **authorised(told, "auditor")).get_json()["accesses"]
    assert [row["reading"] for row in shown] == ["read-access-log"]


def test_a_reader_who_was_erased_is_named_no_more_and_the_chain_holds(told: Installation) -> None:
    told.grant("old-wang", "secretary")
    told.get(OWN, **authorised(told, "old-wang"))
    assert lines(told)[-1][0] == "old-wang"
    erase(told, "account", "old-wang", kind="personal-data.erased")
    assert lines(told)[-1][:2] == (None, "secretary")
    assert told.services.vault.accesses.check() == 1
    row = told.get(LOG, **authorised(told, "auditor")).get_json()["accesses"][-1]
    assert "who" not in row


def test_an_auditors_account_ends_by_itself_after_its_last_day(told: Installation) -> None:
    """Nobody has to take it back: the day of the report is in the grant (journey 3)."""
    told.grant("term-auditor", "auditor", to=date(2026, 11, 30))
    asked = f"/api/v1/ledgers/{LEDGER}/access-log"
    for last in (datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 11, 30, 15, 59, tzinfo=UTC)):
        told.services.store.clock = lambda last=last: last
        assert told.get(asked, **authorised(told, "term-auditor")).status_code == 200
    told.services.store.clock = lambda: datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    problem_of(told.get(asked, **authorised(told, "term-auditor")), 403)
