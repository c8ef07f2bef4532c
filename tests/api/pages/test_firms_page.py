"""The property firm: its contract, its debriefs, and what it has to put right."""

from datetime import date

from ledger.actions.rectification import OpenRectification, RejectRectification, ReportRectification


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
