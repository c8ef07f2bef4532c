"""The subdistrict's task list as issued (002 annex 4): every figure said of it, counted from its bytes."""

import csv
import hashlib
import io
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest

from api.imports.worklist_file import HEADERS, NOT_ASSIGNED, TASK_COLUMNS, WorkListFile, read

AS_ISSUED = Path(__file__).parents[3] / "../shared/data/dongming_tasks.csv"


@pytest.fixture(scope="module")
def issued_bytes() -> bytes:
    if not AS_ISSUED.exists():
        pytest.skip(f"the list as issued is not beside this checkout: {AS_ISSUED}")
    return AS_ISSUED.read_bytes()


@pytest.fixture(scope="module")
def issued(issued_bytes: bytes) -> WorkListFile:
    return read(issued_bytes)


def test_the_list_as_issued_is_known_by_its_bytes(issued, issued_bytes):
    assert issued.sha256 == "6ca5997a49b737f8fe622160b00e1425924b4dd195bfcfb9a7c2917e21e2b877"
    assert issued.sha256 == hashlib.sha256(issued_bytes).hexdigest()


def test_every_cell_of_the_list_as_issued_is_kept_to_the_letter(issued, issued_bytes):
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADERS.values())
    for row in issued.rows:
        texts = {task.column: task.text for task in row.tasks}
        tasks = [texts.get(column, NOT_ASSIGNED) for column in TASK_COLUMNS]
        writer.writerow([row.number, row.neighbourhood, row.community, row.firm, *tasks, row.status])
    assert written.getvalue().encode() == issued_bytes


def test_the_list_has_73_communities_in_39_neighbourhoods_under_18_firms(issued):
    assert [(row.number, row.line) for row in issued.rows] == [(n, n + 1) for n in range(1, 74)]
    assert len({row.community for row in issued.rows}) == 73
    assert len({row.neighbourhood for row in issued.rows}) == 39
    firms = Counter(row.firm.removesuffix("物业") for row in issued.rows)
    assert len(firms) == 18
    assert {firm: count for firm, count in firms.items() if count > 1} == {
        "三杨": 24, "安居": 10, "临客嘉": 7, "向为": 5, "隆江": 5, "民盈城投": 4,
        "恩号": 2, "号众": 2, "仁信": 2, "悦华": 2, "万科": 2, "金地": 2,
    }  # fmt: skip


def test_21_neighbourhoods_have_a_single_firm_but_only_6_of_those_with_several_communities(issued):
    firms: dict[str, list[str]] = {}
    for row in issued.rows:
        firms.setdefault(row.neighbourhood, []).append(row.firm)
    assert sum(len(set(names)) == 1 for names in firms.values()) == 21
    several = [names for names in firms.values() if len(names) > 1]
    assert (len(several), sum(len(set(names)) == 1 for names in several)) == (24, 6)


def test_the_list_assigns_205_tasks(issued):
    assert sum(len(row.tasks) for row in issued.rows) == 205
    assert 73 * len(TASK_COLUMNS) - 205 == 379
    assert Counter(len(row.tasks) for row in issued.rows) == {1: 6, 2: 21, 3: 28, 4: 17, 5: 1}
    assert [(row.number, row.community) for row in issued.rows if len(row.tasks) == 5] == [(36, "锦翠苑")]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("committee-reelection", {"已完成": 2, "3月底前": 2, "4月底前": 2, "6月底前": 4, "7月底前": 2,
                                  "8月底前": 3}),
        ("area-integration", {"7月底前": 9, "11月底前": 1}),
        ("firm-merger", {"9月底前": 5}),
        ("firm-selection", {"4月前": 1, "5月底前": 3, "6月底前": 3, "7月底前": 9, "9月底前": 15, "10月前": 4,
                            "10月底前": 1, "10月第前": 1, "11月底前": 8}),
        ("fee-adjustment", {"7月底": 19}),
        ("collection-rate", {"6月、12月": 35}),
        ("service-improvement", {"6月、12月": 73}),
        ("model-community", {"年底前": 3}),
    ],
)  # fmt: skip
def test_each_column_assigns_what_worklist_md_counts(issued, column, values):
    texts = [task.text for row in issued.rows for task in row.tasks if task.column == column]
    found = Counter(
        text if text == "已完成" else text.removeprefix("2024").removesuffix("完成") for text in texts
    )
    assert {text.removeprefix("年") if "月" in text else text: n for text, n in found.items()} == values


def test_the_three_model_communities_are_rows_30_42_and_70(issued):
    model = [row.number for row in issued.rows if any(task.column == "model-community" for task in row.tasks)]
    assert model == [30, 42, 70]


def test_the_list_holds_313_milestones_of_which_2_are_done(issued):
    tasks = [task for row in issued.rows for task in row.tasks]
    due = Counter(due_on for task in tasks for due_on in task.due_on)
    assert (sum(task.done for task in tasks), due.total()) == (2, 311)
    by_month_end = {(day.month, day.day): count for day, count in sorted(due.items())}
    assert by_month_end == {
        (3, 31): 3, (4, 30): 2, (5, 31): 3, (6, 30): 115, (7, 31): 39,
        (8, 31): 3, (9, 30): 24, (10, 31): 2, (11, 30): 9, (12, 31): 111,
    }  # fmt: skip
    cumulative = dict(zip(by_month_end, accumulate(by_month_end.values()), strict=True))
    assert [cumulative[end] for end in ((3, 31), (6, 30), (9, 30), (12, 31))] == [3, 123, 189, 311]
    assert {day.year for day in due} == {2024}


def test_the_list_as_issued_gives_exactly_these_warnings(issued):
    found = [(warning.row, warning.column, warning.code) for warning in issued.warnings]
    assert found == [
        (16, "firm-selection", "firm-selection.before-committee-reelection"),
        (21, "committee-reelection", "due-date.before-issue"),
        (38, "firm-selection", "due-date.ambiguous"),
        (39, "firm-selection", "due-date.ambiguous"),
        (40, "firm-selection", "due-date.ambiguous"),
        (43, "firm-selection", "due-date.before-issue"),
        (46, "firm-selection", "due-date.ambiguous"),
        (53, "firm-selection", "due-date.slip"),
        (64, "committee-reelection", "due-date.before-issue"),
        (None, "status", "status.empty"),
    ]
    assert {w.details["other_rows"] for w in issued.warnings if w.code == "due-date.ambiguous"} == {(54,)}
