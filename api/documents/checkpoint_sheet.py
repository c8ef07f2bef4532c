"""The checkpoint for the notice board: what hangs there, or was photographed, no operator can call back."""

import json
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import typst

from api import verifiers, words
from api.documents.notice import FONTS, legible, qr_svg
from api.languages import phrase
from ledger.rules.semantics import legal_day
from ledger.transparency.looking import Shown
from ledger.transparency.note import encoded

TEMPLATE = Path(__file__).with_name("checkpoint_sheet.typ")
LABELS = (
    "title", "lead", "what", "ledger", "records", "root", "since", "witnesses", "how", "link", "note", "key",
    "key-use", "verifiers", "verifiers-use", "limits",
)  # fmt: skip
STEPS = 3
ROOT_LINE = 24  # of 44 characters: two lines of fours
QR_BYTES_MAX = 1000  # a code beyond version 25 cannot be read off a board


class Board(NamedTuple):
    """What stands on the sheet beside the checkpoint. `url`: of the page that checks; `vkey`: of the log."""

    community: str
    url: str
    vkey: str
    witnesses: tuple[str, ...]


def checkpoint_sheet(seen: Shown, board: Board, language: str = "zh") -> bytes:
    """A PDF of one page. Same checkpoint, same bytes."""
    data = legible(json.dumps(_page(seen, board, language), ensure_ascii=False, sort_keys=True))
    made: bytes = typst.compile(
        TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    return made


def _page(seen: Shown, board: Board, language: str) -> dict[str, object]:
    def said(label: str) -> str:
        return phrase(language, f"checkpoint-sheet.{label}")

    checkpoint, day = seen.checkpoint, legal_day(seen.since)
    root = encoded(checkpoint.root)
    # what witnesses added may be too long for a code; the three lines and our own signature are enough
    own = tuple(one for one in seen.note.signatures if one.name == checkpoint.origin)
    note = str(seen.note)
    if len(note.encode()) > QR_BYTES_MAX:
        note = str(seen.note._replace(signatures=own))
    return {
        "language": language,
        "date": [day.year, day.month, day.day],
        "community": board.community,
        "said": {label: said(label) for label in LABELS},
        "steps": [said(f"step-{step}") for step in range(1, STEPS + 1)],
        "origin": checkpoint.origin,
        "size": words.count(checkpoint.size),
        "root": [words.fingerprint(half, ROOT_LINE) for half in (root[:ROOT_LINE], root[ROOT_LINE:])],
        "since": words.chinese_instant(seen.since, "en" if language == "en" else words.CHINESE),
        "witnesses": "、".join(board.witnesses) if board.witnesses else said("no-witnesses"),
        "vkey": board.vkey,
        "verifiers": {name: words.fingerprint(digest, 64) for name, digest in verifiers.digests().items()},
        "link": qr_svg(f"{board.url}?checkpoint={quote(checkpoint.text, safe='')}"),
        "note": qr_svg(note),
    }
