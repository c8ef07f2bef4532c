"""The tables a community publishes (disclosures.md): over what period, about what, in which columns."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, get_args

import msgspec

from ledger.fields import Line, Part
from ledger.rules.semantics import days_after, months_after

ColumnType = Literal["text", "fen", "date", "number", "area", "share", "flag", "word"]
COLUMN_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
PeriodKind = Literal["quarter", "half-year", "year", "any"]
MONTHS = {"quarter": 3, "half-year": 6, "year": 12}
About = Literal["decision", "project", "debrief", "unit"]


class Column(Part, frozen=True, kw_only=True):
    """`type`: how its cells are read; a `word` is a name that every language has words for.

    `zh`, `en`: the title a district's template gives it; if none, the words for the table's own column.
    """

    name: str
    type: ColumnType
    zh: Line | None = None
    en: Line | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table. `about`: the one thing it is about, if it is; `sections`: columns as `name:type`.

    `is_by_scope`: made for one building or door number, too. `is_private`: shown to the owner alone and never
    published.
    """

    period: PeriodKind
    sections: dict[str, tuple[str, ...]]
    about: About | None = None
    is_by_scope: bool = False
    is_private: bool = False

    def covers(self, starts_on: date, ends_on: date) -> bool:
        """Whether it is made over exactly these days: a quarter from its first day to its last."""
        if self.period == "any":
            return True
        months = MONTHS[self.period]
        first_of_its_kind = starts_on.day == 1 and (starts_on.month - 1) % months == 0
        return first_of_its_kind and ends_on == days_after(months_after(starts_on, months), -1)

    def columns(self, section: str) -> tuple[Column, ...]:
        """The columns of a section in their own order."""
        named = (column.partition(":") for column in self.sections[section])
        return tuple(msgspec.convert({"name": name, "type": kind}, Column) for name, _, kind in named)


@cache
def tables() -> Mapping[str, Table]:
    """All tables by id, T1 first."""
    text = resources.files("ledger.rules").joinpath("tables.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Table])
