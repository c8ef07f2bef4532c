"""How it was decided, and what became of the money."""

from datetime import date

from api.pages.votes import vote_of
from projections.decisions import DecisionRow
from tests.api.pages.books import decided, fund_opened, reversed_, spent

COUNTED = {
    "decision": "lift",
    "number": 7,
    "made_by": "owners",
    "title": "电梯",
    "status": "passed",
    "roster_heads": 300,
    "roster_area": "300.00",
    "participating_heads": 200,
    "participating_area": "200.00",
    "agree_heads": 101,
    "agree_area": "100.01",
}


def test_a_committee_decision_says_who_was_there_and_what_is_left(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    spent(here, "gate-1", "gate", 6_320_57, date(2026, 3, 5))
    text = here.read("/c/wutongli/decisions/gate").text
    assert "委员 5 名，到会 4 名，3 名签字同意。" in text
    assert "批准 8,000.00 −已付 6,320.57 −批准了还没付 0.00 =还能用 1,679.43" in text
    assert "gate-1工程款 6,320.57 元 ✓ 已付" in text


def test_a_payment_undone_is_shown_as_undone(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    reversed_(here, spent(here, "gate-1", "gate", 6_320_57, date(2026, 3, 5)), "记错")
    text = here.read("/c/wutongli/decisions/gate").text
    assert "gate-1工程款 6,320.57 元 ! 已冲正" in text
    assert "=还能用 8,000.00" in text


def test_a_vote_that_passed_shows_both_dimensions(demo):
    text = demo.read("/c/wutongli/decisions/lift-3").text
    assert "按人数（共 1,268 户） 同意 812 反对 41 弃权 63 未参与 352" in text
    assert "✓ 达到 同意的面积 62,239.00 m² / 69,774.53 m²（89.2%），需要过半数" in text


def test_a_vote_that_failed_says_where(demo):
    text = demo.read("/c/wutongli/decisions/parking-extension").text
    assert "✗ 未通过" in text
    assert "✗ 没达到 同意的人数 641 / 958（66.9%），需要四分之三以上" in text
    assert "同意的不够，没有通过。" in text


def test_a_vote_without_quorum_says_that_too_few_took_part():
    row = DecisionRow(
        **COUNTED | {"participating_heads": 199, "status": "rejected"},
        threshold="ordinary",
        quorum_met=False,
        failed_dimensions=("heads",),
    )
    tests = vote_of(row).tests
    assert [(part, met) for _, part, _, _, met, _ in tests] == [(199, False), (200_00, True)]


def test_those_against_are_not_invented_where_they_were_not_counted():
    heads = vote_of(DecisionRow(**COUNTED)).dimensions[0]
    assert (heads.agree, heads.against, heads.abstain, heads.missing) == (101, None, 99, 100)


def test_a_count_that_is_not_closed_judges_nothing():
    assert vote_of(DecisionRow(**COUNTED)).tests == ()


def test_a_decision_nobody_took_is_told_in_words(here):
    for decision in ("nothing", "%00", "A B"):
        page = here.read(f"/c/wutongli/decisions/{decision}")
        assert page.status == 404
        assert "没有找到" in page.text


def test_no_decision_yet_says_who_records_the_first(here):
    assert (
        "还没有决定 业委会开会决定、业主表决以后，由业委会秘书记下" in here.read("/c/wutongli/decisions").text
    )
