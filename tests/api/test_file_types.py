"""What is taken in is what its name says, and of a picture nothing is kept but what is seen."""

import io
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

from api import file_types
from api.errors import NotTaken, TooLarge
from api.file_types import CSV, PDF, XLSX, label, taken
from ledger.errors import LedgerError

PAPER = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
UPRIGHT, TURNED_LEFT = 1, 8
ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def photo(form: str = "JPEG", *, width: int = 60, height: int = 40, turned: int = UPRIGHT) -> bytes:
    """A photo of a lift, red on its left half, with where and by what it was taken."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = turned, "HUAWEI of Zhang San"
    exif.get_ifd(GPS)[2] = (31.0, 8.0, 44.0)
    written = io.BytesIO()
    picture.save(written, form, exif=exif, icc_profile=b"made for the phone of Zhang San")
    return written.getvalue()


def workbook(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in parts.items():
            packed.writestr(f"xl/{name}.bin", content)
    return written.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_where_and_by_what_it_was_taken(form: str) -> None:
    given = photo(form)
    assert b"Zhang San" in given
    kept = taken("电梯.jpg", given)
    assert kept.type == f"image/{form.lower()}"
    assert b"Zhang San" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert (picture.format, picture.size) == (form, (60, 40))
        assert not dict(picture.getexif())
        assert not set(picture.info) & {"exif", "icc_profile", "comment", "xmp"}


def test_a_picture_taken_with_the_phone_held_upright_stands_upright() -> None:
    with Image.open(io.BytesIO(taken("电梯.jpg", photo(turned=TURNED_LEFT)).content)) as picture:
        assert picture.size == (40, 60)
        red, _, blue = picture.getpixel((20, 55))  # type: ignore[misc]
        assert (red > 200, blue < 100) == (True, True)


def test_what_is_seen_through_stays_so() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(written, "PNG")
    with Image.open(io.BytesIO(taken("章.png", written.getvalue()).content)) as picture:
        assert picture.getpixel((0, 0)) == (255, 0, 0, 0)


def test_what_hid_behind_a_picture_is_gone() -> None:
    for hidden in (b"<script>alert(1)</script>", workbook(), PAPER):
        kept = taken("电梯.jpg", photo() + hidden)
        assert hidden[:20] not in kept.content
        assert kept == taken("电梯.jpg", photo())


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_drawn() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 200_000
    with pytest.raises(TooLarge, match=r"upload\.too-many-pixels"):
        taken("bomb.png", bomb.getvalue())


@pytest.mark.parametrize("size", [(5_000, 5_001), (10_000, 9_000), (14_000, 14_000)])
def test_more_pixels_than_a_phone_takes_are_refused_whatever_pillow_thinks_of_them(
    size: tuple[int, int],
) -> None:
    large = io.BytesIO()
    Image.new("1", size).save(large, "PNG")
    with pytest.raises(TooLarge, match=r"upload\.too-many-pixels"):
        taken("large.png", large.getvalue())


def test_a_picture_of_as_many_pixels_as_are_taken_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "PIXELS_MAX", 2_400)
    assert taken("电梯.jpg", photo(width=60, height=40)).type == "image/jpeg"
    with pytest.raises(TooLarge):
        taken("电梯.jpg", photo(width=60, height=41))


def test_pdf_workbook_and_table_are_kept_as_they_are() -> None:
    table = '日期,摘要,收入\n2026-03-05,电梯广告,"8,400.00"\n'
    assert taken("发票.PDF", PAPER) == (PAPER, PDF)
    assert taken("一季度账.xlsx", workbook()) == (workbook(), XLSX)
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert taken("流水.csv", table.encode(encoding)) == (table.encode(encoding), CSV)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("电梯.jpg", "这不是照片".encode(), "upload.no-picture"),
        ("电梯.jpg", PAPER, "upload.no-picture"),
        ("电梯.jpg", photo()[:300], "upload.no-picture"),
        ("电梯.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "upload.no-picture"),
        ("电梯.jpg", b"GIF89a" + b"\0" * 100, "upload.no-picture"),
        ("电梯.jpg", b"", "upload.empty"),
        ("发票.pdf", photo(), "upload.no-pdf"),
        ("发票.pdf", PAPER[:30], "upload.no-pdf"),
        ("发票.pdf", b"MZ" + PAPER, "upload.no-pdf"),
        ("账.xlsx", b"PK\x03\x04" + b"\0" * 100, "upload.no-workbook"),
        ("账.xlsx", PAPER, "upload.no-workbook"),
        ("账.xlsx", workbook(vbaProject=b"Auto_Open"), "upload.macros"),
        ("流水.csv", b"\xff\xfe\x00\x01", "upload.no-table"),
        ("流水.csv", b"a,b\0c", "upload.no-table"),
        ("流水.csv", photo(), "upload.no-table"),
        ("网页.html", b"<script>alert(1)</script>", "upload.kind"),
        ("图.svg", b"<svg onload='alert(1)'/>", "upload.kind"),
        ("电梯.heic", b"\0\0\0\x18ftypheic", "upload.kind"),
        ("没有后缀", PAPER, "upload.kind"),
        ("pdf", PAPER, "upload.kind"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(NotTaken) as refused:
        taken(name, content)
    assert refused.value.code == code


def test_a_small_file_that_grows_beyond_the_limit_when_drawn_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_types, "FILE_BYTES_MAX", 100)
    with pytest.raises(TooLarge, match=r"upload\.too-large"):
        taken("电梯.jpg", photo())


HOSTILE: list[Callable[[bytes], bytes]] = [
    lambda picture: picture[:20] + b"\xff" * 40 + picture[60:],
    lambda picture: picture[: len(picture) // 2],
    lambda picture: picture[:2] + b"\xff\xe1\xff\xff" + picture[2:],
    lambda picture: picture[:4] + picture,
]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("spoil", HOSTILE)
def test_a_spoilt_picture_is_drawn_or_refused_and_nothing_else(
    form: str, spoil: Callable[[bytes], bytes]
) -> None:
    try:
        kept = taken("电梯.jpg", spoil(photo(form)))
    except LedgerError as refused:
        left = refused.code.encode()
    else:
        left = kept.content
    assert left
    assert b"Zhang San" not in left


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("发票.pdf", "发票.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Zhang San\\发票.pdf", "发票.pdf"),
        ("/", ""),
        ("e\u0301.pdf", "\u00e9.pdf"),  # as a Mac writes it
    ],
)
def test_a_name_is_only_a_label(given: str, known: str) -> None:
    assert label(given) == known
