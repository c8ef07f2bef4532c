"""The sheet for the notice board: what is typed or scanned off it is the checkpoint."""

import hashlib
from datetime import UTC, datetime
from importlib import resources
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
import zxingcpp

from api.documents.checkpoint_sheet import Board, checkpoint_sheet
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.kept import kept_of
from ledger.transparency.looking import Shown
from ledger.transparency.note import COSIGNATURE, SigningKey, encoded, parsed, signed
from tests.api.endpoints.installation import LEDGER, Installation
from tests.api.signing import sign

KEY = SigningKey("zhang.example/t/wutongli", b"a log key for tests".ljust(32))
CHECKPOINT = Checkpoint(KEY.vkey.name, 12_680, bytes(range(200, 232)))
BOARD = Board("梧桐里小区", "https://zhang.example/c/wutongli/verify", str(KEY.vkey), ())
SINCE = datetime(2026, 11, 20, 1, 46, 18, tzinfo=UTC)


def seen(witnesses: int = 0) -> Shown:
    cosigners = [SigningKey(f"w{one}.example", bytes([one] * 32), COSIGNATURE) for one in range(witnesses)]
    return Shown(signed(CHECKPOINT.text, [KEY, *cosigners], 1_795_139_178), CHECKPOINT, SINCE)


def scanned(paper: bytes) -> list[str]:
    """What a phone reads, from left to right."""
    (page,) = pypdfium2.PdfDocument(paper)
    codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    return [code.text for code in sorted(codes, key=lambda code: code.position.top_left.x)]


def squeezed(paper: bytes) -> str:
    """All words, without spaces: they depend on the type."""
    (page,) = pypdfium2.PdfDocument(paper)
    return "".join(page.get_textpage().get_text_range().replace("\u200b", "").split())


def test_the_same_checkpoint_gives_the_same_bytes():
    assert checkpoint_sheet(seen(), BOARD) == checkpoint_sheet(seen(), BOARD)


def test_the_left_code_opens_the_page_that_checks_with_the_three_lines_filled_in():
    address = urlsplit(scanned(checkpoint_sheet(seen(), BOARD))[0])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BOARD.url
    assert kept_of(parse_qs(address.query)["checkpoint"][0]).checkpoint == CHECKPOINT


@pytest.mark.parametrize("witnesses", [0, 2, 5])
def test_the_right_code_is_the_whole_signed_checkpoint(witnesses):
    text = scanned(checkpoint_sheet(seen(witnesses), BOARD))[1]
    assert text == str(seen(witnesses).note)


def test_what_many_witnesses_added_is_left_out_of_a_code_nobody_could_scan():
    note = parsed(scanned(checkpoint_sheet(seen(12), BOARD))[1].encode())
    note.must_be_signed_by(KEY.vkey)
    assert note == seen().note


@pytest.mark.parametrize(
    ("language", "labels"), [("zh", ("账本", "条数", "指纹")), ("en", ("Ledger", "Records", "Fingerprint"))]
)
def test_typed_off_the_sheet_it_is_the_checkpoint(language, labels):
    words = squeezed(checkpoint_sheet(seen(), BOARD, language))
    ledger, records, root = labels
    assert f"{ledger}{CHECKPOINT.origin}{records}12,680{root}{encoded(CHECKPOINT.root)}" in words
    assert kept_of(f"{CHECKPOINT.origin}\n12,680\n{encoded(CHECKPOINT.root)}").checkpoint == CHECKPOINT


def test_it_says_since_when_who_witnessed_it_and_which_key_to_compare():
    words = squeezed(checkpoint_sheet(seen(), BOARD))
    assert "梧桐里小区本账检查点" in words
    assert "签名时间2026年11月20日09:46" in words
    assert "还没有别的单位作见证" in words
    assert str(KEY.vkey) in words
    witnessed = checkpoint_sheet(seen(), BOARD._replace(witnesses=("street", "audit")))
    assert "见证street、audit" in squeezed(witnessed)


@pytest.mark.parametrize("name", ["verify.html", "verify.py"])
def test_it_says_by_what_the_tools_are_known(name):
    digest = hashlib.sha256(resources.files("ledger.verifier").joinpath(name).read_bytes()).hexdigest()
    assert f"{name}{digest}" in squeezed(checkpoint_sheet(seen(), BOARD))


def test_a_name_with_a_character_no_letter_exists_for_still_gives_a_sheet():
    words = squeezed(checkpoint_sheet(seen(), BOARD._replace(community="梧桐里🏠")))
    assert "〔U+1F3E0〕" in words


def test_it_is_found_beside_the_checkpoint_and_in_the_language_of_the_reader(tmp_path):
    here = Installation(f"sqlite:///{tmp_path / 'books'}")
    here.begin()
    here.services.follower.catch_up()
    assert here.get(f"/t/{LEDGER}/checkpoint.pdf").status_code == 404
    sign(here.services, tmp_path)
    answer = here.get(f"/t/{LEDGER}/checkpoint.pdf")
    assert answer.content_type == "application/pdf"
    link, note = scanned(answer.data)
    assert link.startswith(
        "https://zhang.example/c/wutongli/verify?checkpoint=zhang.example%2Ft%2Fwutongli%0A"
    )
    assert note.encode() == here.get(f"/t/{LEDGER}/checkpoint").data
    english = here.get(f"/t/{LEDGER}/checkpoint.pdf", Accept_Language="en")
    assert "Checkpointoftheledger" in squeezed(english.data)
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    here.services.close()
