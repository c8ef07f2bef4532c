"""What a view is: tables made from events in their order and nothing else: no clock, no other view."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from ledger.dates import instant, stamp
from ledger.events import Event, Recorded

# The types of columns. Days and instants are whole numbers, and words that come again and again (ledgers,
# kinds, accounts) are stored once per view and named by a small number: rows stay a third of their size.
DAY, NAME, COUNT = Integer(), Integer(), Integer()
FEN = PLACE = INSTANT = BigInteger().with_variant(
    Integer(), "sqlite"
)  # every whole number of SQLite has 64 bits
TEXT, FLAG = Text(), Boolean()

NAMES_TABLE = "name"
Key = tuple[Any, ...]
Fields = dict[str, Any]


class Shape(NamedTuple):
    """A table of a view: its columns in order, the ones that make its key first; further indexes."""

    key: Mapping[str, TypeEngine[Any]]
    columns: Mapping[str, TypeEngine[Any]]
    indexes: tuple[tuple[str, ...], ...] = ()


def each(kind: TypeEngine[Any], names: str) -> dict[str, TypeEngine[Any]]:
    """Columns of one type, by their names in one text."""
    return dict.fromkeys(names.split(), kind)


class Write(Protocol):
    """What a view may do to its own tables while it applies a batch."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """The small number that stands for a word in this view; a new word gets the next when asked for."""

    def insert(self, table: str, rows: Iterable[Key]) -> None:
        """Add rows, all columns in order."""

    def add(self, table: str, sums: Mapping[Key, Sequence[int]]) -> None:
        """Add to the columns of the rows with these keys; missing rows start at 0."""

    def known(self, table: str, keys: Iterable[Key]) -> dict[Key, Fields]:
        """The rows with these keys, by key: columns beside the key by name."""

    def put(self, table: str, rows: Mapping[Key, Mapping[str, Any]]) -> None:
        """Make the rows with these keys what is given; columns not given are empty."""

    def change(self, table: str, column: str, values: Mapping[Key, Any]) -> None:
        """Set one column of existing rows."""


class View:
    """Base of every view. A higher `version` makes the next start rebuild it."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    shapes: ClassVar[Mapping[str, Shape]] = {}
    takes: ClassVar[tuple[type[Event], ...] | None] = None  # none: every event

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        """Take in a batch of the events this view takes, in order of position."""
        raise NotImplementedError

    @lru_cache(maxsize=256)  # noqa: B019 - a view lives as long as the process; each replay begins with all
    def tables(self, generation: int, schema: str | None) -> Mapping[str, Table]:
        """The tables of one generation, by the name of their shape."""
        metadata = MetaData(schema=schema)
        shapes = {**self.shapes, NAMES_TABLE: Shape({"id": NAME}, {"word": TEXT})}
        return {
            name: _table(f"{self.name}_{name}_{generation}", shape, metadata)
            for name, shape in shapes.items()
        }


def _table(name: str, shape: Shape, metadata: MetaData) -> Table:
    key = [Column(column, kind, primary_key=True, autoincrement=False) for column, kind in shape.key.items()]
    columns = [Column(column, kind) for column, kind in shape.columns.items()]
    indexes = [Index(f"{name}_{'_'.join(of)}", *of) for of in shape.indexes]
    # a single whole number is SQLite's own row number; any other key is where the row itself lives
    with_rowid = len(key) == 1 and isinstance(key[0].type, Integer)
    return Table(name, metadata, *key, *columns, *indexes, sqlite_with_rowid=with_rowid)


# -- days and instants as whole numbers ----------------------------------------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def day_number(day: date | None) -> int | None:
    """A day as its column holds it."""
    return None if day is None else day.toordinal()


def day_of(number: int | None) -> Any:
    """The day of a column; none stays none."""
    return None if number is None else date.fromordinal(number)


@lru_cache(maxsize=256)  # events that were written together carry the same instant
def instant_number(stamped: str) -> int:
    """An instant as its column holds it, milliseconds from 1970: any RFC 3339 instant with an offset."""
    return (instant(stamped) - _EPOCH) // _MILLISECOND


def instant_of(number: int) -> str:
    """The instant of a column, as events carry it."""
    return stamp(_EPOCH + number * _MILLISECOND)
