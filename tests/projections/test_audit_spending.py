"""The auditor's programme: money against what was decided."""

from datetime import date, timedelta

import msgspec

from ledger.fields import Scope
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import (
    PURPOSE,
    SPRING,
    SUMMER,
    committee_decided,
    entry_reversed,
    fund_opened,
    payment_paid,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import plan_published
from tests.ledger.revenue_words import authorised, case, revenue_spent
from tests.ledger.story import Fact
from tests.projections.auditing import found, records, whys
from tests.projections.books import Books

WITHOUT, BEYOND, OUTSIDE = "spend-without-decision", "spend-beyond-decision", "spend-outside-scope"
DOOR_12, BUILDING_3 = Scope(kind="door", id="12"), Scope(kind="building", id="3")
FUND = fund_opened("maintenance", fen=900_000_00)


def decided(decision: str = "lift-3", *, fen: int = 8_000_00, on: date = SPRING, **of) -> tuple[Fact, ...]:
    return tuple(fact._replace(on=on) for fact in vote_passed(decision, authorises=fen, **of))


def paid(payment: str = "first", *, fen: int = 5_000_00, **of) -> Fact:
    return payment_paid(payment, fen=fen, **of)


def changed(fact: Fact, **of) -> Fact:
    return fact._replace(event=msgspec.structs.replace(fact.event, **of))


# -- without a decision --------------------------------------------------------------------------------------


def test_money_spent_under_a_passed_vote_is_no_cause_for_alarm(both_books: Books) -> None:
    both_books.tell(FUND, *decided(), paid())
    assert found(both_books, WITHOUT) == []


def test_money_spent_with_no_decision_at_all_is_found_with_what_it_was_for(both_books: Books) -> None:
    number = both_books.tell(FUND, changed(paid(fen=12_345_67), decision=None, charged_fen=0))
    (row,) = found(both_books, WITHOUT)
    assert (row.records, row.on, row.why) == ((number,), SUMMER, "no-decision")
    assert (row.amount_fen, row.text, row.decision) == (12_345_67, PURPOSE, None)


def test_a_decision_that_was_rejected_or_is_still_open_carries_nothing(books: Books) -> None:
    rejected = tuple(fact._replace(on=SPRING) for fact in vote_rejected("lift-3", authorises=8_000_00))
    books.tell(FUND, *rejected, vote_opened("pump", authorises=9_00), paid(), paid("p", decision="pump"))
    assert whys(found(books, WITHOUT)) == ["not-passed", "not-passed"]


def test_a_decision_of_the_same_day_is_in_time_and_one_of_the_next_is_not(books: Books) -> None:
    books.tell(FUND, *decided(on=SUMMER), paid())
    assert found(books, WITHOUT) == []
    books.tell(*decided("pump", on=SUMMER + timedelta(days=1)), paid("p", decision="pump"))
    assert whys(found(books, WITHOUT)) == ["decided-later"]


def test_public_revenue_spent_under_a_standing_authorisation_is_covered_until_it_ends(books: Books) -> None:
    authority = authorised("upkeep-2026", case("upkeep", 9_000_00))
    in_time = revenue_spent(50_00, "upkeep", authority="upkeep-2026", paid_on=date(2026, 12, 31))
    late = revenue_spent(50_00, "upkeep", authority="upkeep-2026", paid_on=date(2027, 1, 1), spending="s-2")
    books.tell(fund_opened("public-revenue", fen=9_000_00), authority, in_time._replace(on=SUMMER))
    assert found(books, WITHOUT) == []
    number = books.tell(late._replace(on=SUMMER))
    assert [(row.records, row.why) for row in found(books, WITHOUT)] == [
        ((number,), "authority-not-in-force")
    ]


def test_money_in_suspense_that_turns_out_to_be_a_payment_needs_a_decision_too(books: Books) -> None:
    seen = books.tell(FUND, suspense_seen(fen=50_00, direction="out"))
    assert found(books, WITHOUT) == []
    number = books.tell(
        entry_classified(seen, fen=50_00, became="payment", direction="out", account="fund/maintenance/whole")
    )
    assert [(row.records, row.on, row.why) for row in found(books, WITHOUT)] == [
        ((number,), SPRING, "no-decision")
    ]


def test_what_was_reversed_was_never_spent(books: Books) -> None:
    payment = changed(paid(), decision=None, charged_fen=0)
    number = books.tell(FUND, payment)
    books.tell(entry_reversed(number, payment, reason="重复入账。"))
    assert found(books, WITHOUT) == []
    assert records(found(books, WITHOUT, known_at=number)) == [(number,)]


# -- beyond it -----------------------------------------------------------------------------------------------


def test_exactly_what_was_authorised_is_not_beyond_it_and_one_fen_more_is(both_books: Books) -> None:
    both_books.tell(FUND, *decided(fen=8_000_00), paid(fen=5_000_00), paid("second", fen=3_000_00))
    assert found(both_books, BEYOND) == []
    number = both_books.tell(paid("third", fen=1))
    (row,) = found(both_books, BEYOND)
    assert (row.records, row.why, row.amount_fen, row.limit_fen) == ((number,), "beyond-sum", 1, 8_000_00)
    assert row.decision == "lift-3"


def test_of_the_payment_that_crosses_the_line_only_what_lies_beyond_counts(books: Books) -> None:
    books.tell(FUND, *decided(fen=8_000_00), paid(fen=5_000_00), paid("second", fen=4_000_00), paid("3rd"))
    assert [row.amount_fen for row in found(books, BEYOND)] == [1_000_00, 5_000_00]


def test_an_item_of_a_standing_authorisation_has_its_own_most(books: Books) -> None:
    vote = decided(fen=8_000_00)
    frees = msgspec.structs.replace(vote[-1].event.authorises, item_max_fen=1_000_00)
    vote = (*vote[:-1], changed(vote[-1], authorises=frees))
    books.tell(FUND, *vote, paid(fen=1_000_00))
    assert found(books, BEYOND) == []
    number = books.tell(paid("second", fen=1_000_01))
    (row,) = found(books, BEYOND)
    assert (row.records, row.why, row.amount_fen, row.limit_fen) == ((number,), "beyond-item", 1, 1_000_00)


def test_every_case_of_an_authority_has_its_own_sum(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=900_000_00),
        authorised("covenant", case("upkeep", 100_00), case("litigation", 500_00)),
        revenue_spent(100_00, "upkeep", authority="covenant"),
        revenue_spent(500_00, "litigation", authority="covenant", spending="s-2"),
    )
    assert found(books, BEYOND) == []
    books.tell(revenue_spent(7, "upkeep", authority="covenant", spending="s-3", beyond_fen=7))
    assert [(row.amount_fen, row.limit_fen) for row in found(books, BEYOND)] == [(7, 100_00)]


