"""What the rules expect of audits, and by when: engaged, reported, both of it posted (AUD-01 to AUD-06)."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from ledger.actions.audit import AuditEngaged, AuditReportRecorded
from ledger.actions.committee import CommitteeSeated
from ledger.actions.fund import FundOpened
from ledger.actions.posting import Paper
from ledger.rules.semantics import Deadline
from projections.displays import Done, shown
from projections.duty_book import DutyBook, Expected, Expecting, Span, earliest, number_of, years


def yearly_audit(book: DutyBook) -> Iterator[Expected]:
    """The report on last year's accounts by 30 June (AUD-03); a short first year joins the next (AUD-02)."""
    since = min((one.event.opened_on for one in book.all(FundOpened)), default=None)
    if since is None:
        return
    for year in years(since, book.until):
        law = book.law(date(year + 1, 12, 31))
        month, day = number_of(law, "AUD-03", "due_month"), number_of(law, "AUD-03", "due_day")
        if month is None or day is None:
            continue
        due_on = date(year + 1, month, day)
        if since > date(year, 1, 1) and book.law(due_on).is_in_force("AUD-02"):
            continue
        audits = {one.event.audit for one in book.all(AuditEngaged) if _is_of_year(one.event, year)}
        done = _reported(book, audits)
        span = Span(date(year, 1, 1), date(year, 12, 31))
        yield Expected(
            "audit-report",
            "AUD-03",
            due_on,
            Deadline.by(due_on),
            done,
            period=span,
            begins_on=date(year + 1, 1, 1),
        )


def term_audit(book: DutyBook) -> Iterator[Expected]:
    """The audit at a change of term, a month after the new committee's election (AUD-06)."""
    terms = book.all(CommitteeSeated)
    for before, seated in pairwise(terms):
        elected_on = seated.event.starts_on
        if (months := number_of(book.law(elected_on), "AUD-06", "months_max")) is None:
            continue
        audits = {
            one.event.audit
            for one in book.all(AuditEngaged)
            if one.event.of == "change-of-term"
            and before.event.starts_on <= one.event.period.ends_on <= elected_on
        }
        done = _reported(book, audits)
        deadline = Deadline.months_after(elected_on, months)
        yield Expected("term-audit", "AUD-06", elected_on, deadline, done, seated.event.term)


def audit_engagement_posted(book: DutyBook) -> Iterator[Expected]:
    """An engagement hangs for 7 days, before its report comes; the rule names no other day (AUD-03)."""
    reported = {one.event.audit: one.event.received_on for one in book.all(AuditReportRecorded)}
    for engaged in book.all(AuditEngaged):
        audit = engaged.event.audit
        paper = book.display(Paper("audit_engagement", audit))
        first = shown(paper, date.max)
        judged_on = first.first.on if first else engaged.event.engaged_on
        if (days := number_of(book.law(judged_on), "AUD-03", "engagement_days_min")) is not None:
            yield Expected(
                "audit-engagement-posted",
                "AUD-03",
                judged_on,
                None,
                subject=audit,
                paper=paper,
                keep_days=days,
                overdue_on=reported.get(audit),
            )


def audit_report_posted(book: DutyBook) -> Iterator[Expected]:
    """A report hangs 3 days after it was received, for 30 days (AUD-03; before it, AUD-01 without a day)."""
    for report in book.all(AuditReportRecorded):
        received_on = report.event.received_on
        law = book.law(received_on)
        days = number_of(law, "AUD-03", "posting_days_max")
        rule = "AUD-01" if days is None else "AUD-03"
        if (keep := number_of(law, rule, "posted_days_min")) is not None:
            yield Expected(
                "audit-report-posted",
                rule,
                received_on,
                None if days is None else Deadline.days_after(received_on, days),
                subject=report.event.audit,
                paper=book.display(Paper("audit_report", report.event.audit)),
                keep_days=keep,
            )


OF_AUDITS: tuple[Expecting, ...] = (yearly_audit, term_audit, audit_engagement_posted, audit_report_posted)


def _is_of_year(audit: AuditEngaged, year: int) -> bool:
    return audit.of == "annual" and audit.period.ends_on.year == year


def _reported(book: DutyBook, audits: set[str]) -> Done | None:
    """The first report on any of these audits."""
    reports = [one for one in book.all(AuditReportRecorded) if one.event.audit in audits]
    return earliest(Done(one.event.issued_on, one.number) for one in reports)
