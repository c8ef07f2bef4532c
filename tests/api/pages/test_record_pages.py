"""One record: what happened, who recorded it, what led to it, and its fingerprint."""

from datetime import date
from typing import ClassVar

import msgspec
import pytest

from api.pages.fields import Value, fields_of, withheld_labels
from ledger.actions.fund_payment import RequestFundPayment
from ledger.events import Event
from ledger.fields import Area, Commitment, Day, Fen, Line
from tests.api.pages.books import approved, decided, fund_opened, paid, requested, revenue, reversed_, spent


def test_a_record_says_who_recorded_what_and_when_and_shows_its_fingerprint(here):
    number = fund_opened(here, "working", 900_00, date(2026, 11, 20))
    row = here.services.store.ledger_rows("wutongli", number - 1, 1)[0]
    text = here.read(f"/c/wutongli/events/{number}").text
    assert "发生日期 2026年11月20日 记录时间 2026年11月20日 09:46 谁记的 财务委员" in text
    assert "900.00 元 人民币玖佰元整" in text
    assert row.leaf_hash.hex() in text.replace(" ", "")
    assert "晚" not in text


def test_a_record_made_later_says_by_how_many_days(here):
    number = fund_opened(here, "working", 900_00, date(2026, 11, 1))
    assert "晚 19 天记录" in here.read(f"/c/wutongli/events/{number}").text


def test_the_money_of_a_record_is_shown_as_a_movement_between_accounts(here):
    fund_opened(here, "public-revenue", 0)
    number = revenue(here, 5_00, date(2026, 3, 1))
    text = here.read(f"/c/wutongli/events/{number}").text
    assert "共用场地停车 −5.00 公共收益的银行账户 +5.00" in text


