"""The property firm: its contract, its debriefs, and what it has to put right."""

from datetime import date

from ledger.actions.appraisal import (
    CorrectAppraisal,
    Criterion,
    FeedBackAppraisal,
    Rating,
    RecordAppraisal,
    Rubric,
    Score,
)
from ledger.actions.firm_debrief import (
    Claim,
    HoldDebrief,
    Passage,
    Period,
    ScheduleDebrief,
    SubmitDebrief,
)
from ledger.actions.rectification import OpenRectification, RejectRectification, ReportRectification
from ledger.actions.rules import AdoptRules
from ledger.actions.service_contract import EndServiceContract, SignServiceContract
from ledger.actions.work_list import ListCommunity, RegisterFirm


def opened(here, item, due_on):
    here.record(
        "secretary",
        OpenRectification(
            item=item, source="2026年述职评议", problem=f"{item}灯不亮", responsible="物业", due_on=due_on
        ),
    )


def test_a_debrief_is_shown_with_its_points_line_by_line(demo):
    text = demo.read("/c/wutongli/firms").text
    assert "79 分，满分 100 分，58 人打分" in text
    assert "报修及时与质量 26 30" in text


def test_a_contract_says_whether_it_is_running(demo):
    assert "恒安物业服务有限公司 ✓ 在服务" in demo.read("/c/wutongli/firms").text


def test_an_item_is_late_from_the_day_after_it_was_due(here):
    opened(here, "a", date(2026, 11, 19))
    opened(here, "b", date(2026, 11, 20))
    text = here.read("/c/wutongli/firms").text
    assert "a灯不亮 ✗ 逾期 1 天" in text
    assert "b灯不亮 ! 整改中" in text
    assert text.index("a灯不亮") < text.index("b灯不亮")


def test_an_item_sent_back_says_why_and_how_often(here):
    opened(here, "a", date(2026, 12, 1))
    here.record("firm", ReportRectification(item="a", report="换了灯泡"))
    here.record("chair", RejectRectification(item="a", reason="夜里还是不亮"))
    text = here.read("/c/wutongli/firms").text
    assert "! 退回过 1 次" in text
    assert "退回原因 夜里还是不亮" in text


def test_a_listed_community_names_the_firm_of_the_list(demo):
    page = demo.read("/c/dongming-001/firms")
    assert "街道清单上的物业：向为物业" in page.text
    assert "还没有服务合同 业委会和物业签了合同以后" in page.text


def test_no_record_of_a_firm_says_what_will_appear(here):
    text = here.read("/c/wutongli/firms").text
    assert "还没有述职 物业每年向业主述职一次" in text
    assert "还没有整改事项 评议或检查发现的问题" in text


# -- the yearly debrief ----------------------------------------------------------------------------

