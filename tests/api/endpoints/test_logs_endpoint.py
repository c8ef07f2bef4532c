"""The log of a ledger over HTTP: static files any tool can read, and words where there is nothing yet."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.publishing import Places
from api.services import EXTENSION
from ledger.transparency import keys
from ledger.transparency.checkpoint import checkpoint_of
from ledger.transparency.note import VerifierKey, parsed
from ledger.transparency.policy import policy_of
from ledger.transparency.proof import check, proof_of
from ledger.transparency.tiles import entries_of
from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of


@pytest.fixture
def signed(here: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation with a key, published once."""
    here.services.follow()  # before there is a key: nothing is signed behind a spec's back
    file = tmp_path / "log.key"
    keys.create(file, "zhang.example/t")
    here.services.logs._places = Places(tmp_path / "log", file, url="https://zhang.example/t")
    publish(here)
    return here


def publish(here: Installation) -> None:
    here.services.logs.publisher().publish(LEDGER)


def packed(here: Installation) -> bytes:
    with here.get(f"/t/{LEDGER}/export.zip") as answer:
        assert answer.content_type == "application/zip"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.data


def key_of(here: Installation) -> VerifierKey:
    return here.services.logs.keys().signers(LEDGER)[0].vkey


def test_the_checkpoint_is_signed_and_any_page_may_read_it(signed):
    answer = signed.get(f"/t/{LEDGER}/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=5"
    note = parsed(answer.data)
    note.must_be_signed_by(key_of(signed))
    assert checkpoint_of(note.text).size == signed.services.store.length(LEDGER)
    again = signed.get(f"/t/{LEDGER}/checkpoint", If_None_Match=answer.headers["ETag"])
    assert again.status_code == 304


def test_the_first_checkpoint_already_has_the_record_that_says_what_the_log_is(signed):
    (recorded,) = signed.services.store.tagged(LEDGER, "log", 0)
    assert recorded.data.log_key == str(key_of(signed))
    assert recorded.data.origin == f"zhang.example/t/{LEDGER}"
    assert recorded.data.witnesses == ("quorum none",)
    assert recorded.envelope.by.role == "operator"
    length = signed.services.store.length(LEDGER)
    publish(signed)
    assert signed.services.store.length(LEDGER) == length


def test_tiles_are_under_the_names_outside_tools_ask_for_and_never_change(signed):
    size = signed.services.store.length(LEDGER)
    answer = signed.get(f"/t/{LEDGER}/tile/entries/000.p/{size}")
    assert answer.content_type == "application/octet-stream"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    rows = signed.services.store.ledger_rows(LEDGER, -1, size)
    assert entries_of(answer.data, size) == [row.entry for row in rows]
    hashes = signed.get(f"/t/{LEDGER}/tile/0/000.p/{size}")
    assert hashes.data == b"".join(row.leaf_hash for row in rows)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001", "tile/0/000", "tile/0/0", "tile/0/x000/000", "tile/00/000.p/3", "tile/0/000.p/256",
        "tile/0/000.p/0", "tile/8/000", "tile/entries/../../checkpoint", "tile/0/..%2f..%2fcheckpoints.log",
        "tile/0/000.p/0x1", "tile/", "tile/0/１００", "tile/0/000.p/3/", "checkpoints.log", "stopped.json",
        "vkey",
    ],
)  # fmt: skip
def test_nothing_is_found_under_any_other_name(signed, path):
    problem_of(signed.get(f"/t/{LEDGER}/{path}"), 404, "path.unknown")


def test_the_policy_names_the_key_and_where_the_log_is(signed):
    found = policy_of(signed.get(f"/t/{LEDGER}/policy").data)
    assert [(one.key, one.url) for one in found.logs] == [
        (key_of(signed), f"https://zhang.example/t/{LEDGER}")
    ]
    assert found.quorum is None


