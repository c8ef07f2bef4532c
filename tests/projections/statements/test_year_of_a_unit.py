"""T5: the account of one unit over a year, for its owner alone (FUND-04, FUND-37)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.committee import CommitteeSeated, Member
from ledger.actions.service_contract import ServiceContractSigned
from ledger.errors import Refused
from projections import unit_accounts
from projections.statements import compose, composed
from projections.statements.statement import Caution, Statement
from projections.statements.unit_year import opened_for_units, year_of
from tests.ledger.fund_words import (
    DOOR_12,
    area_corrected,
    books_opened,
    fund_apportioned,
    opening,
    paid_in,
    works_apportioned,
)
from tests.ledger.happened import NEW_YEAR, SPRING, SUMMER, entry_reversed
from tests.ledger.project_words import apportionment_reversed
from tests.ledger.story import TODAY, WUTONGLI, Fact, Facts
from tests.projections.books import Books
from tests.projections.statement_words import rows
from tests.projections.statements.half_year_words import two_doors

DECEMBER = date(2026, 12, 31)


def stated(books: Books, unit: str = "101", year: int = 2026) -> Statement:
    """As those read it who may know which unit paid what."""
    store, names_of = books.story.store, books.story.vault.values
    with opened_for_units(store, WUTONGLI, books.number, names_of) as now:
        return composed(now, year_of(unit, year))


def year(statement: Statement) -> dict[str, object]:
    (row,) = rows(statement, "year").values()
    return {name: fen for name, fen in row.items() if fen}


def committee() -> Fact:
    members = (
        Member(name="周敏", post="chair"),
        Member(name="沈国强", post="vice-chair"),
        Member(name="陈芳"),
    )
    event = CommitteeSeated(term="term-3", starts_on=NEW_YEAR, ends_on=date(2030, 12, 31), members=members)
    return Fact(event, on=NEW_YEAR)


def firm_serves() -> Fact:
    event = ServiceContractSigned(contract="s-1", firm="heng-sheng", starts_on=NEW_YEAR, firm_name="恒升物业")
    return Fact(event, on=NEW_YEAR)


def a_year() -> tuple[Facts, ...]:
    """Door 12: of every amount unit 101 bears 80 of 200 m², unit 102 the rest."""
    return (
        *two_doors(),
        books_opened(opening(DOOR_12, 4_000_00, first=10_000_00)),
        fund_apportioned("opening", 4_000_00, first_deposit_fen=10_000_00, on=NEW_YEAR),
        paid_in(250_00, scope=DOOR_12, unit="101", nature="top-up", on=SPRING),
        paid_in(990_00, scope=DOOR_12, unit="102", nature="top-up", on=SPRING),
        fund_apportioned("interest", 60_00),
        fund_apportioned("revenue", 100_00),
        works_apportioned(1_000_00),
        fund_apportioned("cost", 50_00),
    )


def test_the_form_adds_up_from_new_years_day_to_the_last_of_december(books: Books) -> None:
    books.tell(*a_year())
    statement = stated(books)
    assert year(statement) == {
        "opening": 1_600_00,
        "interest": 24_00,
        "other_income": 290_00,
        "income": 314_00,
        "repairs": 420_00,
        "spending": 420_00,
        "closing": 1_494_00,
    }
    assert statement.figures["first_deposit_fen"] == 4_000_00
    assert statement.figures["closing"] == 1_494_00


def test_it_is_what_the_accounts_of_units_say(books: Books) -> None:
    books.tell(*a_year())
    held = unit_accounts.of(books.shown(), WUTONGLI, books.story.vault.values, as_of=DECEMBER)
    assert {one.unit: (one.balance_fen, one.first_deposit_fen) for one in held} == {
        unit: (stated(books, unit).figures["closing"], stated(books, unit).figures["first_deposit_fen"])
        for unit in ("101", "102", "103")
    }


def test_every_entry_is_listed_with_its_record(books: Books) -> None:
    last = books.tell(*a_year())
    found = [tuple(row.values()) for row in rows(stated(books), "entries").values()]
    assert found == [
        ("2026-03-20", "deposit", 250_00, last - 5),
        ("2026-06-30", "interest", 24_00, last - 3),
        ("2026-06-30", "revenue", 40_00, last - 2),
        ("2026-06-30", "works", -400_00, last - 1),
        ("2026-06-30", "cost", -20_00, last),
    ]
    assert stated(books).section("entries").sums == {"amount": -106_00}


def test_the_next_year_begins_with_what_was_left(books: Books) -> None:
    books.tell(*a_year())
    assert year(stated(books, year=2027)) == {"opening": 1_494_00, "closing": 1_494_00}


def test_before_the_books_began_there_was_nothing(books: Books) -> None:
    books.tell(*a_year())
    assert year(stated(books, year=2025)) == {}


def test_a_division_taken_back_lessens_what_it_was(books: Books) -> None:
    works = works_apportioned(1_000_00)
    number = books.tell(*a_year()[:5], works)
    undone = books.tell(apportionment_reversed(number, works, on=TODAY))
    statement = stated(books)
    assert year(statement) == {"opening": 1_600_00, "closing": 1_600_00}
    assert rows(statement, "entries")[str(undone)] == {
        "occurred_on": "2026-11-20",
        "what": "works",
        "amount": 400_00,
        "record": undone,
        "reverses": str(number),
    }


def test_a_payment_undone_in_the_next_year_is_taken_from_that_year(books: Books) -> None:
    wrong = paid_in(250_00, scope=DOOR_12, unit="101", nature="top-up")
    number = books.tell(*two_doors(), books_opened(opening(DOOR_12, 0)), wrong)
    undone = entry_reversed(number, wrong, reason="付错了。")
    books.tell(undone._replace(event=msgspec.structs.replace(undone.event, about=("fund:maintenance",))))
    books.tell(paid_in(70_00, unit="101", on=SUMMER))
    assert year(stated(books)) == {"other_income": 70_00, "income": 70_00, "closing": 70_00}


def test_what_was_shared_stays_as_it_was_shared_whatever_is_measured_later(books: Books) -> None:
    books.tell(*a_year(), area_corrected("101", "120.00"))
    assert stated(books).figures["closing"] == 1_494_00
    assert rows(stated(books), "unit")["101"]["floor_area"] == "120.00"


def test_the_form_names_unit_bank_committee_and_firm(books: Books) -> None:
    books.tell(*a_year(), committee(), firm_serves())
    assert rows(stated(books), "unit")["101"] == {
        "unit": "101",
        "building": "3",
        "door": "12",
        "floor_area": "80.00",
        "bank": "上海银行",
        "account_tail": "4417",
        "chair": "周敏",
        "vice_chair": "沈国强",
        "firm": "恒升物业",
    }


def test_who_cannot_know_which_unit_paid_is_told_that_the_account_may_be_short(books: Books) -> None:
    last = books.tell(*a_year())
    statement = compose(books.story.store, WUTONGLI, year_of("101", 2026), books.number)
    assert statement.figures["closing"] == 1_244_00
    sealed = Caution(code="units-not-known", fen=1_240_00, records=(last - 5, last - 4))
    assert statement.cautions == (sealed,)
    assert stated(books).cautions == ()


def test_a_unit_nobody_registered_has_no_account(books: Books) -> None:
    books.tell(*a_year())
    with pytest.raises(Refused) as refused:
        stated(books, "909")
    assert refused.value.code == "statement.unknown-subject"
