"""Nobody reads an id where a thing has a name, nor a dash where nothing was recorded."""

from datetime import date

from ledger.actions.audit import EngageAuditor
from ledger.actions.firm_debrief import HoldDebrief, Period
from ledger.actions.posting import Place, RecordPosting
from ledger.actions.rectification import OpenRectification, ReportRectification
from ledger.actions.service_contract import SignServiceContract
from ledger.transparency.note import COSIGNATURE, SigningKey
from tests.api.signing import ORIGIN, sign

YEAR = Period(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
MARCH, TODAY = date(2026, 3, 2), date(2026, 11, 20)


def audited(here) -> int:
    engaged = EngageAuditor(
        audit="annual-audit", of="annual", auditor="沪江会计师事务所", period=YEAR, engaged_on=MARCH
    )
    return here.record("chair", engaged)


def contracted(here) -> None:
    contract = SignServiceContract(
        contract="service-2025",
        firm="heng-an",
        firm_name="恒安物业",
        starts_on=date(2025, 1, 1),
        ends_on=date(2027, 12, 31),
        signed_on=TODAY,
    )
    here.record("secretary", contract)


def debriefed(here) -> int:
    debrief = HoldDebrief(debrief="debrief-2025", firm="heng-an", period=YEAR, held_on=date(2025, 12, 15))
    return here.record("secretary", debrief)


def test_a_paper_about_an_audit_names_its_auditor_and_year(here):
    engaged = audited(here)
    posting = RecordPosting(audit_engagement="annual-audit", places=(Place(kind="board"),), posted_on=MARCH)
    page = here.read(f"/c/wutongli/events/{here.record('secretary', posting)}")
    assert "审计委托公告 沪江会计师事务所，2025年度" in page.text
    assert f"/c/wutongli/events/{engaged}" in page.links
    assert "annual-audit" not in page.text


def test_a_duty_about_a_contract_names_the_firm_and_the_days(here):
    contracted(here)
    text = here.read("/c/wutongli/agenda?month=2026-12").text
    assert "物业合同备案：恒安物业，2025年1月1日至2027年12月31日" in text
    assert "service-2025" not in text


def test_a_firm_and_its_debrief_are_called_by_name(here):
    contracted(here)
    assert "物业服务企业 恒安物业" in here.read(f"/c/wutongli/events/{debriefed(here)}").text


def test_what_must_be_put_right_says_where_it_came_up_and_what_was_reported_done(here):
    contracted(here)
    debriefed(here)
    item = OpenRectification(
        item="fix-lights", source="debrief-2025", debrief="debrief-2025", problem="大堂照明损坏",
        responsible="恒安物业", due_on=date(2026, 12, 1),
    )  # fmt: skip
    opened = here.record("neighbourhood", item)
    assert "来源 恒安物业，2025年度述职" in here.read(f"/c/wutongli/events/{opened}").text
    reported = here.record("firm", ReportRectification(item="fix-lights", report="已换灯"))
    assert "大堂照明损坏" in here.read(f"/c/wutongli/events/{reported}").text


def test_the_record_about_a_log_is_called_by_what_it_says(here, tmp_path):
    sign(here.services, tmp_path)
    text = here.read(f"/c/wutongli/events/{here.services.store.length('wutongli') - 1}").text
    assert "● 写明了这本账的签名日志 写明了这本账的签名日志 记录编号" in text
    assert ORIGIN in text
    assert "见证规则 没有规定要几家见证签字" in text
    assert "时区 北京时间" in text


def test_the_witnesses_of_a_log_are_told_in_words(here, tmp_path):
    key = SigningKey("street.example", b"street".ljust(32), COSIGNATURE).vkey
    policy = f"witness street {key}\ngroup most 1 street\nquorum most\n"
    sign(here.services, tmp_path, policy.encode())
    text = here.read(f"/c/wutongli/events/{here.services.store.length('wutongli') - 1}").text
    assert f"见证 street，钥匙 {key}" in text
    assert "most：street 里面至少 1 家" in text
    assert "most 签了字才公布检查点" in text


def test_a_figure_nobody_recorded_says_so(demo):
    text = demo.read("/c/wutongli/disclosures/debrief-last").text
    assert "上次评议要整改的 没有记" in text


def test_what_is_fine_says_what_of(demo):
    text = demo.read("/c/wutongli/disclosures/fund-half-year").text
    assert "✓ 公布时没有对不上、说不清、不合规定的地方。" in text


def test_a_sign_never_stands_without_its_words(demo):
    html = demo.read("/c/wutongli").html
    assert 'href="#wrong">✗ 有' in html
    assert 'href="#late-duties">✗ 该公示' in html
