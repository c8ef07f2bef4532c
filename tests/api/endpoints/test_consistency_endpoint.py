"""What a browser that kept a checkpoint asks for, and the bytes a proof is a proof of."""

from pathlib import Path

import pytest

from ledger.envelope import leaf_hash
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.merkle import ProofInvalid, check_consistency
from ledger.transparency.note import decoded, parsed
from tests.api.endpoints.installation import LEDGER, OPENING, Installation, problem_of
from tests.api.signing import sign


@pytest.fixture
def signed(here: Installation, tmp_path: Path) -> Installation:
    sign(here.services, tmp_path)
    return here


def grown(here: Installation, old: int) -> tuple[Checkpoint | None, list[bytes]]:
    answer = here.get(f"/t/{LEDGER}/consistency?old={old}")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.get_json()
    hashes = [decoded(one, "hash") for one in told["hashes"]]
    note = told["checkpoint"]
    return (checkpoint_of(parsed(note.encode()).text) if note else None), hashes


def now(here: Installation) -> Checkpoint:
    return checkpoint_of(parsed(here.get(f"/t/{LEDGER}/checkpoint").data).text)


def test_the_proof_shows_that_the_ledger_extends_what_was_kept(signed, tmp_path):
    kept = now(signed)
    assert signed.ask("open-fund", {"fund": "maintenance"} | OPENING).status_code == 201
    sign(signed.services, tmp_path)
    found, hashes = grown(signed, kept.size)
    assert found == now(signed)
    check_consistency(kept.size, found.size, hashes, kept.root, found.root)
    with pytest.raises(ProofInvalid):
        check_consistency(kept.size, found.size, hashes, bytes(32), found.root)


def test_the_size_of_today_and_the_first_visit_need_no_hashes(signed):
    for old in (0, now(signed).size):
        assert grown(signed, old) == (now(signed), [])


def test_a_size_that_is_no_longer_there_gets_the_checkpoint_without_a_proof(signed):
    assert grown(signed, now(signed).size + 7) == (now(signed), [])
    assert grown(signed, 2**53 - 1) == (now(signed), [])


def test_a_ledger_that_was_never_signed_says_so_without_an_error(here):
    assert grown(here, 0) == (None, [])


@pytest.mark.parametrize("old", ["", "-1", "x", "1.0", "01", "1" * 40, str(2**53), "１"])
def test_what_is_no_size_is_refused(signed, old):
    problem = problem_of(signed.get(f"/t/{LEDGER}/consistency?old={old}"), 400, "query.malformed")
    assert problem["errors"][0]["pointer"] == "/old"


def test_there_is_nothing_of_a_ledger_that_is_none(here):
    for name in ("consistency?old=0", "checkpoint.pdf"):
        problem_of(here.get(f"/t/nowhere/{name}"), 404, "ledger.unknown")
    problem_of(here.get("/t/nowhere/entry/0"), 404, "record.unknown")


def test_the_bytes_of_a_record_are_those_that_were_hashed(signed):
    for row in signed.services.store.ledger_rows(LEDGER, -1, 100):
        answer = signed.get(f"/t/{LEDGER}/entry/{row.number}")
        assert leaf_hash(answer.data) == row.leaf_hash
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{LEDGER}-{row.number}.json"'


@pytest.mark.parametrize("number", ["999", "-1", "01", "x", "9" * 16, "9" * 40])
def test_there_are_no_bytes_of_what_is_not_recorded(signed, number):
    problem_of(signed.get(f"/t/{LEDGER}/entry/{number}"), 404, "record.unknown")
