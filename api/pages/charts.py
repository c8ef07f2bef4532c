"""The column chart of twelve months, as coordinates: the template only draws what stands here."""

from typing import NamedTuple

from api.words import CHINESE, MINUS

GRID_LINES = 4
FEN_IN_YUAN = 100


class Month(NamedTuple):
    """What came in and went out in one month, in fen."""

    year: int
    month: int
    in_fen: int
    out_fen: int


class Size(NamedTuple):
    """One drawing: a scaled chart has 7 px text on a phone, so a narrow and a broad one are sent."""

    name: str
    width: int
    height: int
    text: float
    every: int  # which months are named: each, or each third

    @property
    def has_room(self) -> bool:
        """Whether the names of months can carry their 月."""
        return self.width / 12 * self.every > 3 * self.text


NARROW, NARROW_LARGE = Size("narrow", 340, 262, 14, 1), Size("narrow", 340, 290, 19.5, 3)
BROAD, BROAD_LARGE = Size("broad", 920, 330, 15.5, 1), Size("broad", 920, 350, 21, 1)


class Column(NamedTuple):
    """One bar from the ground up."""

    x: float
    y: float
    width: float
    height: float
    part: str  # in | out


class Text(NamedTuple):
    """A word in the drawing and where its baseline stands."""

    x: float
    y: float
    anchor: str
    words: str
    quiet: bool = False


class Chart(NamedTuple):
    """A drawing, ready to be written out."""

    size: Size
    lines: tuple[tuple[float, float, float], ...]  # x1, x2, y; the ground first
    columns: tuple[Column, ...]
    texts: tuple[Text, ...]


def column_chart(months: list[Month], size: Size, lang: str) -> Chart:
    """Income beside spending for each month, from a zero line, so that heights can be compared."""
    step = _step(max((fen for month in months for fen in (month.in_fen, month.out_fen)), default=0))
    highest = max(month_fen for month in months for month_fen in (month.in_fen, month.out_fen, step))
    top_line = -(-highest // step)
    left, right = _axis_width(top_line * step, size, lang), size.width - 6
    ground, ceiling = round(size.height - 2.5 * size.text, 1), size.text * 1.6

    def height(fen: int) -> float:
        return round((ground - ceiling) * max(fen, 0) / (top_line * step), 1)

    lines, texts, columns = [], [], []
    for tick in range(top_line + 1):
        y = round(ground - height(tick * step), 1)
        lines.append((left, float(right), y))
        texts.append(
            Text(left - 5, round(y + size.text * 0.35, 1), "end", axis_label(tick * step, lang), quiet=True)
        )
    slot = (right - left) / len(months)
    bar = round(slot * 0.36, 1)
    for index, month in enumerate(months):
        middle = left + slot * (index + 0.5)
        for part, fen, x in (("in", month.in_fen, middle - bar - 0.5), ("out", month.out_fen, middle + 0.5)):
            if fen > 0:
                tall = max(height(fen), 1.0)
                columns.append(Column(round(x, 1), round(ground - tall, 1), bar, tall, part))
    texts += _month_texts(months, left, slot, ground, size, lang)
    return Chart(size, tuple(lines), tuple(columns), tuple(texts))


def axis_label(fen: int, lang: str) -> str:
    """A round amount in few characters: `2万`, `0.5万`, in English `20k`; below a thousand plain yuan."""
    yuan = fen // FEN_IN_YUAN
    sign = MINUS if yuan < 0 else ""
    for unit, word in (
        ((1_0000_0000, "亿"), (1_0000, "万")) if lang == CHINESE else ((1_000_000, "m"), (1000, "k"))
    ):
        if abs(yuan) * 2 >= unit:
            tenths = abs(yuan) * 10 // unit
            return f"{sign}{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{word}"
    return f"{sign}{abs(yuan):,}"


def _step(highest_fen: int) -> int:
    """The distance of the grid lines: 1, 2 or 5 times a power of ten yuan, four lines at most."""
    power = FEN_IN_YUAN
    while True:
        for factor in (1, 2, 5):
            if factor * power * GRID_LINES >= highest_fen:
                return factor * power
        power *= 10


def _axis_width(top_fen: int, size: Size, lang: str) -> float:
    label = axis_label(top_fen, lang)
    wide = sum(1.0 if character > "⺀" else 0.6 for character in label)
    return round(wide * size.text + 14, 1)


def _month_texts(
    months: list[Month], left: float, slot: float, ground: float, size: Size, lang: str
) -> list[Text]:
    """The months under their columns; each year under its first month if there is room before the next."""
    texts = []
    year_wide = size.text * (3.6 if lang == CHINESE else 2.6)
    januaries = [index for index, month in enumerate(months) if month.month == 1]
    room = (januaries[0] if januaries else len(months)) * slot > year_wide
    for index, month in enumerate(months):
        x = round(left + slot * (index + 0.5), 1)
        if index % size.every == 0:
            words = f"{month.month}月" if lang == CHINESE and size.has_room else str(month.month)
            texts.append(Text(x, round(ground + size.text * 1.15, 1), "middle", words))
        if index in januaries or (index == 0 and room):
            year = f"{month.year}年" if lang == CHINESE else str(month.year)
            anchor = "end" if size.width - x < year_wide else "start"
            at = x + (1 if anchor == "end" else -1) * slot * 0.4
            texts.append(Text(round(at, 1), round(ground + size.text * 2.25, 1), anchor, year, quiet=True))
    return texts
