"""What a statement is: figures, and rows in sections, computed from the events of one ledger up to a record.

Its canonical bytes (RFC 8785) are what is approved, published and reproduced. They hold names and whole
numbers only: words in a language, and the order a reader sees, are put to them when they are shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from ledger.envelope import canonical
from ledger.fields import Day, Part, Whole
from ledger.rules.tables import Column

Cell = str | int | bool
Cells = Mapping[str, Cell]  # by column; what is empty is left out
BYTES_MAX = 20_000_000  # ten thousand rows and more; a statement is no leaf of a log


class Line(Part, frozen=True, kw_only=True):
    """One row. `key` names it within its section and stays the same from version to version."""

    key: str
    cells: dict[str, Cell]


class Section(Part, frozen=True, kw_only=True):
    """Rows of one kind, the columns as a reader sees them, and their sums where sums mean something."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    sums: dict[str, int] = msgspec.field(default_factory=dict)


class Caution(Part, frozen=True, kw_only=True):
    """What who signs, and who reads, must know first: an unexplained difference, a missing voucher.

    `records`: the record numbers it is about.
    """

    code: str
    fen: int | None = None
    records: tuple[Whole, ...] = ()


class Changed(Part, frozen=True, kw_only=True):
    """One figure of the version before and of this one; what is not there is left out."""

    section: str  # empty for a figure
    row: str  # empty for a figure or a sum
    column: str
    old: Cell | None = None
    new: Cell | None = None


class Restated(Part, frozen=True, kw_only=True):
    """Which version this one takes the place of, why, and every figure that changed."""

    version: Whole
    reason: str
    changes: tuple[Changed, ...]


class Statement(Part, frozen=True, kw_only=True):
    """A statement as it is frozen. Amounts in fen, areas as text in m² with two decimals, dates YYYY-MM-DD.

    Made from records 0 to `until`, the last of which has the leaf hash `head`. `rules`: the editions of the
    rule packs it was made by. `figures`: the sums people look at first.
    """

    v: Literal[1] = msgspec.field(default=1)
    table: str
    ledger: str
    community: str
    starts_on: Day = msgspec.field(name="from")
    ends_on: Day = msgspec.field(name="to")
    until: Whole
    head: str
    figures: dict[str, Cell]
    sections: tuple[Section, ...]
    rules: tuple[str, ...] = ()
    scope: str | None = None
    subject: str | None = None
    template: str | None = None
    cautions: tuple[Caution, ...] = ()
    restates: Restated | None = None

    def section(self, name: str) -> Section:
        """One section. Errors: `KeyError`."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    @property
    def entry(self) -> bytes:
        """The canonical bytes: what the digest is of."""
        return canonical({"v": self.v, **_plain(self)}, BYTES_MAX)

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical bytes, hexadecimal."""
        return hashlib.sha256(self.entry).hexdigest()


def statement_of(entry: bytes) -> Statement:
    """The statement of canonical bytes. Errors: `msgspec.DecodeError`."""
    return msgspec.json.decode(entry, type=Statement)


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


class Composition(NamedTuple):
    """What a table finds in the books: its rows by section; a section left out is no part of it.

    `rules`: editions of the rule packs that had a word in it.
    """

    figures: dict[str, Cell]
    rows: Mapping[str, Sequence[Line]]
    sums: Mapping[str, dict[str, int]] = {}
    cautions: tuple[Caution, ...] = ()
    rules: tuple[str, ...] = ()


def cells(**named: Annotated[Any, "a cell, a date, or none"]) -> dict[str, Cell]:
    """The cells of a row: dates as text, what is none left out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in named.items()
        if value is not None
    }
