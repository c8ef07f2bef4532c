"""What holds for every page: it opens, its links lead somewhere, nothing in it needs what the CSP forbids."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest

from ledger.errors import StoreUnavailable
from tests.api.pages.books import fund_opened

CRAWLED_MAX = 150  # records and communities look alike beyond that


@pytest.fixture(scope="module")
def crawled(demo):
    """Pages reached from the first one by their links: all of them but for the many alike."""
    pages, waiting, alike = {}, deque(["/", "/street/dongming?as_of=2024-09-30", "/nowhere"]), {}
    while waiting:
        address = waiting.popleft()
        if address in pages or len(pages) > CRAWLED_MAX:
            continue
        pages[address] = page = demo.read(address)
        for link in page.links:
            target = urlsplit(urljoin(address, link))
            if target.scheme or target.path.startswith(("/static", "/api/")):
                continue
            shape = "/".join(part if part.isalpha() else "#" for part in target.path.split("/"))
            alike[shape] = alike.get(shape, 0) + 1
            if alike[shape] < 25:
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return pages


def test_every_link_leads_to_a_page(crawled):
    assert len(crawled) > 60
    astray = {urlsplit(address).path for address, page in crawled.items() if page.status != 200}
    assert astray == {"/nowhere"}


COMMUNITY_PAGES = (
    "",
    "/entries",
    "/decisions",
    "/decisions/lift-3",
    "/projects",
    "/projects/facade-2025",
    "/projects/lift-3",
    "/revenue?quarter=2026-q2",
    "/revenue/base-station",
    "/revenue/lift-adverts",
    "/disclosures",
    "/disclosures/revenue-1",
    "/disclosures/revenue-1?version=1",
    "/exceptions",
    "/rules",
    "/then-and-now",
    "/verify",
    "/firms",
    "/events",
)


@pytest.mark.parametrize("below", COMMUNITY_PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_the_demonstration_has_something_to_show(demo, below, lang):
    page = demo.read(f"/c/wutongli{below}", Accept_Language=lang)
    assert page.status == 200
    shown = [attributes for _, attributes in page.elements if attributes.get("class") == "empty"]
    if below == "/projects/facade-2025":
        assert len(shown) == 1  # not split over the homes: most of them are not registered
    else:
        assert shown == []
    for id_of_a_building in ("building-b", "幢 b", "building b"):
        assert id_of_a_building not in page.text


def test_the_links_out_of_the_pages_lead_to_what_the_application_answers(crawled, demo):
    links = {link for page in crawled.values() for link in page.links if link.startswith(("/api", "/static"))}
    for link in sorted(links)[:40]:
        with demo.client.get(link) as answer:
            assert answer.status_code == 200, link


def test_no_page_carries_style_or_script_of_its_own_or_asks_another_host(crawled):
    for address, page in crawled.items():
        assert page.elements_of("style", "iframe", "object", "img") == [], address
        assert [one for one in page.elements_of("script") if not is_a_file_of_ours(one)] == [], address
        assert not re.search(r"<script[^>]*>[^<]", page.html), address
        for _, attributes in page.elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("href", "src", "action"):
                assert not (attributes.get(name) or "").startswith(("http", "//", "javascript:")), address


def is_a_file_of_ours(script):
    return script.get("src", "").startswith("/static/") and set(script) == {"src", "defer"}


def test_every_page_has_one_heading_a_title_and_ids_that_stand_once(crawled):
    for address, page in crawled.items():
        assert len(page.elements_of("h1")) == 1, address
        assert len(page.elements_of("title")) >= 1
        assert len(page.ids) == len(set(page.ids)), address


def test_every_label_names_a_field_and_every_section_its_heading(crawled):
    for address, page in crawled.items():
        named = [one["aria-labelledby"] for one in page.elements_of("section") if "aria-labelledby" in one]
        named += [one["for"] for one in page.elements_of("label")]
        assert set(named) <= set(page.ids), address


def test_a_page_that_did_not_change_is_answered_with_304(demo):
    first = demo.client.get("/c/wutongli")
    again = demo.client.get("/c/wutongli", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_language_size_and_query_have_each_their_own_tag(demo):
    tags = {
        demo.client.get(address, headers={"Accept-Language": lang}).headers["ETag"]
        for address in ("/c/wutongli", "/c/wutongli?fund=working", "/c/wutongli?size=large")
        for lang in ("zh", "en")
    }
    assert len(tags) == 6
    demo.client.get("/?size=standard")


def test_what_was_just_recorded_is_seen_at_once(here):
    here.services.follower.catch_up()
    before = here.client.get("/c/wutongli").headers["ETag"]
    fund_opened(here, "working", 77_00)
    here.services.follower.catch_up()
    after = here.client.get("/c/wutongli", headers={"If-None-Match": before, "Accept-Language": "zh"})
    assert after.status_code == 200
    assert "77.00" in after.text
    assert after.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(after.vary)


def test_an_error_of_the_pages_is_a_page_and_nothing_keeps_it(demo):
    answer = demo.client.get("/nowhere", headers={"Accept-Language": "en"})
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Show all ledgers" in answer.text


def test_a_database_that_cannot_be_reached_is_told_in_words(here, monkeypatch):
    def fails():
        raise StoreUnavailable

    monkeypatch.setattr(here.services.store, "head", fails)
    answer = here.client.get("/c/wutongli", headers={"Accept-Language": "zh"})
    assert answer.status_code == 503
    assert "已经记下的账没有丢" in answer.text
    assert "Retry-After" in answer.headers


def test_a_code_of_the_data_interface_has_a_page_in_words(demo):
    page = demo.read("/problems/fund-payment.exceeds-authorisation")
    assert page.status == 200
    assert "接口为什么这样回答" in page.text
    assert "refusal." not in page.text
    for code in ("nothing.like-this", "%3Cscript%3E", "a" * 5000):
        assert demo.read(f"/problems/{code}").status == 404
