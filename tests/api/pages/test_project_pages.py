"""What a neighbour reads about a repair: how far it is, what it costs, what is held back, what they bear."""

from datetime import date

import pytest

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.repair_project import CompletionNoticePosted, PlanPosting, ProjectApportioned
from ledger.asked import Asked
from ledger.fields import Scope
from tests.api.pages.resident import LEDGER, TODAY
from tests.ledger.happened import money, payment_paid
from tests.ledger.project_words import (
    a_plan,
    a_repair,
    apportionment_reversed,
    drawn,
    plan_published,
    price_reviewed,
    review_engaged,
    warranty_expired,
    works_accepted,
)
from tests.ledger.story import Fact, Happened

DOOR_12 = Scope(kind="door", id="12")
APPORTIONED = ProjectApportioned(
    project="lift", total_fen=31_415_93, scope=DOOR_12, area="611.47", units=7, fen_per_m2=51_38,
    remainder_units=3, shares_digest="0" * 64,
)  # fmt: skip


@pytest.fixture
def told(here):
    """Facts of the community, taken as they are."""

    def tell(*facts: Fact) -> None:
        for fact in facts:
            happened = Happened(event=fact.event, occurred_on=fact.on)
            here.services.ledger.record(Asked(LEDGER, happened, "chair", TODAY))

    return tell


def test_a_plan_says_what_will_be_done_and_that_nothing_can_be_paid_yet(here, told):
    told(*a_plan())
    page = here.read("/c/wutongli/projects/lift")
    assert "预算 28.00 万元，还没有签合同，不能付款。" in page.text
    assert "做哪些 更换三号楼电梯曳引机和钢丝绳。" in page.text
    assert "业主表决" in page.text
    assert "/c/wutongli/decisions/lift-3" in page.links


def test_a_repair_under_contract_says_what_is_paid_and_what_is_left(here, told):
    told(*a_repair(), review_engaged(), *drawn(80_400_00))
    text = here.read("/c/wutongli/projects/lift").text
    assert "合同价 26.80 万元，已付 8.04 万元。 审价还没有结果。" in text
    assert "最多可付 268,000.00 −已付 80,400.00 −批准了还没付 0.00 =还没付的 187,600.00" in text
    assert "● 施工中" in text


def test_ex7_says_that_too_little_of_the_retention_is_left(here, told):
    told(*a_repair(), *drawn(241_200_00), price_reviewed())
    text = here.read("/c/wutongli/projects/lift").text
    assert "✗ 多付了质保金" in text
    assert "该留 12,567.03 元，审价前付得多了，少留了 2,426.53 元" in text
    assert "还留着的质保金 10,140.50 元" in text


def test_what_left_beyond_the_reviewed_amount_is_shown_as_paid_too_much(here, told):
    told(*a_repair(), *drawn(241_200_00), price_reviewed(200_000_00))
    text = here.read("/c/wutongli/projects/lift").text
    assert "已付和批准的 241,200.00 −最多可付 200,000.00 =多付了 41,200.00" in text


def test_what_nobody_approved_is_shown_as_that(here, told):
    bolt = payment_paid("bolt", fen=5_00).event
    told(*a_repair(), Fact(type(bolt)(**{name: getattr(bolt, name) for name in bolt.__struct_fields__}
                                      | {"project": "lift", "charged_fen": 5_00})))  # fmt: skip
    assert "✗ 没有批准就付了" in here.read("/c/wutongli/projects/lift").text


def test_a_repair_to_its_end(here, told):
    notice = CompletionNoticePosted(
        project="lift", posted_on=TODAY, places=("12号门厅", "公告栏"), firm_report="3号"
    )
    told(
        *a_repair(),
        *drawn(80_400_00),
        price_reviewed(),
        works_accepted(warranty_until=date(2026, 11, 1)),
        Fact(notice),
        Fact(APPORTIONED),
        warranty_expired(),
        *drawn(170_940_50, "rest"),
    )
    text = here.read("/c/wutongli/projects/lift").text
    assert "✓ 已结清" in text
    assert "3.14 万元由7户按建筑面积分摊，每平方米 51.38 元。" in text
    assert "除不尽的分，由 3 户各多摊 1 分" in text
    assert "告示贴在 12号门厅、公告栏" in text
    assert "– 还没有" not in text


