"""An auditor is engaged, and the report comes (AUD-01 to AUD-06)."""

from datetime import date

import pytest

from ledger.actions.audit import EngageAuditor, Finding, RecordAuditReport
from ledger.actions.firm_debrief import Period
from tests.ledger.duty_words import YEAR_2025, audit_reported, auditor_engaged
from tests.ledger.story import given, then, then_malformed, then_refused, when

MARCH_9, JUNE_26 = date(2026, 3, 9), date(2026, 6, 26)


def engage(**of: object) -> EngageAuditor:
    fields = {"audit": "2025", "of": "annual", "auditor": "沪江会计师事务所", "period": YEAR_2025}
    return EngageAuditor(**{**fields, "engaged_on": MARCH_9, **of})


def report(**of: object) -> RecordAuditReport:
    return RecordAuditReport(**{"audit": "2025", "issued_on": JUNE_26, "received_on": JUNE_26, **of})


def test_an_auditor_is_engaged():
    when(engage())
    then(auditor_engaged("2025", MARCH_9))


def test_an_audit_is_engaged_once():
    given(auditor_engaged("2025", MARCH_9))
    when(engage(engaged_on=date(2026, 4, 1)))
    then_refused("audit.already-engaged", audit="2025", engaged_on=MARCH_9)


def test_a_period_ends_after_it_starts():
    when(engage(period=Period(starts_on=date(2025, 12, 31), ends_on=date(2025, 1, 1))))
    then_refused("period.ends-before-it-starts")


def test_the_report_is_recorded_with_what_it_found():
    given(auditor_engaged("2025", MARCH_9))
    found = (Finding(finding="late-statements", text="第三季度收支晚贴 6 天。", rules=("REV-06",)),)
    when(report(report_no="沪江审〔2026〕118号", opinion="qualified", findings=found))
    then(
        audit_reported("2025", JUNE_26, report_no="沪江审〔2026〕118号", opinion="qualified", findings=found)
    )


def test_nobody_reports_on_what_nobody_engaged():
    when(report())
    then_refused("audit.unknown", audit="2025")


def test_every_audit_has_one_report():
    given(auditor_engaged("2025", MARCH_9), audit_reported("2025", JUNE_26))
    when(report(received_on=date(2026, 7, 1)))
    then_refused("audit.already-reported", audit="2025", received_on=JUNE_26)


@pytest.mark.parametrize(
    ("issued_on", "received_on"),
    [(date(2026, 3, 8), JUNE_26), (date(2026, 6, 27), JUNE_26)],
    ids=["before the engagement", "after it was received"],
)
def test_a_report_is_issued_between_engagement_and_receipt(issued_on, received_on):
    given(auditor_engaged("2025", MARCH_9))
    when(report(issued_on=issued_on, received_on=received_on))
    then_refused("audit-report.days-in-disorder", engaged_on=MARCH_9)


def test_a_report_may_come_on_the_day_it_is_issued():
    given(auditor_engaged("2025", JUNE_26))
    when(report())
    then(audit_reported("2025", JUNE_26))


def test_findings_have_ids_of_their_own():
    given(auditor_engaged("2025", MARCH_9))
    twice = (Finding(finding="one", text="甲"), Finding(finding="one", text="乙"))
    when(report(findings=twice))
    then_refused("audit-report.finding-twice")


def test_a_report_that_is_still_to_come_cannot_be_recorded():
    given(auditor_engaged("2025", MARCH_9))
    when(report(received_on=date(2026, 11, 21)))
    then_malformed("/received_on", "date.in-the-future")
