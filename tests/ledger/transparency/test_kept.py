"""A checkpoint from a photograph or a paper, against the log of today: it agrees, or it is an alarm."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.kept import TEXT_MAX, Compared, compared, kept_of
from ledger.transparency.log_folder import LogFolder
from ledger.transparency.note import NoteInvalid, SigningKey, encoded, signed
from ledger.transparency.tiles import Tile
from tests.ledger.story import WUTONGLI
from tests.ledger.transparency.publishing import PREFIX, Office

ORIGIN = f"{PREFIX}/{WUTONGLI}"
ROOT = "Lpdnxzw0DMA/ILLKHV6bmQGZ5qTGAcY32MEsBrg2/Ek="
PLAIN = f"{ORIGIN}\n1268\n{ROOT}\n"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    office = Office(sqlite_url, tmp_path)
    yield office
    office.close()


def judged(office: Office, text: str) -> Compared:
    found = compared(office.log, kept_of(text), [office.key])
    assert found is not None
    return found


# -- reading what somebody typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN,
        PLAIN.strip(),
        PLAIN.replace("\n", "\r\n"),
        f"\n\n  {ORIGIN}  \n\n１２６８\n{ROOT}",
        f"{ORIGIN}\n1,268\nLpdn xzw0 DMA/ ILLK HV6b mQGZ 5qTG AcY3 2MEs Brg2 /Ek=",
        f"{ORIGIN}\n1 268\nLpdn xzw0 DMA/ ILLK HV6b mQGZ\n5qTG AcY3 2MEs Brg2 /Ek=\n",
    ],
    ids=["plain", "no last newline", "a form's newlines", "full width", "in fours", "on two lines"],
)
def test_how_it_was_typed_does_not_matter(typed):
    assert kept_of(typed).checkpoint.text == PLAIN


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "checkpoint"),
        (f"{ORIGIN}\n1268", "checkpoint"),
        (f"{ORIGIN}\n12 or so\n{ROOT}", "checkpoint-size"),
        (f"{ORIGIN}\n-3\n{ROOT}", "checkpoint-size"),
        (f"{ORIGIN}\n012\n{ROOT}", "checkpoint-size"),
        (f"{ORIGIN}\n1268\n{ROOT[:-2]}", "checkpoint-root"),
        (f"{ORIGIN}\n1268\n{ROOT.replace('Ek=', 'El=')}", "checkpoint-root"),
        (f"{ORIGIN}\n1268\n{ROOT}\nthank you", "checkpoint-root"),
        (f"{ORIGIN}\n0\n{ROOT}", "checkpoint-root"),
        (f"{PLAIN}\n— nobody\n", "signature-line"),
        ("9" * (TEXT_MAX + 1), "too-long"),
    ],
)
def test_what_is_no_checkpoint_is_said_to_be_none(typed, reason):
    with pytest.raises(NoteInvalid) as refused:
        kept_of(typed)
    assert refused.value.details["reason"] == reason


@given(st.text(max_size=300) | st.lists(st.sampled_from(PLAIN + "— \n"), max_size=200).map("".join))
def test_whatever_is_typed_is_read_or_refused(text):
    with suppress(NoteInvalid):
        kept = kept_of(text).checkpoint
        assert kept_of(kept.text).checkpoint == kept


# -- what became of it --------------------------------------------------------------------------------


def test_every_checkpoint_there_ever_was_agrees_with_a_log_that_grew(office):
    notes = []
    for more in (0, 1, 1, 5, 300):
        office.record(more)
        office.publish()
        notes.append((str(office.log.newest()), office.seen()))
    for note, checkpoint in notes:
        assert judged(office, note) == Compared(checkpoint, "extended", True, office.length)
        assert judged(office, checkpoint.text) == Compared(checkpoint, "extended", False, office.length)


def test_another_root_for_the_same_records_is_an_alarm_and_with_our_signature_it_is_evidence(office):
    office.record(20)
    office.publish()
    forged = Checkpoint(ORIGIN, 12, bytes(32))
    typed = judged(office, forged.text)
    assert (typed.verdict, typed.is_signed, typed.is_alarm) == ("rewritten", False, True)
    shown_once = str(signed(forged.text, office.signing.keys().signers(WUTONGLI)))
    assert judged(office, shown_once) == Compared(forged, "rewritten", True, office.length)


def test_records_that_are_gone_are_an_alarm(office):
    office.publish()
    seen = office.seen()
    more = judged(office, seen._replace(size=seen.size + 1).text)
    assert (more.verdict, more.is_alarm, more.size) == ("shrunk", True, seen.size)


def test_a_log_published_anew_with_other_records_is_found_out_by_whoever_kept_the_first(office):
    office.record(6)
    office.publish()
    kept = str(office.log.newest())
    number = office.length - 2
    office.alter(number, consistently=True)
    office.forget_log()
    office.publish()
    found = judged(office, kept)
    assert (found.verdict, found.is_signed) == ("rewritten", True)


def test_a_checkpoint_of_another_log_is_no_alarm(office):
    office.publish()
    found = judged(office, Checkpoint("elsewhere.example/t/xinghuali", 3, bytes(32)).text)
    assert (found.verdict, found.is_alarm) == ("other-log", False)


def test_a_signature_that_does_not_fit_its_three_lines_is_said_to_be_wrong(office):
    office.publish()
    note = str(office.log.newest()).replace(f"\n{office.length}\n", f"\n{office.length - 1}\n")
    found = judged(office, note)
    assert (found.verdict, found.is_alarm) == ("signed-wrongly", False)


def test_the_signature_of_a_stranger_counts_for_nothing(office):
    office.publish()
    stranger = SigningKey("stranger.example", bytes(range(32)))
    note = str(signed(office.seen().text, [stranger]))
    assert judged(office, note) == Compared(office.seen(), "extended", False, office.length)


def test_tiles_that_cannot_be_read_prove_nothing_and_accuse_nobody(office):
    office.record(9)
    old = office.publish()
    office.record(9)
    size = office.publish().size
    (office.log.folder / Tile(0, 0, size).path).unlink()
    assert judged(office, old.text).verdict == "unreadable"


def test_tiles_that_are_not_what_was_signed_do_not_agree(office):
    office.record(9)
    old = office.publish()
    office.record(9)
    path = office.log.folder / Tile(0, 0, office.publish().size).path
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    assert judged(office, old.text).verdict == "rewritten"


def test_where_nothing_was_signed_there_is_nothing_to_compare_with(tmp_path):
    assert compared(LogFolder(tmp_path / "nowhere"), kept_of(PLAIN), []) is None
    assert encoded(kept_of(PLAIN).checkpoint.root) == ROOT
