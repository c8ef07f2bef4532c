"""Finding an entry, and following the balance through every row."""

from datetime import UTC, date, datetime

from tests.api.pages.books import (
    decided,
    fund_opened,
    interest,
    recognised,
    revenue,
    reversed_,
    spent,
    unexplained,
)


def test_every_row_carries_the_balance_after_it(here):
    fund_opened(here, "maintenance", 100_00)
    interest(here, "maintenance", 1_00, date(2026, 3, 21))
    interest(here, "maintenance", 2_00, date(2026, 6, 21))
    text = here.read("/c/wutongli/entries").text
    assert "+2.00 103.00 2026年6月21日" in text
    assert "+1.00 101.00 2026年3月21日" in text


def test_two_characters_are_enough_to_find_an_entry(here):
    fund_opened(here, "public-revenue", 100_00)
    revenue(here, 5_00, date(2026, 3, 1), head=3, location="电梯轿厢广告")
    revenue(here, 7_00, date(2026, 3, 2), location="地面车位")
    text = here.read("/c/wutongli/entries?q=电梯").text
    assert "找到 1 笔。" in text
    assert "+5.00" in text
    assert "+7.00" not in text


def test_a_percent_sign_is_searched_for_as_itself(here):
    fund_opened(here, "public-revenue", 100_00)
    revenue(here, 5_00, date(2026, 3, 1))
    assert "没有找到 换一个词" in here.read("/c/wutongli/entries?q=%25").text


def test_a_period_shows_its_entries_and_the_sum_that_leads_from_start_to_end(here):
    fund_opened(here, "public-revenue", 100_00)
    decided(here, "gate", "门禁维修", 50_00)
    revenue(here, 5_00, date(2026, 6, 30))
    revenue(here, 7_00, date(2026, 7, 1))
    spent(here, "gate-1", "gate", 4_00, date(2026, 7, 31))
    revenue(here, 9_00, date(2026, 8, 1))
    text = here.read("/c/wutongli/entries?fund=public-revenue&from=2026-07-01&to=2026-07-31").text
    assert "找到 2 笔。" in text
    assert "期初余额 105.00 +收入 7.00 −支出 4.00 =期末余额 108.00" in text


def test_the_sum_of_a_search_has_no_opening_and_no_closing(here):
    fund_opened(here, "public-revenue", 100_00)
    revenue(here, 5_00, date(2026, 6, 30), location="电梯广告")
    revenue(here, 6_00, date(2026, 7, 30), location="电梯广告")
    text = here.read("/c/wutongli/entries?q=电梯").text
    assert "公共收益 +收入 11.00 −支出 0.00" in text
    assert "期初余额" not in text


def test_a_reversal_takes_away_from_the_side_it_reverses(here):
    fund_opened(here, "public-revenue", 100_00)
    wrong = revenue(here, 5_00, date(2026, 6, 30))
    reversed_(here, wrong, "记错账户")
    text = here.read("/c/wutongli/entries").text
    assert "期初余额 100.00 +收入 0.00 −支出 0.00 =期末余额 100.00" in text
    assert "! 已冲正" in text
    assert "! 冲正" in text


def test_a_day_that_does_not_exist_is_said_in_words_beside_its_field(here):
    page = here.read("/c/wutongli/entries?from=2026-02-31")
    assert page.status == 400
    assert page.text.count("“2026-02-31”不是一个日期。请写成 2026-09-30 这样。") == 2
    field = next(one for one in page.elements_of("input") if one.get("name") == "from")
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (
        "2026-02-31",
        "true",
        "fault-from",
    )


def test_nonsense_in_the_form_is_never_an_error_of_the_server(here):
    fund_opened(here, "working", 100_00)
    for query in (
        "from=31 Feb",
        "to=0000-00-00",
        "from=99999-01-01",
        "fund=gold",
        "from=2026-03-02&to=2026-03-01",
    ):
        page = here.read(f"/c/wutongli/entries?{query}")
        assert page.status == 400
        assert "查找条件有错，改一下再查" in page.text
    for query in ("after=x", "after=-1", "after=9999999999999999999", "q=%00", "q=" + "长" * 5000, "lang=xx"):
        assert here.read(f"/c/wutongli/entries?{query}").status == 200


def test_paging_shows_every_entry_once(here):
    fund_opened(here, "maintenance", 0)
    for day in range(1, 29):
        interest(here, "maintenance", day * 100 + 1, date(2026, 3, day))
    seen, address = [], "/c/wutongli/entries?fund=maintenance"
    while address:
        page = here.read(address)
        seen += [word for word in page.text.split() if word.startswith("+") and word.endswith(".01")]
        following = [one["href"] for one in page.elements_of("a") if one.get("rel") == "next"]
        address = following[0] if following else None
    assert seen == [f"+{day}.01" for day in range(28, 0, -1)]


def test_an_empty_book_says_who_records_the_first_entry(here):
    assert "还没有收支 财务人员记下第一笔以后，会出现在这里。" in here.read("/c/wutongli/entries").text


def test_the_books_can_be_read_as_they_were_known_on_a_day(here):
    here.services.store.clock = lambda: datetime(
        2099, 3, 1, 15, 59, tzinfo=UTC
    )  # before midnight in Shanghai
    fund_opened(here, "public-revenue", 100_00)
    wrong = revenue(here, 5_00, date(2026, 6, 30))
    here.services.store.clock = lambda: datetime(2099, 3, 1, 16, 0, tzinfo=UTC)
    reversed_(here, wrong, "记错账户")
    text = here.read("/c/wutongli/entries?known=2099-03-01").text
    assert "找到 2 笔。" in text
    assert "这里是到 2099年3月1日 为止已经记下的账。后来补记的、冲正的不在里面。" in text
    assert "期初余额 100.00 +收入 5.00 −支出 0.00 =期末余额 105.00" in text
    assert "冲正 " not in text.replace("冲正的", "")
    assert "找到 3 笔。" in here.read("/c/wutongli/entries?known=2099-03-02").text
    assert here.read("/c/wutongli/entries?known=yesterday").status == 400


def test_an_entry_that_was_recorded_late_says_by_how_many_days(here):
    here.services.store.clock = lambda: datetime(2099, 1, 1, tzinfo=UTC)
    fund_opened(here, "maintenance", 100_00, on=date(2026, 3, 1))
    late_days = (date(2099, 1, 1) - date(2026, 3, 1)).days
    for path in ("/c/wutongli/entries", "/c/wutongli", "/c/wutongli/entries?q=上海"):
        assert f"2026年3月1日 晚 {late_days:,} 天记录" in here.read(path).text


def test_money_nobody_could_explain_shows_what_it_was_and_which_record_says_so(here):
    fund_opened(here, "public-revenue", 100_00)
    number = unexplained(here, "public-revenue", 600_00, date(2026, 3, 20))
    assert "说不清的钱" in here.read("/c/wutongli/entries").text
    by = recognised(here, number, kind="revenue", head=3)
    for path in ("/c/wutongli/entries", "/c/wutongli"):
        page = here.read(path)
        assert f"原来说不清，第 {by} 条记录说清了" in page.text
        assert f"/c/wutongli/events/{by}" in [one["href"] for one in page.elements_of("a")]
    assert "+600.00 700.00 2026年3月20日" in here.read("/c/wutongli/entries").text
    english = here.read("/c/wutongli/entries?lang=en").text
    assert f"Unexplained at first; record {by} says what it was" in english
    reversed_(here, by, "认错了")
    text = here.read("/c/wutongli/entries?lang=zh").text
    assert "原来说不清" not in text
    assert "说不清的钱" in text
