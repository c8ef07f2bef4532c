"""A half-year of the maintenance fund whose every figure can be worked out on paper."""

from datetime import date

import msgspec

from ledger.actions.decision import EmergencyPath, EmergencyRepairAuthorised
from ledger.composing import Wanted
from ledger.fields import Authorisation, Scope
from projections.statements import compose
from projections.statements.statement import Cell, Statement
from tests.ledger.correction_words import bank_reconciled
from tests.ledger.fund_words import DOOR_12, DOOR_13, books_opened, opening, paid_in, units_of
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    building_registered,
    fund_opened,
    interest_recorded,
    money,
    payment_paid,
    vote_closed,
    vote_opened,
    vote_passed,
)
from tests.ledger.revenue_words import transferred
from tests.ledger.story import WUTONGLI, Fact, Facts
from tests.projections.books import Books

JUNE_29, JUNE_30, JULY_10 = date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 10)
FIRST_HALF = Wanted("T3", NEW_YEAR, JUNE_30)
SECOND_HALF = Wanted("T3", date(2026, 7, 1), date(2026, 12, 31))


def stated(books: Books, wanted: Wanted = FIRST_HALF, until: int | None = None) -> Statement:
    return compose(books.story.store, WUTONGLI, wanted, books.number if until is None else until)


def column(statement: Statement, section: str, name: str) -> dict[str, Cell]:
    """One column of a section by the keys of its rows."""
    return {row.key: row.cells[name] for row in statement.section(section).rows if name in row.cells}


def two_doors() -> tuple[Fact, ...]:
    """Building 3: behind door 12 units 101 (80 m²) and 102 (120 m²), behind door 13 unit 103 (100 m²)."""
    return (
        building_registered("3", doors=("12", "13")),
        units_of("12", {"101": "80.00", "102": "120.00"}),
        units_of("13", {"103": "100.00"}),
    )


def standing_authorisation(decision: str, *, item: int, scope: Scope | None = None) -> tuple[Fact, ...]:
    """The owners let small repairs be paid directly, each up to `item` (FUND-09)."""
    freed = Authorisation(
        fund="maintenance", amount_fen=10_000_00, purpose="小修", scope=scope, item_max_fen=item
    )
    opened = vote_opened(decision, authorises=10_000_00)
    asked = msgspec.structs.replace(opened.event, authorises=freed)
    return opened._replace(event=asked), vote_closed(decision, authorises=freed)


def emergency_authorised(emergency: str, path: EmergencyPath) -> Fact:
    freed = money("maintenance", 9_000_00)
    return Fact(EmergencyRepairAuthorised(emergency=emergency, path=path, authorises=freed), "chair", SPRING)


def first_half() -> tuple[Facts, ...]:
    """Opening 12,000.00; 880.00 come in and 2,345.00 go out; the bank agrees on the last day."""
    return (
        *two_doors(),
        books_opened(opening(DOOR_12, 4_000_00, first=16_000_00), opening(DOOR_13, 8_000_00, first=8_000_00)),
        fund_opened("public-revenue", fen=5_000_00),
        vote_passed("lift-3", authorises=9_000_00, scope=DOOR_12),
        standing_authorisation("small-works", item=500_00),
        emergency_authorised("leak-5", "committee"),
        emergency_authorised("wall-2", "substitute"),
        paid_in(500_00, scope=DOOR_12, nature="top-up"),
        paid_in(20_00, nature="scrap"),
        interest_recorded("maintenance", fen=60_00, on=JUNE_30),
        transferred(300_00, on=date(2026, 4, 20), quarter="2026-q1", scope=DOOR_13),
        payment_paid("lift-first", fen=1_500_00, scope=DOOR_12, on=SPRING),
        payment_paid("bulb", fen=45_00, decision="small-works", on=JUNE_29),
        payment_paid("leak", fen=600_00, decision="leak-5", scope=DOOR_13, on=JUNE_29),
        payment_paid("wall", fen=200_00, decision="wall-2", on=JUNE_30),
        bank_reconciled(bank=10_535_00, book=10_535_00, on=SUMMER),
    )
