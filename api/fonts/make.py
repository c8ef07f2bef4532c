"""How the fonts of printed notices are made: Chinese of everyday and of names, out of Noto Sans CJK SC.

    python api/fonts/make.py FOLDER-OF-NOTO Unihan_OtherMappings.txt

Needs fontTools; README.md says where the two come from. The same input gives the same bytes.
"""

import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
FAMILY = "MZ Sans SC"
WEIGHTS = ("Regular", "Bold")
SIMPLIFIED = "Noto Sans CJK SC"
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
NAMES_KEPT = (0, 13, 14)  # copyright and licence

SIGNS = (  # first and last of ranges: Latin, signs of money and measure, arrows, boxes, kana, punctuation
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x2B0, 0x2DD), (0x391, 0x3C9), (0x401, 0x451),
    (0x2010, 0x2027), (0x2030, 0x203B), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x218B),
    (0x2190, 0x21E7), (0x2200, 0x22FF), (0x2312, 0x2312), (0x2460, 0x24FF), (0x2500, 0x25FF),
    (0x2600, 0x2642), (0x2713, 0x2717), (0x2776, 0x2793), (0x3000, 0x303F), (0x3041, 0x30FF),
    (0x3105, 0x312F), (0x3200, 0x33FF), (0xFE30, 0xFE4F), (0xFF01, 0xFFE6),
)  # fmt: skip
IDEOGRAPHS = (0x4E00, 0x9FFF), (0xFA0E, 0xFA29)  # with the traditional ones; twelve of GBK stand apart
# met in names and in shop signs, and in no list
EXTRAS = "㗎𠮷"


def wanted(unihan: Path) -> set[int]:
    """All common Chinese characters, the rare ones of 通用规范汉字表 (2013), signs, and a few more."""
    listed = re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", unihan.read_text(encoding="utf-8"), re.MULTILINE)
    found = {int(code, 16) for code in listed} | {ord(sign) for sign in EXTRAS}
    return found.union(*(range(first, last + 1) for first, last in SIGNS + IDEOGRAPHS))


def made(collection: Path, weight: str, characters: set[int]) -> TTFont:
    """One weight, with nothing in it that a printed page does not need, under its own name."""
    fonts = TTCollection(collection, lazy=True).fonts
    font = next(one for one in fonts if one["name"].getDebugName(1) == SIMPLIFIED)
    options = subset.Options(
        layout_features=["ccmp", "kern", "mark", "mkmk"],
        drop_tables=["DSIG", "VORG", "vhea", "vmtx"],
        hinting=False,
        glyph_names=False,
        name_IDs=list(NAMES_KEPT),
        name_languages=[0x409],
        notdef_outline=True,
    )
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    font.recalcTimestamp = False
    _rename(font, weight)
    return font


def _rename(font: TTFont, weight: str) -> None:
    """OFL 1.1, clause 3, and so that it never mixes with a Noto that is installed."""
    names, plain = font["name"], f"{FAMILY.replace(' ', '')}-{weight}"
    for number, text in {
        1: FAMILY,
        2: weight,
        3: plain,
        4: f"{FAMILY} {weight}",
        6: plain,
        13: LICENCE,
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    inner = font["CFF "].cff
    inner.fontNames = [plain]
    inner.topDictIndex[0].FamilyName, inner.topDictIndex[0].FullName = FAMILY, f"{FAMILY} {weight}"


def main() -> None:
    """Make both weights, and the list of characters both of them have."""
    folder, unihan = map(Path, sys.argv[1:])
    characters, had = wanted(unihan), []
    for weight in WEIGHTS:
        font = made(folder / f"NotoSansCJK-{weight}.ttc", weight, characters)
        had.append(set(font.getBestCmap()))
        font.save(HERE / f"MZSansSC-{weight}.otf")
    listed = "".join(map(chr, sorted(set.intersection(*had))))
    (HERE / "characters.txt").write_text(listed, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
