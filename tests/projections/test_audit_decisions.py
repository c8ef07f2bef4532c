"""The auditor's programme: seals and decisions, and what should follow from a decision."""

from datetime import date, timedelta

import msgspec

from ledger.actions.disclosure import DisclosurePublished
from ledger.actions.posting import Place, PostingRecorded
from ledger.asked import Asked
from projections import duties
from tests.ledger.audit_words import DOCUMENT, explained, seal_used, use_seal
from tests.ledger.duty_words import posted as paper_up
from tests.ledger.duty_words import result_published
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    committee_decided,
    fund_opened,
    payment_recorded,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import emergency_declared
from tests.ledger.story import TODAY, WUTONGLI, Fact, account_of
from tests.projections.auditing import found, records, whys
from tests.projections.books import Books

SEAL, POSTED, CARRIED_OUT = "seal-without-decision", "decision-not-posted", "decision-not-carried-out"
STATEMENT = "statement-late"
BOARD = (Place(kind="board"),)


def posted(decision: str, on: date) -> Fact:
    return Fact(PostingRecorded(about="decision", id=decision, places=BOARD, posted_on=on), "secretary", on)


def record(books: Books, command) -> int:
    receipt = books.story.ledger.record(Asked(WUTONGLI, command, account_of("secretary"), TODAY))
    return receipt.events[-1].number


# -- seals ---------------------------------------------------------------------------------------------------


def test_a_seal_used_under_a_decision_is_no_cause_for_alarm(both_books: Books) -> None:
    both_books.tell(committee_decided("printer"))
    record(both_books, use_seal(decision="printer"))
    assert found(both_books, SEAL) == []


def test_a_seal_used_with_nothing_behind_it_is_found_with_its_document(both_books: Books) -> None:
    number = record(both_books, use_seal(acknowledge=("COM-16",)))
    (row,) = found(both_books, SEAL)
    assert (row.records, row.on, row.why, row.text) == ((number,), SUMMER, "no-decision", DOCUMENT)


def test_so_is_one_under_a_vote_that_did_not_pass(books: Books) -> None:
    books.tell(*vote_rejected("lift-3", authorises=8_000_00))
    record(books, use_seal(decision="lift-3", acknowledge=("COM-16",)))
    assert [(row.why, row.decision) for row in found(books, SEAL)] == [("not-passed", "lift-3")]


def test_a_seal_used_on_the_day_of_its_decision_is_in_order_and_the_day_before_is_not(books: Books) -> None:
    books.tell(committee_decided("printer"), seal_used(decision="printer", on=SPRING))
    assert found(books, SEAL) == []
    number = books.tell(seal_used(decision="printer", on=SPRING - timedelta(days=1)))
    assert [(row.records, row.why) for row in found(books, SEAL)] == [((number,), "decided-later")]


# -- posting -------------------------------------------------------------------------------------------------


def test_a_decision_posted_on_the_third_day_is_in_time(both_books: Books) -> None:
    both_books.tell(committee_decided("printer"), posted("printer", SPRING + timedelta(days=3)))
    assert found(both_books, POSTED) == []


def test_one_posted_on_the_fourth_day_is_a_day_late(both_books: Books) -> None:
    number = both_books.tell(committee_decided("printer"))
    both_books.tell(posted("printer", SPRING + timedelta(days=4)))
    (row,) = found(both_books, POSTED)
    assert (row.records, row.why, row.days) == ((number,), "posted-late", 1)
    assert (row.on, row.due_on, row.text) == (SPRING, date(2026, 3, 23), "采购打印机")


def test_one_that_is_on_no_board_is_later_every_day(books: Books) -> None:
    books.tell(committee_decided("printer")._replace(on=SPRING))
    assert found(books, POSTED, as_of=date(2026, 3, 23)) == []
    assert [(row.why, row.days) for row in found(books, POSTED, as_of=date(2026, 3, 25))] == [
        ("not-posted", 2)
    ]


def test_of_two_postings_the_first_counts_and_another_decision_s_does_not(books: Books) -> None:
    books.tell(committee_decided("printer"), committee_decided("lamps"))
    books.tell(posted("printer", SPRING), posted("printer", TODAY))
    assert [row.decision for row in found(books, POSTED)] == ["lamps"]


def test_the_published_notice_of_a_decision_posts_it_as_the_duties_say(books: Books) -> None:
    taken = books.tell(committee_decided("printer")._replace(on=SPRING))
    books.tell(result_published("printer", on=SPRING, until=taken))
    assert whys(found(books, POSTED)) == ["not-posted"]
    books.tell(paper_up(SPRING + timedelta(days=3), disclosure="result-printer", version=1))
    assert found(books, POSTED) == []
    (duty,) = (one for one in duties.of(books.shown(), WUTONGLI, TODAY) if one.duty == "decision-posted")
    assert (duty.state, duty.done_on) == ("on-time", SPRING + timedelta(days=3))


def test_a_notice_from_before_the_vote_was_closed_does_not_tell_its_result(books: Books) -> None:
    *voted, closed = (fact._replace(on=SPRING) for fact in vote_passed("lift-3"))
    still_open = books.tell(*voted)
    books.tell(result_published("lift-3", on=SPRING, until=still_open))
    books.tell(paper_up(SPRING, disclosure="result-lift-3", version=1))
    taken = books.tell(closed)
    assert whys(found(books, POSTED)) == ["not-posted"]
    books.tell(result_published("lift-3", on=SPRING, until=taken, version=2))
    assert whys(found(books, POSTED)) == ["not-posted"]
    books.tell(paper_up(SPRING, disclosure="result-lift-3", version=2))
    assert found(books, POSTED) == []


