"""What a witness answers (C2SP tlog-witness v1.0.0): to what is right, and to all that is not."""

import hashlib
from pathlib import Path

import pytest

from ledger.errors import StoreBusy
from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.keys import KeyUnusable
from ledger.transparency.note import COSIGNATURE, ECDSA, Note, SigningKey, VerifierKey, parsed, signed
from ledger.transparency.policy import Party, Policy, PolicyInvalid, policy_of
from ledger.transparency.witness import REQUEST_BYTES_MAX, SIZE, Witness, logs_of
from ledger.transparency.witness_memory import MemoryUnusable, create_witness, open_witness
from tests.ledger.transparency.watched import (
    A_FRIDAY,
    LOG_KEY,
    ORIGIN,
    STRANGER,
    Clock,
    Log,
    a_witness,
    body,
    cosigned_at,
)

HASH = hashlib.sha256(ORIGIN.encode()).hexdigest()
HISTORY = Log(90)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def witness(tmp_path: Path, clock: Clock) -> Witness:
    return a_witness(tmp_path, "w1.example.cn", clock)


@pytest.fixture
def at_42(witness: Witness, clock: Clock) -> Witness:
    """One that has seen 42 records."""
    assert witness.add_checkpoint(HISTORY.request(0, 42)).status == 200
    return witness


def sees(witness: Witness) -> int:
    """How many records it last signed, by what it shows to anybody."""
    answer = witness.latest(HASH)
    return checkpoint_of(parsed(answer.body.encode()).text).size if answer.status == 200 else 0


# -- what is signed ----------------------------------------------------------------------------------


def test_a_log_that_grew_is_cosigned_with_the_time(witness, clock):
    answer = witness.add_checkpoint(HISTORY.request(0, 42))
    assert cosigned_at(witness, HISTORY.note(42), answer) == A_FRIDAY
    clock.now += 3600.9
    answer = witness.add_checkpoint(HISTORY.request(42, 90))
    assert cosigned_at(witness, HISTORY.note(90), answer) == A_FRIDAY + 3600
    assert sees(witness) == 90


def test_every_growth_is_signed_from_wherever_it_begins(tmp_path):
    for old in range(18):
        (tmp_path / str(old)).mkdir()
        witness = a_witness(tmp_path / str(old))
        assert witness.add_checkpoint(HISTORY.request(0, old)).status == 200
        assert witness.add_checkpoint(HISTORY.request(old, 18)).status == 200


def test_the_same_size_is_signed_again_with_a_newer_time(at_42, clock):
    clock.now += 3600
    answer = at_42.add_checkpoint(HISTORY.request(42, 42))
    assert cosigned_at(at_42, HISTORY.note(42), answer) == A_FRIDAY + 3600


def test_an_empty_log_is_a_log(witness):
    assert witness.add_checkpoint(HISTORY.request(0, 0)).status == 200
    assert witness.add_checkpoint(HISTORY.request(0, 42)).status == 200


def test_what_it_saw_last_is_shown_with_both_signatures(at_42):
    answer = at_42.latest(HASH)
    note = parsed(answer.body.encode())
    assert note.text == HISTORY.note(42).text
    assert set(note.signed_by([LOG_KEY.vkey, at_42.key.vkey])) == {LOG_KEY.vkey, at_42.key.vkey}


def test_signatures_of_others_are_left_out_of_what_is_shown(witness):
    other = SigningKey("somebody.example", bytes(32))
    note = signed(HISTORY.checkpoint(42).text, [other, LOG_KEY, STRANGER])
    assert witness.add_checkpoint(body(0, [], note)).status == 200
    shown = parsed(witness.latest(HASH).body.encode())
    assert [one.key_id for one in shown.signatures] == [LOG_KEY.vkey.id, witness.key.vkey.id]


