"""The street's work list as of a day: 73 communities, 205 tasks, 313 milestones."""

import re
from datetime import date

import pytest

from ledger.actions.task_list import AssignTask, SubmitTaskEvidence
from ledger.actions.work_list import ListCommunity, RegisterFirm

SEPTEMBER = "/street/dongming?as_of=2024-09-30"


def test_the_totals_are_those_of_the_day_asked_for(demo):
    text = demo.read(SEPTEMBER).text
    assert "任务 205 73 个小区 节点 313 每个期限算一个 到期应完成 189" in text
    assert "到期应完成 3 " in demo.read("/street/dongming?as_of=2024-03-31").text
    assert "到期应完成 123 " in demo.read("/street/dongming?as_of=2024-06-30").text


def test_the_grid_has_all_communities_down_and_the_eight_columns_of_the_list_across(demo):
    text = demo.read(SEPTEMBER).text
    assert "业委会组建换届 区域化整合 物业服务企业归并 市场化物业选聘" in text
    assert "市场化物业选聘 物业费评估及调价 收缴率提升 物业服务提升 打造标杆小区" in text
    assert "显示 73 个小区，共 73 个" in text
    assert "1 · 凌一 · 向为物业 ✓ 已完成" in text


def test_a_cell_says_its_state_in_words_for_those_who_listen(demo):
    text = demo.read(SEPTEMBER).text
    assert "上浦路505、565弄 2 · 凌一 · 三杨物业 —没有这项任务" in text
    assert "! 9月底 30 天内到期" in text
    assert "✗ 6月底 逾期" in text
    assert "– 12月底 未到期" in text


def test_one_firm_and_one_neighbourhood_can_be_looked_at_alone(demo):
    assert "显示 24 个小区，共 73 个" in demo.read(f"{SEPTEMBER}&firm=firm-02").text
    text = demo.read(f"{SEPTEMBER}&neighbourhood=dongming-n01").text
    assert "显示 2 个小区，共 73 个" in text
    assert "上浦路480弄" not in text


def test_a_part_that_does_not_exist_shows_nobody_and_says_so(demo):
    assert "没有符合的小区 放宽居委会或物业的条件再看。" in demo.read(f"{SEPTEMBER}&firm=nobody").text


def test_those_in_need_come_first_when_asked(demo):
    text = demo.read(f"{SEPTEMBER}&sort=need").text
    assert text.index("锦翠苑 36") < text.index("凌云公寓 1")


def test_questions_about_the_list_are_asked_in_words_and_name_its_rows(demo):
    text = demo.read(SEPTEMBER).text
    assert "序号 21、43、64 的期限早于清单印发的日子" in text
    assert "序号 16（三林路519弄）的选聘期限早于业委会换届期限" in text
    assert "序号 38、39、40、46 写的是“2024年10月前完成”，序号 54 却是“月底前”：这里按2024年9月30日算" in text
    assert "序号 53 写的是“2024年10月第前完成”，像是“底前”写错了：这里按2024年10月31日算" in text
    assert "清单自己的“完成情况”一栏，73 个小区全是空白" in text


def test_a_list_nobody_reported_on_says_so_with_its_date(demo):
    said = "自清单印发（2024年4月1日）以来，到2024年9月30日为止，没有单位报告进展。"
    assert said in demo.read(SEPTEMBER).text
    assert "不等于一定没有做" in demo.read(SEPTEMBER).text
    assert "没有单位报告进展" not in demo.read("/street/dongming?as_of=2024-03-31").text


@pytest.mark.parametrize("reported", ["2024-07-03", "2024-06-30"])
def test_one_report_is_enough_to_say_nothing_of_the_kind(server, reported):
    listed_street(server)
    evidence = SubmitTaskEvidence(
        task="001-fee-adjustment",
        milestone=date(2024, 6, 30),
        evidence="价格已公示",
        occurred_on=date.fromisoformat(reported),
    )
    assert "没有单位报告进展" in server.read("/street/dongming?as_of=2024-07-04").text
    server.record("street", evidence, ledger="dongming")
    assert "没有单位报告进展" in server.read("/street/dongming?as_of=2024-06-29").text
    assert "没有单位报告进展" not in server.read("/street/dongming?as_of=2024-07-04").text


def test_a_status_written_on_the_list_is_no_empty_column(server):
    listed_street(server, status="价格已公示")
    assert "完成情况" not in server.read("/street/dongming").text


def listed_street(server, *, status=None):
    """A street with one community and one task on its list."""
    server.open_ledger("dongming", "东明路街道", "street")
    issued = date(2024, 4, 1)
    for command in (
        RegisterFirm(firm="heng-sheng", title="恒升物业", occurred_on=issued),
        ListCommunity(
            community="c-1",
            title="三林苑",
            row=1,
            neighbourhood="n-1",
            firm="heng-sheng",
            status=status,
            occurred_on=issued,
        ),
        AssignTask(
            task="001-fee-adjustment",
            community="c-1",
            column="fee-adjustment",
            raw="2024年6月底完成",
            due_on=date(2024, 6, 30),
            occurred_on=issued,
        ),
    ):
        server.record("street", command, ledger="dongming")


def test_the_due_dates_add_up_in_rows_and_columns(demo):
    text = demo.read(SEPTEMBER).text
    assert "节点 期限已到 期限没到 没写期限 合计" in text
    assert "✗ 逾期 165 0 0 165 " in text
    assert "! 30 天内到期 24 0 0 24 " in text
    assert "– 未到期 0 122 0 122 " in text
    assert "✓ 已完成 0 0 2 2 " in text
    assert "合计 189 122 2 313 " in text
    assert "已完成 2 其中 2 个印发时就已完成" in text


@pytest.mark.parametrize("part", ["", "&firm=firm-02", "&neighbourhood=dongming-n01", "&firm=firm-07"])
@pytest.mark.parametrize("day", ["2024-03-31", "2024-07-31", "2025-01-01"])
def test_the_sums_are_those_of_what_is_shown(demo, part, day):
    text = demo.read(f"/street/dongming?as_of={day}{part}").text
    table = text[text.index("没写期限 合计") :].removeprefix("没写期限 合计 ")
    rows = [tuple(map(int, row)) for row in re.findall(r"(\d+) (\d+) (\d+) (\d+)(?= |$)", table)[:6]]
    assert len(rows) == 6
    assert all(due + to_come + undated == all_of_them for due, to_come, undated, all_of_them in rows)
    assert rows[-1] == tuple(map(sum, zip(*rows[:-1], strict=True)))


def test_a_day_that_does_not_exist_is_said_in_words(demo):
    page = demo.read("/street/dongming?as_of=2024-13-01")
    assert page.status == 400
    assert "“2024-13-01”不是一个日期" in page.text


def test_a_community_has_no_work_list_of_its_own(demo):
    assert demo.read("/street/wutongli").status == 404


def test_a_street_without_a_list_says_what_will_appear(server):
    server.open_ledger("new-street", "新街道", "street")
    assert "这个街道还没有工作清单 街道导入工作清单以后" in server.read("/street/new-street").text