def test_a_community_may_be_given_more_days(books: Books) -> None:
    books.tell(committee_decided("printer"), posted("printer", SPRING + timedelta(days=7)))
    assert whys(found(books, POSTED)) == ["posted-late"]
    assert found(books, POSTED, days=7) == []


def test_the_authorisation_of_an_emergency_is_no_decision_of_a_meeting(books: Books) -> None:
    books.tell(emergency_declared())
    assert found(books, POSTED) == []


# -- statements ----------------------------------------------------------------------------------------------

HALF_YEAR_DUE = date(2026, 7, 31)  # FUND-32: in January and July


def published(on: date) -> Fact:
    event = DisclosurePublished(
        disclosure="fund-2026-h1",
        version=1,
        table="T3",
        starts_on=NEW_YEAR,
        ends_on=SUMMER,
        until=12,
        head="ab" * 32,
        statement_sha256="cd" * 32,
        pdf_sha256="ef" * 32,
        code="7F3K9Q2M",
        url="https://example.org/q/7F3K9Q2M",
        published_on=on,
        prepared_by="treasurer",
        reviewed_by="chair",
    )
    return Fact(event, "chair", on)


def hung(on: date) -> Fact:
    return Fact(
        PostingRecorded(about="disclosure", id="fund-2026-h1", places=BOARD, posted_on=on, version=1), on=on
    )


def test_a_statement_is_not_late_on_its_last_day_and_is_the_day_after(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00))
    assert found(books, STATEMENT, as_of=HALF_YEAR_DUE) == []
    (row,) = found(books, STATEMENT, as_of=date(2026, 8, 1))
    assert (row.records, row.item, row.why) == ((), "fund-statement 2026-06-30", "statement-missing")
    assert (row.due_on, row.days) == (HALF_YEAR_DUE, 1)


def test_one_put_up_in_time_is_no_cause_for_alarm(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00), published(HALF_YEAR_DUE), hung(HALF_YEAR_DUE))
    assert found(books, STATEMENT, as_of=date(2026, 12, 31)) == []


def test_one_put_up_late_stays_late_by_so_many_days(books: Books) -> None:
    late = date(2026, 8, 3)
    books.tell(fund_opened("maintenance", fen=9_000_00), published(late), hung(late))
    assert [(row.why, row.days) for row in found(books, STATEMENT)] == [("statement-late", 3)]
    assert len(found(books, STATEMENT, days=2)) == 1
    assert found(books, STATEMENT, days=3) == []


def test_a_missing_statement_is_explained_by_its_name(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00))
    books.tell(explained("statement-late", item="fund-statement 2026-06-30"))
    assert [row.state for row in found(books, STATEMENT)] == ["explained"]


# -- carrying out --------------------------------------------------------------------------------------------


def passed(decision: str = "lift-3", fen: int = 8_000_00) -> tuple[Fact, ...]:
    return tuple(fact._replace(on=SPRING) for fact in vote_passed(decision, authorises=fen))


def test_money_decided_on_and_paid_in_part_is_being_carried_out(both_books: Books) -> None:
    both_books.tell(fund_opened("maintenance", fen=9_000_00), *passed(), *payment_recorded("lift-3", fen=1))
    assert found(both_books, CARRIED_OUT) == []


def test_after_the_days_given_and_one_more_nothing_was_paid(both_books: Books) -> None:
    number = both_books.tell(*passed())
    in_time, late = SPRING + timedelta(days=180), SPRING + timedelta(days=181)
    assert found(both_books, CARRIED_OUT, as_of=in_time) == []
    (row,) = found(both_books, CARRIED_OUT, as_of=late)
    assert (row.records, row.days, row.amount_fen, row.decision) == ((number,), 181, 8_000_00, "lift-3")
    assert row.text == "三号楼电梯大修"


def test_the_days_can_be_chosen(books: Books) -> None:
    books.tell(*passed())
    late = SPRING + timedelta(days=31)
    assert records(found(books, CARRIED_OUT, as_of=late, days=30)) == [(books.number,)]
    assert found(books, CARRIED_OUT, as_of=late, days=31) == []


def test_what_sets_no_money_free_or_did_not_pass_waits_for_nothing(books: Books) -> None:
    books.tell(committee_decided("talk"), *vote_rejected("lift-3", authorises=8_000_00))
    books.tell(*(fact._replace(on=SPRING) for fact in vote_passed("rules")))
    assert found(books, CARRIED_OUT, days=0) == []


def test_money_paid_after_the_day_asked_about_does_not_count_then(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00), *passed(), *payment_recorded("lift-3", fen=1_00))
    assert len(found(books, CARRIED_OUT, as_of=SUMMER - timedelta(days=1), days=10)) == 1
    assert found(books, CARRIED_OUT, as_of=SUMMER, days=10) == []


def test_words_are_kept_as_they_were_written(books: Books) -> None:
    event = msgspec.structs.replace(committee_decided("printer").event, title="采购 A3 打印机")
    books.tell(Fact(event, on=SPRING))
    assert [row.text for row in found(books, POSTED)] == ["采购 A3 打印机"]
