"""Reading the subdistrict's task list: what each cell means, and what a person is warned of."""

from datetime import date

import pytest

from api.imports.worklist_file import HEADERS, NOT_ASSIGNED, TASK_COLUMNS, Remark, Task, WorkListFile, read

HEADER = ",".join(HEADERS.values())


def line(
    number: object, community: str, *, names: str = "凌一,{},向为物业", status: str = "", **cells: str
) -> str:
    tasks = [cells.get(column.replace("-", "_"), NOT_ASSIGNED) for column in TASK_COLUMNS]
    return ",".join([str(number), names.format(community), *tasks, status])


def file(*lines: str, header: str = HEADER) -> bytes:
    return "".join(f"{text}\n" for text in (header, *lines)).encode()


def read_lines(*lines: str, issued_on: date = date(2024, 4, 1)) -> WorkListFile:
    return read(file(*lines), issued_on=issued_on, expected_rows=len(lines))


def only_task(text: str, issued_on: date = date(2024, 4, 1)) -> Task:
    (row,) = read_lines(line(1, "锦翠苑", firm_selection=text), issued_on=issued_on).rows
    (task,) = row.tasks
    return task


def warned(work_list: WorkListFile, code: str) -> list[Remark]:
    return [warning for warning in work_list.warnings if warning.code == code]


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("2024年9月底前完成", [date(2024, 9, 30)]),
        ("2024年7月底完成", [date(2024, 7, 31)]),
        ("2024年2月底前完成", [date(2024, 2, 29)]),
        ("2025年2月底前完成", [date(2025, 2, 28)]),
        ("2024年10月前完成", [date(2024, 9, 30)]),
        ("2024年1月前完成", [date(2023, 12, 31)]),
        ("6月、12月完成", [date(2024, 6, 30), date(2024, 12, 31)]),
        ("2024年底前完成", [date(2024, 12, 31)]),
        ("2024年10月第前完成", [date(2024, 10, 31)]),
    ],
)
def test_a_date_is_read_by_its_rule_and_its_text_is_kept(text, due_on):
    assert only_task(text) == Task("firm-selection", text, done=False, due_on=tuple(due_on))


def test_months_without_a_year_fall_in_the_year_of_issue():
    assert only_task("6月、12月完成", date(2025, 3, 15)).due_on == (date(2025, 6, 30), date(2025, 12, 31))


def test_a_finished_task_is_done_and_due_on_no_day():
    assert only_task("已完成") == Task("firm-selection", "已完成", done=True, due_on=())


def test_a_dash_assigns_nothing():
    assert read_lines(line(1, "红枫苑")).rows[0].tasks == ()


def test_tasks_stand_in_the_order_of_the_columns_even_where_the_columns_were_moved():
    header = HEADER.split(",")
    header.insert(0, header.pop(7))
    moved = file("2024年7月底前完成,1,凌四,丹桂苑,临客嘉物业,已完成,—,—,—,—,—,—,", header=",".join(header))
    (row,) = read(moved, expected_rows=1).rows
    assert (row.number, row.community) == (1, "丹桂苑")
    assert [task.column for task in row.tasks] == ["committee-reelection", "firm-selection"]


def test_a_sorted_copy_reads_in_the_order_of_the_numbers():
    rows = read_lines(line(2, "品珍苑"), line(1, "品华苑")).rows
    assert [(row.number, row.line, row.community) for row in rows] == [(1, 3, "品华苑"), (2, 2, "品珍苑")]


def test_a_byte_order_mark_crlf_quotes_or_no_last_line_break_change_no_row():
    plain = file(line(1, "锦翠苑", firm_merger="2024年9月底前完成"))
    copies = [
        b"\xef\xbb\xbf" + plain,
        plain.replace(b"\n", b"\r\n"),
        plain.removesuffix(b"\n"),
        plain.replace("锦翠苑".encode(), '"锦翠苑"'.encode()),
    ]
    rows = read(plain, expected_rows=1).rows
    assert all(read(copy, expected_rows=1).rows == rows for copy in copies)
    assert len({read(copy, expected_rows=1).sha256 for copy in (plain, *copies)}) == 5


def test_the_day_before_issue_is_warned_of_and_the_day_of_issue_is_not():
    row = line(1, "金禾新苑", committee_reelection="2024年3月底前完成")
    (warning,) = warned(read_lines(row, issued_on=date(2024, 4, 1)), "due-date.before-issue")
    assert (warning.line, warning.row, warning.column) == (2, 1, "committee-reelection")
    due = {"text": "2024年3月底前完成", "due_on": date(2024, 3, 31)}
    assert warning.details == {**due, "issued_on": date(2024, 4, 1)}
    assert not warned(read_lines(row, issued_on=date(2024, 3, 31)), "due-date.before-issue")


def test_before_a_month_is_ambiguous_only_beside_its_end_in_the_same_column():
    before = line(1, "凌兆路711弄", firm_selection="2024年10月前完成")
    same = line(2, "银杏苑", firm_selection="2024年10月底前完成")
    (warning,) = warned(read_lines(before, same), "due-date.ambiguous")
    assert (warning.row, warning.details["other_rows"]) == (1, (2,))
    assert warning.details["due_on"] == date(2024, 9, 30)
    for other in (
        line(2, "银杏苑", firm_selection="2024年9月底前完成"),
        line(2, "银杏苑", firm_selection="2025年10月底前完成"),
        line(2, "银杏苑", firm_merger="2024年10月底前完成"),
    ):
        assert not warned(read_lines(before, other), "due-date.ambiguous")


def test_a_slip_of_the_pen_is_read_as_month_end_with_a_warning():
    work_list = read_lines(line(1, "品诚苑", firm_selection="2024年10月第前完成"))
    (warning,) = warned(work_list, "due-date.slip")
    assert warning.details == {"text": "2024年10月第前完成", "due_on": date(2024, 10, 31)}


@pytest.mark.parametrize(
    ("committee", "warnings"), [("2024年8月底前完成", 1), ("2024年7月底前完成", 0), ("已完成", 0), ("—", 0)]
)
def test_a_firm_selected_before_the_committee_changes_is_warned_of(committee, warnings):
    row = line(1, "三林路519弄", committee_reelection=committee, firm_selection="2024年7月底前完成")
    assert len(warned(read_lines(row), "firm-selection.before-committee-reelection")) == warnings


def test_a_status_anywhere_ends_the_warning_and_is_kept():
    assert [warning.code for warning in read_lines(line(1, "红枫苑")).warnings] == ["status.empty"]
    reported = read_lines(line(1, "红枫苑", status="已完成 60%"), line(2, "红柿苑"))
    assert reported.warnings == ()
    assert [row.status for row in reported.rows] == ["已完成 60%", ""]
