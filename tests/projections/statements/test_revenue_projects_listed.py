"""T2: what the common parts earn, agreement by agreement, with what REV-08 has shown of it."""

from datetime import date

from ledger.actions.counterparty import masked
from ledger.actions.public_revenue import PublicRevenueRecorded
from ledger.asked import Asked
from ledger.composing import Wanted
from projections.statements.statement import Caution
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import (
    NEW_YEAR,
    SPRING,
    committee_decided,
    entry_reversed,
    fund_opened,
    interest_recorded,
    vote_opened,
)
from tests.ledger.revenue_words import (
    ADVERTS,
    DOOR_12,
    GROUNDS,
    JUNE_20,
    MAY,
    PARKING,
    YEAR_END,
    business_agreed,
    contract_amended,
    contract_ended,
    contract_registered,
    income,
    register_contract,
    second_quarter_of_2026,
    spent_as_cost,
)
from tests.ledger.story import WUTONGLI, Fact, account_of
from tests.projections.books import Books
from tests.projections.statement_words import rows
from tests.projections.statements.half_year_words import column, stated

APRIL, JUNE_30, JULY_10 = date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 10)
SECOND_QUARTER = Wanted("T2", APRIL, JUNE_30)


def under(contract: str, fen: int, *, head: int = PARKING, on: date = MAY) -> Fact:
    event = PublicRevenueRecorded(head=head, gross_fen=fen, received_on=on, contract=contract)
    return Fact(event, "treasurer", on)


def test_an_agreement_is_listed_with_all_that_is_on_file(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=0),
        business_agreed("adverts-2026"),
        contract_registered(
            "lift-adverts",
            (MAY, 6_000_00),
            (JULY_10, 6_000_00),
            head=ADVERTS,
            location="十二号门电梯轿厢",
            counterparty="风行广告公司",
            scope=DOOR_12,
            consents=("adverts-2026",),
            standard="每框每年800元",
            management_cost="电费每月30元",
            distribution="七成补充维修资金",
            filed_with="物业服务台",
        ),
        under("lift-adverts", 5_000_00, head=ADVERTS),
    )
    assert rows(stated(books, SECOND_QUARTER), "projects") == {
        "lift-adverts": {
            "contract_no": "lift-adverts",
            "head": "3",
            "location": "十二号门电梯轿厢",
            "counterparty": "风行广告公司",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
            "standard": "每框每年800元",
            "due": 6_000_00,
            "received": 5_000_00,
            "overdue": 1_000_00,
            "management_cost": "电费每月30元",
            "distribution": "七成补充维修资金",
            "scope": "door-12",
            "consent": "adverts-2026",
            "filed_with": "物业服务台",
        }
    }


def test_a_private_person_stays_masked(books: Books) -> None:
    books.tell(contract_registered("shop", counterparty=masked("王小明")))
    assert column(stated(books, SECOND_QUARTER), "projects", "counterparty") == {"shop": "个人(王**)"}


def test_who_consented_is_told_with_the_day_and_the_count(books: Books) -> None:
    books.tell(
        *(fact._replace(on=SPRING) for fact in business_agreed("parking-2026")),
        committee_decided("parking-desk")._replace(on=SPRING),
        contract_registered("parking", consents=("parking-2026", "parking-desk")),
    )
    found = rows(stated(books, SECOND_QUARTER), "consents")
    assert found["parking/parking-2026"] == {
        "contract_no": "parking",
        "decision": "parking-2026",
        "title": "三号楼电梯大修",
        "made_by": "owners",
        "decided_on": "2026-03-20",
        "outcome": "passed",
        "participating_heads": 420,
        "participating_area": "42000.00",
        "agree_heads": 400,
        "agree_area": "40000.00",
    }
    of_committee = found["parking/parking-desk"]
    assert (of_committee["made_by"], of_committee["seats"], of_committee["signed"]) == ("committee", 5, 3)


def test_a_vote_that_was_still_open_at_the_end_had_not_consented_yet(books: Books) -> None:
    opened = vote_opened("parking-2026", matter=8)._replace(on=SPRING)
    books.tell(opened, contract_registered("parking", consents=("parking-2026",)))
    (row,) = rows(stated(books, SECOND_QUARTER), "consents").values()
    assert (row["outcome"], row.get("decided_on")) == ("open", None)


def test_only_agreements_of_the_period_are_listed(books: Books) -> None:
    books.tell(
        fund_opened("public-revenue", fen=0),
        contract_registered("runs"),
        contract_registered("to-come", starts_on=JULY_10),
        contract_registered("over", ends_on=date(2026, 3, 31)),
        contract_registered("over-and-paid-late", ends_on=date(2026, 3, 31)),
        contract_registered("last-day", ends_on=APRIL),
        contract_registered("first-day", starts_on=JUNE_30),
        contract_registered("left", ends_on=YEAR_END),
        contract_ended("left", on=date(2026, 3, 31)),
        under("over-and-paid-late", 10_00),
    )
    found = column(stated(books, SECOND_QUARTER), "projects", "contract_no")
    assert list(found) == ["runs", "over-and-paid-late", "last-day", "first-day"]


