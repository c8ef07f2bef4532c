"""A false alarm is explained by an event; the row it is about is never taken away."""

from tests.ledger.audit_words import explain, explained
from tests.ledger.correction_words import last_number
from tests.ledger.happened import deposit_recorded, fund_opened
from tests.ledger.story import given, then, then_malformed, then_not_permitted, then_refused, when

SPLIT = "possible-split"


def two_records() -> tuple[int, int]:
    given(fund_opened("maintenance", fen=9_000_00), deposit_recorded("maintenance", fen=50_00))
    return last_number() - 1, last_number()


def test_somebody_else_says_why_it_is_no_cause_for_alarm():
    first, second = two_records()
    when(explain(SPLIT, first, second))
    then(explained(SPLIT, first, second))


def test_whoever_recorded_it_may_answer_and_that_stands_beside_the_answer():
    first, second = two_records()
    when(explain(SPLIT, first, second), by="the-treasurer")
    then(explained(SPLIT, first, second, by_author=True))


def test_one_record_among_many_is_enough_to_be_its_author():
    first, second = two_records()
    given(deposit_recorded("maintenance", fen=50_00)._replace(by="chair"))
    for by, by_author in (("the-chair", True), ("the-secretary", False)):
        when(explain(SPLIT, first, second, second + 1), by=by)
        then(explained(SPLIT, first, second, second + 1, by_author=by_author))


def test_what_is_missing_can_be_explained_by_its_name():
    when(explain("statement-late", item="REV-06 2026-04-15"))
    then(explained("statement-late", item="REV-06 2026-04-15"))


def test_said_again_it_is_one_more_event():
    first, second = two_records()
    for _ in range(2):
        when(explain(SPLIT, first, second))
        then(explained(SPLIT, first, second))


def test_an_explanation_of_nothing_is_none():
    when(explain(SPLIT))
    then_refused("exception.of-nothing")


def test_records_are_named_once_each_and_in_order():
    first, second = two_records()
    for records in ((second, first), (first, first)):
        when(explain(SPLIT, *records))
        then_refused("exception.records-in-disorder")


def test_a_record_that_does_not_exist_cannot_be_explained():
    first, _ = two_records()
    when(explain(SPLIT, first, 417))
    then_refused("exception.record-unknown", number=417)


def test_a_query_nobody_knows_is_malformed():
    when(explain("everything-is-fine", 3))
    then_malformed("/query", "field.malformed")


def test_the_firm_explains_nothing_in_the_name_of_the_owners():
    when(explain(SPLIT, 3), by="the-firm")
    then_not_permitted()
