"""`/q/{code}`: whoever scans a paper learns in plain words whether it is real and still the newest."""

from datetime import date
from urllib.parse import quote

import pytest

from api.words import fingerprint
from tests.api.documents.published_papers import published, published_again
from tests.api.pages.books import revenue


def test_the_newest_paper_is_real(here):
    first = published(here)
    page = here.read(f"/q/{first.code}")
    assert page.status == 200
    assert "这个编码是真的，请把下面的指纹和纸上的对一对" in page.text
    assert "现在还是最新的一版" in page.text
    assert "账上又有改动" not in page.text
    assert "2026年第三季度公共收益收支公示表" in page.text
    assert "梧桐里" in page.text


def test_the_page_shows_what_stands_on_the_paper_so_that_both_can_be_compared(here):
    first = published(here)
    text = here.read(f"/q/{first.code}").text
    assert first.code.upper() in text
    assert fingerprint(first.statement_sha256) in text
    assert "有一处不一样，那张纸就不是我们公布的" in text


def test_the_page_leads_to_the_version_on_the_paper(here):
    first = published(here)
    link = f"/c/wutongli/disclosures/{first.disclosure}?version=1"
    assert link in here.read(f"/q/{first.code}").links
    assert here.read(link).status == 200


def test_an_older_paper_names_the_newer_one_and_leads_to_it(here):
    first = published(here)
    published_again(here)
    page = here.read(f"/q/{first.code}")
    assert page.status == 200
    assert "这个编码是真的，但已经有新的一版了" in page.text
    assert "已经有了第 2 版" in page.text
    assert [link[-9:] for link in page.links if "?version=" in link] == ["version=2", "version=1"]


def test_a_fingerprint_typed_by_hand_finds_the_same_page(here):
    first = published(here)
    typed = fingerprint(first.statement_sha256).upper()
    answer = here.client.get("/q", query_string={"code": typed})
    assert answer.status_code == 303
    assert "这张纸和账本一致" in here.read(answer.headers["Location"]).text
    published_again(here)
    assert "这张纸和账本一致，但已经有新的一版了" in here.read(answer.headers["Location"]).text


def test_a_code_typed_as_a_phone_writes_it_finds_the_same_page(here):
    code = published(here).code.upper()
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for typed in (full_width, f"{code[:4]}—{code[4:]}。", f"\ufeff {code[:4]}－{code[4:]}"):
        assert "这个编码是真的" in here.read(f"/q/{quote(typed)}").text
    for typed in (full_width, f"{code[:4]}—{code[4:]}。", f"https://zhang.example/q/{code}?lang=en"):
        answer = here.client.get("/q", query_string={"code": typed})
        assert answer.headers["Location"] == f"/q/{code.lower()}"


def test_a_paper_whose_figures_changed_since_says_so_and_leads_to_what_changed(here):
    first = published(here)
    kept = here.client.get(f"/q/{first.code}").headers["ETag"]
    revenue(here, 75_00, date(2026, 9, 9))  # and nobody restated it
    assert here.client.get(f"/q/{first.code}", headers={"If-None-Match": kept}).status_code == 200
    page = here.read(f"/q/{first.code}")
    assert page.status == 200
    assert "第 1 版公布以后，账上又有改动" in page.text
    (link,) = [one for one in page.links if one.endswith("#changed")]
    assert 'id="changed"' in here.read(link.removesuffix("#changed")).html
    english = here.read(f"/q/{first.code}", Accept_Language="en")
    assert "later records changed what it shows" in english.text


@pytest.mark.parametrize("code", ["00000000", "ZZZZZZZZ", "f" * 64])
def test_a_code_nobody_published_is_explained(here, code):
    published(here)
    page = here.read(f"/q/{code}")
    assert page.status == 404
    assert "账本里没有这张公示" in page.text
    assert "问一问业委会或居委会" in page.text
    assert not [link for link in page.links if "version=" in link]


@pytest.mark.parametrize("code", ["hello", "7K3M9ZQ", "%3Cscript%3E", "f" * 15, "a" * 3000, "..%2F..%2Fetc"])
def test_what_is_no_code_is_answered_in_words_and_with_a_place_to_type_it_again(here, code):
    published(here)
    page = here.read(f"/q/{code}")
    assert page.status in (400, 404)
    assert "<script>" not in page.html
    if page.status == 400:
        assert "不是公示上的编码，也不是指纹" in page.text
        assert [one["name"] for one in page.elements_of("input")] == ["code"]


def test_without_a_code_there_is_a_place_to_type_one(here):
    page = here.read("/q")
    assert page.status == 200
    assert "输入纸上的编码" in page.text
    (form,) = page.elements_of("form")
    assert (form["method"], form["action"]) == ("get", "/q")


def test_what_is_typed_leads_nowhere_but_to_a_page_of_ours(here):
    for typed in ("//evil.example", "\\\\evil.example", "https://evil.example", "../../c/wutongli", "?x=1#y"):
        location = here.client.get("/q", query_string={"code": typed}).headers["Location"]
        assert location.startswith("/q/")
        assert not set(location[3:]) & set("/?#\\")


def test_the_page_in_english_and_large(here):
    first = published(here)
    page = here.read(f"/q/{first.code}?size=large", Accept_Language="en")
    assert "It is the newest version." in page.text
    assert "Compare it with the paper you have" in page.text
    assert not [sign for sign in page.text.replace("梧桐里", "") if sign > "\u2e80"]
    assert 'data-size="large"' in page.html


def test_a_page_kept_by_a_browser_is_asked_for_again_when_a_newer_version_came(here):
    first = published(here)
    kept = here.client.get(f"/q/{first.code}").headers["ETag"]
    assert here.client.get(f"/q/{first.code}", headers={"If-None-Match": kept}).status_code == 304
    published_again(here)
    again = here.client.get(f"/q/{first.code}", headers={"If-None-Match": kept, "Accept-Language": "zh"})
    assert again.status_code == 200
    assert "已经有了第 2 版" in again.text