def test_what_is_due_follows_what_was_agreed_last(books: Books) -> None:
    books.tell(contract_registered("parking", (MAY, 6_000_00)))
    books.tell(contract_amended("parking", (JUNE_20, 4_000_00), on=APRIL))
    assert column(stated(books, SECOND_QUARTER), "projects", "due") == {"parking": 4_000_00}


def test_income_under_no_agreement_stands_beside_them_so_that_the_list_adds_up(books: Books) -> None:
    """EX5: 236,212.47 came in; 186,400.00 of it now under an agreement."""
    books.tell(second_quarter_of_2026(), contract_registered("parking"), under("parking", 1_00))
    statement = stated(books, SECOND_QUARTER)
    assert column(statement, "others", "amount") == {
        "1/whole": 186_400_00,
        "2/whole": 25_500_00,
        "3/whole": 24_000_00,
        "7/whole": 312_47,
    }
    gross = statement.section("projects").sums["received"] + statement.section("others").sums["amount"]
    assert gross == statement.figures["gross_income_fen"] == 236_213_47
    assert statement.figures["costs_fen"] == 54_096_30
    assert statement.figures["net_revenue_fen"] == 182_117_17
    assert column(statement, "costs", "amount") == {
        "energy/whole": 9_216_30,
        "labour/whole": 38_000_00,
        "tax/whole": 6_880_00,
    }
    quarter = stated(books, SECOND_QUARTER._replace(table="T1"))
    assert quarter.figures["gross_income"] == statement.figures["gross_income_fen"]
    assert quarter.figures["net_revenue"] == statement.figures["net_revenue_fen"]


def test_interest_is_income_of_the_seventh_head(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0))
    books.tell(interest_recorded("public-revenue", fen=12_47, on=JUNE_20))
    assert column(stated(books, SECOND_QUARTER), "others", "amount") == {"7/whole": 12_47}


def test_income_undone_in_the_quarter_is_counted_out_again(books: Books) -> None:
    wrong = income(5_00, GROUNDS)
    number = books.tell(fund_opened("public-revenue", fen=0), wrong)
    books.tell(entry_reversed(number, wrong, reason="记错")._replace(on=JUNE_30))
    assert column(stated(books, SECOND_QUARTER), "others", "amount") == {"2/whole": 0}


def test_a_cost_undone_after_its_quarter_is_less_cost_of_the_next(books: Books) -> None:
    wrong = spent_as_cost(2_70, "tax")
    number = books.tell(fund_opened("public-revenue", fen=100_00), wrong)
    books.tell(entry_reversed(number, wrong, reason="记错")._replace(on=JULY_10))
    third = Wanted("T2", date(2026, 7, 1), date(2026, 9, 30))
    assert stated(books, SECOND_QUARTER).figures["costs_fen"] == 2_70
    assert column(stated(books, third), "costs", "amount") == {"tax/whole": -2_70}


def test_what_was_in_suspense_counts_for_its_agreement_once_it_is_recognised(books: Books) -> None:
    seen = books.tell(
        fund_opened("public-revenue", fen=0),
        contract_registered("parking"),
        suspense_seen("public-revenue", fen=600_00, on=MAY),
    )
    assert [one.code for one in stated(books, SECOND_QUARTER).cautions] == ["suspense"]
    classified = entry_classified(
        seen, "public-revenue", fen=600_00, became="revenue", account="income/1", head=1, contract="parking",
        on=JULY_10,
    )  # fmt: skip
    books.tell(classified)
    statement = stated(books, SECOND_QUARTER)
    assert column(statement, "projects", "received") == {"parking": 600_00}
    assert statement.cautions == ()


def test_rev_08_money_under_an_agreement_nobody_can_show_is_said(books: Books) -> None:
    number = books.tell(fund_opened("public-revenue", fen=0), under("nobody-knows", 9_00))
    statement = stated(books, SECOND_QUARTER)
    assert statement.cautions == (Caution(code="contract-not-on-file", fen=9_00, records=(number,)),)
    (row,) = rows(statement, "others").values()
    assert row == {"head": "1", "scope": "whole", "amount": 9_00, "entries": 1}


def test_vote_21_an_agreement_nobody_consented_to_is_listed_and_named(books: Books) -> None:
    asked = register_contract("mast", part="roof", head=GROUNDS, acknowledge=("VOTE-21",))
    receipt = books.story.ledger.record(Asked(WUTONGLI, asked, account_of("secretary"), APRIL))
    (line,) = receipt.events
    statement = stated(books, SECOND_QUARTER)
    assert list(rows(statement, "projects")) == ["mast"]
    assert Caution(code="irregular", records=(line.number,)) in statement.cautions


def test_a_period_without_agreements_is_an_empty_list(books: Books) -> None:
    books.tell(fund_opened("public-revenue", fen=0))
    statement = stated(books, Wanted("T2", NEW_YEAR, JUNE_30))
    assert all(section.rows == () for section in statement.sections)
    assert set(statement.figures.values()) == {0}
