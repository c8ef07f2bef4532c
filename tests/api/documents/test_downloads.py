"""Page, JSON, workbook and CSV of a statement: the same rows, the same sums, and what every column means."""

import csv
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import msgspec
import pytest

from api.documents.statement_csv import statement_csv
from api.documents.statement_words import in_words
from api.documents.workbook import statement_xlsx
from projections.statements.statement import statement_of
from tests.api.documents.papers import ISSUED, restated, revenue

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EXCEL_DAY_ZERO = date(1899, 12, 30)
README = ["表", "Section", "列", "Column", "说明", "Meaning"]


class Sheet:
    """A sheet as a spreadsheet reads it: rows of texts and numbers; `formulas` and `links` are counted."""

    def __init__(self, name: str, xml: bytes) -> None:
        root = ElementTree.fromstring(xml)  # noqa: S314  our own
        self.name = name
        self.rows = [_row(row) for row in root.iter(f"{MAIN}row")]
        self.formulas = len(list(root.iter(f"{MAIN}f")))
        self.links = len(list(root.iter(f"{MAIN}hyperlink")))


def _row(row):
    """The cells in their places; one nobody wrote is None."""
    found = {ord(cell.get("r")[0]) - ord("A"): _value(cell) for cell in row.iter(f"{MAIN}c")}
    return [found.get(place) for place in range(max(found, default=-1) + 1)]


def _value(cell):
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
    number = cell.find(f"{MAIN}v")
    return None if number is None else Decimal(number.text)


def sheets(book: bytes) -> list[Sheet]:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        listed = ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(f"{MAIN}sheet")  # noqa: S314
        names = [sheet.get("name") for sheet in listed]
        return [
            Sheet(name, parts.read(f"xl/worksheets/sheet{n}.xml")) for n, name in enumerate(names, start=1)
        ]


def blocks(table: bytes) -> dict[str, list[list[str]]]:
    """The blocks of a CSV by their title: its rows, without what fills them up."""
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    found: dict[str, list[list[str]]] = {"": []}
    title = ""
    for before, row in zip([["x"], *rows], rows, strict=False):
        if not any(before) and any(row) and not any(row[1:]):
            title = row[0]
            found[title] = []
        elif any(row):
            found[title].append(row)
    return found


def expected(section):
    """What stands in a section, from the cells of the statement itself: amounts in yuan, days as days."""
    lines = [
        [
            line.cells.get(column.name) if column.type in ("fen", "number", "date") else "text"
            for column in section.columns
        ]
        for line in section.rows
    ]
    if section.sums and section.rows:
        lines.append([section.sums.get(column.name, "text") for column in section.columns])
    return [
        [Decimal(cell).scaleb(-2) if column.type == "fen" and cell != "text" and cell is not None else cell
         for cell, column in zip(line, section.columns, strict=True)]
        for line in lines
    ]  # fmt: skip


@pytest.mark.parametrize("spent", [0, 1, 7, 200])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_json_workbook_and_csv_hold_the_same_rows_and_sums(spent, language):
    statement = statement_of(revenue(spent).entry)
    said = in_words(statement, language)
    book, table = (
        sheets(statement_xlsx(statement, ISSUED, language)),
        blocks(statement_csv(statement, ISSUED, language)),
    )
    for section, shown, sheet in zip(statement.sections, said.sections, book[1:-1], strict=True):
        lines = expected(section)
        in_csv = table[shown.title]
        page = [*shown.rows, *([shown.sums] if shown.sums else [])]
        assert len(page) == len(lines) == len(sheet.rows) - 1 == len(in_csv) - 1
        titles = [column.title for column in shown.columns]
        assert sheet.rows[0] == titles == in_csv[0][: len(titles)]
        for line, row, cells, fields in zip(lines, page, sheet.rows[1:], in_csv[1:], strict=True):
            counted = len(row) - len(line)
            for place, (cell, column) in enumerate(zip(line, section.columns, strict=True), start=counted):
                text, value, field = (
                    row[place].text,
                    cells[place] if place < len(cells) else None,
                    fields[place],
                )
                if isinstance(cell, Decimal):
                    assert f"{cell:,.2f}".replace("-", "−") == text
                    assert f"{cell:.2f}" == field
                    assert value == cell
                elif column.type == "date" and cell not in (None, "text"):
                    assert (
                        EXCEL_DAY_ZERO + timedelta(int(value))
                        == date.fromisoformat(field)
                        == date.fromisoformat(cell)
                    )
                elif isinstance(cell, int):
                    assert (int(field), value) == (cell, cell)
                else:
                    assert (value or "") == field == text


def test_the_line_of_sums_is_the_sum_of_the_cells_above_it():
    added = {}
    for section in in_words(revenue(200)).sections:
        sheet = next(one for one in sheets(statement_xlsx(revenue(200), ISSUED)) if section.title in one.name)
        for place, column in enumerate(section.columns):
            if column.type == "fen" and section.sums:
                cells = [row[place] for row in sheet.rows[1:]]
                assert sum(cells[:-1]) == cells[-1]
                added[section.name, column.name] = cells[-1]
    assert len(added) == 9 + 3
    assert added["use", "amount"] == Decimal("2310114.00")


