"""A page in the reader's language and size: chosen by a link, remembered by a cookie, nothing else is."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.languages import TRANSLATIONS
from tests.api.pages.books import fund_opened


def test_a_browser_that_prefers_english_gets_english(demo):
    page = demo.read("/c/wutongli", Accept_Language="en-GB,en;q=0.9,zh;q=0.5")
    assert "Where the money went" in page.text
    assert page.elements_of("html")[0]["lang"] == "en"


def test_a_browser_that_says_nothing_we_know_gets_chinese(demo):
    assert demo.read("/", Accept_Language="fr").elements_of("html")[0]["lang"] == "zh-CN"


def test_a_choice_by_link_is_remembered_and_may_be_taken_back(here):
    assert "Community books" in here.read("/?lang=en").text
    assert "Community books" in here.read("/").text
    assert "小区的账" in here.read("/?lang=zh").text
    assert "小区的账" in here.read("/").text


def test_large_text_is_chosen_by_link_and_remembered(here):
    assert here.read("/?size=large").elements_of("html")[0]["data-size"] == "large"
    assert here.read("/c/wutongli").elements_of("html")[0]["data-size"] == "large"
    assert "data-size" not in here.read("/?size=standard").elements_of("html")[0]


def test_no_cookie_is_set_unless_a_choice_was_made(here):
    for address in ("/", "/c/wutongli", "/c/wutongli/entries?q=电梯", "/nowhere", "/?lang=xx&size=huge"):
        assert "Set-Cookie" not in here.client.get(address).headers


def test_the_cookies_hold_the_choice_and_nothing_else(here):
    cookies = here.client.get("/?lang=en&size=large").headers.getlist("Set-Cookie")
    assert [cookie.split(";")[0] for cookie in cookies] == ["lang=en", "size=large"]
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_switching_keeps_what_was_searched_for(here):
    links = here.read("/c/wutongli/entries?q=电梯&from=2026-03-01").links
    kept = "/c/wutongli/entries?q=%E7%94%B5%E6%A2%AF&from=2026-03-01"
    assert f"{kept}&size=large" in links
    assert f"{kept}&lang=en" in links


def test_amounts_and_days_are_written_as_english_readers_do(here):
    fund_opened(here, "working", 31_415_93)
    text = here.read("/c/wutongli", Accept_Language="en").text
    assert "31,415.93 yuan" in text
    assert "1 Jun 2025" in text


def test_every_text_of_the_pages_has_english_words():
    root = Path(TRANSLATIONS).parent
    methods = [("templates/**.html", "jinja2"), ("pages/**.py", "python")]
    found = {text for _, _, text, _, _ in extract_from_dir(root, methods, keywords={"_": None})}
    with (TRANSLATIONS / "en/LC_MESSAGES/messages.po").open("rb") as catalogue:
        english = {message.id: message.string for message in read_po(catalogue) if message.id}
    assert sorted(text for text in found if not english.get(text)) == []
    assert [
        text
        for text in found
        if re.search("[\u4e00-\u9fff]", english[text]) and "电梯" not in text and "凌兆" not in text
    ] == []
