"""Giving a file: who may, what is taken, and that a refusal loses and leaves nothing."""

import hashlib
import io
from datetime import date
from pathlib import Path

import pytest

from api.file_types import FILE_BYTES_MAX
from api.security import BODY_BYTES_MAX
from api.services import Services
from ledger.store import files as files_module
from tests.api.endpoints.installation import GRANTABLE, LEDGER, OTHER_LEDGER, Installation, problem_of
from tests.api.endpoints.sheets import INVOICE, give, given
from tests.api.test_file_types import photo


def kept(here: Installation) -> list[Path]:
    """Every file kept."""
    return [path for path in here.services.files.folder.rglob("*") if path.is_file()]


def test_a_file_is_taken_and_answered_by_its_digest(here: Installation) -> None:
    answer = give(here, name="C:\\扫描\\发票.pdf", tier="audit")
    assert answer.status_code == 201
    assert answer.get_json() == {
        "sha256": hashlib.sha256(INVOICE).hexdigest(),
        "name": "发票.pdf",
        "type": "application/pdf",
        "size": len(INVOICE),
        "tier": "audit",
    }


def test_the_digest_of_a_picture_is_of_what_is_kept(here: Installation) -> None:
    answer = give(here, photo(), name="公告栏.jpg").get_json()
    content = here.services.files.get(answer["sha256"])
    assert (len(content), b"Zhang San" in content) == (answer["size"], False)
    assert answer["sha256"] != hashlib.sha256(photo()).hexdigest()


def test_the_same_file_given_again_is_the_same_file(here: Installation) -> None:
    first, again = give(here), give(here, name="又一次.pdf", by="chair")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["sha256"] == first.get_json()["sha256"]
    assert len(kept(here)) == 1


def test_whoever_gives_a_file_again_is_told_their_own_name_for_it_only(here: Installation) -> None:
    give(here, name="张三的身份证.pdf", by="treasurer")
    again = give(here, name="扫描件.pdf", by="chair")
    assert (again.status_code, again.get_json()["name"]) == (200, "扫描件.pdf")
    assert "张三" not in again.get_data(as_text=True)


def test_a_file_shown_to_all_cannot_be_given_again_to_few_nor_the_other_way(here: Installation) -> None:
    for first, second, content in (("public", "audit", INVOICE), ("audit", "public", INVOICE + b"\n")):
        give(here, content, tier=first)
        problem = problem_of(give(here, content, tier=second), 409, "upload.of-another-tier")
        assert problem["details"] == {"sha256": hashlib.sha256(content).hexdigest(), "tier": first}
    assert len(kept(here)) == 2


def test_two_ledgers_may_be_given_one_file_each_to_its_own_readers(here: Installation) -> None:
    here.grant("their-chair", "chair", ledger=OTHER_LEDGER)
    give(here, tier="public")
    other = give(here, tier="audit", ledger=OTHER_LEDGER, by="their-chair")
    assert (other.status_code, other.get_json()["tier"]) == (201, "audit")
    assert len(kept(here)) == 2


@pytest.mark.parametrize("role", GRANTABLE)
def test_whoever_may_record_something_may_give_a_file(here: Installation, role: str) -> None:
    assert give(here, INVOICE + role.encode() + b"\n%%EOF", by=role).status_code == 201


def test_nobody_else_may(here: Installation) -> None:
    problem_of(give(here, by=None), 401, "token.missing")
    problem_of(give(here, by="operator"), 403, "role.missing")
    problem_of(give(here, ledger=OTHER_LEDGER), 403, "role.missing")
    problem_of(give(here, ledger="nowhere"), 404, "ledger.unknown")
    here.grant("last-years-chair", "chair", to=date(2026, 11, 19))
    problem_of(give(here, by="last-years-chair"), 403, "role.missing")
    assert not here.services.files.folder.exists()


