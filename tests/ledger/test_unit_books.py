"""However the fund moves and is divided, books and units add up to it, to the fen (FUND-04, FUND-22)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.fields import Scope
from ledger.money.unit_accounts import (
    Held,
    Movement,
    Place,
    Roster,
    book_changes,
    fund_changes,
    held_after,
    unit_accounts,
)

NEW_YEAR = date(2026, 1, 1)
WHOLE, BUILDING_3, DOOR_12 = Scope(), Scope(kind="building", id="3"), Scope(kind="door", id="12")
SCOPES = st.sampled_from(
    [WHOLE, BUILDING_3, DOOR_12, Scope(kind="door", id="13"), Scope(kind="building", id="4")]
)


def place(unit: str, door: str | None, *areas: tuple[int, int], building: str = "3") -> Place:
    return Place(unit, building, door, areas)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Up to twelve units behind doors 12 and 13 of building 3 or in building 4, some measured anew later."""
    places = []
    for number in range(draw(st.integers(0, 12))):
        building, door = draw(st.sampled_from([("3", "12"), ("3", "13"), ("4", None)]))
        since = sorted(draw(st.sets(st.integers(0, 20), min_size=1, max_size=2)))
        areas = tuple((number, draw(st.integers(1, 999_99))) for number in since)
        places.append(place(f"u-{number}", door, *areas, building=building))
    return Roster(places)


@st.composite
def histories(draw: st.DrawFn) -> list[Movement]:
    """Movements in order of record, each on any day of two months."""
    found = []
    for number in range(draw(st.integers(0, 20))):
        on = NEW_YEAR + timedelta(days=draw(st.integers(0, 60)))
        fen = draw(st.integers(-(10**9), 10**9))
        unit = draw(st.none() | st.integers(0, 11).map(lambda number: f"u-{number}"))
        divides = unit is None and draw(st.booleans())
        first = draw(st.integers(0, 10**9))
        found.append(Movement(number, on, draw(SCOPES), fen, first, unit, divides))
    return found


@given(rosters(), histories())
def test_books_add_up_to_the_fund_every_day(roster, movements):
    fund, books = fund_changes(movements), book_changes(roster, movements)
    for day in {change.on for change in fund}:
        in_books = [change for changes in books.values() for change in changes if change.on <= day]
        assert held_after(in_books) == held_after([change for change in fund if change.on <= day])


@given(rosters(), histories())
def test_units_hold_what_was_divided_and_what_was_paid_for_them(roster, movements):
    held = unit_accounts(roster, movements)
    apart = Held()
    for movement in movements:
        divided = movement.divides and roster.floor_areas(movement.scope, movement.number)
        if divided or movement.unit in roster.places:
            apart = apart.plus(movement.fen, movement.first_deposit_fen)
    assert Held(*map(sum, zip(*held.values(), strict=True))) == apart if held else apart == Held()


def test_a_unit_registered_later_has_no_share_of_what_was_divided_before():
    roster = Roster([place("101", "12", (1, 80_00)), place("102", "12", (5, 80_00))])
    movements = [
        Movement(4, NEW_YEAR, DOOR_12, 1_00, divides=True),
        Movement(6, NEW_YEAR, DOOR_12, 1_00, divides=True),
    ]
    assert unit_accounts(roster, movements) == {"101": Held(1_50), "102": Held(50)}


def test_the_record_that_corrects_an_area_is_the_first_that_counts_by_it():
    roster = Roster([place("101", "12", (1, 60_00), (5, 30_00)), place("102", "12", (1, 60_00))])
    assert roster.floor_areas(WHOLE, 4) == {"101": 60_00, "102": 60_00}
    assert roster.floor_areas(WHOLE, 5) == {"101": 30_00, "102": 60_00}
    assert roster.floor_areas(WHOLE, 0) == {}


def test_what_nobody_is_there_to_share_stays_in_its_book():
    roster = Roster([place("101", "12", (9, 80_00))])
    movements = [
        Movement(1, NEW_YEAR, WHOLE, 5_00),
        Movement(2, NEW_YEAR, WHOLE, 5_00, divides=True),
    ]
    assert unit_accounts(roster, movements) == {"101": Held()}
    assert {book: held_after(changes) for book, changes in book_changes(roster, movements).items()} == {
        "whole": Held(5_00)
    }


def test_a_building_of_two_doors_divides_its_money_between_their_books():
    roster = Roster([place("101", "12", (1, 80_00)), place("103", "13", (1, 20_00))])
    movements = [
        Movement(2, NEW_YEAR, BUILDING_3, 10_00),
        Movement(3, NEW_YEAR + timedelta(days=1), BUILDING_3, 7_00, divides=True),
    ]
    changes = book_changes(roster, movements)
    assert {book: held_after(of).balance_fen for book, of in changes.items()} == {
        "building-3": 3_00,
        "door-12": 5_60,
        "door-13": 1_40,
    }
    assert [change.fen for change in changes["building-3"]] == [10_00, -7_00]


def test_costs_are_shared_as_income_is_only_with_the_opposite_sign():
    roster = Roster([place("101", "12", (1, 1)), place("102", "12", (1, 1)), place("103", "12", (1, 1))])
    cost = [Movement(2, NEW_YEAR, WHOLE, -100_00, divides=True)]
    assert [held.balance_fen for held in unit_accounts(roster, cost).values()] == [-33_34, -33_33, -33_33]
