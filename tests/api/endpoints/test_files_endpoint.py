"""Files for who may see them, and not even a hint of them for who may not."""

from pathlib import Path

import pytest

from ledger.events import decode
from ledger.store.files import erase
from tests.api.endpoints.installation import GRANTABLE, LEDGER, OTHER_LEDGER, Installation, problem_of
from tests.api.endpoints.sheets import INVOICE, given, look_at
from tests.api.test_file_types import photo

AUDIT = {"auditor", "chair", "street"}


def test_a_public_file_is_for_everybody_to_save(here: Installation) -> None:
    digest = given(here, name="发票 3号.pdf")
    answer = look_at(here, digest)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, INVOICE, "application/pdf")
    name = "%E5%8F%91%E7%A5%A8%203%E5%8F%B7.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert look_at(here, digest, If_None_Match=f'"{digest}"').status_code == 304


def test_nothing_in_a_file_can_run_or_fetch(here: Installation) -> None:
    policies = look_at(here, given(here)).headers.getlist("Content-Security-Policy")
    assert any("sandbox" in policy and "default-src 'none'" in policy for policy in policies)
    assert not any("allow-" in policy for policy in policies)


def test_a_picture_is_shown_where_it_is(here: Installation) -> None:
    answer = look_at(here, given(here, photo("PNG"), name="公告栏.png"))
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline; ")


@pytest.mark.parametrize("role", [None, *GRANTABLE])
@pytest.mark.parametrize("tier", ["public", "owners", "audit"])
def test_who_may_see_what(shared: Installation, tier: str, role: str | None) -> None:
    content = INVOICE + tier.encode() + b"\n%%EOF"
    digest = given(shared, content, tier=tier)
    seen = look_at(shared, digest, by=role)
    if tier == "public" or (role is not None and (tier == "owners" or role in AUDIT)):
        assert (seen.status_code, seen.data) == (200, content)
        if tier != "public":
            assert seen.headers["Cache-Control"] == "private, no-store"
            assert "ETag" not in seen.headers
    else:
        assert (seen.status_code, content in seen.data) == (404, False)


def test_to_who_may_not_see_it_a_private_file_is_as_one_that_never_was(here: Installation) -> None:
    hidden, never = given(here, tier="audit"), "0" * 64
    for by in (None, "treasurer"):
        first, second = look_at(here, hidden, by=by), look_at(here, never, by=by)
        assert (first.status_code, second.status_code) == (404, 404)
        assert first.data.replace(hidden.encode(), never.encode()) == second.data


def test_a_bad_token_is_said_to_be_bad(here: Installation) -> None:
    digest = given(here, tier="owners")
    assert look_at(here, digest, Authorization="Bearer mz_none").status_code == 401


def test_a_file_is_only_found_in_its_own_ledger(here: Installation) -> None:
    digest = given(here)
    assert look_at(here, digest, ledger=OTHER_LEDGER).status_code == 404


@pytest.mark.parametrize("path", ["..", "%2e%2e%2fvault.db", "A" * 64, "a" * 63, "..%2f" * 12 + "vault.db"])
def test_no_path_leads_out_of_the_files(here: Installation, path: str) -> None:
    assert here.client.get(f"/files/{LEDGER}/{path}").status_code == 404


def test_a_damaged_file_is_never_served(here: Installation, caplog: pytest.LogCaptureFixture) -> None:
    digest = given(here)
    (here.services.files.folder / digest[:2] / digest).write_bytes(b"%PDF-another")
    assert look_at(here, digest).status_code == 500
    assert "files.differs" in caplog.text


# -- the files of a record -------------------------------------------------------------------------------


def attached(here: Installation) -> tuple[int, str, str]:
    """A record with a public and an audit file; its number and their digests."""
    shown, hidden = given(here), given(here, INVOICE + b"\n", tier="audit", name="张三 收据.pdf")
    body = {"building": "3", "name": "3号楼", "attachments": [shown, hidden]}
    receipt = here.ask("register-building", body, by="secretary")
    assert receipt.status_code == 201, receipt.text
    here.catch_up()
    return receipt.get_json()["events"][0]["number"], shown, hidden


def files_of(here: Installation, number: int, by: str) -> list[dict[str, object]]:
    path = f"/api/v1/ledgers/{LEDGER}/attachments?number={number}"
    answer = here.get(path, Authorization=f"Bearer {here.tokens[by]}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, object]] = answer.get_json()["attachments"]
    return rows


def test_an_auditor_is_given_what_an_event_withholds(here: Installation) -> None:
    number, shown, hidden = attached(here)
    first, second = files_of(here, number, "auditor")
    assert first["url"] == f"/files/{LEDGER}/{shown}"
    assert second == {
        "size": len(INVOICE) + 1, "tier": "audit", "type": "application/pdf",
        "name": "张三 收据.pdf", "sha256": hidden, "url": f"/files/{LEDGER}/{hidden}",
    }  # fmt: skip
    assert look_at(here, hidden, by="auditor").data == INVOICE + b"\n"


def test_others_learn_that_there_is_one_and_the_public_event_says_no_more(here: Installation) -> None:
    number, _, hidden = attached(here)
    assert files_of(here, number, "treasurer")[1] == {
        "size": len(INVOICE) + 1, "tier": "audit", "type": "application/pdf"
    }  # fmt: skip
    event = here.get(f"/api/v1/ledgers/{LEDGER}/events/{number}")
    assert hidden not in event.text
    assert "张三" not in event.text
    problem_of(here.get(f"/api/v1/ledgers/{LEDGER}/attachments?number={number}"), 401, "token.missing")
    asked = here.get(
        f"/api/v1/ledgers/{LEDGER}/attachments?number=4711", Authorization=f"Bearer {here.tokens['chair']}"
    )
    problem_of(asked, 404, "record.unknown")


def test_once_erased_a_file_is_gone_for_all_and_its_record_stands(here: Installation) -> None:
    number, _, hidden = attached(here)
    services = here.services
    before = services.store.ledger_rows(LEDGER, number - 1, 1)
    erase(services.files, services.vault, LEDGER, hidden)
    assert files_of(here, number, "auditor")[1].keys() == {"size", "tier", "type"}
    assert look_at(here, hidden, by="auditor").status_code == 404
    (row,) = services.store.ledger_rows(LEDGER, number - 1, 1)
    assert [row] == before
    assert len(decode(row.kind, row.entry).attachments) == 2
    assert services.store.deep_check() == services.store.head()
    everything = b"".join(path.read_bytes() for path in _all_files(here) if path.name != "tokens")
    assert hidden.encode() not in everything
    assert "张三 收据".encode() not in everything


def _all_files(here: Installation) -> list[Path]:
    folder = here.services.files.folder.parent
    return [path for path in folder.rglob("*") if path.is_file()]
