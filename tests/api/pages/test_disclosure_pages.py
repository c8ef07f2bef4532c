"""What a resident reads of a published statement: the answer, the sum, every row, and how to check it."""

import hashlib
from datetime import date

import pytest

from ledger.actions.disclosure import (
    ApproveDisclosure,
    DraftDisclosure,
    PublishDisclosure,
    RestateDisclosure,
)
from ledger.actions.firm_debrief import Period
from ledger.actions.posting import Place, RecordPosting
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from tests.api.pages.books import decided as committee_decided
from tests.api.pages.books import fund_opened, revenue, spent, unexplained

Q3 = Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
AUGUST, NOVEMBER = date(2026, 8, 8), date(2026, 11, 2)
ALL, ONE = "/c/wutongli/disclosures", "/c/wutongli/disclosures/q3-revenue"
API = "/api/v1/ledgers/wutongli/disclosures/q3-revenue"


def draft(here) -> int:
    return here.record("secretary", DraftDisclosure(disclosure="q3-revenue", table="T1", period=Q3))


def publish(here) -> int:
    here.record("chair", ApproveDisclosure(disclosure="q3-revenue"))
    return here.record("chair", PublishDisclosure(disclosure="q3-revenue"))


def restate(here) -> int:
    return here.record("treasurer", RestateDisclosure(disclosure="q3-revenue", reason="漏记了一笔停车费"))


@pytest.fixture
def quarter(here):
    """A quarter in which something came in, something was taken off and something spent."""
    fund_opened(here, "public-revenue", 5_000_00)
    revenue(here, 31_415_93, AUGUST, location="地面车位")
    here.record(
        "treasurer", RecordPublicRevenue(head=3, gross_fen=600_00, received_on=AUGUST, location="电梯")
    )
    here.record("treasurer", RecordRevenueCost(cost="tax", amount_fen=415_93, paid_on=AUGUST))
    committee_decided(here, "gate", "东门门禁维修", 2_000_00)
    spent(here, "gate-1", "gate", 1_600_00, AUGUST)
    return here


@pytest.fixture
def published(quarter):
    draft(quarter)
    publish(quarter)
    return quarter


def code_of(here) -> str:
    version = here.client.get(API).get_json()["disclosure"]["versions"][-1]
    return str(version["code"])


def test_the_answer_comes_first_with_the_sum_that_leads_to_it(published):
    text = published.read(ONE).text
    assert "2026年第三季度公共收益收支公示表" in text
    assert "期末结余 35,000.00 元 人民币叁万伍仟元整" in text
    assert "收进 3.20 万元，花出 2,015.93 元，多出 3.00 万元，到期末还有 3.50 万元。" in text
    assert "上期结余 5,000.00 +公共收入 32,015.93 −法定税收 415.93" in text
    assert "−其他支出 1,600.00 +未归类 0.00 =期末结余 35,000.00" in text


def test_it_says_who_published_it_when_and_under_which_number(published):
    text = published.read(ONE).text
    assert "公布 梧桐里业主委员会 公布日期 2026年11月20日 编号 q3-revenue · 第 1 版" in text
    assert "起草 秘书 核对 业委会主任" in text


def test_every_row_leads_to_its_record_and_its_decision(published):
    page = published.read(ONE)
    rows = published.client.get(f"{API}.json").get_json()["sections"]
    (use,) = next(section for section in rows if section["name"] == "use")["rows"]
    assert f"/c/wutongli/events/{use['cells']['record']}" in page.links
    assert "/c/wutongli/decisions/gate" in page.links
    assert "东门门禁维修" in page.text


def test_bars_show_where_it_went_and_where_it_came_from(published):
    text = published.read(ONE).text
    assert "钱花到哪里去了 支出按用处，从多到少 用处 金额（元） 占比 养护 1,600.00 79.4%" in text
    assert "钱从哪里来 收入按来源，从多到少 来源 金额（元） 占比 共用场地停车 31,415.93 98.1%" in text


def test_what_signers_had_to_know_is_told_to_everybody(quarter):
    unexplained(quarter, "public-revenue", 88_00, AUGUST)
    draft(quarter)
    publish(quarter)
    text = quarter.read(ONE).text
    assert "看之前先要知道的事" in text
    assert "有 1 笔钱还没弄清是什么，进出相抵 88.00 元" in text


def test_nobody_has_to_guess_how_to_check_it(published):
    page = published.read(ONE)
    code, sha256 = code_of(published), hashlib.sha256(published.client.get(f"{API}.json").data).hexdigest()
    assert code.upper() in page.text
    assert " ".join(sha256[start : start + 4] for start in range(0, 16, 4)) in page.text
    assert f"/q/{code}" in page.links
    assert published.read(f"/q/{code}").status == 200
    assert [one for one in page.elements_of("svg") if one.get("viewbox") or one.get("viewBox")] != []


