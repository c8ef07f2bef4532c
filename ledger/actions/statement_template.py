"""How a district, or a community, wants a table of a statement to look: the order and titles of its columns.

The law asks for the columns, so none of them can be left out; and a template never changes a figure.
"""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.events import Event, Recorded
from ledger.fields import Id, Line, Part
from ledger.rules.tables import Column, Table, tables
from ledger.state import Slice, State


class TemplateColumn(Part, frozen=True, kw_only=True):
    """One column by its name in the table; `zh`, `en`: its title, by default the table's own."""

    name: Line
    zh: Line | None = None
    en: Line | None = None


class TemplateSection(Part, frozen=True, kw_only=True):
    """Every column of one section of the table, in the order in which they are shown."""

    section: Line
    columns: Annotated[tuple[TemplateColumn, ...], Meta(min_length=1, max_length=60)]


TemplateSections = Annotated[tuple[TemplateSection, ...], Meta(min_length=1, max_length=20)]


# -- what can have happened ------------------------------------------------------------------------


class StatementTemplateAdopted(Event, frozen=True, kw_only=True):
    """From this record on statements of a table are shown like this; a section not named stays as it is."""

    kind: ClassVar[str] = "statement-template.adopted"

    template: Id
    table: Line
    sections: TemplateSections

    def tags(self) -> tuple[str, ...]:
        return ("statement-templates",)

    def arranged(self, section: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns of a section as this template shows them; one the table got later comes last."""
        own = {column.name: column for column in columns}
        titled = [column for one in self.sections if one.section == section for column in one.columns]
        shown = [
            msgspec.structs.replace(own.pop(column.name), zh=column.zh, en=column.en)
            for column in titled
            if column.name in own
        ]
        return (*shown, *own.values())


# -- what must be known ----------------------------------------------------------------------------


class StatementTemplates(State):
    """The templates adopted so far; of those for one table the newest holds."""

    subject = "statement-templates"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.names: set[str] = set()

    def evolve(self, recorded: Recorded[Event]) -> None:
        match recorded.data:
            case StatementTemplateAdopted(template=name):
                self.names.add(name)


# -- what may be asked -----------------------------------------------------------------------------


class AdoptStatementTemplate(Command, frozen=True, kw_only=True):
    """Adopt the order and titles of a table's columns; every column of a section named is named once."""

    name: ClassVar[str] = "adopt-statement-template"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair", "street", "district")

    template: Id
    table: Line
    sections: TemplateSections

    def query(self) -> tuple[Slice, ...]:
        return (StatementTemplates.of(),)

    def decide(self, by: Actor, templates: StatementTemplates) -> StatementTemplateAdopted:  # noqa: ARG002
        if self.template in templates.names:
            raise Refused("statement-template.already-adopted", template=self.template)
        if (table := tables().get(self.table)) is None:
            raise Refused("statement-template.unknown-table", table=self.table, known=[*tables()])
        named = [one.section for one in self.sections]
        for one in self.sections:
            if one.section not in table.sections:
                raise Refused(
                    "statement-template.unknown-section", section=one.section, known=[*table.sections]
                )
            if named.count(one.section) > 1:
                raise Refused("statement-template.section-twice", section=one.section)
            _check_columns(one, table)
        return StatementTemplateAdopted.sharing(self)


def _check_columns(one: TemplateSection, table: Table) -> None:
    """Refuse to name a column twice, one the table does not have, or not all that it has."""
    own = [column.name for column in table.columns(one.section)]
    named = [column.name for column in one.columns]
    for name in named:
        if name not in own:
            raise Refused("statement-template.unknown-column", section=one.section, column=name, known=own)
        if named.count(name) > 1:
            raise Refused("statement-template.column-twice", section=one.section, column=name)
    for titles in ([column.zh for column in one.columns], [column.en for column in one.columns]):
        given = [title for title in titles if title is not None]
        if len(set(given)) < len(given):
            raise Refused("statement-template.title-twice", section=one.section)
    if missing := [name for name in own if name not in named]:
        raise Refused("statement-template.column-missing", section=one.section, missing=missing)