def test_a_proof_is_a_file_to_keep_that_can_be_checked_without_us(signed):
    for number in range(signed.services.store.length(LEDGER)):
        answer = signed.get(f"/t/{LEDGER}/proof/{number}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{LEDGER}-{number}.tlog-proof"'
        entry = signed.get(
            f"/api/v1/ledgers/{LEDGER}/events/{number}", Accept="application/octet-stream"
        ).data
        check(proof_of(answer.data), entry, f"zhang.example/t/{LEDGER}", key_of(signed))


def test_what_is_recorded_but_not_signed_yet_is_said_to_be(signed):
    number = signed.services.store.length(LEDGER)
    assert signed.ask("open-fund", {"fund": "maintenance"} | OPENING).status_code == 201
    problem = problem_of(signed.get(f"/t/{LEDGER}/proof/{number}"), 404, "log.record-not-signed-yet")
    assert str(number) in str(problem["detail"])
    publish(signed)
    assert signed.get(f"/t/{LEDGER}/proof/{number}").status_code == 200


@pytest.mark.parametrize("number", ["999", "-1", "01", "１", "1.0", "9" * 40])
def test_there_is_no_proof_of_what_is_not_recorded(signed, number):
    problem_of(signed.get(f"/t/{LEDGER}/proof/{number}"), 404, "record.unknown")


def test_without_a_key_nothing_is_signed_and_that_is_said(here):
    for path in ("checkpoint", "policy"):
        problem_of(here.get(f"/t/{LEDGER}/{path}"), 404, "log.not-signed-yet")
    problem_of(here.get(f"/t/{LEDGER}/proof/0"), 404, "log.record-not-signed-yet")
    problem_of(here.get(f"/t/{LEDGER}/tile/0/000.p/1"), 404, "path.unknown")
    problem_of(here.get("/t/nowhere/checkpoint"), 404, "ledger.unknown")
    assert here.get(f"/t/{LEDGER}/checkpoint").headers["Access-Control-Allow-Origin"] == "*"


def test_the_pack_anybody_may_fetch_has_the_log_in_it(signed):
    with zipfile.ZipFile(io.BytesIO(packed(signed))) as pack:
        size = checkpoint_of(parsed(pack.read("log/checkpoint")).text).size
        assert pack.read("log/checkpoint") == signed.get(f"/t/{LEDGER}/checkpoint").data
        assert pack.read("log/vkey").decode() == f"{key_of(signed)}\n"
        assert pack.read("log/policy.txt") == signed.get(f"/t/{LEDGER}/policy").data
        assert parsed(pack.read("log/checkpoints.log")[:-1]) == parsed(pack.read("log/checkpoint"))
        lines = pack.read("events.jsonl").splitlines()
        assert entries_of(pack.read(f"log/tile/entries/000.p/{size}"), size) == lines[:size]
        assert "verify.py" in pack.namelist()


def test_a_pack_is_made_once_for_all_who_ask_within_a_minute(signed, monkeypatch):
    first = packed(signed)
    assert signed.ask("open-fund", {"fund": "maintenance"} | OPENING).status_code == 201
    assert packed(signed) == first
    monkeypatch.setattr("api.documents.public_pack.SECONDS_KEPT", 0.0)
    assert packed(signed) != first


def test_a_store_named_by_where_the_server_stands_gives_its_pack_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # as the demonstration does: sqlite:///var/demo
    here = Installation("sqlite:///books")
    here.begin()
    try:
        assert packed(here).startswith(b"PK")
    finally:
        here.close()


def test_a_pack_that_is_too_large_is_not_made(signed, monkeypatch):
    monkeypatch.setattr("api.documents.public_pack.BYTES_MAX", 1000)
    problem_of(signed.get(f"/t/{LEDGER}/export.zip"), 413, "pack.too-large")
    problem_of(signed.get("/t/nowhere/export.zip"), 404, "ledger.unknown")


def test_a_log_that_stopped_is_a_problem_for_who_runs_the_machine_but_the_pages_stay(signed):
    (signed.services.logs.of(LEDGER).folder / "checkpoint").write_text("nonsense")
    with pytest.raises(Exception, match="checkpoint-altered"):
        publish(signed)
    signed.catch_up()
    answer = signed.get("/readyz")
    assert f"log.stopped/{LEDGER}" in answer.get_json()["problems"]
    assert answer.status_code == 200


def test_a_key_is_replaced_by_records_of_the_ledger_with_both_signatures_around_them(signed):
    old = key_of(signed)
    keys.rotate(signed.services.logs.key_file)
    new = key_of(signed)
    before = signed.services.store.length(LEDGER)
    publish(signed)
    *_, rotated = signed.services.store.tagged(LEDGER, "log", 0)
    assert (rotated.data.kind, rotated.number) == ("log-key.rotated", before)
    assert (rotated.data.old_key, rotated.data.new_key) == (str(old), str(new))
    notes = list(signed.services.logs.of(LEDGER).notes())
    sizes = [(checkpoint_of(note.text).size, set(note.signed_by([old, new]))) for note in notes]
    assert sizes == [(before, {old}), (before, {new, old}), (before + 1, {new, old})]


def test_it_is_found_where_the_application_serves(signed):
    assert signed.app.extensions[EXTENSION] is signed.services
    assert signed.client.head(f"/t/{LEDGER}/checkpoint").status_code == 200
