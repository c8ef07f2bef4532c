"""The paper of a statement: an official notice, the same bytes for ever, and never a box."""

import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import msgspec
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont

from api.documents.notice import FONTS, TEMPLATE, legible, notice_pdf, printable
from api.documents.notice_layout import BREAK
from projections.statements.statement import Caution, statement_of
from tests.api.documents import papers
from tests.api.documents.papers import ISSUED, restated, revenue

ROOT = Path(__file__).parents[3]
A4_PT = (595, 842)
ELSEWHERE = {"TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "86400"}
AGAIN = (
    "import hashlib; from api.documents.notice import notice_pdf;"
    "from tests.api.documents.papers import ISSUED, revenue;"
    "print(hashlib.sha256(notice_pdf(revenue(40), ISSUED)).hexdigest())"
)


def pages(paper):
    """The words of each page, with single spaces."""
    document = pypdfium2.PdfDocument(paper)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def words(paper):
    """All words, without spaces: they depend on the type, not on the statement."""
    return "".join("".join(pages(paper)).split())


def scanned(paper):
    """What a phone reads off the last page."""
    document = pypdfium2.PdfDocument(paper)
    picture = document[len(document) - 1].render(scale=2).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_same_statement_gives_the_same_bytes():
    assert notice_pdf(revenue(40), ISSUED) == notice_pdf(statement_of(revenue(40).entry), ISSUED)


def test_the_same_bytes_on_another_machine_on_another_day(tmp_path):
    environment = {**os.environ, **ELSEWHERE, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        [sys.executable, "-c", AGAIN],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() == hashlib.sha256(notice_pdf(revenue(40), ISSUED)).hexdigest()


def test_another_day_of_publication_is_another_paper():
    assert notice_pdf(revenue(1), ISSUED) != notice_pdf(
        revenue(1), ISSUED._replace(published_on=date(2026, 10, 16))
    )


def test_the_paper_shows_the_figures_of_the_statement():
    paper = words(notice_pdf(revenue(7), ISSUED))
    for shown in (
        "梧桐里小区2026年第三季度",
        "300,337.94元",
        "人民币叁拾万零叁佰叁拾柒元玖角肆分",
        "118,642.50",
    ):
        assert shown in paper
    for row in revenue(7).section("use").rows:
        fen = row.cells["amount"]
        assert f"{fen // 100:,}.{fen % 100:02d}" in paper
    assert "合计13,303.99" in paper


def test_the_qr_code_leads_to_the_address_that_stands_beside_it_in_words():
    paper = notice_pdf(revenue(7), ISSUED)
    assert scanned(paper) == [ISSUED.url]
    last = pages(paper)[-1]
    digest = revenue(7).sha256
    assert ISSUED.url in last
    assert ISSUED.code in last
    assert f"{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]}" in last


def test_the_paper_names_who_answers_for_it_and_leaves_room_for_hands():
    paper = words(notice_pdf(revenue(7), ISSUED))
    for said in (
        "编制：财务委员",
        "复核：业委会主任",
        "签名",
        "盖章处",
        "张贴日期：",
        "张贴地点：",
        "联系人和电话：",
    ):
        assert said in paper
    assert "第0号至第1842号记录" in paper
    assert "4be1" * 16 in paper


def test_two_hundred_rows_carry_their_titles_and_their_number_over_every_page():
    paper = pages(notice_pdf(revenue(200), ISSUED))
    assert len(paper) > 5
    for number, page in enumerate(paper, start=1):
        assert f"第 {number} 页，共 {len(paper)} 页" in page
        assert "revenue-2026-q3 · 第 1 版" in page
    for page in paper[1:-2]:
        assert "序号 日期 用途" in page
    assert sum(page.count("2026-041") for page in paper) == 1
    assert "2,310,114.00" in "".join(paper)


def test_the_notice_in_english():
    paper = pages(notice_pdf(revenue(7), ISSUED, "en"))
    assert "Third quarter of 2026" in paper[0]
    assert "Total 118,642.50" in paper[0]
    assert "Prepared by: treasurer" in paper[-1]
    assert f"Page 1 of {len(paper)}" in paper[0]
    assert scanned(notice_pdf(revenue(7), ISSUED, "en")) == [ISSUED.url]


def test_cautions_are_printed_where_they_are_seen_first():
    caution = Caution(code="bank-difference", fen=1_250_00, records=(1803,))
    first = pages(notice_pdf(revenue(40, cautions=(caution,)), ISSUED))[0]
    assert "看之前先要知道的事" in first
    assert "1,250.00" in first


def test_a_restated_notice_says_so_at_its_head():
    first = "".join(pages(notice_pdf(restated(), ISSUED._replace(version=2)))[0].split())
    assert "这是第2版，代替第1版" in first
    assert "发票看错了两个数字" in first
    assert "231,505.36→231,415.36" in first


def test_a_section_without_rows_says_so():
    assert "本期没有。" in words(notice_pdf(revenue(0), ISSUED))


BY_NUMBER = "代替了这张纸印不出来的字"


@pytest.mark.parametrize(
    ("sign", "printed"), [("\U0001f600", "〔U+1F600〕"), ("\u3400", "〔U+3400〕"), ("\u0e01", "〔U+0E01〕")]
)
def test_a_character_the_font_does_not_have_is_printed_by_its_number_and_the_paper_says_so(sign, printed):
    paper = words(notice_pdf(revenue(1, counterparty=f"转账{sign}传媒"), ISSUED))
    assert f"转账{printed}传媒" in paper
    assert BY_NUMBER in paper
    assert "stands for a character" in " ".join(
        pages(notice_pdf(revenue(1, counterparty=f"转账{sign}传媒"), ISSUED, "en"))
    )


def test_a_paper_that_can_print_everything_says_nothing_of_numbers():
    assert BY_NUMBER not in words(notice_pdf(revenue(1), ISSUED))


def test_a_paper_with_characters_by_their_numbers_is_the_same_bytes_every_time():
    statement = revenue(1, counterparty="😀转账😎 \u3400")
    assert notice_pdf(statement, ISSUED) == notice_pdf(statement, ISSUED)


def test_a_column_is_wide_enough_for_the_numbers_in_it(monkeypatch):
    places = {}
    for text in ("😀", "〔U+1F600〕"):
        monkeypatch.setattr(papers, "USES", (text,))
        document = pypdfium2.PdfDocument(notice_pdf(revenue(30), ISSUED))
        read = [page.get_textpage() for page in document]
        places[text] = [
            page.get_charbox(place)
            for page in read
            for place in range(page.count_chars())
            if page.get_text_range(place, 1) == "〕"
        ]
    assert len(places["😀"]) == 30
    assert places["😀"] == places["〔U+1F600〕"]


def test_only_what_cannot_be_printed_stands_there_by_its_number():
    assert legible("转账 😀，給張三") == "转账 〔U+1F600〕，給張三"
    assert legible(f"revenue-{BREAK}2026") == f"revenue-{BREAK}2026"  # where a line may break is no character


@pytest.mark.parametrize("name", ["囍喆堃镕", "張陳劉華業樓廠國臺東門龍鋼", "龘龖𠮷㗎", "﨑﨧の・ヴ"])
def test_rare_and_traditional_characters_of_doors_and_names_can_be_printed(name):
    paper = words(notice_pdf(revenue(1, counterparty=f"{name}广告"), ISSUED))
    assert f"{name}广告" in paper
    assert BY_NUMBER not in paper


def test_every_common_chinese_character_can_be_printed():
    block = {chr(code) for code in range(0x4E00, 0x9FA6)}  # all that GBK has of it, and more
    assert block <= printable()


def test_both_weights_have_every_character_that_is_promised():
    for weight in ("Regular", "Bold"):
        font = TTFont(FONTS / f"MZSansSC-{weight}.otf")
        assert printable() == frozenset(map(chr, font.getBestCmap()))
        assert font["name"].getDebugName(1) == "MZ Sans SC"  # its own: OFL 1.1, clause 3
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_what_somebody_wrote_is_printed_and_never_obeyed():
    hostile = '#panic("x") $x$ *b* \\u{41} @preview <a> "q"'
    assert "".join(hostile.split()) in words(notice_pdf(revenue(1, counterparty=hostile), ISSUED)).replace(
        "\u200b", ""
    )


def test_the_paper_can_be_read_aloud():
    paper = notice_pdf(revenue(7), ISSUED)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper
    assert b"/Lang(zh-CN)" in paper
    assert b"/Marked true" in paper
    assert f"二维码，内容是网址 {ISSUED.url}".encode("utf-16-be").hex().upper().encode() in paper.upper()


def test_nothing_on_the_paper_is_fetched():
    template = TEMPLATE.read_text(encoding="utf-8")
    assert not re.search(r"@preview|#?import\b|http|read\(", template)
    assert re.findall(r"image\((\w+)\(", template) == ["bytes"]


@pytest.mark.parametrize("rows", [1, 3, 4, 30])
def test_a_table_too_wide_for_the_paper_stays_on_it(rows):
    """Eighteen columns: beside each other, on paper laid on its side, or with columns as rows."""
    statement = revenue(rows)
    use = statement.section("use")
    more = tuple(
        msgspec.structs.replace(
            use.columns[4], name=f"more_{number}", zh=f"第{number}次付款金额", en=f"Payment {number}"
        )
        for number in range(10)
    )
    lines = tuple(
        msgspec.structs.replace(
            line, cells={**line.cells, **{one.name: 1_234_567_00 + place for place, one in enumerate(more)}}
        )
        for line in use.rows
    )
    wide = msgspec.structs.replace(use, columns=(*use.columns, *more), rows=lines)
    sections = tuple(wide if one.name == "use" else one for one in statement.sections)
    paper = notice_pdf(msgspec.structs.replace(statement, sections=sections), ISSUED)
    assert words(paper).count("1,234,567.09") == rows
    for page in pypdfium2.PdfDocument(paper):
        assert sorted(map(round, page.get_size())) == sorted(A4_PT)
        right, text = page.get_size()[0] - 40, page.get_textpage()
        assert max(text.get_charbox(place)[2] for place in range(text.count_chars())) <= right
