"""A secretary's month; and what is late shows by itself, on the book and on the street's page."""

from datetime import UTC, date, datetime

import pytest

from ledger.actions.community import OpenLedger
from ledger.actions.role import GrantRole
from ledger.asked import Asked
from ledger.events import Source
from tests.api.pages.resident import LEDGER, ROLES, Installation
from tests.ledger.duty_words import (
    FOURTEEN,
    Q2,
    announced,
    audit_reported,
    auditor_engaged,
    doors_registered,
    posted,
    posted_everywhere,
    published,
    reconciled,
    removed,
)
from tests.ledger.happened import fund_opened
from tests.ledger.story import Fact, Happened

AGENDA = f"/c/{LEDGER}/agenda"
MARCH, TODAY = date(2026, 3, 20), date(2026, 11, 20)


def open_in_march(server: Installation, ledger: str, name: str, kind: str, parent: str | None = None) -> None:
    server.services.vault.key("operator", create=True)
    opening, source = OpenLedger(of=kind, title=name, parent=parent), Source(via="command-line")
    server.services.ledger.record(Asked(ledger, opening, "operator", MARCH, source))


def open_accounts(server: Installation) -> None:
    for role in ROLES:
        grant = GrantRole(account=role, role=role, starts_on=MARCH)
        server.services.ledger.record(Asked(LEDGER, grant, "operator", MARCH, Source(via="command-line")))


def tell(here: Installation, *facts: Fact, ledger: str = LEDGER) -> None:
    for fact in facts:
        happened = Happened(event=fact.event, occurred_on=fact.on)
        here.services.ledger.record(Asked(ledger, happened, fact.by, TODAY))


@pytest.fixture
def books(server: Installation) -> Installation:
    """梧桐里, whose books began in March, with a fund of public revenue and fourteen doors."""
    open_in_march(server, LEDGER, "梧桐里", "community")
    open_accounts(server)
    tell(server, fund_opened("public-revenue", fen=1_00), doors_registered(*FOURTEEN))
    return server


def test_a_month_says_what_is_due_when_by_which_rule_and_that_it_is_not_done(books):
    page = books.read(f"{AGENDA}?month=2026-04")
    assert "2026年4月要做的事" in page.text
    assert "✗ 到期没做 公示公共收益收支：2026年第1季度 最晚2026年4月15日，已经过了 219 天" in page.text
    assert "规定：每季度第一个月十五日前，在服务台、公告栏和每个门口公布上季度收支" in page.text
    assert "REV-06 · 上海市住宅小区公共收益管理办法 第十四条 · cn-31/2026-11-21" in page.text
    assert f"/c/{LEDGER}/rules?on=2026-04-15#REV-06" in page.links


def test_what_was_done_says_when_and_leads_to_its_record(books):
    tell(books, published("q2", "T1", Q2))
    tell(books, posted_everywhere(date(2026, 7, 14), *FOURTEEN, disclosure="q2", version=1))
    page = books.read(f"{AGENDA}?month=2026-07")
    assert "✓ 按时做了 公示公共收益收支：2026年第2季度 2026年7月14日做了，最晚2026年7月15日" in page.text
    number = books.services.store.length(LEDGER) - 1
    assert f"/c/{LEDGER}/events/{number}" in page.links


def test_without_a_month_it_is_this_one_with_what_is_overdue_from_before(books):
    page = books.read(AGENDA)
    assert "2026年11月要做的事" in page.text
    assert "以前到期、还没做的 ✗ 到期没做 公示公共收益收支：2026年第1季度" in page.text
    assert "以前到期" not in books.read(f"{AGENDA}?month=2026-12").text
    assert "/api/v1/ledgers/wutongli/duties.ics" in page.links


def test_a_month_in_which_nothing_is_due_says_so(books):
    assert "这个月没有到期的事" in books.read(f"{AGENDA}?month=2026-05").text


@pytest.mark.parametrize("month", ["2026-13", "2026", "soon", "9999-01", "2026-4", ""])
def test_a_month_that_makes_no_sense_is_this_one(books, month):
    assert "2026年11月要做的事" in books.read(f"{AGENDA}?month={month}").text


def test_a_month_of_a_year_nobody_entered_says_so_in_words(books):
    text = books.read(f"{AGENDA}?month=2027-01").text
    assert "2027 年的放假安排还没有录入，碰上节假日顺延到哪一天，现在还不能确定。" in text
    assert "还没到期 公示公共收益收支：2026年第4季度 最晚2027年1月15日" in text


def test_what_hangs_on_a_year_nobody_entered_is_not_guessed_but_said(books):
    books.services.store.clock = lambda: datetime(2027, 2, 1, 4, 0, tzinfo=UTC)
    for address in (f"/c/{LEDGER}", AGENDA):
        page = books.read(address)
        assert page.status == 200
        assert "2027 年的放假安排还没有录入" in page.text
        assert "天，还没" not in page.text