def test_a_file_may_be_larger_than_an_action_but_has_its_own_limit(here: Installation) -> None:
    largest = INVOICE + b" " * (FILE_BYTES_MAX - 2 * len(INVOICE)) + INVOICE
    assert len(largest) == FILE_BYTES_MAX > BODY_BYTES_MAX
    assert give(here, largest).get_json()["size"] == FILE_BYTES_MAX
    problem_of(give(here, largest + b"\n"), 413, "upload.too-large")
    problem_of(give(here, largest * 5), 413, "upload.too-large")
    problem_of(here.ask("register-building", {}, raw=b" " * (BODY_BYTES_MAX + 1)), 413, "request.too-large")
    assert len(kept(here)) == 1


def test_a_file_of_unsaid_length_is_not_cut_off_in_silence(here: Installation) -> None:
    answer = here.client.post(
        f"/api/v1/ledgers/{LEDGER}/uploads?name=a.pdf&tier=public",
        headers={"Authorization": f"Bearer {here.tokens['treasurer']}", "Transfer-Encoding": "chunked"},
        environ_overrides={
            "wsgi.input": io.BytesIO(INVOICE * (FILE_BYTES_MAX // len(INVOICE) + 1)),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
        },
    )
    problem_of(answer, 413, "upload.too-large")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"no photo", "公告栏.jpg", "upload.no-picture"),
        (photo(), "发票.pdf", "upload.no-pdf"),
        (b"", "发票.pdf", "upload.empty"),
        (b"<script>", "发票.html", "upload.kind"),
    ],
)
def test_what_is_not_taken_is_said_in_words_and_not_kept(
    here: Installation, content: bytes, name: str, code: str
) -> None:
    for language in ("zh", "en"):
        problem = problem_of(give(here, content, name=name, Accept_Language=language), 415, code)
        assert name in str(problem["detail"])
    assert not here.services.files.folder.exists()


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("?name=a.pdf", "field.required", "/tier"),
        ("?tier=public", "field.required", "/name"),
        ("?name=a.pdf&tier=secret", "choice.unknown", "/tier"),
        ("?name=a.pdf&tier=public&tier=audit", "query.twice", "/tier"),
        ("?name=a.pdf&tier=public&size=3", "field.unknown", "/size"),
        (f"?name={'a' * 121}&tier=public", "text.length", "/name"),
        ("?name=a%00.pdf&tier=public", "text.hidden-character", "/name"),
        ("?name=a%E2%80%AEfdp.exe&tier=public", "text.hidden-character", "/name"),
        ("?name=%2F&tier=public", "text.blank", "/name"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    here: Installation, query: str, code: str, pointer: str
) -> None:
    answer = here.client.post(
        f"/api/v1/ledgers/{LEDGER}/uploads{query}",
        data=INVOICE,
        headers={"Authorization": f"Bearer {here.tokens['treasurer']}"},
    )
    problem = problem_of(answer, 400)
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(pointer, code)]  # type: ignore[attr-defined]


def test_a_full_disk_is_said_and_what_was_kept_stays(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = given(here)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_module.os, "fsync", full)
    answer = give(here, INVOICE + b"\n")
    problem_of(answer, 503, "store.full")
    monkeypatch.undo()
    assert [path.name for path in kept(here)] == [earlier]
    assert give(here, INVOICE + b"\n").status_code == 201


def test_an_upload_outlives_a_restart_and_can_then_be_attached(here: Installation) -> None:
    digest = given(here, tier="owners")
    here.services.close()
    again = Installation(here.services.database_url)
    again.tokens = here.tokens
    body = {"building": "3", "name": "3号楼", "attachments": [digest]}
    assert again.ask("register-building", body, by="secretary").status_code == 201
    again.close()


def test_cut_off_between_file_and_record_nothing_is_known_and_giving_it_again_works(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr(type(here.services.vault), "keep_upload", cut)
    with pytest.raises(PowerCut):
        give(here)
    monkeypatch.undo()
    here.services.close()
    here.services = Services(here.services.database_url)
    assert len(kept(here)) == 1
    assert here.services.vault.upload(LEDGER, kept(here)[0].name) is None
    assert give(here).status_code == 201
