"""Every page in a real Chromium, in both sizes, on three widths: nothing sticks out or is too small."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

REWRITTEN = "zhang.example/t/wutongli%0A12%0ADfhrxs7jHvYKXZ2KYvYUyeu6RmU4YmN8jOZMDPfVe4Q=%0A"
PAGES = {
    "all ledgers": "/",
    "search": "/?q=尚桂",
    "public book": "/c/wutongli",
    "another fund": "/c/wutongli?fund=maintenance&period=2026-q3",
    "empty book": "/c/dongming-001",
    "neighbourhood": "/c/dongming-n01",
    "street": "/c/dongming",
    "entries": "/c/wutongli/entries",
    "faults": "/c/wutongli/entries?from=2026-02-31",
    "decisions": "/c/wutongli/decisions",
    "ballots": "/c/wutongli/decisions/lift-3",
    "vote": "/c/wutongli/decisions/parking-extension",
    "projects": "/c/wutongli/projects",
    "repair done": "/c/wutongli/projects/lift-3",
    "repair under way": "/c/wutongli/projects/roof-2026",
    "revenue": "/c/wutongli/revenue?quarter=2026-q2",
    "short contract": "/c/wutongli/revenue/parcel-lockers",
    "disclosures": "/c/wutongli/disclosures",
    "statement": "/c/wutongli/disclosures/revenue-1",
    "statement restated": "/c/wutongli/disclosures/revenue-1?version=1",
    "exceptions": "/c/wutongli/exceptions",
    "rules": "/c/wutongli/rules",
    "then and now": "/c/wutongli/then-and-now?known=2026-09-20",
    "checking": "/c/wutongli/verify",
    "checking nothing": "/c/dongming-001/verify",
    "a checkpoint that does not agree": f"/c/wutongli/verify?checkpoint={REWRITTEN}",
    "records": "/c/wutongli/events",
    "adopted rules": "/c/wutongli/events/#rules.adopted",
    "units": "/c/wutongli/events/#units.registered",
    "opened vote": "/c/wutongli/events/#vote.opened",
    "ballot": "/c/wutongli/events/#ballot.cast",
    "contract": "/c/wutongli/events/#revenue-contract.registered",
    "plan": "/c/wutongli/events/#repair-plan.published",
    "approved payment": "/c/wutongli/events/#fund-payment.approved",
    "unapproved payment": "/c/wutongli/events/#fund-payment.recorded",
    "settled": "/c/wutongli/events/#project.apportioned",
    "top-up": "/c/wutongli/events/#top-up.started",
    "bank": "/c/wutongli/events/#bank.reconciled",
    "firms": "/c/wutongli/firms",
    "work list": "/street/dongming?as_of=2024-09-30",
    "error": "/nowhere",
    "problem": "/problems/ledger.unknown",
}
WIDTHS = (320, 390, 1280)
SIZES = {"standard": 44, "large": 60}  # the least a target may measure (适老化通用设计规范)
HEIGHT = 844

# A link inside a line of text is as high as its line (WCAG 2.5.8, "inline"); so are the words of a skip link.
TOO_SMALL = """least => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(one => !one.closest('p, dd span, .skip') || one.closest('.buttons, .more'))
  .filter(one => !one.classList.contains('skip'))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (Math.round(box.height) < least || Math.round(box.width) < least))
  .map(([one, box]) => [one.textContent.trim(), one.name, box.width, box.height].join(' '))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def reader(
    browser: Browser, site: str, *, width: int, size: str, lang: str = "zh", scripts: bool = True
) -> Iterator[Page]:
    """A person with a screen of this width, who has chosen a size and a language."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, locale="zh-CN", java_script_enabled=scripts
    )
    context.add_cookies(
        [{"name": "size", "value": size, "url": site}, {"name": "lang", "value": lang, "url": site}]
    )
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_and_every_target_can_be_hit(browser, site, width, size):
    found = []
    with reader(browser, site, width=width, size=size) as page:
        for name, address in site.pages(PAGES):
            page.goto(address)
            if sideways := page.evaluate(OVERFLOW):
                found.append(f"{name}: {sideways} px sideways")
            found += [f"{name}: {one}" for one in page.evaluate(TOO_SMALL, SIZES[size])]
    assert found == []


@pytest.mark.parametrize("size", SIZES)
def test_english_pages_fit_as_well(browser, site, size):
    with reader(browser, site, width=320, size=size, lang="en") as page:
        for name, address in site.pages(PAGES):
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert page.evaluate(OVERFLOW) == 0, name


def test_the_browser_has_nothing_to_complain_of_and_asks_no_other_host(browser, site):
    said, asked = [], []
    with reader(browser, site, width=390, size="standard") as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        for name, address in site.pages(PAGES):
            if name not in ("error", "faults"):  # Chromium itself notes that these are errors
                page.goto(address)
    assert said == []
    assert [url for url in asked if not url.startswith((site, "data:"))] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", [320, 1280])
def test_no_barrier_is_known_to_axe(browser, site, width, size):
    axe, found = Axe(), []
    with reader(browser, site, width=width, size=size) as page:
        for name, address in site.pages(PAGES):
            page.goto(address)
            report = axe.run(page, options={"resultTypes": ["violations"]})
            found += [
                f"{name}: {one['id']} {[node['target'] for node in one['nodes']][:3]}"
                for one in report.response["violations"]
            ]
    assert found == []


def test_search_language_and_size_work_with_javascript_off(browser, site):
    with reader(browser, site, width=390, size="standard", scripts=False) as page:
        page.goto(f"{site}/c/wutongli/entries")
        page.get_by_label("关键词").fill("电梯")
        page.get_by_role("button", name="查询").click()
        assert "q=%E7%94%B5%E6%A2%AF" in page.url
        assert page.get_by_role("status").inner_text().startswith("找到")
        page.get_by_role("link", name="大字版").click()
        assert page.locator("html").get_attribute("data-size") == "large"
        page.get_by_role("link", name="English").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Every entry"
        assert page.get_by_label("Words").input_value() == "电梯"


def test_the_keyboard_reaches_the_text_first_and_shows_where_it_is(browser, site):
    with reader(browser, site, width=1280, size="standard") as page:
        page.goto(f"{site}/c/wutongli")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("size", SIZES)
def test_a_phone_shows_the_work_list_as_cards_with_what_is_late_first(browser, site, size):
    with reader(browser, site, width=390, size=size) as page:
        page.goto(f"{site}/street/dongming?as_of=2024-09-30")
        rows = page.locator("table.grid tbody tr")
        assert rows.count() == 73
        card = rows.filter(has_text="上浦路505、565弄")
        late, soon = card.locator("td.first"), card.locator("td.soon")
        assert late.inner_text().split() == ["✗", "6月底", "逾期", "–", "12月底", "未到期"]
        assert soon.inner_text().split() == ["!", "9月底", "30", "天内到期"]
        assert late.bounding_box()["y"] < soon.bounding_box()["y"]  # though the list has it the other way
        assert card.locator("td.none").first.is_visible() is False
        grid = page.locator(".scroll.tall")
        assert grid.evaluate(
            "box => [box.scrollWidth <= box.clientWidth, box.scrollHeight <= box.clientHeight]"
        ) == [True, True]
        page.get_by_label("物业", exact=True).select_option(label="恩号物业")
        page.get_by_role("button", name="查看").click()
        assert rows.count() == 2


def test_a_desk_shows_the_work_list_as_a_table(browser, site):
    with reader(browser, site, width=1280, size="standard") as page:
        page.goto(f"{site}/street/dongming?as_of=2024-09-30")
        first = page.locator("table.grid tbody tr").first
        tops = {round(box["y"]) for box in (cell.bounding_box() for cell in first.locator("td").all())}
        assert len(tops) == 1
        assert page.locator("table.grid td.none").first.is_visible()


def test_a_phone_draws_the_narrow_chart_and_a_desk_the_broad_one(browser, site):
    for width, shown in ((390, "narrow"), (1280, "broad")):
        with reader(browser, site, width=width, size="standard") as page:
            page.goto(f"{site}/c/wutongli")
            drawn = [
                name for name in ("narrow", "broad") if page.locator(f"div.{name} svg.chart").is_visible()
            ]
            assert drawn == [shown]