def test_a_payment_can_be_traced_to_its_decision_its_steps_and_its_voucher(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    number = spent(here, "gate-1", "gate", 6_320_57, date(2026, 3, 5))
    page = here.read(f"/c/wutongli/events/{number}")
    assert "花了多少 金额 6,320.57 元 付给 恒升公司 付款日 2026年3月5日" in page.text
    assert "谁决定的 决定 门禁维修 谁决定的 业主委员会 批准上限 8,000.00 元" in page.text
    assert "委员 5 名，到会 4 名，3 名签字同意。" in page.text
    assert "凭证号 2026-077" in page.text
    assert "✓ 申请、批准、付款三处金额一致，由不同的人经手，且没有超过批准上限。" in page.text
    assert "/c/wutongli/decisions/gate" in page.links


def test_a_payment_on_its_way_says_what_is_missing(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    number = requested(here, "gate-1", "gate", 6_320_57)
    text = here.read(f"/c/wutongli/events/{number}").text
    assert "还没有批准。申请的人自己不能批准。" in text
    assert "! 还没有批准：要等另一个人批准，才会付款。" in text
    approved(here, "gate-1")
    assert "还没有批准" not in here.read(f"/c/wutongli/events/{number}").text
    paid(here, "gate-1", date(2026, 3, 5))
    assert "✓ 申请、批准、付款三处金额一致" in here.read(f"/c/wutongli/events/{number}").text


def test_a_reversal_and_what_it_reverses_point_at_each_other(here):
    fund_opened(here, "public-revenue", 0)
    wrong = revenue(here, 5_00, date(2026, 3, 1))
    reversal = reversed_(here, wrong, "记错账户")
    first, second = here.read(f"/c/wutongli/events/{wrong}"), here.read(f"/c/wutongli/events/{reversal}")
    assert "这一笔已经冲正 2026年11月20日冲正，两条记录都保留。原因：记错账户" in first.text
    assert f"/c/wutongli/events/{reversal}" in first.links
    assert "这是一条更正" in second.text
    assert f"/c/wutongli/events/{wrong}" in second.links


def test_the_owners_vote_stands_in_the_trace_of_a_payment(demo):
    number = number_of(demo, "fund-payment.recorded", "facade-2025-first")
    text = demo.read(f"/c/wutongli/events/{number}").text
    assert "同意 688 反对 121 弃权 96 未参与 363" in text
    assert "✓ 达到 参与的人数 905 / 1,268（71.4%），需要三分之二以上" in text
    assert "两项都达到，表决通过。" in text


def test_ids_in_a_record_are_shown_by_their_names(demo):
    of_contract = demo.read(f"/c/wutongli/events/{number_of(demo, 'revenue-contract.registered')}")
    assert "同意的决定 电梯广告、快递柜、充电桩场地出租" in of_contract.text
    assert "/c/wutongli/decisions/common-parts-2025" in of_contract.links
    text = demo.read(f"/c/wutongli/events/{number_of(demo, 'repair-plan.published')}").text
    assert "维修项目 外墙渗水修补 决定 外墙渗水修补" in text
    assert "预算 56,000.00 元" in text
    text = demo.read(f"/c/wutongli/events/{number_of(demo, 'project.apportioned')}").text
    assert "范围 3号楼 4号门" in text
    assert "每平方米金额 23.25 元" in text
    text = demo.read(f"/c/wutongli/events/{number_of(demo, 'rules.adopted')}").text
    assert "采用哪几册规则 上海市浦东新区 浦东新区东明路街道" in text
    assert "（REV-10） 定为 70/100" in text
    assert "（FUND-19） 定为 30,000.00 元" in text


def test_what_is_withheld_is_named_and_never_shown(demo):
    number = number_of(demo, "role.granted")
    text = demo.read(f"/c/wutongli/events/{number}").text
    assert "已隐去" in text
    assert "wutongli-treasurer" not in text


def test_a_payee_in_the_open_is_not_said_to_be_withheld_and_a_private_one_is(here):
    fund_opened(here, "public-revenue", 20_000_00)
    decided(here, "gate", "门禁维修", 8_000_00)
    in_the_open = here.read(
        f"/c/wutongli/events/{spent(here, 'gate-1', 'gate', 63_00, date(2026, 3, 5))}"
    ).text
    assert "恒升公司" in in_the_open
    assert "已隐去" not in in_the_open
    refund = RequestFundPayment(
        payment="gate-2",
        fund="public-revenue",
        decision="gate",
        amount_fen=40_00,
        payee="沈秋萍",
        payee_kind="individual",
        purpose="退还押金",
        use="upkeep",
    )
    private = here.read(f"/c/wutongli/events/{here.record('treasurer', refund)}").text
    assert "已隐去：收款人姓名" in private
    assert "沈秋萍" not in private


@pytest.mark.parametrize("ledger", ["wutongli", "dongming"])
def test_a_record_of_any_kind_says_something_is_withheld_only_where_a_commitment_stands(demo, ledger):
    store = demo.services.store
    events = [store.numbered(ledger, number).data for number in range(store.length(ledger))]
    with demo.app.test_request_context("/"):
        said = {(event.kind, bool(withheld_labels(event))) for event in events}
    kept = {(event.kind, b'"_sd"' in msgspec.json.encode(event)) for event in events}
    assert said == kept
    assert {withheld for _, withheld in said} == {True, False}


def number_of(demo, kind, payment=None):
    store = demo.services.store
    for number in range(store.length("wutongli")):
        data = store.numbered("wutongli", number).data
        if data.kind == kind and payment in (None, getattr(data, "payment", None)):
            return number
    raise AssertionError(kind)


@pytest.mark.parametrize("ledger", ["wutongli", "dongming"])
def test_one_record_of_every_kind_opens_in_both_languages_with_words_for_its_kind_and_fields(demo, ledger):
    store = demo.services.store
    numbers = {store.numbered(ledger, number).data.kind: number for number in range(store.length(ledger))}
    for kind, number in numbers.items():
        for lang in ("zh", "en"):
            page = demo.read(f"/c/{ledger}/events/{number}", Accept_Language=lang)
            assert page.status == 200
            assert kind not in page.text
            assert "field." not in page.text


class Invented(Event, frozen=True, kw_only=True):
    """A kind nobody has thought of yet; without a kind it is not registered."""

    kind: ClassVar[str] = ""

    title: Line
    amount_fen: Fen
    seen_on: Day
    floor_area: Area
    decision: str
    witnesses: tuple[Line, ...]
    person: Commitment
    remark: Line | None = None


def test_a_kind_of_event_nobody_thought_of_is_shown_field_by_field(here):
    event = Invented(
        title="巡查",
        amount_fen=5_00,
        seen_on=date(2026, 3, 1),
        floor_area="91.20",
        decision="gate",
        witnesses=("甲", "乙"),
        person=Commitment("x" * 43),
    )
    with here.app.test_request_context("/"):
        shown = [value for _, value in fields_of(event, "wutongli")]
    assert shown == [
        Value("text", "巡查"),
        Value("money", 5_00),
        Value("day", date(2026, 3, 1)),
        Value("area", 91_20),
        Value("text", "gate", "/c/wutongli/decisions/gate"),
        Value("list", [Value("text", "甲"), Value("text", "乙")]),
        Value("withheld"),
    ]


def test_every_record_is_in_the_list_the_newest_first(here):
    fund_opened(here, "working", 900_00)
    text = here.read("/c/wutongli/events").text
    assert "共 8 条，新的在前" in text
    assert text.index("900.00") < text.index("梧桐里 2026年11月20日 系统维护人员")


def test_a_record_that_does_not_exist_is_told_in_words(here):
    for number in ("8", "99999999999999999999", "-1", "x", "1.5"):
        page = here.read(f"/c/wutongli/events/{number}")
        assert page.status == 404
        assert "没有找到 没有这一条，也可能是地址抄错了。请从目录里找。" in page.text
        assert "接口" not in page.text
    assert "/c/wutongli" in here.read("/c/wutongli/events/8").links
