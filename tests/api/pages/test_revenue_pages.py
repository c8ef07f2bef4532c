"""What the common parts brought in, who uses them, and who has not paid: in words a neighbour says."""

from datetime import date

import pytest

from ledger.actions.assembly import RecordAssemblyEstablished
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.actions.revenue_contract import EndRevenueContract
from ledger.actions.revenue_to_fund import RecordNetRevenueMoved, TransferRevenueToFund
from tests.api.pages.books import fund_opened
from tests.ledger.revenue_words import register_contract

APRIL, JULY, OCTOBER = date(2026, 4, 10), date(2026, 7, 10), date(2026, 10, 10)
LOCKERS = {"head": 1, "location": "东门快递柜场地", "counterparty": "丰巢公司"}


def income(here, fen: int, head: int, on: date = date(2026, 5, 20), contract: str | None = None) -> int:
    return here.record(
        "treasurer", RecordPublicRevenue(head=head, gross_fen=fen, received_on=on, contract=contract)
    )


def cost(here, kind: str, fen: int) -> int:
    return here.record("treasurer", RecordRevenueCost(cost=kind, amount_fen=fen, paid_on=date(2026, 6, 20)))


@pytest.fixture
def second_quarter(here):
    """EX5 in the books of 梧桐里."""
    here.record("secretary", RecordAssemblyEstablished(established_on=date(2025, 5, 18)))
    fund_opened(here, "public-revenue", 0)
    fund_opened(here, "maintenance", 0)
    for head, fen in ((1, 186_400_00), (3, 24_000_00), (2, 25_500_00), (7, 312_47)):
        income(here, fen, head)
    for kind, fen in (("tax", 6_880_00), ("energy", 9_216_30), ("labour", 38_000_00)):
        cost(here, kind, fen)
    return here


def contract(here, *lines: tuple[date, int], **of) -> int:
    return here.record("secretary", register_contract("lockers", *lines, **LOCKERS | of))


def test_ex5_a_quarter_from_gross_to_net_to_the_fund(second_quarter):
    here = second_quarter
    here.record(
        "treasurer",
        TransferRevenueToFund(quarter="2026-q2", amount_fen=127_481_32, transferred_on=date(2026, 7, 20)),
    )
    text = here.read("/c/wutongli/revenue?quarter=2026-q2").text
    assert "一共收进（公共收入） 236,212.47" in text
    assert "−税费 6,880.00 −能耗 9,216.30 −人工 38,000.00" in text
    assert "=净得（公共收益） 182,116.17" in text
    assert "−转入维修资金 127,481.32 =留作其他用处 54,634.85" in text
    assert "净得的 70.0% 转入了维修资金。" in text


def test_ex5_the_net_is_moved_by_31_july(second_quarter):
    here, address = second_quarter, "/c/wutongli/revenue?quarter=2026-q2"
    assert "✗ 物业还没有把这个季度净得的钱划到业主的账户，最晚应在 2026年7月31日。" in here.read(address).text
    moved = RecordNetRevenueMoved(quarter="2026-q2", amount_fen=182_116_17, moved_on=date(2026, 7, 31))
    here.record("firm", moved)
    text = here.read(address).text
    assert "✓ 物业在 2026年7月31日把 182,116.17 元划到了业主的账户。 最晚应在 2026年7月31日。" in text


def test_the_running_quarter_comes_first(second_quarter):
    text = second_quarter.read("/c/wutongli/revenue").text
    assert "2026年第4季度 这个季度还没有收支" in text


def test_a_contract_says_what_is_overdue_and_since_when(here):
    fund_opened(here, "public-revenue", 0)
    contract(here, (APRIL, 6_000_00), (JULY, 6_000_00), (OCTOBER, 6_000_00), (date(2026, 12, 31), 6_000_00))
    income(here, 6_000_00, 1, on=date(2026, 4, 12), contract="lockers")
    income(here, 5_999_99, 1, on=JULY, contract="lockers")
    text = here.read("/c/wutongli/revenue").text
    assert "一共还欠 6,000.01 元。" in text
    assert "✗ 欠 6,000.01 元，最早的一笔过期 133 天" in text
    assert "谁在用 丰巢公司 到今天应收 18,000.00 元 已经收到 11,999.99 元" in text
    assert "! 晚 2 天收齐" in text
    assert "✗ 还差 0.01 元，过期 133 天" in text
    assert "✗ 一分没收到，过期 41 天" in text
    assert "2026年12月31日 6,000.00 0.00 – 还没到期" in text


def test_a_contract_that_is_paid_says_so(here):
    fund_opened(here, "public-revenue", 0)
    contract(here, (APRIL, 6_000_00))
    income(here, 6_000_01, 1, on=APRIL, contract="lockers")
    text = here.read("/c/wutongli/revenue").text
    assert "到期的钱都收到了。" in text
    assert "✓ 到期的都按时收到了" in text
    assert "多收 0.01 元" in text


def test_a_contract_that_ended_early_owes_nothing_after(here):
    contract(here, (date(2026, 12, 31), 6_000_00))
    here.record("secretary", EndRevenueContract(contract="lockers", ended_on=OCTOBER, reason="对方撤场。"))
    assert "– 提前终止，没有欠款" in here.read("/c/wutongli/revenue").text
    text = here.read("/c/wutongli/revenue/lockers").text
    assert "– 合同终止，不用再交" in text
    assert "提前终止 2026年10月10日" in text


def test_a_page_of_its_own_shows_everything_a_contract_must_say(here):
    contract(
        here,
        (APRIL, 6_000_00),
        standard="每月500元",
        management_cost="无",
        distribution="全体业主共有",
        filed_with="物业服务处",
    )
    text = here.read("/c/wutongli/revenue/lockers").text
    for words in (
        "谁在用 丰巢公司",
        "算哪一项收入 共用场地停车",
        "收益归谁 全体业主",
        "收费标准 每月500元",
        "管理成本 无",
        "怎么分 全体业主共有",
        "合同放在哪里 物业服务处",
    ):
        assert words in text


def test_a_contract_nobody_knows_has_no_page(here):
    assert here.read("/c/wutongli/revenue/no-contract").status == 404
    assert here.read("/c/wutongli/revenue/NO_ID").status == 404


def test_money_under_a_contract_nobody_put_on_file_is_named(here):
    fund_opened(here, "public-revenue", 0)
    income(here, 700_00, 1, contract="ghost")
    assert "按合同“ghost”收过 700.00 元，但这份合同没有登记。" in here.read("/c/wutongli/revenue").text


def test_the_public_page_says_how_much_is_owed_and_where(here):
    fund_opened(here, "public-revenue", 0)
    contract(here, (OCTOBER, 6_000_00))
    page = here.read("/c/wutongli")
    assert "✗ 有 1 处欠款 一共还欠 6,000.00 元。" in page.text
    assert "东门快递柜场地 欠 6,000.00 元，最早的一笔过期 41 天" in page.text
    assert "/c/wutongli/revenue" in page.links


def test_a_community_without_contracts_has_nothing_to_say_about_them(here):
    assert "公共地方该收的钱" not in here.read("/c/wutongli").text
    assert "还没有登记合同" in here.read("/c/wutongli/revenue").text


def test_what_stands_there_is_there_in_english_too(here):
    fund_opened(here, "public-revenue", 0)
    contract(here, (OCTOBER, 6_000_00))
    text = here.read("/c/wutongli/revenue?lang=en").text
    assert "6,000.00 yuan overdue, the oldest for 41 days" in text
    assert "✗ nothing came, 41 days overdue" in text