def test_a_text_that_looks_like_a_formula_or_a_link_stays_a_text():
    for hostile in (
        '=HYPERLINK("http://x.example","点我")',
        "+1+1",
        "-1",
        "@SUM(A1)",
        "http://x.example",
        "＝1+1",
    ):
        statement = revenue(1, counterparty=hostile)
        book = sheets(statement_xlsx(statement, ISSUED))
        assert sum(sheet.formulas + sheet.links for sheet in book) == 0
        assert any(hostile in row for sheet in book for row in sheet.rows)
        fields = [
            field
            for rows in blocks(statement_csv(statement, ISSUED)).values()
            for row in rows
            for field in row
        ]
        assert (hostile if hostile.startswith("http") else f"'{hostile}") in fields
        assert not [field for field in fields if field.startswith(("=", "+", "@", "\t", "＝"))]


def test_an_amount_below_zero_is_a_number_in_both():
    statement = revenue(1)
    use = statement.section("use")
    back = msgspec.structs.replace(use.rows[0], cells={**use.rows[0].cells, "amount": -8_05})
    changed = msgspec.structs.replace(use, rows=(back,), sums={"amount": -8_05})
    statement = msgspec.structs.replace(
        statement, sections=tuple(changed if one.name == "use" else one for one in statement.sections)
    )
    title = next(one.title for one in in_words(statement).sections if one.name == "use")
    assert "-8.05" in blocks(statement_csv(statement))[title][1]
    assert (
        Decimal("-8.05")
        in next(one for one in sheets(statement_xlsx(statement)) if title in one.name).rows[1]
    )


def test_the_largest_amount_there_is_loses_no_fen_in_a_workbook():
    statement = msgspec.structs.replace(revenue(0), figures={"largest_fen": 2**53 - 1})
    assert Decimal("90071992547409.91") in [
        cell for row in sheets(statement_xlsx(statement))[0].rows for cell in row
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_download_explains_every_column_in_both_languages(language):
    statement = revenue(2)
    chinese, english = in_words(statement, "zh"), in_words(statement, "en")
    columns = [
        [one.title, other.title, column.title, translated.title]
        for one, other in zip(chinese.sections, english.sections, strict=True)
        for column, translated in zip(one.columns, other.columns, strict=True)
    ]
    in_book = sheets(statement_xlsx(statement, ISSUED, language))[-1].rows
    in_csv = blocks(statement_csv(statement, ISSUED, language))[
        "每一列的说明" if language == "zh" else "What every column means"
    ]
    for lines in (in_book, [row[:6] for row in in_csv]):
        assert lines[0] == README
        assert [line[:4] for line in lines[1:]] == columns
        assert all(line[4] and line[5] for line in lines[1:])
    assert ["金额，单位是元，写到分", "Amount in yuan, to the fen"] in [line[4:] for line in in_book]


def test_a_download_says_how_to_check_it():
    statement = restated(2)
    head = blocks(statement_csv(statement, ISSUED._replace(version=2)))[""]
    told = {row[0]: row[1] for row in head}
    assert told["网址"] == ISSUED.url
    assert told["编码"] == ISSUED.code
    assert told["完整指纹（SHA-256）"] == statement.sha256
    assert told["这是第 2 版，代替第 1 版。原因："] == "9月11日单元门禁维修的发票看错了两个数字。"
    assert "231,505.36 → 231,415.36" in [row[1] for row in head]
    first = dict(row for row in sheets(statement_xlsx(statement, ISSUED))[0].rows if len(row) == 2)
    assert first["编码"] == ISSUED.code
    assert first["完整指纹（SHA-256）"] == statement.sha256


def test_a_draft_has_no_code_to_be_checked_by_yet():
    told = {row[0] for row in blocks(statement_csv(revenue(2)))[""]}
    assert "编码" not in told
    assert "完整指纹（SHA-256）" in told


def test_the_csv_is_utf_8_with_a_mark_and_has_as_many_fields_in_every_line():
    table = statement_csv(revenue(7), ISSUED)
    assert table.startswith(b"\xef\xbb\xbf")
    assert table.count(b"\n") == table.count(b"\r\n")
    assert len({len(row) for row in csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))}) == 1


def test_the_same_statement_gives_the_same_bytes():
    kept = statement_of(revenue(40).entry)
    assert statement_xlsx(revenue(40), ISSUED) == statement_xlsx(kept, ISSUED)
    assert statement_csv(revenue(40), ISSUED) == statement_csv(kept, ISSUED)


def test_sheets_have_names_a_spreadsheet_takes():
    for language in ("zh", "en"):
        names = [sheet.name for sheet in sheets(statement_xlsx(revenue(2), ISSUED, language))]
        assert len({name.lower() for name in names}) == len(names)
        assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
