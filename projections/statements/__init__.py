"""Statements: one file per table, a function of the events up to a record and of nothing else."""

from collections.abc import Callable, Mapping
from importlib import import_module

from ledger.actions.statement_template import StatementTemplateAdopted
from ledger.composing import Wanted
from ledger.rules.tables import tables
from ledger.store.port import Store
from projections.statements.books import Books, opened
from projections.statements.cautions import before_the_books
from projections.statements.statement import Composition, Section, Statement

FILES: Mapping[str, str] = {
    "T1": "public_revenue",
    "T2": "revenue_projects",
    "T3": "maintenance_fund",
    "T4": "repair_costs",
    "T5": "unit_year",
    "T7": "vote_result",
    "T9": "works_notice",
    "T11": "committee_report",
    "T12": "firm_debrief",
    "T13": "rectification_list",
}
Compose = Callable[[Books, Wanted], Composition]


def compose(store: Store, ledger: str, wanted: Wanted, until: int) -> Statement:
    """The statement of the events up to record `until`: same events, same bytes, on any machine, for ever.

    Errors: `Refused` for what the table does not know (`statement.unknown-subject`), `StoreDamaged`.
    """
    with opened(store, ledger, until) as books:
        return composed(books, wanted)


def composed(books: Books, wanted: Wanted) -> Statement:
    """As `compose`, of books that are open already."""
    table, template = tables()[wanted.table], _template(books, wanted.table)
    found: Composition = import_module(f"projections.statements.{FILES[wanted.table]}").compose(books, wanted)
    sections = tuple(
        Section(
            name=name,
            columns=template.arranged(name, table.columns(name)) if template else table.columns(name),
            rows=tuple(found.rows[name]),
            sums=found.sums.get(name, {}),
        )
        for name in table.sections
        if name in found.rows  # a vote has no section about signatures, an emergency none about a contract
    )
    return Statement(
        table=wanted.table,
        ledger=books.ledger,
        community=books.community,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        until=books.until,
        head=books.head,
        figures=found.figures,
        sections=sections,
        rules=found.rules,
        scope=wanted.scope,
        subject=wanted.subject,
        template=template.template if template else None,
        cautions=(*before_the_books(books, wanted), *found.cautions),
    )


def _template(books: Books, table: str) -> StatementTemplateAdopted | None:
    """How this table is to look: the newest template adopted for it up to the record."""
    adopted = [one.data for one in books.events if isinstance(one.data, StatementTemplateAdopted)]
    return next((one for one in reversed(adopted) if one.table == table), None)
