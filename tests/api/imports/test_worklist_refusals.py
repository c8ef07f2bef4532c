"""Every way a copy of the task list can be broken, and what its reader is told."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.imports.worklist_file import PROBLEMS_MAX, Remark, WorkListFile, WorkListRefused, read

HEADER = (
    "seq,neighbourhood,compound,firm,业委会组建换届,区域化整合,物业服务企业归并,市场化物业选聘,"
    "物业费评估及调价,收缴率提升,物业服务提升,打造标杆小区,status"
)
SEVEN = "1,凌四,凌兆路608弄,临客嘉物业,—,2024年7月底前完成,—,2024年7月底前完成,—,—,6月、12月完成,—,"
EIGHT = "2,凌四,丹桂苑,临客嘉物业,—,2024年11月底前完成,—,—,2024年7月底完成,—,6月、12月完成,—,"
NINE = "3,凌四,三林路709弄,三杨物业,—,—,—,2024年7月底前完成,—,—,6月、12月完成,—,"


def copy(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def refused(content: bytes, expected_rows: int = 3) -> tuple[Remark, ...]:
    with pytest.raises(WorkListRefused) as caught:
        read(content, expected_rows=expected_rows)
    return caught.value.problems


def places(content: bytes, expected_rows: int = 3) -> list[tuple[str, int | None, int | None, str | None]]:
    return [(p.code, p.line, p.row, p.column) for p in refused(content, expected_rows)]


def read_or_refused(content: bytes) -> WorkListFile | WorkListRefused:
    try:
        return read(content, expected_rows=3)
    except WorkListRefused as refusal:
        return refusal


def test_a_renamed_column_is_named_with_what_stands_there_now():
    (problem,) = refused(copy(HEADER.replace("收缴率提升", "收缴率"), SEVEN, EIGHT, NINE))
    assert (problem.code, problem.line, problem.column) == ("column.renamed", 1, "collection-rate")
    assert problem.details == {"expected": "收缴率提升", "text": "收缴率"}


def test_a_missing_column_is_named():
    cut = (",".join(line.split(",")[:5] + line.split(",")[6:]) for line in (HEADER, SEVEN, EIGHT, NINE))
    assert places(copy(*cut)) == [("column.missing", 1, None, "area-integration")]


def test_an_extra_column_is_named_by_its_place():
    (problem,) = refused(copy(*(line + ",备注" for line in (HEADER, SEVEN, EIGHT, NINE))))
    assert (problem.code, problem.line, problem.column) == ("column.unexpected", 1, None)
    assert problem.details == {"position": 14, "text": "备注"}


def test_a_repeated_column_is_refused_because_either_could_be_meant():
    repeated = copy(*(f"{line},{line.split(',')[4]}" for line in (HEADER, SEVEN, EIGHT, NINE)))
    assert places(repeated) == [("column.repeated", 1, None, "committee-reelection")]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xef\xbb\xbf", b"a,b\n1,2\n", HEADER.replace(",", ";").encode()]
)
def test_a_file_without_the_header_is_refused_once(content):
    assert places(content) == [("header.missing", 1, None, None)]


def test_a_row_too_few_names_the_number_that_is_missing():
    count, missing = refused(copy(HEADER, SEVEN, NINE))
    assert (count.code, count.details) == ("row.wrong-count", {"found_rows": 2, "expected_rows": 3})
    assert (missing.code, missing.details) == ("sequence.missing", {"numbers": (2,)})


def test_a_row_too_many_is_named():
    assert places(copy(HEADER, SEVEN, EIGHT, NINE), expected_rows=2) == [
        ("row.wrong-count", None, None, None),
        ("sequence.out-of-range", 4, 3, "number"),
    ]


def test_no_number_is_called_missing_in_a_file_too_long_to_read_to_its_end():
    lines = [SEVEN.replace("1,", f"{n},", 1).replace("608", str(n)) for n in (*range(4, 60), 1, 2, 3)]
    assert {code for code, *_ in places(copy(HEADER, *lines))} == {"row.wrong-count", "sequence.out-of-range"}


def test_73_rows_are_expected_where_nothing_else_is_said():
    with pytest.raises(WorkListRefused) as caught:
        read(copy(HEADER, *(SEVEN.replace("1,", f"{n},", 1).replace("608", str(n)) for n in range(1, 75))))
    assert [(p.code, p.line, p.row) for p in caught.value.problems] == [
        ("row.wrong-count", None, None),
        ("sequence.out-of-range", 75, 74),
    ]


def test_a_number_given_twice_names_both_lines_and_the_number_nobody_has():
    missing, duplicate = refused(copy(HEADER, SEVEN, EIGHT, NINE.replace("3,", "2,", 1)))
    assert (missing.code, missing.details) == ("sequence.missing", {"numbers": (3,)})
    assert (duplicate.code, duplicate.line, duplicate.row) == ("sequence.duplicate", 4, 2)
    assert duplicate.details == {"first_line": 3}


@pytest.mark.parametrize("number", ["", "0", "02", "-2", "2.0", "２", "二", "9" * 5000])
def test_a_number_that_is_none_is_refused_without_guessing_which_is_missing(number):
    (problem,) = refused(copy(HEADER, SEVEN, number + EIGHT[1:], NINE))
    assert (problem.line, problem.row, problem.column) == (3, None, "number")
    assert problem.code == ("sequence.unreadable" if len(number) < 100 else "text.too-long")


@pytest.mark.parametrize("name", ["凌兆路586弄A", "凌兆路５８６弄Ａ", "凌兆路586弄a"])
def test_a_community_listed_twice_is_refused_whatever_its_width_or_case(name):
    lines = SEVEN.replace("凌兆路608弄", "凌兆路586弄A"), EIGHT.replace("丹桂苑", name)
    (problem,) = refused(copy(HEADER, *lines, NINE))
    assert (problem.code, problem.line, problem.row, problem.column) == (
        "community.duplicate",
        3,
        2,
        "community",
    )
    assert problem.details == {"text": name, "first_line": 2}


@pytest.mark.parametrize("nothing", ["", " ", "\u3000"])
@pytest.mark.parametrize(
    ("name", "column"), [("凌四", "neighbourhood"), ("丹桂苑", "community"), ("临客嘉物业", "firm")]
)
def test_a_row_without_a_name_is_refused(name, column, nothing):
    assert places(copy(HEADER, SEVEN, EIGHT.replace(name, nothing), NINE)) == [
        (f"{column}.empty", 3, 2, column)
    ]


def test_a_space_inside_a_name_is_refused_because_it_would_make_two_firms_of_one():
    assert places(copy(HEADER, SEVEN, EIGHT.replace("嘉物", "嘉物 "), NINE)) == [
        ("text.white-space", 3, 2, "firm")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024年13月底前完成", "task.impossible-month"),
        ("2024年0月前完成", "task.impossible-month"),
        ("6月、13月完成", "task.impossible-month"),
        ("12月、6月完成", "task.unreadable"),
        ("6月、6月完成", "task.unreadable"),
        ("2024年7月完成", "task.unreadable"),
        ("2024年 7月底前完成", "task.unreadable"),
        ("２０２４年7月底前完成", "task.unreadable"),
        ("0000年7月底前完成", "task.unreadable"),
        ("2024-07-31", "task.unreadable"),
        ("45504", "task.unreadable"),
        ("-", "task.unreadable"),
        ("完成", "task.unreadable"),
        ("", "task.empty"),
        ("\u3000", "task.empty"),
    ],
)
def test_a_cell_no_rule_reads_is_refused_with_its_text(text, code):
    (problem,) = refused(copy(HEADER, SEVEN, EIGHT, NINE.replace("2024年7月底前完成", text)))
    assert (problem.code, problem.line, problem.row, problem.column) == (code, 4, 3, "firm-selection")
    assert problem.details == {"text": text.replace("\u3000", "\\u3000")}


@pytest.mark.parametrize("row", [EIGHT + ",", EIGHT.removesuffix(",")])
def test_a_ragged_row_is_refused_and_its_cells_are_not_judged(row):
    (problem,) = refused(copy(HEADER, SEVEN, row, NINE))
    assert (problem.code, problem.line, problem.row) == ("row.ragged", 3, 2)
    assert problem.details == {"found_cells": row.count(",") + 1, "expected_cells": 13}


def test_a_blank_line_is_named():
    assert ("line.blank", 3, None, None) in places(copy(HEADER, SEVEN, "", EIGHT, NINE))
    assert places(copy(HEADER, SEVEN, EIGHT, NINE, "")) == [("line.blank", 5, None, None)]


def test_a_quote_left_open_spoils_its_own_line_only():
    spoilt = copy(HEADER, SEVEN, EIGHT.replace("丹桂苑", '"丹桂苑'), NINE.replace("709", ""))
    assert places(spoilt) == [("line.malformed", 3, None, None)]


@pytest.mark.parametrize("unseen", ["\0", "\t", "\x1b", "\x7f", "\u200b", "\u202e", "\ufeff", "\u2028"])
def test_a_character_nobody_can_see_is_refused_and_shown_as_its_code_point(unseen):
    (problem,) = refused(copy(HEADER, SEVEN, EIGHT.replace("丹桂", f"丹{unseen}桂"), NINE))
    assert (problem.code, problem.line, problem.row) == ("text.control-character", 3, 2)
    assert problem.column == "community"
    assert problem.details == {"text": f"丹\\u{ord(unseen):04x}桂苑"}


@pytest.mark.parametrize("row", [EIGHT.replace("丹桂", "丹\r桂"), EIGHT + "\r\r"])
def test_a_carriage_return_that_ends_no_line_is_refused(row):
    assert places(copy(HEADER, SEVEN, row, NINE)) == [("text.control-character", 3, None, None)]


DAMAGED = [("丹\ufffd苑", "text.replacement-character"), ("\ufa10", "text.not-normalised")]


@pytest.mark.parametrize(("name", "code"), DAMAGED)
def test_text_that_was_damaged_earlier_is_refused(name, code):
    assert places(copy(HEADER, SEVEN, EIGHT.replace("丹桂苑", name), NINE)) == [(code, 3, 2, "community")]


def test_a_cell_of_100_characters_is_kept_and_one_of_101_is_refused():
    kept = read(copy(HEADER, SEVEN, EIGHT.replace("丹桂苑", "苑" * 100), NINE), expected_rows=3)
    assert kept.rows[1].community == "苑" * 100
    (problem,) = refused(copy(HEADER, SEVEN, EIGHT.replace("丹桂苑", "苑" * 101), NINE))
    assert (problem.code, problem.details) == ("text.too-long", {"text": "苑" * 100})


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_another_encoding_is_refused_once_and_told_which(encoding):
    content = copy(HEADER, SEVEN, EIGHT, NINE).decode().encode(encoding)
    (problem,) = refused(content)
    assert (problem.code, problem.line) == ("text.not-utf8", 1)
    assert problem.details["looks_like"] == encoding.removesuffix("-le")
    with pytest.raises(UnicodeDecodeError) as byte:
        content.decode()
    assert problem.details["offset_bytes"] == byte.value.start


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_row_pasted_in_gbk_is_named_with_its_byte_and_column(mark):
    before = mark + copy(HEADER, SEVEN)
    (problem,) = refused(before + EIGHT.encode("gbk") + b"\n" + NINE.encode())
    assert (problem.code, problem.line, problem.row) == ("text.not-utf8", 3, 2)
    assert problem.column == "neighbourhood"
    assert problem.details == {"offset_bytes": len(before) + len("2,"), "looks_like": "gbk"}


def test_a_single_spoilt_byte_looks_like_no_encoding():
    content = copy(HEADER, SEVEN, EIGHT, NINE).replace("桂".encode(), b"\xe6\xa1")
    (problem,) = refused(content)
    assert (problem.line, problem.row, problem.column) == (3, 2, "community")
    assert problem.details == {"offset_bytes": content.index(b"\xe6\xa1\xe8"), "looks_like": "unknown"}


def test_one_mebibyte_is_read_and_a_byte_more_is_not():
    content = copy(HEADER, SEVEN, EIGHT, NINE)
    full = content + b"x" * ((1 << 20) - len(content))
    assert "file.too-large" not in {problem.code for problem in refused(full)}
    (problem,) = refused(full + b"x")
    assert problem.code == "file.too-large"
    assert problem.details == {"found_bytes": (1 << 20) + 1, "max_bytes": 1 << 20}


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    broken = copy(HEADER, SEVEN.replace("凌兆路608弄", ""), EIGHT.replace("7月", "14月"), NINE + ",", NINE)
    assert places(broken) == [
        ("row.wrong-count", None, None, None),
        ("community.empty", 2, 1, "community"),
        ("task.impossible-month", 3, 2, "fee-adjustment"),
        ("row.ragged", 4, 3, None),
        ("sequence.duplicate", 5, 3, "number"),
    ]


def test_more_than_fifty_problems_are_counted_and_the_first_fifty_told():
    with pytest.raises(WorkListRefused) as caught:
        read(copy(HEADER, *(f"{n},凌四,丹桂苑{n},临客嘉物业" + "," * 9 for n in range(1, 74))))
    assert caught.value.total == 73 * 8
    assert len(caught.value.problems) == PROBLEMS_MAX
    assert Counter(problem.code for problem in caught.value.problems) == {"task.empty": PROBLEMS_MAX}


@pytest.mark.parametrize("filler", [b"\n", b",", b'"', b"\r", b"\0", b"\xff", b"seq,"])
def test_a_mebibyte_of_one_character_is_refused_with_a_bounded_answer(filler):
    content = HEADER.encode() + b"," + filler * ((1_000_000) // len(filler))
    assert len(refused(content)) <= PROBLEMS_MAX


INTACT = copy(HEADER, SEVEN, EIGHT, NINE)
PIECES = st.sampled_from([INTACT[at : at + 40] for at in range(0, len(INTACT), 7)]) | st.binary(max_size=6)


def test_the_unbroken_copy_reads():
    assert len(read(INTACT, expected_rows=3).rows) == 3


@settings(deadline=None)
@given(data=st.data())
def test_mangled_bytes_are_read_or_refused_and_never_anything_else(data):
    content = INTACT
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 30))
        content = content[:start] + data.draw(PIECES) + content[start + length :]
    outcome = read_or_refused(content)
    if isinstance(outcome, WorkListRefused):
        assert 0 < len(outcome.problems) <= PROBLEMS_MAX
    else:
        assert [row.number for row in outcome.rows] == [1, 2, 3]


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda tail: INTACT + tail))
def test_any_bytes_are_read_or_refused_and_never_anything_else(content):
    assert isinstance(read_or_refused(content), WorkListFile | WorkListRefused)