def test_a_corrected_review_stays_on_the_page_with_the_reason(here, told):
    told(*a_repair(), price_reviewed(251_340_50))
    wrong = here.services.store.length(LEDGER) - 1
    told(price_reviewed(255_000_00, corrects=wrong, reason="漏算一台曳引机。"))
    page = here.read("/c/wutongli/projects/lift")
    assert "审价审定 25.50 万元" in page.text
    assert "审定 255,000.00 元 ✓ 这次作数 审错了：漏算一台曳引机。" in page.text
    assert f"/c/wutongli/events/{wrong}" in page.links


def test_a_plan_from_before_there_is_an_assembly_says_how_it_was_posted(here, told):
    posting = PlanPosting(
        posted_on=date(2025, 12, 25), removed_on=date(2026, 1, 1), opinions="42户赞成，1户嫌贵。"
    )
    told(a_plan()[0], plan_published(posting=posting))
    text = here.read("/c/wutongli/projects/lift").text
    assert "业主大会成立前的公示 从2025年12月25日到2026年1月1日" in text
    assert "业主说了什么 42户赞成，1户嫌贵。" in text


def test_a_split_and_what_took_it_back_point_at_each_other(here, told):
    told(*a_repair(), price_reviewed(31_415_93), Fact(APPORTIONED))
    number = here.services.store.length(LEDGER) - 1
    told(apportionment_reversed(number, Fact(APPORTIONED)))
    split, reversal = (here.read(f"/c/wutongli/events/{number + step}") for step in (0, 1))
    assert "这次分摊已经撤回" in split.text
    assert f"/c/wutongli/events/{number + 1}" in split.links
    assert f"它撤回的是：第 {number} 条" in reversal.text
    assert f"/c/wutongli/events/{number}" in reversal.links
    assert "还没有分摊" in here.read("/c/wutongli/projects/lift").text


def test_an_emergency_needs_no_vote(here, told):
    authorised = EmergencyRepairAuthorised(
        emergency="leak-5", path="committee", authorises=money("maintenance", 60_000_00)
    )
    told(Fact(authorised), plan_published("leak", decision="leak-5"))
    assert "紧急维修" in here.read("/c/wutongli/projects/leak").text
    assert "不用业主表决" in here.read("/c/wutongli/decisions/leak-5").text


def test_the_list_and_the_book_lead_to_every_repair(here, told):
    told(*a_repair(), plan_published("roof"))
    page = here.read("/c/wutongli/projects")
    assert {"/c/wutongli/projects/lift", "/c/wutongli/projects/roof"} <= set(page.links)
    book = here.read("/c/wutongli")
    assert {"/c/wutongli/projects/lift", "/c/wutongli/projects"} <= set(book.links)


def test_a_community_without_repairs_says_how_one_begins(here):
    assert "还没有维修工程" in here.read("/c/wutongli/projects").text
    assert "/c/wutongli/projects" not in here.read("/c/wutongli").links


def test_there_is_no_page_about_a_repair_nobody_planned(here):
    assert here.read("/c/wutongli/projects/lift").status == 404
    assert here.read("/c/wutongli/projects/LIFT").status == 404


def test_old_repairs_are_on_further_pages(here, told):
    told(*a_plan(), *(plan_published(f"roof-{number}") for number in range(1, 21)))
    page = here.read("/c/wutongli/projects")
    assert "/c/wutongli/projects/lift" not in page.links
    (older,) = [link for link in page.links if "after=" in link]
    assert "/c/wutongli/projects/lift" in here.read(older).links


def test_the_pages_speak_english(here, told):
    told(*a_repair(), *drawn(241_200_00), price_reviewed(), Fact(APPORTIONED))
    text = here.read("/c/wutongli/projects/lift", Accept_Language="en").text
    assert "Too little retention is left" in text
    assert "borne by 7 units" in text
