"""The rules in force on a day: with their sources, for everybody and for one community."""

import re
from datetime import date

from ledger.actions.rules import AdoptRules
from ledger.rules.law import OwnParameter

SEVENTY_OF_A_HUNDRED = OwnParameter(rule="REV-10", name="to_fund_share", value="70/100")
WITH_THE_MAJORITY = OwnParameter(rule="VOTE-11", name="unreturned", value="with-the-majority")
FROM_100_000_YUAN = OwnParameter(rule="FUND-19", name="review_fen_min", value=100_000_00)


def adopted(here, *parameters, packs=(), starts_on=date(2026, 7, 1)):
    return here.record("chair", AdoptRules(starts_on=starts_on, packs=packs, parameters=parameters))


def test_every_rule_names_its_source_and_clause(server):
    text = server.read("/rules").text
    assert (
        "参与表决的业主：专有面积和人数均须占三分之二以上 中华人民共和国民法典 · 第二百七十八条第二款" in text
    )
    assert "上海市住宅小区公共收益管理办法 · 第十一条" in text


def test_the_rules_are_those_of_the_day_that_is_asked_for(server):
    assert "换届审计在新业委会选出后一个月内完成" in server.read("/rules?on=2026-06-30").text
    assert "换届审计在新业委会选出后一个月内完成" not in server.read("/rules?on=2026-07-01").text
    assert re.search("2026年6月30日适用 [0-9]+ 条规则。 看今天的", server.read("/rules?on=2026-06-30").text)


def test_a_rule_says_until_when_it_holds_and_what_happens_if_it_is_broken(server):
    text = server.read("/rules").text
    assert "文号、版本 沪房规范〔2024〕7号 有效期 2024年10月1日起，到2029年6月30日为止" in text
    assert "没做到时 账本不给办" in text


def test_what_was_not_checked_against_its_text_and_what_is_no_law_says_so(server):
    text = server.read("/rules").text
    assert "! 没有对过原文" in text
    assert "! 原文没有说清" in text
    assert "– 街镇要求，不是法律" in text


def test_a_day_that_does_not_exist_is_said_in_words(server):
    page = server.read("/rules?on=2026-02-30")
    assert page.status == 400
    assert "“2026-02-30”不是一个日期" in page.text
    assert "三分之二以上" not in page.text


def test_a_day_before_there_was_any_law_has_no_rules(server):
    assert "这一天没有规则 换一个日子再查。" in server.read("/rules?on=1990-01-01").text


def test_a_community_that_adopted_nothing_lives_by_land_and_city(here):
    text = here.read("/c/wutongli/rules").text
    assert "本小区还没有记下自己的规则，按国家和上海市的规定办。" in text
    assert "选不出业委会的，可由居委会暂代" not in text


def test_a_community_sees_what_it_adopted_and_settled_itself(here):
    number = adopted(
        here, SEVENTY_OF_A_HUNDRED, WITH_THE_MAJORITY, FROM_100_000_YUAN, packs=("cn-31-pd", "dongming")
    )
    page = here.read("/c/wutongli/rules")
    assert f"本小区从2026年7月1日起采用了自己的规则：第 {number} 条" in page.text
    assert f"/c/wutongli/events/{number}" in page.links
    assert "选不出业委会的，可由居委会暂代" in page.text
    assert "● 本小区自己定：70/100" in page.text
    assert "● 本小区自己定：没交回的票随多数" in page.text
    assert "● 本小区自己定：100,000.00 元" in page.text
    assert page.text.count("本小区采用") == 2


def test_what_was_adopted_is_not_shown_for_the_day_before(here):
    adopted(here, SEVENTY_OF_A_HUNDRED)
    assert "本小区自己定：" not in here.read("/c/wutongli/rules?on=2026-06-30").text


def test_every_page_of_a_community_leads_to_its_rules(here):
    assert "/c/wutongli/rules" in here.read("/c/wutongli").links
    assert "/rules" in here.read("/").links


def test_a_ledger_that_is_not_there_has_no_rules(server):
    assert server.read("/c/nobody/rules").status == 404


def test_the_page_is_there_in_english(server):
    text = server.read("/rules", Accept_Language="en").text
    assert "Owners taking part must hold at least two thirds of the exclusive area" in text
    assert "Not checked against the text" in text


def test_the_links_by_subject_lead_to_headings_of_the_page(server):
    page = server.read("/rules")
    anchors = [link.partition("#")[2] for link in page.links if link.startswith("#") and link != "#main"]
    assert len(anchors) == 10
    assert set(anchors) <= set(page.ids)
