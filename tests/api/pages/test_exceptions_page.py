"""Bad news first, in plain words: on the community's own page, on a page of its own, on every record."""

from datetime import date

import msgspec
import pytest

from ledger.actions.bank_reconciliation import ReconcileBank
from ledger.actions.decision import VoteClosed
from ledger.actions.irregularity import RecordIrregularity, ResolveIrregularity
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.rectification import OpenRectification
from ledger.actions.suspense_entry import Classification, ClassifyEntry, RecordSuspenseEntry
from ledger.actions.working_fund import BudgetLine, BudgetPeriod, WorkingBudgetSet
from ledger.errors import Refused
from tests.api.pages.books import approved, decided, fund_opened, requested
from tests.api.pages.resident import Installation, Page
from tests.ledger.story import Happened

PAGE = "/c/wutongli/exceptions"


def seal_misused(here: Installation, day: int = 10) -> int:
    return here.record(
        "street",
        RecordIrregularity(
            what="公章没有决定", broken=("COM-16",), on=date(2026, 11, day), text="意向书上盖了业委会章。"
        ),
    )


def seen(here: Installation, fen: int, direction: str = "in") -> int:
    return here.record(
        "treasurer",
        RecordSuspenseEntry(
            fund="working", direction=direction, amount_fen=fen, seen_on=date(2026, 11, 18), text="手续费"
        ),
    )


def reconciled(here: Installation, bank: int) -> int:
    command = ReconcileBank(fund="working", on=date(2026, 11, 19), bank_balance_fen=bank)
    return here.record("treasurer", command)


@pytest.fixture
def books(here: Installation) -> Installation:
    fund_opened(here, "working", 9_000_00, date(2026, 11, 1))
    return here


def test_a_book_in_order_has_no_bad_news(books):
    assert "还没解决" not in books.read("/c/wutongli").text
    assert "没有还没解决的事" in books.read(PAGE).text


def test_money_paid_before_anybody_decided_stands_at_the_top_of_the_book(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "bulbs", "楼道灯泡", 800_00)  # on 1 February
    requested(here, "bulbs-1", "bulbs", 800_00)
    approved(here, "bulbs-1")
    early = RecordFundPayment(payment="bulbs-1", paid_on=date(2026, 1, 31), voucher="V-1")
    with pytest.raises(Refused, match="before-its-decision"):
        here.record("treasurer", early)
    number = here.record("treasurer", msgspec.structs.replace(early, acknowledge=("FUND-09",)))
    for path in ("/c/wutongli", PAGE):
        page = here.read(path)
        assert "FUND-09" in page.text
        assert f"/c/wutongli/events/{number}" in page.links


def test_a_broken_rule_stands_at_the_top_of_the_book_with_what_the_rule_says(books):
    seal_misused(books)
    text = books.read("/c/wutongli").text
    assert "有 1 件事还没解决" in text
    assert "✗ 不合规定 公章没有决定" in text
    assert "违反的规定：用业主大会章凭议事规则或业主大会决定，用业委会章凭业委会决定 COM-16" in text
    assert text.index("有 1 件事还没解决") < text.index("现在有多少钱")


def test_it_says_how_late_it_was_recorded_and_how_long_it_is_open(books):
    seal_misused(books, day=10)
    assert "晚 10 天记录 · 已经 10 天" in books.read(PAGE).text


@pytest.mark.parametrize(
    ("bank", "said"), [(9_003_00, "银行比账上多 3.00 元"), (8_997_00, "银行比账上少 3.00 元")]
)
def test_what_the_bank_says_otherwise_is_said_in_yuan(books, bank, said):
    reconciled(books, bank)
    assert f"✗ 和银行对不上 业委会工作经费：{said}" in books.read("/c/wutongli").text


@pytest.mark.parametrize(("direction", "said"), [("in", "收到"), ("out", "付出")])
def test_money_nobody_can_explain_says_what_the_bank_wrote(books, direction, said):
    seen(books, 12_00, direction)
    text = books.read("/c/wutongli").text
    assert f"! 说不清的钱 业委会工作经费：{said} 12.00 元，还不知道是什么钱" in text
    assert "银行流水写的是：手续费" in text


