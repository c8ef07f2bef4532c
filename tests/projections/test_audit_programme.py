"""The auditor's programme as a whole: rules, parameters, explanations, and any moment of the past."""

import msgspec
import pytest

from ledger.rules.law import title
from projections.audit_books import AuditBooks
from projections.audit_programme import programme, rows_of
from projections.replay import replayed
from tests.ledger.audit_words import WHY, explained
from tests.ledger.happened import SUMMER, deposit_recorded, fund_opened, payment_paid
from tests.ledger.revenue_words import MAY, contract_registered
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.auditing import found, records
from tests.projections.books import Books

TWICE, MISSING = "same-invoice-twice", "contract-money-missing"
FUND = fund_opened("maintenance", fen=900_000_00)


def paid(payment: str) -> Fact:
    """Three of these carry one voucher, payee and amount."""
    fact = payment_paid(payment, fen=5_00)
    return fact._replace(event=msgspec.structs.replace(fact.event, decision=None, charged_fen=0))


def twice(books: Books) -> tuple[int, int]:
    second = books.tell(FUND, paid("a"), paid("b"))
    return second - 1, second


def test_every_query_names_rules_that_exist_and_defaults_within_their_bounds() -> None:
    for query in programme().values():
        assert query.rules
        assert all(title(rule, "zh") for rule in query.rules), query.name
        for parameter in query.parameters:
            assert parameter.least <= parameter.default <= parameter.most, (query.name, parameter.name)


@pytest.mark.parametrize("query", list(programme()))
def test_books_in_which_nothing_happened_yet_show_nothing(books: Books, query: str) -> None:
    books.tell(deposit_recorded("maintenance", fen=1_00, on=TODAY))
    assert [row for row in found(books, query) if row.records != tuple(range(11))] == []  # the opening


# -- explanations --------------------------------------------------------------------------------------------


def test_an_explained_row_stays_where_it_was_with_who_said_what(both_books: Books) -> None:
    first, second = twice(both_books)
    number = both_books.tell(explained(TWICE, first, second))
    (row,) = found(both_books, TWICE)
    assert row.state == "explained"
    (said,) = row.explanations
    assert (said.number, said.on, said.role, said.text) == (number, TODAY, "auditor", WHY)


def test_what_only_its_author_explains_is_answered_and_not_explained(books: Books) -> None:
    first, second = twice(books)
    books.tell(explained(TWICE, first, second, by="treasurer", by_author=True))
    assert [row.state for row in found(books, TWICE)] == ["answered"]
    books.tell(explained(TWICE, first, second, by="chair"))
    (row,) = found(books, TWICE)
    assert (row.state, [one.role for one in row.explanations]) == ("explained", ["treasurer", "chair"])


def test_half_of_it_explained_is_not_explained(books: Books) -> None:
    first, _ = twice(books)
    books.tell(explained(TWICE, first))
    assert [row.state for row in found(books, TWICE)] == ["open"]


def test_an_explanation_of_everything_explains_nothing(books: Books) -> None:
    first, second = twice(books)
    books.tell(explained(TWICE, *range(first - 3, second + 1)))
    books.tell(explained(TWICE, first, second, item="F-77"))
    assert [row.state for row in found(books, TWICE)] == ["open"]


def test_a_payment_that_joins_it_later_asks_again(books: Books) -> None:
    first, second = twice(books)
    books.tell(explained(TWICE, first, second))
    third = books.tell(paid("c"))
    (row,) = found(books, TWICE)
    assert (row.records, row.state) == ((first, second, third), "open")


def test_an_explanation_is_of_one_query_only(books: Books) -> None:
    first, second = twice(books)
    books.tell(explained("possible-split", first, second))
    assert [row.state for row in found(books, TWICE)] == ["open"]
    assert {row.state for row in found(books, "spend-without-decision")} == {"open"}


def test_of_a_contract_one_line_can_be_explained_and_the_next_still_asks(books: Books) -> None:
    number = books.tell(contract_registered("kiosk", (MAY, 6_000_00), (SUMMER, 6_000_00)))
    books.tell(explained(MISSING, number, item="kiosk 2026-05-20"))
    assert [(row.item, row.state) for row in found(books, MISSING)] == [
        ("kiosk 2026-05-20", "explained"),
        ("kiosk 2026-06-30", "open"),
    ]


# -- as it stood ---------------------------------------------------------------------------------------------


def test_what_was_not_recorded_yet_is_not_found_then(both_books: Books) -> None:
    first, second = twice(both_books)
    both_books.tell(explained(TWICE, first, second))
    assert found(both_books, TWICE, known_at=first) == []
    assert [row.state for row in found(both_books, TWICE, known_at=second)] == ["open"]


def test_what_happened_later_is_not_found_on_an_earlier_day(books: Books) -> None:
    twice(books)
    assert found(books, TWICE, as_of=MAY) == []
    assert len(found(books, TWICE, as_of=SUMMER)) == 1


def test_replayed_books_find_what_the_books_found_at_that_record(books: Books) -> None:
    first, second = twice(books)
    books.tell(contract_registered("kiosk", (MAY, 6_000_00)), paid("c"), explained(TWICE, first, second))
    for until in (second, books.number):
        with replayed(books.story.store, WUTONGLI, until) as views, views.snapshot() as snapshot:
            at = AuditBooks(snapshot, books.story.store, WUTONGLI, TODAY)
            replay = {name: rows_of(at, query) for name, query in programme().items()}
        assert replay == {name: found(books, name, known_at=until) for name in programme()}


def test_many_records_between_two_that_matter_are_passed_over(books: Books) -> None:
    first = books.tell(FUND, paid("a"))
    books.tell(*(deposit_recorded("maintenance", fen=1_00) for _ in range(250)))
    second = books.tell(paid("b"))
    assert second - first == 251
    assert records(found(books, TWICE)) == [(first, second)]
