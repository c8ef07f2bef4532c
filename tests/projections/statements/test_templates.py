"""A template changes how a statement looks, never what it says; the digest covers both."""

import msgspec
import pytest

from ledger.actions.statement_template import StatementTemplateAdopted, TemplateColumn, TemplateSection
from ledger.rules.tables import tables
from projections.statements.statement import Statement
from tests.ledger.happened import committee_seated, fund_opened, revenue_recorded
from tests.ledger.story import Fact
from tests.projections.books import Books
from tests.projections.statement_words import composed

FUNDS = ("closing", "fund", "opening", "income", "outgoing")


def adopted(template: str, *columns: str, table: str = "T11", section: str = "funds") -> Fact:
    """The closing balance comes first, as 年末余额 and Balance at year's end."""
    named = tuple(
        TemplateColumn(name=column, zh="年末余额", en="Balance at year's end")
        if column == "closing"
        else TemplateColumn(name=column)
        for column in columns
    )
    event = StatementTemplateAdopted(
        template=template, table=table, sections=(TemplateSection(section=section, columns=named),)
    )
    return Fact(event, "district")


def titles(statement: Statement) -> list[tuple[str, str | None, str | None]]:
    return [(column.name, column.zh, column.en) for column in statement.section("funds").columns]


@pytest.fixture
def plain(books: Books) -> Statement:
    """The report before any template: a fund that holds 6,000.00."""
    books.tell(committee_seated(), fund_opened("public-revenue", fen=0), revenue_recorded(fen=6_000_00))
    return composed(books, "T11")


def test_without_a_template_the_columns_stand_in_the_order_of_the_table(plain: Statement) -> None:
    assert plain.template is None
    assert [name for name, zh, en in titles(plain) if zh is None and en is None] == [
        "fund", "opening", "income", "outgoing", "closing",
    ]  # fmt: skip


def test_a_template_sets_the_order_and_the_titles_and_no_figure(books: Books, plain: Statement) -> None:
    books.tell(adopted("pudong-2026", *FUNDS))
    found = composed(books, "T11")
    assert found.template == "pudong-2026"
    assert [name for name, _, _ in titles(found)] == list(FUNDS)
    assert titles(found)[0] == ("closing", "年末余额", "Balance at year's end")
    assert [column.type for column in found.section("funds").columns] == ["fen", "word", "fen", "fen", "fen"]
    assert found.figures == plain.figures
    assert [one.rows for one in found.sections] == [one.rows for one in plain.sections]
    assert [one.sums for one in found.sections] == [one.sums for one in plain.sections]
    others = [one.columns for one in found.sections if one.name != "funds"]
    assert others == [one.columns for one in plain.sections if one.name != "funds"]


def test_the_digest_covers_the_template(books: Books, plain: Statement) -> None:
    books.tell(adopted("pudong-2026", *FUNDS))
    found = composed(books, "T11")
    untitled = msgspec.structs.replace(found, template=None)
    assert len({plain.sha256, found.sha256, untitled.sha256}) == 3


def test_of_several_templates_the_newest_holds_and_a_statement_keeps_the_one_of_its_time(
    books: Books, plain: Statement
) -> None:
    first = books.tell(adopted("pudong-2026", *FUNDS))
    books.tell(adopted("pudong-2027", *reversed(FUNDS)))
    assert composed(books, "T11").template == "pudong-2027"
    assert composed(books, "T11", until=first).template == "pudong-2026"
    assert composed(books, "T11", until=plain.until).sha256 == plain.sha256


def test_a_template_is_for_its_own_table(books: Books, plain: Statement) -> None:
    items = [column.name for column in tables()["T13"].columns("items")]
    books.tell(adopted("list", *reversed(items), table="T13", section="items"))
    assert composed(books, "T11").template is None
    assert [column.name for column in composed(books, "T13").section("items").columns] == items[::-1]
    assert composed(books, "T11").section("funds") == plain.section("funds")


def test_a_column_the_table_got_later_comes_last_and_one_it_lost_is_not_shown() -> None:
    template = adopted("pudong-2026", "closing", "grand_total", "fund").event
    assert isinstance(template, StatementTemplateAdopted)
    own = tables()["T11"].columns("funds")
    arranged = [column.name for column in template.arranged("funds", own)]
    assert arranged == ["closing", "fund", "opening", "income", "outgoing"]