LAST_YEAR = Period(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
THIS_YEAR = Period(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
WORDS = (Passage(chapter="repairs", text="全年报修 1,126 件，30 分钟内到场率 93%。"),)
RUBRIC = Rubric(
    total_points=100,
    criteria=(
        Criterion(item="repairs", title="报修及时", max_points=60),
        Criterion(item="attitude", title="服务态度", max_points=40),
    ),
)


def signed(here, **of):
    contract = SignServiceContract(
        contract="2025", firm="heng-an", firm_name="恒安物业", starts_on=date(2025, 1, 1), **of
    )
    here.record("secretary", contract)


def held(here, period=LAST_YEAR, *, on=date(2025, 12, 15), ledger="wutongli"):
    here.record(
        "secretary",
        HoldDebrief(debrief=str(period.ends_on.year), firm="heng-an", period=period, held_on=on),
        ledger=ledger,
    )


def scores(repairs, attitude):
    return Score(item="repairs", points=repairs), Score(item="attitude", points=attitude)


def test_a_debrief_that_is_planned_says_when_and_what_is_still_to_do(here):
    signed(here)
    here.record(
        "secretary",
        ScheduleDebrief(debrief="2026", contract="2025", period=THIS_YEAR, planned_on=date(2026, 12, 12)),
    )
    text = here.read("/c/wutongli/firms").text
    assert "2026年度述职评议 ✓ 已安排 – 没交报告 ! 还没开会 ! 还没评议" in text
    assert "计划日期 2026年12月12日" in text
    assert "恒安物业：2026年度述职 计划2026年12月12日述职，还没有开会。" in text


def test_what_the_firm_claims_stands_beside_what_the_ledger_says(here):
    signed(here, fee_fen_per_m2_month=1_85)
    held(here)
    claims = (Claim(figure="fee-fen", value=1_85), Claim(figure="revenue-collected-fen", value=120_000_00))
    here.record("firm", SubmitDebrief(debrief="2025", words=WORDS, claims=claims))
    text = here.read("/c/wutongli/firms").text
    assert "物业费（每平方米每月） 1.85 元 1.85 元 第 1 次提交 ✓ 一致" in text
    assert "收进的公共收益 0.00 元 120,000.00 元 第 1 次提交 ! 多报 120,000.00" in text
    assert "上次评议要整改的 — 没有报" in text
    assert "报修和到场 全年报修 1,126 件" in text


def test_a_further_version_is_added_and_the_first_claim_stays(here):
    held(here)
    for value in (14, 0):
        here.record(
            "firm", SubmitDebrief(debrief="2025", claims=(Claim(figure="notices-posted", value=value),))
        )
    assert "张贴公示 0 14 第 1 次提交 0 第 2 次提交 ✓ 一致" in here.read("/c/wutongli/firms").text


def test_a_corrected_score_shows_what_it_was_and_why(here):
    held(here)
    sheet = {"debrief": "2025", "rubric": RUBRIC, "raters": 58}
    here.record("secretary", RecordAppraisal(**sheet, scores=scores(50, 38)))
    here.record("secretary", FeedBackAppraisal(debrief="2025", fed_back_on=date(2026, 1, 5)))
    assert "✓ 结果已告诉物业" in here.read("/c/wutongli/firms").text
    opinions = (Rating(item="repairs", satisfied=30, mostly_satisfied=18, fair=7, dissatisfied=3),)
    here.record(
        "secretary",
        CorrectAppraisal(**sheet, scores=scores(49, 38), ratings=opinions, reason="两张打分表记反了。"),
    )
    text = here.read("/c/wutongli/firms").text
    assert "评议结果更正过 原记 88 分，2026年11月20日改为 87 分。原因：两张打分表记反了。" in text
    assert "87 分，满分 100 分，58 人打分" in text
    assert "报修及时 满意 30 人，基本满意 18 人，一般 7 人，不满意 3 人" in text
    assert "! 更正后还没告诉物业" in text


def test_one_text_for_many_communities_is_noticed(here):
    here.open_ledger("taohuayuan")
    for ledger, share in (("wutongli", "93%"), ("taohuayuan", "91 %")):
        held(here, ledger=ledger)
        words = (Passage(chapter="repairs", text=f"到场率 {share}。"),)
        here.record("firm", SubmitDebrief(debrief="2025", words=words), ledger=ledger)
    page = here.read("/c/wutongli/firms")
    assert "这份报告和别的小区一样 除了数字，这家物业在这些小区交了同一份报告：" in page.text
    assert "/c/taohuayuan/firms" in page.links


def test_a_firm_without_a_debrief_by_year_end_is_named_on_its_page_and_on_the_book(here):
    here.record("chair", AdoptRules(starts_on=date(2025, 1, 1), packs=("cn-31-pd", "dongming")))
    signed(here)
    for address in ("/c/wutongli/firms", "/c/wutongli"):
        text = here.read(address).text
        assert "恒安物业：2025年度述职 到2025年12月31日还没有述职。" in text
        assert "恒安物业：2026年度述职 还没有安排。年底（2026年12月31日）以前应当述职。" in text


def test_a_debrief_held_after_the_year_was_over_says_so(here):
    signed(here)
    held(here, on=date(2026, 3, 20))
    assert "到2025年12月31日还没有述职，2026年3月20日才开会。" in here.read("/c/wutongli/firms").text


def test_the_year_so_far_of_a_firm_is_filled_from_the_books(here):
    signed(here, fee_fen_per_m2_month=1_85)
    text = here.read("/c/wutongli/firms").text
    assert "恒安物业：今年到现在" in text
    assert "2026年1月1日到2026年11月20日 项目 账本算出 物业费（每平方米每月） 1.85 元" in text


def test_a_contract_that_ended_early_says_its_last_day(here):
    signed(here)
    here.record(
        "secretary", EndServiceContract(contract="2025", ended_on=date(2026, 6, 30), reason="协商解除。")
    )
    text = here.read("/c/wutongli/firms").text
    assert "恒安物业 – 提前结束了" in text
    assert "最后一天 2026年6月30日" in text
    assert "今年到现在" not in text


def test_the_book_shows_what_is_longest_overdue_first(here):
    opened(here, "a", date(2026, 12, 1))
    opened(here, "b", date(2026, 11, 10))
    text = here.read("/c/wutongli").text
    assert "正在整改的事 b灯不亮 ✗ 逾期 10 天 限期 2026年11月10日 · 物业 a灯不亮 ! 整改中" in text


def test_the_street_sees_firm_by_firm_which_communities_have_no_debrief(here):
    here.open_ledger("dongming", "东明路街道", "street")
    here.record("street", RegisterFirm(firm="heng-an", title="恒安物业"), ledger="dongming")
    for row, community in enumerate(("wutongli", "taohuayuan"), 1):
        listed = ListCommunity(
            community=community, title=community, row=row, neighbourhood="n1", firm="heng-an"
        )
        here.record("street", listed, ledger="dongming")
    held(here, THIS_YEAR, on=date(2026, 11, 15))
    page = here.read("/street/dongming")
    assert "2026年度还没有述职的物业 ! 1 个小区" in page.text
    assert "/c/taohuayuan/firms" in page.links
