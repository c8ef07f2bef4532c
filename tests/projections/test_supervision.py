"""The firm and what is demanded of it: contracts, debriefs with their appraisal, rectifications."""

from datetime import date

import msgspec

from ledger.actions.service_contract import ServiceContractSigned
from projections import debriefs, firms, rectifications
from projections.debrief_rows import CriterionScore, DebriefRow
from projections.firms import ListedCommunity
from projections.rectifications import RectificationRow
from tests.ledger.happened import (
    AUTUMN,
    SPRING,
    appraisal_recorded,
    community_listed,
    contract_signed,
    debrief_held,
    firm_registered,
    rectification_accepted,
    rectification_opened,
    rectification_rejected,
    rectification_reported,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books


def test_the_last_contract_to_start_comes_first(both_books: Books) -> None:
    renewed = ServiceContractSigned(
        contract="2027-1", firm="yue-hua", starts_on=date(2027, 1, 1), firm_name="悦华物业", fee_mode="lump",
        fee_fen_per_m2_month=2_10,
    )  # fmt: skip
    both_books.tell(contract_signed("2026-1", ends_on=date(2026, 12, 31)), Fact(renewed))
    now, before = firms.of(both_books.shown(), WUTONGLI).contracts
    assert (now.contract, now.firm_name, now.starts_on, now.ends_on) == (
        "2027-1",
        "悦华物业",
        date(2027, 1, 1),
        None,
    )
    assert (now.fee_mode, now.fee_fen_per_m2_month, now.number) == ("lump", 2_10, both_books.number)
    assert (before.contract, before.firm, before.firm_name, before.ends_on) == (
        "2026-1",
        "heng-sheng",
        None,
        date(2026, 12, 31),
    )


def test_a_firm_is_named_by_the_street_or_by_its_contract(both_books: Books) -> None:
    named = ServiceContractSigned(contract="1", firm="yue-hua", starts_on=SPRING, firm_name="悦华物业")
    both_books.tell(contract_signed("2026-1"), Fact(named), firm_registered("heng-sheng"))
    shown = both_books.shown()
    assert firms.named(shown, "heng-sheng") == "恒升物业"
    assert firms.named(shown, "yue-hua") == "悦华物业"
    assert firms.named(shown, "nobody") is None
    names = {contract.firm: contract.firm_name for contract in firms.of(shown, WUTONGLI).contracts}
    assert names == {"heng-sheng": "恒升物业", "yue-hua": "悦华物业"}


def test_a_community_finds_itself_on_the_list_of_its_street(both_books: Books) -> None:
    both_books.tell(firm_registered("heng-sheng"), community_listed("compound-5"))
    on_list = ListedCommunity(
        WUTONGLI, "compound-5", "三林苑", 5, "neighbourhood-2", "heng-sheng", "恒升物业"
    )
    assert firms.of(both_books.shown(), "compound-5").listed == (on_list,)
    assert firms.listed(both_books.views, WUTONGLI) == [on_list]
    assert firms.of(both_books.views, WUTONGLI).listed == ()


def test_what_the_list_says_of_a_communitys_progress_is_kept_as_it_is_written(both_books: Books) -> None:
    listed = community_listed("compound-5")
    both_books.tell(
        firm_registered("heng-sheng"),
        listed._replace(event=msgspec.structs.replace(listed.event, status="选聘已公告")),
    )
    (shown,) = firms.listed(both_books.shown(), WUTONGLI)
    assert shown.status == "选聘已公告"


def test_a_debrief_shows_who_reported_on_what_and_when(both_books: Books) -> None:
    number = both_books.tell(debrief_held("2025", attended=58))
    assert debriefs.one(both_books.shown(), WUTONGLI, "2025") == DebriefRow(
        debrief="2025",
        number=number,
        firm="heng-sheng",
        firm_name=None,
        period_from=date(2025, 1, 1),
        period_to=date(2025, 12, 31),
        held_on=SPRING,
        held_number=number,
        attended=58,
    )


def test_its_appraisal_shows_every_line_of_the_score_sheet(both_books: Books) -> None:
    both_books.tell(debrief_held("2025"))
    both_books.shown()
    number = both_books.tell(appraisal_recorded("2025", points=88))
    row = debriefs.one(both_books.shown(), WUTONGLI, "2025")
    assert row is not None
    assert (row.points, row.total_points, row.raters, row.appraisal_number) == (88, 100, 31, number)
    assert row.criteria == (
        CriterionScore("line-1", "第1项", 60, 50),
        CriterionScore("line-2", "第2项", 40, 38),
    )


def test_debriefs_and_rectifications_come_in_pages(both_books: Books) -> None:
    both_books.tell(debrief_held("2024"), debrief_held("2025"))
    both_books.tell(rectification_opened("stairs"), rectification_opened("lamp"))
    shown = both_books.shown()
    first = debriefs.page(shown, WUTONGLI, limit=1)
    assert [row.debrief for row in first + debriefs.page(shown, WUTONGLI, after=first[0].number)] == [
        "2024",
        "2025",
    ]
    newest = rectifications.page(shown, WUTONGLI, limit=1, newest_first=True)
    older = rectifications.page(shown, WUTONGLI, after=newest[0].number, newest_first=True)
    assert [row.item for row in newest + older] == ["lamp", "stairs"]
    assert debriefs.one(shown, WUTONGLI, "2023") is None
    assert rectifications.one(shown, WUTONGLI, "roof") is None


def test_a_finding_is_open_until_it_is_reported(both_books: Books) -> None:
    number = both_books.tell(rectification_opened("stairs"))
    assert rectifications.one(both_books.shown(), WUTONGLI, "stairs") == RectificationRow(
        item="stairs",
        number=number,
        source="述职评议",
        problem="楼道堆物。",
        responsible="物业服务企业",
        due_on=AUTUMN,
        opened_on=TODAY,
        stage="open",
    )


def test_a_rejected_report_opens_it_again_and_is_counted(both_books: Books) -> None:
    both_books.tell(
        rectification_opened("stairs"), rectification_reported("stairs"), rectification_rejected("stairs")
    )
    row = rectifications.one(both_books.shown(), WUTONGLI, "stairs")
    assert row is not None
    assert (row.stage, row.rejections, row.reason) == ("open", 1, "五楼仍有堆物。")
    both_books.tell(rectification_reported("stairs"), rectification_rejected("stairs"))
    again = rectifications.one(both_books.shown(), WUTONGLI, "stairs")
    assert again is not None
    assert again.rejections == 2


def test_an_accepted_report_closes_it(both_books: Books) -> None:
    both_books.tell(rectification_opened("stairs"), rectification_reported("stairs"))
    both_books.tell(rectification_accepted("stairs", remark="已复核。"))
    row = rectifications.one(both_books.shown(), WUTONGLI, "stairs")
    assert row is not None
    assert (row.stage, row.report, row.closed_on, row.remark) == (
        "accepted",
        "堆物已清理。",
        TODAY,
        "已复核。",
    )
