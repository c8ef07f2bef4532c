"""How a table is to look: every column of a section named once, in the order and with the titles wanted."""

import pytest

from ledger.actions.statement_template import (
    AdoptStatementTemplate,
    StatementTemplateAdopted,
    TemplateColumn,
    TemplateSection,
)
from ledger.rules.tables import tables
from tests.ledger.story import Fact, given, then, then_malformed, then_not_permitted, then_refused, when

FUNDS = ("closing", "fund", "opening", "income", "outgoing")


def section(name: str, *columns: str, **titles: str) -> TemplateSection:
    named = tuple(TemplateColumn(name=column, zh=titles.get(column)) for column in columns)
    return TemplateSection(section=name, columns=named)


def adopt(
    *sections: TemplateSection, template: str = "pudong-2026", table: str = "T11"
) -> AdoptStatementTemplate:
    return AdoptStatementTemplate(template=template, table=table, sections=sections)


def adopted(*sections: TemplateSection, template: str = "pudong-2026", table: str = "T11") -> Fact:
    event = StatementTemplateAdopted(template=template, table=table, sections=sections)
    return Fact(event, "district")


def test_a_district_puts_the_columns_in_its_order_with_its_titles():
    wanted = section("funds", *FUNDS, closing="年末余额")
    when(adopt(wanted), by="the-district")
    then(adopted(wanted))


@pytest.mark.parametrize("role", ["secretary", "chair", "street", "district"])
def test_the_committee_the_street_and_the_district_may(role):
    when(adopt(section("funds", *FUNDS)), by=f"the-{role}")
    then(adopted(section("funds", *FUNDS)))


@pytest.mark.parametrize("role", ["firm", "treasurer", "auditor", "neighbourhood"])
def test_nobody_else_may(role):
    when(adopt(section("funds", *FUNDS)), by=f"the-{role}")
    then_not_permitted()


def test_the_order_of_the_table_itself_can_be_adopted_again():
    given(adopted(section("funds", *FUNDS)))
    own = section("funds", *(column.name for column in tables()["T11"].columns("funds")))
    when(adopt(own, template="as-by-law"))
    then(adopted(own, template="as-by-law"))


def test_an_id_stands_for_one_template():
    given(adopted(section("funds", *FUNDS)))
    when(adopt(section("funds", *FUNDS)))
    then_refused("statement-template.already-adopted", template="pudong-2026")


def test_a_table_nobody_publishes_is_refused():
    when(adopt(section("funds", *FUNDS), table="T99"))
    then_refused("statement-template.unknown-table", table="T99", known=[*tables()])


def test_a_section_the_table_does_not_have_is_refused():
    when(adopt(section("money", *FUNDS)))
    then_refused("statement-template.unknown-section", section="money")


def test_a_section_is_named_once():
    when(adopt(section("funds", *FUNDS), section("funds", *FUNDS)))
    then_refused("statement-template.section-twice", section="funds")


def test_a_column_the_section_does_not_have_is_refused():
    when(adopt(section("funds", *FUNDS, "grand_total")))
    then_refused("statement-template.unknown-column", section="funds", column="grand_total")


def test_a_column_is_named_once():
    when(adopt(section("funds", *FUNDS, "closing")))
    then_refused("statement-template.column-twice", section="funds", column="closing")


def test_no_column_the_law_asks_for_can_be_left_out():
    when(adopt(section("funds", *FUNDS[:3])))
    then_refused("statement-template.column-missing", section="funds", missing=["income", "outgoing"])


def test_two_columns_never_have_the_same_title():
    when(adopt(section("funds", *FUNDS, income="金额", outgoing="金额")))
    then_refused("statement-template.title-twice", section="funds")


def test_a_title_is_text_to_be_seen():
    when(adopt(section("funds", *FUNDS, closing=" ")))
    then_malformed("/sections/0/columns/0/zh", "field.malformed")