def test_while_a_key_is_rotated_either_signs_and_both_are_shown(tmp_path):
    new = SigningKey(ORIGIN, b"the next key of the log" + bytes(9))
    witness = a_witness(tmp_path, "w1.example.cn", None, LOG_KEY, new)
    assert witness.add_checkpoint(HISTORY.request(0, 7)).status == 200
    both = signed(HISTORY.checkpoint(9).text, [new, LOG_KEY])
    assert witness.add_checkpoint(body(7, HISTORY.proof(7, 9), both)).status == 200
    assert len(parsed(witness.latest(HASH).body.encode()).signatures) == 3
    only_new = signed(HISTORY.checkpoint(12).text, [new])
    assert witness.add_checkpoint(body(9, HISTORY.proof(9, 12), only_new)).status == 200


def test_it_knows_after_a_restart_what_it_knew_before(at_42, tmp_path, clock):
    again = a_witness(tmp_path, clock=clock)
    assert again.latest(HASH) == at_42.latest(HASH)
    assert again.add_checkpoint(HISTORY.request(0, 90)).body == "42\n"


# -- what is not -------------------------------------------------------------------------------------


def test_from_another_size_than_it_saw_last_it_answers_that_size(at_42):
    for old in (0, 41, 43):
        answer = at_42.add_checkpoint(HISTORY.request(old, 90))
        assert answer == (409, "42\n", SIZE)
    assert sees(at_42) == 42


def test_a_log_that_shrinks_is_not_signed(at_42):
    assert at_42.add_checkpoint(HISTORY.request(41, 41)) == (409, "42\n", SIZE)
    assert at_42.add_checkpoint(body(42, [], HISTORY.note(41))).status == 400
    assert sees(at_42) == 42


@pytest.mark.parametrize("size", [43, 64, 90])
def test_another_history_is_not_signed(at_42, size):
    other = HISTORY.branch(41, 90)
    assert at_42.add_checkpoint(other.request(42, size)).status == 422
    assert sees(at_42) == 42


def test_another_root_of_the_same_size_is_not_signed_and_kept_as_evidence(at_42, tmp_path):
    other = HISTORY.branch(41, 42)
    assert at_42.add_checkpoint(other.request(42, 42)).status == 422
    assert at_42.add_checkpoint(other.request(0, 42)).status == 409
    (evidence,) = tmp_path.glob("fork-42-*.txt")
    kept = evidence.read_text()
    second = kept.rindex(f"{ORIGIN}\n")
    ours, theirs = parsed(kept[: second - 1].encode()), parsed(kept[second:].encode())
    assert (ours.text, theirs.text) == (HISTORY.note(42).text, other.note(42).text)
    for note in (ours, theirs):
        note.must_be_signed_by(LOG_KEY.vkey)


@pytest.mark.parametrize(
    "proof",
    [
        [],
        HISTORY.proof(42, 90)[:-1],
        [*HISTORY.proof(42, 90), bytes(32)],
        HISTORY.proof(42, 90)[::-1],
        HISTORY.proof(41, 90),
    ],
    ids=["none", "cut", "longer", "reversed", "of another size"],
)
def test_a_proof_that_proves_something_else_is_refused(at_42, proof):
    assert at_42.add_checkpoint(body(42, proof, HISTORY.note(90))).status == 422
    assert sees(at_42) == 42


def test_a_proof_where_none_belongs_is_refused(witness, at_42):
    assert at_42.add_checkpoint(body(42, [bytes(32)], HISTORY.note(42))).status == 422


def test_an_unknown_log_is_not_found(witness):
    elsewhere = SigningKey("ledger.example.cn/t/xinghuali", bytes(32))
    assert witness.add_checkpoint(Log(3, key=elsewhere).request(0, 3)).status == 404
    assert witness.latest(hashlib.sha256(b"ledger.example.cn/t/xinghuali").hexdigest()).status == 404
    assert witness.latest(HASH).status == 404
    assert witness.latest(ORIGIN).status == 404


