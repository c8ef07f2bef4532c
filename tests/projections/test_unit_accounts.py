"""Whose the maintenance fund is, unit by unit, on any day and as known at any record (FUND-04)."""

from datetime import date

from projections import unit_accounts
from projections.unit_accounts import UnitAccount, nobody
from tests.ledger.fund_words import (
    DOOR_12,
    WHOLE,
    area_corrected,
    books_opened,
    door_12_of_two,
    fund_apportioned,
    opening,
    paid_in,
    unit_transferred,
    works_apportioned,
)
from tests.ledger.happened import NEW_YEAR, entry_reversed, fund_opened, interest_recorded
from tests.ledger.project_words import apportionment_reversed
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books


def held(
    books: Books, *, as_of: date | None = None, known_at: int | None = None
) -> dict[str, tuple[int, int]]:
    """Balance and first deposit of every unit, as the committee sees them."""
    names_of = books.story.vault.values
    found = unit_accounts.of(books.shown(), WUTONGLI, names_of, as_of=as_of, known_at=known_at)
    return {account.unit: (account.balance_fen, account.first_deposit_fen) for account in found}


def test_a_unit_has_an_account_from_the_day_it_is_registered(both_books: Books) -> None:
    both_books.tell(*door_12_of_two())
    assert unit_accounts.of(both_books.shown(), WUTONGLI, nobody) == [
        UnitAccount("101", "3", "12", "80.00", 0, 0),
        UnitAccount("102", "3", "12", "120.00", 0, 0),
    ]


def test_what_is_divided_is_on_the_accounts_to_the_fen(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), books_opened(opening(DOOR_12, 2_999_99, first=10_000_00)))
    assert held(both_books) == {"101": (0, 0), "102": (0, 0)}
    both_books.tell(fund_apportioned("opening", 2_999_99, first_deposit_fen=10_000_00))
    # two fifths and three fifths: 1,199.996 and 1,799.994, and one fen is left for the larger remainder
    assert held(both_books) == {"101": (1_200_00, 4_000_00), "102": (1_799_99, 6_000_00)}


def test_costs_are_taken_off(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_apportioned("opening", 5_00), fund_apportioned("cost", 2_51))
    # 251 fen: 100.4 and 150.6
    assert held(both_books) == {"101": (2_00 - 1_00, 0), "102": (3_00 - 1_51, 0)}


def test_so_is_what_a_repair_cost(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_apportioned("opening", 5_00), works_apportioned(2_51))
    assert held(both_books) == {"101": (2_00 - 1_00, 0), "102": (3_00 - 1_51, 0)}


def test_what_was_paid_for_a_unit_is_on_its_account_alone(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_opened("maintenance", fen=0))
    both_books.tell(paid_in(4_000_00, unit="101", scope=DOOR_12, nature="first-deposit"))
    both_books.tell(paid_in(70_00, unit="101", scope=DOOR_12, nature="top-up"))
    assert held(both_books) == {"101": (4_070_00, 4_000_00), "102": (0, 0)}


def test_who_may_not_know_the_unit_sees_no_account_change(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_opened("maintenance", fen=0))
    both_books.tell(paid_in(4_000_00, unit="101", scope=DOOR_12))
    assert [one.balance_fen for one in unit_accounts.of(both_books.shown(), WUTONGLI, nobody)] == [0, 0]


def test_a_reversed_payment_leaves_the_account_of_its_unit(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_opened("maintenance", fen=0))
    paid = paid_in(4_000_00, unit="101", scope=DOOR_12, nature="first-deposit")
    number = both_books.tell(paid)
    both_books.tell(entry_reversed(number, paid, reason="记错了户")._replace(on=date(2026, 5, 1)))
    assert held(both_books) == {"101": (0, 0), "102": (0, 0)}
    assert held(both_books, as_of=date(2026, 4, 30))["101"] == (4_000_00, 4_000_00)


def test_a_payment_reversed_later_is_found_again_in_another_batch(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_opened("maintenance", fen=0))
    paid = paid_in(4_000_00, unit="101", scope=DOOR_12)
    number = both_books.tell(paid)
    both_books.shown()
    both_books.tell(entry_reversed(number, paid, reason="记错了户"))
    assert held(both_books) == {"101": (0, 0), "102": (0, 0)}


def test_what_was_divided_wrongly_is_given_back_to_the_fen(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_apportioned("opening", 2_999_99, first_deposit_fen=10_000_00))
    cost = works_apportioned(2_51)
    number = both_books.tell(cost)
    assert held(both_books) == {"101": (1_199_00, 4_000_00), "102": (1_798_48, 6_000_00)}
    both_books.tell(area_corrected("101", "240.00"))
    both_books.tell(apportionment_reversed(number, cost, on=date(2026, 7, 2)))
    assert held(both_books) == {"101": (1_200_00, 4_000_00), "102": (1_799_99, 6_000_00)}
    assert held(both_books, as_of=date(2026, 7, 1)) == {
        "101": (1_199_00, 4_000_00),
        "102": (1_798_48, 6_000_00),
    }
    assert held(both_books, known_at=number) == {"101": (1_199_00, 4_000_00), "102": (1_798_48, 6_000_00)}


def test_shares_are_those_of_the_areas_as_they_stood(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_apportioned("opening", 5_00), area_corrected("101", "120.00"))
    both_books.tell(fund_apportioned("opening", 5_00))
    assert held(both_books) == {"101": (2_00 + 2_50, 0), "102": (3_00 + 2_50, 0)}
    account = unit_accounts.of(both_books.shown(), WUTONGLI, nobody)[0]
    assert account.floor_area == "120.00"


def test_the_balance_moves_with_the_unit_when_it_is_sold(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_apportioned("opening", 5_00))
    both_books.tell(unit_transferred("101", owner="o-204"))
    assert held(both_books)["101"] == (2_00, 0)


def test_accounts_are_shown_as_of_a_day_and_as_known_at_a_record(both_books: Books) -> None:
    both_books.tell(*door_12_of_two(), fund_opened("maintenance", fen=5_00))
    first = both_books.tell(fund_apportioned("opening", 5_00, scope=WHOLE, on=NEW_YEAR))
    both_books.tell(interest_recorded("maintenance", fen=10_00))
    both_books.tell(fund_apportioned("interest", 10_00, scope=WHOLE, on=date(2026, 7, 1)))
    assert held(both_books) == {"101": (6_00, 0), "102": (9_00, 0)}
    assert held(both_books, known_at=first) == {"101": (2_00, 0), "102": (3_00, 0)}
