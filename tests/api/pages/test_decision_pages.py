"""How it was decided, and what became of the money."""

from datetime import date

import pytest

from api.pages.votes import share_words, vote_of
from ledger.actions.ballot import CastBallot
from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.community import RegisterBuilding, RegisterUnits, UnitEntry
from ledger.actions.vote import OpenVote
from ledger.actions.vote_result import CloseVote
from ledger.fields import Authorisation
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
    "participation_heads_share": "2/3",
    "participation_area_share": "2/3",
    "approval_heads_share": "1/2",
    "approval_area_share": "1/2",
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
    assert "由谁表决 3号楼 4号门" in text
    assert "按人数（共 15 人） 同意 11 反对 2 弃权 1 未参与 1" in text
    assert "✓ 达到 同意的面积 830.19 m² / 1,021.90 m²（81.2%），需要过半数" in text
    assert "送到了没交回，按小区议事规则随多数 1 人，70.24 m²" in text


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


def test_a_consultation_is_tested_by_heads_alone():
    row = DecisionRow(
        **COUNTED | {"participation_area_share": None, "approval_area_share": None},
        threshold="consultation",
        quorum_met=True,
    )
    assert [(label, needed) for label, _, _, needed, _, _ in vote_of(row).tests] == [
        ("参与的人数", "三分之二以上"),
        ("同意的人数", "过半数"),
    ]


@pytest.mark.parametrize(
    ("share", "inclusive", "words"),
    [
        ("3/4", True, "四分之三以上"),
        ("1/2", False, "过半数"),
        ("1/1", True, "全部"),
        ("3/5", True, "3/5以上"),
        ("3/5", False, "超过3/5"),
    ],
)
def test_a_share_is_said_as_people_say_it(share, inclusive, words):
    assert share_words(share, inclusive) == words


def test_an_open_vote_tells_what_is_asked_and_how_many_ballots_came_but_no_choice(here):
    asked(here)
    cast(here, {"agree": 7, "disagree": 2})
    text = here.read("/c/wutongli/decisions/roof").text
    assert "表决事项 使用专项维修资金 由谁表决 全体业主" in text
    assert "名册 12 户，按 11 人算，专有部分面积共 1,200.00 m²" in text
    assert "参与的要占三分之二以上，参与的里面要有过半数同意。" in text
    assert "已收到 9 张表决票，名册上共 12 户（75.0%）。" in text
    assert "反对 2" not in text
    assert "700.00" not in text


def test_a_vote_by_ballot_says_how_it_was_counted_and_why_it_passed(here):
    asked(here)
    cast(here, {"agree": 8, "disagree": 2, "abstain": 1})
    here.record("secretary", ballot("u-1", "disagree"))
    closed(here)
    text = here.read("/c/wutongli/decisions/roof").text
    assert "按人数（共 11 人） 同意 7 反对 2 弃权 1 未参与 1" in text
    assert "✓ 达到 同意的面积 800.00 m² / 1,100.00 m²（72.7%），需要过半数" in text
    assert "两项都达到，表决通过。" in text
    assert "有效的表决票 11" in text
    assert "重复投的，只留存、不计入 1" in text
    assert "1号楼 6 6 0 0 0 2号楼 5 2 2 1 0" in text


def test_an_irregular_vote_says_which_rules_it_broke(here):
    asked(here, notice_on=None)
    text = here.read("/c/wutongli/decisions/roof").text
    assert "这个决定有不合规的地方" in text
    assert "VOTE-13" in text


def test_a_committee_decision_that_is_not_valid_says_so(here):
    decision = RecordCommitteeDecision(
        decision="gate",
        title="门禁维修",
        matter="按报价实施",
        decided_on=date(2026, 2, 1),
        seats=7,
        present=4,
        signed=3,
        authorises=Authorisation(fund="working", amount_fen=8_000_00, purpose="门禁维修"),
        acknowledge=("COM-09",),
    )
    here.record("secretary", decision)
    text = here.read("/c/wutongli/decisions/gate").text
    assert "✗ 无效" in text
    assert "这个决定无效，不能照它付钱。" in text
    assert "决定无效，不能从业委会工作经费付款。拟用的是 8,000.00 元。" in text


def asked(here, **of):
    """Two buildings of six units each, two units with one owner; all are asked."""
    here.record("secretary", RegisterBuilding(building="b1", title="1号楼"))
    here.record("secretary", RegisterBuilding(building="b2", title="2号楼"))
    units = tuple(
        UnitEntry(
            unit=f"u-{number}",
            building="b1" if number <= 6 else "b2",
            floor_area="120.00",
            exclusive_area="100.00",
            area_basis="registered",
            owner_ref=f"登记簿{max(number, 2)}号",
        )
        for number in range(1, 13)
    )
    here.record("secretary", RegisterUnits(units=units))
    prepared = {"notice_on": date(2026, 1, 1), "notified": ("housing-office", "neighbourhood"), **of}
    vote = OpenVote(
        decision="roof",
        title="屋面大修",
        matter=5,
        opens_on=date(2026, 2, 1),
        closes_on=date(2026, 3, 1),
        reported_to_party_on=date(2026, 1, 1),
        **prepared,
    )
    here.record("secretary", vote)


def ballot(unit, choice):
    return CastBallot(decision="roof", unit=unit, choice=choice, channel="paper", cast_on=date(2026, 2, 10))


def cast(here, choices):
    said = [choice for choice, number in choices.items() for _ in range(number)]
    for number, choice in enumerate(said, 1):
        here.record("secretary", ballot(f"u-{number}", choice))


def closed(here):
    here.record("chair", CloseVote(decision="roof"))


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
