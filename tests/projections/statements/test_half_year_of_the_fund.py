"""T3: the maintenance fund of a half-year, book by book and kind by kind (FUND-04, FUND-28, FUND-32)."""

import tempfile

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from api.languages import has_words
from ledger.composing import Wanted
from ledger.rules.law import Adoption, law_on
from projections import balances, fund_levels
from projections.statements.fund_flows import INCOME, SPENDING
from projections.statements.statement import Caution, Cell
from tests.ledger.correction_words import bank_reconciled, entry_classified, suspense_seen
from tests.ledger.fund_words import DOOR_12, WHOLE, books_opened, fund_apportioned, opening, paid_in
from tests.ledger.happened import (
    PAYEE,
    SPRING,
    entry_reversed,
    fund_opened,
    interest_recorded,
    payment_paid,
)
from tests.ledger.project_words import (
    a_repair,
    contract_signed,
    drawn,
    plan_published,
    review_engaged,
    works_accepted,
)
from tests.ledger.story import WUTONGLI
from tests.projections.books import Books, opened
from tests.projections.histories import Spells, spells
from tests.projections.statement_words import rows
from tests.projections.statements.half_year_words import (
    FIRST_HALF,
    JULY_10,
    JUNE_29,
    JUNE_30,
    SECOND_HALF,
    column,
    first_half,
    stated,
)
from tests.projections.test_rebuilding import live_through

LAW = law_on(JUNE_30, Adoption())


def in_order(row: dict[str, Cell]) -> tuple[Cell, ...]:
    return row["opening"], row["income"], row["spending"], row["closing"]


def test_every_book_goes_from_opening_to_closing(books: Books) -> None:
    books.tell(*first_half())
    statement = stated(books)
    found = {name: in_order(row) for name, row in rows(statement, "books").items()}
    assert found == {
        "whole": (0, 80_00, 245_00, -165_00),
        "door-12": (4_000_00, 500_00, 1_500_00, 3_000_00),
        "door-13": (8_000_00, 300_00, 600_00, 7_700_00),
    }
    total = {"opening": 12_000_00, "income": 880_00, "spending": 2_345_00, "closing": 10_535_00}
    assert statement.section("books").sums == total
    assert {name: statement.figures[name] for name in total} == total


def test_income_and_spending_are_told_apart_by_kind(books: Books) -> None:
    books.tell(*first_half())
    statement = stated(books)
    assert column(statement, "income", "amount") == {
        "top-up/door-12": 500_00,
        "interest/whole": 60_00,
        "public-revenue/door-13": 300_00,
        "scrap/whole": 20_00,
    }
    assert column(statement, "spending", "amount") == {
        "works/door-12": 1_500_00,
        "routine/whole": 45_00,
        "emergency/door-13": 600_00,
        "substitute-repair/whole": 200_00,
    }
    assert statement.section("income").sums == {"amount": 880_00}
    assert statement.section("spending").sums == {"amount": 2_345_00}