@pytest.mark.parametrize(
    "note",
    [
        Log(3, key=STRANGER).note(3),
        Note(HISTORY.note(3).text, HISTORY.note(4).signatures),
        Note(
            HISTORY.note(3).text, (SigningKey(ORIGIN, bytes(32), COSIGNATURE).sign(HISTORY.note(3).text, 1),)
        ),
    ],
    ids=["another key", "the signature of another size", "a cosignature"],
)
def test_what_the_log_has_not_signed_is_forbidden(witness, note):
    assert witness.add_checkpoint(body(0, [], note)).status == 403
    assert sees(witness) == 0


def test_a_good_signature_does_not_carry_a_bad_one_of_the_same_key(witness):
    good, bad = HISTORY.note(3), HISTORY.note(4)
    first = Note(good.text, (*bad.signatures, *good.signatures))
    assert witness.add_checkpoint(body(0, [], first)).status == 403


NOTE = str(HISTORY.note(9))
MALFORMED = {
    "nothing": b"",
    "no blank line": b"old 0\n",
    "no checkpoint": b"old 0\n\n",
    "no old size": NOTE.encode(),
    "a leading zero": body("00", [], NOTE),
    "a sign": body("+0", [], NOTE),
    "a negative size": body("-1", [], NOTE),
    "no number": body("nine", [], NOTE),
    "digits of another script": body("٩", [], NOTE),
    "two spaces": body(" 0", [], NOTE),
    "a size beyond all": body(10**16, [], NOTE),
    "a carriage return": body("0\r", [], NOTE),
    "another word": b"size" + body(0, [], NOTE)[3:],
    "an old size beyond the checkpoint": body(10, [], NOTE),
    "sixty-four hashes": body(1, [bytes(32)] * 64, NOTE),
    "a short hash": body(1, [bytes(31)], NOTE),
    "a long hash": body(1, [bytes(33)], NOTE),
    "base64 with stray bits": b"old 1\n" + b"A" * 42 + b"B=\n\n" + NOTE.encode(),
    "a hash with a space": b"old 1\n " + b"A" * 43 + b"=\n\n" + NOTE.encode(),
    "an unsigned checkpoint": body(0, [], HISTORY.checkpoint(9).text),
    "something behind the signatures": body(0, [], NOTE + "and more\n"),
    "no line end": body(0, [], NOTE[:-1]),
    "no UTF-8": body(0, [], NOTE) + b"\xff",
    "a control character": body(0, [], NOTE.replace("\n", "\x00\n", 1)),
    "a blank line before": b"\n" + body(0, [], NOTE),
    "two lines only": body(0, [], signed(f"{ORIGIN}\n9\n", [LOG_KEY])),
    "a root of 31 bytes": body(0, [], signed(Checkpoint(ORIGIN, 9, bytes(31)).text, [LOG_KEY])),
    "a size with a leading zero": body(
        0, [], signed(NOTE.partition("\n\n")[0].replace("\n9\n", "\n09\n") + "\n", [LOG_KEY])
    ),
    "an empty log with a root": body(0, [], signed(Checkpoint(ORIGIN, 0, bytes(32)).text, [LOG_KEY])),
    "too long": body(0, [], NOTE) + b"\xe2\x80\x94 x " * REQUEST_BYTES_MAX,
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_is_refused(witness, raw):
    answer = witness.add_checkpoint(raw)
    assert answer.status == 400, answer
    assert sees(witness) == 0


def test_sixty_three_hashes_are_read(at_42):
    assert at_42.add_checkpoint(body(42, [bytes(32)] * 63, HISTORY.note(90))).status == 422


# -- the clock ---------------------------------------------------------------------------------------


def test_the_time_never_goes_back(at_42, clock):
    clock.now -= 60
    answer = at_42.add_checkpoint(HISTORY.request(42, 43))
    assert cosigned_at(at_42, HISTORY.note(43), answer) == A_FRIDAY
    clock.now = A_FRIDAY + 0.5
    assert cosigned_at(at_42, HISTORY.note(43), at_42.add_checkpoint(HISTORY.request(43, 43))) == A_FRIDAY


@pytest.mark.parametrize("now", [0, -1, 0.9, A_FRIDAY - 61])
def test_a_clock_that_cannot_be_right_signs_nothing(at_42, clock, now):
    clock.now = now
    assert at_42.add_checkpoint(HISTORY.request(42, 43)).status == 503
    assert sees(at_42) == 42


def test_a_first_signature_at_time_zero_is_none(witness, clock):
    clock.now = 0
    assert witness.add_checkpoint(HISTORY.request(0, 42)).status == 503


# -- the folder --------------------------------------------------------------------------------------


def test_a_witness_that_lost_its_memory_does_not_start(tmp_path):
    a_witness(tmp_path)
    (tmp_path / "witness.db").unlink()
    with pytest.raises(MemoryUnusable, match="memory-missing"):
        open_witness(tmp_path / "witness.key", {})
    with pytest.raises(KeyUnusable, match="exists"):
        create_witness(tmp_path / "witness.key", "w1.example.cn")


def test_a_memory_lost_while_it_runs_signs_nothing(at_42, tmp_path):
    (tmp_path / "witness.db").unlink()
    assert at_42.add_checkpoint(HISTORY.branch(3, 42).request(0, 42)).status == 503
    assert at_42.latest(HASH).status == 503
    assert not (tmp_path / "witness.db").exists()


def test_the_memory_of_another_key_is_refused(tmp_path):
    a_witness(tmp_path)
    create_witness(tmp_path / "two" / "witness.key", "w2.example.cn")
    with pytest.raises(MemoryUnusable, match="of-another"):
        open_witness(tmp_path / "two" / "witness.key", {}, tmp_path)
    with pytest.raises(MemoryUnusable, match="of-another"):
        create_witness(tmp_path / "a-new.key", "w3.example.cn")
    assert not (tmp_path / "a-new.key").exists()


def test_a_key_others_may_read_or_that_is_none_is_refused(tmp_path):
    a_witness(tmp_path)
    key = tmp_path / "witness.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o640)
    with pytest.raises(KeyUnusable, match="readable-by-others"):
        open_witness(key, {})
    key.chmod(0o600)
    key.write_text("PRIVATE+KEY+w1.example.cn+00000000+AAAA\n")
    with pytest.raises(KeyUnusable, match="malformed"):
        open_witness(key, {})
    key.write_text("")
    with pytest.raises(KeyUnusable, match="malformed"):
        open_witness(key, {})


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\there"])
def test_a_name_no_key_can_have_makes_none(tmp_path, name):
    with pytest.raises(KeyUnusable, match=r"key\.name"):
        create_witness(tmp_path / "new" / "witness.key", name)
    assert not (tmp_path / "new").exists()


def test_it_knows_the_logs_of_a_policy():
    other = SigningKey(ORIGIN, bytes(32))
    policy = policy_of(
        f"log {LOG_KEY.vkey} https://ledger.example.cn\nlog {other.vkey}\nquorum none\n".encode()
    )
    assert logs_of(policy) == {ORIGIN: (LOG_KEY.vkey, other.vkey)}


def test_a_log_whose_signatures_it_cannot_check_is_refused_at_the_start():
    policy = Policy((Party(VerifierKey(ORIGIN, ECDSA, bytes(91))),), {}, {}, None)
    with pytest.raises(PolicyInvalid, match=ORIGIN):
        logs_of(policy)


def test_a_memory_somebody_else_holds_makes_it_ask_to_try_again(at_42, monkeypatch):
    def busy(*_):
        raise StoreBusy

    monkeypatch.setattr(at_42._memory, "change", busy)
    assert at_42.add_checkpoint(HISTORY.request(42, 43)).status == 503
