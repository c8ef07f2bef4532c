"""The auditor's programme: how the books were kept."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.actions.audit import AuditEngaged, AuditReportRecorded, Finding
from ledger.actions.firm_debrief import Period
from projections.audit_queries import NAMED_MAX
from tests.ledger.audit_words import explained
from tests.ledger.happened import (
    AUTUMN,
    NEW_YEAR,
    SPRING,
    committee_seated,
    deposit_recorded,
    fund_opened,
    rectification_accepted,
    rectification_opened,
    rectification_rejected,
    rectification_reported,
)
from tests.ledger.story import FOR_EVER, TODAY, Fact
from tests.projections.auditing import clock_at, found, records, whys
from tests.projections.books import Books

LATE, EXPIRED, FINDINGS = "recorded-late-cluster", "expired-term-acting", "findings-open"
FUND = fund_opened("maintenance", fen=0)
MIDNIGHT = datetime(2026, 4, 19, 16, tzinfo=UTC)  # of the 20th in Shanghai


@pytest.fixture
def early(sqlite_url: str) -> Iterator[Books]:
    """Books opened long ago, with a clock that can be set."""
    books = Books(sqlite_url)
    clock_at(books, FOR_EVER)
    books.story.begin()
    yield books
    books.close()


def at(books: Books, day: date, *facts: Fact) -> int:
    """These are recorded on that day."""
    clock_at(books, day)
    return books.tell(*facts)


def deposit(on: date) -> Fact:
    return deposit_recorded("maintenance", fen=100_00, on=on)


def engaged(on: date, audit: str = "audit-2025") -> Fact:
    period = Period(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    event = AuditEngaged(audit=audit, of="annual", auditor="申信事务所", period=period, engaged_on=on)
    return Fact(event, "chair", on)


def reported(*findings: str, on: date = SPRING, audit: str = "audit-2025") -> Fact:
    said = tuple(Finding(finding=name, text="两张发票没有验收单。", amount_fen=3_00) for name in findings)
    event = AuditReportRecorded(audit=audit, issued_on=on, received_on=on, findings=said)
    return Fact(event, "chair", on)


# -- late, and all at once -----------------------------------------------------------------------------------


def many(count: int, on: date = SPRING) -> tuple[Fact, ...]:
    return tuple(deposit(on) for _ in range(count))


def test_five_records_thirty_days_late_on_one_day_are_a_cluster(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    last = at(early, SPRING + timedelta(days=30), *many(5))
    (row,) = found(early, LATE)
    assert (row.records, row.item) == (tuple(range(last - 4, last + 1)), None)
    assert (row.count, row.days, row.why) == (5, 30, None)
    assert row.on == SPRING + timedelta(days=30)


def test_four_are_not_and_neither_are_five_of_twenty_nine_days(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    at(early, SPRING + timedelta(days=29), *many(5))
    at(early, SPRING + timedelta(days=40), *many(4))
    assert found(early, LATE) == []
    assert len(found(early, LATE, late_days=29)) == 1
    assert len(found(early, LATE, count=4)) == 1


@pytest.mark.parametrize(("apart", "rows"), [(14, 1), (15, 0)])
def test_a_cluster_is_of_records_made_within_fourteen_days(early: Books, apart: int, rows: int) -> None:
    at(early, NEW_YEAR, FUND)
    first = SPRING + timedelta(days=60)
    at(early, first, *many(3))
    at(early, first + timedelta(days=apart), *many(2))
    assert len(found(early, LATE)) == rows


def test_what_was_recorded_in_time_between_is_not_counted(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    day = SPRING + timedelta(days=60)
    last = at(early, day, *many(3), deposit(day), *many(2))
    (row,) = found(early, LATE)
    assert (row.records, row.count) == ((last - 5, last - 4, last - 3, last - 1, last), 5)


def test_clusters_that_have_a_record_in_common_are_one(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    first = SPRING + timedelta(days=60)
    for step in range(3):
        last = at(early, first + timedelta(days=14 * step), *many(3))
    (row,) = found(early, LATE)
    assert row.records == tuple(range(last - 8, last + 1))
    assert len(found(early, LATE, days=13)) == 0


@pytest.mark.parametrize("over", [0, 1])
def test_very_many_are_named_by_their_ends_how_many_they_are_and_by_which_settings(
    early: Books, over: int
) -> None:
    at(early, NEW_YEAR, FUND)
    last = at(early, SPRING + timedelta(days=60), *many(NAMED_MAX + over))
    (row,) = found(early, LATE)
    first, count = last - NAMED_MAX - over + 1, NAMED_MAX + over
    ends = (first, last), "201 late_days=30 days=14 count=5"
    assert (row.records, row.item) == (ends if over else (tuple(range(first, last + 1)), None))
    assert row.count == count


def test_of_very_many_only_an_auditor_is_known_to_have_written_none(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    last = at(early, SPRING + timedelta(days=60), *many(NAMED_MAX + 1))
    ends, item = (last - NAMED_MAX, last), "201 late_days=30 days=14 count=5"
    early.tell(explained(LATE, *ends))
    early.tell(explained(LATE, *ends, item="201 late_days=31 days=14 count=5"))
    assert [row.state for row in found(early, LATE)] == ["open"]
    early.tell(explained(LATE, *ends, item=item, by="member"))
    (row,) = found(early, LATE)
    assert (row.state, [said.by_author for said in row.explanations]) == ("answered", [True])
    early.tell(explained(LATE, *ends, item=item))
    assert [row.state for row in found(early, LATE)] == ["explained"]


def test_shortly_before_an_audit_it_says_so(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    day = SPRING + timedelta(days=60)
    at(early, day, *many(5))
    at(early, day + timedelta(days=14), engaged(day + timedelta(days=14)))
    assert [(row.why, row.due_on) for row in found(early, LATE)] == [
        ("before-audit", day + timedelta(days=14))
    ]


def test_a_day_further_away_it_does_not(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    day = SPRING + timedelta(days=60)
    at(early, day, *many(5))
    at(early, day + timedelta(days=15), engaged(day + timedelta(days=15)))
    assert whys(found(early, LATE)) == [None]


def test_a_day_is_one_of_shanghai(early: Books) -> None:
    at(early, NEW_YEAR, FUND)
    early.story.store.clock = lambda: MIDNIGHT
    early.tell(*many(5))
    assert [row.days for row in found(early, LATE)] == [31]


# -- after the term ------------------------------------------------------------------------------------------

TERM_END = date(2026, 6, 14)


def seated(term: str, first: date, last: date) -> Fact:
    return committee_seated(term=term, starts_on=first, ends_on=last)


def test_on_the_last_day_of_the_term_the_committee_acts_and_the_day_after_it_does_not(early: Books) -> None:
    at(early, NEW_YEAR, FUND, seated("term-3", NEW_YEAR, TERM_END))
    at(early, TERM_END, deposit(TERM_END))
    assert found(early, EXPIRED) == []
    number = at(early, TERM_END + timedelta(days=1), deposit(TERM_END))
    (row,) = found(early, EXPIRED)
    assert (row.records, row.role, row.count, row.days) == ((number,), "treasurer", 1, 1)
    assert row.due_on == TERM_END


def test_the_next_committee_may_act_from_its_first_day(early: Books) -> None:
    at(early, NEW_YEAR, FUND, seated("term-3", NEW_YEAR, TERM_END))
    at(early, date(2026, 6, 20), deposit(TERM_END))
    last = at(early, date(2026, 6, 29), deposit(TERM_END))
    at(early, date(2026, 7, 1), seated("term-4", date(2026, 7, 1), date(2030, 6, 30)), deposit(TERM_END))
    assert [(row.records, row.days) for row in found(early, EXPIRED)] == [((last - 1, last), 15)]


def test_terms_that_meet_leave_no_gap(early: Books) -> None:
    at(early, NEW_YEAR, FUND, seated("term-3", NEW_YEAR, TERM_END))
    at(early, TERM_END, seated("term-4", TERM_END + timedelta(days=1), date(2030, 6, 14)))
    at(early, TODAY, deposit(TERM_END))
    assert found(early, EXPIRED) == []


def test_where_no_committee_ever_sat_no_term_has_ended(early: Books) -> None:
    at(early, TODAY, FUND, deposit(SPRING))
    assert found(early, EXPIRED) == []


def test_others_go_on_when_a_term_is_over(early: Books) -> None:
    at(early, NEW_YEAR, seated("term-3", NEW_YEAR, TERM_END))
    at(early, AUTUMN, Fact(engaged(AUTUMN).event, "street", AUTUMN))
    assert found(early, EXPIRED) == []


# -- findings ------------------------------------------------------------------------------------------------


def test_a_finding_is_open_until_somebody_accepts_that_it_was_put_right(both_books: Books) -> None:
    number = both_books.tell(rectification_opened("stairs")._replace(on=SPRING))
    (row,) = found(both_books, FINDINGS)
    assert (row.records, row.why, row.due_on, row.text) == ((number,), "overdue", AUTUMN, "楼道堆物。")
    both_books.tell(rectification_accepted("stairs"))
    assert found(both_books, FINDINGS) == []
    assert records(found(both_books, FINDINGS, known_at=number)) == [(number,)]


def test_on_its_last_day_it_is_still_in_time(books: Books) -> None:
    books.tell(rectification_opened("stairs")._replace(on=SPRING))
    assert whys(found(books, FINDINGS, as_of=AUTUMN)) == ["in-time"]
    assert whys(found(books, FINDINGS, as_of=AUTUMN + timedelta(days=1))) == ["overdue"]


def test_what_was_reported_in_time_is_open_but_not_overdue_unless_it_is_sent_back(books: Books) -> None:
    late = AUTUMN + timedelta(days=1)
    books.tell(rectification_opened("stairs")._replace(on=SPRING))
    books.tell(rectification_reported("stairs")._replace(on=AUTUMN))
    assert whys(found(books, FINDINGS, as_of=late)) == ["in-time"]
    books.tell(rectification_rejected("stairs")._replace(on=AUTUMN))
    assert whys(found(books, FINDINGS, as_of=late)) == ["overdue"]


@pytest.mark.parametrize(("days", "rows"), [(365, 1), (366, 0)])
def test_an_auditor_may_look_at_last_year_s_only(books: Books, days: int, rows: int) -> None:
    books.tell(rectification_opened("stairs")._replace(on=TODAY - timedelta(days=365)))
    assert len(found(books, FINDINGS, days=days)) == rows


def test_what_an_audit_found_is_open_until_a_rectification_takes_it_up(books: Books) -> None:
    number = books.tell(engaged(NEW_YEAR), reported("f-1", "f-2"))
    assert [(row.records, row.item, row.why) for row in found(books, FINDINGS)] == [
        ((number,), "f-1", "not-taken-up"),
        ((number,), "f-2", "not-taken-up"),
    ]
    taken_up = books.tell(rectification_opened("audit-2025-f-1"))
    assert [row.records for row in found(books, FINDINGS)] == [(number,), (taken_up,)]
    books.tell(rectification_accepted("audit-2025-f-1"))
    assert [row.item for row in found(books, FINDINGS)] == ["f-2"]