def test_books_are_what_the_balances_say_at_the_same_moment(books: Books) -> None:
    books.tell(*first_half(), paid_in(77_00, scope=DOOR_12, on=JULY_10))
    statement = stated(books)
    then = balances.of(books.shown(), WUTONGLI, as_of=JUNE_30)
    owed = {one.account: -one.fen for one in then.accounts}
    assert column(statement, "books", "closing") == {
        name.removeprefix("fund/maintenance/"): fen
        for name, fen in owed.items()
        if name.startswith("fund/maintenance/")
    }
    assert statement.figures["closing"] == -owed["bank/maintenance"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_has_words(language: str) -> None:
    kinds = {*INCOME, *SPENDING}
    assert [kind for kind in kinds if not has_words(language, f"statement.word.kind.{kind}")] == []


def test_fund_38_what_was_paid_directly_under_an_authorisation_is_listed(books: Books) -> None:
    number = books.tell(*first_half()) - 3
    (row,) = (row for row in rows(stated(books), "payments").values() if row["kind"] == "routine")
    assert row == {
        "paid_on": "2026-06-29",
        "kind": "routine",
        "scope": "whole",
        "purpose": "三号楼电梯大修",
        "payee": PAYEE,
        "decision": "small-works",
        "amount": 45_00,
        "voucher_ref": "2026-118",
        "record": number,
    }


def test_fund_32_public_revenue_that_was_paid_in_is_listed(books: Books) -> None:
    books.tell(*first_half())
    section = stated(books).section("revenue")
    assert [(row.cells["quarter"], row.cells["scope"], row.cells["amount"]) for row in section.rows] == [
        ("2026-q1", "door-13", 300_00)
    ]
    assert section.sums == {"amount": 300_00}


def test_fund_32_works_that_were_paid_for_or_accepted_are_listed_with_their_cost(books: Books) -> None:
    untouched = plan_published("roof")
    books.tell(*a_repair(), contract_signed(), untouched, *drawn(80_400_00), works_accepted())
    statement = stated(books)
    assert rows(statement, "works") == {
        "lift": {
            "project": "lift",
            "name": "三号楼电梯大修",
            "scope": "whole",
            "cost": 268_000_00,
            "paid": 80_400_00,
            "paid_in_all": 80_400_00,
            "accepted_on": "2026-06-30",
            "stage": "accepted",
        }
    }
    assert rows(stated(books, SECOND_HALF), "works") == {}


def test_fund_32_what_was_recognised_as_paid_for_works_is_listed_with_them(books: Books) -> None:
    seen = books.tell(*a_repair(), *drawn(80_400_00), suspense_seen(fen=5_00, direction="out"))
    of = {"decision": "lift-3", "project": "lift", "payee": PAYEE, "voucher": "2026-119"}
    as_payment = {"became": "payment", "account": "fund/maintenance/whole", "direction": "out"}
    number = books.tell(entry_classified(seen, fen=5_00, on=JUNE_30, **as_payment, **of))
    statement = stated(books)
    assert (
        column(statement, "works", "paid") == column(statement, "works", "paid_in_all") == {"lift": 80_405_00}
    )
    line = rows(statement, "payments")[f"{number}/whole"]
    assert (line["payee"], line["voucher_ref"], line["amount"]) == (PAYEE, "2026-119", 5_00)


def test_what_the_agency_got_for_its_review_is_no_work(books: Books) -> None:
    paid = payment_paid("review", fen=3_000_00)
    fee = msgspec.structs.replace(paid.event, project="lift", payee="沪信造价咨询")
    books.tell(*a_repair(), review_engaged(), *drawn(80_400_00), paid._replace(event=fee))
    spending = column(stated(books), "spending", "amount")
    assert spending == {"works/whole": 80_400_00, "price-review/whole": 3_000_00}


def test_money_that_left_without_a_decision_says_so(books: Books) -> None:
    paid = payment_paid("gone", fen=9_00)
    books.tell(
        fund_opened("maintenance", fen=100_00),
        paid._replace(event=msgspec.structs.replace(paid.event, decision=None, charged_fen=0)),
    )
    assert column(stated(books), "spending", "amount") == {"undecided/whole": 9_00}


@pytest.mark.parametrize(
    ("fen", "share", "is_below"), [(2_999_99, "299/1000", True), (3_000_00, "300/1000", False)]
)
def test_fund_28_exactly_thirty_percent_is_not_below_and_nothing_is_rounded_up_to_it(
    books: Books, fen: int, share: str, is_below: bool
) -> None:
    books.tell(books_opened(opening(DOOR_12, fen, first=10_000_00)))
    statement = stated(books)
    assert statement.figures["first_deposit"] == 10_000_00
    assert (statement.figures["share"], statement.figures["is_below"]) == (share, is_below)
    level = rows(statement, "levels")["door-12"]
    assert (level["share"], level["is_below"]) == (share, is_below)


def test_a_book_without_a_first_deposit_is_not_measured_by_it(books: Books) -> None:
    books.tell(*first_half())
    levels = rows(stated(books), "levels")
    assert list(levels) == ["whole", "door-12", "door-13"]
    assert {"share", "is_below"}.isdisjoint(levels["whole"])
    assert (levels["door-12"]["share"], levels["door-12"]["is_below"]) == ("187/1000", True)


def test_what_was_divided_among_the_doors_stands_beside_what_their_books_hold(books: Books) -> None:
    """Interest of all owners, 60.00, divided: a third of the area is behind door 13."""
    divided = fund_apportioned("interest", 60_00, scope=WHOLE, on=JUNE_30)
    books.tell(*first_half(), divided)
    statement = stated(books)
    levels = rows(statement, "levels")
    found = {name: (row["closing"], row["divided"], row["balance"]) for name, row in levels.items()}
    assert found == {
        "whole": (-165_00, -60_00, -225_00),
        "door-12": (3_000_00, 40_00, 3_040_00),
        "door-13": (7_700_00, 20_00, 7_720_00),
    }
    shown = fund_levels.of(books.shown(), WUTONGLI, LAW, as_of=JUNE_30).levels
    assert {one.level: one.balance_fen for one in shown if one.level != "fund"} == column(
        statement, "levels", "balance"
    )


def test_the_bank_and_the_day_it_was_asked_stand_in_the_figures(books: Books) -> None:
    books.tell(*first_half())
    figures = stated(books).figures
    assert (figures["reconciled_on"], figures["bank_difference_fen"]) == ("2026-06-30", 0)
    assert stated(books).cautions == ()


def test_a_difference_is_what_the_books_do_not_know_today(books: Books) -> None:
    """The bank had 60.00 more; 50.00 of it were entered later, dated before the day of the statement."""
    books.tell(fund_opened("maintenance", fen=100_00))
    met = books.tell(bank_reconciled(bank=160_00, book=100_00, on=JUNE_30))
    books.tell(interest_recorded("maintenance", fen=50_00, on=JUNE_29))
    statement = stated(books)
    assert statement.figures["bank_difference_fen"] == 10_00
    assert statement.cautions == (Caution(code="bank-difference", fen=10_00, records=(met,)),)


# -- edges -------------------------------------------------------------------------------------------------


def test_before_a_fund_is_opened_every_figure_is_nought(books: Books) -> None:
    statement = stated(books)
    assert statement.figures == {"opening": 0, "income": 0, "spending": 0, "closing": 0}
    assert all(section.rows == () for section in statement.sections)
    assert statement.cautions == ()


def test_a_half_year_in_which_nothing_happened_ends_as_it_began(books: Books) -> None:
    books.tell(*first_half())
    statement = stated(books, SECOND_HALF)
    assert column(statement, "books", "opening") == column(stated(books), "books", "closing")
    assert column(statement, "books", "closing") == column(statement, "books", "opening")
    assert [statement.figures[name] for name in ("income", "spending")] == [0, 0]


def test_an_entry_undone_within_the_half_year_leaves_nothing_in_its_kind(books: Books) -> None:
    wrong = paid_in(500_00, nature="top-up")
    number = books.tell(fund_opened("maintenance", fen=100_00), wrong)
    books.tell(entry_reversed(number, wrong, reason="记错")._replace(on=JUNE_30))
    statement = stated(books)
    assert rows(statement, "income")["top-up/whole"] == {
        "kind": "top-up", "scope": "whole", "amount": 0, "entries": 2,
    }  # fmt: skip
    assert statement.figures["closing"] == 100_00


def test_an_entry_undone_in_the_next_half_year_is_taken_from_that_one(books: Books) -> None:
    wrong = payment_paid("lift-first", fen=70_00, on=SPRING)
    number = books.tell(fund_opened("maintenance", fen=100_00), wrong)
    undone = books.tell(entry_reversed(number, wrong, reason="重复付款。")._replace(on=JULY_10))
    assert stated(books).figures["spending"] == 70_00
    statement = stated(books, SECOND_HALF)
    assert (statement.figures["opening"], statement.figures["spending"]) == (30_00, -70_00)
    assert statement.figures["closing"] == 100_00
    (row,) = rows(statement, "payments").values()
    assert (row["amount"], row["record"], row["reverses"]) == (-70_00, undone, str(number))


def test_money_nobody_can_explain_is_in_no_book_until_it_is_recognised(books: Books) -> None:
    seen = books.tell(fund_opened("maintenance", fen=100_00), suspense_seen(fen=70_00, on=JUNE_29))
    books.tell(
        entry_classified(seen, fen=70_00, became="interest", account="fund/maintenance/whole", on=JULY_10)
    )
    first, second = stated(books), stated(books, SECOND_HALF)
    assert column(first, "books", "closing") == {"whole": 100_00, "suspense": 70_00}
    assert column(first, "income", "amount") == {"suspense/suspense": 70_00}
    assert Caution(code="suspense", fen=70_00, records=(seen,)) in first.cautions
    assert column(second, "books", "closing") == {"whole": 170_00, "suspense": 0}
    assert column(second, "income", "amount") == {"interest/whole": 70_00, "suspense/suspense": -70_00}
    assert (second.figures["income"], second.figures["closing"]) == (0, 170_00)
    assert [one.code for one in second.cautions] == ["bank-not-reconciled"]


def test_what_the_fund_held_when_these_books_began_is_opening_and_no_income(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=100_00))
    assert stated(books).figures == {
        "opening": 100_00,
        "income": 0,
        "spending": 0,
        "closing": 100_00,
        "first_deposit": 0,
    }


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(spells)
def test_whatever_happened_every_book_adds_up_to_the_balances(told: Spells) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}") as books:
        live_through(books, told)
        must_add_up(books, FIRST_HALF)
        must_add_up(books, SECOND_HALF)


def must_add_up(books: Books, wanted: Wanted) -> None:
    statement = stated(books, wanted)
    for row in (*rows(statement, "books").values(), statement.figures):
        assert row["opening"] + row["income"] - row["spending"] == row["closing"]  # type: ignore[operator]
    then = balances.of(books.shown(), WUTONGLI, as_of=wanted.ends_on)
    held = {one.account: one.fen for one in then.accounts}
    assert statement.figures["closing"] == held["bank/maintenance"]
    for book, closing in column(statement, "books", "closing").items():
        account = "suspense/maintenance" if book == "suspense" else f"fund/maintenance/{book}"
        assert closing == -held[account]
