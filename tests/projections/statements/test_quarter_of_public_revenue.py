"""T1: a quarter of public revenue, as it stands on the board (EX5, REV-02 to REV-10)."""

from datetime import date

from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.actions.rules import RulesAdopted
from ledger.composing import Wanted
from ledger.rules.law import OwnParameter
from projections.statements import compose
from projections.statements.changes import changes
from projections.statements.statement import Caution, Statement, statement_of
from tests.ledger.correction_words import suspense_seen
from tests.ledger.happened import entry_reversed, fund_opened
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    PARKING,
    contract_registered,
    income,
    net_moved,
    second_quarter_of_2026,
    spent_as_cost,
    transferred,
)
from tests.ledger.story import FOR_EVER, WUTONGLI, Fact
from tests.projections.books import Books

APRIL, JUNE, JULY_20 = date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 20)
SECOND_QUARTER = Wanted("T1", APRIL, JUNE)
THIRD_QUARTER = Wanted("T1", date(2026, 7, 1), date(2026, 9, 30))
COVENANT = Fact(
    RulesAdopted(
        starts_on=FOR_EVER,
        packs=("cn", "cn-31"),
        parameters=(OwnParameter(rule="REV-10", name="to_fund_share", value="70/100"),),
    ),
    "chair",
    FOR_EVER,
)


def composed(books: Books, wanted: Wanted = SECOND_QUARTER, until: int | None = None) -> Statement:
    return compose(books.story.store, WUTONGLI, wanted, books.number if until is None else until)


def balance(statement: Statement, scope: str = "whole") -> dict[str, object]:
    (row,) = (row for row in statement.section("balance").rows if row.key == scope)
    return dict(row.cells)


def test_ex5_net_is_gross_less_costs_and_seventy_percent_of_it_goes_to_the_fund(books: Books) -> None:
    books.tell(COVENANT, second_quarter_of_2026(), transferred(127_481_32))
    books.tell(net_moved(182_116_17, on=date(2026, 7, 31)))
    found = composed(books)
    assert (found.figures["gross_income"], found.figures["net_revenue"]) == (236_212_47, 182_116_17)
    assert (found.figures["tax"], found.figures["management_cost"]) == (6_880_00, 47_216_30)
    assert found.figures["share_agreed"] == "70/100"
    assert found.figures["share_due"] == 127_481_32
    heads = {row.cells["head"]: row.cells["gross_income"] for row in found.section("income").rows}
    assert heads == {"1": 186_400_00, "2": 25_500_00, "3": 24_000_00, "7": 312_47}
    costs = {row.cells["cost"]: row.cells["amount"] for row in found.section("cost").rows}
    assert costs == {"tax": 6_880_00, "energy": 9_216_30, "labour": 38_000_00}


def test_what_was_left_of_a_quarter_is_what_the_next_one_begins_with(books: Books) -> None:
    books.tell(second_quarter_of_2026(), transferred(127_481_32, on=JULY_20))
    second, third = balance(composed(books)), balance(composed(books, THIRD_QUARTER))
    assert second["closing"] == third["opening"]
    assert (third["to_fund"], third["net_revenue"]) == (127_481_32, 0)
    assert third["closing"] == second["closing"] - 127_481_32  # type: ignore[operator]


def test_every_balance_adds_up(books: Books) -> None:
    books.tell(second_quarter_of_2026(), transferred(127_481_32), income(90_00, ADVERTS, scope=DOOR_12))
    statement = composed(books)
    for row in (*(line.cells for line in statement.section("balance").rows), statement.figures):
        net = row["gross_income"] - row["tax"] - row["management_cost"]  # type: ignore[operator]
        assert row["net_revenue"] == net
        left = row["opening"] + net - row["to_fund"] - row["other_use"] + row["unclassified"]  # type: ignore[operator]
        assert row["closing"] == left


