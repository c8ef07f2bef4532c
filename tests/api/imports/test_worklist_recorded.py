"""The work list of Dongming as events: all of it once, each with its file and row, or nothing at all."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from api.demo import STREET_NAME
from api.imports.worklist import RowRefused, WorkListImport
from api.imports.worklist_file import WorkListRefused
from ledger.actions.community import OpenLedger
from ledger.actions.task_list import TaskAssigned
from ledger.asked import Asked
from ledger.errors import Refused
from ledger.events import Source
from ledger.ledger import GovernanceLedger
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault

TODAY = date(2026, 11, 20)
SAMPLE = Path(__file__).parents[3] / "api" / "samples" / "dongming_tasks.csv"


@pytest.fixture
def ledger(tmp_path):
    store, vault = SQLiteStore(tmp_path), SQLiteVault(tmp_path)
    yield GovernanceLedger(store, vault)
    store.close()
    vault.close()


@pytest.fixture
def dongming(ledger):
    return WorkListImport(ledger, "dongming", TODAY, STREET_NAME)


def test_the_sample_is_the_list_as_issued():
    issued = Path(__file__).parents[4] / "shared" / "data" / "dongming_tasks.csv"
    if not issued.exists():
        pytest.skip(f"{issued} is not here")
    assert SAMPLE.read_bytes() == issued.read_bytes()


def test_the_list_becomes_a_street_39_neighbourhoods_73_communities_18_firms_and_205_tasks(ledger, dongming):
    report = dongming.record(SAMPLE.read_bytes())
    events = ledger.store.rows(0, 1000)
    kinds = Counter(row.kind for row in events)
    assert kinds == {
        "ledger.opened": 1 + 39 + 73,
        "role.granted": 1,
        "firm.registered": 18,
        "community.listed": 73,
        "task.assigned": 205,
    }
    assert report.recorded == len(events) == 410
    assert report.counts["milestones"] == 313


def test_every_event_carries_the_hash_of_the_file_and_every_row_its_number_and_raw_text(ledger, dongming):
    report = dongming.record(SAMPLE.read_bytes())
    tasks = []
    for number in range(ledger.store.length("dongming")):
        recorded = ledger.store.numbered("dongming", number)
        assert recorded.envelope.source.file == report.file
        if isinstance(recorded.data, TaskAssigned):
            tasks.append(recorded)
    rows = {task.envelope.source.row for task in tasks}
    assert rows == set(range(1, 74))
    slip = next(task for task in tasks if task.data.task == "053-firm-selection")
    assert slip.data.raw == "2024年10月第前完成"
    assert slip.data.due_on == date(2024, 10, 31)
    assert slip.envelope.source.row == 53


def test_importing_the_same_file_again_records_nothing_and_says_where_it_is(ledger, dongming):
    first = dongming.record(SAMPLE.read_bytes())
    again = dongming.record(SAMPLE.read_bytes())
    assert (again.recorded, again.already_imported, again.numbers) == (0, True, first.numbers)
    assert ledger.store.head() == first.recorded


def test_a_dry_run_reports_everything_and_records_nothing(ledger, dongming):
    report = dongming.record(SAMPLE.read_bytes(), dry_run=True)
    assert report.counts["tasks"] == 205
    assert len(report.warnings) == 10
    assert ledger.store.head() == 0
    assert dongming.record(SAMPLE.read_bytes()).recorded == 410


def test_another_version_is_refused_naming_the_list_that_is_there_and_nothing_is_recorded(ledger, dongming):
    first = dongming.record(SAMPLE.read_bytes())
    changed = SAMPLE.read_bytes().replace("2024年5月底前完成".encode(), "2024年6月底前完成".encode())
    with pytest.raises(Refused) as refused:
        dongming.record(changed)
    assert (refused.value.code, refused.value.details["file"]) == ("work-list.holds-another", first.file)
    assert ledger.store.head() == 410


def test_a_row_that_a_rule_refuses_is_named_and_nothing_is_recorded(ledger, dongming):
    vault, operator = ledger.vault, Source(via="command-line")
    vault.key("operator", create=True)
    taken = OpenLedger(of="community", title="另一个小区")
    ledger.record(Asked("dongming-002", taken, "operator", TODAY, operator))
    with pytest.raises(RowRefused) as refused:
        dongming.record(SAMPLE.read_bytes())
    assert (refused.value.row, refused.value.code) == (2, "ledger.already-open")
    assert ledger.store.head() == 1


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (SAMPLE.read_bytes().replace(b",status", b"", 1), "column.missing"),
        (SAMPLE.read_bytes() + "74,凌一,新苑,三杨物业,—,—,—,—,—,—,—,—,\n".encode(), "row.wrong-count"),
        (
            SAMPLE.read_bytes().replace("2024年9月底前完成".encode(), "2024年13月底前完成".encode(), 1),
            "task.impossible-month",
        ),
        (SAMPLE.read_bytes().decode().encode("gb18030"), "text.not-utf8"),
    ],
)
def test_a_broken_file_is_refused_with_its_place_and_nothing_is_recorded(ledger, dongming, broken, code):
    with pytest.raises(WorkListRefused) as refused:
        dongming.record(broken)
    problem = next(problem for problem in refused.value.problems if problem.code == code)
    assert problem.line is not None or problem.column is not None or problem.details
    assert ledger.store.head() == 0