def test_what_has_no_day_is_listed_apart(books):
    tell(books, auditor_engaged("2025", MARCH))
    page = books.read(AGENDA)
    assert "没有规定哪一天，还没做的 ● 还没到期 张贴审计委托公告：沪江会计师事务所，2025年度" in page.text
    assert f"/c/{LEDGER}/rules?on=2026-11-20#AUD-03" in page.links
    tell(books, audit_reported("2025", date(2026, 6, 26)))
    book = books.read(f"/c/{LEDGER}").text
    assert "✗ 到期没做 张贴审计委托公告：沪江会计师事务所，2025年度 没有规定哪一天，还没做" in book


# -- on the book -----------------------------------------------------------------------------------


def test_a_book_without_duties_has_no_late_ones(here):
    page = here.read(f"/c/{LEDGER}")
    assert "没按时做" not in page.text
    assert AGENDA in page.links


def test_what_is_missing_shows_by_itself_in_red_with_its_rule_and_days(books):
    page = books.read(f"/c/{LEDGER}")
    assert "该公示、该办的事，有 3 件没按时做" in page.text
    assert "✗ 到期没做 公示公共收益收支：2026年第3季度 最晚2026年10月15日，已经过了 36 天" in page.text
    assert "REV-06" in page.text
    assert page.text.index("没按时做") < page.text.index("现在有多少钱")


def test_a_notice_that_misses_doors_names_them(books):
    tell(books, published("q2", "T1", Q2))
    tell(books, posted_everywhere(date(2026, 7, 14), *FOURTEEN[:12], disclosure="q2", version=1))
    text = books.read(f"{AGENDA}?month=2026-07").text
    assert "✗ 没贴全 公示公共收益收支：2026年第2季度" in text
    assert "14 个门口贴了 12 个，还缺：13号门、14号门" in text


def test_many_missing_doors_are_counted(books):
    tell(books, published("q2", "T1", Q2))
    tell(books, posted_everywhere(date(2026, 7, 14), *FOURTEEN[:5], disclosure="q2", version=1))
    assert "14 个门口贴了 5 个，还缺：14号门、" not in books.read(f"{AGENDA}?month=2026-07").text
    assert "等 9 处" in books.read(f"{AGENDA}?month=2026-07").text


def test_what_came_down_too_soon_says_how_long_it_hung(books):
    tell(books, auditor_engaged("2025", MARCH), audit_reported("2025", date(2026, 6, 26)))
    tell(
        books, posted(date(2026, 6, 29), audit_report="2025"), removed(date(2026, 7, 20), audit_report="2025")
    )
    text = books.read(f"/c/{LEDGER}").text
    assert "✗ 撤得太早 张贴审计结果：沪江会计师事务所，2025年度" in text
    assert "只贴了 21 天，要贴满 30 天" in text


def test_what_came_late_is_told_for_a_quarter(books):
    tell(books, *announced(date(2026, 9, 11)), posted(date(2026, 9, 15), decision="lift-adverts"))
    tell(books, *announced(date(2026, 5, 11), "old"), posted(date(2026, 5, 18), decision="old"))
    text = books.read(f"/c/{LEDGER}").text
    assert "✗ 做晚了 张贴业委会决定：续签电梯广告 最晚2026年9月14日，2026年9月15日才做，晚了 1 天" in text
    assert "晚了 4 天" not in text
    assert "晚了 4 天" in books.read(f"{AGENDA}?month=2026-05").text


def test_what_is_done_in_time_is_no_bad_news(books):
    tell(books, fund_opened("maintenance", fen=1_00), reconciled(date(2026, 4, 30)))
    assert "和银行核对维修资金：2026年4月" not in books.read(f"/c/{LEDGER}").text


def test_all_of_it_can_be_read_in_english(books):
    text = books.read(f"{AGENDA}?month=2026-04&lang=en").text
    assert "What is due in Apr 2026" in text
    assert "due by 15 Apr 2026, 219 days overdue" in text
    assert "Rule: By the 15th of a quarter's first month" in text


# -- on the street's page --------------------------------------------------------------------------


def test_a_street_sees_what_its_communities_did_not_do(server):
    open_in_march(server, "dongming", "东明路街道", "street")
    open_in_march(server, LEDGER, "梧桐里", "community", "dongming")
    open_accounts(server)
    text = server.read("/c/dongming").text
    assert "没按时做的事" not in text
    tell(server, *announced(date(2026, 9, 11)))
    page = server.read("/c/dongming")
    assert "各小区没按时做的事：1 件 ✗ 到期没做 梧桐里张贴业委会决定：续签电梯广告" in page.text.replace(
        "梧桐里 张", "梧桐里张"
    )
    assert f"/c/{LEDGER}/decisions/lift-adverts" in page.links
    assert "共 1 件" in server.read("/c/dongming/agenda").text


def test_a_ledger_that_is_not_there_has_no_agenda(here):
    assert here.read("/c/nowhere/agenda").status == 404
