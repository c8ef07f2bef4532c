"""What has to be done by when, and how it was done (EX9; rules.md, section 2)."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.actions.community import OpenLedger
from ledger.actions.firm_debrief import Period
from ledger.actions.repair_project import CompletionNoticePosted
from ledger.actions.role import GrantRole
from ledger.asked import Asked
from ledger.fields import Fund, Scope
from ledger.rules.law import OwnParameter
from ledger.rules.semantics import CalendarMissing
from projections import duties
from projections.duties import Duty
from tests.ledger.duty_words import (
    FOURTEEN,
    H1,
    Q1,
    Q2,
    Q3,
    adopted,
    audit_reported,
    auditor_engaged,
    decided_on,
    doors_registered,
    filed,
    meeting_held,
    net_moved,
    posted,
    posted_everywhere,
    published,
    reconciled,
    removed,
    result_published,
    seated,
)
from tests.ledger.fund_words import fund_apportioned
from tests.ledger.happened import (
    NEW_YEAR,
    SUMMER,
    community_listed,
    contract_signed,
    entry_reversed,
    fund_opened,
    payment_paid,
    revenue_recorded,
    vote_opened,
    vote_passed,
)
from tests.ledger.project_words import apportionment_reversed, works_accepted
from tests.ledger.story import COMMAND_LINE, TODAY, WUTONGLI, Fact, Facts, Happened
from tests.projections.books import Books, opened

AUTUMN_END = date(2026, 11, 20)


def all_of(books: Books, on: date = AUTUMN_END, *, until: date | None = None) -> list[Duty]:
    return duties.of(books.shown(), WUTONGLI, on, until=until)


def duty(books: Books, name: str, on: date = AUTUMN_END, *, due_on: date | None = None) -> Duty:
    """The one duty of a name, due on a day if there are several."""
    found = [one for one in all_of(books, on) if one.duty == name and due_on in (None, one.due_on)]
    (one,) = found
    return one


def stands(one: Duty) -> tuple[str, int]:
    return one.state, one.late_days


# -- EX9, row by row -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hung_on", "state", "late_days"),
    [
        (date(2026, 7, 31), "on-time", 0),
        (date(2026, 8, 1), "late", 1),
        (date(2026, 8, 31), "late", 31),
    ],
)
def test_ex9_the_half_year_statement_of_the_fund(books: Books, hung_on, state, late_days) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00), published("h1", "T3", H1))
    books.tell(posted(hung_on, disclosure="h1"))
    one = duty(books, "fund-statement", due_on=date(2026, 7, 31))
    assert stands(one) == (state, late_days)
    assert (one.rule, one.done_on, one.fulfilled_by) == ("FUND-32", hung_on, books.number)


def quarter_books(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=77_00), doors_registered(*FOURTEEN), published("q2", "T1", Q2)
    )


def q2(books: Books, on: date = AUTUMN_END) -> Duty:
    return duty(books, "revenue-statement", on, due_on=date(2026, 7, 15))


@pytest.mark.parametrize(
    ("hung_on", "state", "late_days"),
    [
        (date(2026, 7, 14), "on-time", 0),
        (date(2026, 7, 15), "amber", 0),
        (date(2026, 7, 16), "late", 1),
        (date(2026, 7, 20), "late", 5),
    ],
)
def test_ex9_the_quarterly_statement_at_three_kinds_of_places(
    books: Books, hung_on, state, late_days
) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(hung_on, *FOURTEEN, disclosure="q2"))
    one = q2(books)
    assert stands(one) == (state, late_days)
    assert (one.doors, one.doors_required, one.places_missing) == (14, 14, ())


def test_ex9_two_of_fourteen_doors_missing_is_incomplete(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 14), *FOURTEEN[:12], disclosure="q2"))
    assert stands(q2(books, date(2026, 7, 14))) == ("incomplete", 0)
    one = q2(books, date(2026, 7, 20))
    assert stands(one) == ("incomplete", 5)
    assert (one.doors, one.doors_required, one.places_missing) == (12, 14, ("door-13", "door-14"))
    assert one.done_on is None


@pytest.mark.parametrize("missing", ["desk", "board"])
def test_all_doors_without_desk_or_board_is_incomplete(books: Books, missing: str) -> None:
    quarter_books(books)
    there = {"desk", "board"} - {missing}
    doors = [f"door-{door}" for door in FOURTEEN]
    books.tell(posted(date(2026, 7, 14), *there, *doors, disclosure="q2"))
    one = q2(books)
    assert (one.state, one.doors, one.places_missing) == ("incomplete", 14, (missing,))


def test_the_day_the_last_door_is_posted_is_the_day_it_was_done(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 14), *FOURTEEN[:12], disclosure="q2"))
    books.tell(posted(date(2026, 7, 17), "door-13", "door-14", disclosure="q2"))
    assert stands(q2(books)) == ("late", 2)
    assert stands(q2(books, date(2026, 7, 16))) == ("incomplete", 1)


def test_a_door_that_came_later_was_not_there_to_be_posted_at(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 14), *FOURTEEN, disclosure="q2"))
    books.tell(doors_registered("15", building="4", on=date(2026, 9, 1)))
    assert q2(books).state == "on-time"


def report_received(books: Books, *facts: Facts) -> Duty:
    books.tell(auditor_engaged("2025", date(2026, 3, 2)), audit_reported("2025", date(2026, 6, 26)), *facts)
    return duty(books, "audit-report-posted")


def test_ex9_an_audit_report_received_on_friday_is_posted_by_monday(books: Books) -> None:
    one = report_received(books)
    assert (one.rule, one.due_on, one.state) == ("AUD-03", date(2026, 6, 29), "missing")


@pytest.mark.parametrize(
    ("hung_on", "state", "late_days"),
    [(date(2026, 6, 29), "on-time", 0), (date(2026, 6, 30), "late", 1)],
)
def test_an_audit_report_is_posted_within_three_days_of_receipt(
    books: Books, hung_on, state, late_days
) -> None:
    one = report_received(books, posted(hung_on, audit_report="2025"))
    assert stands(one) == (state, late_days)


@pytest.mark.parametrize(
    ("removed_on", "state", "days"),
    [
        (date(2026, 7, 20), "too-short", 21),
        (date(2026, 7, 28), "too-short", 29),
        (date(2026, 7, 29), "on-time", 30),
    ],
)
def test_ex9_an_audit_result_hangs_for_thirty_days(books: Books, removed_on, state, days) -> None:
    hung = posted(date(2026, 6, 29), audit_report="2025")
    one = report_received(books, hung, removed(removed_on, audit_report="2025"))
    assert (one.state, one.posted_days, one.posted_days_min) == (state, days, 30)
    assert (one.removed_on, one.removable_on) == (removed_on, date(2026, 7, 29))


def test_while_it_hangs_it_is_not_too_short(books: Books) -> None:
    hung = posted(date(2026, 6, 29), audit_report="2025")
    report_received(books, hung, removed(date(2026, 7, 20), audit_report="2025"))
    one = duty(books, "audit-report-posted", date(2026, 7, 19))
    assert (one.state, one.posted_days, one.removed_on) == ("on-time", 20, None)


def test_a_paper_at_two_places_hangs_as_long_as_one_of_them(books: Books) -> None:
    hung = posted(date(2026, 6, 29), "desk", "board", audit_report="2025")
    early = removed(date(2026, 7, 20), "desk", audit_report="2025")
    one = report_received(books, hung, early, removed(date(2026, 7, 29), audit_report="2025"))
    assert (one.state, one.posted_days) == ("on-time", 30)


@pytest.mark.parametrize(
    ("hung_on", "due_on", "state", "late_days"),
    [
        (date(2026, 9, 14), date(2026, 9, 14), "on-time", 0),
        (date(2026, 9, 15), date(2026, 9, 14), "late", 1),
    ],
)
def test_ex9_a_decision_of_the_committee_is_posted_in_three_days(
    books: Books, hung_on, due_on, state, late_days
) -> None:
    books.tell(decided_on(date(2026, 9, 11)), posted(hung_on, decision="lift-adverts"))
    one = duty(books, "decision-posted")
    assert (one.rule, one.due_on, stands(one)) == ("COM-09", due_on, (state, late_days))


def test_a_decision_is_posted_by_the_published_notice_of_it_as_well(books: Books) -> None:
    taken = books.tell(decided_on(date(2026, 9, 11)))
    books.tell(result_published("lift-adverts", on=date(2026, 9, 12), until=taken))
    assert stands(duty(books, "decision-posted")) == ("missing", 67)
    number = books.tell(posted(date(2026, 9, 14), disclosure="result-lift-adverts", version=1))
    books.tell(posted(date(2026, 9, 20), "desk", decision="lift-adverts"))
    one = duty(books, "decision-posted")
    assert (stands(one), one.done_on, one.fulfilled_by) == (("on-time", 0), date(2026, 9, 14), number)


def test_the_notice_of_another_decision_and_any_other_statement_do_not_post_it(books: Books) -> None:
    taken = books.tell(decided_on(date(2026, 9, 11)), decided_on(date(2026, 9, 11), "lamps"))
    books.tell(result_published("lamps", on=date(2026, 9, 12), until=taken), published("h1", "T3", H1))
    books.tell(posted(date(2026, 9, 14), disclosure="result-lamps", version=1))
    books.tell(posted(date(2026, 9, 14), disclosure="h1", version=1))
    found = [one for one in all_of(books) if one.duty == "decision-posted"]
    assert {one.subject: one.state for one in found} == {"lift-adverts": "missing", "lamps": "on-time"}


def engagement(books: Books, hung_on: date, removed_on: date) -> list[Duty]:
    books.tell(auditor_engaged("2025", hung_on), posted(hung_on, audit_engagement="2025"))
    books.tell(removed(removed_on, audit_engagement="2025"))
    return [one for one in all_of(books) if one.duty == "audit-engagement-posted"]


@pytest.mark.parametrize(("removed_on", "state", "days"), [(15, "too-short", 6), (16, "on-time", 7)])
def test_ex9_an_audit_engagement_hangs_for_seven_days(books: Books, removed_on, state, days) -> None:
    (one,) = engagement(books, date(2026, 3, 9), date(2026, 3, removed_on))
    assert (one.rule, one.state, one.posted_days, one.posted_days_min) == ("AUD-03", state, days, 7)


@pytest.mark.parametrize(
    ("hung_on", "count"), [(date(2026, 2, 2), 0), (date(2026, 2, 28), 0), (date(2026, 3, 1), 1)]
)
def test_ex9_before_the_rule_took_effect_nothing_is_violated(books: Books, hung_on, count) -> None:
    found = engagement(books, hung_on, date.fromordinal(hung_on.toordinal() + 6))
    assert len(found) == count


def test_an_engagement_that_was_never_posted_is_missing_once_the_report_came(books: Books) -> None:
    books.tell(auditor_engaged("2025", date(2026, 3, 9)), audit_reported("2025", date(2026, 6, 10)))
    assert duty(books, "audit-engagement-posted", date(2026, 6, 9)).state == "due"
    assert duty(books, "audit-engagement-posted", date(2026, 6, 10)).state == "missing"


# -- what is not done yet --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "state", "late_days"),
    [
        (date(2026, 7, 14), "due", 0),
        (date(2026, 7, 15), "amber", 0),
        (date(2026, 7, 16), "missing", 1),
        (date(2026, 7, 25), "missing", 10),
    ],
)
def test_what_is_not_done_is_due_then_amber_then_missing(books: Books, on, state, late_days) -> None:
    quarter_books(books)
    assert stands(q2(books, on)) == (state, late_days)


def test_a_last_day_in_a_holiday_is_amber_until_the_next_working_day(books: Books) -> None:
    books.tell(decided_on(date(2026, 9, 29)))  # due on 2 October
    assert duty(books, "decision-posted", date(2026, 10, 2)).state == "due"
    assert duty(books, "decision-posted", date(2026, 10, 8)).state == "amber"
    late = duty(books, "decision-posted", date(2026, 10, 9))
    assert (late.due_on, late.due_rolled_on, stands(late)) == (
        date(2026, 10, 2), date(2026, 10, 8), ("missing", 1),
    )  # fmt: skip


def test_what_happens_after_the_day_is_not_known_on_it(books: Books) -> None:
    books.tell(decided_on(date(2026, 9, 11)), posted(date(2026, 9, 14), decision="lift-adverts"))
    assert [one for one in all_of(books, date(2026, 9, 10)) if one.duty == "decision-posted"] == []
    assert duty(books, "decision-posted", date(2026, 9, 13)).state == "due"


# -- a statement stays up until the next one -------------------------------------------------------


def test_a_quarter_stays_until_the_next_is_posted(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 10), *FOURTEEN, disclosure="q2"), published("q3", "T1", Q3))
    books.tell(removed(date(2026, 10, 9), "board", disclosure="q2"))
    assert q2(books, date(2026, 10, 8)).state == "on-time"
    assert q2(books, date(2026, 10, 9)).state == "too-short"
    books.tell(posted_everywhere(date(2026, 10, 10), *FOURTEEN, disclosure="q3"))
    assert q2(books).state == "too-short"
    assert q2(books).removable_on == date(2026, 10, 10)


def test_a_quarter_taken_down_when_the_next_goes_up_was_up_long_enough(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 10), *FOURTEEN, disclosure="q2"), published("q3", "T1", Q3))
    books.tell(posted_everywhere(date(2026, 10, 10), *FOURTEEN, disclosure="q3"))
    books.tell(removed(date(2026, 10, 10), "board", disclosure="q2"))
    assert q2(books).state == "on-time"


def test_a_newer_version_at_the_same_places_goes_on_hanging(books: Books) -> None:
    quarter_books(books)
    books.tell(posted_everywhere(date(2026, 7, 10), *FOURTEEN, disclosure="q2", version=1))
    books.tell(published("q2", "T1", Q2, version=2, on=date(2026, 8, 1)))
    books.tell(posted_everywhere(date(2026, 8, 2), *FOURTEEN, disclosure="q2", version=2))
    one = q2(books)
    assert (one.state, one.done_on, one.removed_on) == ("on-time", date(2026, 7, 10), None)


# -- which duties there are ------------------------------------------------------------------------


def names(books: Books, on: date = AUTUMN_END) -> set[str]:
    return {one.duty for one in all_of(books, on)}


def test_a_community_without_anything_has_no_duties(books: Books) -> None:
    assert all_of(books) == []


def test_no_duty_of_a_fund_before_it_is_opened(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    assert "fund-statement" not in names(books)
    books.tell(fund_opened("maintenance", fen=1_00))
    assert {"fund-statement", "bank-reconciliation", "revenue-statement"} <= names(books)


def test_the_first_quarter_is_due_by_the_rule_that_came_in_between(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    dues = [one.due_on for one in all_of(books) if one.duty == "revenue-statement"]
    assert dues == [date(2026, 4, 15), date(2026, 7, 15), date(2026, 10, 15)]  # in force since 1 April


def test_every_duty_names_its_rule_edition_and_source(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    one = duty(books, "revenue-statement", due_on=date(2026, 4, 15))
    assert (one.rule, one.edition, one.clause) == ("REV-06", "cn-31/2026-11-21", "第十四条")
    assert one.source == "上海市住宅小区公共收益管理办法"
    assert one.title_zh.startswith("每季度第一个月十五日前")


def test_the_net_is_moved_only_of_a_quarter_that_earned_something(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    books.tell(
        revenue_recorded(fen=5_00, on=date(2026, 5, 5)), revenue_recorded(fen=5_00, on=date(2026, 6, 5))
    )
    one = duty(books, "net-moved")
    assert (one.due_on, stands(one)) == (date(2026, 7, 31), ("missing", 112))
    books.tell(net_moved("2026-q2", date(2026, 7, 31)))
    assert stands(duty(books, "net-moved")) == ("on-time", 0)


def test_the_covenants_share_goes_to_the_fund_every_quarter(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00), revenue_recorded(fen=5_00, on=date(2026, 5, 5)))
    assert "share-to-fund" not in names(books)
    books.tell(adopted(parameters=(OwnParameter(rule="REV-10", name="to_fund_share", value="70/100"),)))
    one = duty(books, "share-to-fund")
    assert (one.due_on, one.state) == (date(2026, 9, 30), "missing")


def test_the_bank_is_met_in_every_whole_month(books: Books) -> None:
    books.tell(
        fund_opened("maintenance", fen=1_00), reconciled(date(2026, 1, 31)), reconciled(date(2026, 3, 2))
    )
    found = [one for one in all_of(books, date(2026, 3, 31)) if one.duty == "bank-reconciliation"]
    assert [(one.due_on, one.state) for one in found] == [
        (date(2026, 1, 31), "on-time"),
        (date(2026, 2, 28), "missing"),
        (date(2026, 3, 31), "on-time"),
    ]


@pytest.mark.parametrize(
    ("issued_on", "state", "late_days"), [(date(2026, 6, 30), "on-time", 0), (date(2026, 7, 1), "late", 1)]
)
def test_last_years_audit_report_comes_by_the_end_of_june(books: Books, issued_on, state, late_days) -> None:
    books.tell(opened_in_2024(), auditor_engaged("2025", date(2026, 3, 9)))
    books.tell(audit_reported("2025", date(2026, 7, 3), issued_on=issued_on))
    assert stands(duty(books, "audit-report", due_on=date(2026, 6, 30))) == (state, late_days)


def opened_in_2024(fund: Fund = "working") -> Fact:
    fact = fund_opened(fund, fen=1_00)
    event = msgspec.structs.replace(fact.event, opened_on=date(2024, 5, 1))
    return Fact(event, "treasurer", date(2024, 5, 1))


def test_a_first_year_that_is_short_is_audited_with_the_next(books: Books) -> None:
    books.tell(opened_in_2024())
    dues = [one.due_on for one in all_of(books, date(2026, 7, 1)) if one.duty == "audit-report"]
    assert dues == [date(2026, 6, 30)]  # of 2024 and 2025; before 2026-03-01 no rule named a day


def test_a_seated_committee_has_its_duties(books: Books) -> None:
    books.tell(seated("term-5", date(2026, 4, 1), date(2030, 3, 31)))
    names_ = duty(books, "names-posted")
    assert (names_.due_on, names_.rule) == (date(2026, 4, 4), "COM-05")
    filing = duty(books, "election-filed")
    assert (filing.due_on, filing.rule) == (date(2026, 5, 1), "COM-06")
    books.tell(posted(date(2026, 4, 3), term="term-5"), filed(date(2026, 4, 28), election="term-5"))
    assert {duty(books, name).state for name in ("names-posted", "election-filed")} == {"on-time"}


def test_a_committee_meets_every_two_months(books: Books) -> None:
    books.tell(seated("term-5", date(2026, 4, 1), date(2030, 3, 31)))
    books.tell(decided_on(date(2026, 6, 1), "one"), decided_on(date(2026, 8, 2), "two"))
    found = [one for one in all_of(books) if one.duty == "committee-meeting"]
    assert [(one.due_on, one.done_on, *stands(one)) for one in found] == [
        (date(2026, 6, 1), date(2026, 6, 1), "on-time", 0),
        (date(2026, 8, 1), date(2026, 8, 2), "amber", 0),  # a Saturday
        (date(2026, 10, 2), None, "missing", 43),  # in the holidays, until 8 October
    ]


@pytest.mark.parametrize(
    ("duty_name", "meeting", "rule"),
    [("owners-received", "reception", "COM-13"), ("joint-meeting", "joint", "COM-14")],
)
def test_a_committee_has_its_two_monthly_meetings(
    books: Books, duty_name: str, meeting: Any, rule: str
) -> None:
    books.tell(seated("term-5", date(2026, 3, 2), date(2030, 3, 31)))
    books.tell(meeting_held("joint" if meeting == "reception" else "reception", date(2026, 4, 9)))
    books.tell(meeting_held(meeting, date(2026, 4, 30)), meeting_held(meeting, date(2026, 6, 1)))
    held = books.number - 1
    found = [one for one in all_of(books, date(2026, 6, 10)) if one.duty == duty_name]
    assert [(one.due_on, one.state, one.done_on) for one in found] == [
        (date(2026, 4, 30), "on-time", date(2026, 4, 30)),  # in force since 30 March 2026
        (date(2026, 5, 31), "missing", None),
        (date(2026, 6, 30), "on-time", date(2026, 6, 1)),
    ]
    assert (found[0].rule, found[0].fulfilled_by) == (rule, held)


def test_nobody_has_to_receive_owners_once_the_term_is_over(books: Books) -> None:
    books.tell(seated("term-4", date(2023, 4, 1), date(2026, 5, 30)))
    found = [one.due_on for one in all_of(books) if one.duty == "owners-received"]
    assert found == [date(2026, 4, 30)]


def test_a_covenant_may_ask_for_two_receptions_a_month(books: Books) -> None:
    twice = OwnParameter(rule="COM-13", name="monthly_count_min", value=2)
    books.tell(seated("term-5", date(2026, 3, 2), date(2030, 3, 31)), adopted(parameters=(twice,)))
    books.tell(meeting_held("reception", date(2026, 4, 9)))
    assert duty(books, "owners-received", date(2026, 4, 30)).state == "due"
    books.tell(meeting_held("reception", date(2026, 4, 28)))
    assert duty(books, "owners-received", date(2026, 4, 30)).done_on == date(2026, 4, 28)


@pytest.mark.parametrize(
    ("hung_on", "state", "late_days"),
    [(date(2026, 9, 4), "on-time", 0), (date(2026, 9, 7), "on-time", 0), (date(2026, 9, 8), "late", 1)],
)
def test_the_agenda_hangs_seven_days_before_the_committee_meets(
    books: Books, hung_on: date, state: str, late_days: int
) -> None:
    books.tell(posted(hung_on, agenda="2026-09-14"), posted(hung_on, agenda="2026-09-15"))
    books.tell(decided_on(date(2026, 9, 14), "one"), decided_on(date(2026, 9, 14), "two"))
    one = duty(books, "agenda-posted")
    assert (one.due_on, one.rule, one.subject) == (date(2026, 9, 7), "COM-10", "one")
    assert stands(one) == (state, late_days)


def test_a_meeting_nobody_announced_is_missing_its_agenda(books: Books) -> None:
    books.tell(decided_on(date(2026, 9, 14)))
    assert stands(duty(books, "agenda-posted", date(2026, 9, 14))) == ("missing", 7)


def quarters_costs(books: Books) -> list[tuple[date | None, str]]:
    return [(one.due_on, one.state) for one in all_of(books) if one.duty == "costs-divided"]


def costs_divided_of(quarter: Period, *, on: date) -> Fact:
    period = {"starts_on": quarter.starts_on, "ends_on": quarter.ends_on}
    return fund_apportioned("cost", 1_00, on=on, **period)


def test_routine_costs_are_divided_before_the_next_quarter_ends(books: Books) -> None:
    may, august = date(2026, 5, 8), date(2026, 8, 8)
    books.tell(fund_opened("maintenance", fen=90_00), payment_paid("lamps", fen=1_00, on=may))
    assert quarters_costs(books) == []  # who divides nothing here has it done by the bank
    books.tell(payment_paid("gate", fen=1_00, on=august))
    books.tell(fund_apportioned("cost", 2_00, on=date(2026, 9, 30)))
    assert quarters_costs(books) == [(date(2026, 9, 30), "on-time"), (date(2026, 12, 31), "on-time")]


def test_of_costs_divided_for_another_quarter_this_one_has_nothing(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=90_00), payment_paid("lamps", fen=1_00, on=date(2026, 5, 8)))
    books.tell(costs_divided_of(Q1, on=date(2026, 7, 1)))
    assert quarters_costs(books) == [(date(2026, 9, 30), "missing")]
    books.tell(costs_divided_of(Q2, on=date(2026, 10, 9)))
    one = duty(books, "costs-divided")
    assert (*stands(one), one.fulfilled_by, one.rule) == ("late", 9, books.number, "FUND-24")


def test_costs_whose_division_was_taken_back_are_not_divided(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=90_00), payment_paid("lamps", fen=1_00, on=date(2026, 5, 8)))
    wrong = costs_divided_of(Q2, on=date(2026, 7, 1))
    number = books.tell(wrong)
    books.tell(fund_apportioned("interest", 2_00, on=date(2026, 7, 2)))
    assert quarters_costs(books) == [(date(2026, 9, 30), "on-time")]
    books.tell(apportionment_reversed(number, wrong))
    assert quarters_costs(books) == [(date(2026, 9, 30), "missing")]


def test_of_costs_that_were_taken_back_nothing_is_divided(books: Books) -> None:
    lamps, gate = (payment_paid(of, fen=1_00, on=date(2026, 5, 8)) for of in ("lamps", "gate"))
    books.tell(fund_opened("maintenance", fen=90_00), costs_divided_of(Q1, on=date(2026, 4, 9)))
    of_lamps, of_gate = books.tell(lamps), books.tell(gate)
    books.tell(entry_reversed(of_lamps, lamps, reason="转错账户。"))
    assert quarters_costs(books) == [(date(2026, 9, 30), "missing")]
    books.tell(entry_reversed(of_gate, gate, reason="转错账户。"))
    assert quarters_costs(books) == []


def test_what_is_paid_for_works_is_no_routine_cost(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=90_00), fund_apportioned("cost", 1_00, on=date(2026, 4, 1)))
    works = payment_paid("roof", fen=1_00, on=date(2026, 5, 8))
    books.tell(works._replace(event=msgspec.structs.replace(works.event, project="roof-5")))
    assert quarters_costs(books) == []


def test_a_term_that_runs_out_is_reported_five_months_before(books: Books) -> None:
    books.tell(seated("term-4", date(2023, 4, 1), date(2026, 10, 31)))
    one = duty(books, "reelection-reported")
    assert (one.due_on, one.rule, one.state) == (date(2026, 5, 31), "COM-21", "missing")
    books.tell(filed(date(2026, 6, 1), reelection="term-4"))
    assert duty(books, "reelection-reported").state == "amber"  # 31 May was a Sunday


def vote_from(opens_on: date, *, notice_on: date) -> Fact:
    event = msgspec.structs.replace(vote_opened("lift-3").event, opens_on=opens_on, notice_on=notice_on)
    return Fact(event, on=opens_on)


def test_owners_hear_of_a_vote_fifteen_days_before_it_opens(books: Books) -> None:
    books.tell(vote_from(date(2026, 9, 20), notice_on=date(2026, 9, 6)))
    one = duty(books, "vote-notice")
    assert (one.due_on, one.rule, stands(one)) == (date(2026, 9, 5), "VOTE-13", ("amber", 0))


def test_next_years_plan_of_the_public_revenue_comes_in_the_last_quarter(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    assert "revenue-plan" not in names(books, date(2026, 9, 30))
    one = duty(books, "revenue-plan")
    assert (one.due_on, one.state, one.period.starts_on) == (date(2026, 12, 31), "due", date(2027, 1, 1))
    books.tell(posted(date(2026, 11, 2), revenue_plan=2027))
    assert duty(books, "revenue-plan").state == "on-time"


def test_a_policy_binds_only_who_adopted_it(books: Books) -> None:
    books.tell(contract_signed("service", firm="heng-an"))
    assert "firm-debrief" not in names(books)
    books.tell(adopted("cn-31-pd", "dongming"))
    one = duty(books, "firm-debrief")
    assert (one.due_on, one.rule, one.subject, one.state) == (
        date(2026, 12, 31), "FIRM-15", "heng-an", "due",
    )  # fmt: skip


def test_of_two_editions_of_a_duty_none_is_asked_before_the_ledger_opened(books: Books) -> None:
    books.tell(seated("term-2", date(2016, 4, 1), date(2019, 3, 31)))
    assert [one for one in all_of(books) if one.due_on is not None and one.due_on < date(2020, 1, 1)] == []


def test_the_assembly_decides_once_a_year_and_the_committee_reports(books: Books) -> None:
    books.tell(seated("term-5", date(2026, 4, 1), date(2030, 3, 31)))
    year_end = date(2026, 12, 31)
    assert duty(books, "assembly-meeting").due_on == duty(books, "committee-report").due_on == year_end
    books.tell(vote_passed("lift-3"), published("report", "T11", H1, on=date(2026, 11, 2)))
    books.tell(posted(date(2026, 11, 3), disclosure="report"))
    assert duty(books, "assembly-meeting").state == "on-time"
    assert duty(books, "committee-report").done_on == date(2026, 11, 3)


def test_a_vote_of_one_building_is_no_assembly(books: Books) -> None:
    books.tell(seated("term-5", date(2026, 4, 1), date(2030, 3, 31)))
    books.tell(vote_passed("lift-3", scope=Scope(kind="building", id="3")))
    assert duty(books, "assembly-meeting").state == "due"


@pytest.mark.parametrize("by_its_own_record", [True, False])
def test_completed_works_are_told_of_on_the_spot(books: Books, by_its_own_record: bool) -> None:
    books.tell(works_accepted("lift"))
    one = duty(books, "completion-notice")
    assert (one.due_on, one.rule, one.state, one.late_days) == (None, "FUND-39", "due", 0)
    told = CompletionNoticePosted(project="lift", posted_on=SUMMER, places=("三号楼大堂",))
    hung = posted(SUMMER, project="lift")
    books.tell(Fact(told, on=SUMMER) if by_its_own_record else hung)
    one = duty(books, "completion-notice")
    assert (one.state, one.done_on) == ("on-time", SUMMER)


@pytest.mark.parametrize(("elected_on", "count"), [(date(2026, 6, 30), 1), (date(2026, 7, 1), 0)])
def test_the_audit_at_a_change_of_term_was_a_duty_while_its_rule_was_in_force(
    books: Books, elected_on: date, count: int
) -> None:
    before = date.fromordinal(elected_on.toordinal() - 1)
    books.tell(seated("term-4", date(2023, 7, 1), before), seated("term-5", elected_on, date(2030, 3, 31)))
    found = [one for one in all_of(books) if one.duty == "term-audit"]
    assert [(one.due_on, one.rule, one.state) for one in found] == [
        (date(2026, 7, 30), "AUD-06", "missing")
    ] * count
    term = Period(starts_on=date(2023, 7, 1), ends_on=before)
    books.tell(auditor_engaged("term-4", elected_on, period=term, of="change-of-term"))
    books.tell(audit_reported("term-4", date(2026, 7, 30)))
    assert [one.state for one in all_of(books) if one.duty == "term-audit"] == ["on-time"] * count


def test_a_contract_is_filed_within_thirty_days_of_signing(books: Books) -> None:
    fact = contract_signed("service")
    books.tell(Fact(msgspec.structs.replace(fact.event, signed_on=date(2026, 3, 2))))
    one = duty(books, "contract-filed")
    assert (one.due_on, one.rule, one.state) == (date(2026, 4, 1), "FIRM-07", "missing")
    books.tell(filed(date(2026, 4, 1), service_contract="service"))
    assert duty(books, "contract-filed").state == "on-time"


# -- across a street -------------------------------------------------------------------------------


def test_a_street_sees_the_communities_under_it_and_those_on_its_list(books: Books) -> None:
    open_ledger(books, "dongming", "street")
    open_ledger(books, "lingyi", "neighbourhood", parent="dongming")
    open_ledger(books, "linglong", "community", parent="lingyi")
    open_ledger(books, "elsewhere", "community")
    listing = Happened(event=community_listed("wutongli").event)
    books.story.ledger.record(
        Asked(
            "dongming",
            GrantRole(account="the-street", role="street", starts_on=NEW_YEAR),
            "the-operator",
            TODAY,
            COMMAND_LINE,
        )
    )
    books.story.ledger.record(Asked("dongming", listing, "the-street", TODAY))
    books.tell(decided_on(date(2026, 9, 11)))
    found = duties.across(books.shown(), "dongming", AUTUMN_END)
    assert [one.ledger for one in found] == ["wutongli", "linglong"]
    assert [(one.duty, one.state) for one in found[0].duties if one.duty == "decision-posted"] == [
        ("decision-posted", "missing")
    ]
    assert found[1].duties == ()


def open_ledger(books: Books, ledger: str, kind: str, *, parent: str | None = None) -> None:
    command = OpenLedger(of=kind, title=ledger, parent=parent)  # type: ignore[arg-type]
    books.story.ledger.record(Asked(ledger, command, "the-operator", NEW_YEAR, COMMAND_LINE))


def test_an_office_has_no_duties_of_its_own(books: Books) -> None:
    open_ledger(books, "dongming", "street")
    assert duties.of(books.shown(), "dongming", AUTUMN_END) == []


# -- as known then ---------------------------------------------------------------------------------

HAPPENINGS: tuple[Facts, ...] = (
    fund_opened("public-revenue", fen=1_00),
    fund_opened("maintenance", fen=1_00),
    doors_registered("1", "2"),
    doors_registered("3", building="4", on=date(2026, 7, 20)),
    published("q2", "T1", Q2),
    published("q2", "T1", Q2, version=2, on=date(2026, 8, 1)),
    published("h1", "T3", H1),
    posted_everywhere(date(2026, 7, 14), "1", disclosure="q2", version=1),
    posted(date(2026, 7, 17), "door-2", disclosure="q2", version=1),
    posted(date(2026, 7, 30), disclosure="h1", version=1),
    removed(date(2026, 8, 30), "door-2", disclosure="q2"),
    revenue_recorded(fen=5_00, on=date(2026, 5, 5)),
    revenue_recorded(fen=6_00, on=date(2026, 5, 6)),
    net_moved("2026-q2", date(2026, 8, 1)),
    reconciled(date(2026, 6, 30)),
    decided_on(date(2026, 6, 11), "one"),
    posted(date(2026, 6, 15), decision="one"),
    auditor_engaged("2025", date(2026, 3, 9)),
    audit_reported("2025", date(2026, 6, 26)),
    posted(date(2026, 6, 29), audit_report="2025"),
    removed(date(2026, 7, 20), audit_report="2025"),
    seated("term-5", date(2026, 4, 1), date(2026, 10, 31)),
    filed(date(2026, 6, 1), reelection="term-5"),
    adopted("cn-31-pd", "dongming", on=date(2026, 2, 1)),
    contract_signed("service"),
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(range(len(HAPPENINGS))), min_size=1, max_size=14),
    st.integers(0, 40),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_a_duty_as_known_at_a_record_is_that_of_a_store_that_ends_there(
    tmp_path: Path, drawn: list[int], place: int, on: date
) -> None:
    told = [HAPPENINGS[index] for index in drawn]
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder, opened(f"sqlite:///{folder}/all") as whole:
        first = whole.number
        whole.tell(*told)
        kept = min(place, len(told))
        then = duties.of(whole.shown(), WUTONGLI, on, known_at=first + kept)
        with opened(f"sqlite:///{folder}/part") as part:
            part.tell(*told[:kept])
            assert part.number == first + kept
            assert then == duties.of(part.shown(), WUTONGLI, on)


# -- a year nobody entered -------------------------------------------------------------------------


def test_what_hangs_on_the_working_days_of_an_unknown_year_is_an_error(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=1_00))
    for on, state in ((date(2027, 1, 14), "due"), (date(2027, 1, 15), "amber")):
        one = duty(books, "revenue-statement", on, due_on=date(2027, 1, 15))
        assert (one.due_rolled_on, one.state) == (None, state)
    with pytest.raises(CalendarMissing) as missing:
        duties.of(books.shown(), WUTONGLI, date(2027, 1, 16))
    assert missing.value.year == 2027
