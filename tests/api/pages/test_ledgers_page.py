"""The first page: every ledger, and a search."""

from datetime import date

from projections import ledgers
from tests.api.pages.books import fund_opened
from tests.api.signing import sign


def test_the_first_page_shows_the_street_then_the_books_then_every_neighbourhood(demo):
    text = demo.read("/").text
    order = [
        text.index(words)
        for words in ("东明路街道 39 个居委会，73 个小区", "记着账的小区 梧桐里", "按居委会找")
    ]
    assert order == sorted(order)
    assert "工作清单有 205 项任务、313 个节点，已完成 2 个。" in text


def test_every_one_of_the_114_ledgers_has_its_link(demo):
    links = demo.read("/").links
    opened = {row.ledger for row in ledgers.all(demo.services.views)}
    assert len(opened) == 114
    assert {f"/c/{ledger}" for ledger in opened} <= set(links)


def test_a_name_is_found_by_two_characters(demo):
    text = demo.read("/?q=尚桂").text
    assert "名字里有“尚桂”的账本有 2 本，一共 114 本。" in text
    assert "尚桂苑 尚桂苑 兰庭苑" in text
    assert "凌云公寓" not in text


def test_a_search_that_finds_nothing_says_what_to_try(demo):
    assert "没有找到 换一个字试试" in demo.read("/?q=不存在的小区").text


def test_what_was_searched_for_is_text_and_not_markup(demo):
    page = demo.read("/?q=<script>alert(1)</script>{{7*7}}")
    assert "“<script>alert(1)</script>{{7*7}}”" in page.text
    assert page.elements_of("script") == []


def test_an_empty_server_says_what_will_appear_and_who_must_act(server):
    text = server.read("/").text
    assert "这里还没有账本 街道或居委会建账以后，小区会出现在这里。" in text


def test_a_community_with_books_shows_each_fund_and_never_their_sum(here):
    fund_opened(here, "maintenance", 9_000_00)
    fund_opened(here, "working", 1_000_00, date(2026, 1, 1))
    text = here.read("/").text
    assert "专项维修资金 9,000.00 元" in text
    assert "业委会工作经费 1,000.00 元" in text
    assert "10,000.00" not in text


def test_what_was_recorded_last_stands_first(here):
    fund_opened(here, "working", 1_000_00)
    text = here.read("/").text
    assert text.index("1,000.00 2025年6月1日 梧桐里") > text.index("最近记下的")


def test_what_a_log_says_of_itself_is_no_news_but_stays_in_its_records(here, tmp_path):
    fund_opened(here, "working", 1_000_00)
    sign(here.services, tmp_path)
    assert "签名日志" not in here.read("/").text
    assert "1,000.00 2025年6月1日 梧桐里" in here.read("/").text
    assert "写明了这本账的签名日志" in here.read("/c/wutongli/events").text
