"""What files are taken in: each must be what its name says, by its own bytes, and is kept harmless.

A picture is drawn anew: where and with what it was taken is dropped, and so is whatever hid behind it.
"""

import io
import re
import threading
from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple
from unicodedata import normalize

from PIL import Image, ImageOps

from api.errors import NotTaken, TooLarge

FILE_MIB_MAX = 10
FILE_BYTES_MAX = FILE_MIB_MAX * 1024 * 1024
PIXELS_MAX = 25_000_000  # what a phone takes unless told otherwise; drawn, it is 75 MB
DRAWING: dict[str, dict[str, int]] = {  # as hard as a hostile picture may make us work: a second or two
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": 88, "method": 1},
}
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF, CSV = "application/pdf", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_drawing = threading.Lock()  # one picture at a time, or a few hostile ones would take all memory


class Taken(NamedTuple):
    """A file as it is kept."""

    content: bytes
    type: str


def taken(name: str, content: bytes) -> Taken:
    """A file as it will be kept. Errors: `NotTaken`, `TooLarge`."""
    read = _READERS.get(PurePath(name).suffix.lower())
    if read is None:
        raise NotTaken("upload.kind", name=name, endings=tuple(_READERS))
    if not content:
        raise NotTaken("upload.empty", name=name)
    kept = read(name, content)
    if len(kept.content) > FILE_BYTES_MAX:
        raise TooLarge("upload.too-large", mib_max=FILE_MIB_MAX)
    return kept


def label(name: str) -> str:
    """The last part of a name, as every system writes it: no folders, one form of each letter."""
    return normalize("NFC", re.split(r"[/\\]", name)[-1]).strip()


def _picture(name: str, content: bytes) -> Taken:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
            if picture.width * picture.height > PIXELS_MAX:  # known before anything is drawn
                raise TooLarge("upload.too-many-pixels", pixels_max=PIXELS_MAX)
            with _drawing:
                return Taken(_drawn(picture), PICTURES[str(picture.format)])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("upload.too-many-pixels", pixels_max=PIXELS_MAX) from error
    except TooLarge:
        raise
    except Exception as error:  # a hostile file finds many ways to fail, and every one means the same
        raise NotTaken("upload.no-picture", name=name) from error


def _drawn(picture: Image.Image) -> bytes:
    form, drawn = str(picture.format), io.BytesIO()
    ImageOps.exif_transpose(picture, in_place=True)
    clear = picture.has_transparency_data and form != "JPEG"
    mode = "RGBA" if clear else "L" if picture.mode in ("1", "L") else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)  # a copy costs as much memory again
    plain.info.clear()  # a profile, a comment, a place: Pillow would write some of them again
    plain.save(drawn, form, **DRAWING[form])
    return drawn.getvalue()


def _pdf(name: str, content: bytes) -> Taken:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise NotTaken("upload.no-pdf", name=name)
    return Taken(content, PDF)


def _workbook(name: str, content: bytes) -> Taken:
    """Names inside a ZIP stand in the open; it is not unpacked, so it cannot blow up."""
    parts = (b"[Content_Types].xml", b"xl/workbook.xml")
    if not content.startswith(b"PK\x03\x04") or not all(part in content for part in parts):
        raise NotTaken("upload.no-workbook", name=name)
    if b"vbaProject.bin" in content:
        raise NotTaken("upload.macros", name=name)
    return Taken(content, XLSX)


def _table(name: str, content: bytes) -> Taken:
    for encoding in ("utf-8", "gb18030"):  # as banks write them
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTED.search(text):
            return Taken(content, CSV)
        break
    raise NotTaken("upload.no-table", name=name)


_READERS: dict[str, Callable[[str, bytes], Taken]] = {
    ".jpg": _picture,
    ".jpeg": _picture,
    ".png": _picture,
    ".webp": _picture,
    ".pdf": _pdf,
    ".xlsx": _workbook,
    ".csv": _table,
}
