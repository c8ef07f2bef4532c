"""What a resident reads about the money, the decisions and the firm of a community."""

from datetime import date

from tests.api.pages.books import (
    approved,
    decided,
    fund_opened,
    interest,
    paid,
    requested,
    revenue,
    reversed_,
    spent,
)


def test_each_fund_says_what_it_holds_in_figures_and_as_on_a_cheque(here):
    fund_opened(here, "public-revenue", 31_415_93)
    text = here.read("/c/wutongli").text
    assert "公共收益 31,415.93 元 人民币叁万壹仟肆佰壹拾伍元玖角叁分" in text


def test_what_is_approved_and_not_yet_paid_is_taken_from_what_may_be_used(here):
    fund_opened(here, "public-revenue", 10_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    requested(here, "gate-1", "gate", 6_320_57)
    approved(here, "gate-1")
    assert "账上余额 10,000.00 −批准了还没付 6,320.57 =还能动用 3,679.43" in here.read("/c/wutongli").text


def test_the_three_pots_are_never_added_up(here):
    fund_opened(here, "maintenance", 7_000_00)
    fund_opened(here, "public-revenue", 500_00)
    fund_opened(here, "working", 20_00)
    page = here.read("/c/wutongli")
    assert "不能混用，也不加在一起" in page.text
    assert "7,520.00" not in page.html


def test_money_out_is_named_by_what_was_decided_and_money_in_by_its_source(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    decided(here, "lawn", "绿化补种", 8_000_00)
    spent(here, "gate-1", "gate", 3_000_00, date(2026, 3, 5))
    spent(here, "lawn-1", "lawn", 1_000_00, date(2026, 4, 5))
    revenue(here, 6_000_00, date(2026, 3, 1), head=1)
    revenue(here, 2_000_00, date(2026, 5, 1), head=3, location="电梯轿厢")
    text = here.read("/c/wutongli").text
    assert "门禁维修 3,000.00 75.0% 绿化补种 1,000.00 25.0% 合计 4,000.00 100%" in text
    assert "共用场地停车 6,000.00 75.0% 广告 2,000.00 25.0% 合计 8,000.00 100%" in text


def test_the_sum_of_the_period_can_be_followed(here):
    fund_opened(here, "public-revenue", 500_00)
    revenue(here, 40_00, date(2026, 8, 1))
    text = here.read("/c/wutongli?period=2026-q3").text
    assert "期初余额 500.00 +收入 40.00 −支出 0.00 =期末余额 540.00" in text


def test_a_quarter_begins_and_ends_on_its_days_in_shanghai(here):
    fund_opened(here, "public-revenue", 0)
    revenue(here, 11_00, date(2026, 9, 30))
    revenue(here, 22_00, date(2026, 10, 1))
    assert "+收入 11.00" in here.read("/c/wutongli?period=2026-q3").text
    assert "+收入 22.00" in here.read("/c/wutongli?period=2026-q4").text


def test_what_a_fund_held_when_its_books_were_opened_is_no_income(here):
    fund_opened(here, "public-revenue", 500_00, date(2026, 8, 15))
    text = here.read("/c/wutongli?period=2026-q3").text
    assert "期初余额 500.00 +收入 0.00" in text
    assert "这段时间没有收入 财务人员记下收到的钱以后，会出现在这里。" in text


def test_a_period_or_fund_that_makes_no_sense_shows_the_last_twelve_months(here):
    fund_opened(here, "working", 500_00)
    for query in ("period=2026-q5", "period='", "fund=gold", "period=&fund="):
        page = here.read(f"/c/wutongli?{query}")
        assert page.status == 200
        assert "业委会工作经费 · 近 12 个月" in page.text


def test_the_twelve_months_can_be_read_as_a_table(here):
    fund_opened(here, "public-revenue", 0)
    revenue(here, 77_00, date(2025, 12, 31))
    revenue(here, 88_00, date(2026, 11, 1))
    text = here.read("/c/wutongli").text
    assert "2025年12月 77.00 0.00 2026年1月 0.00 0.00" in text
    assert "2026年11月 88.00 0.00" in text
    assert "2025年11月" not in text


def test_an_entry_put_right_is_noted_with_the_old_figure_the_new_one_and_the_reason(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    wrong = spent(here, "gate-1", "gate", 6_302_57, date(2026, 7, 17))
    reversal = reversed_(here, wrong, "抄写时数字颠倒")
    right = spent(here, "gate-2", "gate", 6_320_57, date(2026, 7, 17))
    page = here.read("/c/wutongli")
    assert "原记 6,302.57 元，2026年11月20日冲正，改记 6,320.57 元" in page.text
    assert "原因：抄写时数字颠倒" in page.text
    assert {f"/c/wutongli/events/{number}" for number in (wrong, reversal, right)} <= set(page.links)


def test_a_decision_shows_what_is_left_of_the_money_it_set_free(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    requested(here, "gate-1", "gate", 6_320_57)
    approved(here, "gate-1")
    paid(here, "gate-1", date(2026, 3, 5))
    assert (
        "门禁维修 1,679.43 2026年2月1日 业主委员会 ✓ 已通过 公共收益 · 批准 8,000.00 元，已付 6,320.57 元"
        in (here.read("/c/wutongli").text)
    )


def test_an_empty_book_says_what_will_appear_and_who_must_do_it(here):
    text = here.read("/c/wutongli").text
    assert "这个小区还没有在这里记账 业委会开立维修资金、公共收益等账户并记下期初余额以后" in text
    assert "还没有决定 业委会开会决定、业主表决以后，由业委会秘书记下" in text
    assert "还没有物业的记录 签了服务合同" in text


def test_the_latest_entries_stand_with_the_balance_after_each(here):
    fund_opened(here, "maintenance", 100_00)
    interest(here, "maintenance", 3_00, date(2026, 9, 21))
    assert "+3.00 103.00 2026年9月21日" in here.read("/c/wutongli").text


def test_a_listed_community_shows_its_tasks_its_firm_and_the_way_up(demo):
    page = demo.read("/c/dongming-001")
    assert "全部账本 东明路街道 凌一 凌云公寓" in page.text
    assert "物业 向为物业" in page.text
    assert "收缴率提升 ✗ 2024年6月底 逾期 ✗ 2024年12月底 逾期 清单原文：6月、12月完成" in page.text
    assert "3 项任务、5 个节点，已完成 1 个。" in page.text


def test_a_neighbourhood_shows_its_communities_with_what_is_late(demo):
    assert "凌云公寓 ✗ 逾期 4 个 向为物业" in demo.read("/c/dongming-n01").text


def test_a_street_shows_its_totals_and_everything_under_it(demo):
    page = demo.read("/c/dongming")
    assert "任务 205 73 个小区" in page.text
    assert sum(link.startswith("/c/dongming-0") for link in page.links) == 73


def test_a_title_full_of_markup_is_shown_as_it_was_written(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "x", "<script>alert(1)</script>{{7*7}}", 8_000_00)
    page = here.read("/c/wutongli")
    assert "<script>alert(1)</script>{{7*7}}" in page.text
    assert all(script["src"].startswith("/static/") for script in page.elements_of("script"))


def test_a_community_shows_bad_news_first_then_the_pots_decisions_repairs_and_arrears(demo):
    text = demo.read("/c/wutongli").text
    order = (
        "件事还没解决",
        "现在有多少钱",
        "钱的来去",
        "最近的决定",
        "维修工程",
        "公共地方该收的钱",
        "最近的收支",
    )
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "4号门的维修资金不足首期的 30% 首期交了 162,132.00 元，现在剩 48,454.87 元。" in text
    assert "已经通知续交：16 户，一共 34,181.93 元。" in text
    assert "共用场地经营 · 2号楼" in text


def test_money_paid_without_a_decision_is_among_where_the_money_went(demo):
    text = demo.read("/c/wutongli").text
    assert "浦东通渠服务部 · 暴雨后疏通窨井 860.00" in text
    assert "+收入 431,599.55 −支出 387,124.90 =期末余额 548,909.09" in text
    assert "合计 387,124.90 100%" in text


def test_an_unknown_ledger_is_told_in_words(here):
    for address in (
        "/c/nowhere",
        "/c/%00",
        "/c/ÄÖ",
        "/c/nowhere/entries",
        "/street/nowhere",
        "/c/nowhere/events/0",
    ):
        page = here.read(address)
        assert page.status == 404
        assert "没有找到" in page.text
        assert "看全部账本" in page.text
