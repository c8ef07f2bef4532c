"""A statement as it was known on a day beside what is known of it now: what an auditor asks first."""

from datetime import UTC, date, datetime

from ledger.actions.disclosure import ApproveDisclosure, DraftDisclosure, PublishDisclosure
from ledger.actions.firm_debrief import Period
from ledger.actions.public_revenue import RecordPublicRevenue
from tests.api.pages.books import fund_opened

AUGUST = date(2026, 8, 8)
THIRD_QUARTER = Period(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
Q3 = "/c/wutongli/then-and-now?of=T1.2026-07"


def income(here, fen: int, on: date = AUGUST) -> int:
    return here.record("treasurer", RecordPublicRevenue(head=1, gross_fen=fen, received_on=on))


def told_late(here):
    """600.00 recorded on 20 November, 700.00 of the same quarter five days later."""
    fund_opened(here, "public-revenue", 0)
    early = income(here, 600_00)
    here.services.store.clock = lambda: datetime(2026, 11, 25, 2, tzinfo=UTC)
    return early, income(here, 700_00)


def test_both_figures_stand_side_by_side(here):
    told_late(here)
    text = here.read(f"{Q3}&known=2026-11-20").text
    assert "2026年11月20日知道的" in text
    assert "期末结余 ! 变了 600.00 1,300.00" in text
    assert "公共收入 ! 变了 600.00 1,300.00" in text
    assert "法定税收 0.00 0.00" in text


def test_every_cell_that_changed_is_named(here):
    told_late(here)
    text = here.read(f"{Q3}&known=2026-11-20").text
    assert "共用场地停车 · 公共收入 当时 600.00 → 现在 1,300.00" in text


def test_a_record_number_says_it_exactly(here):
    early, late = told_late(here)
    assert "变了" in here.read(f"{Q3}&record={early}").text
    assert "和当时一个数字都没变" in here.read(f"{Q3}&record={late}").text
    assert "和当时一个数字都没变" in here.read(f"{Q3}&record=999999").text


def test_unless_asked_it_goes_back_to_the_last_day_of_the_statement(demo):
    text = demo.read("/c/wutongli/then-and-now").text
    assert "2026年第三季度 ! 有 18 处和当时不同" in text
    assert "公共收入 ! 变了 99,355.91 100,035.91" in text
    assert "2026年9月30日知道的" in text


def test_of_days_before_the_ledger_began_now_is_compared_with_itself(here):
    told_late(here)
    assert "和当时一个数字都没变" in here.read("/c/wutongli/then-and-now").text


def test_a_day_before_the_ledger_began_is_said_in_words(here):
    told_late(here)
    page = here.read(f"{Q3}&known=2020-01-01")
    assert page.status == 400
    assert "那一天这本账还没有开始" in page.text


def test_what_is_no_statement_is_said_in_words(here):
    for wrong in ("T99.2026-07", "T1.2026-08", "T5.2026-01", "T7.2026-01", "nonsense", "T1.2026-13"):
        page = here.read(f"/c/wutongli/then-and-now?of={wrong}")
        assert page.status == 400
        assert f"没有“{wrong}”这样的公示" in page.text


def test_an_older_quarter_a_link_asks_for_can_be_chosen_again(here):
    told_late(here)
    assert "2024年第三季度" in here.read("/c/wutongli/then-and-now?of=T1.2024-07").text


def test_it_is_there_in_english(here):
    told_late(here)
    text = here.read(f"{Q3}&known=2026-11-20", Accept_Language="en").text
    assert "Closing ! changed 600.00 1,300.00" in text


def test_people_find_it_where_they_look(demo):
    for address in ("/c/wutongli/verify", "/c/wutongli/disclosures"):
        assert "/c/wutongli/then-and-now" in demo.read(address).links


def test_a_restated_statement_leads_to_what_was_known_when_it_was_first_published(demo):
    ways = [
        link
        for link in demo.read("/c/wutongli/disclosures/revenue-1").links
        if link.startswith("/c/wutongli/then-and-now?of=T1.2026-07&record=")
    ]
    assert len(ways) == 1
    assert "公共收入 ! 变了 99,355.91 100,035.91" in demo.read(ways[0]).text


def test_a_statement_altered_since_leads_there_too(here):
    told = [fund_opened(here, "public-revenue", 0), income(here, 600_00)]
    here.record("secretary", DraftDisclosure(disclosure="q3", table="T1", period=THIRD_QUARTER))
    here.record("chair", ApproveDisclosure(disclosure="q3"))
    here.record("chair", PublishDisclosure(disclosure="q3"))
    address = f"/c/wutongli/then-and-now?of=T1.2026-07&record={told[-1]}"
    assert address not in here.read("/c/wutongli/disclosures/q3").links
    income(here, 700_00)
    assert address in here.read("/c/wutongli/disclosures/q3").links


def test_words_are_true_of_a_phone_and_of_a_desk(demo):
    text = demo.read("/c/wutongli/then-and-now").text
    assert "先列那一天已经记下的账算出来的，再列今天记下的账算出来的。" in text
    assert "左边" not in text
