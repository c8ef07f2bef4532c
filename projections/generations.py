"""Which tables the views have: one set per generation, a list of them, and a pointer to the live ones."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from projections.view import View


class Generation(NamedTuple):
    """One set of tables of a view, and how far it has been followed.

    `leaf_hash`: of the event at `position`, the last one taken in; a store that holds another event there
    was restored to another history. `failed_reason`: why the event at `failed_position` could not be taken
    in; nothing after it was.
    """

    view: str
    number: int
    version: int
    position: int
    leaf_hash: bytes = b""
    failed_position: int | None = None
    failed_reason: str | None = None


_MARKS = ("position", "leaf_hash", "failed_position", "failed_reason")  # what following changes


class Words:
    """The small numbers of one generation and the words they stand for. A number never changes."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.words: dict[int, str] = {}

    def load(self, connection: Connection, table: Table) -> None:
        """Take in the words that came since the last time."""
        newer = select(table.c.id, table.c.word).where(table.c.id > len(self.words)).order_by(table.c.id)
        for number, word in connection.execute(newer):
            self.numbers[word] = number
            self.words[number] = word


class Generations:
    """The bookkeeping of generations in one database."""

    def __init__(self, views: Sequence[View], schema: str | None) -> None:
        self.views = {view.name: view for view in views}
        self.schema = schema
        self._words: dict[tuple[str, int], Words] = {}
        metadata = MetaData(schema=schema)
        self._made = Table(
            "view_generation",
            metadata,
            Column("view", Text, primary_key=True),
            Column("number", BigInteger, primary_key=True, autoincrement=False),
            Column("version", BigInteger),
            Column("position", BigInteger),
            Column("leaf_hash", LargeBinary),
            Column("failed_position", BigInteger),
            Column("failed_reason", Text),
        )
        self._pointer = Table(
            "view_live", metadata, Column("view", Text, primary_key=True), Column("number", BigInteger)
        )
        made, pointer = self._made.fullname, self._pointer.fullname
        self.live_sql = f"SELECT made.* FROM {pointer} JOIN {made} made USING (view, number)"

    def begin(self, connection: Connection) -> None:
        """Make what is missing: these two tables, and a first live generation of every view."""
        if self._is_of_another_program(connection):
            self._drop_everything(connection)
        self._made.metadata.create_all(connection)
        present = {generation.view for generation in self.live(connection)}
        for name in self.views:
            if name not in present:
                self.switch(connection, self.create(connection, name))

    def _is_of_another_program(self, connection: Connection) -> bool:
        """Whether a program that kept other marks made these tables."""
        about = inspect(connection)
        if not about.has_table(self._made.name, self.schema):
            return False
        there = [column["name"] for column in about.get_columns(self._made.name, self.schema)]
        return there != self._made.columns.keys()

    def _drop_everything(self, connection: Connection) -> None:
        """Views are disposable: what cannot be gone on with is followed again from the first event."""
        for name in inspect(connection).get_table_names(self.schema):
            connection.execute(DropTable(Table(name, MetaData(schema=self.schema))))

    def live(self, connection: Connection) -> list[Generation]:
        """The live generation of every view, in the order they are followed."""
        return self.in_order(connection.exec_driver_sql(self.live_sql))

    def in_order(self, rows: Iterable[Any]) -> list[Generation]:
        """What `live_sql` gives, in the order the views are followed."""
        found = {row[0]: Generation(*row) for row in rows}
        return [found[name] for name in self.views if name in found]

    def tables(self, generation: Generation) -> Mapping[str, Table]:
        """The tables of a generation, by the names the view gives them."""
        return self.views[generation.view].tables(generation.number, self.schema)

    def words(self, generation: Generation) -> Words:
        """The words of a generation that readers know."""
        return self._words.setdefault((generation.view, generation.number), Words())

    def create(self, connection: Connection, name: str) -> Generation:
        """The next generation of a view: empty, and not live."""
        made = self._made
        newest = connection.scalar(select(func.max(made.c.number)).where(made.c.view == name))
        generation = Generation(name, (newest or 0) + 1, self.views[name].version, 0)
        for table in self.tables(generation).values():
            for statement in _creating(table, connection.dialect.name):
                connection.exec_driver_sql(statement)
        connection.execute(insert(made).values(generation._asdict()))
        return generation

    def switch(self, connection: Connection, generation: Generation) -> None:
        """Make a generation the live one."""
        live = self._pointer
        connection.execute(delete(live).where(live.c.view == generation.view))
        connection.execute(insert(live).values(view=generation.view, number=generation.number))

    def start_over(self, connection: Connection, generations: Iterable[Generation]) -> None:
        """Put an empty generation in the place of each: what they show is not what the store holds."""
        for generation in generations:
            self.switch(connection, self.create(connection, generation.view))
            self._drop(connection, generation)

    def mark(self, connection: Connection, generations: Iterable[Generation]) -> None:
        """Store how far generations have been followed, and whether they stopped."""
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        columns = ", ".join(f"{name} = {mark}" for name in _MARKS)
        connection.exec_driver_sql(
            f"UPDATE {self._made.fullname} SET {columns} WHERE view = {mark} AND number = {mark}",
            [(*(getattr(state, name) for name in _MARKS), state.view, state.number) for state in generations],
        )

    def drop_abandoned(self, connection: Connection) -> None:
        """Drop what is not live: left behind by a switch, a check, or a rebuild that was cut short."""
        live = {(state.view, state.number) for state in self.live(connection)}
        for row in connection.execute(select(self._made)).fetchall():
            generation = Generation(*row)
            if generation.view in self.views and (generation.view, generation.number) not in live:
                self._drop(connection, generation)

    def _drop(self, connection: Connection, generation: Generation) -> None:
        made, key = self._made, (generation.view, generation.number)
        self._drop_tables(connection, generation)
        self._words.pop(key, None)
        connection.execute(delete(made).where((made.c.view == key[0]) & (made.c.number == key[1])))

    def _drop_tables(self, connection: Connection, generation: Generation) -> None:
        # by their names in the database: another version may have had other tables
        first, last = f"{generation.view}_", f"_{generation.number}"
        for name in inspect(connection).get_table_names(self.schema):
            if name.startswith(first) and name.endswith(last):
                connection.execute(DropTable(Table(name, MetaData(schema=self.schema))))


@lru_cache(maxsize=256)
def _creating(table: Table, dialect: str) -> tuple[str, ...]:
    """What makes a table and its indexes, in the words of a database."""
    words = registry.load(dialect)()
    made: tuple[CreateTable | CreateIndex, ...] = (
        CreateTable(table),
        *map(CreateIndex, sorted(table.indexes, key=lambda index: str(index.name))),
    )
    return tuple(str(one.compile(dialect=words)) for one in made)