def test_downloads_say_their_kind_and_their_size_and_are_there(published):
    page = published.read(ONE)
    downloads = [link for link in page.links if link.startswith(API)]
    assert [link.partition("?")[0].rpartition(".")[2] for link in downloads] == ["pdf", "xlsx", "csv", "json"]
    for link in downloads:
        answer = published.client.get(link)
        assert answer.status_code == 200
        assert f"{max(1, (len(answer.data) + 512) // 1024)} KB" in page.text


def test_a_draft_shows_that_it_is_being_checked_and_no_figure(quarter):
    draft(quarter)
    for address in (ALL, ONE):
        text = quarter.read(address).text
        assert "正在核对" in text
        assert "35,000.00" not in text
    assert quarter.read(f"{ONE}?version=1").status == 404


def test_the_list_says_what_is_published_and_what_waits_for_whom(published):
    published.record(
        "treasurer",
        DraftDisclosure(
            disclosure="q2-revenue",
            table="T1",
            period=Period(starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30)),
        ),
    )
    text = published.read(ALL).text
    assert "2026年第三季度公共收益收支公示表 35,000.00 2026年11月20日" in text
    assert "2026年第二季度公共收益收支公示表 2026年11月20日 财务委员 ● 等另一个人核对" in text


def test_a_community_that_published_nothing_says_so(here):
    assert "还没有公布过" in here.read(ALL).text


def test_the_page_of_the_community_leads_to_the_newest_statement(published):
    page = published.read("/c/wutongli")
    assert ONE in page.links
    assert ALL in page.links
    assert "最新的公示 公示 公布日期 现在怎样 2026年第三季度公共收益收支公示表" in page.text


def test_what_changes_a_published_period_is_said_at_once_with_old_and_new(published):
    late = revenue(published, 1_000_00, AUGUST)
    page = published.read(ONE)
    assert "公布以后账上又有改动" in page.text
    assert "期末结余 35,000.00 36,000.00" in page.text
    assert f"/c/wutongli/events/{late}" in page.links
    assert "新的一版还没有公布。" in page.text
    assert "期末结余 35,000.00 元" in page.text  # what was published stays what it was
    for address in (ALL, "/c/wutongli"):
        assert "公布以后，有" in published.read(address).text


def test_what_belongs_to_another_quarter_changes_nothing(published):
    revenue(published, 1_000_00, NOVEMBER)
    assert "公布以后" not in published.read(ONE).text


def test_who_restates_says_why_and_what_each_figure_was(published):
    revenue(published, 1_000_00, AUGUST)
    restate(published)
    assert "新的一版正在核对，还没有公布。" in published.read(ONE).text
    publish(published)
    page = published.read(ONE)
    assert "这是第 2 版，代替第 1 版。原因：漏记了一笔停车费" in page.text
    assert "期末结余 35,000.00 36,000.00" in page.text
    assert f"{ONE}?version=1" in page.links


def test_an_earlier_version_stays_at_its_address_and_says_what_became_of_it(published):
    revenue(published, 1_000_00, AUGUST)
    restate(published)
    publish(published)
    page = published.read(f"{ONE}?version=1")
    assert "这一版已被第 2 版重述" in page.text
    assert "期末结余 35,000.00 元" in page.text
    assert ONE in page.links


def test_a_reader_learns_where_the_paper_hangs(published):
    assert "起贴在" not in published.read(ONE).text
    places = (Place(kind="desk"), Place(kind="board"))
    published.record(
        "secretary", RecordPosting(disclosure="q3-revenue", places=places, posted_on=date(2026, 11, 20))
    )
    assert "2026年11月20日起贴在物业服务台、公告栏。" in published.read(ONE).text


def test_everything_is_told_in_english_too(published):
    page = published.read(ONE, Accept_Language="en")
    assert "Public revenue of the quarter, third quarter of 2026" in page.text
    assert "Opening 5,000.00 +Gross income 32,015.93" in page.text
    assert "Owners' committee of 梧桐里" in page.text
    assert [link for link in page.links if "lang=en" in link and ".pdf" in link] != []


@pytest.mark.parametrize(
    "address", [f"{ALL}/q4-revenue", f"{ALL}/Q3", f"{ONE}?version=2", "/c/nowhere/disclosures"]
)
def test_what_is_not_there_is_not_found(published, address):
    assert published.read(address).status == 404