def test_only_overdue_findings_are_bad_news(books):
    for item, due_on in (("stairs", date(2026, 11, 19)), ("lamp", date(2026, 11, 20))):
        opening = OpenRectification(
            item=item, source="检查", problem=f"{item}没有整改", responsible="物业", due_on=due_on
        )
        books.record("secretary", opening)
    assert "有 1 件事还没解决" in books.read("/c/wutongli").text
    text = books.read(PAGE).text
    assert "✗ 整改逾期 stairs没有整改" in text
    assert "! 整改中 lamp没有整改" in text
    assert text.index("stairs") < text.index("lamp")


def test_the_book_shows_the_newest_three_and_says_how_many_there_are(books):
    for fen in (1_00, 2_00, 3_00, 4_00):
        seen(books, fen)
    book: Page = books.read("/c/wutongli")
    assert "有 4 件事还没解决" in book.text
    assert "收到 4.00 元" in book.text
    assert "收到 1.00 元，还不知道" not in book.text
    assert PAGE in book.links


def test_what_was_put_right_stays_on_its_page_with_how(books):
    number = seal_misused(books)
    books.record("chair", ResolveIrregularity(number=number, how="文件已收回。"))
    assert "还没解决" not in books.read("/c/wutongli").text
    text = books.read(PAGE).text
    assert "✓ 已解决 公章没有决定" in text
    assert "怎么解决的：文件已收回。" in text


def test_a_difference_that_was_explained_says_so(books):
    reconciled(books, 9_003_00)
    seen(books, 3_00)
    assert "✓ 已解决 业委会工作经费：银行和账上对上了" in books.read(PAGE).text


def test_the_record_itself_says_what_it_breaks_and_that_it_was_put_right(books):
    number = seal_misused(books)
    assert "这件事不合规定 违反的规定：用业主大会章" in books.read(f"/c/wutongli/events/{number}").text
    books.record("chair", ResolveIrregularity(number=number, how="文件已收回。"))
    text = books.read(f"/c/wutongli/events/{number}").text
    assert "怎么解决的：文件已收回。" in text
    assert "还没解决" not in text


def test_the_record_of_unexplained_money_says_what_it_turned_out_to_be(books):
    number = seen(books, 12_00)
    assert "这笔钱还不知道是什么钱" in books.read(f"/c/wutongli/events/{number}").text
    classified = books.record("treasurer", ClassifyEntry(number=number, was=Classification(kind="interest")))
    page = books.read(f"/c/wutongli/events/{number}")
    assert "这笔钱已经说清了 是：利息" in page.text
    assert f"/c/wutongli/events/{classified}" in page.links


def test_all_of_it_can_be_read_in_english(books):
    seal_misused(books)
    seen(books, 12_00, "out")
    text = books.read("/c/wutongli?lang=en").text
    assert "Still to be put right: 2" in text
    assert "Every use of a seal refers to the rule or decision it rests on COM-16" in text
    assert "12.00 yuan went out, nobody knows yet what for" in text


def test_a_long_list_of_what_was_put_right_comes_in_pages(books):
    for fen in range(1, 23):
        number = seen(books, fen)
        books.record("treasurer", ClassifyEntry(number=number, was=Classification(kind="interest")))
    first = books.read(PAGE)
    assert first.text.count("已解决") == 20
    (older,) = [link for link in first.links if "after=" in link]
    assert books.read(older).text.count("已解决") == 2


def test_a_ledger_that_is_not_there_has_no_such_page(here):
    assert here.read("/c/nowhere/exceptions").status == 404


# -- the committee's own money -----------------------------------------------------------------------------


def test_the_book_shows_what_is_left_of_the_committees_budget(books):
    here = books
    assert "业委会的工作经费" not in here.read("/c/wutongli").text
    granted = VoteClosed(decision="budget", threshold="ordinary", quorum_met=True, approved=True)
    period = BudgetPeriod(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    lines = (BudgetLine(head="office", amount_fen=3_000_00),)
    for event in (granted, WorkingBudgetSet(period=period, lines=lines, decision="budget")):
        here.record("secretary", Happened(event=event))
    number = seen(here, 12_00, "out")
    spent = ClassifyEntry(
        number=number, was=Classification(kind="payment", use="office"), acknowledge=("FUND-09",)
    )
    here.record("treasurer", spent)
    text = here.read("/c/wutongli").text
    assert "业委会的工作经费 2026年1月1日 至 2026年12月31日 · 业主批准的预算" in text
    assert "办公 2,988.00 3,000.00 12.00" in text
