"""T4: what repairs cost and who bears it, per building or door number (FUND-22, FUND-24, FUND-33, EX4)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.repair_project import ProjectApportioned, WorksAccepted
from ledger.actions.unit_account import FundApportioned
from ledger.composing import Wanted
from ledger.errors import StoreDamaged
from ledger.fields import Scope, centi_m2
from ledger.money.apportionment import apportion, published
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.fund_words import DOOR_12, EX4, WHOLE, area_corrected, units_of
from tests.ledger.happened import NEW_YEAR, PAYEE, SPRING, SUMMER, building_registered, entry_reversed
from tests.ledger.project_words import (
    PLAN,
    a_repair,
    apportionment_reversed,
    drawn,
    plan_published,
    price_reviewed,
    review_engaged,
    seven_units,
    warranty_expired,
    works_accepted,
)
from tests.ledger.story import Fact
from tests.projections.books import Books
from tests.projections.statement_words import rows
from tests.projections.statements.half_year_words import column, stated, two_doors

JULY_1, DECEMBER_31, JULY_10 = date(2026, 7, 1), date(2026, 12, 31), date(2026, 7, 10)
FIRST_HALF, SECOND_HALF = Wanted("T4", NEW_YEAR, SUMMER), Wanted("T4", JULY_1, DECEMBER_31)
TWO_DOORS = {"101": "80.00", "102": "120.00", "103": "100.00"}


def split(
    fen: int, areas: dict[str, str], scope: Scope = DOOR_12, *, project: str = "lift", on: date = SUMMER
) -> Fact:
    """A cost divided by floor area, with the figures that are recorded of it."""
    whole = {unit: centi_m2(area) for unit, area in areas.items()}
    figures = published(apportion(fen, whole), fen, whole)
    return Fact(ProjectApportioned(project=project, total_fen=fen, scope=scope, **figures), "treasurer", on)


def routine_divided(fen: int, areas: dict[str, str], scope: Scope = DOOR_12) -> Fact:
    whole = {unit: centi_m2(area) for unit, area in areas.items()}
    figures = published(apportion(fen, whole), fen, whole)
    event = FundApportioned(
        what="cost",
        scope=scope,
        total_fen=fen,
        books=(),
        starts_on=date(2026, 4, 1),
        ends_on=SUMMER,
        **figures,
    )
    return Fact(event, "treasurer", SUMMER)


def test_ex4_the_cost_of_a_lift_is_shown_by_square_metre_and_door_to_the_fen(books: Books) -> None:
    books.tell(seven_units(), *a_repair(price=31_415_93, review=False), works_accepted())
    number = books.tell(split(31_415_93, EX4))
    statement = stated(books, FIRST_HALF)
    assert rows(statement, "shares") == {
        str(number): {
            "project": "lift",
            "scope": "door-12",
            "total": 31_415_93,
            "area": "611.47",
            "rate": 51_38,
            "units": 7,
            "method": "largest-remainder",
            "remainder_units": 3,
            "record": number,
        }
    }
    assert rows(statement, "doors") == {
        f"{number}/door-12": {
            "project": "lift",
            "record": number,
            "scope": "door-12",
            "units": 7,
            "area": "611.47",
            "amount": 31_415_93,
        }
    }
    assert statement.figures["divided_fen"] == 31_415_93


def test_no_room_number_stands_in_the_public_statement(books: Books) -> None:
    books.tell(seven_units(), *a_repair(price=31_415_93, review=False), split(31_415_93, EX4))
    cells = [
        cell
        for section in stated(books, FIRST_HALF).sections
        for row in section.rows
        for cell in row.cells.values()
    ]
    assert not {str(cell) for cell in cells} & set(EX4)


def test_a_cost_of_all_is_added_up_by_door(books: Books) -> None:
    """100.00 over 300 m²: the fen that is left over goes to unit 101, whose remainder is the largest."""
    books.tell(*two_doors(), *a_repair(price=100_00, review=False))
    number = books.tell(split(100_00, TWO_DOORS, WHOLE))
    statement = stated(books, FIRST_HALF)
    found = {key: (row["units"], row["area"], row["amount"]) for key, row in rows(statement, "doors").items()}
    assert found == {
        f"{number}/door-12": (2, "200.00", 66_67),
        f"{number}/door-13": (1, "100.00", 33_33),
    }
    assert statement.section("doors").sums == {"units": 3, "amount": 100_00}


def test_a_repair_is_listed_with_decision_money_and_what_is_held_back(books: Books) -> None:
    repair = a_repair()
    books.tell(*(fact._replace(on=SPRING) for fact in repair[:-1]), repair[-1])
    books.tell(review_engaged(), *drawn(80_400_00), price_reviewed())
    statement = stated(books, FIRST_HALF)
    assert rows(statement, "projects") == {
        "lift": {
            "project": "lift",
            "name": "三号楼电梯大修",
            "scope": "whole",
            "authority": "owners",
            "decision": "lift-3",
            "decided_on": "2026-03-20",
            "budget": 280_000_00,
            "price": 268_000_00,
            "reviewed": 251_340_50,
            "paid_in_period": 80_400_00,
            "paid": 80_400_00,
            "retention_held": 12_567_03,
            "stage": "reviewed",
        }
    }


def test_who_did_the_works_when_is_listed(books: Books) -> None:
    accepted = works_accepted(warranty_until=date(2028, 6, 30))
    done = msgspec.structs.replace(
        accepted.event, started_on=date(2026, 4, 10), completed_on=date(2026, 6, 20)
    )
    assert isinstance(done, WorksAccepted)
    books.tell(*a_repair(), review_engaged(), accepted._replace(event=done))
    assert rows(stated(books, FIRST_HALF), "works") == {
        "lift": {
            "project": "lift",
            "name": "三号楼电梯大修",
            "works": PLAN["works"],
            "contractor": PAYEE,
            "agency": "沪信造价咨询",
            "started_on": "2026-04-10",
            "completed_on": "2026-06-20",
            "accepted_on": "2026-06-30",
            "warranty_until": "2028-06-30",
        }
    }


def test_a_repair_nothing_happened_to_in_the_period_is_not_listed(books: Books) -> None:
    books.tell(*a_repair())
    assert rows(stated(books, SECOND_HALF), "projects") == {}
    books.tell(*drawn(10_00))
    assert list(rows(stated(books, FIRST_HALF), "projects")) == ["lift"]
    books.tell(warranty_expired())
    found = rows(stated(books, SECOND_HALF), "projects")["lift"]
    assert (found["paid_in_period"], found["paid"]) == (0, 10_00)


def test_what_was_recognised_as_paid_for_a_repair_is_paid_in_that_period(books: Books) -> None:
    seen = books.tell(*a_repair(), *drawn(80_400_00), suspense_seen(fen=5_00, direction="out"))
    of = {"became": "payment", "account": "fund/maintenance/whole", "decision": "lift-3", "project": "lift"}
    books.tell(entry_classified(seen, fen=5_00, direction="out", on=JULY_10, **of))
    first, second = stated(books, FIRST_HALF), stated(books, SECOND_HALF)
    assert (first.figures["paid"], first.figures["paid_in_period"]) == (80_400_00, 80_400_00)
    assert (second.figures["paid"], second.figures["paid_in_period"]) == (80_405_00, 5_00)


def test_a_payment_taken_back_later_is_taken_from_the_later_period(books: Books) -> None:
    paid = drawn(80_400_00)[-1]
    number = books.tell(*a_repair(), *drawn(80_400_00))
    undone = entry_reversed(number, paid, reason="重复付款。")
    about = ("project:lift", "fund:maintenance", "payment:first", "decision:lift-3")
    books.tell(undone._replace(event=msgspec.structs.replace(undone.event, about=about), on=JULY_10))
    first, second = (rows(stated(books, wanted), "projects")["lift"] for wanted in (FIRST_HALF, SECOND_HALF))
    assert (first["paid_in_period"], first["paid"]) == (80_400_00, 80_400_00)
    assert (second["paid_in_period"], second["paid"]) == (-80_400_00, 0)


def test_one_door_sees_its_own_repairs_and_those_of_all_and_its_own_share(books: Books) -> None:
    books.tell(*two_doors(), *a_repair(price=100_00, review=False))
    books.tell(plan_published("door-only", scope=Scope(kind="door", id="13")))
    books.tell(plan_published("building-3", scope=Scope(kind="building", id="3")))
    number = books.tell(split(100_00, TWO_DOORS, WHOLE))
    of_door_12 = stated(books, FIRST_HALF._replace(scope="door-12"))
    assert list(rows(of_door_12, "projects")) == ["lift", "building-3"]
    assert column(of_door_12, "doors", "amount") == {f"{number}/door-12": 66_67}
    of_door_13 = stated(books, FIRST_HALF._replace(scope="door-13"))
    assert list(rows(of_door_13, "projects")) == ["lift", "door-only", "building-3"]
    of_building = stated(books, FIRST_HALF._replace(scope="building-3"))
    assert list(rows(of_building, "projects")) == ["lift", "door-only", "building-3"]
    assert of_building.section("doors").sums["amount"] == 100_00


def test_a_division_taken_back_is_shown_no_more_from_that_day_on(books: Books) -> None:
    divided = split(100_00, TWO_DOORS, WHOLE)
    number = books.tell(*two_doors(), *a_repair(price=100_00, review=False), divided)
    books.tell(apportionment_reversed(number, divided, on=JULY_10))
    assert list(rows(stated(books, FIRST_HALF), "shares")) == [str(number)]
    assert rows(stated(books, SECOND_HALF), "shares") == {}
    again = books.tell(split(100_00, {"101": "80.00", "102": "120.00"}, on=JULY_10))
    assert list(rows(stated(books, SECOND_HALF), "shares")) == [str(again)]


def test_fund_24_routine_costs_divided_in_the_period_are_listed_too(books: Books) -> None:
    number = books.tell(*two_doors(), routine_divided(1_000_00, {"101": "80.00", "102": "120.00"}))
    statement = stated(books, FIRST_HALF)
    (row,) = rows(statement, "shares").values()
    assert (row["starts_on"], row["ends_on"], row["total"]) == ("2026-04-01", "2026-06-30", 1_000_00)
    assert (row["rate"], row["units"]) == (5_00, 2)
    assert column(statement, "doors", "amount") == {f"{number}/door-12": 1_000_00}
    assert rows(stated(books, FIRST_HALF._replace(scope="door-13")), "shares") == {}


def test_shares_stay_as_they_were_divided_whatever_is_measured_later(books: Books) -> None:
    books.tell(*two_doors(), *a_repair(price=100_00, review=False))
    number = books.tell(split(100_00, TWO_DOORS, WHOLE))
    books.tell(area_corrected("103", "500.00"))
    assert column(stated(books, FIRST_HALF), "doors", "amount")[f"{number}/door-13"] == 33_33


def test_shares_that_are_not_those_that_were_recorded_are_never_shown(books: Books) -> None:
    wrong = split(100_00, {"101": "80.00", "102": "120.00"}, WHOLE)
    number = books.tell(*two_doors(), *a_repair(price=100_00, review=False), wrong)
    with pytest.raises(StoreDamaged) as damaged:
        stated(books, FIRST_HALF)
    assert damaged.value.details["number"] == number


def test_doors_are_listed_as_people_count_them(books: Books) -> None:
    books.tell(building_registered("3", doors=("2", "10")))
    books.tell(units_of("10", {"1001": "50.00"}), units_of("2", {"201": "50.00"}))
    books.tell(*a_repair(price=100_00, review=False), split(100_00, {"1001": "50.00", "201": "50.00"}, WHOLE))
    assert list(column(stated(books, FIRST_HALF), "doors", "scope").values()) == ["door-2", "door-10"]


# -- what a reader must know first -------------------------------------------------------------------------


def test_ex7_what_was_paid_of_the_retention_is_said(books: Books) -> None:
    books.tell(*a_repair(), *drawn(241_200_00), price_reviewed())
    (caution,) = stated(books, FIRST_HALF).cautions
    assert (caution.code, caution.fen) == ("retention-paid-early", 2_426_53)


def test_works_that_are_done_and_not_divided_are_said(books: Books) -> None:
    books.tell(*two_doors(), *a_repair(price=100_00, review=False), works_accepted())
    (caution,) = stated(books, FIRST_HALF).cautions
    assert caution.code == "cost-not-divided"
    books.tell(split(100_00, TWO_DOORS, WHOLE))
    assert stated(books, FIRST_HALF).cautions == ()


def test_nothing_repaired_is_an_empty_table(books: Books) -> None:
    statement = stated(books, FIRST_HALF)
    assert all(section.rows == () for section in statement.sections)
    assert statement.figures == {"paid": 0, "paid_in_period": 0, "divided_fen": 0}
    assert statement.cautions == ()