def test_what_belongs_to_one_door_stands_in_a_row_of_its_own(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=0), income(90_00, ADVERTS, scope=DOOR_12), income(5_00, PARKING)
    )
    books.tell(spent_as_cost(2_70, "tax", scope=DOOR_12))
    statement = composed(books)
    assert balance(statement, "door-12")["closing"] == 87_30
    assert balance(statement)["closing"] == 5_00
    assert statement.section("balance").sums["closing"] == 92_30


def test_income_under_a_contract_names_the_place_and_who_pays(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0), contract_registered("lift-adverts", head=ADVERTS))
    under_it = PublicRevenueRecorded(
        head=ADVERTS, gross_fen=8_400_00, received_on=JUNE, contract="lift-adverts"
    )
    books.tell(Fact(under_it, "treasurer", JUNE))
    (row,) = composed(books).section("income").rows
    assert row.key == "3/whole/lift-adverts"
    assert (row.cells["location"], row.cells["counterparty"]) == ("小区道路车位", "安达停车公司")
    assert (row.cells["gross_income"], row.cells["entries"]) == (8_400_00, 1)


def test_an_entry_undone_in_the_quarter_is_counted_out_again(books: Books) -> None:
    wrong = income(5_00, PARKING)
    number = books.tell(fund_opened("public-revenue", fen=0), wrong)
    books.tell(entry_reversed(number, wrong, reason="记错")._replace(on=JUNE))
    statement = composed(books)
    assert statement.figures["gross_income"] == 0
    (row,) = statement.section("income").rows
    assert (row.cells["gross_income"], row.cells["entries"]) == (0, 2)


def test_money_nobody_can_explain_is_shown_and_said(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0))
    seen = books.tell(suspense_seen("public-revenue", fen=680_00, on=JUNE))
    statement = composed(books)
    assert statement.figures["unclassified"] == 680_00
    assert Caution(code="suspense", fen=680_00, records=(seen,)) in statement.cautions


def test_the_same_records_give_the_same_bytes_whatever_was_recorded_after(books: Books) -> None:
    until = books.tell(second_quarter_of_2026())
    before = composed(books).entry
    books.tell(income(77_00, PARKING))
    assert composed(books, until=until).entry == before
    assert composed(books).entry != before
    assert statement_of(before).entry == before


def test_a_statement_says_up_to_which_record_it_reads_and_that_records_hash(books: Books) -> None:
    until = books.tell(second_quarter_of_2026())
    statement = composed(books)
    (row,) = books.story.store.ledger_rows(WUTONGLI, until - 1, 1)
    assert (statement.until, statement.head) == (until, row.leaf_hash.hex())
    assert (statement.community, statement.ledger) == ("梧桐里", "wutongli")


def test_every_entry_has_the_balance_after_it_from_the_opening_to_the_closing(books: Books) -> None:
    books.tell(second_quarter_of_2026(), transferred(127_481_32, on=JULY_20))
    books.tell(entry_reversed(books.number, transferred(127_481_32, on=JULY_20), reason="记错"))
    for wanted in (SECOND_QUARTER, THIRD_QUARTER):
        statement = composed(books, wanted)
        balance_fen = statement.figures["opening"]
        for row in statement.section("entries").rows:
            balance_fen += row.cells.get("income", 0) - row.cells.get("spending", 0)  # type: ignore[operator]
            assert row.cells["balance"] == balance_fen
        assert balance_fen == statement.figures["closing"]
    sums = composed(books).section("entries").sums
    assert (sums["income"], sums["spending"]) == (236_212_47, 54_096_30)


def test_what_is_paid_from_it_later_changes_no_figure_of_a_quarter(books: Books) -> None:
    books.tell(COVENANT, second_quarter_of_2026())
    before = composed(books)
    books.tell(transferred(127_481_32, on=JULY_20), net_moved(182_116_17, on=date(2026, 7, 31)))
    assert changes(before, composed(books)) == ()
    assert composed(books, THIRD_QUARTER).figures["to_fund"] == 127_481_32