# -- outside its scope ---------------------------------------------------------------------------------------


def test_money_of_the_decision_s_own_part_is_inside(both_books: Books) -> None:
    both_books.tell(FUND, *decided(scope=DOOR_12), paid(scope=DOOR_12), paid("second", fen=1_00))
    assert found(both_books, OUTSIDE) == []


def test_money_of_another_part_of_the_community_is_outside(both_books: Books) -> None:
    number = both_books.tell(FUND, *decided(scope=DOOR_12), paid(scope=BUILDING_3))
    assert [(row.records, row.why) for row in found(both_books, OUTSIDE)] == [((number,), "other-scope")]


def test_what_all_owners_decide_may_be_spent_on_a_part(books: Books) -> None:
    books.tell(FUND, *decided(), paid(scope=DOOR_12))
    assert found(books, OUTSIDE) == []


def test_another_pot_of_money_than_the_one_decided_on_is_outside(books: Books) -> None:
    books.tell(
        fund_opened("working", fen=9_000_00),
        FUND,
        committee_decided("printer", authorises=900_00),
        committee_decided("talk"),
        paid(decision="printer", fund="maintenance", fen=1_00),
        paid("second", decision="talk", fund="working", fen=1_00),
        paid("third", decision="printer", fund="working", fen=1_00),
    )
    assert whys(found(books, OUTSIDE)) == ["other-fund", "other-fund"]


def test_the_project_of_another_decision_is_outside(books: Books) -> None:
    books.tell(FUND, *decided(), *decided("roof"), plan_published(), plan_published("roofs", decision="roof"))
    books.tell(changed(paid(), project="lift"))
    assert found(books, OUTSIDE) == []
    books.tell(changed(paid("second"), project="roofs"))
    assert whys(found(books, OUTSIDE)) == ["other-project"]


def test_a_use_the_authority_does_not_name_is_outside(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=9_000_00), authorised("covenant", case("upkeep", 100_00)))
    books.tell(revenue_spent(100_00, "upkeep", authority="covenant"))
    assert found(books, OUTSIDE) == []
    books.tell(revenue_spent(1_00, "litigation", authority="covenant", spending="s-2", beyond_fen=1_00))
    assert whys(found(books, OUTSIDE)) == ["other-use"]
