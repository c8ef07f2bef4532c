"""Paper against ledger: `mingzhang verify-notice` says what a paper is, and scripts can trust its status."""

import re
import sys
from datetime import date

import pypdfium2
import pytest

from api import cli
from api import terminal as terminal_words
from api.documents.notice import notice_pdf
from api.documents.published import issued
from api.documents.verify_notice import PDF_BYTES_MAX, PDF_END, of_text
from api.words import fingerprint
from ledger.actions.disclosure import DraftDisclosure
from ledger.actions.firm_debrief import Period
from ledger.actions.suspense_entry import RecordSuspenseEntry
from projections import disclosures
from tests.api.documents.papers import ISSUED, revenue
from tests.api.documents.published_papers import (
    DISCLOSURE,
    paper_of,
    published,
    published_again,
    published_restated,
)
from tests.api.pages.books import revenue as revenue_of
from tests.api.pages.resident import LEDGER, Installation


@pytest.fixture
def here(tmp_path):
    installation = Installation(f"sqlite:///{tmp_path / 'books'}")
    installation.open_ledger()
    yield installation
    installation.close()


@pytest.fixture
def verify(tmp_path, monkeypatch, capsys):
    """Status and words of the command, in Chinese."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{tmp_path / 'books'}")
    monkeypatch.setattr(terminal_words, "LANG", "zh")

    def run(*given: object, lang: str = "zh") -> tuple[int, str]:
        monkeypatch.setattr(terminal_words, "LANG", lang)
        monkeypatch.setattr(sys, "argv", ["mingzhang", "verify-notice", *map(str, given)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out + said.err

    return run


@pytest.fixture
def file(tmp_path):
    def written(content: bytes, name: str = "notice.pdf"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def test_the_published_file_is_ours_and_the_newest(here, verify, file):
    first = published(here)
    status, said = verify(file(paper_of(here, first)))
    assert status == 0
    assert "这张纸和账本一致" in said
    assert "梧桐里公布了《2026年第三季度公共收益收支公示表》第 1 版" in said
    assert "最新的一版" in said
    assert "账上又有改动" not in said
    assert first.url in said


def test_in_english(here, verify, file):
    status, said = verify(file(paper_of(here, published(here))), lang="en")
    assert status == 0
    assert "It is the newest version." in said


def test_everything_printed_on_the_paper_finds_it(here, verify):
    first = published(here)
    digest = first.statement_sha256
    printed = [digest[start : start + 4] for start in range(0, 16, 4)]
    for given in (
        [first.code],
        [first.code.upper()],
        printed,
        [" ".join(printed)],
        [digest],
        [digest.upper()],
        [first.pdf_sha256],
        [first.pdf_sha256[:16]],
    ):
        status, said = verify(*given)
        assert (status, "第 1 版" in said) == (0, True), given


def test_letters_people_mistake_for_each_other_do_not_matter(here):
    first = published(here)
    mistaken = first.code.replace("0", "O").replace("1", "l")
    assert of_text(here.services.views, here.services.published, mistaken).published == first


def full_width(text):
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: full_width(code.upper()),
        lambda code: f"{code[:4]}-{code[4:]}",
        lambda code: f"{code[:4]}–{code[4:]}",
        lambda code: f"{code[:4]}—{code[4:]}",
        lambda code: f"{code[:4]}－{code[4:]}",
        lambda code: f"{code[:4]}−{code[4:]}",
        lambda code: f"{code}。",
        lambda code: f"\ufeff{code}",
        lambda code: f"　{code[:4]}\u00a0{code[4:]}\u200b ",
        lambda code: f"（{code}）",
    ],
)
def test_how_a_phone_or_a_program_writes_a_code_or_a_fingerprint_does_not_matter(here, typed):
    first = published(here)
    for given in (first.code, first.statement_sha256[:16], first.statement_sha256):
        assert of_text(here.services.views, here.services.published, typed(given)).published == first


def test_a_code_alone_is_genuine_only_together_with_its_fingerprint(here, verify):
    first = published(here)
    status, said = verify(first.code)
    assert status == 0
    assert "这个编码是真的，请把指纹和纸上的对一对" in said
    assert fingerprint(first.statement_sha256) in said
    assert "一致" not in said
    said = verify(first.statement_sha256[:16])[1]
    assert "这张纸和账本一致" in said
    assert "编码是真的" not in said


def test_figures_that_changed_after_it_was_published_are_told(here, verify, file):
    first = published(here)
    paper = file(paper_of(here, first))
    revenue_of(here, 75_00, date(2026, 9, 9))  # and nobody restated it
    for given in (paper, first.code, first.statement_sha256[:16]):
        status, said = verify(given)
        assert status == 0
        assert re.search("第 1 版公布以后，账上又有改动，有 [1-9][0-9]* 处变了；新的一版还没有公布。", said)
        assert f"请看：{first.url}" in said
    assert "later records changed what it shows" in verify(first.code, lang="en")[1]
    second = published_restated(here)
    assert "账上又有改动" not in verify(second.code)[1]


def test_records_of_another_time_change_nothing_on_it(here, verify):
    first = published(here)
    revenue_of(here, 75_00, date(2026, 10, 9))
    assert "账上又有改动" not in verify(first.code)[1]


def test_an_older_version_tells_what_changed_in_the_newest(here, verify):
    first, second = published(here), published_again(here)
    revenue_of(here, 20_00, date(2026, 9, 12))
    status, said = verify(first.code)
    assert status == 1
    assert "已经有了第 2 版" in said
    assert "第 2 版公布以后，账上又有改动" in said
    assert second.url in said


def test_an_older_version_names_the_newer_one_and_where_it_is(here, verify, file):
    first = published(here)
    old = file(paper_of(here, first))
    second = published_again(here)
    for given in (old, first.code, first.statement_sha256[:16]):
        status, said = verify(given)
        assert status == 1
        assert "第 1 版" in said
        assert "已经有了第 2 版" in said
        assert second.url in said
    assert verify(second.code)[0] == 0
    assert verify(file(paper_of(here, second)))[0] == 0


def test_a_forged_file_is_not_ours(here, verify, file):
    published(here)
    status, said = verify(file(notice_pdf(revenue(7), ISSUED)))
    assert status == 1
    assert "没有公布过这样一张纸" in said


def test_an_altered_copy_is_named_for_what_it_is(here, verify, file):
    first = published(here)
    original = paper_of(here, first)
    at = len(original) // 2
    altered = original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :]
    status, said = verify(file(altered))
    assert status == 1
    assert "被改动过" in said
    assert first.url in said


def test_the_english_version_of_a_published_paper_is_ours_too(here, verify, file):
    first = published(here)
    services = here.services
    row = disclosures.one(services.views, LEDGER, DISCLOSURE)
    statement = services.published.statement(LEDGER, row, row.version(1))
    english = notice_pdf(statement, issued(row, row.version(1)), "en")
    status, said = verify(file(english))
    assert (status, "第 1 版" in said) == (0, True)
    assert verify(file(english + b" "))[0] == 1
    assert first.pdf_sha256 != english


def test_a_text_no_paper_can_print_never_keeps_a_statement_from_being_published(here, verify, file):
    published(here)
    transfer = RecordSuspenseEntry(
        fund="public-revenue",
        direction="in",
        amount_fen=75_00,
        seen_on=date(2026, 9, 9),
        text="转账 😀 張陳劉華業樓廠國臺東門龍鋼",
    )
    here.record("treasurer", transfer)
    paper = paper_of(here, published_restated(here))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper)]
    printed = "".join("".join(pages).split())
    assert "转账〔U+1F600〕張陳劉華業樓廠國臺東門龍鋼" in printed
    assert verify(file(paper))[0] == 0


@pytest.mark.parametrize(
    "keywords", [b"UUUUUUUU", b"PASSWORD", b"notice", b"UNITLIST", b"7K3M9ZQ\xff", b"00000000"]
)
def test_a_pdf_with_keywords_that_are_no_code_is_not_ours(here, verify, file, keywords):
    published(here)
    status, said = verify(file(b"%PDF-1.7\n<pdf:Keywords>" + keywords + b"</pdf:Keywords>\n%%EOF"))
    assert status == 1
    assert "没有公布过这样一张纸" in said


def test_a_draft_nobody_published_is_not_ours(here, verify):
    first = published(here)
    second_quarter = Period(starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    here.record("treasurer", DraftDisclosure(disclosure="q2", table="T1", period=second_quarter))
    here.services.follower.catch_up()
    draft = disclosures.one(here.services.views, LEDGER, "q2").draft
    assert verify(draft.statement_sha256)[0] == 1
    assert verify(first.statement_sha256)[0] == 0


@pytest.mark.parametrize("given", ["00000000", "0" * 16, "f" * 64])
def test_what_was_never_published_is_not_ours(here, verify, given):
    published(here)
    status, said = verify(given)
    assert status == 1
    assert "没有公布过这样一张纸" in said
    assert "业委会" in said


@pytest.mark.parametrize(
    "given", ["", "7K3M9ZQ", "7K3M9ZQXX", "f" * 15, "f" * 65, "hello", "梧桐里", "U234567U", "’; --"]
)
def test_what_is_neither_code_nor_digest_cannot_be_read(here, verify, given):
    status, said = verify(given)
    assert status == 2
    assert "不是公示上的编码，也不是指纹" in said


def test_a_file_that_is_no_pdf_cannot_be_read(here, verify, file):
    status, said = verify(file(b"PK\x03\x04 a workbook", "notice.xlsx"))
    assert (status, "不是 PDF" in said) == (2, True)


@pytest.mark.parametrize("left", [20, -30])
def test_a_file_that_was_cut_off_is_not_complete(here, verify, file, left):
    paper = paper_of(here, published(here))
    status, said = verify(file(paper[:left]))
    assert (status, said) == (
        2,
        "文件 notice.pdf 不完整，后面缺了一截。请重新取一份，或者输入纸上的编码、指纹。\n",
    )


@pytest.mark.parametrize("address", ["{}", "{}?lang=en", "https://zhang.example/q/{}"])
def test_what_the_qr_code_holds_may_be_given_as_it_is(here, verify, address):
    first = published(here)
    code = first.code if "//" in address else f"http://127.0.0.1:8000/q/{first.code}"
    status, said = verify(address.format(code))
    assert (status, "第 1 版" in said) == (0, True)


def test_a_file_that_is_not_there_cannot_be_read(here, verify):
    assert verify("no-such-notice.pdf") == (
        2,
        "文件 no-such-notice.pdf 打不开：没有这个文件或文件夹。请检查文件。\n",
    )


def test_a_folder_called_like_a_notice_cannot_be_read(here, verify, tmp_path):
    (tmp_path / "notice.pdf").mkdir()
    assert verify(tmp_path / "notice.pdf")[0] == 2
    status, said = verify(".")
    assert (status, "文件 . 打不开" in said) == (2, True)


def test_a_file_of_fifty_megabytes_is_still_read_and_one_byte_more_is_not(here, verify, tmp_path):
    path = tmp_path / "notice.pdf"
    for size, expected in ((PDF_BYTES_MAX, 1), (PDF_BYTES_MAX + 1, 2)):
        with path.open("wb") as large:
            large.write(b"%PDF-1.7\n")
            large.truncate(size - len(PDF_END))
            large.seek(0, 2)
            large.write(PDF_END)
        status, said = verify(path)
        assert status == expected, said
    assert "50 MB" in said
